"""Strings in bytes: runs of printable ASCII, found by array arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Indexes: TypeAlias = NDArray[np.int64]

_TAB, _SPACE, _PRINTABLE = 0x09, 0x20, 0x5F
"""The tab, the first printable character, and how many there are."""
_NEAR = 256
"""Bytes at the end of a piece in which the last one that is not printable mostly lies."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundStrings:
    """Half-open spans of indexes, in order, in columns."""

    firsts: Indexes
    ends: Indexes

    def __len__(self) -> int:
        return len(self.firsts)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.firsts.tolist(), self.ends.tolist(), strict=True)

    def before(self, index: int) -> FoundStrings:
        """Those that begin before an index."""
        count = int(np.searchsorted(self.firsts, index))
        return FoundStrings(self.firsts[:count], self.ends[:count])


def runs(data: bytes, start: int, shortest: int) -> tuple[FoundStrings, int]:
    """FoundStrings of at least `shortest` printable characters and tabs, from an index on.

    Also the index from which on every byte is printable: what begins there may go on in bytes that follow.
    """
    codes = np.frombuffer(data, np.uint8, offset=start)
    printable = ((codes - np.uint8(_SPACE)) < _PRINTABLE) | (codes == _TAB)
    others = np.flatnonzero(~printable[-_NEAR:]) + max(0, len(printable) - _NEAR)
    if not len(others):
        others = np.flatnonzero(~printable)
    tail = start + (int(others[-1]) + 1 if len(others) else 0)
    # After each step `full` says of an index whether the `width` bytes from it on are printable.
    full, width = printable, 1
    while width < shortest and len(full):
        step = min(width, shortest - width)
        full = full[:-step] & full[step:]
        width += step
    edges = np.flatnonzero(full[1:] != full[:-1]) + 1
    if len(full):
        edges = np.concatenate(([0] * bool(full[0]), edges, [len(full)] * bool(full[-1])))
    edges = edges.astype(np.int64) + start
    return FoundStrings(edges[::2], edges[1::2] + (shortest - 1)), tail
