"""What the line of the overview under the cursor leads to, shown below the lines before one goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.worker import get_current_worker

from criu_tui.core.report import ahead
from criu_tui.core.report.registry import SHOWN
from criu_tui.panes.resting import Resting
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from criu_tui.core.report.overview_lines import OverviewLine
    from criu_tui.core.report.report import Report
    from criu_tui.widgets.notes import Line

MOST = 100
"""Lines that no screen has room for."""


class Ahead(Notes):
    """Built on a thread; takes the room that the lines above leave it, whatever it shows."""

    DEFAULT_CSS = """
    Ahead { height: 1fr; border-top: solid $border-blurred; border-title-align: left; border-title-color: $text-muted; }
    """

    more = "… enter: all of it"

    def __init__(self) -> None:
        super().__init__("ahead", limit=MOST)
        self._asked: tuple[Report, OverviewLine] | None = None
        """What is to be shown."""
        self._resting = Resting(self)

    def look(self, report: Report, line: OverviewLine) -> None:
        """Shows where a line leads, once no other is asked for."""
        self._asked = report, line
        self._resting.then(lambda: self._build(report, line))

    def forget(self) -> None:
        """Shows nothing, nor what is still being built."""
        self._resting.stop()
        self._asked = None
        self.show(())

    @work(thread=True, exclusive=True, group="ahead")
    def _build(self, report: Report, line: OverviewLine) -> None:
        found = ahead.lines(report, line, *self.content_size)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._tell, report, line, found)

    def _tell(self, report: Report, line: OverviewLine, found: list[Line]) -> None:
        if self._asked == (report, line):
            leads = SHOWN[line.leads]
            self.border_title = Content(f"{leads.key} {leads.name}")
            self.show(found)
