"""An id map as two rulers, the ids inside above those on the host, and a band from each extent to its ids there.

Lengths are not to scale: a stretch of ids is as wide as the logarithm of their number, so that one id is seen
beside 64,535, and the order of ids is kept on both rulers.
"""

from __future__ import annotations

import string
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.span import Span
from criu_tui.core.dump.idmap import ALL_IDS, flaws, gaps
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from criu_tui.core.dump.idmap import IdMap

MARGIN = 9
"""Characters left of the rulers, for their names."""
LINES = 6
"""Lines of a drawing."""
_BANDS = 2
"""Lines between the rulers."""
_LEAST = 3
"""Characters of a stretch at least."""
_WORDS = " no host id"
_LETTERS = string.ascii_lowercase


class _Stretch(NamedTuple):
    """Ids of one extent, or of none, and the columns that they take on a ruler."""

    ids: Span
    extent: int | None
    columns: Span

    def column(self, number: int) -> int:
        """Where an id of it is."""
        return self.columns.start + (number - self.ids.start) * self.columns.size // self.ids.size


def lines(name: str, extents: IdMap, used: Collection[int], width: int) -> list[tuple[Tone, str]]:
    """The map `name`, with the ids inside that are in use (of ALL_IDS), as LINES lines of at most `width` characters.

    A stretch is as wide as the logarithm of how many ids it has.
    Each stretch of ids is told by its first one, so that nothing is left out. No line where extents are too many
    for the width, or are such as no kernel takes (empty, beyond the last id, overlapping): those are only listed.
    A map is good where id 0, which CRIU asks for first, and all ids in use have one on the host.
    """
    room = width - MARGIN
    odd = not extents or any(flaws(extents))
    inside = [] if odd else _laid_out([e.inside for e in extents], room)
    host = [] if odd else _laid_out([e.outside for e in extents], room)
    if not inside or not host:
        return []
    above, below = _ruler(inside, len(extents)), _ruler(host, len(extents))
    _hatch(above, inside)
    hangs = _mark(above, inside, used)
    leads = inside[0].extent is not None and not hangs
    found = [
        (Tone.DIM, "", _labels(inside)),
        (Tone.GOOD if leads else Tone.ERROR, f"{name} in", "".join(above)),
        *((Tone.DIM, "", line) for line in _bands(inside, host, room)),
        (Tone.GOOD if leads else Tone.PLAIN, "on host", "".join(below)),
        (Tone.DIM, "", _labels(host)),
    ]
    return [(tone, f"{label:<{MARGIN}}{drawn}".rstrip()) for tone, label, drawn in found]


def lines_of_both(
    uid_map: IdMap, gid_map: IdMap, used: tuple[Collection[int], Collection[int]], width: int
) -> list[tuple[Tone, str]]:
    """Both maps below what the signs mean, as one where they are the same; `used` are uids and gids inside."""
    if uid_map == gid_map:
        drawn = lines("ids", uid_map, {*used[0], *used[1]}, width)
    else:
        drawn = lines("uid", uid_map, used[0], width) + lines("gid", gid_map, used[1], width)
    used_too = ", ● in use" if any("●" in line for _, line in drawn) else ""
    return [(Tone.DIM, f"{'':<{MARGIN}}░ mapped by none{used_too}; lengths are not to scale"), *drawn] if drawn else []


def _laid_out(spans: Sequence[Span], room: int) -> list[_Stretch]:
    """All ids in order, those of extents and those between them; nothing where they do not fit."""
    stretches = sorted([(span, index) for index, span in enumerate(spans)] + [(gap, None) for gap in gaps(spans)])
    # Every stretch has room for its first id, so that the rulers are exact.
    least = [max(_LEAST, len(str(span.start)) + 1) for span, _ in stretches]
    # What is not mapped is there to be seen, not to be measured.
    weights = [span.size.bit_length() // (4 if index is None else 1) for span, index in stretches]
    spare, total = room - sum(least), max(1, sum(weights))
    if spare < 0:
        return []
    found: list[_Stretch] = []
    start = before = 0
    for (span, index), fewest, weight in zip(stretches, least, weights, strict=True):
        end = start + fewest + spare * (before + weight) // total - spare * before // total
        before += weight
        found.append(_Stretch(span, index, Span(start, end)))
        start = end
    return found


def _ruler(stretches: Sequence[_Stretch], extents: int) -> list[str]:
    """The extents, each with the letter that it has on both rulers where there are several."""
    ruler: list[str] = []
    for stretch in stretches:
        wide = stretch.columns.size
        if stretch.extent is None:
            ruler += " " * wide
        else:
            letter = _LETTERS[stretch.extent] if 1 < extents <= len(_LETTERS) else ""
            ruler += f"┝{letter:━^{wide - 2}}┥"
    return ruler


def _hatch(ruler: list[str], stretches: Sequence[_Stretch]) -> None:
    """Marks the ids inside that have none on the host; the words stand where id 0 is one of them."""
    for stretch in stretches:
        if stretch.extent is not None:
            continue
        start, end = stretch.columns
        ruler[start:end] = "░" * (end - start)
        if ALL_IDS.start in stretch.ids:
            ruler[start] = "✗"
            if end - start > len(_WORDS):
                ruler[start + 1 : start + 1 + len(_WORDS)] = _WORDS


def _mark(ruler: list[str], stretches: Sequence[_Stretch], used: Collection[int]) -> bool:
    """Marks the ids in use; whether one of them has none on the host."""
    hangs = False
    starts = [stretch.ids.start for stretch in stretches]
    for number in used:
        stretch = stretches[bisect_right(starts, number) - 1]
        hangs = hangs or stretch.extent is None
        ruler[stretch.column(number)] = "✗" if stretch.extent is None else "●"
    return hangs


def _bands(inside: Sequence[_Stretch], host: Sequence[_Stretch], room: int) -> Iterator[str]:
    """Lines that lead from each extent to its ids on the host; where two cross, it shows."""
    there = {stretch.extent: stretch.columns for stretch in host}
    for step in range(1, _BANDS + 1):
        line = [" "] * room
        for stretch in inside:
            if stretch.extent is None:
                continue
            here, to = stretch.columns, there[stretch.extent]
            start, end = (a + (b - a) * step // (_BANDS + 1) for a, b in zip(here, to, strict=True))
            middle = sum(to) - sum(here)
            sign = "│" if abs(middle) <= 2 else "╲" if middle > 0 else "╱"
            for column in range(start, max(end, start + 1)):
                line[column] = sign if line[column] in (" ", sign) else "╳"
        yield "".join(line)


def _labels(stretches: Sequence[_Stretch]) -> str:
    """The first id of each stretch, above or below its beginning."""
    return "".join(str(stretch.ids.start).ljust(stretch.columns.size) for stretch in stretches)
