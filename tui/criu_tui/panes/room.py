"""What a pane does with little room: rows come before words and pictures; with much, a frame stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical

from criu_tui.widgets import looks
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.table_lines import HEADER_LINES
from criu_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events

    from criu_tui.widgets.notes import Line

ROWS = 14
"""Rows that words and pictures leave room to, on a screen with little of it."""
FOOTER_LINES = 1
FOCUSED = "focused"
"""The class of the pane with the focus; `:focus-within` would have it styled again before the first paint."""


class Room(Vertical, looks.Steady):
    """Notes above a table, and below it perhaps what explains the selected row."""

    DEFAULT_CSS = """
    Room { height: 1fr; width: 1fr; }
    Room > VirtualTable {
        border-bottom: solid $border-blurred; border-subtitle-align: left; border-subtitle-color: $text-muted;
    }
    Room.framed { border: round $border-blurred; border-title-color: $text-muted; }
    Room.framed.focused { border: round $accent; border-title-color: $text; border-title-style: bold; }
    Room.framed.focused:nocolor { border: heavy $accent; border-title-style: bold reverse; }
    """
    explains: ClassVar[str] = ""
    """Id of the widget that explains the selected row, and is there where rows leave it room."""
    explained: ClassVar[int] = 0
    """Lines that it needs."""
    brief = False
    """Whether rows come before words and pictures."""

    def on_mount(self) -> None:
        # What of the frame follows the focus is there as soon as the focus is.
        self.watch(self.screen, "focused", self._follow_focus, init=False)

    def _follow_focus(self) -> None:
        self.set_class(self.has_focus_within, FOCUSED)

    @property
    def table(self) -> VirtualTable:
        """The widget that shows the rows."""
        return self.query_one(VirtualTable)

    def explain(self, lines: Iterable[Line]) -> None:
        """Tells of the selected row; while a filter leaves none there is nothing told, in as much room."""
        notes = self.query_one(f"#{self.explains}", Notes)
        table = self.table
        if table.row is None and table.table is not None and table.table.rows:
            notes.blank()
        else:
            notes.show(lines)

    def be_brief(self, *, brief: bool, framed: bool) -> None:
        """Lets rows come before words and pictures, or not; with a frame around all, or without."""
        self.set_class(framed, "framed")
        self.brief = brief
        for notes in self.query_children(Notes).results(Notes):
            if notes.id is None:
                notes.be_brief(brief=brief)
        self.give_room()

    def give_room(self) -> None:
        """Shows what explains the selected row where ROWS rows, or all that there are, leave it room."""
        if not self.explains:
            return
        explaining = self.query_one(f"#{self.explains}").styles
        if self.brief:
            explaining.max_height = self.spare if self.spare >= self.explained else 0
        else:
            explaining.clear_rule("max_height")

    @property
    def spare(self) -> int:
        """Lines that ROWS rows, or all that there are, leave with the one line of notes above them."""
        rows = min(ROWS, 0 if self.table.table is None else len(self.table.table.rows))
        said = sum(1 for notes in self.query_children(Notes).results(Notes) if notes.id is None and notes.display)
        return self.size.height - HEADER_LINES - FOOTER_LINES - rows - said

    def on_resize(self, event: events.Resize) -> None:
        self.give_room()
