"""Pages that are the same in both checkpoints, as those of most tasks: told without a look at where each page lies.

Imports no numpy, which takes longer than to compare some hundred tasks: the other pages are compared in arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.units import PAGE
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.base.span import Span
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.pages.differences.compared_bytes import ComparedBytes
    from criu_tui.core.pages.differences.pages import PageDifferences
    from criu_tui.core.pages.pagemap import Pagemap
    from criu_tui.core.pages.places import Backing

WHOLE = 1 << 19
"""Bytes of a pages file up to which it is read at once."""


class BackingPair(NamedTuple):
    """Where both have the pages of places that are compared in one go, and how far apart their addresses are."""

    ours: Backing
    theirs: Backing
    distance: int


class SamePages:
    """Compares the pages of places together, where both checkpoints have the same entries for them."""

    def __init__(self, dump: Dump, other: Dump, compared: ComparedBytes) -> None:
        self._dump, self._other, self._compared = dump, other, compared
        self._readable = not (dump.unreadable_pages or other.unreadable_pages)

    def take(self, common: BackingPair, places: Sequence[PageDifferences]) -> bool:
        """Whether the pages of all these places are the same, which is then told; False where it is to be seen."""
        bias = common.ours.bias
        if not self._readable or bias % PAGE or bias + common.distance != common.theirs.bias:
            return False
        ours, theirs = common.ours.pagemap(self._dump), common.theirs.pagemap(self._other)
        if not (ours.is_plain and (theirs is ours or theirs.is_plain)):
            return False
        pieces: list[tuple[Span, Span]] = []
        for one in places:
            # The same addresses in both pagemaps, by the biases.
            here = common.ours.inside(one.shared.span)
            if (here.start | here.end) % PAGE or not ours.same_within(theirs, here):
                return False
            mine = ours.in_file(here)
            yours = mine if ours is theirs else theirs.in_file(here)
            if mine is None or yours is None:
                return False
            pieces.append((mine, yours))
        if not self._are_same(ours, theirs, pieces):
            return False
        for one, (mine, _) in zip(places, pieces, strict=True):
            one.same += mine.size // PAGE
            self._compared.advance(mine.size)
        return True

    def _are_same(self, ours: Pagemap, theirs: Pagemap, pieces: Sequence[tuple[Span, Span]]) -> bool:
        """Whether pieces of two pages files hold the same bytes; False also where that is not to be had so quickly."""
        file, other = self._dump.source.file(ours.pages_name), self._other.source.file(theirs.pages_name)
        if file == other and all(mine == yours for mine, yours in pieces):
            return True
        try:
            data, there = file.source.read_small(file.name, WHOLE), other.source.read_small(other.name, WHOLE)
        except ImageError:
            return False
        if data is None or there is None:
            return False
        return all(
            mine.end <= len(data) and data[mine.start : mine.end] == there[yours.start : yours.end]
            for mine, yours in pieces
        )
