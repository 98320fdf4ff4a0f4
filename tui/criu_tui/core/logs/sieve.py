"""Which lines of a block hold a word as they are shown, told from their bytes where these can tell.

A log of a million lines is searched in a second that way, where taking each line apart takes ten. Every line is one of
three: one that holds the word for sure, one that does not, one that has to be taken apart to know.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.logs.line import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

_AS_THEY_STAND = bytes({*b"\t\n", *range(0x20, 0x7F)} - {*b"&\\^"})
"""Bytes that are shown as they are: none that is made visible, or may be part of an entity, an escape or a colour."""
LONGEST = 2000
"""Bytes of a line that is shown whole, in one message."""
_BEGINNING = rb"\(\d{1,12}\.\d{1,9}\) [ \t]*+(?!0\d|\d{11})"
"""How a line of CRIU's begins whose PID, if it has one, is shown as it stands."""
_TIMED = expression(_BEGINNING)
_ALL_TIMED = expression(rb"%b[^\n]*+(?:\n%b[^\n]*+)*+" % (_BEGINNING, _BEGINNING))
"""Lines that all begin so; in one match that takes a third of the time of one for each."""
_END = b") "
"""Of a time. A second one may be that of a second message on the line."""
_MARKS = (b"error", b"warn", b"pie: ")
"""Of a line that has letters before its text."""
_FEW = 8
"""Lines for each that holds something, from which on it is found faster in all of them at once."""
_TELLING = 16
"""Lines that hold something after which it can be told how many do."""


class SearchedLines:
    """Lines of a log as they are in the file, asked about one after another."""

    def __init__(self, raw: Sequence[bytes]) -> None:
        self.raw = raw
        joined = b"\n".join(raw)
        self.data = joined.lower()
        """All of them, without regard to the case of ASCII."""
        odd: set[int] = set()
        if not _as_it_stands(joined):
            odd = {position for position, line in enumerate(raw) if not _as_it_stands(line)}
        if max(map(len, raw), default=0) > LONGEST:
            odd |= {position for position, line in enumerate(raw) if len(line) > LONGEST}
        self.odd = frozenset(odd)
        """Positions of those that may be shown otherwise than they stand."""

    def having(self, sought: bytes) -> set[int]:
        """Positions of those that hold some bytes."""
        return _having(self.data, sought)

    @cached_property
    def marked(self) -> set[int]:
        """Positions of those that may be an error or a warning, or of code that runs within the task."""
        return set().union(*map(self.having, _MARKS))

    @cached_property
    def _regular(self) -> bool:
        """Whether each begins with its time, and is one message."""
        count = len(self.raw)
        return self.data.count(_END) == count and _ALL_TIMED.fullmatch(self.data) is not None

    def simple(self, positions: set[int]) -> set[int]:
        """Those of some that are one message behind its time, without a mark."""
        if len(positions) * _FEW > len(self.raw):
            return positions - self.marked - self.odd if self._regular else set()
        lines = {position: self.raw[position].lower() for position in positions - self.odd}
        return {
            position
            for position, line in lines.items()
            if line.count(_END) == 1 and _TIMED.match(line) is not None and not any(mark in line for mark in _MARKS)
        }


class Held(NamedTuple):
    """Positions of lines that hold a word, and of those that have to be taken apart to know."""

    sure: set[int]
    unsure: set[int]


def held(lines: SearchedLines, word: str) -> Held:
    """The lines whose time, PID, level, subsystem or text holds a case-folded word."""
    if "\n" in word or not word:
        return Held(set(), set(range(len(lines.raw))))
    if not word.isascii():
        return Held(set(), set(lines.odd))
    sought = word.encode()
    # A tab is shown as two spaces.
    spread = b" " in sought and b"\t" in lines.data
    having = _having(lines.data.replace(b"\t", b"  "), sought) if spread else lines.having(sought)
    if word in Level.WARNING.value:
        having |= lines.having(b"warn")
    sure: set[int] = set()
    if word.isalnum() or (word[0].isalpha() and " " not in word):
        # The only letters before the text are those of the marks. So a word that begins with a letter lies in the
        # text, and one of letters and digits in the text, the time or the PID.
        sure = lines.simple(having)
    return Held(sure, (having - sure) | lines.odd)


def unmarked(lines: SearchedLines) -> set[int]:
    """Positions of lines that are no error and no warning for sure."""
    return set(range(len(lines.raw))) - lines.marked - lines.odd


def _as_it_stands(data: bytes) -> bool:
    others = data.translate(None, _AS_THEY_STAND)
    # An end of line within JSON is taken off, and no letter of what comes before it changes.
    return not others or not (others.strip(b"\\") or data.replace(b'\\n"', b"").count(b"\\"))


def _having(data: bytes, sought: bytes) -> set[int]:
    """Positions of the lines that hold some bytes."""
    found: set[int] = set()
    position = before = 0
    at = data.find(sought)
    while at >= 0:
        position += data.count(b"\n", before, at)
        found.add(position)
        if len(found) > _TELLING and len(found) * _FEW > position:
            return {position for position, line in enumerate(data.split(b"\n")) if sought in line}
        before = at
        end = data.find(b"\n", at)
        at = data.find(sought, end) if end >= 0 else -1
    return found
