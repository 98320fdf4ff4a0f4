"""Where the entries of a large pagemap end, from where they begin and how many pages they have.

A column of ends would take as much as that of starts; counts of pages take half of it, and of most large pagemaps few
ends are asked for. Imports numpy: import this module for pagemaps in columns only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.entries import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from criu_tui.core.pages.pagemap import Pagemap

    Index: TypeAlias = NDArray[np.int64]
    Mask: TypeAlias = NDArray[np.bool_]
    U64: TypeAlias = NDArray[np.uint64]

_PAGE_SHIFT = np.uint64(12)


class EntryEnds:
    """The end of each entry, in bytes, by its index."""

    def __init__(self, starts: U64, pages: NDArray[np.unsignedinteger]) -> None:
        self._starts, self._pages = starts, pages
        # Single numbers come out of these several times as fast.
        self._start_at, self._pages_at = starts.data, pages.data

    def __len__(self) -> int:
        return len(self._start_at)

    def __getitem__(self, index: int) -> int:
        return int(self._start_at[index] + self._pages_at[index] * PAGE)

    def __iter__(self) -> Iterator[int]:
        for at in range(0, len(self), TOGETHER):
            yield from self.of(slice(at, at + TOGETHER)).tolist()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EntryEnds):
            return NotImplemented
        return np.array_equal(self._starts, other._starts) and np.array_equal(self._pages, other._pages)

    __hash__ = None  # type: ignore[assignment]

    def of(self, index: Index | slice) -> U64:
        """Those of many entries."""
        ends: U64 = self._pages[index].astype(np.uint64)
        ends <<= _PAGE_SHIFT
        ends += self._starts[index]
        return ends

    def first_odd(self) -> tuple[int | None, int | None]:
        """See `Pagemap.first_odd`."""
        unaligned = self._first(lambda some: self._starts[some] & np.uint64(PAGE - 1) != 0)
        return unaligned, self._first(lambda some: self._pages[some] == 0)

    def _first(self, of_some: Callable[[slice], Mask]) -> int | None:
        for at in range(0, len(self), TOGETHER):
            found = of_some(slice(at, at + TOGETHER))
            if found.any():
                return at + int(found.argmax())
        return None


def ends_of(pagemap: Pagemap, index: Index | slice) -> U64:
    """The ends of many entries, however the pagemap has them."""
    ends = pagemap.ends
    return ends.of(index) if isinstance(ends, EntryEnds) else np.asarray(ends)[index]


def first_above(pagemap: Pagemap, addresses: U64) -> Index:
    """Of each address the index of the first entry that ends above it, as `Pagemap.first_after`, of ordered entries."""
    found: Index = np.searchsorted(np.asarray(pagemap.starts), addresses, "right")
    # Only the last entry that begins at or below an address can hold it.
    some = np.flatnonzero(found)
    found[some] -= ends_of(pagemap, found[some] - 1) > addresses[some]
    return found
