"""Pages of many pagemap entries compared at once, by array arithmetic: a window of addresses after the other.

What is not as CRIU writes it, cannot be read or is compressed is left to the reading run by run.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.differences.reading import PIECE, Reading, unequal
from criu_tui.core.pages.differences.run_columns import (
    HIGHEST,
    LEFT_TO_ASK,
    WINDOW,
    RunByRunError,
    Runs,
    Side,
    meeting,
    without_runs,
)
from criu_tui.core.pages.places import PageLocation
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.pages.contents import PageBytes
    from criu_tui.core.pages.differences.compared_bytes import ComparedBytes
    from criu_tui.core.pages.differences.pages import PageDifferences
    from criu_tui.core.pages.differences.same_pages import BackingPair
    from criu_tui.core.pages.pagemap import Pagemap

    Numbers: TypeAlias = NDArray[np.int64]
    Mask: TypeAlias = NDArray[np.bool_]

MANY = 256
"""Pagemap entries of both from which arrays are faster than a loop."""
GAP = 1 << 16
"""Bytes that are read for nothing rather than read around."""


@dataclass(slots=True)
class _Both:
    """Stretches of pages with bytes in both, of one file each, by address."""

    starts: Numbers
    sizes: Numbers
    """Bytes of each."""
    ours: Numbers
    theirs: Numbers
    """Where each begins in the file."""

    def split(self) -> _Both:
        """In pieces that are read at once at the most."""
        counts = -(-self.sizes // PIECE)
        if (counts == 1).all():
            return self
        index = np.repeat(np.arange(len(counts)), counts)
        skipped = (np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts)) * PIECE
        sizes = np.minimum(self.sizes[index] - skipped, PIECE)
        return _Both(self.starts[index] + skipped, sizes, self.ours[index] + skipped, self.theirs[index] + skipped)

    def batches(self) -> Iterator[slice]:
        """Those that are read together: near each other in both files."""
        ours_end, theirs_end = self.ours + self.sizes, self.theirs + self.sizes
        far = (self.ours[1:] - ours_end[:-1] > GAP) | (self.theirs[1:] - theirs_end[:-1] > GAP)
        breaks = np.append(np.flatnonzero(far) + 1, len(self.sizes))
        at = 0
        while at < len(self.sizes):
            end = min(
                int(np.searchsorted(ours_end, self.ours[at] + PIECE, "right")),
                int(np.searchsorted(theirs_end, self.theirs[at] + PIECE, "right")),
                int(breaks[np.searchsorted(breaks, at, "right")]),
            )
            yield slice(at, end)
            at = end


def sweep(
    dump: Dump,
    other: Dump,
    together: Mapping[BackingPair, Sequence[PageDifferences]],
    ours: PageBytes,
    theirs: PageBytes,
    compared: ComparedBytes,
) -> None:
    """Compares the pages of places, each given with others by address. Raises CancelledError."""
    reading = Reading(ours, theirs, compared)
    for common, places in together.items():
        low: list[PageDifferences] = []
        if not (_is_small(common.ours.pagemap(dump)) and _is_small(common.theirs.pagemap(other))):
            low = [one for one in places if one.shared.span.end < HIGHEST]
            sides = Side(dump, common.ours, 0), Side(other, common.theirs, common.distance)
            if low and _pays(*sides, low):
                reading.finish()
                _Sweep(reading, *sides, low).compare()
            else:
                low = []
        for one in places[len(low) :]:
            reading.compare(one, one.shared.span)
    reading.finish()


def _is_small(pagemap: Pagemap) -> bool:
    """Whether arrays cannot pay: there are few entries, and none of them leads to a parent dump's."""
    return len(pagemap) < MANY and not pagemap.parent_before[-1]


def _pays(ours: Side, theirs: Side, places: Sequence[PageDifferences]) -> bool:
    """Whether arrays do, and are faster."""
    span = Span(places[0].shared.span.start, places[-1].shared.span.end)
    if not (ours.plain and theirs.plain) or max(ours.entries(span), theirs.entries(span)) < MANY:
        return False
    return all(bound % PAGE == 0 for one in places for bound in (*one.shared.span, one.shared.distance))


class _Sweep:
    """The pages of some places."""

    def __init__(self, reading: Reading, ours: Side, theirs: Side, places: Sequence[PageDifferences]) -> None:
        self._reading = reading
        self._ours, self._theirs = ours, theirs
        self._places = places
        self._starts = np.array([one.shared.span.start for one in places], np.int64)
        self._ends = np.array([one.shared.span.end for one in places], np.int64)

    def compare(self) -> None:
        """Window after window."""
        at, end = int(self._starts[0]), int(self._ends[-1])
        while at < end:
            following = int(np.searchsorted(self._ends, at, "right")) + WINDOW
            most = int(self._starts[following]) if following < len(self._starts) else end
            window = Span(at, -(-min(end, most, self._ours.window(at), self._theirs.window(at)) // PAGE) * PAGE)
            try:
                self._window(window)
            except (RunByRunError, ImageError):
                for index in range(*self._touched(window)):
                    one = self._places[index]
                    self._reading.compare(one, one.shared.span.intersection(window))
                self._reading.finish()
            at = window.end

    def _touched(self, window: Span) -> tuple[int, int]:
        first = int(np.searchsorted(self._ends, window.start, "right"))
        return first, int(np.searchsorted(self._starts, window.end, "left"))

    def _window(self, window: Span) -> None:
        """Nothing is told of a window of which not all can be read."""
        first, last = self._touched(window)
        starts = np.maximum(self._starts[first:last], window.start)
        ends = np.minimum(self._ends[first:last], window.end)
        own, other = (
            runs.cut(*meeting(starts, ends, runs.starts, runs.ends)[1:])
            for runs in (side.runs(*window) for side in (self._ours, self._theirs))
        )
        mine, yours, low, high = meeting(own.starts, own.ends, other.starts, other.ends)
        ours, theirs = own.cut(mine, low, high), other.cut(yours, low, high)
        changed = self._changed(ours, theirs)
        in_ours, in_theirs = ours.depths != LEFT_TO_ASK, theirs.depths != LEFT_TO_ASK
        counts = np.zeros(last - first, np.int64)
        both = in_ours & in_theirs
        np.add.at(counts, np.searchsorted(ends, low[both], "right"), (high - low)[both] // PAGE)
        np.subtract.at(counts, np.searchsorted(ends, changed, "right"), 1)
        for index in np.flatnonzero(counts).tolist():
            self._places[first + index].same += int(counts[index])
        gone = _ordered(without_runs(own.starts, own.ends, other), low, high, in_ours & ~in_theirs)
        appeared = _ordered(without_runs(other.starts, other.ends, own), low, high, in_theirs & ~in_ours)
        for index, pages in _by_place(ends, changed, changed + PAGE):
            self._places[first + index].changed.extend_spans(*pages)
        for index, stretches in _by_place(ends, *gone):
            self._places[first + index].gone.extend_spans(*stretches)
        for index, stretches in _by_place(ends, *appeared):
            self._places[first + index].appeared.extend_spans(*stretches)

    def _changed(self, ours: Runs, theirs: Runs) -> Numbers:
        """Addresses of the pages that differ, of those with bytes in both. Raises ImageError."""
        found = []
        for depth, other_depth, chosen in _by_depths(ours.depths, theirs.depths):
            files = self._ours.file(depth), self._theirs.file(other_depth)
            if self._reading.is_one_file(*files):
                alike = ours.offsets[chosen] == theirs.offsets[chosen]
                same = chosen[alike]
                self._reading.compared.advance(int((ours.ends[same] - ours.starts[same]).sum()))
                chosen = chosen[~alike]
            sizes = ours.ends[chosen] - ours.starts[chosen]
            both = _Both(ours.starts[chosen], sizes, ours.offsets[chosen], theirs.offsets[chosen]).split()
            places = PageLocation(files[0], 0, depth), PageLocation(files[1], 0, other_depth)
            found += [self._batch(both, batch, *places) for batch in both.batches()]
        return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)

    def _batch(self, both: _Both, batch: slice, first: PageLocation, second: PageLocation) -> Numbers:
        starts, sizes = both.starts[batch], both.sizes[batch]
        columns = both.ours[batch], both.theirs[batch]
        ours, theirs = self._reading.read(
            first.after(int(columns[0][0])), int(columns[0][-1] + sizes[-1] - columns[0][0]),
            second.after(int(columns[1][0])), int(columns[1][-1] + sizes[-1] - columns[1][0]),
        )  # fmt: skip
        counts = sizes // PAGE
        before = np.cumsum(counts) - counts
        total = int(counts.sum())
        if len(ours) != total:
            ours = ours[_pages(columns[0], counts, before)]
        if len(theirs) != total:
            theirs = theirs[_pages(columns[1], counts, before)]
        self._reading.compared.advance(total * PAGE)
        pages = np.flatnonzero(unequal(ours, theirs))
        index = np.searchsorted(before, pages, "right") - 1
        addresses: Numbers = starts[index] + (pages - before[index]) * PAGE
        return addresses


def _by_depths(ours: Numbers, theirs: Numbers) -> Iterator[tuple[int, int, Numbers]]:
    """The runs with bytes in both by where these lie in either chain, as indexes; each run is looked at once."""
    held = np.flatnonzero((ours != LEFT_TO_ASK) & (theirs != LEFT_TO_ASK))
    if not len(held):
        return
    key = ours[held] * (int(theirs.max()) + 1) + theirs[held]
    order = np.argsort(key, kind="stable")
    held, key = held[order], key[order]
    for group in np.split(held, np.flatnonzero(np.diff(key)) + 1):
        yield int(ours[group[0]]), int(theirs[group[0]]), group


def _pages(offsets: Numbers, counts: Numbers, before: Numbers) -> Numbers:
    """The rows of pages among those read from the first offset on."""
    rows: Numbers = np.repeat((offsets - offsets[0]) // PAGE - before, counts)
    rows += np.arange(len(rows))
    return rows


def _ordered(
    alone: tuple[Numbers, Numbers, Numbers], low: Numbers, high: Numbers, chosen: Mask
) -> tuple[Numbers, Numbers]:
    """Stretches that only one has, with those that both have and only one has bytes for, by address."""
    starts = np.concatenate((alone[1], low[chosen]))
    order = np.argsort(starts, kind="stable")
    return starts[order], np.concatenate((alone[2], high[chosen]))[order]


def _by_place(place_ends: Numbers, starts: Numbers, ends: Numbers) -> Iterator[tuple[int, tuple[Numbers, Numbers]]]:
    """Stretches by the place that holds them, which is an index."""
    index = np.searchsorted(place_ends, starts, "right")
    breaks = np.flatnonzero(np.diff(index)) + 1
    edges = [0, *breaks.tolist(), len(starts)] if len(starts) else []
    for first, last in pairwise(edges):
        yield int(index[first]), (starts[first:last], ends[first:last])
