"""Id maps drawn: every extent as a span inside and a span on the host, each side on a scale of its own.

The scale keeps the order of ids, not their distances: each stretch between two borders
is equally wide, so that one id is seen beside four billion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import number
from criu_tui.core.dump.idmap import ALL_IDS, MOST_EXTENTS, gaps
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.base.span import Span
    from criu_tui.core.dump.idmap import IdMap

WIDTH = 78
"""Characters of a drawing that fits any terminal."""
LEGENDS = ("[─) an extent, · mapped by none, ═ also in an extent above", "· mapped by none, ═ twice", "")
"""What the signs mean; the first that fits is shown."""
_MOST_GAPS = 4
_STRETCH = 6
"""Most characters for one stretch between two borders."""
_HEAD = ("inside", "on the host", "ids")


def lines(uid_map: IdMap, gid_map: IdMap, width: int = WIDTH) -> Iterator[tuple[Tone, str]]:
    """Both maps, one extent a line in the order of the map, then the ids inside that no extent covers; see LEGENDS."""
    left_out = {"uid": len(uid_map) - MOST_EXTENTS, "gid": len(gid_map) - MOST_EXTENTS}
    uid_map, gid_map = uid_map[:MOST_EXTENTS], gid_map[:MOST_EXTENTS]
    labels = [(_shown(e.inside), _shown(e.outside), number(e.count)) for e in (*uid_map, *gid_map)]
    widths = [max(map(len, column)) for column in zip(_HEAD, *labels, strict=True)]
    room = max(8, width - sum(widths) - 16)
    legend = next(words for words in LEGENDS if len(words) <= room + 7)
    yield Tone.DIM, f"     {_labelled(_HEAD, widths)}  {legend}".rstrip()
    for name, extents in (("uid", uid_map), ("gid", gid_map)):
        if not extents:
            yield Tone.WARNING, f"{name}  no extent: nothing is mapped"
            continue
        inside, outside = [e.inside for e in extents], [e.outside for e in extents]
        stretch = min(_STRETCH, room / (len(_borders(inside)) + len(_borders(outside)) - 2))
        for index, (left, right) in enumerate(zip(_bars(inside, stretch), _bars(outside, stretch), strict=True)):
            label = _labelled(labels[index + (len(uid_map) if name == "gid" else 0)], widths)
            yield Tone.PLAIN, f"{'' if index else name:3}  {label}  {left} → {right}".rstrip()
        if left_out[name] > 0:
            yield Tone.WARNING, f"     and {number(left_out[name])} more, which no kernel takes"
        yield Tone.DIM, f"     {_uncovered(inside)}"


def _labelled(cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"{cells[0]:<{widths[0]}}  {cells[1]:<{widths[1]}}  {cells[2]:>{widths[2]}}"


def _shown(span: Span) -> str:
    return f"[{span.start}, {span.end})"


def _uncovered(inside: Sequence[Span]) -> str:
    found = gaps(inside)
    if not found:
        return "every id is mapped"
    more = f" and {number(len(found) - _MOST_GAPS)} more" if len(found) > _MOST_GAPS else ""
    return f"not mapped: {', '.join(map(_shown, found[:_MOST_GAPS]))}{more}"


def _borders(spans: Sequence[Span]) -> list[int]:
    return sorted({ALL_IDS.start, ALL_IDS.end, *(border for span in spans for border in (span.start, span.end))})


def _bars(spans: Sequence[Span], stretch: float) -> Iterator[str]:
    """One bar for each span, all on one scale; `stretch` is the characters between two borders."""
    place = {border: int(index * stretch) for index, border in enumerate(_borders(spans))}
    blank = [" "] * (max(place.values()) + 1)
    for gap in gaps(spans):
        _fill(blank, place, gap, "·")
    for index, span in enumerate(spans):
        bar = blank.copy()
        if span.size:
            _fill(bar, place, span, "─")
            for earlier in spans[:index]:
                if earlier.overlaps(span):
                    _fill(bar, place, span.intersection(earlier), "═")
            start, end = place[span.start], place[span.end]
            if end - start > 1:
                bar[start], bar[end - 1] = "[", ")"
        yield "".join(bar)


def _fill(bar: list[str], place: dict[int, int], span: Span, sign: str) -> None:
    """Draws a span, which takes one character at least."""
    start = place[span.start]
    end = max(place[span.end], start + 1)
    bar[start:end] = sign * (end - start)
