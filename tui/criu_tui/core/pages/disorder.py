"""Pagemap entries that overlap or go back, which no CRIU writes, still asked by binary search."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.entries import Coverage, PageKind, PagemapEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.span import Span
    from criu_tui.core.pages.pagemap import Pagemap


class Apart:
    """Entries in any order, overlapping or not, cut so that no two of them overlap."""

    def __init__(self, pagemap: Pagemap) -> None:
        self._flags = pagemap.flags
        self._starts, self._ends, self._indexes = array("Q"), array("Q"), array("Q")
        end = 0
        for index in sorted(range(len(pagemap)), key=pagemap.starts.__getitem__):
            start = max(end, pagemap.starts[index])
            if start < pagemap.ends[index]:
                end = pagemap.ends[index]
                self._starts.append(start)
                self._ends.append(end)
                self._indexes.append(index)

    def within(self, span: Span) -> Iterator[PagemapEntry]:
        """The parts of entries inside a span, by address."""
        for at in range(bisect_right(self._ends, span.start), bisect_left(self._starts, span.end)):
            index = self._indexes[at]
            yield PagemapEntry(
                index, max(self._starts[at], span.start), min(self._ends[at], span.end), self._flags[index]
            )


class Below:
    """Coverage of entries in any order, overlapping or not, still by binary search.

    Pages of a kind below x are the sum of (x - start) over starts below x, less the sum
    of (x - end) over ends below x; a span's are those below its end less those below its start.
    """

    def __init__(self, pagemap: Pagemap) -> None:
        self._sums: dict[PageKind, tuple[tuple[list[int], list[int]], tuple[list[int], list[int]]]] = {}
        for kind in (PageKind.PRESENT, PageKind.PARENT, PageKind.LAZY):
            entries = [entry for entry in pagemap if entry.kind is kind]
            self._sums[kind] = (
                _with_sums(sorted(entry.start for entry in entries)),
                _with_sums(sorted(entry.end for entry in entries)),
            )

    def coverage(self, span: Span) -> Coverage:
        """How many pages of each kind lie in a span."""
        counts = (
            (self._bytes(kind, span.end) - self._bytes(kind, span.start)) // PAGE if span.size else 0
            for kind in self._sums
        )
        return Coverage(span.size // PAGE, *counts)

    def _bytes(self, kind: PageKind, below: int) -> int:
        total = 0
        for sign, (ends, sums) in zip((1, -1), self._sums[kind], strict=True):
            count = bisect_left(ends, below)
            total += sign * (count * below - sums[count])
        return total


def _with_sums(numbers: list[int]) -> tuple[list[int], list[int]]:
    return numbers, [0, *accumulate(numbers)]
