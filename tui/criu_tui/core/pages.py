"""Pagemaps: which pages a dump has, of which kind, and where their bytes lie.

Entries are kept as columns with running sums, so a question about any span of
addresses costs a binary search, whatever its size.
"""

from __future__ import annotations

import enum
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from criu_tui.core.images import PAGEMAP, ImageError, encode, frame, parse, payload_start
from criu_tui.core.schema import pagemap_pb2
from criu_tui.core.span import Span
from criu_tui.core.text import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS_LIMIT = 1 << 64


class PageFlag(enum.IntFlag):
    """PE_* bits of a pagemap entry (criu/include/pagemap.h)."""

    PARENT = 1
    LAZY = 2
    PRESENT = 4


class PageKind(enum.Enum):
    """Where the restore gets a page from."""

    PRESENT = "present"
    PARENT = "parent"
    LAZY = "lazy"
    ABSENT = "absent"


def page_kind(flags: int) -> PageKind:
    """PRESENT wins, since only it has bytes here; then PARENT; LAZY alone has no data."""
    if flags & PageFlag.PRESENT:
        return PageKind.PRESENT
    if flags & PageFlag.PARENT:
        return PageKind.PARENT
    return PageKind.LAZY if flags & PageFlag.LAZY else PageKind.ABSENT


@dataclass(frozen=True, slots=True)
class Entry:
    """One pagemap entry: pages [start, end) in bytes, all of one kind."""

    index: int
    start: int
    end: int
    flags: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def kind(self) -> PageKind:
        return page_kind(self.flags)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of pages of each kind in a span of addresses."""

    pages: int = 0
    present: int = 0
    parent: int = 0
    lazy: int = 0

    @property
    def dumped(self) -> int:
        """Pages whose contents a restore reads, from this dump or a parent."""
        return self.present + self.parent

    @property
    def absent(self) -> int:
        """Pages that no entry covers: zero in anonymous memory, the file's in a file mapping."""
        return max(0, self.pages - self.present - self.parent - self.lazy)

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.pages + other.pages,
            self.present + other.present,
            self.parent + other.parent,
            self.lazy + other.lazy,
        )


class Pagemap:
    """The entries of one pagemap image in columns, in image order.

    starts, ends: bytes. Sums count pages of a kind in all entries before one, so the
    byte offset of an entry's first page in pages-N.img is `present_before` times PAGE.
    """

    def __init__(self, pages_id: int = 0, name: str = "") -> None:
        self.pages_id = pages_id
        self.name = name
        self.starts = array("Q")
        self.ends = array("Q")
        self.flags = bytearray()
        self.present_before = array("Q", (0,))
        self.parent_before = array("Q", (0,))
        self.lazy_before = array("Q", (0,))
        self.ordered = True
        """Whether entries are sorted and apart, as CRIU writes them."""
        self._below: _Below | None = None
        self._apart: _Apart | None = None

    def __len__(self) -> int:
        return len(self.starts)

    def append(self, start: int, pages: int, flags: int) -> None:
        """Adds an entry of `pages` pages at address `start`.

        Raises OverflowError when it reaches beyond the 64-bit address space.
        """
        end = start + pages * PAGE
        if end > ADDRESS_LIMIT - 1:
            raise OverflowError(f"{pages} pages at {start:x} reach beyond the address space")
        if self.ends and start < self.ends[-1]:
            self.ordered = False
        kind = page_kind(flags)
        self.starts.append(start)
        self.ends.append(end)
        self.flags.append(flags & 0xFF)
        for column, counts in (
            (self.present_before, kind is PageKind.PRESENT),
            (self.parent_before, kind is PageKind.PARENT),
            (self.lazy_before, kind is PageKind.LAZY),
        ):
            total = column[-1] + (pages if counts else 0)
            if total >= ADDRESS_LIMIT:
                raise OverflowError("the page counts of all entries together reach beyond 64 bits")
            column.append(total)

    def entry(self, index: int) -> Entry:
        return Entry(index, self.starts[index], self.ends[index], self.flags[index])

    def __iter__(self) -> Iterator[Entry]:
        return map(self.entry, range(len(self)))

    @property
    def present_pages(self) -> int:
        """Pages whose bytes lie in pages-N.img: its length in pages."""
        return self.present_before[-1]

    def first_after(self, address: int, cursor: int = 0) -> int:
        """Index of the first entry, from `cursor` on, that ends above an address; len() when none does."""
        if self.ordered:
            return bisect_right(self.ends, address, lo=cursor)
        while cursor < len(self) and self.ends[cursor] <= address:
            cursor += 1
        return cursor

    def overlapping(self, span: Span) -> range:
        """Indexes of a stretch of entries that holds every one which overlaps the span.

        Exactly those when the entries are ordered; all entries otherwise.
        """
        if not self.ordered:
            return range(len(self))
        return range(bisect_right(self.ends, span.start), bisect_left(self.starts, span.end))

    def within(self, span: Span) -> Iterator[Entry]:
        """The stretches of entries inside a span, cut to it, in image order."""
        for index in self.overlapping(span):
            start, end = max(self.starts[index], span.start), min(self.ends[index], span.end)
            if start < end:
                yield Entry(index, start, end, self.flags[index])

    def coverage(self, span: Span) -> Coverage:
        """How many pages of each kind lie in a span; logarithmic time for ordered entries."""
        pages = span.size // PAGE
        if not self.ordered:
            if self._below is None:
                self._below = _Below(self)
            return self._below.coverage(span)
        indexes = self.overlapping(span)
        if not indexes:
            return Coverage(pages)
        first, last = indexes[0], indexes[-1]
        # In bytes, so that entries off the page borders cannot count for more than they cover.
        held = {
            kind: (before[last + 1] - before[first]) * PAGE
            for kind, before in (
                (PageKind.PRESENT, self.present_before),
                (PageKind.PARENT, self.parent_before),
                (PageKind.LAZY, self.lazy_before),
            )
        }
        held[PageKind.ABSENT] = 0
        held[page_kind(self.flags[first])] -= max(0, span.start - self.starts[first])
        held[page_kind(self.flags[last])] -= max(0, self.ends[last] - span.end)
        return Coverage(
            pages, held[PageKind.PRESENT] // PAGE, held[PageKind.PARENT] // PAGE, held[PageKind.LAZY] // PAGE
        )

    def by_address(self, span: Span) -> Iterator[Entry]:
        """The stretches of entries inside a span, cut to it, by address.

        Where entries overlap, the one that starts first has the pages.
        """
        if self.ordered:
            return self.within(span)
        if self._apart is None:
            self._apart = _Apart(self)
        return self._apart.within(span)

    def total(self) -> Coverage:
        """Counts over all entries; no page is absent from itself."""
        counts = self.present_before[-1], self.parent_before[-1], self.lazy_before[-1]
        return Coverage(sum(counts), *counts)

    def at(self, address: int) -> Entry | None:
        """The entry that has the page at an address, see `by_address`."""
        found = next(self.by_address(Span(address, address + 1)), None)
        return None if found is None else self.entry(found.index)

    def offset(self, address: int) -> int | None:
        """Byte offset in pages-N.img of the page that holds an address; None without bytes there."""
        entry = self.at(address)
        if entry is None or entry.kind is not PageKind.PRESENT:
            return None
        return (self.present_before[entry.index] + (address - entry.start) // PAGE) * PAGE


class _Apart:
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

    def within(self, span: Span) -> Iterator[Entry]:
        for at in range(bisect_right(self._ends, span.start), bisect_left(self._starts, span.end)):
            index = self._indexes[at]
            yield Entry(index, max(self._starts[at], span.start), min(self._ends[at], span.end), self._flags[index])


class _Below:
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


def entry_flags(entry: pagemap_pb2.pagemap_entry) -> int:
    """Flags of an entry of any age: before CRIU 3.5 there was only `in_parent`."""
    if entry.HasField("flags"):
        return entry.flags
    return int(PageFlag.PARENT if entry.in_parent else PageFlag.PRESENT)


def entry_pages(entry: pagemap_pb2.pagemap_entry) -> int:
    """Page count of an entry of any age: `nr_pages` came with CRIU 4.2."""
    return entry.nr_pages if entry.HasField("nr_pages") else entry.compat_nr_pages


def decode_pagemap(data: bytes, name: str) -> tuple[Pagemap, ImageError | None]:
    """The pagemap in the bytes of an image, as far as it can be read, and what stopped it."""
    pagemap = Pagemap(name=name)
    index = 0
    try:
        offset = payload_start(data, PAGEMAP, name)
        if offset == len(data):
            raise ImageError(name, offset, "cut before the head entry", 0)
        payload, offset = frame(data, offset, name, 0)
        head = parse(payload, pagemap_pb2.pagemap_head, name, offset - len(payload), 0)
        pagemap.pages_id = head.pages_id
        while offset < len(data):
            index += 1
            payload, end = frame(data, offset, name, index)
            entry = parse(payload, pagemap_pb2.pagemap_entry, name, offset + 4, index)
            try:
                pagemap.append(entry.vaddr, entry_pages(entry), entry_flags(entry))
            except OverflowError as error:
                raise ImageError(name, offset + 4, str(error), index) from error
            offset = end
    except ImageError as error:
        return pagemap, error
    return pagemap, None


def encode_pagemap(pages_id: int, entries: list[tuple[int, int, int]]) -> bytes:
    """A pagemap image as CRIU 4.2 writes it; entries are (address, pages, flags)."""
    return encode(
        PAGEMAP,
        (
            pagemap_pb2.pagemap_head(pages_id=pages_id),
            *(
                pagemap_pb2.pagemap_entry(
                    vaddr=start, compat_nr_pages=min(pages, 0xFFFFFFFF), flags=flags, nr_pages=pages
                )
                for start, pages, flags in entries
            ),
        ),
    )
