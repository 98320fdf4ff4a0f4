"""The bytes of dumped pages, wherever in a chain of dumps they lie."""

from __future__ import annotations

import enum
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE, number
from criu_tui.core.dump.vma import VmaKind
from criu_tui.core.pages.blocks import BLOCK_LIMIT, unpack
from criu_tui.core.pages.pagemap import PageKind
from criu_tui.core.pages.pagemaps import pagemap_of, shared_pagemap_of
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.blocks import Blocks
    from criu_tui.core.pages.pagemap import Coverage, Pagemap
    from criu_tui.core.source.source import OpenFile, SourceFile

CHUNK = 1 << 18
"""Bytes that are read at once where all are read: what a processor's cache holds is searched twice as fast."""
OPEN_LIMIT = 64
"""Files that are kept open."""
UNPACKED_KEPT = 2 * BLOCK_LIMIT
"""Bytes of unpacked blocks that are kept."""


class Absent(enum.Enum):
    """What a restored task finds in a page that no dump has."""

    ZEROS = "zeros"
    FILE = "the file's"
    KERNEL = "the kernel's"
    NOTHING = "nothing"


def absent_pages(vma: Vma) -> Absent:
    """What a VMA's absent pages hold once restored."""
    if vma.traits.kind in (VmaKind.VDSO, VmaKind.VVAR, VmaKind.VSYSCALL):
        return Absent.KERNEL
    if vma.traits.guard:
        return Absent.NOTHING
    # A shared memory file has no contents but its pagemap's; a private copy of one has the file below it.
    whole = vma.traits.memfd and vma.traits.shared
    return Absent.FILE if vma.traits.file and not whole else Absent.ZEROS


@dataclass(frozen=True, slots=True)
class Backing:
    """The pagemap that has a VMA's pages; its addresses plus `bias` are the task's."""

    pid: int
    shmid: int | None
    """Set: the pagemap of this shared memory, by offset into it. None: the task's own."""
    bias: int = 0

    def pagemap(self, dump: Dump) -> Pagemap:
        """The page runs that it names; none where the dump has no such image."""
        return pagemap_of(dump, self.pid) if self.shmid is None else shared_pagemap_of(dump, self.shmid)

    @property
    def image(self) -> str:
        """The name of the pagemap image."""
        return f"pagemap-{self.pid}.img" if self.shmid is None else f"pagemap-shmem-{self.shmid}.img"

    def inside(self, span: Span) -> Span:
        """A span of the task's addresses in those of the pagemap."""
        return Span(span.start - self.bias, span.end - self.bias)


def backing(dump: Dump, pid: int, vma: Vma) -> Backing:
    """Where a VMA's pages are looked up: shared memory has a pagemap of its own (criu/shmem.c)."""
    shmid = None if vma.is_private(dump.task_size) else dump.shared_memory_of(vma)
    return Backing(pid, shmid, 0 if shmid is None else vma.start - vma.pgoff)


class Place(NamedTuple):
    """Where the bytes of a page lie: `depth` dumps up the chain, in a file, at a byte offset."""

    file: SourceFile
    offset: int
    """Of the page; compressed, of the payload of its pagemap entry."""
    depth: int
    blocks: Blocks | None = None
    """Set where the entry is compressed."""
    skip: int = 0
    """Compressed: bytes of the entry's pages before this one."""

    def after(self, count: int) -> Place:
        """The place of the byte so many bytes of pages later in the same run."""
        if self.blocks is None:
            return self._replace(offset=self.offset + count)
        return self._replace(skip=self.skip + count)

    @property
    def block(self) -> tuple[int, int] | None:
        """Offset in the file and bytes there of the block that holds the page; None where it is not compressed."""
        if self.blocks is None:
            return None
        start, stored, _ = self.blocks.bounds(self.blocks.at(self.skip))
        return self.offset + start, stored


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a task's addresses with its bytes in one piece, or without bytes for one reason."""

    span: Span
    kind: PageKind
    """What the newest dump says."""
    place: Place | None = None
    """Of the first byte; the others follow it."""
    broken: ImageError | None = None
    """Why pages that this or a parent dump should have are not to be had."""

    def cut(self, span: Span) -> Run:
        """The part of it inside a span that overlaps it."""
        inner = self.span.intersection(span)
        place = self.place
        if place is not None:
            place = place.after(inner.start - self.span.start)
        return Run(inner, self.kind, place, self.broken)


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
        """Closes the files."""
        for opened in self._files.values():
            opened.close()
        self._files.clear()
        self._unpacked.clear()

    # Where

    def runs(self, pid: int, vma: Vma, span: Span | None = None) -> Iterator[Run]:
        """The runs of a VMA, or of a span inside it, by address and without a gap between them.

        The cost is that of the pagemap entries in the span, not of its length.
        """
        source = backing(self._dump, pid, vma)
        inside = source.inside(vma.span if span is None else vma.span.intersection(span))
        for run in self._walk(self._dump, source, inside, 0):
            if source.bias:
                yield Run(
                    Span(run.span.start + source.bias, run.span.end + source.bias), run.kind, run.place, run.broken
                )
            else:
                yield run

    def task_runs(self, pid: int, start: int, length: int) -> Iterator[Run]:
        """Runs of a task's own pagemap in a stretch of addresses, whatever VMAs are there."""
        return self._walk(self._dump, Backing(pid, None), Span(start, start + length), 0)

    def _walk(self, dump: Dump, source: Backing, span: Span, depth: int) -> Iterator[Run]:
        """Runs in the pagemap's own addresses, through parent dumps."""
        pagemap = source.pagemap(dump)
        at = span.start
        for entry in pagemap.by_address(span):
            start = max(at, entry.start)
            if start >= entry.end:
                continue
            if start > at:
                yield Run(Span(at, start), PageKind.ABSENT)
            at = entry.end
            here = Span(start, entry.end)
            if entry.kind is PageKind.PRESENT and dump.unreadable_pages is not None:
                yield Run(here, entry.kind, broken=ImageError(pagemap.name, None, dump.unreadable_pages))
            elif entry.kind is PageKind.PRESENT:
                file = dump.source.file(f"pages-{pagemap.pages_id}.img")
                blocks = pagemap.blocks.get(entry.index)
                place = Place(file, pagemap.payload_start(entry.index), depth, blocks)
                yield Run(here, entry.kind, place.after(start - pagemap.starts[entry.index]))
            elif entry.kind is PageKind.PARENT:
                yield from self._in_parent(dump, source, here, depth)
            else:
                yield Run(here, entry.kind)
        if at < span.end:
            yield Run(Span(at, span.end), PageKind.ABSENT)

    def _in_parent(self, dump: Dump, source: Backing, span: Span, depth: int) -> Iterator[Run]:
        parent = dump.parent
        if parent is None:
            reason = "these pages lie in a parent dump that is not there"
            yield Run(span, PageKind.PARENT, broken=ImageError("parent", None, reason))
            return
        for run in self._walk(parent, source, span, depth + 1):
            broken = run.broken
            if run.place is None and broken is None:
                broken = ImageError(f"parent/{source.image}", None, f"says of these pages: {run.kind.value}")
            yield Run(run.span, PageKind.PARENT, run.place, broken)

    def around(self, pid: int, vma: Vma, address: int) -> Run:
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

    def place(self, pid: int, address: int) -> Place | None:
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

    def read_place(self, place: Place, length: int) -> bytes:
        """Exactly `length` bytes of pages from a place on, which lie in one run with it.

        Raises ImageError when the file has fewer, or a block of them is corrupt.
        """
        if place.blocks is None:
            return self.read_at(place.file, place.offset, length)
        return b"".join(self._of_block(place.after(at), room) for at, room in _by_block(place, length))

    def _of_block(self, place: Place, length: int) -> bytes:
        """Bytes of pages that lie in one block."""
        assert place.blocks is not None
        index = place.blocks.at(place.skip)
        data = self._block(place, index)
        start = place.skip - index * place.blocks.pages_per_block * PAGE
        return data[start : start + length]

    def _block(self, place: Place, index: int) -> bytes:
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
            data = self._opened(file).read_at(offset, length)
        except (OSError, OverflowError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else "an offset beyond any file"
            raise ImageError(file.name, offset, reason) from error
        if len(data) != length:
            raise ImageError(file.name, offset, f"the file ends before these {length} bytes do")
        return data

    def chunks(self, run: Run, length: int) -> Iterator[tuple[int, bytes]]:
        """A run's bytes in pieces of at most `length`, each with its address; nothing for one without bytes.

        Raises ImageError as `read_at` does.
        """
        for span, data in self.pieces(run, length) if run.place is not None else ():
            if isinstance(data, ImageError):
                raise data
            yield span.start, data

    def pieces(self, run: Run, length: int) -> Iterator[tuple[Span, bytes | ImageError]]:
        """A run's bytes in pieces of at most `length`; instead of those that cannot be read, why.

        A block that is corrupt costs its own pages; a file that cannot be read, the rest of the run.
        """
        if run.broken is not None:
            yield run.span, run.broken
        elif run.place is not None:
            start = run.span.start
            for at, room in _by_block(run.place, run.span.size, length):
                span = Span(start + at, start + at + room)
                try:
                    yield span, self.read_place(run.place.after(at), room)
                except ImageError as error:
                    if run.place.blocks is None:
                        yield Span(span.start, run.span.end), error
                        return
                    yield span, error

    def punched(self, place: Place, length: int) -> int:
        """How many of `length` bytes at a place are holes in the file: `criu dedup` has moved them on.

        Such bytes read as zeros; what is compressed is never punched. Raises ImageError when the file cannot
        be asked.
        """
        if place.blocks is not None:
            return 0
        try:
            opened = self._opened(place.file)
            at, end, holes = place.offset, place.offset + length, 0
            while at < end:
                data = opened.data_from(at)
                data = end if data is None else min(end, data)
                holes += data - at
                hole = opened.hole_from(data) if data < end else None
                at = end if hole is None else min(end, hole)
        except (OSError, OverflowError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else "an offset beyond any file"
            raise ImageError(place.file.name, place.offset, reason) from error
        return holes

    def _opened(self, file: SourceFile) -> OpenFile:
        if file not in self._files:
            if len(self._files) == OPEN_LIMIT:
                self._files.pop(next(iter(self._files))).close()
            self._files[file] = file.open()
        return self._files[file]


def _by_block(place: Place, length: int, most: int = BLOCK_LIMIT) -> Iterator[tuple[int, int]]:
    """Stretches of `length` bytes of pages from a place on: offset and bytes, at most `most` and none across blocks."""
    at = 0
    while at < length:
        room = min(most, length - at)
        if place.blocks is not None:
            whole = place.blocks.pages_per_block * PAGE
            room = min(room, whole - (place.skip + at) % whole)
        yield at, room
        at += room


def gap(pagemap: Pagemap, span: Span) -> Span | None:
    """The stretch without entries around a span; None when an entry overlaps it."""
    if not pagemap.ordered:
        if pagemap.coverage(span).absent != span.size // PAGE:
            return None
        return span
    following = bisect_left(pagemap.starts, span.end)
    if following and pagemap.ends[following - 1] > span.start:
        return None
    below = pagemap.ends[following - 1] if following else 0
    above = pagemap.starts[following] if following < len(pagemap) else 1 << 64
    return Span(below, above)


def coverage_of(dump: Dump, pid: int, vma: Vma) -> Coverage:
    """How many pages of each kind a VMA has, in its own pagemap or that of the shared memory it shows."""
    source = backing(dump, pid, vma)
    return source.pagemap(dump).coverage(source.inside(vma.span))
