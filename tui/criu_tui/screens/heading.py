"""What stands above all panes: where one is, whether it restores, and the names of the panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from criu_tui.core.report.heading import heading, pane_names
from criu_tui.core.report.verdict_line import verdict_line
from criu_tui.core.tables.table import Tone
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from criu_tui.core.report.report import Report

ASIDE = 2
"""Cells beside the verdict, one at each end."""


class Heading(Vertical):
    """Three lines."""

    DEFAULT_CSS = """
    Heading { height: 3; }
    Heading > #top { height: 1; background: $primary-background; color: $text; }
    Heading > #verdict { height: 1; padding: 0 1; }
    """

    def compose(self) -> ComposeResult:
        yield Notes("top", wrap=False)
        yield Notes("verdict", wrap=False)
        yield Tabs()

    def show(self, report: Report, pid: int | None, pane: str, width: int) -> None:
        """All three lines, for a screen of so many columns."""
        self.query_one("#top", Notes).show([(Tone.PLAIN, heading(report, pid, width))])
        self.tell(report, width)
        alarming = ("findings",) if report.errors_so_far else ()
        self.query_one(Tabs).show(pane_names(report), pane, alarming)

    def tell(self, report: Report, width: int) -> None:
        """The verdict alone."""
        self.query_one("#verdict", Notes).show([verdict_line(report, max(0, width - ASIDE))])
