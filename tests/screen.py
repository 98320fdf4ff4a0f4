"""A terminal's screen as a test's own model: what bytes make of it, cell by cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEQUENCE = re.compile(r"\x1b\[([?<>=]?)([0-9;]*)([$ ]?)([A-Za-z])|\x1b\](.*?)(?:\x07|\x1b\\)")
_ENDS = {"22": {"1", "2"}, "23": {"3"}, "24": {"4", "21"}, "25": {"5", "6"}, "27": {"7"}, "29": {"9"}}
"""What ends which attributes, as ECMA-48 has it."""


class Cell(NamedTuple):
    sign: str
    attributes: frozenset[str]
    foreground: str
    background: str
    link: str

    @property
    def seen(self) -> Cell:
        """What of it can be seen: without a sign the foreground cannot, unless something draws with it."""
        drawing = self.attributes & {"4", "7", "9", "21", "51", "52", "53"}
        if self.sign != " " or drawing:
            return self
        return self._replace(foreground="", attributes=frozenset())


PLAIN = Cell(" ", frozenset(), "", "", "")
GARBAGE = Cell("?", frozenset("4"), "31", "42", "")


class Screen:
    """A terminal: places, styles, links, wide signs, lines deleted and inserted within margins; no wrapping.

    What it does not say what comes up where lines were moved, as terminals differ: garbage does.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.cells = [[GARBAGE] * width for _ in range(height)]
        self.pen = PLAIN
        self._y = self._x = 0
        self._margins = (0, height)

    def write(self, text: str) -> None:
        at = 0
        for found in _SEQUENCE.finditer(text):
            self._signs(text[at : found.start()])
            at = found.end()
            private, codes, between, what, named = found.groups()
            if named is not None:
                self.pen = self.pen._replace(link=named.split(";", 2)[2]) if named.startswith("8;") else self.pen
            elif what == "m":
                self._style(codes.split(";"))
            elif not private and not between and what != "u":
                self._control(what, [int(code) for code in codes.split(";") if code])
        self._signs(text[at:])

    def _signs(self, text: str) -> None:
        assert "\x1b" not in text
        for sign in text:
            if sign == "\n":
                self._y += 1
                continue
            if not cell_len(sign):
                before = self.cells[self._y][self._x - 1]
                self.cells[self._y][self._x - 1] = before._replace(sign=before.sign + sign)
                continue
            for part in (sign, *[""] * (cell_len(sign) - 1)):
                assert self._x < self.width, "written beyond the last column"
                self.cells[self._y][self._x] = self.pen._replace(sign=part)
                self._x += 1

    def _control(self, what: str, numbers: list[int]) -> None:
        if what == "H":
            self._y, self._x = numbers[0] - 1, numbers[1] - 1
            assert 0 <= self._y < self.height
        elif what == "C":
            self._x += numbers[0]
            assert self._x < self.width
        elif what == "X":
            assert self._x + numbers[0] <= self.width
            blank = self.pen._replace(sign=" ", attributes=frozenset(), foreground="")
            self.cells[self._y][self._x : self._x + numbers[0]] = [blank] * numbers[0]
        elif what == "r":
            self._margins = (numbers[0] - 1, numbers[1]) if numbers else (0, self.height)
        else:
            top, end = self._margins
            assert top <= self._y < end
            garbage = [[GARBAGE] * self.width for _ in range(numbers[0])]
            lines = self.cells[self._y : end]
            moved = [*lines[numbers[0] :], *garbage] if what == "M" else [*garbage, *lines[: -numbers[0]]]
            assert what in "ML"
            assert len(moved) == len(lines)
            self.cells[self._y : end] = moved

    def _style(self, codes: Sequence[str]) -> None:
        attributes, foreground, background = set(self.pen.attributes), self.pen.foreground, self.pen.background
        left = iter(codes)
        for code in left:
            if code in ("0", ""):
                attributes, foreground, background = set(), "", ""
            elif code in ("38", "48"):
                kind = next(left)
                colour = ";".join([kind, *(next(left) for _ in range(3 if kind == "2" else 1))])
                foreground, background = (colour, background) if code == "38" else (foreground, colour)
            elif code in _ENDS:
                attributes -= _ENDS[code]
            elif 30 <= int(code) <= 39 or 90 <= int(code) <= 97:
                foreground = "" if code == "39" else code
            elif 40 <= int(code) <= 49 or 100 <= int(code) <= 107:
                background = "" if code == "49" else code
            else:
                attributes.add(code)
        self.pen = Cell(self.pen.sign, frozenset(attributes), foreground, background, self.pen.link)

    @property
    def seen(self) -> list[list[Cell]]:
        return [[cell.seen for cell in line] for line in self.cells]
