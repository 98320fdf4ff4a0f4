"""Writes signs at places of the terminal, in styles, by few bytes: what has been said already is not said again."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ERASED = 16
"""Blanks that it is shorter to have the terminal erase, and go past, than to write."""
_BLANKS = re.compile(f"( {{{ERASED},}})")
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "9": "29"}
"""What ends an attribute, by the code that begins it."""
_SEEN_ON_BLANKS = frozenset(["4", "7", "9", "21", "51", "52", "53"])
"""Attributes that draw something, or take the foreground, where there is no sign."""


class _Look:
    """What a style's sequence sets: codes of attributes, of the foreground and of the background, or none."""

    def __init__(self, attributes: Sequence[str], foreground: str, background: str) -> None:
        self.attributes = attributes
        self.foreground, self.background = foreground, background

    @property
    def colours(self) -> tuple[str, str]:
        return self.foreground, self.background

    @property
    def codes(self) -> str:
        return ";".join((*self.attributes, *filter(None, self.colours)))


class Pen:
    """Writes at a place in a style, and knows where and in which it is."""

    def __init__(self, *, erases: bool) -> None:
        self.out: list[str] = []
        self._erases = erases
        """Whether the terminal erases in the background of the style that it is in."""
        self._style = ""
        self._at: tuple[int, int] | None = None
        """Line and column that the terminal writes at next; None where only it knows."""
        self._wanted = (0, 0)
        """What is written next comes here."""

    def move(self, y: int, x: int) -> None:
        self._wanted = (y, x)

    def turn(self, style: str) -> None:
        if style != self._style:
            self.out.append(_turned(self._style, style))
            self._style = style

    def write(self, text: str, style: str) -> None:
        """Writes from where it is; a blank takes whatever style looks the same there."""
        if style != self._style and (text.strip(" ") or ground(style) != ground(self._style)):
            self.turn(style)
        y, x = self._wanted
        self._wanted = (y, x + len(text))
        if not self._erases or len(text) < ERASED or not _plain_on_blanks(self._style):
            self._go(y, x)
            self._put(text)
            return
        for part in _BLANKS.split(text):
            if part:
                self._go(y, x)
                if len(part) >= ERASED and part.isspace():
                    # ECMA-48's ECH, which leaves the cursor where it is.
                    self.out.append(f"\x1b[{len(part)}X")
                else:
                    self._put(part)
                x += len(part)

    def verbatim(self, y: int, x: int, text: str) -> None:
        """Writes what may have sequences of its own, and signs of which only the terminal knows how wide they are."""
        self.turn("")
        self._go(y, x)
        self.out.append(text)
        self._at = None

    def scroll(self, top: int, end: int, lines: int) -> None:
        """Moves the lines from `top` to before `end` up by `lines`, down where that is below 0."""
        # Deleting and inserting lines within margins, which a VT102 can, and the Linux console too.
        what = f"{lines}M" if lines > 0 else f"{-lines}L"
        self.out.append(f"\x1b[{top + 1};{end}r\x1b[{top + 1};1H\x1b[{what}\x1b[r")
        self._at = None

    def _go(self, y: int, x: int) -> None:
        if self._at == (y, x):
            return
        if self._at is not None and self._at[0] == y and x > self._at[1]:
            self.out.append(f"\x1b[{x - self._at[1]}C")
        else:
            self.out.append(f"\x1b[{y + 1};{x + 1}H")
        self._at = (y, x)

    def _put(self, text: str) -> None:
        self.out.append(text)
        assert self._at is not None
        self._at = (self._at[0], self._at[1] + len(text))


@cache
def erases_in_colour() -> bool:
    """Whether the terminal erases a number of signs, in the background that it writes on (bce of terminfo(5))."""
    try:
        import curses
    except ImportError:
        # A Python that was built without.
        return False
    try:
        # Textual draws on standard error.
        curses.setupterm(fd=2)
    except curses.error:
        return False
    return curses.tigetflag("bce") == 1 and curses.tigetstr("ech") == b"\x1b[%p1%dX"


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
    return _Look(attributes, *colours)


@lru_cache(maxsize=1024)
def ground(style: str) -> str:
    """What of a style is seen where there is no sign."""
    look = _look(style)
    return look.background if _plain_on_blanks(style) else style


@lru_cache(maxsize=1024)
def _plain_on_blanks(style: str) -> bool:
    """Whether all that is seen of a style where there is no sign is its background."""
    return not _SEEN_ON_BLANKS.intersection(_look(style).attributes)


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
    colours = [new for old, new in zip(before.colours, after.colours, strict=True) if new != old]
    changes = [*sorted(ended), *begun, *colours]
    return f"\x1b[{';'.join(changes)}m" if changes else ""
