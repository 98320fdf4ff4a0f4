"""Where another checkpoint has other bytes: signs for the heat map, and the way from change to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.drawings.hexdump import ROW
from criu_tui.core.pages.differences.difference import Turn
from criu_tui.core.tables.table import Tint

if TYPE_CHECKING:
    from criu_tui.core.drawings.hexdump import HexDump, HexLine
    from criu_tui.core.pages.differences.marks import PageMarks

PAGES_TRIED = 4096
"""Changed pages that are looked through for the next change; in each of them there is one."""


class DifferingSign(NamedTuple):
    """How a cell of the heat map looks; an empty sign leaves it its own."""

    sign: str
    tint: Tint


_SIGNS = {
    Turn.CHANGED: DifferingSign("≠", Tint.SHARED),
    Turn.NEW: DifferingSign("+", Tint.LAZY),
    Turn.GONE: DifferingSign("-", Tint.LAZY),
}
_SAME = DifferingSign("", Tint.ABSENT)
LEGEND = "≠ changed  + only in B  - only in A"


def sign_of_pages(marks: PageMarks, span: Span) -> DifferingSign:
    """Of the pages of a cell: one colour for those that are the same, one for changed ones, one for the rest."""
    turn = marks.within(span)
    return _SAME if turn is None else _SIGNS[turn]


class DifferingBytes:
    """The bytes of a task in two checkpoints."""

    def __init__(self, marks: PageMarks, own: HexDump, other: HexDump) -> None:
        self._marks = marks
        self._own, self._other = own, other

    def beside(self, address: int) -> bytes | None:
        """The other checkpoint's row in place of the one that begins at an address; None where it has none."""
        there = self._marks.there(address)
        return None if there is None else self._other.bytes_at(there)[:ROW] or None

    def page(self, address: int) -> bytes:
        """The other checkpoint's bytes in place of a page that differs; none for one that is the same."""
        there = None if self._marks.within(Span(address, address + PAGE)) is None else self._marks.there(address)
        return b"" if there is None else self._other.bytes_at(there)

    def row_from(self, address: int) -> tuple[bytes, bytes]:
        """The bytes from an address to the end of its row in both; none where there are none to read."""
        inside = address % ROW
        theirs = self.beside(address - inside) or b""
        return self._own.bytes_at(address)[: ROW - inside], theirs[inside:]

    def differing(self, line: HexLine) -> frozenset[int]:
        """Which bytes of a row are others there, counted from its first; none where there are none to compare."""
        theirs = self.beside(line.span.start) if line.data else None
        if theirs is None:
            return frozenset()
        return frozenset(i for i, (a, b) in enumerate(zip(line.data, theirs, strict=False)) if a != b)

    def after(self, address: int) -> int | None:
        """Where the next change begins above an address; None when none does."""
        return self._next(address, 1)

    def before(self, address: int) -> int | None:
        """Where the last change begins below an address; None when none does."""
        return self._next(address, -1)

    def _next(self, address: int, step: int) -> int | None:
        page: int | None = address & -PAGE
        for _ in range(PAGES_TRIED):
            if page is None:
                return None
            found = [at for at in self._changes(page) if (at > address if step > 0 else at < address)]
            if found:
                return found[0] if step > 0 else found[-1]
            page = self._page(page, step)
        return None

    def _page(self, page: int, step: int) -> int | None:
        """The next page that differs."""
        if self._marks.within(Span(page + step * PAGE, page + step * PAGE + PAGE)) is not None:
            return page + step * PAGE
        mark = self._marks.after(page) if step > 0 else self._marks.before(page)
        return None if mark is None else mark.start if step > 0 else mark.end - PAGE

    def _changes(self, page: int) -> list[int]:
        """Where changes begin in a page: runs of other bytes, or the page itself where only one has it."""
        turn = self._marks.within(Span(page, page + PAGE))
        if turn is None:
            return []
        there = self._marks.there(page)
        ours = self._own.bytes_at(page)
        theirs = b"" if there is None else self._other.bytes_at(there)
        if turn is not Turn.CHANGED or not ours or not theirs:
            return [page]
        differ = [a != b for a, b in zip(ours, theirs, strict=False)]
        return [page + i for i, other in enumerate(differ) if other and not (i and differ[i - 1])]
