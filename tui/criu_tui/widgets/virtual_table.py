"""A table of any size: only the lines on screen are made, and two of them change on a cursor move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from criu_tui.commands import TABLE
from criu_tui.core.tables.table import BAR, GAP, Tint, Tone
from criu_tui.widgets import looks
from criu_tui.widgets.bindings import bindings

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from criu_tui.core.tables.table import Fit, Table
    from criu_tui.core.tables.view import View

AHEAD = 2
"""Rows beyond the cursor that come on screen with it."""
HEADER_LINES = 1
WORKING = "working: the rows are not there yet"
PATIENCE = 0.4
"""Seconds without rows after which that is said."""


class VirtualTable(ScrollView, looks.Drawing, can_focus=True):
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
        self.view: View[Any] | None = None
        self.cursor = 0
        """Position in the order."""
        self._chosen = 0
        """The row last under the cursor, also while a filter leaves no row at all."""
        self._placed = False
        """Whether the cursor's line was put on screen, or waits for room to be, rather than moved to: then a resize,
        of which several may follow one another at the start, puts it there anew."""
        self._ahead = 0
        """Rows to move by once there are any: keys that came before."""
        self.left = 0
        """Characters of each line scrolled away, behind its first column."""
        self._waited = False
        """Whether rows have been missing for so long that it is said."""
        self._others: tuple[tuple[str, int, int], ...] = ()
        """Initials, task and address of each, also while there are no rows yet."""
        self._labels: dict[int, str] = {}
        """What stands at the end of a row, by its index in the table."""
        self._strips: LRUCache[tuple[int, bool, bool, int, int], Strip] = LRUCache(512)
        self._fits: dict[tuple[int, bool], Fit] = {}
        """How columns stand, by the width and whether they are scrolled."""

    def on_mount(self) -> None:
        self.set_timer(PATIENCE, self._say_working)

    def _say_working(self) -> None:
        self._waited = True
        if self.view is None:
            self.refresh()

    @property
    def table(self) -> Table[Any] | None:
        return None if self.view is None else self.view.table

    @property
    def row(self) -> int | None:
        """Index in the table of the row under the cursor."""
        return self.view.order[self.cursor] if self.view is not None and self.cursor < len(self.view) else None

    def show(self, view: View[Any], row: int | None = None) -> None:
        """Shows a view with the cursor on a row of its table, or next to it; posts no message.

        Without a row, the one chosen before keeps the cursor.
        """
        self.view = view
        self._strips.clear()
        self._fits.clear()
        if self.styles.border_bottom[0]:
            self.border_subtitle = Content(view.footer)
        self.virtual_size = Size(0, len(view) + HEADER_LINES)
        self.cursor = 0
        self._put_cursor(view.nearest(self._chosen if row is None else row))
        self.show_others(self._others)
        self.refresh()
        ahead, self._ahead = self._ahead, 0
        if ahead:
            self._move(self.cursor + ahead)

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
        if not height:
            self._placed = True
        elif not top <= position < top + page or (resized and self._placed):
            self._placed = not moved
            # Half a page at once, for all of the view is written when one line scrolls; but the terminal
            # itself moves lines that are as wide as the screen.
            step = page // 2 if self.region.width < self.app.size.width else min(page // 2, AHEAD)
            lead = step if abs(position - old) < page else page // 3
            if not moved:
                target = position - page // 3 if position >= page else 0
            else:
                target = position - lead if position < top else position - page + 1 + lead
            # Forced: the scrollbar of a table just shown is not there yet.
            self.scroll_to(y=max(0, min(target, count - page)), animate=False, immediate=True, force=True)
        elif position != old:
            self._placed = False
        if old == position:
            return False
        for changed in (old, position):
            self._refresh_row(changed)
        return True

    # What is seen

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def on_resize(self, event: events.Resize) -> None:
        self._strips.clear()
        self._put_cursor(self.cursor, resized=True)

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        if shown:
            # It has missed where the table was scrolled before.
            self.vertical_scrollbar.position = self.scroll_y

    def _fit_of(self, view: View[Any], width: int) -> Fit:
        """How columns stand now: scrolled to the right, all are as wide as they can be."""
        found = self._fits.get((width, self.left > 0))
        if found is None:
            found = view.table.fit(width, None if view.sort is None else view.sort.column)
            if self.left:
                found = found._replace(rooms=tuple(view.table.columns[i].width for i in found.shown))
            self._fits[width, self.left > 0] = found
        return found

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        view = self.view
        if view is None:
            said = WORKING if y == 0 and self._waited else ""
            return self._fit([Segment(said, self.muted_style)], width, 0)
        if y < HEADER_LINES:
            fit = self._fit_of(view, width)
            mark = "" if view.sort is None else _DESCENDING if view.sort.descending else _ASCENDING
            header = view.table.fitted_header(fit, None if view.sort is None else view.sort.column, mark)
            style = self.styled("bold underline") if self.few_colours else self.muted("bold")
            return self._fit([Segment(header, style)], width, self._fixed(fit.shown, width))
        position = self.at(y)
        if position is None:
            nothing = "nothing here passes the filter; escape shows all" if view.table.rows else view.table.empty
            if len(view) or y > HEADER_LINES:
                return Strip.blank(width, self.own_style)
            return self._fit([Segment(nothing, self.muted_style)], width, 0)
        here = position == self.cursor
        key = (view.order[position], here, self.has_focus, width, self.left)
        strip = self._strips.get(key)
        if strip is None:
            fit = self._fit_of(view, width)
            strip = self._strips[key] = self._row_strip(view.table, view.order[position], fit, width, here=here)
        return strip

    def _row_strip(self, table: Table[Any], index: int, fit: Fit, width: int, *, here: bool) -> Strip:
        row = table.rows[index]
        tone = table.tone(row)
        style = self.tone_style(tone)
        parts = table.fitted(index, fit)
        if here:
            # One run: the cursor is seen by its own colours.
            segments = [Segment(GAP.join(parts), style + self.cursor_style)]
        else:
            segments = []
            for index_of, part in zip(fit.shown, parts, strict=True):
                column = table.columns[index_of]
                own = style if (tint := column.tint_of(row)) is Tint.PLAIN else style + self.tint_style(tint)
                if index_of in fit.barred and tone is Tone.PLAIN:
                    segments.append(Segment(part[:-BAR], own))
                    part, own = part[-BAR:], self.tint_style(column.shade)
                # Runs of one style become one: each costs bytes on a slow line.
                segments += [Segment(part, own), Segment(GAP, style)]
            segments.pop()
        if label := self._labels.get(index, ""):
            width = max(0, width - cell_len(label) - 1)
        fixed = self._fixed(fit.shown, width)
        # A cell may be longer than its column, as the address of the vsyscall page is.
        first = cell_len(parts[0].rstrip()) + len(GAP)
        strip = self._fit(segments, width, max(fixed, first) if fixed else 0)
        return Strip([*strip, Segment(f" {label}", self.styled("bold reverse"))]) if label else strip

    def _fixed(self, shown: tuple[int, ...], width: int) -> int:
        """Characters at the left that are never scrolled away: the first column, unless it takes half of the width."""
        if self.table is None or not shown:
            return 0
        first = self.table.columns[shown[0]].width + len(GAP)
        return first if 2 * first <= width else 0

    def _fit(self, segments: list[Segment], width: int, fixed: int) -> Strip:
        """Segments as one line, `fixed` characters of it always there, a cut marked."""
        strip = Strip(segments)
        style = segments[-1].style
        if self.left and strip.cell_length > fixed:
            strip = Strip([*strip.crop(0, fixed), Segment(looks.ELLIPSIS, style), *strip.crop(fixed + self.left + 1)])
        return self.fitted(list(strip), width, style)

    # Keys and mouse

    def action_move(self, rows: int) -> None:
        if self.view is None:
            self._ahead += rows
        self._move(self.cursor + rows)

    def action_move_page(self, pages: int) -> None:
        page = max(1, self.scrollable_content_region.height - HEADER_LINES)
        self._move(self.cursor + pages * page)

    def action_move_to(self, position: int) -> None:
        self._move(position if position >= 0 or self.view is None else len(self.view) - 1)

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
        fit = self._fit_of(self.view, width)
        fit = fit._replace(rooms=tuple(table.columns[i].width for i in fit.shown))
        rows = self.view.order[top : top + max(0, height - HEADER_LINES)]
        lines = [table.fitted_header(fit), *(GAP.join(table.fitted(row, fit)) for row in rows)]
        return max(0, max(map(cell_len, lines)) - width)

    def _move(self, position: int) -> None:
        if self._put_cursor(position, moved=True) and self.row is not None:
            self.post_message(self.Highlighted(self, self.row))

    def at(self, line: int) -> int | None:
        """The position of the row that stands on a line of the widget."""
        position = self.scroll_offset.y + line - HEADER_LINES
        return position if line >= HEADER_LINES and self.view is not None and position < len(self.view) else None

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
            self._move(position)


_ASCENDING, _DESCENDING = "▲", "▼"
