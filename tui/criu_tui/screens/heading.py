"""What stands above all panes: where one is, whether it restores, and the names of the panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.report.heading import heading, pane_names
from criu_tui.core.report.verdict_line import verdict_line
from criu_tui.core.tables.table import Tone
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report

ASIDE = 2
"""Cells beside the verdict, one at each end."""


class Heading:
    """Three lines, each a widget of the screen itself: one around them would take 1 ms of the first paint."""

    CSS = """
    #top { height: 1; background: $primary-background; color: $text; }
    #verdict { height: 1; padding: 0 1; }
    """

    def __init__(self) -> None:
        self._top, self._verdict, self._tabs = Notes("top", wrap=False), Notes("verdict", wrap=False), Tabs()
        self.lines = (self._top, self._verdict, self._tabs)

    def show(self, report: Report, pid: int | None, pane: str, width: int) -> None:
        """All three lines, for a screen of so many columns."""
        self._top.show([(Tone.PLAIN, heading(report, pid, width))])
        self.tell(report, width)
        alarming = ("findings",) if report.errors_so_far else ()
        self._tabs.show(pane_names(report), pane, alarming)

    def tell(self, report: Report, width: int) -> None:
        """The verdict alone."""
        self._verdict.show([verdict_line(report, max(0, width - ASIDE))])
