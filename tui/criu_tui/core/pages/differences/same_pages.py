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
    from criu_tui.core.pages.places import Backing
    from criu_tui.core.source.source import SourceFile

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

    def left(self, common: BackingPair, places: Sequence[PageDifferences]) -> Sequence[PageDifferences]:
        """The places of which it is still to be seen what differs; of the others it is told that all is the same."""
        bias = common.ours.bias
        if not self._readable or bias % PAGE or bias + common.distance != common.theirs.bias:
            return places
        ours, theirs = common.ours.pagemap(self._dump), common.theirs.pagemap(self._other)
        if not (ours.is_plain and (theirs is ours or theirs.is_plain)):
            return places
        file, other = self._dump.source.file(ours.pages_name), self._other.source.file(theirs.pages_name)
        data, there = (b"", b"") if file == other else (_whole(file), _whole(other))
        # Also where all is left: whoever waits may have given up meanwhile.
        self._compared.advance(0)
        if data is None or there is None:
            return places
        found: list[PageDifferences] = []
        for one in places:
            # The same addresses in both pagemaps, by the biases.
            here = common.ours.inside(one.shared.span)
            if (here.start | here.end) % PAGE or not ours.same_within(theirs, here):
                found.append(one)
                continue
            mine = ours.in_file(here)
            yours = mine if ours is theirs else theirs.in_file(here)
            if mine is None or yours is None:
                found.append(one)
            elif mine == yours if file == other else _are_same(data, mine, there, yours):
                one.same += mine.size // PAGE
                self._compared.advance(mine.size)
            else:
                found.append(one)
        return found


def _whole(file: SourceFile) -> bytes | None:
    """All of a file that is not large; None where it is, or cannot be read: then it is to be seen of which pages."""
    try:
        return file.source.read_small(file.name, WHOLE)
    except ImageError:
        return None


def _are_same(data: bytes, mine: Span, other: bytes, yours: Span) -> bool:
    """Whether stretches of two files hold the same bytes, as many in both."""
    return mine.end <= len(data) and data[mine.start : mine.end] == other[yours.start : yours.end]
