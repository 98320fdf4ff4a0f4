"""What stands on the terminal, so that of a screen that is drawn again only what differs is written.

Textual draws whole panes anew for a change of layout, most of which then looks as before. Over a slow line that
is what people wait for.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from criu_tui.widgets.pen import Pen, ground

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import Console

NEAR = 4
"""Columns between two changes that are written along: to go past them takes as many bytes."""
SCROLLBAR = 2
"""Columns on the right that stay as they are while lines beside them move."""
FEWEST = 3
"""Lines of which one stands elsewhere, one comes, and one has the cursor: of fewer none is worth moving."""
WORTHWHILE = 60
"""Bytes of signs from which on it may be shorter to have the terminal move the lines that they stand in."""
_ONE_COLUMN = (
    (" ", "~"),
    ("\u00a1", "\u00ac"),
    ("\u00ae", "\u02ff"),
    ("\u2010", "\u2027"),
    ("\u2190", "\u22ff"),
    ("\u2500", "\u25fc"),
    ("\u25ff", "\u25ff"),
    ("\u2713", "\u2713"),
    ("\u2717", "\u2717"),
    ("\u2800", "\u28ff"),
)
"""First and last of the signs that take one column on every terminal; about others terminals differ."""


class _Scroll:
    """The lines from `top` to before `end` move up by `lines`; down where that is below 0."""

    def __init__(self, top: int, end: int, lines: int) -> None:
        self.top, self.end, self.lines = top, end, lines

    def moved(self, lines: Sequence[_Line]) -> list[_Line]:
        """How lines stand then. What stands in those that come up depends on the terminal."""
        within, fresh = lines[self.top : self.end], [_Line() for _ in range(abs(self.lines))]
        after = [*within[self.lines :], *fresh] if self.lines > 0 else [*fresh, *within[: self.lines]]
        return [*lines[: self.top], *after, *lines[self.end :]]


class _Piece:
    """What is to be drawn in a line, from a column on: texts with their styles, as codes of an SGR sequence."""

    def __init__(
        self, y: int, x: int, runs: Sequence[tuple[str, str]], signs: str, strips: Sequence[Strip] = ()
    ) -> None:
        """`strips`: what it is drawn by where not each sign is one column, or there is more to it, as a link."""
        self.y, self.x, self.runs, self.signs, self.strips = y, x, runs, signs, strips
        self.end = x + len(signs)
        self.certain = not strips
        """Whether the terminal has no say in where it ends, or what is seen of it."""


class _Line:
    """The cells of a line: a sign and a style for each; no style where it is not known what stands there."""

    def __init__(self) -> None:
        self.signs: list[str] = []
        self.styles: list[str | None] = []

    def copy(self) -> _Line:
        made = _Line()
        made.signs, made.styles = self.signs.copy(), self.styles.copy()
        return made

    def known_beside(self, start: int, end: int, width: int) -> bool:
        """Whether it is known what stands before the column `start`, and from `end` on."""
        return len(self.styles) == width and None not in chain(self.styles[:start], self.styles[end:])

    def runs(self, start: int, end: int) -> Iterator[tuple[str, str]]:
        """What stands in these columns, all of which are known."""
        for style, cells in groupby(range(start, end), self.styles.__getitem__):
            yield "".join(self.signs[at] for at in cells), style or ""

    def take(self, pen: Pen, piece: _Piece) -> None:
        """Has a piece from now on, of which what differs is written."""
        now = list(piece.signs)
        end = piece.x + len(now)
        more = max(0, end - len(self.signs))
        self.signs += [""] * more
        self.styles += [None] * more
        styles: list[str | None] = []
        for text, style in piece.runs:
            blank = ground(style)
            styles += [style] * len(text) if blank == style else [blank if sign == " " else style for sign in text]
        here = slice(piece.x, end)
        before, had = self.signs[here], self.styles[here]
        self.signs[here], self.styles[here] = now, styles
        if had.count(None) == len(had):
            pen.move(piece.y, piece.x)
            for text, style in piece.runs:
                pen.write(text, style)
        elif before != now or had != styles:
            full = [style for text, style in piece.runs for _ in text]
            for start, stop in _changed(before, had, now, styles):
                pen.move(piece.y, piece.x + start)
                for style, cells in groupby(range(start, stop), full.__getitem__):
                    pen.write("".join(now[at] for at in cells), style)


class Painted:
    """What stands on the terminal, as far as it is known."""

    def __init__(self, erases: Callable[[], bool]) -> None:
        self._erases = erases
        """Tells whether the terminal erases blanks in colour; not asked for the first update, which does not wait."""
        self._begun = False
        self._size = (0, 0)
        self._lines: list[_Line] = []

    def forget(self) -> None:
        """Anything may stand there now."""
        self._lines = [_Line() for _ in self._lines]

    def written(self, update: LayoutUpdate | ChopsUpdate, console: Console) -> str:
        """What has to be written for an update; from then on it counts as written."""
        size = _size(update)
        if size != self._size:
            self._size = size
            self._lines = [_Line() for _ in range(size[1])]
        system = COLOR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
        pieces = [_piece(y, x, strips, system) for y, x, strips in _pieces(update)]
        erases = self._begun and self._erases()
        moved = self._moved(pieces) if self._begun else None
        self._begun = True
        if moved is None:
            return _drawn(Pen(erases=erases), self._lines, pieces, console)
        scroll, completed = moved
        pen = Pen(erases=erases)
        pen.scroll(scroll.top, scroll.end, scroll.lines)
        ways = [
            (_drawn(Pen(erases=erases), plain := [line.copy() for line in self._lines], pieces, console), plain),
            (_drawn(pen, shifted := scroll.moved(self._lines), completed, console), shifted),
        ]
        written, self._lines = min(ways, key=lambda each: len(each[0].encode()))
        return written

    def _moved(self, pieces: Sequence[_Piece]) -> tuple[_Scroll, list[_Piece]] | None:
        """How the terminal is to move lines of which most is to be drawn elsewhere, and what to draw then.

        It moves whole lines: what else stands in them, as the frame of a pane, is drawn again where it differs.
        """
        if len(pieces) < FEWEST:
            return None
        width = self._size[0]
        columns = Counter((piece.x, piece.end) for piece in pieces if piece.certain)
        (start, end), _ = max(columns.items(), key=itemgetter(1), default=((0, 0), 0))
        if 2 * (end - start) < width:
            return None
        now = {piece.y: piece for piece in pieces if (piece.x, piece.end) == (start, end) and piece.certain}
        scroll = self._scroll({y: piece.signs[:-SCROLLBAR] for y, piece in now.items()}, start)
        if scroll is None:
            return None
        within = range(scroll.top, scroll.end)
        if any(y not in now or not self._lines[y].known_beside(start, end, width) for y in within):
            return None
        if any(piece.y in within and piece is not now[piece.y] for piece in pieces):
            return None
        whole = {}
        for y in within:
            runs = [*self._lines[y].runs(0, start), *now[y].runs, *self._lines[y].runs(end, width)]
            whole[y] = _Piece(y, 0, runs, "".join(text for text, _ in runs))
        return scroll, [whole.get(piece.y, piece) for piece in pieces]

    def _scroll(self, now: Mapping[int, str], start: int) -> _Scroll | None:
        """How lines that are to have a text from a column on are to move, from where they stand to where they will."""
        stands = {y: "".join(self._lines[y].signs[start : start + len(text)]) for y, text in now.items()}
        changed = [y for y, text in now.items() if text != stands[y] and not text.isspace()]
        places: dict[str, list[int]] = {}
        for y, text in stands.items():
            places.setdefault(text, []).append(y)
        ways: Counter[int] = Counter()
        for y in changed:
            if now[y] in places:
                nearest = min(places[now[y]], key=lambda place: abs(place - y))
                ways[nearest - y] += len(now[y].replace(" ", "").encode())
        way, worth = max(ways.items(), key=itemgetter(1), default=(0, 0))
        if worth < WORTHWHILE:
            return None
        moved = [y for y in changed if stands.get(y + way) == now[y]]
        return _Scroll(moved[0] + min(way, 0), moved[-1] + 1 + max(way, 0), way)


class Differences(CompositorUpdate):
    """Of an update what differs from what stands on the terminal."""

    def __init__(self, painted: Painted, update: LayoutUpdate | ChopsUpdate) -> None:
        self._painted, self._update = painted, update

    def render_segments(self, console: Console) -> str:
        return self._painted.written(self._update, console)


def _piece(y: int, x: int, strips: Sequence[Strip], system: ColorSystem) -> _Piece:
    segments = list(chain.from_iterable(strips))
    runs = [(text, "" if style is None else Strip.render_ansi(style, system)) for text, style, _ in segments]
    signs = "".join(text for text, _ in runs)
    certain = (signs.isascii() and signs.isprintable()) or all(map(_one_column, set(signs)))
    certain = certain and not any(style is not None and style.link for _, style, _ in segments)
    return _Piece(y, x, runs, signs, () if certain else strips)


def _size(update: LayoutUpdate | ChopsUpdate) -> tuple[int, int]:
    """Columns and lines of the screen that an update is of."""
    if isinstance(update, LayoutUpdate):
        return update.region.right, update.region.bottom
    return update.chop_ends[0][-1], len(update.chops)


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, list[Strip]]]:
    """What an update draws: line, first column, and strips that follow one another."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            yield y, update.region.x, list(strips)
        return
    for y, first, last in update.spans:
        start, end = 0, -1
        together: list[Strip] = []
        for stop, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x >= last or stop <= first:
                continue
            if x != end:
                if together:
                    yield y, start, together
                start, together = x, []
            end = min(stop, last)
            together.append(strip if end == stop else strip.crop(0, end - x))
        if together:
            yield y, start, together


def _drawn(pen: Pen, lines: list[_Line], pieces: Sequence[_Piece], console: Console) -> str:
    """What a pen has written once lines have all pieces."""
    for piece in pieces:
        if piece.certain:
            lines[piece.y].take(pen, piece)
        else:
            # As Textual has it. Where it ends is the terminal's to say, and so is what it has hidden.
            x = piece.x
            for strip in piece.strips:
                pen.verbatim(piece.y, x, strip.render(console))
                x += strip.cell_length
            lines[piece.y] = _Line()
    pen.turn("")
    return "".join(("\x1b[0m", *pen.out)) if pen.out else ""


def _changed(
    before: list[str], had: list[str | None], now: list[str], styles: list[str | None]
) -> Iterator[tuple[int, int]]:
    """The parts of a line that differ; no word in parts, which who has the screen read aloud would hear so."""
    start = end = -1
    length = len(now)
    for at in range(length):
        if (before[at] == now[at] and had[at] == styles[at]) or at < end:
            continue
        first = at
        while first > 0 and "!" <= now[first - 1] <= "~":
            first -= 1
        after = at + 1
        while after < length and "!" <= now[after] <= "~":
            after += 1
        if start < 0:
            start = first
        elif first - end > NEAR:
            yield start, end
            start = first
        end = after
    if start >= 0:
        yield start, end


@lru_cache(maxsize=4096)
def _one_column(sign: str) -> bool:
    return any(first <= sign <= last for first, last in _ONE_COLUMN)
