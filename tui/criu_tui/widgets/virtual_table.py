"""A table of any size: only the lines on screen are made, and two of them change on a cursor move."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView

from criu_tui.commands import TABLE
from criu_tui.core.tables.table import GAP
from criu_tui.widgets import looks
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.table_lines import HEADER_LINES, TableLines

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.binding import BindingType
    from textual.scrollbar import ScrollBar

    from criu_tui.core.tables.view import View
    from criu_tui.widgets.terminal_app import TerminalApp

PATIENCE = 0.4
"""Seconds without rows after which that is said."""


class VirtualTable(ScrollView, TableLines, can_focus=True):
    """Shows a core Table; the cursor is a row of it, whatever the order."""

    DEFAULT_CSS = """
    VirtualTable {
        height: 1fr;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(TABLE))
    commands = TABLE

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

    class HeaderClicked(Message):
        """A column's title was clicked; `column` is its index in the table."""

        def __init__(self, table: VirtualTable, column: int) -> None:
            super().__init__()
            self.table = table
            self.column = column

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._chosen = 0
        """The row last under the cursor, also while a filter leaves no row at all."""
        self._placed = False
        """Whether the cursor's line was put on screen, or waits for room to be, rather than moved to: then a resize,
        of which several may follow one another at the start, puts it there anew."""
        self._ahead: list[Callable[[], int]] = []
        """Where to move once there are rows: keys that came before."""
        self._early: list[Callable[[], object]] = []
        """What else came before."""
        self._others: tuple[tuple[str, int, int], ...] = ()
        """Initials, task and address of each, also while there are no rows yet."""
        self._steadied: ScrollBar | None = None
        """The scrollbar, once there is one."""

    def on_mount(self) -> None:
        self.set_timer(PATIENCE, self._say_working)

    def _say_working(self) -> None:
        self._waited = True
        if self.view is None:
            self.refresh()

    @property
    def row(self) -> int | None:
        """Index in the table of the row under the cursor."""
        return self.view.order[self.cursor] if self.view is not None and self.cursor < len(self.view) else None

    def show(self, view: View[Any], row: int | None = None) -> None:
        """Shows a view with the cursor on a row of its table, or next to it; posts no message.

        Without a row, the one chosen before keeps the cursor.
        """
        before, self.view = self.view, view
        if before is None or before.table is not view.table or before.sort != view.sort:
            # Rows of the same table look as before, whichever of them a filter keeps.
            self._strips.clear()
            self._fits.clear()
        if self.styles.border_bottom[0]:
            self.border_subtitle = Content(view.footer)
        self.virtual_size = Size(0, len(view) + HEADER_LINES)
        self.cursor = 0
        self._put_cursor(view.nearest(self._chosen if row is None else row))
        self.show_others(self._others)
        self.refresh()
        ahead, self._ahead = self._ahead, []
        for position in ahead:
            self._move(position())
        early, self._early = self._early, []
        for command in early:
            # Not at once: who shows the view has more to do with it.
            self.call_later(command)

    def once_there(self, command: Callable[[], object]) -> None:
        """Runs a command on the rows; one that comes before there are any, where they are seen, waits for them."""
        if self.view is None and self.display:
            self._early.append(command)
        else:
            command()

    def forget(self) -> None:
        """Shows no rows until others are there."""
        self.view, self.cursor, self._labels, self._waited = None, 0, {}, False
        self._strips.clear()
        self._fits.clear()
        self.border_subtitle = ""
        self.virtual_size = Size(0, HEADER_LINES)
        self.refresh()
        self.set_timer(PATIENCE, self._say_working)

    def show_others(self, others: tuple[tuple[str, int, int], ...]) -> None:
        """Shows who else is at which rows, at the end of them: initials, task and address of each."""
        self._others = others
        view = self.view
        if view is None:
            return
        labels: dict[int, str] = {}
        for initials, pid, address in others:
            row = view.find(pid, address)
            if row is not None:
                labels[row] = f"{labels[row]} {initials}" if row in labels else initials
        changed = {row for row in {*labels, *self._labels} if labels.get(row) != self._labels.get(row)}
        self._labels = labels
        if changed:
            self._strips.clear()
        for row in changed:
            position = view.position(row)
            if position is not None:
                self._refresh_row(position)

    def read_again(self) -> None:
        """Rows are there by now that were not."""
        self._strips.clear()
        self._labels = {}
        self.show_others(self._others)
        self.refresh()

    def _refresh_row(self, position: int) -> None:
        line = position - self.scroll_offset.y + HEADER_LINES
        self.refresh(Region(0, line, self.scrollable_content_region.width, 1))

    def select(self, row: int) -> None:
        """Puts the cursor on a row of the table, if it is shown, and the row on screen; posts nothing."""
        position = None if self.view is None else self.view.position(row)
        if position is not None:
            self._put_cursor(position)

    def _put_cursor(self, position: int, *, moved: bool = False, resized: bool = False) -> bool:
        """Puts the cursor on a position, and its line on screen; `moved` there from the line it was on."""
        count = 0 if self.view is None else len(self.view)
        position = max(0, min(position, count - 1))
        old, self.cursor = self.cursor, position
        if self.row is not None:
            self._chosen = self.row
        height = self.scrollable_content_region.height
        page = max(1, height - HEADER_LINES)
        top = self.scroll_offset.y
        target = top
        if not height:
            self._placed |= position != old
        elif moved:
            self._placed = False
            target = self._top_after(old, page)
        elif not top <= position < top + page or (resized and self._placed):
            self._placed = True
            target = position - page // 3 if position >= page else 0
        elif position != old:
            self._placed = False
        if target != top:
            # Forced: the scrollbar of a table just shown is not there yet.
            self.scroll_to(y=max(0, min(target, count - page)), animate=False, immediate=True, force=True)
        if old == position:
            return False
        for changed in (old, position):
            self._refresh_row(changed)
        return True

    def _top_after(self, old: int, page: int) -> int:
        """The first position on screen, of so many, once the cursor has moved from another position."""
        position, top = self.cursor, self.scroll_offset.y
        if abs(position - old) == 1 and top - 1 <= position <= top + page and self.alone_in_its_lines:
            # A line at a time, before the cursor is at the edge: the terminal itself moves the others.
            ahead = min(looks.AHEAD, (page - 1) // 2)
            return top + (top + page - position <= ahead) if position > old else top - (position - top < ahead)
        if top <= position < top + page:
            return top
        # Half a page at once, for all of the view is written when one line scrolls.
        lead = page // 2 if abs(position - old) < page else page // 3
        return position - lead if position < top else position - page + 1 + lead

    def on_resize(self, event: events.Resize) -> None:
        self._put_cursor(self.cursor, resized=True)

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        bar = self.vertical_scrollbar if shown else None
        if bar is not None:
            # It has missed where the table was scrolled before.
            bar.position = self.scroll_y
        if bar is not None and bar is not self._steadied:
            # It is of one width: its length moves nothing else.
            bar._size_updated = partial(bar._size_updated, layout=False)  # type: ignore[method-assign]
            self._steadied = bar

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        # Textual says the size on screen, takes it for another number of rows, and draws the scrollbar each time.
        return super()._size_updated(size, self.virtual_size, container_size, layout)

    # Keys and mouse

    def on_key(self, event: events.Key) -> None:
        """A row that is to be opened before it is there is opened then; what is typed behind that waits with it."""
        if event.key != "enter" or self.view is not None or not self.display:
            return
        event.stop()
        event.prevent_default()
        app = cast("TerminalApp[Any]", self.app)

        def open_row() -> None:
            if self.has_focus:
                app.carry_out_next(event)
            app.in_turn.release()

        self._early.append(open_row)
        app.in_turn.hold()

    def action_move(self, rows: int) -> None:
        self._move_or_wait(lambda: self.cursor + rows)

    def action_move_page(self, pages: int) -> None:
        self._move_or_wait(lambda: self.cursor + pages * max(1, self.scrollable_content_region.height - HEADER_LINES))

    def action_move_to(self, position: int) -> None:
        self._move_or_wait(lambda: position if position >= 0 or self.view is None else len(self.view) - 1)

    def _move_or_wait(self, position: Callable[[], int]) -> None:
        if self.view is None:
            self._ahead.append(position)
        else:
            self._move(position())

    def action_scroll_columns(self, columns: int) -> None:
        if columns < 0:
            self.left = max(0, self.left + columns)
        else:
            self.left = max(self.left, min(self.left + columns, self._left_out))
        self.refresh()

    @property
    def _left_out(self) -> int:
        """How many characters the widest line on screen is wider than the screen."""
        if self.view is None:
            return 0
        width, height = self.scrollable_content_region.size
        table, top = self.view.table, self.scroll_offset.y
        fit = table.uncut(self._fit_of(self.view, width))
        rows = self.view.order[top : top + max(0, height - HEADER_LINES)]
        lines = [table.fitted_header(fit), *(GAP.join(table.fitted(row, fit)) for row in rows)]
        return max(0, max(map(cell_len, lines)) - width)

    def _move(self, position: int, *, clicked: bool = False) -> None:
        # What was clicked on stays where it is, for a second click.
        if self._put_cursor(position, moved=not clicked) and self.row is not None:
            self.post_message(self.Highlighted(self, self.row))

    def on_click(self, event: events.Click) -> None:
        position = self.at(event.y)
        if self.view is not None and event.y < HEADER_LINES:
            width = self.scrollable_content_region.width
            fit = self._fit_of(self.view, width)
            left = self.left if event.x >= self._fixed(fit.shown, width) else 0
            column = self.view.table.column_at(fit, event.x + left)
            if column is not None:
                self.post_message(self.HeaderClicked(self, column))
        elif position is not None:
            self._move(position, clicked=True)
