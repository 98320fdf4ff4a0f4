"""Pane 1: every VMA of the task."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.panes.pane import Pane

if TYPE_CHECKING:
    from criu_tui.core.report.maps import MapRow
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table


class MapsPane(Pane):
    """The task's VMAs, by address."""

    about: ClassVar[str] = (
        "Every VMA of the task; types and colours: L. In the lines below: the selected VMA, its pages, and why a "
        "restore maps it so; enter has what each CRIU charges for it, 3 what a whole restore charges."
    )

    @classmethod
    def sketch(cls, report: Report, pid: int) -> tuple[Table[MapRow], bool]:
        """The same at once, however many VMAs there are, and whether widths and totals are those of `build`."""
        from criu_tui.core.report import maps

        return maps.table(report, pid, sketched=True), report.dump.address_space(pid).sketch.size is not None
