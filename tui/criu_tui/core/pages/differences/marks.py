"""Where pages of one task differ, found by address."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.pages.differences.difference import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from criu_tui.core.base.span import Span
    from criu_tui.core.pages.differences.pages import PageDifferences


class MarkedPages(NamedTuple):
    """A stretch of pages that differ in the other checkpoint."""

    start: int
    end: int
    turn: Turn
    """CHANGED, NEW or GONE."""


class PageMarks:
    """The pages of one task that differ."""

    def __init__(self, found: Iterable[PageDifferences], pid: int) -> None:
        own = [one for one in found if one.pair.pid == pid]
        self._marks = sorted(
            MarkedPages(span.start, span.end, turn)
            for one in own
            for turn, spans in ((Turn.CHANGED, one.changed), (Turn.NEW, one.appeared), (Turn.GONE, one.gone))
            for span in spans
        )
        self._starts = [mark.start for mark in self._marks]
        self._shared = [one.shared for one in own]
        self._shared_starts = [shared.span.start for shared in self._shared]

    def within(self, span: Span) -> Turn | None:
        """What has become of pages in a span; changed, where different things have. None where they are the same."""
        turns = set()
        for index in range(max(0, bisect_right(self._starts, span.start) - 1), bisect_left(self._starts, span.end)):
            if self._marks[index].end > span.start:
                turns.add(self._marks[index].turn)
        return None if not turns else turns.pop() if len(turns) == 1 else Turn.CHANGED

    def after(self, address: int) -> MarkedPages | None:
        """The next stretch that begins above an address."""
        index = bisect_right(self._starts, address)
        return self._marks[index] if index < len(self._marks) else None

    def before(self, address: int) -> MarkedPages | None:
        """The last stretch that begins below an address."""
        index = bisect_left(self._starts, address) - 1
        return self._marks[index] if index >= 0 else None

    def there(self, address: int) -> int | None:
        """Where the other checkpoint has what lies at an address; None where it has nothing in its place."""
        index = bisect_right(self._shared_starts, address) - 1
        if index < 0 or address not in self._shared[index].span:
            return None
        return address + self._shared[index].distance
