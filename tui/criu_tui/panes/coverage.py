"""Pane 2: which pages of each VMA are in the dump."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.panes.pane import Pane

if TYPE_CHECKING:
    from criu_tui.core.report import Report
    from criu_tui.core.report.coverage import CoverageRow
    from criu_tui.core.table import Table


class CoveragePane(Pane):
    label: ClassVar[str] = "Coverage"
    about: ClassVar[str] = (
        "Pages of each VMA: present in this dump, in a parent dump, lazy (fetched later), absent (zero, or the file's)."
    )

    @classmethod
    def build(cls, report: Report, pid: int) -> Table[CoverageRow]:
        from criu_tui.core.report import coverage

        return coverage.table(report, pid)
