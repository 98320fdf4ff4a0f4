"""Pagemaps: which pages a dump has, of which kind, and where their bytes lie.

Entries are kept as columns with running sums, so a question about any span of
addresses costs a binary search, whatever its size. A large pagemap is decoded in
columns too, many entries at a time.
"""

from __future__ import annotations

import enum
import io
import operator
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, compress
from typing import TYPE_CHECKING, Protocol, TypeAlias, overload

from criu_tui.core.base.span import Span, merged_bounds
from criu_tui.core.base.units import PAGE
from criu_tui.core.images.framing import encode, frame, payload_start
from criu_tui.core.images.kinds import PAGEMAP
from criu_tui.core.images.messages import parse
from criu_tui.core.images.schema import pagemap_pb2
from criu_tui.core.pages.blocks import Blocks, blocks_of
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

ADDRESS_LIMIT = 1 << 64

BLOCK = 1 << 19
"""Bytes of a pagemap image that are decoded at a time."""

Column: TypeAlias = "array[int] | memoryview"
"""Unsigned 64-bit numbers."""


class PageFlag(enum.IntFlag):
    """PE_* bits of a pagemap entry (criu/include/pagemap.h)."""

    PARENT = 1
    LAZY = 2
    PRESENT = 4
    PAYLOAD_ALIGNED = 8
    """The bytes begin at the next multiple of PAGE in the pages file (CRIU 4.3)."""


class PageKind(enum.Enum):
    """Where the restore gets a page from."""

    PRESENT = "present"
    PARENT = "parent"
    LAZY = "lazy"
    ABSENT = "absent"


def page_kind(flags: int) -> PageKind:
    """PRESENT wins, since only it has bytes here; then PARENT; LAZY alone has no data."""
    return _KINDS[flags & _ALL_FLAGS]


_ALL_FLAGS = 7
_ALIGNED = bytes(bool(flags & PageFlag.PAYLOAD_ALIGNED) for flags in range(256))
_KINDS = (
    PageKind.ABSENT,
    PageKind.PARENT,
    PageKind.LAZY,
    PageKind.PARENT,
    *(PageKind.PRESENT,) * 4,
)
"""By PageFlag bits; looked up, since an IntFlag takes ten times as long to test as an int."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One pagemap entry: pages [start, end) in bytes, all of one kind."""

    index: int
    start: int
    end: int
    flags: int

    @property
    def span(self) -> Span:
        """[start, end) in bytes."""
        return Span(self.start, self.end)

    @property
    def kind(self) -> PageKind:
        """Where the restore gets its pages from."""
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


class Coverages(Sequence[Coverage]):
    """Coverage of many spans in columns, such as of all VMAs of a task."""

    def __init__(
        self,
        pages: Sequence[int],
        present: Sequence[int],
        parent: Sequence[int],
        lazy: Sequence[int],
        following: Sequence[int] | None,
    ) -> None:
        self._counts = pages, present, parent, lazy
        self.dumped: Sequence[int] = list(map(operator.add, present, parent))
        """Pages of each span whose contents a restore reads."""
        self.lazy = lazy
        self.following = following
        """Index of the first entry that ends above each span's start; None when the entries are not ordered."""

    def __len__(self) -> int:
        return len(self.dumped)

    @overload
    def __getitem__(self, index: int) -> Coverage: ...
    @overload
    def __getitem__(self, index: slice) -> list[Coverage]: ...
    def __getitem__(self, index: int | slice) -> Coverage | list[Coverage]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return Coverage(*(counts[index] for counts in self._counts))


class Pagemap:
    """The entries of one pagemap image in columns, in image order.

    starts, ends: bytes. Sums count pages of a kind in all entries before one, so where pages are not
    compressed the byte offset of an entry's first page in pages-N.img is `present_before` times PAGE.
    """

    def __init__(self, pages_id: int = 0, name: str = "") -> None:
        self.pages_id = pages_id
        self.name = name
        self.starts: Column = array("Q")
        self.ends: Column = array("Q")
        self.flags: bytearray | memoryview = bytearray()
        self.present_before: Column = array("Q", (0,))
        self.parent_before: Column = array("Q", (0,))
        self.lazy_before: Column = array("Q", (0,))
        self.ordered = True
        """Whether entries are sorted and apart, as CRIU writes them."""
        self.wide_counts = False
        """Whether page counts stand in field 5 alone: CRIU from 4.2 on writes 0 to the older field 2."""
        self.blocks: dict[int, Blocks] = {}
        """The blocks of compressed entries, by index of the entry."""
        self._payloads: Payloads | None = None
        self._below: _Below | None = None
        self._apart: _Apart | None = None

    def __len__(self) -> int:
        return len(self.starts)

    def without_pages(self) -> Pagemap:
        """The entries as a release reads them that looks for their counts where they are 0."""
        made = Pagemap(self.pages_id, self.name)
        made.starts = made.ends = self.starts
        made.flags, made.wide_counts = self.flags, self.wide_counts
        made.present_before = made.parent_before = made.lazy_before = array("Q", bytes(8 * (len(self) + 1)))
        made.ordered = self.ordered
        return made

    def entry(self, index: int) -> Entry:
        """The entry at an index, in image order."""
        return Entry(index, self.starts[index], self.ends[index], self.flags[index])

    def __iter__(self) -> Iterator[Entry]:
        return map(self.entry, range(len(self)))

    def spans_of(self, kind: PageKind) -> list[Span]:
        """Where the pages of a kind lie, as span.merged gives them."""
        chosen = bytes(page_kind(flags) is kind for flags in range(256))
        of_kind = bytes(self.flags).translate(chosen)
        bounds = compress(zip(self.starts, self.ends, strict=True), of_kind)
        return merged_bounds(bounds if self.ordered else sorted(bounds))

    @property
    def in_columns(self) -> bool:
        """Whether the columns lie in numpy's arrays."""
        return isinstance(self.starts, memoryview)

    @property
    def present_pages(self) -> int:
        """Pages whose bytes lie in pages-N.img: its length in pages."""
        return self.present_before[-1]

    @property
    def payloads(self) -> Payloads | None:
        """Where the bytes of each entry lie in pages-N.img, where that does not follow from counts of pages."""
        if self._payloads is None and (self.blocks or bytes(self.flags).translate(_ALIGNED).count(1)):
            self._payloads = Payloads(self)
        return self._payloads

    @property
    def stored(self) -> int:
        """Bytes that pages-N.img holds."""
        payloads = self.payloads
        return self.present_pages * PAGE if payloads is None else payloads.ends[-1]

    def payload_start(self, index: int) -> int:
        """Byte offset in pages-N.img of the payload of an entry that is PRESENT."""
        payloads = self.payloads
        return self.present_before[index] * PAGE if payloads is None else payloads.starts[index]

    def stored_in(self, span: Span) -> int:
        """Bytes in pages-N.img of the pages in a span: compressed, all blocks that hold any of them."""
        payloads = self.payloads
        if payloads is None:
            return self.coverage(span).present * PAGE
        indexes = self.overlapping(span)
        if self.ordered and len(indexes) > 2:
            first, last = indexes[0], indexes[-1]
            between = payloads.stored_before[last] - payloads.stored_before[first + 1]
            return self._stored_of(first, span) + between + self._stored_of(last, span)
        return sum(self._stored_of(index, span) for index in indexes)

    def _stored_of(self, index: int, span: Span) -> int:
        if page_kind(self.flags[index]) is not PageKind.PRESENT:
            return 0
        start, end = max(self.starts[index], span.start), min(self.ends[index], span.end)
        if start >= end:
            return 0
        blocks = self.blocks.get(index)
        return end - start if blocks is None else blocks.stored_in(start - self.starts[index], end - self.starts[index])

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

    def coverages(self, starts: Sequence[int], ends: Sequence[int]) -> Coverages:
        """`coverage` of many spans."""
        found = [self.coverage(Span(start, end)) for start, end in zip(starts, ends, strict=True)]
        return Coverages(
            [one.pages for one in found],
            [one.present for one in found],
            [one.parent for one in found],
            [one.lazy for one in found],
            [bisect_right(self.ends, start) for start in starts] if self.ordered else None,
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
        """Byte offset in pages-N.img of the page, or the block, that holds an address; None without bytes there."""
        entry = self.at(address)
        if entry is None or entry.kind is not PageKind.PRESENT:
            return None
        inside, blocks = address - entry.start, self.blocks.get(entry.index)
        skipped = inside & -PAGE if blocks is None else blocks.bounds(blocks.at(inside))[0]
        return self.payload_start(entry.index) + skipped


class Payloads:
    """Where the bytes of entries lie in a pages file that is compressed or aligned, by index of the entry."""

    def __init__(self, pagemap: Pagemap) -> None:
        self.starts, self.ends, self.stored_before = array("Q"), array("Q"), array("Q", (0,))
        end = 0
        for entry in pagemap:
            start, stored = end, 0
            if entry.kind is PageKind.PRESENT:
                blocks = pagemap.blocks.get(entry.index)
                stored = entry.end - entry.start if blocks is None else blocks.stored
                if entry.flags & PageFlag.PAYLOAD_ALIGNED:
                    start = -(-end // PAGE) * PAGE
            end = start + stored
            self.starts.append(start)
            self.ends.append(end)
            self.stored_before.append(self.stored_before[-1] + stored)
        self.ends.append(end)


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


class Builder(Protocol):
    """What puts the entries of an image into the columns of a pagemap, in image order."""

    def append_block(self, data: bytes) -> int:
        """Adds the entries from the start of the data on that can be added together.

        Returns the offset behind them; entries from there on are added one by one.
        """

    def append(self, start: int, pages: int, flags: int) -> None:
        """Adds an entry of `pages` pages at address `start`.

        Raises OverflowError when it reaches beyond the 64-bit address space, or all
        counts together beyond 64 bits.
        """

    def __len__(self) -> int:
        """Entries added so far."""

    def finish(self, pagemap: Pagemap) -> None:
        """Hands the columns over."""


class OneByOne:
    """Builds columns entry by entry."""

    def __init__(self) -> None:
        self._starts, self._ends, self._flags = array("Q"), array("Q"), bytearray()
        self._sums = {kind: array("Q", (0,)) for kind in (PageKind.PRESENT, PageKind.PARENT, PageKind.LAZY)}
        self._ordered = True

    def __len__(self) -> int:
        return len(self._starts)

    def append_block(self, data: bytes) -> int:
        """See `Builder`."""
        return 0

    def append(self, start: int, pages: int, flags: int) -> None:
        """See `Builder`."""
        end, kind = checked_entry(start, pages, flags, sum(sums[-1] for sums in self._sums.values()))
        if self._ends and start < self._ends[-1]:
            self._ordered = False
        self._starts.append(start)
        self._ends.append(end)
        self._flags.append(flags & 0xFF)
        for counted, sums in self._sums.items():
            sums.append(sums[-1] + (pages if kind is counted else 0))

    def finish(self, pagemap: Pagemap) -> None:
        """See `Builder`."""
        pagemap.starts, pagemap.ends, pagemap.flags = self._starts, self._ends, self._flags
        pagemap.present_before, pagemap.parent_before, pagemap.lazy_before = self._sums.values()
        pagemap.ordered = self._ordered


def checked_entry(start: int, pages: int, flags: int, before: int) -> tuple[int, PageKind]:
    """End and kind of an entry; `before` are the pages of all kinds in earlier ones.

    Raises OverflowError when it reaches beyond the 64-bit address space, or all counts
    together beyond 64 bits.
    """
    end = start + pages * PAGE
    if end > ADDRESS_LIMIT - 1:
        raise OverflowError(f"{pages} pages at {start:x} reach beyond the address space")
    kind = page_kind(flags)
    if before + pages >= ADDRESS_LIMIT and kind is not PageKind.ABSENT:
        raise OverflowError("the page counts of all entries together reach beyond 64 bits")
    return end, kind


def decode_pagemap(data: bytes, name: str) -> tuple[Pagemap, ImageError | None]:
    """`read_pagemap` for the bytes of an image, entry by entry."""
    return read_pagemap(io.BytesIO(data), len(data), name, OneByOne())


def read_pagemap(file: BinaryIO, length: int, name: str, builder: Builder) -> tuple[Pagemap, ImageError | None]:
    """The pagemap in the first `length` bytes of an image file, as far as it can be read, and what stopped it."""
    pagemap = Pagemap(name=name)
    window: _Window | None = None
    error: ImageError | None = None
    try:
        window = _Window(file, length)
        window.at = payload_start(window.data, PAGEMAP, name)
        if not window.fill():
            raise ImageError(name, 0, "cut before the head entry", 0)
        payload, window.at = frame(window.data, 0, name, 0)
        pagemap.pages_id = parse(payload, pagemap_pb2.pagemap_head, name, window.at - len(payload), 0).pages_id
        while window.fill():
            if not len(builder) and window.holds_entry():
                pagemap.wide_counts = _wide_counts(window.data, name)
            window.at = builder.append_block(window.data)
            while window.holds_entry():
                window.at = _append_entry(builder, window.data, window.at, name, pagemap.blocks)
            if not window.at:
                # The file ends within this entry, and the error says how.
                frame(window.data, 0, name, len(builder) + 1)
    except ImageError as found:
        where = None if found.offset is None else found.offset + (window.base if window else 0)
        error = ImageError(name, where, found.reason, found.entry)
    except OSError as found:
        error = ImageError(name, None, reason_of(found))
    builder.finish(pagemap)
    return pagemap, error


def _wide_counts(data: bytes, name: str) -> bool:
    """Whether the entry at the start of the data has its count in field 5 alone."""
    payload, _ = frame(data, 0, name, 1)
    entry = parse(payload, pagemap_pb2.pagemap_entry, name, 4, 1)
    return bool(entry.nr_pages) and not entry.compat_nr_pages


def _append_entry(builder: Builder, data: bytes, offset: int, name: str, blocks: dict[int, Blocks]) -> int:
    """Adds the entry at an offset of the data, and to `blocks` its own; the offset behind it."""
    index = len(builder) + 1
    payload, end = frame(data, offset, name, index)
    entry = parse(payload, pagemap_pb2.pagemap_entry, name, offset + 4, index)
    pages, flags = entry_pages(entry), entry_flags(entry)
    if entry.HasField("blocks") and page_kind(flags) is PageKind.PRESENT:
        blocks[index - 1] = blocks_of(entry, pages, name, offset + 4, index)
    try:
        builder.append(entry.vaddr, pages, flags)
    except OverflowError as error:
        blocks.pop(index - 1, None)
        raise ImageError(name, offset + 4, str(error), index) from error
    return end


class _Window:
    """The part of an image file that is in memory: BLOCK bytes and what else the next entry needs."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._left = length
        """Bytes still to be read; what the file grows by meanwhile is left out."""
        self.data = self._read()
        self.base = 0
        """Where the data begins in the file."""
        self.at = 0
        """Where the next entry begins in the data."""

    def fill(self) -> bool:
        """Slides to the next entry and reads on, until that entry is whole or the file ends; False at its end."""
        self.base += self.at
        parts = [self.data[self.at :], self._read()]
        self.data, self.at = b"".join(parts), 0
        wanted = 4 + int.from_bytes(self.data[:4], "little") - len(self.data)
        parts = [self.data]
        while wanted > 0 and (more := self._read()):
            parts.append(more)
            wanted -= len(more)
        self.data = b"".join(parts)
        return bool(self.data)

    def _read(self) -> bytes:
        # None where a file of /proc would block.
        data = self._file.read(min(BLOCK, self._left)) or b""
        self._left -= len(data)
        return data

    def holds_entry(self) -> bool:
        """Whether the whole next entry is in the data."""
        left = len(self.data) - self.at - 4
        return left >= 0 and int.from_bytes(self.data[self.at : self.at + 4], "little") <= left


def encode_pagemap(pages_id: int, entries: list[tuple[int, int, int]]) -> bytes:
    """A pagemap image with its counts in both fields, for every release; entries are (address, pages, flags)."""
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
