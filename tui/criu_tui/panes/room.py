"""What a pane does with little room: rows come before words and pictures; with much, a frame stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.geometry import Region

from criu_tui.core.tables.table import Tone
from criu_tui.widgets import looks
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.table_lines import HEADER_LINES
from criu_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.geometry import Size
    from textual.strip import Strip

    from criu_tui.widgets.notes import Line

ROWS = 14
"""Rows that words and pictures leave room to, on a screen with little of it."""
ROOMY = 32
"""Lines from which words and pictures have room beside the rows, and a pane alone for a frame."""
ROOM_FOR_TASKS = 110
"""Columns from which the task tree has room beside a pane."""
FOOTER_LINES = 1
FOCUSED = "focused"
"""The class of the pane with the focus; `:focus-within` would have it styled again before the first paint."""


def framed(room: Size) -> bool:
    """Whether a screen has room for a frame around a pane alone."""
    return room.width >= ROOM_FOR_TASKS and room.height >= ROOMY


class Room(looks.Steady, Vertical):
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
    complete = False
    """Whether the rest of the screen is there: what the first paint does without waits for it."""
    seen_in = 0
    """Lines that it had when it was last seen: of what is hidden Textual says that it has none."""

    def on_mount(self) -> None:
        # What of the frame follows the focus is there as soon as the focus is.
        self.watch(self.screen, "focused", self._follow_focus, init=False)

    def _follow_focus(self) -> None:
        self.set_class(self.has_focus_within, FOCUSED)

    @property
    def table(self) -> VirtualTable:
        """The widget that shows the rows."""
        return self.query_one(VirtualTable)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The frame. All lines between the first and the last are alike, and covered but for their ends: drawn once."""
        edges = {0, self.region.height - 1}.intersection(crop.line_range)
        between = next((y for y in crop.line_range if y not in edges), 0)
        drawn = {y: super(Room, self).render_lines(Region(crop.x, y, crop.width, 1))[0] for y in (*edges, between)}
        return [drawn[y if y in edges else between] for y in crop.line_range]

    def explain(self, lines: Iterable[Line]) -> None:
        """Tells of the selected row; while a filter leaves none there is nothing told, in as much room."""
        notes = self.query_one(f"#{self.explains}", Notes)
        table = self.table
        if table.row is None and table.table is not None and table.table.rows:
            notes.blank()
        else:
            notes.show(lines)

    def say(self, text: str, tone: Tone = Tone.NOTE) -> None:
        """A line below the rows; none for an empty text."""
        said = next(iter(self.query(".state").results(Notes)), None)
        if said is None and text:
            said = Notes(limit=2, classes="state")
            self.mount(said, after=self.table)
        if said is not None:
            before = said.display
            said.show([(tone, text)] if text else [])
            if said.display != before:
                self.give_room()

    @property
    def usual_state(self) -> str:
        """What stands below rows that are all there, in their own order."""
        return ""

    def be_brief(self, *, brief: bool, framed: bool, complete: bool) -> None:
        """Lets rows come before words and pictures, or not; with a frame around all, or without."""
        self.set_class(framed, "framed")
        self.brief, self.complete = brief, complete
        for notes in self._said:
            notes.be_brief(brief=brief)
        self.give_room()

    @property
    def _said(self) -> list[Notes]:
        """The lines above the rows, and below them what is said of these."""
        return [notes for notes in self.query_children(Notes).results(Notes) if notes.id is None]

    def give_room(self) -> None:
        """Shows what explains the selected row where ROWS rows, or all that there are, leave it room.

        Where nothing else stands beside the rows, that room is for the notes.
        """
        if not self.explains:
            said = self._said
            if said and len(self.children) == len(said) + 1:
                said[0].have_room(self.spare + 1 if said[0].display else 1)
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
        said = sum(1 for notes in self._said if notes.display)
        return (self.size.height or self.seen_in) - HEADER_LINES - FOOTER_LINES - rows - said

    def on_resize(self, event: events.Resize) -> None:
        self.seen_in = event.size.height or self.seen_in
        self.give_room()
