"""Which pages of a task hold other bytes in the second checkpoint: both are read once, where both have bytes."""

from __future__ import annotations

import mmap
from array import array
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.progress import CancelledError
from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.pages.places import backing, coverage_of
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    import numpy as np

    from criu_tui.core.base.progress import Progress
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.pages.differences.tasks import TaskPair
    from criu_tui.core.pages.differences.vmas import Shared
    from criu_tui.core.pages.places import PageLocation, PageRun
    from criu_tui.core.source.source import SourceFile

    Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]

PIECE = 1 << 19
"""Bytes of each checkpoint that are read and compared at once: a processor's cache holds both."""
TOLD_EVERY = 0.05
"""Seconds between two words of how far the reading has come."""
_WORDS = PAGE // 8


class Spans:
    """Stretches of addresses, added by address, in 16 bytes each."""

    __slots__ = ("_ends", "_starts", "pages")

    def __init__(self) -> None:
        self._starts, self._ends = array("Q"), array("Q")
        self.pages = 0
        """Pages in all of them."""

    def add(self, start: int, end: int) -> None:
        """Adds a stretch behind the last one, or to it where they touch."""
        self.pages += (end - start) // PAGE
        if self._ends and self._ends[-1] == start:
            self._ends[-1] = end
        else:
            self._starts.append(start)
            self._ends.append(end)

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
    counts = [0] * 5
    for one in found:
        if not one.again:
            own = one.same, one.changed.pages, one.appeared.pages, one.gone.pages, one.unread
            counts = [before + more for before, more in zip(counts, own, strict=True)]
    return PageTotals(*counts)


def to_compare(dump: Dump, other: Dump, places: Sequence[tuple[TaskPair, Shared]]) -> int:
    """At most so many bytes of each checkpoint are compared."""
    pages = 0
    for pair, shared in places:
        assert pair.pid is not None
        assert pair.other_pid is not None
        ours = coverage_of(dump, pair.pid, shared.vma).dumped
        pages += min(ours, coverage_of(other, pair.other_pid, shared.other).dumped, shared.span.size // PAGE)
    return pages * PAGE


def page_differences(
    dump: Dump, other: Dump, places: Sequence[tuple[TaskPair, Shared]], progress: Progress
) -> list[PageDifferences]:
    """The pages of what tasks share with their counterparts, place by place.

    Both are read once, in order, and nothing is kept of them. Pages that both checkpoints find at one place, as an
    incremental dump and its parent do, are the same without being read. Raises CancelledError.
    """
    found: list[PageDifferences] = []
    told: set[Hashable] = set()
    with ExitStack() as stack:
        reading = _Reading(
            stack.enter_context(PageBytes(dump)),
            stack.enter_context(PageBytes(other)),
            progress,
            to_compare(dump, other, places),
        )
        for pair, shared in places:
            one = PageDifferences(pair, shared)
            key = _shared_memory(dump, other, pair, shared)
            one.again = key is not None and key in told
            told.add(key)
            reading.compare(one)
            found.append(one)
        reading.finish()
    return found


def _shared_memory(dump: Dump, other: Dump, pair: TaskPair, shared: Shared) -> Hashable | None:
    """Equal for two VMAs that show the same of one shared memory; None for private memory."""
    ours = backing(dump, pair.pid or 0, shared.vma)
    theirs = backing(other, pair.other_pid or 0, shared.other)
    if ours.shmid is None or theirs.shmid is None:
        return None
    return ours.shmid, theirs.shmid, ours.inside(shared.span)


class _Stretch(NamedTuple):
    """Pages that lie one behind the other in both files, at these addresses."""

    of: PageDifferences
    start: int
    length: int


class _Reading:
    """Gathers pages that follow each other in the files of both, and compares them many at a time."""

    def __init__(self, ours: PageBytes, theirs: PageBytes, progress: Progress, total: int) -> None:
        self._ours, self._theirs = ours, theirs
        self._progress, self._total = progress, total
        self._done, self._next = 0, 0.0
        # Aligned as the kernel's own pages are: between others it copies five times as slowly.
        self._buffers = tuple(memoryview(mmap.mmap(-1, PIECE)) for _ in range(2))
        self._gathered: list[_Stretch] = []
        self._places: tuple[PageLocation, PageLocation] | None = None
        self._length = 0
        self._files: dict[SourceFile, Hashable] = {}

    def compare(self, one: PageDifferences) -> None:
        """Every page of a place."""
        pair, shared = one.pair, one.shared
        runs = self._ours.runs(pair.pid or 0, shared.vma, shared.span)
        there = Span(shared.span.start + shared.distance, shared.span.end + shared.distance)
        others = self._theirs.runs(pair.other_pid or 0, shared.other, there)
        for span, run, other in _together(runs, others, shared.distance):
            if run.place is not None and other.place is not None:
                ours = run.place.after(span.start - run.span.start)
                theirs = other.place.after(span.start + shared.distance - other.span.start)
                if self._at_one_place(ours, theirs):
                    one.same += span.size // PAGE
                    self._advance(span.size)
                else:
                    self._gather(one, span, ours, theirs)
            elif run.broken is not None or other.broken is not None:
                one.unread += span.size // PAGE
                one.error = one.error or run.broken or other.broken
            elif run.place is not None:
                one.gone.add(*span)
            elif other.place is not None:
                one.appeared.add(*span)
            elif (run.kind is PageKind.LAZY) is not (other.kind is PageKind.LAZY):
                (one.gone if run.kind is PageKind.LAZY else one.appeared).add(*span)

    def _at_one_place(self, ours: PageLocation, theirs: PageLocation) -> bool:
        if (ours.offset, ours.skip) != (theirs.offset, theirs.skip) or (ours.blocks is None) != (theirs.blocks is None):
            return False
        return self._identity(ours.file) == self._identity(theirs.file)

    def _identity(self, file: SourceFile) -> Hashable:
        if file not in self._files:
            try:
                self._files[file] = file.source.status(file.name).identity
            except (OSError, ValueError):
                self._files[file] = file
        return self._files[file]

    def _gather(self, one: PageDifferences, span: Span, ours: PageLocation, theirs: PageLocation) -> None:
        at = 0
        while at < span.size:
            here = ours.after(at), theirs.after(at)
            if not self._follows(*here) or self._length == PIECE:
                self.finish()
            if self._places is None:
                self._places = here
            length = min(span.size - at, PIECE - self._length)
            self._gathered.append(_Stretch(one, span.start + at, length))
            self._length += length
            at += length

    def _follows(self, ours: PageLocation, theirs: PageLocation) -> bool:
        if self._places is None or ours.blocks is not None or theirs.blocks is not None:
            return False
        first, second = self._places
        return (first.after(self._length), second.after(self._length)) == (ours, theirs)

    def finish(self) -> None:
        """Compares what has been gathered."""
        if self._places is None:
            return
        ours, theirs = self._places
        data, other = (buffer[: self._length] for buffer in self._buffers)
        try:
            self._ours.read_into(ours, data)
            self._theirs.read_into(theirs, other)
        except ImageError:
            self._page_by_page(ours, theirs)
        else:
            self._tell(_unequal(data, other))
        self._advance(self._length)
        self._gathered, self._places, self._length = [], None, 0

    def _tell(self, pages: Numbers) -> None:
        """Tells each stretch which of its pages differ; `pages` are counted from the first one gathered."""
        import numpy as np

        if not len(pages):
            for stretch in self._gathered:
                stretch.of.same += stretch.length // PAGE
            return
        first = 0
        for stretch in self._gathered:
            count = stretch.length // PAGE
            own = pages[np.searchsorted(pages, first) : np.searchsorted(pages, first + count)] - first
            stretch.of.same += count - len(own)
            if len(own):
                breaks = np.flatnonzero(np.diff(own) != 1) + 1
                starts = own[np.concatenate(([0], breaks))]
                ends = own[np.concatenate((breaks - 1, [len(own) - 1]))] + 1
                for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
                    stretch.of.changed.add(stretch.start + start * PAGE, stretch.start + end * PAGE)
            first += count

    def _page_by_page(self, ours: PageLocation, theirs: PageLocation) -> None:
        """What has been gathered, of which not all can be read."""
        at = 0
        for stretch in self._gathered:
            for address in range(stretch.start, stretch.start + stretch.length, PAGE):
                try:
                    data = self._ours.read_place(ours.after(at), PAGE)
                    same = data == self._theirs.read_place(theirs.after(at), PAGE)
                except ImageError as error:
                    stretch.of.unread += 1
                    stretch.of.error = stretch.of.error or error
                else:
                    if same:
                        stretch.of.same += 1
                    else:
                        stretch.of.changed.add(address, address + PAGE)
                at += PAGE

    def _advance(self, count: int) -> None:
        self._done += count
        if self._progress.cancelled:
            raise CancelledError(self._progress.what)
        # To tell of each piece takes longer than to read it where other programs want the processor.
        now = self._progress.clock()
        if now >= self._next:
            self._next = now + TOLD_EVERY
            self._progress.update(self._done, max(self._total, self._done))


def _unequal(data: memoryview, other: memoryview) -> Numbers:
    """Which pages differ, counted from the first one."""
    import numpy as np

    differs = np.frombuffer(data, np.uint64) != np.frombuffer(other, np.uint64)
    if not differs.any():
        return np.empty(0, np.int64)
    return np.flatnonzero(differs.reshape(-1, _WORDS).any(axis=1))


def _together(
    runs: Iterator[PageRun], others: Iterator[PageRun], distance: int
) -> Iterator[tuple[Span, PageRun, PageRun]]:
    """Stretches of addresses in the first with the run that each has there; both cover the same addresses."""
    run, other = next(runs, None), next(others, None)
    at = 0 if run is None else run.span.start
    while run is not None and other is not None:
        end = min(run.span.end, other.span.end - distance)
        # Images that are not as CRIU writes them: memory that begins or ends within a page.
        whole = Span(-(-at // PAGE) * PAGE, end // PAGE * PAGE)
        if whole.size:
            yield whole, run, other
        at = max(at, end)
        if run.span.end <= at:
            run = next(runs, None)
        if other.span.end - distance <= at:
            other = next(others, None)
