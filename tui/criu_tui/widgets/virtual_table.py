"""A table of any size: only the lines on screen are made, and two of them change on a cursor move."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from criu_tui.commands import TABLE
from criu_tui.core.table import Table, Tone
from criu_tui.widgets.bindings import bindings

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

HEADER_LINES = 1
ELLIPSIS = "…"


class VirtualTable(ScrollView, can_focus=True):
    """Shows a core Table; the cursor is a row of it, whatever the order."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--cursor",
        "table--plain",
        "table--dim",
        "table--note",
        "table--warning",
        "table--error",
    }
    DEFAULT_CSS = """
    VirtualTable {
        height: 1fr;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        & > .table--header { text-style: bold; color: $text-muted; }
        & > .table--dim { color: $text-muted; }
        & > .table--note { color: $text-primary; }
        & > .table--warning { color: $text-warning; }
        & > .table--error { color: $text-error; text-style: bold; }
        & > .table--cursor { background: $surface-lighten-2; }
        &:focus > .table--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
        &:ansi > .table--header, &:nocolor > .table--header {
            color: ansi_default; text-style: bold underline;
        }
        &:ansi > .table--cursor, &:nocolor > .table--cursor { text-style: underline; }
        &:ansi:focus > .table--cursor, &:nocolor:focus > .table--cursor { text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(TABLE))

    class Highlighted(Message):
        """The cursor has moved to a row; `row` is its index in the table."""

        def __init__(self, table: VirtualTable, row: int) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> VirtualTable:
            return self.table

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, VirtualTable.Highlighted) and message.table is self.table

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.table: Table[Any] | None = None
        self.order = array("I")
        self.cursor = 0
        """Position in the order."""
        self.left = 0
        """Characters of each line scrolled away at the left."""
        self._strips: LRUCache[tuple[int, bool, bool, int, int], Strip] = LRUCache(512)

    @property
    def row(self) -> int | None:
        """Index in the table of the row under the cursor."""
        return self.order[self.cursor] if self.cursor < len(self.order) else None

    def show(self, table: Table[Any], row: int | None = None) -> None:
        """Shows a table with the cursor on a row of it; says nothing of the cursor."""
        self.table = table
        self.order = array("I", range(len(table.rows)))
        self._strips.clear()
        self.virtual_size = Size(0, len(self.order) + HEADER_LINES)
        self.cursor = 0
        self.select(0 if row is None else row)
        self.refresh()

    def select(self, row: int) -> None:
        """Puts the cursor on a row of the table, and the row on screen; posts nothing."""
        if row < len(self.order) and self.order[row] == row:
            self._put_cursor(row)

    def _put_cursor(self, position: int) -> bool:
        position = max(0, min(position, len(self.order) - 1))
        old, self.cursor = self.cursor, position
        page = max(1, self.scrollable_content_region.height - HEADER_LINES)
        top = self.scroll_offset.y
        if not top <= position < top + page:
            # Half a page at once: Textual writes the whole view for any scrolled line.
            lead = page // 2 if abs(position - old) < page else page // 3
            target = position - lead if position < top else position - page + 1 + lead
            self.scroll_to(y=max(0, min(target, len(self.order) - page)), animate=False, immediate=True)
        if old == position:
            return False
        for changed in (old, position):
            line = changed - self.scroll_offset.y + HEADER_LINES
            self.refresh(Region(0, line, self.size.width, 1))
        return True

    # What is seen

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def on_resize(self, event: events.Resize) -> None:
        self._strips.clear()
        self._put_cursor(self.cursor)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if self.table is None:
            return Strip.blank(width, self.rich_style)
        shown = self.table.shown_columns(width)
        if y < HEADER_LINES:
            style = self.get_component_rich_style("table--header")
            return self._strip(self.table.header(shown), style, width)
        position = self.scroll_offset.y + y - HEADER_LINES
        if position >= len(self.order):
            text = self.table.empty if not self.order and position == 0 else ""
            return self._strip(text, self.get_component_rich_style("table--dim"), width)
        here = position == self.cursor
        key = (self.order[position], here, self.has_focus, width, self.left)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._row_strip(self.order[position], shown, width, here=here)
            self._strips[key] = strip
        return strip

    def _row_strip(self, row: int, shown: tuple[int, ...], width: int, *, here: bool) -> Strip:
        table = self.table
        assert table is not None
        tone = table.tone(table.rows[row])
        style = self.get_component_rich_style(_TONE_CLASSES[tone])
        if here:
            style += self.get_component_rich_style("table--cursor")
        return self._strip(table.line(table.cells(row), shown), style, width)

    def _strip(self, text: str, style: Any, width: int) -> Strip:
        if self.left and text:
            text = ELLIPSIS + text[self.left + 1 :]
        if cell_len(text) > width:
            text = set_cell_size(text, max(0, width - 1)) + ELLIPSIS
        return Strip([Segment(set_cell_size(text, width), style)], width)

    # Keys and mouse

    def action_move(self, rows: int) -> None:
        self._move(self.cursor + rows)

    def action_move_page(self, pages: int) -> None:
        page = max(1, self.scrollable_content_region.height - HEADER_LINES)
        self._move(self.cursor + pages * page)

    def action_move_to(self, position: int) -> None:
        self._move(position if position >= 0 else len(self.order) - 1)

    def action_scroll_columns(self, columns: int) -> None:
        self.left = max(0, self.left + columns)
        self.refresh()

    def _move(self, position: int) -> None:
        if self.order and self._put_cursor(position):
            self.post_message(self.Highlighted(self, self.order[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        position = self.scroll_offset.y + event.y - HEADER_LINES
        if event.y >= HEADER_LINES and position < len(self.order):
            self._move(position)


_TONE_CLASSES = {
    Tone.PLAIN: "table--plain",
    Tone.DIM: "table--dim",
    Tone.NOTE: "table--note",
    Tone.WARNING: "table--warning",
    Tone.ERROR: "table--error",
}
