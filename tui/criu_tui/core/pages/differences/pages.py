"""Which pages of a task hold other bytes in the second checkpoint: both are read once, where both have bytes."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.differences.compared_bytes import ComparedBytes
from criu_tui.core.pages.differences.same_pages import BackingPair, SamePages
from criu_tui.core.pages.places import backing

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from criu_tui.core.base.progress import Progress
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.pages.differences.tasks import TaskPair
    from criu_tui.core.pages.differences.vmas import Shared
    from criu_tui.core.pages.places import Backing
    from criu_tui.core.source.error import ImageError


_NONE = array("Q")


class Spans:
    """Stretches of addresses, added by address, in 16 bytes each."""

    __slots__ = ("_ends", "_starts", "pages")

    def __init__(self) -> None:
        # Most have none: their arrays are made for the first.
        self._starts = self._ends = _NONE
        self.pages = 0
        """Pages in all of them."""

    def add(self, start: int, end: int) -> None:
        """Adds a stretch behind the last one, or to it where they touch."""
        self.pages += (end - start) // PAGE
        if not self._starts:
            self._starts, self._ends = array("Q"), array("Q")
        if self._ends and self._ends[-1] == start:
            self._ends[-1] = end
        else:
            self._starts.append(start)
            self._ends.append(end)

    def extend(self, pages: NDArray[np.int64]) -> None:
        """Adds pages by their addresses, in order, behind those that are there."""
        self.extend_spans(pages, pages + PAGE)

    def extend_spans(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        """Adds stretches in order behind those that are there."""
        if not len(starts):
            return
        apart = starts[1:] != ends[:-1]
        firsts, lasts = starts[:1].tolist() + starts[1:][apart].tolist(), ends[:-1][apart].tolist() + ends[-1:].tolist()
        self.add(firsts[0], lasts[0])
        self.pages += (sum(lasts[1:]) - sum(firsts[1:])) // PAGE
        self._starts.extend(firsts[1:])
        self._ends.extend(lasts[1:])

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Span]:
        return map(Span, self._starts, self._ends)

    def mirrored(self, distance: int) -> Spans:
        """The same stretches so many bytes higher."""
        made = Spans()
        for span in self:
            made.add(span.start + distance, span.end + distance)
        return made


@dataclass(slots=True)
class PageDifferences:
    """The pages of addresses that both checkpoints map to the same memory; spans are addresses in the first."""

    pair: TaskPair
    shared: Shared
    same: int = 0
    """Pages with bytes in both, and the same ones."""
    changed: Spans = field(default_factory=Spans)
    """Bytes in both, and others."""
    appeared: Spans = field(default_factory=Spans)
    """Bytes only in the second."""
    gone: Spans = field(default_factory=Spans)
    """Bytes only in the first."""
    unread: int = 0
    """Pages that should have bytes and cannot be read, in either."""
    error: ImageError | None = None
    """Why the first of them cannot."""
    again: bool = False
    """Whether it is shared memory that another VMA shows too, which tells of it already."""

    @property
    def differ(self) -> bool:
        """Whether any page is another one."""
        return bool(len(self.changed) or len(self.appeared) or len(self.gone) or self.unread)


class PageTotals(NamedTuple):
    """Pages of all tasks; shared memory counts once."""

    same: int
    changed: int
    appeared: int
    gone: int
    unread: int


def totals(found: Iterable[PageDifferences]) -> PageTotals:
    """All of them together."""
    same = changed = appeared = gone = unread = 0
    for one in found:
        if not one.again:
            same += one.same
            changed += one.changed.pages
            appeared += one.appeared.pages
            gone += one.gone.pages
            unread += one.unread
    return PageTotals(same, changed, appeared, gone, unread)


def page_differences(
    dump: Dump, other: Dump, places: Sequence[tuple[TaskPair, Shared]], progress: Progress
) -> list[PageDifferences]:
    """The pages of what tasks share with their counterparts, place by place.

    Both are read once, and nothing is kept of them. Pages that both checkpoints find at one place, as an
    incremental dump and its parent do, are the same without being read. Raises CancelledError.
    """
    found: list[PageDifferences] = []
    told: set[Hashable] = set()
    together: dict[BackingPair, list[PageDifferences]] = {}
    most = 0
    before: tuple[Backing, Backing] | None = None
    for pair, shared in places:
        ours = backing(dump, pair.pid or 0, shared.vma)
        theirs = backing(other, pair.other_pid or 0, shared.other)
        one = PageDifferences(pair, shared)
        if ours.shmid is not None and theirs.shmid is not None:
            key = ours.shmid, theirs.shmid, ours.inside(shared.span)
            one.again = key in told
            told.add(key)
        found.append(one)
        if before != (ours, theirs):
            # Most places of a task have their pages in one pagemap.
            before = ours, theirs
            own, their_own = ours.pagemap(dump), theirs.pagemap(other)
        here, there = ours.inside(shared.vma.span), theirs.inside(shared.other.span)
        mine = own.counts(here)
        # Of most tasks both checkpoints hold one pagemap.
        yours = mine if own is their_own and here == there else their_own.counts(there)
        (present, parent, _), (other_present, other_parent, _) = mine, yours
        most += min(present + parent, other_present + other_parent, shared.span.size // PAGE) * PAGE
        if any(mine) or any(yours):
            together.setdefault(BackingPair(ours, theirs, shared.distance), []).append(one)
    compared = ComparedBytes(progress, most)
    same = SamePages(dump, other, compared)
    rest = {common: left for common, own in together.items() if (left := same.left(common, own))}
    if rest:
        from criu_tui.core.pages.differences.sweep import sweep

        with PageBytes(dump) as first, PageBytes(other) as second:
            sweep(dump, other, rest, first, second, compared)
    return found
