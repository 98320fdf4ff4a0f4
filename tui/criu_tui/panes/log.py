"""Pane 5: dump.log and restore.log, the first cause above the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.panes.pane import Pane

if TYPE_CHECKING:
    from criu_tui.core.report import Report
    from criu_tui.core.report.log import LogRow
    from criu_tui.core.table import Table


class LogPane(Pane):
    label: ClassVar[str] = "Log"
    about: ClassVar[str] = "dump.log and restore.log. Above: the first cause, below which the rest is noise."

    @classmethod
    def build(cls, report: Report, pid: int) -> Table[LogRow]:
        from criu_tui.core.report import log

        return log.table(report)
