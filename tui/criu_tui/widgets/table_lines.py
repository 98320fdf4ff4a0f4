"""The lines of a table: its header and rows, drawn when they are seen and kept while they look the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.segment import Segment
from textual.cache import LRUCache
from textual.geometry import Region
from textual.strip import Strip

from criu_tui.core.tables.table import BAR, GAP, Tint, Tone
from criu_tui.widgets import looks

if TYPE_CHECKING:
    from textual.style import Style as VisualStyle

    from criu_tui.core.tables.table import Fit, Table
    from criu_tui.core.tables.view import View

HEADER_LINES = 1
WORKING = "working: the rows are not there yet"
_ASCENDING, _DESCENDING = "▲", "▼"


class TableLines(looks.Drawing):
    """Draws a view of a table from a scrolled line on, with the cursor at one of its rows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.view: View[Any] | None = None
        self.cursor = 0
        """Position in the order."""
        self.left = 0
        """Characters of each line scrolled away, behind its first column."""
        self._waited = False
        """Whether rows have been missing for so long that it is said."""
        self._labels: dict[int, str] = {}
        """What stands at the end of a row, by its index in the table."""
        self._strips: LRUCache[tuple[int, bool, bool, int, int], Strip] = LRUCache(512)
        self._fits: dict[tuple[int, bool], Fit] = {}
        """How columns stand, by the width and whether they are scrolled."""
        self._look: tuple[VisualStyle, str] | None = None
        """Style and theme that the lines kept are of."""

    @property
    def table(self) -> Table[Any] | None:
        return None if self.view is None else self.view.table

    def notify_style_update(self) -> None:
        super().notify_style_update()
        look = self.visual_style, self.app.theme
        if look != self._look:
            self._look = look
            self._strips.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows as they are where nothing stands around them but a line below; Textual would look for it at each."""
        if self.styles.gutter.top or self.styles.gutter.width:
            return super().render_lines(crop)
        rows = crop.intersection(Region(0, 0, self.region.width, self.content_size.height))
        width, filters, background = self.content_size.width, self.get_line_filters(), self.background_colors[1]
        strips = []
        for y in rows.line_range:
            strip = self.render_line(y)
            for each in filters:
                strip = strip.apply_filter(each, background)
            strips.append(strip.adjust_cell_length(width).crop(*rows.column_span))
        below = crop.height - rows.height
        return strips + (super().render_lines(Region(crop.x, rows.bottom, crop.width, below)) if below else [])

    def _fit_of(self, view: View[Any], width: int) -> Fit:
        """How columns stand now: scrolled to the right, all are as wide as they can be."""
        found = self._fits.get((width, self.left > 0))
        if found is None:
            found = view.table.fit(width, None if view.sort is None else view.sort.column)
            if self.left:
                found = view.table.uncut(found)
            self._fits[width, self.left > 0] = found
        return found

    def at(self, line: int) -> int | None:
        """The position of the row that stands on a line of the widget."""
        position = self.scroll_offset.y + line - HEADER_LINES
        return position if line >= HEADER_LINES and self.view is not None and position < len(self.view) else None

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
        key = (view.order[position], here, here and self.has_focus, width, self.left)
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
