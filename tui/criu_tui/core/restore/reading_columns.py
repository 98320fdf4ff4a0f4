"""`reading_in` by array arithmetic, for pagemaps in columns. Imports numpy: import this module for those only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.ends import ends_of, first_above
from criu_tui.core.pages.entries import TOGETHER, PageFlag, PageKind, page_kind
from criu_tui.core.restore.reading_in import VECTORS, ReadBatch, ReadIn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from criu_tui.core.pages.pagemap import Pagemap
    from criu_tui.core.restore.reading_in import ReadInto

_ABSENT = np.array([page_kind(flags) is PageKind.ABSENT for flags in range(256)])
_LAZY = np.array([page_kind(flags) is PageKind.LAZY for flags in range(256)])
_MAY_BE_LAZY = _LAZY | np.array([bool(flags & PageFlag.LAZY) for flags in range(256)])
"""By flags."""


def read_in(pagemap: Pagemap, mapped: Sequence[ReadInto], *, lazy: bool) -> ReadIn:
    """As `reading_in.read_in`, TOGETHER stretches of entries in mappings at a time."""
    entry_starts, entry_flags = np.asarray(pagemap.starts), np.asarray(pagemap.flags)
    low = np.array([one.span.start for one in mapped], np.uint64)
    high = np.array([one.span.end for one in mapped], np.uint64)
    by_restorer = np.array([one.by_restorer for one in mapped], bool)
    first = first_above(pagemap, low)
    counts = np.maximum(np.searchsorted(entry_starts, high, "left") - first, 0)
    behind = np.cumsum(counts)
    payloads = pagemap.payloads
    places = np.asarray(pagemap.present_before) if payloads is None else np.frombuffer(payloads.starts, np.uint64)
    unit = np.uint64(PAGE if payloads is None else 1)
    restored = left = enqueued = 0
    batches = _Batches()
    stretches = int(counts.sum())
    for at in range(0, stretches, TOGETHER):
        number = np.arange(at, min(at + TOGETHER, stretches))
        # Of each stretch of an entry in a mapping: the indexes of both.
        holder = np.searchsorted(behind, number, "right")
        index = number + (first + counts - behind)[holder]
        starts = np.maximum(entry_starts[index], low[holder])
        ends = np.minimum(ends_of(pagemap, index), high[holder])
        flags = entry_flags[index]
        held = (starts < ends) & ~_ABSENT[flags]
        lazily = held & (_MAY_BE_LAZY if lazy else _LAZY)[flags]
        read = held & ~lazily
        pages = (ends - starts) // np.uint64(PAGE)
        restored += int(pages[read].sum())
        left += int(pages[lazily].sum())
        read &= by_restorer[holder]
        index, starts, ends = index[read], starts[read], ends[read]
        enqueued += len(index)
        batches.add(starts, ends - starts, places[index] * unit + starts - entry_starts[index])
    return ReadIn(restored, left, enqueued, tuple(batches.found))


class _Batches:
    """The batches of runs by address, which are added some at a time."""

    def __init__(self) -> None:
        self.found: list[ReadBatch] = []
        self._vectors = 0
        """Of the runs that adjoin the last one in the file, itself among them."""
        self._end_address = self._end_offset = -1

    def add(self, starts: NDArray[np.uint64], lengths: NDArray[np.uint64], offsets: NDArray[np.uint64]) -> None:
        """More runs, each at an offset in the pages file."""
        if not len(starts):
            return
        broken, vector = np.empty(len(starts), bool), np.empty(len(starts), bool)
        broken[0] = int(offsets[0]) != self._end_offset
        broken[1:] = offsets[1:] != (offsets + lengths)[:-1]
        vector[0] = int(starts[0]) != self._end_address
        vector[1:] = starts[1:] != (starts + lengths)[:-1]
        vector |= broken
        # What adjoins in the file goes on in the same batch until that is full.
        number = self._vectors - 1 + np.cumsum(vector)
        last_break = np.maximum.accumulate(np.where(broken, np.arange(len(starts)), -1))
        number -= np.where(last_break < 0, 0, number[last_break])
        batch = np.flatnonzero(vector & (number % VECTORS == 0))
        vectors = np.flatnonzero(vector)
        of_batch = np.searchsorted(vectors, batch)
        if self.found:
            more = int(of_batch[0]) if len(batch) else len(vectors)
            self._lengthen(lengths[: vectors[0] if len(vectors) else None], more)
        if len(batch):
            first_lengths = np.add.reduceat(lengths, vectors)[of_batch]
            sizes = np.diff(of_batch, append=len(vectors))
            columns = starts[batch].tolist(), first_lengths.tolist(), sizes.tolist()
            self.found.extend(map(ReadBatch, *columns))
        self._vectors = int(number[-1]) + 1
        self._end_address, self._end_offset = int(starts[-1] + lengths[-1]), int(offsets[-1] + lengths[-1])

    def _lengthen(self, adjoining: NDArray[np.uint64], vectors: int) -> None:
        """The last batch goes on: with runs that adjoin its last vector in memory, then with more vectors."""
        last = self.found[-1]
        first_length = last.first_length + (int(adjoining.sum()) if last.vectors == 1 else 0)
        self.found[-1] = ReadBatch(last.address, first_length, last.vectors + vectors)
