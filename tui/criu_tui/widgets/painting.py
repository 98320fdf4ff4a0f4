"""What stands on the terminal, so that of a screen that is drawn again only what differs is written.

Textual draws whole panes anew for a change of layout, most of which then looks as before. Over a slow line that
is what people wait for. All that knows of its inside is here, in `compositing` and in the driver, for textual 8.2.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

NEAR = 8
"""Columns between two changes that are written along: to place the cursor takes as many bytes."""
SCROLLBAR = 2
"""Columns on the right that stay as they are while lines beside them move."""
WORTHWHILE = 4
"""Lines from which it is shorter to have the terminal move them."""
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
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "9": "29"}
"""What ends an attribute, by the code that begins it."""
_SEEN_ON_BLANKS = frozenset(["4", "7", "9", "21", "51", "52", "53"])
"""Attributes that draw something, or take the foreground, where there is no sign."""


class _Look(NamedTuple):
    """What a style's sequence sets: codes of attributes, of the foreground and of the background, or none."""

    attributes: tuple[str, ...]
    foreground: str
    background: str

    @property
    def codes(self) -> str:
        return ";".join((*self.attributes, *filter(None, (self.foreground, self.background))))


class _Scroll(NamedTuple):
    """The lines from `top` to before `end` move up by `lines`; down where that is below 0."""

    top: int
    end: int
    lines: int

    def moved(self, lines: Sequence[_Line]) -> list[_Line]:
        """How lines stand then. What stands in those that come up depends on the terminal."""
        within, fresh = lines[self.top : self.end], [_Line() for _ in range(abs(self.lines))]
        after = [*within[self.lines :], *fresh] if self.lines > 0 else [*fresh, *within[: self.lines]]
        return [*lines[: self.top], *after, *lines[self.end :]]


class _Piece:
    """What is to be drawn in a line, from a column on."""

    def __init__(self, y: int, x: int, strips: Sequence[Strip], system: ColorSystem) -> None:
        self.y, self.x, self.strips = y, x, strips
        segments = list(chain.from_iterable(strips))
        self.runs = [(text, "" if style is None else Strip.render_ansi(style, system)) for text, style, _ in segments]
        """Texts with their styles, as codes of an SGR sequence."""
        self.signs = "".join(text for text, _ in self.runs)
        self.certain = (self.signs.isascii() and self.signs.isprintable()) or all(map(_one_column, set(self.signs)))
        """Whether each sign is one column, and there is nothing else to it, as a link."""
        self.certain = self.certain and not any(style is not None and style.link for _, style, _ in segments)


class _Line:
    """The cells of a line: a sign and a style for each; no style where it is not known what stands there."""

    def __init__(self) -> None:
        self.signs: list[str] = []
        self.styles: list[str | None] = []

    def copy(self) -> _Line:
        made = _Line()
        made.signs, made.styles = self.signs.copy(), self.styles.copy()
        return made

    def take(self, pen: _Pen, piece: _Piece) -> None:
        """Has a piece from now on, of which what differs is written."""
        now = list(piece.signs)
        end = piece.x + len(now)
        more = max(0, end - len(self.signs))
        self.signs += [""] * more
        self.styles += [None] * more
        styles: list[str | None] = []
        for text, style in piece.runs:
            ground = _ground(style)
            styles += [style] * len(text) if ground == style else [ground if sign == " " else style for sign in text]
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

    def __init__(self) -> None:
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
        pieces = [_Piece(y, x, strips, system) for y, x, strips in _pieces(update)]
        scroll = self._scroll([piece for piece in pieces if piece.certain and len(piece.signs) == size[0]])
        if scroll is None:
            return _drawn(_Pen(), self._lines, pieces, console)
        pen = _Pen()
        pen.scroll(scroll)
        ways = [(_Pen(), [line.copy() for line in self._lines]), (pen, scroll.moved(self._lines))]
        drawn = [(_drawn(pen, lines, pieces, console), lines) for pen, lines in ways]
        written, self._lines = min(drawn, key=lambda each: len(each[0]))
        return written

    def _scroll(self, whole: Sequence[_Piece]) -> _Scroll | None:
        """How the terminal is to move lines of which most is to be drawn elsewhere.

        Only lines that are drawn in their `whole` width, so that nothing else is moved.
        """
        now = {piece.y: piece.signs[:-SCROLLBAR] for piece in whole}
        stands = {y: "".join(self._lines[y].signs[:-SCROLLBAR]) for y in now}
        changed = [y for y, text in now.items() if text != stands[y] and not text.isspace()]
        places = {text: y for y, text in stands.items()}
        ways = Counter(places[now[y]] - y for y in changed if now[y] in places)
        way, count = max(ways.items(), key=itemgetter(1), default=(0, 0))
        if count < WORTHWHILE:
            return None
        moved = [y for y in changed if places.get(now[y]) == y + way]
        scroll = _Scroll(moved[0] + min(way, 0), moved[-1] + 1 + max(way, 0), way)
        return scroll if all(y in now for y in range(scroll.top, scroll.end)) else None


class Differences(CompositorUpdate):
    """Of an update what differs from what stands on the terminal."""

    def __init__(self, painted: Painted, update: LayoutUpdate | ChopsUpdate) -> None:
        self._painted, self._update = painted, update

    def render_segments(self, console: Console) -> str:
        return self._painted.written(self._update, console)


class _Pen:
    """Writes at a place in a style, and knows where and in which it is."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._style = ""
        self._at: tuple[int, int] | None = None

    def move(self, y: int, x: int) -> None:
        if self._at != (y, x):
            self.out.append(f"\x1b[{y + 1};{x + 1}H")
            self._at = (y, x)

    def turn(self, style: str) -> None:
        if style != self._style:
            self.out.append(_turned(self._style, style))
            self._style = style

    def write(self, text: str, style: str) -> None:
        """Writes from where it is; a blank takes whatever style looks the same there."""
        if style != self._style and (text.strip(" ") or _ground(style) != _ground(self._style)):
            self.turn(style)
        self.out.append(text)
        assert self._at is not None
        self._at = (self._at[0], self._at[1] + len(text))

    def verbatim(self, piece: _Piece, console: Console) -> None:
        """Writes what Textual would."""
        self.turn("")
        x = piece.x
        for strip in piece.strips:
            self._at = None
            self.move(piece.y, x)
            self.out.append(strip.render(console))
            x += strip.cell_length
        self._at = None

    def scroll(self, scroll: _Scroll) -> None:
        """Moves lines."""
        top, end, lines = scroll
        # Deleting and inserting lines within margins, which a VT102 can, and the Linux console too.
        what = f"{lines}M" if lines > 0 else f"{-lines}L"
        self.out.append(f"\x1b[{top + 1};{end}r\x1b[{top + 1};1H\x1b[{what}\x1b[r")
        self._at = None


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


def _drawn(pen: _Pen, lines: list[_Line], pieces: Sequence[_Piece], console: Console) -> str:
    """What a pen has written once lines have all pieces."""
    for piece in pieces:
        if piece.certain:
            lines[piece.y].take(pen, piece)
        else:
            # As Textual has it. Where it ends is the terminal's to say, and so is what it has hidden.
            pen.verbatim(piece, console)
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


@lru_cache(maxsize=1024)
def _look(style: str) -> _Look:
    """Takes a style's codes apart, as ECMA-48 and, for 38 and 48, ISO 8613-6 have them."""
    attributes: list[str] = []
    colours = ["", ""]
    codes = iter(style.split(";") if style else ())
    for code in codes:
        if code in ("38", "48"):
            kind = next(codes)
            values = [next(codes) for _ in range(3 if kind == "2" else 1)]
            colours[code == "48"] = ";".join((code, kind, *values))
        elif code in ("39", "49"):
            colours[code == "49"] = ""
        elif len(code) > 1 and code[-2] in "39":
            colours[0] = code
        elif len(code) > 1 and code[-2] in "40":
            colours[1] = code
        else:
            attributes.append(code)
    return _Look(tuple(attributes), *colours)


@lru_cache(maxsize=1024)
def _ground(style: str) -> str:
    """What of a style is seen where there is no sign."""
    look = _look(style)
    return style if _SEEN_ON_BLANKS.intersection(look.attributes) else look.background


@lru_cache(maxsize=4096)
def _turned(held: str, wanted: str) -> str:
    """The sequence that turns one style into another."""
    before, after = _look(held), _look(wanted)
    lost = [code for code in before.attributes if code not in after.attributes]
    if (
        any(code not in _OFF for code in lost)
        or (before.foreground and not after.foreground)
        or (before.background and not after.background)
    ):
        codes = after.codes
        return f"\x1b[0;{codes}m" if codes else "\x1b[0m"
    ended = {_OFF[code] for code in lost}
    begun = [code for code in after.attributes if code not in before.attributes or _OFF.get(code) in ended]
    colours = [new for old, new in zip(before[1:], after[1:], strict=True) if new != old]
    changes = [*sorted(ended), *begun, *colours]
    return f"\x1b[{';'.join(changes)}m" if changes else ""
