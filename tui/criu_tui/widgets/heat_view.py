"""The heat map: a cell for one page or for many, told apart by shape and colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.segment import Segment
from textual.message import Message

from criu_tui.commands import HEAT
from criu_tui.core.base.units import address
from criu_tui.core.drawings.heat import HeatMap, fitting
from criu_tui.core.drawings.legend import sign_in, sign_of
from criu_tui.widgets.address_view import AddressView
from criu_tui.widgets.bindings import bindings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.binding import BindingType

    from criu_tui.core.base.span import Span
    from criu_tui.core.drawings.differing import DifferingSign
    from criu_tui.core.drawings.heat import HeatLine
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma

LEAD = 14
"""Characters before the first cell: an address and two blanks."""


class HeatView(AddressView):
    """Pages of one VMA or of a whole address space."""

    DEFAULT_CSS = "HeatView { min-height: 3; }"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(HEAT))
    commands = HEAT

    class Zoomed(Message):
        """Another number of pages to a cell."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pages = 1
        """Pages to a cell."""
        self._memory: HeatMap | None = None
        """The memory that is drawn; how many cells a line has is decided at each resize."""
        self._fits = True
        """Whether the number of pages follows the room there is."""
        self._differing: Callable[[Span], DifferingSign] | None = None
        """How a cell looks where another checkpoint is compared."""

    def show_differing(self, differing: Callable[[Span], DifferingSign] | None) -> None:
        """Colours cells by what another checkpoint has in their place, or as ever."""
        self._differing = differing
        self.refresh()

    def clear(self) -> None:
        """Shows nothing."""
        self._memory = None
        self.show(None)

    def show_vmas(self, dump: Dump, pid: int, vmas: Sequence[Vma], where: int) -> None:
        """Shows the pages of VMAs of a task, all of them on the screen, with the cursor at an address."""
        self._memory, self._fits = HeatMap(dump, pid, vmas, 1, 1), True
        self._draw(where)

    def _draw(self, where: int | None = None) -> None:
        columns, height = self.size.width - LEAD, self.size.height
        if self._memory is None or columns < 1 or not height:
            # Drawn once there is room.
            if where is not None:
                # What was drawn before is other memory.
                self._lines = self._seen = None
                self.address = where
            return
        if self._fits:
            heat = fitting(self._memory, columns, height)
            if heat.pages != self.pages:
                self.pages = heat.pages
                self.post_message(self.Zoomed())
        else:
            heat = self._memory.drawn(columns, self.pages)
        self.show(heat, self.address if where is None else where)

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def on_show(self) -> None:
        if self._lines is None:
            self._draw()

    @property
    def heat(self) -> HeatMap | None:
        return self._lines if isinstance(self._lines, HeatMap) else None

    @property
    def shows_which(self) -> bool:
        """Whether cells of few pages show which are present: without colours one dot looks as absent pages do."""
        return not self.app.no_color

    def _segments(self, line: HeatLine, cursor: int | None) -> list[Segment]:
        heat = self.heat
        assert heat is not None
        lead = Segment(f"{address(line.span.start)}  ", self.muted_style)
        if line.words:
            style = self._words_style
            if cursor is not None:
                style += self.cursor_style
            return [lead, Segment(f"⋯ {line.words}", style)]
        here = None if cursor is None else heat.cell_of(line, cursor)
        segments = [lead]
        for index in range(len(line.cells)):
            sign = sign_in(heat, line, index) if self.shows_which else sign_of(line.cells[index])
            shown, tint = sign.sign, sign.tint
            if self._differing is not None:
                differing = self._differing(heat.cell_span(line, index))
                shown, tint = differing.sign or shown, differing.tint
            style = self.tint_style(tint)
            if index == here:
                style += self.cursor_style
            segments.append(Segment(shown, style))
        return segments

    def _columns(self, line: HeatLine, address: int) -> tuple[int, int]:
        heat = self.heat
        assert heat is not None
        return super()._columns(line, address) if line.words else (LEAD + heat.cell_of(line, address), 1)

    def _beside(self, here: HeatLine, target: HeatLine) -> int:
        heat = self.heat
        assert heat is not None
        if not target.cells:
            return target.span.start
        return heat.cell_span(target, min(heat.cell_of(here, self.address), len(target.cells) - 1)).start

    def _at(self, line: HeatLine, x: int) -> int:
        heat = self.heat
        assert heat is not None
        return heat.cell_span(line, max(0, min(x - LEAD, len(line.cells) - 1))).start

    def action_cells(self, count: int) -> None:
        """So many cells right, or left when negative, across lines."""
        heat = self.heat
        if heat is None:
            return
        line = heat.line_at(self.address)
        span = heat.cell_span(line, heat.cell_of(line, self.address))
        self._move(span.end if count > 0 else span.start - 1)

    def _move(self, where: int) -> None:
        """The cursor stands at the start of its cell."""
        heat = self.heat
        if heat is not None:
            line = heat.line_at(heat.nearest(where))
            where = heat.cell_span(line, heat.cell_of(line, heat.nearest(where))).start
        super()._move(where)

    def action_zoom_cells(self, closer: bool) -> None:
        """Half as many pages to a cell, down to one; or twice as many, up to all in one line."""
        heat = self.heat
        if heat is None:
            return
        self.pages = max(1, min(heat.farthest, self.pages // 2 if closer else self.pages * 2))
        self._fits = False
        self._draw()
        self.post_message(self.Zoomed())
