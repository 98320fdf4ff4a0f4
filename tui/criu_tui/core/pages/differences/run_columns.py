"""The pages that a checkpoint has in a window of addresses, through its parents, in numpy's columns."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.ends import ends_of
from criu_tui.core.pages.entries import PageKind, page_kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.pages.pagemap import Pagemap
    from criu_tui.core.pages.places import Backing
    from criu_tui.core.source.source import SourceFile

    Numbers: TypeAlias = NDArray[np.int64]

WINDOW = 1 << 14
"""Pagemap entries of one dump that are in arrays at a time."""
HIGHEST = 1 << 62
"""Addresses and offsets below this are added without a thought."""
LEFT_TO_ASK = -1
"""In place of the depth in the chain: the page was left to be asked for, and has no bytes."""
_KINDS = {kind: np.array([page_kind(flags) is kind for flags in range(256)]) for kind in PageKind}
"""By flags, whether an entry is of a kind."""


class RunByRunError(Exception):
    """Arrays do not do for this window."""


class Runs(NamedTuple):
    """Stretches of a task's addresses with their bytes in one piece, by address, in columns."""

    starts: Numbers
    ends: Numbers
    depths: Numbers
    """How far up the chain the bytes lie, or LEFT_TO_ASK."""
    offsets: Numbers
    """In the pages file."""

    def cut(self, chosen: Numbers, starts: Numbers, ends: Numbers) -> Runs:
        """Parts of the runs of these indexes."""
        return Runs(starts, ends, self.depths[chosen], self.offsets[chosen] + starts - self.starts[chosen])


class Side:
    """The pages that one checkpoint has at some addresses, seen from those of the first one."""

    def __init__(self, dump: Dump, source: Backing, distance: int) -> None:
        self._shift = distance - source.bias
        """What is added to an address for that in the pagemap."""
        self._dumps = tuple(dump.chain())
        self._pagemaps = [source.pagemap(level) for level in self._dumps]
        self.plain = all(map(_plain, self._dumps, self._pagemaps))

    def entries(self, span: Span) -> int:
        """How many there are in a span."""
        there = Span(span.start + self._shift, span.end + self._shift)
        return sum(len(pagemap.overlapping(there)) for pagemap in self._pagemaps)

    def window(self, start: int) -> int:
        """Up to where no dump of the chain has more than WINDOW entries."""
        ends = [1 << 64]
        for pagemap in self._pagemaps:
            index = pagemap.first_after(start + self._shift) + WINDOW
            if index < len(pagemap):
                ends.append(pagemap.starts[index] - self._shift)
        return min(ends)

    def file(self, depth: int) -> SourceFile:
        """The pages file of a dump of the chain."""
        return self._dumps[depth].source.file(self._pagemaps[depth].pages_name)

    def runs(self, start: int, end: int) -> Runs:
        """All runs in a window; raises RunByRunError."""
        if not 0 <= start + self._shift <= end + self._shift < HIGHEST:
            raise RunByRunError
        found = self._walk(start + self._shift, end + self._shift, 0)
        return found._replace(starts=found.starts - self._shift, ends=found.ends - self._shift)

    def _walk(self, start: int, end: int, depth: int) -> Runs:
        """In addresses of the pagemap, through parent dumps."""
        pagemap = self._pagemaps[depth]
        held = slice(pagemap.first_after(start), bisect_left(pagemap.starts, end))
        first = np.asarray(pagemap.starts)[held]
        starts = np.maximum(first, np.uint64(start)).astype(np.int64)
        ends = np.minimum(ends_of(pagemap, held), np.uint64(end)).astype(np.int64)
        if len(starts) and (int(np.bitwise_or.reduce(starts)) | int(np.bitwise_or.reduce(ends))) % PAGE:
            raise RunByRunError
        flags = np.asarray(pagemap.flags)[held]
        filled = starts < ends
        present, lazy, parent = (
            np.flatnonzero(_KINDS[kind][flags] & filled) for kind in (PageKind.PRESENT, PageKind.LAZY, PageKind.PARENT)
        )
        before = np.asarray(pagemap.present_before)[held.start : held.start + len(starts)]
        offsets = (before * np.uint64(PAGE)).astype(np.int64) + starts - first.astype(np.int64)
        runs = Runs(starts, ends, np.zeros(len(starts), np.int64), offsets)
        parts = [
            Runs(starts[present], ends[present], np.full(len(present), depth), runs.offsets[present]),
            Runs(starts[lazy], ends[lazy], np.full(len(lazy), LEFT_TO_ASK), np.zeros(len(lazy), np.int64)),
        ]
        if len(parent):
            parts.append(self._of_parent(starts[parent], ends[parent], depth + 1))
        if sum(len(part.starts) > 0 for part in parts) < 2:
            return next((part for part in parts if len(part.starts)), parts[0])
        whole = Runs(*map(np.concatenate, zip(*parts, strict=True)))
        order = np.argsort(whole.starts, kind="stable")
        return Runs(*(column[order] for column in whole))

    def _of_parent(self, starts: Numbers, ends: Numbers, depth: int) -> Runs:
        """What the dump at a depth has of pages that were left to it, which should be all."""
        if depth == len(self._dumps):
            raise RunByRunError
        there = self._walk(int(starts[0]), int(ends[-1]), depth)
        own, first, last = meeting(starts, ends, there.starts, there.ends)[1:]
        found = there.cut(own, first, last)
        if (found.depths == LEFT_TO_ASK).any() or int((last - first).sum()) != int((ends - starts).sum()):
            raise RunByRunError
        return found


def _plain(dump: Dump, pagemap: Pagemap) -> bool:
    """Whether the places of pages follow from counts, and entries from each other, as CRIU writes them."""
    return (
        pagemap.ordered
        and pagemap.payloads is None
        and dump.unreadable_pages is None
        and pagemap.present_pages * PAGE < HIGHEST
    )


def meeting(
    starts: Numbers, ends: Numbers, other_starts: Numbers, other_ends: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Where stretches of two lists overlap, each sorted and apart: both indexes, start and end."""
    first = np.searchsorted(other_ends, starts, "right")
    counts = np.maximum(np.searchsorted(other_starts, ends, "left") - first, 0)
    index = np.repeat(np.arange(len(starts)), counts)
    other = np.arange(len(index)) + np.repeat(first - (np.cumsum(counts) - counts), counts)
    low, high = np.maximum(starts[index], other_starts[other]), np.minimum(ends[index], other_ends[other])
    return index, other, low, high


def without_runs(starts: Numbers, ends: Numbers, runs: Runs) -> tuple[Numbers, Numbers, Numbers]:
    """The parts of stretches that no run covers: index, start and end."""
    edge = np.array([0]), np.array([HIGHEST])
    gap_starts, gap_ends = np.concatenate((edge[0], runs.ends)), np.concatenate((runs.starts, edge[1]))
    real = gap_starts < gap_ends
    index, _, low, high = meeting(starts, ends, gap_starts[real], gap_ends[real])
    return index, low, high
