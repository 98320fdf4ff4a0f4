"""`reading_in` by array arithmetic, for pagemaps in columns. Imports numpy: import this module for those only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.ends import ends_of, first_above
from criu_tui.core.pages.entries import PageFlag, PageKind, page_kind
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
    """As `reading_in.read_in`."""
    entry_starts = np.asarray(pagemap.starts)
    low = np.array([one.span.start for one in mapped], np.uint64)
    high = np.array([one.span.end for one in mapped], np.uint64)
    first = first_above(pagemap, low)
    counts = np.maximum(np.searchsorted(entry_starts, high, "left") - first, 0)
    # Of each stretch of an entry in a mapping: the indexes of both.
    holder = np.repeat(np.arange(len(mapped)), counts)
    index = np.arange(len(holder)) + np.repeat(first - (np.cumsum(counts) - counts), counts)
    starts = np.maximum(entry_starts[index], low[holder])
    ends = np.minimum(ends_of(pagemap, index), high[holder])
    flags = np.asarray(pagemap.flags)[index]
    held = (starts < ends) & ~_ABSENT[flags]
    left = held & (_MAY_BE_LAZY if lazy else _LAZY)[flags]
    read = held & ~left
    pages = (ends - starts) // np.uint64(PAGE)
    enqueued = read & np.array([one.by_restorer for one in mapped], bool)[holder]
    index, starts, ends = index[enqueued], starts[enqueued], ends[enqueued]
    payloads = pagemap.payloads
    places = (
        np.asarray(pagemap.present_before)[index] * np.uint64(PAGE)
        if payloads is None
        else np.frombuffer(payloads.starts, np.uint64)[index]
    )
    return ReadIn(
        int(pages[read].sum()),
        int(pages[left].sum()),
        len(index),
        tuple(_batches(starts, ends, places + starts - entry_starts[index])),
    )


def _batches(starts: NDArray[np.uint64], ends: NDArray[np.uint64], offsets: NDArray[np.uint64]) -> list[ReadBatch]:
    """The batches of runs by address, each at an offset in the pages file."""
    if not len(starts):
        return []
    lengths = ends - starts
    broken = np.ones(len(starts), bool)
    broken[1:] = offsets[1:] != (offsets + lengths)[:-1]
    vector = broken.copy()
    vector[1:] |= starts[1:] != ends[:-1]
    number = np.cumsum(vector) - 1
    # What adjoins in the file goes on in the same batch until that is full.
    unbroken = number[np.maximum.accumulate(np.where(broken, np.arange(len(starts)), 0))]
    batch = np.flatnonzero(vector & ((number - unbroken) % VECTORS == 0))
    vectors = np.flatnonzero(vector)
    first_lengths = np.add.reduceat(lengths, vectors)[number[batch]]
    sizes = np.diff(number[batch], append=len(vectors))
    return [
        ReadBatch(*of_batch)
        for of_batch in zip(starts[batch].tolist(), first_lengths.tolist(), sizes.tolist(), strict=True)
    ]
