"""Half-open spans [start, end) and the merge-join over two lists of them.

VMAs, pagemap entries, page runs and id-map extents are all spans. Two spans
*overlap* when they share an address and *touch* when one ends where the other
starts; CRIU 3.2 to 3.19 took the second for the first (criu/mem.c).
"""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
import enum
import operator
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

ADDRESSES = 1 << 64
"""One more than the highest number that a span of addresses may hold."""


class Span(NamedTuple):
    """The numbers from start up to, but not including, end. Empty when end <= start."""

    start: int
    end: int

    @property
    def size(self) -> int:
        """How many numbers it holds; 0 when empty or reversed."""
        return max(0, self.end - self.start)

    def __contains__(self, number: int) -> bool:  # type: ignore[override]
        """Of the numbers that it holds, not of the two fields of the tuple."""
        return self.start <= number < self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether both hold a number in common; an empty span overlaps nothing."""
        return max(self.start, other.start) < min(self.end, other.end)

    def touches(self, other: "Span") -> bool:
        """Whether one ends exactly where the other starts, neither being empty."""
        return bool(self.size and other.size) and (self.end == other.start or other.end == self.start)

    def intersection(self, other: "Span") -> "Span":
        """The numbers in both; empty, at the later start, when there are none."""
        start = max(self.start, other.start)
        return Span(start, max(start, min(self.end, other.end)))


class SpanIndex:
    """Finds which of many spans holds a number, and the gap around a number that no span holds.

    `starts` and `ends` are the bounds of each span, in any order. Where the spans are sorted, apart and
    not empty, a question costs a binary search; otherwise a walk over all of them.
    """

    __slots__ = ("apart", "ends", "starts")

    def __init__(self, starts: Sequence[int], ends: Sequence[int]) -> None:
        self.starts, self.ends = starts, ends
        self.apart = all(map(operator.le, ends, starts[1:])) and all(map(operator.lt, starts, ends))
        """Whether the spans are sorted, apart and none of them empty."""

    def __len__(self) -> int:
        return len(self.starts)

    def at(self, number: int) -> int | None:
        """Index of the first span that holds a number; None where none does."""
        if not self.apart:
            bounds = enumerate(zip(self.starts, self.ends, strict=True))
            return next((index for index, (start, end) in bounds if start <= number < end), None)
        index = bisect_right(self.starts, number) - 1
        return index if index >= 0 and number < self.ends[index] else None

    def gap(self, number: int) -> Span:
        """The gap between two spans around a number that no span holds; the spans must lie apart."""
        index = bisect_right(self.starts, number) - 1
        below = self.ends[index] if index >= 0 else 0
        above = self.starts[index + 1] if index + 1 < len(self.starts) else ADDRESSES
        return Span(below, above)

    @property
    def span(self) -> Span:
        """From the first start to the last end, of spans that lie apart; empty without any."""
        return Span(self.starts[0], self.ends[-1]) if len(self.starts) else Span(0, 0)

    @property
    def size(self) -> int:
        """The lengths of all spans together; a number in several spans counts once for each."""
        if self.apart:
            return sum(self.ends) - sum(self.starts)
        return sum(end - start for start, end in zip(self.starts, self.ends, strict=True) if start < end)


class Meeting(enum.Enum):
    """How two spans meet."""

    OVERLAP = "overlaps"
    TOUCH = "touches"


def join(left: Sequence[Span], right: Sequence[Span]) -> Iterator[tuple[int, int, Meeting]]:
    """Yields (index in left, index in right, how they meet) for each pair that meets.

    Both lists may be in any order and overlap themselves. One sweep: the cost is that
    of sorting (nothing for sorted input) plus the number of pairs that meet. Pairs
    come by the start of the left span, then by that of the right one.
    """
    lefts = sorted((i for i, span in enumerate(left) if span.size), key=lambda i: left[i].start)
    rights = sorted((i for i, span in enumerate(right) if span.size), key=lambda i: right[i].start)
    open_rights: list[int] = []
    following = 0
    for i in lefts:
        span = left[i]
        while following < len(rights) and right[rights[following]].start <= span.end:
            open_rights.append(rights[following])
            following += 1
        # Left spans come by start: a right span that ends before this one meets none of those to come.
        open_rights = [j for j in open_rights if right[j].end >= span.start]
        for j in open_rights:
            if span.overlaps(right[j]):
                yield i, j, Meeting.OVERLAP
            elif span.touches(right[j]):
                yield i, j, Meeting.TOUCH


def merged(spans: Iterable[Span]) -> list[Span]:
    """The numbers in any of these spans as the fewest spans, by start and apart."""
    return merged_bounds(sorted((span.start, span.end) for span in spans))


def merged_bounds(bounds: Iterable[tuple[int, int]]) -> list[Span]:
    """`merged` for (start, end) pairs that are sorted by start."""
    found: list[Span] = []
    first = last = -1
    for start, end in bounds:
        if start >= end:
            continue
        if start <= last:
            last = max(last, end)
        else:
            if first < last:
                found.append(Span(first, last))
            first, last = start, end
    if first < last:
        found.append(Span(first, last))
    return found


def without(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """The numbers in the left spans and in none of the right; both as `merged` gives them.

    One walk over both.
    """
    found: list[Span] = []
    following = 0
    for span in left:
        at = span.start
        while following < len(right) and right[following].end <= at:
            following += 1
        position = following
        while position < len(right) and right[position].start < span.end:
            if right[position].start > at:
                found.append(Span(at, right[position].start))
            at = max(at, right[position].end)
            position += 1
        if at < span.end:
            found.append(Span(at, span.end))
        # The last one may reach into the next span.
        following = max(following, position - 1)
    return found
