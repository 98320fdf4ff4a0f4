"""A task's whole address space on one line, what of it is dumped or charged, and where the selection is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from criu_tui.core.drawings.signs import VMAS
from criu_tui.core.drawings.strip import DUMPED, cell_of, strip
from criu_tui.core.tables.table import Tint
from criu_tui.widgets import looks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style
    from textual import events

    from criu_tui.core.base.span import Span
    from criu_tui.core.drawings.strip import StripCell
    from criu_tui.core.dump.address_space import AddressSpace


Signs: TypeAlias = "Callable[[Sequence[Span]], str]"
"""What stands below each of some cells, told by their addresses; empty: nothing."""


class StripView(looks.Drawing):
    """A letter for each stretch, of the kind of VMA that is there; below it signs, and a mark at the selected one."""

    DEFAULT_CSS = "StripView { height: 2; }"

    class Picked(Message):
        """A click on the strip: the address that lies there."""

        def __init__(self, address: int) -> None:
            super().__init__()
            self.address = address

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._space: AddressSpace | None = None
        self._cells: tuple[StripCell, ...] = ()
        self._signs_of: Signs | None = None
        self._signs = ""
        self._address: int | None = None

    def show(self, space: AddressSpace, address: int | None, signs: Signs | None = None) -> None:
        """Shows an address space, with the mark at an address; `signs` gives what stands below cells."""
        self._space, self._address, self._signs_of = space, address, signs
        self._cells = strip(space, self.size.width) if self.size.width else ()
        self._signs = signs([cell.span for cell in self._cells]) if signs is not None and self._cells else ""
        self.refresh()

    def clear(self) -> None:
        """Shows nothing."""
        self._space = self._address = None
        self._cells, self._signs = (), ""
        self.refresh()

    def go_to(self, address: int | None) -> None:
        """Moves the mark."""
        before, self._address = self._marked, address
        cells = [Region(cell, 1, 1, 1) for cell in (before, self._marked) if cell is not None]
        if before != self._marked:
            self.refresh(Region.from_union(cells))

    def on_resize(self, event: events.Resize) -> None:
        if self._space is not None:
            self.show(self._space, self._address, self._signs_of)

    @property
    def _marked(self) -> int | None:
        """Index of the cell that the mark is below."""
        return None if self._address is None else cell_of(self._cells, self._address)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 1:
            below = [Segment(sign, self._style_of(sign)) for sign in self._signs.ljust(len(self._cells))]
            if self._marked is not None:
                below[self._marked] = Segment("▲", self.own_style)
            return Strip(below).extend_cell_length(width, self.own_style).simplify()
        segments = [
            Segment(" ", self.own_style)
            if cell.kind is None
            else Segment(VMAS[cell.kind].sign, self.tint_style(VMAS[cell.kind].tint))
            for cell in self._cells
        ]
        return Strip(segments).extend_cell_length(width, self.own_style).simplify()

    def _style_of(self, sign: str) -> Style:
        return self.tint_style(Tint.PRESENT) if sign == DUMPED else self.own_style

    def on_click(self, event: events.Click) -> None:
        if event.x < len(self._cells):
            self.post_message(self.Picked(self._cells[event.x].span.start))
