"""A view of lines that are found by address: only what is on screen is made, whatever the length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from criu_tui.widgets import looks

if TYPE_CHECKING:
    from rich.segment import Segment
    from rich.style import Style
    from textual import events

    from criu_tui.core.drawings.address_lines import AddressLine, AddressLines


class AddressView(looks.Drawing, can_focus=True):
    """Shows AddressLines from the address at its top; the cursor is an address.

    Subclasses say in `_segments` how a line looks, and in `_beside` what stands left and right of it.
    """

    DEFAULT_CSS = "AddressView { height: 1fr; }"

    class Moved(Message):
        """The cursor has moved to an address."""

        def __init__(self, view: AddressView, address: int) -> None:
            super().__init__()
            self.view = view
            self.address = address

        @property
        def control(self) -> AddressView:
            return self.view

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, AddressView.Moved) and message.view is self.view

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.address = 0
        """The cursor's."""
        self._lines: AddressLines[Any] | None = None
        self._top = 0
        self._seen: list[AddressLine] | None = None

    # What is seen

    def show(self, lines: AddressLines[Any] | None, address: int | None = None) -> None:
        """Shows lines, with the cursor at an address, or as near as possible to where it was; posts no message.

        The line of the cursor stays where it is on the screen, as far as lines before it reach.
        """
        before = 0 if self._seen is None else self._row(self.address) or 0
        self._lines = lines if lines is not None and lines.span.size else None
        if self._lines is not None:
            self.address = self._lines.nearest(self.address if address is None else address)
            self._top = self._lines.moved(self.address, -before).span.start if before else self.address
        self._seen = None
        self._put(self.address)
        self.refresh()

    def go_to(self, address: int) -> None:
        """Puts the cursor on an address, and its line on screen; posts no message."""
        self._put(address)

    def seen(self) -> list[AddressLine]:
        """The lines on screen, made again when they have changed."""
        if self._seen is None:
            self._seen = [] if self._lines is None else list(self._lines.forward(self._top, self.size.height))
        return self._seen

    def _put(self, address: int) -> bool:
        """Moves the cursor; the view jumps by a part of its height when the line is not on screen.

        By few lines to the next one where the terminal moves the others.
        """
        if self._lines is None:
            return False
        old, self.address = self.address, self._lines.nearest(address)
        height = self.size.height
        if not height:
            # Nothing of it is seen; its line is put on screen when it is shown.
            return old != self.address
        top = self._top
        if self._row(self.address) is None:
            above = self.address < top
            ahead = height // 3 if above else height * 2 // 3
            if self.alone_in_its_lines and height > looks.AHEAD and self._adjoins(self.address):
                ahead = looks.AHEAD if above else height - 1 - looks.AHEAD
            self._begin_at(self._lines.moved(self.address, -ahead).span.start)
        missing = height - len(self.seen())
        if missing > 0:
            # At the end there are fewer lines below than there is room for.
            self._begin_at(self._lines.moved(self._top, -missing).span.start)
        if self._top != top:
            self.refresh()
        else:
            self._refresh_cursor(old, self.address)
        return old != self.address

    def _adjoins(self, address: int) -> bool:
        """Whether the line of an address is the next one above or below those on screen."""
        seen = self.seen()
        ends = (self._lines.before(seen[0]), self._lines.after(seen[-1])) if self._lines is not None and seen else ()
        return any(line is not None and address in line.span for line in ends)

    def _begin_at(self, top: int) -> None:
        if top != self._top:
            self._top, self._seen = top, None

    def _refresh_cursor(self, *addresses: int) -> None:
        """Redraws what the cursor changes at these addresses: one region a line, since each starts at the left edge."""
        regions: dict[int, list[Region]] = {}
        for address in addresses:
            row = self._row(address)
            if row is not None:
                start, width = self._columns(self.seen()[row], address)
                regions.setdefault(row, []).append(Region(start, row, width, 1))
        for changed in regions.values():
            self.refresh(Region.from_union(changed))

    def _columns(self, line: Any, address: int) -> tuple[int, int]:
        """The first column of a line where the cursor is seen, and how many."""
        return 0, self.size.width

    def _row(self, address: int) -> int | None:
        return next((row for row, line in enumerate(self.seen()) if address in line.span), None)

    def on_show(self) -> None:
        # At the size that it had before, of which no event tells.
        self._put(self.address)

    def on_resize(self, event: events.Resize) -> None:
        self._seen = None
        self._put(self.address)
        # It has been painted at the new size with the lines of the old one.
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self.seen()
        if y >= len(lines):
            return Strip.blank(width, self.own_style)
        line = lines[y]
        segments = self._segments(line, self.address if self.address in line.span else None)
        return self.fitted(segments, width)

    def _segments(self, line: Any, cursor: int | None) -> list[Segment]:
        """How a line looks; `cursor` is the address under it when it is in this line."""
        raise NotImplementedError

    @property
    def _words_style(self) -> Style:
        """Of a line that says in words what lies there."""
        return self.muted("italic")

    # Moves

    def _move(self, address: int) -> None:
        if self._put(address):
            self.post_message(self.Moved(self, self.address))

    def action_lines(self, count: int) -> None:
        """So many lines down, or up when negative, keeping the place within the line."""
        if self._lines is None:
            return
        here = self._lines.line_at(self.address)
        target = self._lines.moved(self.address, count)
        if target.span == here.span:
            self._move(here.span.start if count < 0 else here.span.end - 1)
        else:
            self._move(self._beside(here, target))

    def _beside(self, here: Any, target: Any) -> int:
        """The address in another line that lies where the cursor does in its own."""
        raise NotImplementedError

    def action_page(self, pages: int) -> None:
        self.action_lines(pages * max(1, self.size.height - 1))

    def action_end(self, last: bool) -> None:
        if self._lines is not None:
            self._move(self._lines.span.end - 1 if last else self._lines.span.start)

    def on_click(self, event: events.Click) -> None:
        lines = self.seen()
        if event.y < len(lines):
            self._move(self._at(lines[event.y], event.x))

    def _at(self, line: Any, x: int) -> int:
        """The address that a column of a line shows."""
        raise NotImplementedError
