"""Pages that lie at known places in both checkpoints, read and compared: run by run, or many runs at once."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from numpy.typing import NDArray

    from criu_tui.core.pages.contents import PageBytes
    from criu_tui.core.pages.differences.compared_bytes import ComparedBytes
    from criu_tui.core.pages.differences.pages import PageDifferences
    from criu_tui.core.pages.places import PageLocation, PageRun
    from criu_tui.core.source.source import SourceFile

PIECE = 1 << 19
"""Bytes of each checkpoint that are read and compared at once: a processor's cache holds both."""
_WORDS = PAGE // 8


class _Stretch(NamedTuple):
    """Pages that lie one behind the other in both files, at these addresses."""

    of: PageDifferences
    start: int
    length: int


class Reading:
    """Reads pages of both checkpoints, and says how far it has come."""

    def __init__(self, ours: PageBytes, theirs: PageBytes, compared: ComparedBytes) -> None:
        self._ours, self._theirs, self.compared = ours, theirs, compared
        # Aligned as the kernel's own pages are: between others it copies five times as slowly.
        self._buffers = tuple(memoryview(mmap.mmap(-1, PIECE)) for _ in range(2))
        self._gathered: list[_Stretch] = []
        self._places: tuple[PageLocation, PageLocation] | None = None
        self._length = 0
        self._files: dict[SourceFile, Hashable] = {}

    def compare(self, one: PageDifferences, span: Span) -> None:
        """The pages of a place in a span of its addresses, run by run; done once `finish` is called."""
        pair, shared = one.pair, one.shared
        runs = self._ours.runs(pair.pid or 0, shared.vma, span)
        there = Span(span.start + shared.distance, span.end + shared.distance)
        others = self._theirs.runs(pair.other_pid or 0, shared.other, there)
        for stretch, run, other in _together(runs, others, shared.distance):
            if run.place is not None and other.place is not None:
                ours = run.place.after(stretch.start - run.span.start)
                theirs = other.place.after(stretch.start + shared.distance - other.span.start)
                if self._at_one_place(ours, theirs):
                    one.same += stretch.size // PAGE
                    self.compared.advance(stretch.size)
                else:
                    self._gather(one, stretch, ours, theirs)
            elif run.broken is not None or other.broken is not None:
                one.unread += stretch.size // PAGE
                one.error = one.error or run.broken or other.broken
            elif run.place is not None:
                one.gone.add(*stretch)
            elif other.place is not None:
                one.appeared.add(*stretch)
            elif (run.kind is PageKind.LAZY) is not (other.kind is PageKind.LAZY):
                (one.gone if run.kind is PageKind.LAZY else one.appeared).add(*stretch)

    def _at_one_place(self, ours: PageLocation, theirs: PageLocation) -> bool:
        if (ours.offset, ours.skip) != (theirs.offset, theirs.skip) or (ours.blocks is None) != (theirs.blocks is None):
            return False
        return self.is_one_file(ours.file, theirs.file)

    def is_one_file(self, ours: SourceFile, theirs: SourceFile) -> bool:
        """Whether both checkpoints have their pages in the same file."""
        return ours == theirs or self._identity(ours) == self._identity(theirs)

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
        if self._places is None:
            return False
        first, second = self._places
        return first.leads_to(ours, self._length) and second.leads_to(theirs, self._length)

    def finish(self) -> None:
        """Compares what has been gathered."""
        if self._places is None:
            return
        ours, theirs = self._places
        gathered, self._gathered, self._places = self._gathered, [], None
        length, self._length = self._length, 0
        try:
            pages = np.flatnonzero(unequal(*self.read(ours, length, theirs, length)))
        except ImageError:
            at = 0
            for stretch in gathered:
                for page in range(0, stretch.length, PAGE):
                    self.one_page(stretch.of, stretch.start + page, ours.after(at + page), theirs.after(at + page))
                at += stretch.length
        else:
            first = 0
            for stretch in gathered:
                count = stretch.length // PAGE
                if not len(pages):
                    stretch.of.same += count
                    continue
                own = pages[np.searchsorted(pages, first) : np.searchsorted(pages, first + count)] - first
                stretch.of.same += count - len(own)
                stretch.of.changed.extend(stretch.start + own * PAGE)
                first += count
        self.compared.advance(length)

    def read(
        self, ours: PageLocation, length: int, theirs: PageLocation, other_length: int
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """The pages from a place on in both, a row each; at most PIECE bytes. They stay until the next call.

        Raises ImageError when not all can be read.
        """
        data, other = self._buffers[0][:length], self._buffers[1][:other_length]
        self._ours.read_into(ours, data)
        self._theirs.read_into(theirs, other)
        return np.frombuffer(data, np.uint64).reshape(-1, _WORDS), np.frombuffer(other, np.uint64).reshape(-1, _WORDS)

    def one_page(self, of: PageDifferences, address: int, ours: PageLocation, theirs: PageLocation) -> None:
        """Compares a page of which it is not sure that it can be read."""
        try:
            data = self._ours.read_place(ours, PAGE)
            same = data == self._theirs.read_place(theirs, PAGE)
        except ImageError as error:
            of.unread += 1
            of.error = of.error or error
        else:
            if same:
                of.same += 1
            else:
                of.changed.add(address, address + PAGE)


def unequal(pages: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which rows differ."""
    differs = pages != others
    return differs.any(axis=1) if differs.any() else np.zeros(len(pages), np.bool_)


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
