"""Where the bytes of pages lie: in which pagemap, in which file, at what offset."""

from __future__ import annotations

import enum
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.vma import VmaKind
from criu_tui.core.pages.pagemaps import pagemap_of, shared_pagemap_of

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.blocks import PageBlocks
    from criu_tui.core.pages.entries import Coverage, PageKind
    from criu_tui.core.pages.pagemap import Pagemap
    from criu_tui.core.source.error import ImageError
    from criu_tui.core.source.source import SourceFile


class AbsentContents(enum.Enum):
    """What a restored task finds in a page that no dump has."""

    ZEROS = "zeros"
    FILE = "the file's"
    KERNEL = "the kernel's"
    NOTHING = "nothing"


def absent_pages(vma: Vma) -> AbsentContents:
    """What a VMA's absent pages hold once restored."""
    if vma.traits.kind in (VmaKind.VDSO, VmaKind.VVAR, VmaKind.VSYSCALL):
        return AbsentContents.KERNEL
    if vma.traits.guard:
        return AbsentContents.NOTHING
    # A shared memory file has no contents but its pagemap's; a private copy of one has the file below it.
    whole = vma.traits.memfd and vma.traits.shared
    return AbsentContents.FILE if vma.traits.file and not whole else AbsentContents.ZEROS


class Backing(NamedTuple):
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


class PageLocation(NamedTuple):
    """Where the bytes of a page lie: `depth` dumps up the chain, in a file, at a byte offset."""

    file: SourceFile
    offset: int
    """Of the page; compressed, of the payload of its pagemap entry."""
    depth: int
    blocks: PageBlocks | None = None
    """Set where the entry is compressed."""
    skip: int = 0
    """Compressed: bytes of the entry's pages before this one."""

    def after(self, count: int) -> PageLocation:
        """The place of the byte so many bytes of pages later in the same run."""
        if self.blocks is None:
            return self._replace(offset=self.offset + count)
        return self._replace(skip=self.skip + count)

    def leads_to(self, other: PageLocation, count: int) -> bool:
        """Whether the other place comes so many bytes later in the same file, neither being compressed."""
        return (
            self.offset + count == other.offset
            and self.blocks is None
            and other.blocks is None
            and (self.file, self.depth) == (other.file, other.depth)
        )

    @property
    def block(self) -> tuple[int, int] | None:
        """Offset in the file and bytes there of the block that holds the page; None where it is not compressed."""
        if self.blocks is None:
            return None
        start, stored, _ = self.blocks.bounds(self.blocks.at(self.skip))
        return self.offset + start, stored


class PageRun(NamedTuple):
    """A stretch of a task's addresses with its bytes in one piece, or without bytes for one reason."""

    span: Span
    kind: PageKind
    """What the newest dump says."""
    place: PageLocation | None = None
    """Of the first byte; the others follow it."""
    broken: ImageError | None = None
    """Why pages that this or a parent dump should have are not to be had."""

    def cut(self, span: Span) -> PageRun:
        """The part of it inside a span that overlaps it."""
        inner = self.span.intersection(span)
        place = self.place
        if place is not None:
            place = place.after(inner.start - self.span.start)
        return PageRun(inner, self.kind, place, self.broken)


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


def stored_of(dump: Dump, pid: int, vma: Vma) -> int:
    """Bytes in pages files that hold a VMA's pages of this dump; compressed, all of the blocks that hold any."""
    source = backing(dump, pid, vma)
    return source.pagemap(dump).stored_in(source.inside(vma.span))


def coverage_of(dump: Dump, pid: int, vma: Vma) -> Coverage:
    """How many pages of each kind a VMA has, in its own pagemap or that of the shared memory it shows."""
    source = backing(dump, pid, vma)
    return source.pagemap(dump).coverage(source.inside(vma.span))
