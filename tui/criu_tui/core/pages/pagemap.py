"""Pagemaps: which pages a dump has, of which kind, and where their bytes lie.

Entries are kept as columns with running sums, so a question about any span of
addresses costs a binary search, whatever its size. A large pagemap is decoded in
columns too, many entries at a time.
"""

from __future__ import annotations

import functools
import operator
from array import array
from bisect import bisect_left, bisect_right
from itertools import compress, count
from typing import TYPE_CHECKING, TypeAlias

from criu_tui.core.base.span import Span, merged_bounds
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.disorder import Apart, Below
from criu_tui.core.pages.entries import TOGETHER, Coverage, Coverages, PageFlag, PageKind, PagemapEntry, page_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.pages.blocks import PageBlocks
    from criu_tui.core.pages.ends import EntryEnds

Column: TypeAlias = "array[int] | memoryview"
"""Unsigned numbers, of 64 bits where they need as many."""

_NO_PAGES = (0, 0, 0)
_NONE, _NO_FLAGS, _NOTHING_BEFORE = array("Q"), bytearray(), array("Q", (0,))
"""The columns of a pagemap without entries."""
_ALIGNED = bytes(bool(flags & PageFlag.PAYLOAD_ALIGNED) for flags in range(256))
"""By flags, 1 where the payload is aligned."""
_WITHIN_PAGE = (PAGE - 1).__and__
"""How far an address lies behind the border of its page."""


class Pagemap:
    """The entries of one pagemap image in columns, in image order.

    starts, ends: bytes. Sums count pages of a kind in all entries before one, so where pages are not
    compressed the byte offset of an entry's first page in pages-N.img is `present_before` times PAGE.
    """

    def __init__(self, pages_id: int = 0, name: str = "") -> None:
        self.pages_id = pages_id
        self.name = name
        # Whoever has entries puts columns of its own in the place of these, to which nothing is added.
        self.starts: Column = _NONE
        self.ends: Column | EntryEnds = _NONE
        self.flags: bytearray | memoryview = _NO_FLAGS
        self.present_before: Column = _NOTHING_BEFORE
        self.parent_before: Column = _NOTHING_BEFORE
        self.lazy_before: Column = _NOTHING_BEFORE
        self.ordered = True
        """Whether entries are sorted and apart, as CRIU writes them."""
        self.wide_counts = False
        """Whether page counts stand in field 5 alone: CRIU from 4.2 on writes 0 to the older field 2."""
        self.blocks: dict[int, PageBlocks] = {}
        """The blocks of compressed entries, by index of the entry."""
        self._payloads: Payloads | None = None
        self._plain: bool | None = None
        """Whether the places of all payloads follow from counts of pages; None until somebody has asked."""
        self._below: Below | None = None
        self._apart: Apart | None = None

    def __len__(self) -> int:
        return len(self.starts)

    def __eq__(self, other: object) -> bool:
        """Whether another one says the same of the same image."""
        return isinstance(other, Pagemap) and self._said == other._said and self.same_entries(other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def _said(self) -> tuple[object, ...]:
        """All but the entries themselves."""
        return self.pages_id, self.name, self.ordered, self.wide_counts, self.present_pages, self.blocks

    def without_pages(self) -> Pagemap:
        """The entries as a release reads them that looks for their counts where they are 0."""
        made = Pagemap(self.pages_id, self.name)
        made.starts = made.ends = self.starts
        made.flags, made.wide_counts = self.flags, self.wide_counts
        made.present_before = made.parent_before = made.lazy_before = memoryview(bytes(len(self) + 1))
        made.ordered = self.ordered
        return made

    def entry(self, index: int) -> PagemapEntry:
        """The entry at an index, in image order."""
        return PagemapEntry(index, self.starts[index], self.ends[index], self.flags[index])

    def __iter__(self) -> Iterator[PagemapEntry]:
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
    def pages_name(self) -> str:
        """The file that its present pages lie in."""
        return f"pages-{self.pages_id}.img"

    @property
    def present_pages(self) -> int:
        """Pages whose bytes lie in pages-N.img: its length in pages."""
        return self.present_before[-1]

    @property
    def is_plain(self) -> bool:
        """Whether it has pages of its own dump alone, whole and in order, at places that follow from their counts."""
        aligned = not functools.reduce(operator.or_, self.starts, 0) % PAGE
        return self.ordered and aligned and not self.parent_before[-1] and self.payloads is None

    def same_entries(self, other: Pagemap) -> bool:
        """Whether another one has the same pages, of the same kinds, in the same order."""
        return self.starts == other.starts and self.ends == other.ends and self.flags == other.flags

    def same_within(self, other: Pagemap, span: Span) -> bool:
        """Whether another one has the same pages in a span, in the same order; entries are cut to it."""
        if other is self:
            return True
        return self._cut(span) == other._cut(span)

    def _cut(self, span: Span) -> list[tuple[int, int, int]]:
        """Start, end and flags of the stretches of entries inside a span, in image order."""
        return [
            (start, end, self.flags[index])
            for index in self.overlapping(span)
            if (start := max(self.starts[index], span.start)) < (end := min(self.ends[index], span.end))
        ]

    @property
    def payloads(self) -> Payloads | None:
        """Where the bytes of each entry lie in pages-N.img, where that does not follow from counts of pages."""
        if self._plain is None:
            plain = not self.blocks and not self._any_aligned()
            self._payloads = None if plain else Payloads(self)
            self._plain = plain
        return self._payloads

    def _any_aligned(self) -> bool:
        flags, starts = self.flags, range(0, len(self.flags), TOGETHER)
        return any(1 in bytes(flags[at : at + TOGETHER]).translate(_ALIGNED) for at in starts)

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

    def in_file(self, span: Span) -> Span | None:
        """The bytes of pages-N.img that are the pages of a span, in their order, where these have no others.

        None where some lie in a parent dump, are compressed or aligned, or where entries are out of order.
        """
        if not self.ordered or self.payloads is not None:
            return None
        indexes = self.overlapping(span)
        first, past = indexes.start, max(indexes.start, indexes.stop)
        if self.parent_before[first] != self.parent_before[past]:
            return None
        start, end = self.present_before[first] * PAGE, self.present_before[past] * PAGE
        if first < past and page_kind(self.flags[first]) is PageKind.PRESENT:
            start += max(0, span.start - self.starts[first])
        if first < past and page_kind(self.flags[past - 1]) is PageKind.PRESENT:
            end -= max(0, self.ends[past - 1] - span.end)
        return Span(start, end)

    def first_odd(self) -> tuple[int | None, int | None]:
        """Indexes of the first entry that begins within a page, and of the first without pages; no CRIU writes any."""
        starts, ends = self.starts, self.ends
        if not isinstance(ends, array | memoryview):
            return ends.first_odd()
        unaligned = next(compress(count(), map(_WITHIN_PAGE, starts)), None)
        return unaligned, next(compress(count(), map(operator.eq, starts, ends)), None)

    def first_after(self, address: int, cursor: int = 0) -> int:
        """Index of the first entry, from `cursor` on, that ends above an address; len() when none does."""
        if self.ordered:
            # Only the last entry that begins at or below the address can hold it.
            found = bisect_right(self.starts, address, cursor)
            return found - 1 if found > cursor and self.ends[found - 1] > address else found
        while cursor < len(self) and self.ends[cursor] <= address:
            cursor += 1
        return cursor

    def overlapping(self, span: Span) -> range:
        """Indexes of a stretch of entries that holds every one which overlaps the span.

        Exactly those when the entries are ordered; all entries otherwise.
        """
        if not self.ordered:
            return range(len(self))
        return range(self.first_after(span.start), bisect_left(self.starts, span.end))

    def within(self, span: Span) -> Iterator[PagemapEntry]:
        """The stretches of entries inside a span, cut to it, in image order."""
        for index in self.overlapping(span):
            start, end = max(self.starts[index], span.start), min(self.ends[index], span.end)
            if start < end:
                yield PagemapEntry(index, start, end, self.flags[index])

    def coverage(self, span: Span) -> Coverage:
        """How many pages of each kind lie in a span; logarithmic time for ordered entries."""
        return Coverage(span.size // PAGE, *self.counts(span))

    def counts(self, span: Span) -> tuple[int, int, int]:
        """The same as numbers alone: pages present, in a parent and lazy."""
        if not self.ordered:
            if self._below is None:
                self._below = Below(self)
            found = self._below.coverage(span)
            return found.present, found.parent, found.lazy
        return self._counts(self.first_after(span.start), span.start, span.end)

    def _counts(self, first: int, start: int, end: int) -> tuple[int, int, int]:
        """Pages present, in a parent and lazy from an address to another; `first` is the first entry above the one.

        Of ordered entries.
        """
        past = bisect_left(self.starts, end)
        if past <= first:
            return _NO_PAGES
        present = self.present_before[past] - self.present_before[first]
        parent = self.parent_before[past] - self.parent_before[first]
        lazy = self.lazy_before[past] - self.lazy_before[first]
        below, above = start - self.starts[first], self.ends[past - 1] - end
        if below <= 0 and above <= 0:
            return present, parent, lazy
        # In bytes, so that entries off the page borders cannot count for more than they cover.
        present, parent, lazy = present * PAGE, parent * PAGE, lazy * PAGE
        for index, outside in ((first, below), (past - 1, above)):
            if outside > 0:
                kind = page_kind(self.flags[index])
                if kind is PageKind.PRESENT:
                    present -= outside
                elif kind is PageKind.PARENT:
                    parent -= outside
                elif kind is PageKind.LAZY:
                    lazy -= outside
        return present // PAGE, parent // PAGE, lazy // PAGE

    def coverages(self, starts: Sequence[int], ends: Sequence[int]) -> Coverages:
        """`coverage` of many spans."""
        if not self.ordered:
            found = [self.coverage(Span(start, end)) for start, end in zip(starts, ends, strict=True)]
            return Coverages(
                [one.pages for one in found],
                [one.present for one in found],
                [one.parent for one in found],
                [one.lazy for one in found],
                None,
            )
        following = [*map(self.first_after, starts)]
        counts = [*map(self._counts, following, starts, ends)]
        present, parent, lazy = map(list, zip(*counts, strict=True)) if counts else ([], [], [])
        pages = [max(0, end - start) // PAGE for start, end in zip(starts, ends, strict=True)]
        return Coverages(pages, present, parent, lazy, following)

    def by_address(self, span: Span) -> Iterator[PagemapEntry]:
        """The stretches of entries inside a span, cut to it, by address.

        Where entries overlap, the one that starts first has the pages.
        """
        if self.ordered:
            return self.within(span)
        if self._apart is None:
            self._apart = Apart(self)
        return self._apart.within(span)

    def total(self) -> Coverage:
        """Counts over all entries; no page is absent from itself."""
        counts = self.present_before[-1], self.parent_before[-1], self.lazy_before[-1]
        return Coverage(sum(counts), *counts)

    def at(self, address: int) -> PagemapEntry | None:
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
