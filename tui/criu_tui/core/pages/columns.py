"""Pagemap entries decoded many at a time, with array arithmetic instead of a loop.

Nothing here is taken for granted: an entry is given only when its place in the chain
of frames and each of its fields is proven, and then it equals what protobuf makes of
it to the bit. Where the proof ends, so does the batch; the caller reads on with
protobuf.

Imports numpy, which takes longer than decoding a small pagemap: import this module
only for a large one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.ends import EntryEnds, ends_of, first_above
from criu_tui.core.pages.entries import Coverages, PageFlag, PageKind
from criu_tui.core.pages.reader import ADDRESSES, checked_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from criu_tui.core.pages.pagemap import Pagemap

    Index: TypeAlias = NDArray[np.int64]
    Mask: TypeAlias = NDArray[np.bool_]
    U64: TypeAlias = NDArray[np.uint64]
    Counts: TypeAlias = NDArray[np.unsignedinteger]

_PAGE_SHIFT = 12
_PARENT, _LAZY, _PRESENT = int(PageFlag.PARENT), int(PageFlag.LAZY), int(PageFlag.PRESENT)
_VADDR, _COMPAT_NR_PAGES, _IN_PARENT, _FLAGS, _NR_PAGES = 0x08, 0x10, 0x18, 0x20, 0x28
"""Tags of the fields of pagemap_entry, all varints."""

_SEVEN_BITS, _EVEN_BYTES, _ODD_BYTES, _EVEN_PAIRS, _ODD_PAIRS, _LOW_HALF, _HIGH_HALF = (
    np.uint64(mask)
    for mask in (
        0x7F,
        0x007F007F007F007F,
        0x00007F007F007F00,
        0x00003FFF00003FFF,
        0x3FFF00003FFF0000,
        0x000000000FFFFFFF,
        0x0FFFFFFF00000000,
    )
)
_TOP_BITS = np.uint64(0x0080808080808080)
_ONE, _TWO, _FOUR, _BYTE = (np.uint64(bits) for bits in (1, 2, 4, 8))

_PADDING = 64
"""Zero bytes behind the data, for wide loads: from its last byte on, five fields of at most 8 bytes, then 8 bytes."""
_PAGES_SUMMED = 1 << 40
"""Counts below this overflow no sum within a batch."""
_NARROW = 1 << 32
"""Counts and sums of pages below this are kept in half the room."""
_AT_HAND = 4 << 20
"""Bytes that what is worked on for one block of entries takes, at most."""

N = TypeVar("N", bound=np.generic)


@dataclass(frozen=True, slots=True)
class ColumnBlock:
    """Consecutive entries in columns: addresses in bytes, counts of pages, flags."""

    starts: U64
    pages: U64
    flags: U64
    length: int
    """Bytes of the data that the entries take, from its start."""


class InColumns:
    """Builds the columns of a pagemap many entries at a time (see reader.Builder)."""

    def __init__(self, size: int) -> None:
        self._size = size
        """Bytes of the image that its disk holds, for a guess at the number of entries."""
        self._count = 0
        self._room = 0
        self._ordered = True
        self._end = 0
        """Where the last entry ends."""
        self._starts, self._flags = np.zeros(0, np.uint64), np.zeros(0, np.uint8)
        self._pages: Counts = np.zeros(0, np.uint32)
        kinds = (PageKind.PRESENT, PageKind.PARENT, PageKind.LAZY)
        self._sums: dict[PageKind, Counts] = {kind: np.zeros(1, np.uint32) for kind in kinds}
        self._totals = dict.fromkeys(self._sums, 0)
        # glibc gives what is freed back to the kernel, which has to clear it again for the next block, until so much
        # has been freed at once (mallopt(3), M_MMAP_THRESHOLD): nothing is written to this, so that it takes no memory.
        np.empty(_AT_HAND, np.uint8)

    def __len__(self) -> int:
        return self._count

    def append_block(self, data: bytes) -> int:
        """See `Builder`."""
        batch = decode(data)
        if batch is None:
            return 0
        first, last = self._count, self._count + len(batch.starts)
        if sum(self._totals.values()) + int(batch.pages.sum()) >= ADDRESSES:
            return 0
        self._make_room(last, int(self._size * len(batch.starts) / batch.length))
        self._starts[first:last] = batch.starts
        self._pages = _wide_enough(self._pages, int(batch.pages.max()))
        self._pages[first:last] = batch.pages
        flags = self._flags[first:last]
        flags[:] = batch.flags
        ends = batch.starts + (batch.pages << _PAGE_SHIFT)
        self._ordered = (
            self._ordered and int(batch.starts[0]) >= self._end and bool((batch.starts[1:] >= ends[:-1]).all())
        )
        self._end = int(ends[-1])
        for kind, counts in _kinds(flags):
            # The columns begin as zeros, so that of a kind without pages is never written to and takes no memory.
            if self._totals[kind] or counts.any():
                sums = np.cumsum(batch.pages * counts)
                sums += np.uint64(self._totals[kind])
                self._totals[kind] = int(sums[-1])
                self._sums[kind] = _wide_enough(self._sums[kind], self._totals[kind])
                self._sums[kind][first + 1 : last + 1] = sums
        self._count = last
        return batch.length

    def append(self, start: int, pages: int, flags: int) -> None:
        """See `Builder`."""
        end, kind = checked_entry(start, pages, flags, sum(self._totals.values()))
        at = self._count
        self._make_room(at + 1, 0)
        self._ordered = self._ordered and start >= self._end
        self._end = end
        self._pages = _wide_enough(self._pages, pages)
        self._starts[at], self._pages[at], self._flags[at] = start, pages, flags & 0xFF
        if kind in self._totals:
            self._totals[kind] += pages
        for counted, total in self._totals.items():
            self._sums[counted] = _wide_enough(self._sums[counted], total)
            self._sums[counted][at + 1] = total
        self._count += 1

    def finish(self, pagemap: Pagemap) -> None:
        """See `Builder`."""
        count = self._count
        pagemap.starts, pagemap.ends = self._starts[:count].data, EntryEnds(self._starts[:count], self._pages[:count])
        pagemap.flags = self._flags[:count].data
        pagemap.present_before, pagemap.parent_before, pagemap.lazy_before = (
            sums[: count + 1].data for sums in self._sums.values()
        )
        pagemap.ordered = self._ordered

    def _make_room(self, needed: int, guess: int) -> None:
        if needed <= self._room:
            return
        # To make room again takes long, and what is not written to takes no memory.
        self._room = max(needed, 2 * self._room, guess + guess // 16)
        self._starts, self._flags = _longer(self._starts, self._room), _longer(self._flags, self._room)
        self._pages = _longer(self._pages, self._room)
        for kind, sums in self._sums.items():
            self._sums[kind] = _longer(sums, self._room + 1)


def _longer(column: NDArray[N], room: int) -> NDArray[N]:
    """The column with zeros behind it, which take memory only when written to."""
    made = np.zeros(room, column.dtype)
    if column.any():
        made[: len(column)] = column
    return made


def _wide_enough(column: Counts, number: int) -> Counts:
    """The column, with room for a number in each of its places."""
    return column if number < _NARROW or column.dtype == np.uint64 else column.astype(np.uint64)


def coverages(pagemap: Pagemap, starts: Sequence[int], ends: Sequence[int]) -> Coverages:
    """`pagemap.coverages` for ordered entries, all spans at once."""
    low, high = np.array(starts, np.uint64), np.array(ends, np.uint64)
    entry_starts = np.asarray(pagemap.starts)
    following = first_above(pagemap, low)
    behind = np.searchsorted(entry_starts, high, "left")
    touched = np.flatnonzero(behind > following)
    first, last = following[touched], behind[touched] - 1
    # Bytes of the outermost entries that lie outside the span.
    below = _above_zero(low[touched], entry_starts[first])
    above = _above_zero(ends_of(pagemap, last), high[touched])
    flags = np.asarray(pagemap.flags)
    counts: list[list[int]] = []
    for column, (_, of_first), (_, of_last) in zip(
        (pagemap.present_before, pagemap.parent_before, pagemap.lazy_before),
        _kinds(flags[first]),
        _kinds(flags[last]),
        strict=True,
    ):
        before = np.asarray(column)
        count = np.zeros(len(low), np.uint64)
        outside = below * of_first + above * of_last
        count[touched] = before[last + 1] - before[first] - ((outside + np.uint64(PAGE - 1)) >> _PAGE_SHIFT)
        # Wraps to the negative numbers that a reversed span gives.
        counts.append(count.view(np.int64).tolist())
    present, parent, lazy = counts
    return Coverages((_above_zero(high, low) >> _PAGE_SHIFT).tolist(), present, parent, lazy, following.tolist())


def _above_zero(larger: U64, smaller: U64) -> U64:
    return np.where(larger > smaller, larger - smaller, np.uint64(0))


def _kinds(flags: NDArray[np.uint8]) -> tuple[tuple[PageKind, Mask], ...]:
    """Which entries are of each kind that a restore counts; as entries.page_kind."""
    present = flags & _PRESENT != 0
    parent = (flags & _PARENT != 0) & ~present
    lazy = (flags & _LAZY != 0) & ~present & ~parent
    return (PageKind.PRESENT, present), (PageKind.PARENT, parent), (PageKind.LAZY, lazy)


def decode(data: bytes) -> ColumnBlock | None:
    """The longest run of provable entries from the start of the data; None without one.

    An entry is a little-endian u32 size and a pagemap_entry message, whose fields come
    in order and once each, as CRIU writes them. The data begins with an entry and may
    end within one.
    """
    octets = np.frombuffer(data + bytes(_PADDING), np.uint8)
    frames = _frames(octets, len(data))
    if not len(frames):
        return None
    ends = frames + 4 + octets[frames]
    # Element i is the eight bytes from byte i on.
    words: U64 = np.ndarray(len(octets) - 7, "<u8", octets.data, strides=(1,))
    cursor = _Cursor(words, frames + 4, ends)
    starts, has_start = cursor.field(_VADDR)
    compat, has_compat = cursor.field(_COMPAT_NR_PAGES)
    in_parent, _ = cursor.field(_IN_PARENT)
    flags, has_flags = cursor.field(_FLAGS)
    pages, has_pages = cursor.field(_NR_PAGES)
    if not has_pages.all():
        pages = np.where(has_pages, pages, compat)
    if not has_flags.all():
        flags = np.where(has_flags, flags, np.where(in_parent != 0, np.uint64(_PARENT), np.uint64(_PRESENT)))
    # Both 32-bit fields are cut to their size by protobuf: larger numbers are left to it.
    proven = has_start & has_compat & (cursor.at == ends) & ((compat | flags) < 1 << 32) & (pages < _PAGES_SUMMED)
    count = len(frames) if proven.all() else int(proven.argmin())
    if not count:
        return None
    return ColumnBlock(starts[:count], pages[:count], flags[:count], int(ends[count - 1]))


def _frames(octets: NDArray[np.uint8], size: int) -> Index:
    """Offsets of the entries that follow one another from offset 0 and lie whole below `size`.

    A payload of vaddr and counts is shorter than 256 bytes and begins with the tag of
    vaddr, so an entry looks like {any byte, 0, 0, 0, tag}. So may other bytes: a
    candidate is an entry only if the chain of sizes from offset 0 leads to it.
    """
    zero = octets == 0
    looks = zero[1:-3] & zero[2:-2] & zero[3:-1] & (octets[4:] == _VADDR)
    candidates: Index = np.flatnonzero(looks[:size])
    if not len(candidates) or candidates[0] != 0:
        return candidates[:0]
    following = candidates + 4 + octets[candidates]
    chained = following[:-1] == candidates[1:]
    if not chained.all():
        kept = _chain(candidates, following, np.flatnonzero(~chained))
        candidates, following = candidates[kept], following[kept]
    return candidates[following <= size]


def _chain(candidates: Index, following: Index, breaks: Index) -> Mask:
    """Which candidates the chain from the first one leads to; `breaks` are those not followed by their neighbour."""
    kept = np.ones(len(candidates), np.bool_)
    reached = 0
    targets = np.searchsorted(candidates, following[breaks])
    for last, target in zip(breaks.tolist(), targets.tolist(), strict=True):
        if last < reached:
            continue
        kept[last + 1 : target] = False
        if target == len(candidates) or candidates[target] != following[last]:
            kept[target:] = False
            break
        reached = target
    return kept


class _Cursor:
    """Where every entry has been read to."""

    def __init__(self, words: U64, at: Index, ends: Index) -> None:
        self._words = words
        self._ends = ends
        self.at = at
        self._next = words[at]
        """The eight bytes from there on."""

    def field(self, tag: int) -> tuple[U64, Mask]:
        """The field of every entry whose tag comes next: its value, 0 without it, and where it is.

        A varint that does not end within seven bytes leads to an offset where no entry ends.
        """
        here = ((self._next & 0xFF) == tag) & (self.at < self._ends)
        if not here.any():
            return np.zeros(len(here), np.uint64), here
        word = self._next >> _BYTE
        # The lowest top bit that is clear marks a varint's last byte.
        stop = ~word & _TOP_BITS
        below = stop ^ (stop - _ONE)
        word &= below
        bits = np.bitwise_count(below)
        behind = self.at + 1
        behind += bits >> 3
        if not stop.all():
            behind[stop == 0] = len(self._words) - 1
        value = _joined(word, int(bits.max()) >> 3)
        if not here.all():
            value, behind = np.where(here, value, 0), np.where(here, behind, self.at)
        self.at, self._next = behind, self._words[behind]
        return value, here


def _joined(word: U64, longest: int) -> U64:
    """The number that the low seven bits of each byte make, little end first; of `longest` bytes at most."""
    if longest == 1:
        return word & _SEVEN_BITS
    # Pairs of bytes, then of their pairs, then of those.
    word = (word & _EVEN_BYTES) | ((word & _ODD_BYTES) >> _ONE)
    if longest > 2:
        word = (word & _EVEN_PAIRS) | ((word & _ODD_PAIRS) >> _TWO)
    if longest > 4:
        word = (word & _LOW_HALF) | ((word & _HIGH_HALF) >> _FOUR)
    return word
