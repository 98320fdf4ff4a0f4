"""The bytes of dumped pages, wherever in a chain of dumps they lie."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from criu_tui.core.base.limits import BLOCK_LIMIT, OPEN_PAGES_LIMIT
from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE, number
from criu_tui.core.pages.blocks import unpack
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.pages.places import Backing, PageLocation, PageRun, backing, gap
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.source.source import OpenFile, SourceFile

CHUNK = 1 << 18
"""Bytes that are read at once where all are read: what a processor's cache holds is searched twice as fast."""
UNPACKED_KEPT = 2 * BLOCK_LIMIT
"""Bytes of unpacked blocks that are kept."""


@dataclass(frozen=True, slots=True)
class Advance:
    """How far somebody who reads all bytes has come."""

    done: int
    total: int


class PageBytes:
    """Reads pages of a dump and its parents; keeps the files open until closed."""

    def __init__(self, dump: Dump) -> None:
        self._dump = dump
        self._files: dict[SourceFile, OpenFile] = {}
        self._unpacked: dict[tuple[SourceFile, int], bytes] = {}
        """Blocks unpacked last, in the order of their last use."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the files, and lets go of what was unpacked."""
        for opened in self._files.values():
            opened.close()
        self._files.clear()
        self._unpacked.clear()

    # Where

    def runs(self, pid: int, vma: Vma, span: Span | None = None) -> Iterator[PageRun]:
        """The runs of a VMA, or of a span inside it, by address and without a gap between them.

        The cost is that of the pagemap entries in the span, not of its length.
        """
        source = backing(self._dump, pid, vma)
        inside = source.inside(vma.span if span is None else vma.span.intersection(span))
        for run in self._walk(self._dump, source, inside, 0):
            if source.bias:
                yield PageRun(
                    Span(run.span.start + source.bias, run.span.end + source.bias), run.kind, run.place, run.broken
                )
            else:
                yield run

    def task_runs(self, pid: int, start: int, length: int) -> Iterator[PageRun]:
        """Runs of a task's own pagemap in a stretch of addresses, whatever VMAs are there."""
        return self._walk(self._dump, Backing(pid, None), Span(start, start + length), 0)

    def shared_runs(self, shmid: int, length: int, start: int = 0) -> Iterator[PageRun]:
        """Runs of shared memory in its own pagemap, by offset into it, whoever maps it."""
        return self._walk(self._dump, Backing(0, shmid), Span(start & -PAGE, -(-(start + length) // PAGE) * PAGE), 0)

    def _walk(self, dump: Dump, source: Backing, span: Span, depth: int) -> Iterator[PageRun]:
        """Runs in the pagemap's own addresses, through parent dumps."""
        pagemap = source.pagemap(dump)
        at = span.start
        for entry in pagemap.by_address(span):
            start = max(at, entry.start)
            if start >= entry.end:
                continue
            if start > at:
                yield PageRun(Span(at, start), PageKind.ABSENT)
            at = entry.end
            here = Span(start, entry.end)
            if entry.kind is PageKind.PRESENT and dump.unreadable_pages is not None:
                yield PageRun(here, entry.kind, broken=ImageError(pagemap.name, None, dump.unreadable_pages))
            elif entry.kind is PageKind.PRESENT:
                file = dump.source.file(pagemap.pages_name)
                blocks = pagemap.blocks.get(entry.index)
                place = PageLocation(file, pagemap.payload_start(entry.index), depth, blocks)
                yield PageRun(here, entry.kind, place.after(start - pagemap.starts[entry.index]))
            elif entry.kind is PageKind.PARENT:
                yield from self._in_parent(dump, source, here, depth)
            else:
                yield PageRun(here, entry.kind)
        if at < span.end:
            yield PageRun(Span(at, span.end), PageKind.ABSENT)

    def _in_parent(self, dump: Dump, source: Backing, span: Span, depth: int) -> Iterator[PageRun]:
        parent = dump.parent
        if parent is None:
            reason = "these pages lie in a parent dump that is not there"
            yield PageRun(span, PageKind.PARENT, broken=ImageError("parent", None, reason))
            return
        for run in self._walk(parent, source, span, depth + 1):
            broken = run.broken
            if run.place is None and broken is None:
                broken = ImageError(f"parent/{source.image}", None, f"says of these pages: {run.kind.value}")
            yield PageRun(run.span, PageKind.PARENT, run.place, broken)

    def around(self, pid: int, vma: Vma, address: int) -> PageRun:
        """The longest run of a VMA that holds an address."""
        source = backing(self._dump, pid, vma)
        pagemap = source.pagemap(self._dump)
        page = Span(address & -PAGE, (address & -PAGE) + PAGE)
        entry = pagemap.at(address - source.bias)
        held = gap(pagemap, source.inside(page)) if entry is None else entry.span
        if held is None:
            held = source.inside(page)
        span = Span(held.start + source.bias, held.end + source.bias)
        return next(run for run in self.runs(pid, vma, span) if address in run.span)

    def dumped_before(self, pid: int, vma: Vma, address: int) -> int | None:
        """Where the last stretch of pages with bytes begins that begins below an address; None without one."""
        source = backing(self._dump, pid, vma)
        pagemap = source.pagemap(self._dump)
        if not pagemap.ordered:
            return self._last_before(pid, vma, vma.span, address)
        inside = source.inside(vma.span)
        # Entry by entry from above: the pages of one may lie in many stretches of the parent dumps.
        for index in range(bisect_left(pagemap.starts, min(address - source.bias, inside.end)) - 1, -1, -1):
            if pagemap.ends[index] <= inside.start:
                return None
            if pagemap.entry(index).kind in (PageKind.PRESENT, PageKind.PARENT):
                held = pagemap.entry(index).span.intersection(inside)
                found = self._last_before(pid, vma, Span(held.start + source.bias, held.end + source.bias), address)
                if found is not None:
                    return found
        return None

    def _last_before(self, pid: int, vma: Vma, span: Span, address: int) -> int | None:
        """Where the last run with bytes begins of those in a span that begin below an address."""
        starts = (run.span.start for run in self.runs(pid, vma, span) if run.place is not None)
        return max((start for start in starts if start < address), default=None)

    def dumped_after(self, pid: int, vma: Vma, address: int) -> int | None:
        """Where the first stretch of pages with bytes begins that begins above an address; None without one."""
        span = Span(max(vma.start, address), vma.end)
        runs = (run for run in self.runs(pid, vma, span) if span.size and run.place is not None)
        return next((run.span.start for run in runs if run.span.start > address), None)

    def place(self, pid: int, address: int) -> PageLocation | None:
        """Where the bytes of a page of a task's own pagemap lie; None when no dump of the chain has them.

        Raises ImageError when the chain is broken or has no end.
        """
        run = next(self._walk(self._dump, Backing(pid, None), Span(address, address + PAGE), 0))
        if run.broken is not None:
            raise run.broken
        return run.place

    # What

    def read(self, pid: int, address: int) -> bytes | None:
        """The PAGE bytes of the page that starts at an address; None when no dump has them.

        Raises ImageError when the pages file is missing, no regular file or too short.
        """
        place = self.place(pid, address)
        if place is None:
            return None
        return self.read_place(place, PAGE)

    def read_place(self, place: PageLocation, length: int) -> bytes:
        """Exactly `length` bytes of pages from a place on, which lie in one run with it.

        Raises ImageError when the file has fewer, or a block of them is corrupt.
        """
        if place.blocks is None:
            return self.read_at(place.file, place.offset, length)
        if place.skip + length > place.blocks.pages * PAGE:
            # Entries that overlap and do not begin at page borders.
            raise ImageError(place.file.name, place.offset, "blocks that end within a page of their pagemap entry")
        return b"".join(self._of_block(place.after(at), room) for at, room in _by_block(place, length))

    def _of_block(self, place: PageLocation, length: int) -> bytes:
        """Bytes of pages that lie in one block."""
        assert place.blocks is not None
        index = place.blocks.at(place.skip)
        data = self._block(place, index)
        start = place.skip - index * place.blocks.pages_per_block * PAGE
        return data[start : start + length]

    def _block(self, place: PageLocation, index: int) -> bytes:
        """The pages of a block, which are kept for a while."""
        assert place.blocks is not None
        start, stored, length = place.blocks.bounds(index)
        key = place.file, place.offset + start
        data = self._unpacked.pop(key, None) if stored else bytes(length)
        if data is None:
            if stored > length:
                reason = f"a block of {number(stored)} bytes, more than the {number(length)} of its pages"
                raise ImageError(place.file.name, key[1], reason)
            data = unpack(self.read_at(*key, stored), length, place.file.name, key[1])
        if stored:
            self._unpacked[key] = data
            while sum(map(len, self._unpacked.values())) > UNPACKED_KEPT and len(self._unpacked) > 1:
                self._unpacked.pop(next(iter(self._unpacked)))
        return data

    def read_at(self, file: SourceFile, offset: int, length: int) -> bytes:
        """Exactly `length` bytes at an offset; raises ImageError when there are fewer."""
        try:
            data = self.opened(file).read_at(offset, length)
        except (OSError, OverflowError) as error:
            raise _unreadable(file, offset, error) from error
        if len(data) != length:
            raise ImageError(file.name, offset, f"the file ends before these {length} bytes do")
        return data

    def read_into(self, place: PageLocation, buffer: memoryview) -> None:
        """Fills a buffer of bytes with pages from a place on, as `read_place` reads them; raises as it does."""
        if place.blocks is not None:
            buffer[:] = self.read_place(place, len(buffer))
            return
        try:
            count = self.opened(place.file).read_into(place.offset, buffer)
        except (OSError, OverflowError) as error:
            raise _unreadable(place.file, place.offset, error) from error
        if count != len(buffer):
            reason = f"the file ends before these {len(buffer)} bytes do"
            raise ImageError(place.file.name, place.offset, reason)

    def chunks(self, run: PageRun, length: int) -> Iterator[tuple[int, bytes]]:
        """A run's bytes in pieces of at most `length`, each with its address; nothing for one without bytes.

        Raises ImageError as `read_at` does.
        """
        for span, data in self.pieces(run, length) if run.place is not None else ():
            if isinstance(data, ImageError):
                raise data
            yield span.start, data

    def pieces(self, run: PageRun, length: int) -> Iterator[tuple[Span, bytes | ImageError]]:
        """A run's bytes in pieces of at most `length`; instead of those that cannot be read, why.

        A block that is corrupt costs its own pages; a file that cannot be read, the rest of the run.
        """
        if run.broken is not None:
            yield run.span, run.broken
        elif run.place is not None:
            for start in range(run.span.start, run.span.end, length):
                span = Span(start, min(start + length, run.span.end))
                place = run.place.after(start - run.span.start)
                try:
                    yield span, self.read_place(place, span.size)
                except ImageError as error:
                    if place.blocks is None:
                        yield Span(start, run.span.end), error
                        return
                    yield from self._block_by_block(place, span)

    def _block_by_block(self, place: PageLocation, span: Span) -> Iterator[tuple[Span, bytes | ImageError]]:
        """Compressed pages, of which not all can be read; a place is that of the first."""
        for at, room in _by_block(place, span.size):
            part = Span(span.start + at, span.start + at + room)
            try:
                yield part, self.read_place(place.after(at), room)
            except ImageError as error:
                yield part, error

    def punched(self, place: PageLocation, length: int) -> int:
        """How many of `length` bytes at a place are holes in the file: `criu dedup` has moved them on.

        Such bytes read as zeros; what is compressed is never punched. Raises ImageError when the file cannot
        be asked.
        """
        if place.blocks is not None:
            return 0
        try:
            opened = self.opened(place.file)
            at, end, holes = place.offset, place.offset + length, 0
            while at < end:
                data = opened.data_from(at)
                data = end if data is None else min(end, data)
                holes += data - at
                hole = opened.hole_from(data) if data < end else None
                at = end if hole is None else min(end, hole)
        except (OSError, OverflowError) as error:
            raise _unreadable(place.file, place.offset, error) from error
        return holes

    def opened(self, file: SourceFile) -> OpenFile:
        """A pages file, kept open with the others. Raises ImageError."""
        if file not in self._files:
            if len(self._files) == OPEN_PAGES_LIMIT:
                self._files.pop(next(iter(self._files))).close()
            self._files[file] = file.open()
        return self._files[file]


def _unreadable(file: SourceFile, offset: int, error: OSError | OverflowError) -> ImageError:
    reason = reason_of(error) if isinstance(error, OSError) else "an offset beyond any file"
    return ImageError(file.name, offset, reason)


def _by_block(place: PageLocation, length: int) -> Iterator[tuple[int, int]]:
    """Stretches of `length` bytes of compressed pages from a place on, none across blocks: offset and bytes."""
    assert place.blocks is not None
    whole = place.blocks.pages_per_block * PAGE
    at = 0
    while at < length:
        room = min(length - at, whole - (place.skip + at) % whole)
        yield at, room
        at += room
