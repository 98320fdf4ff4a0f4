"""What to look for in dumped bytes: text, bytes, an expression, or strings of some length."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.pages.required import NOTHING, Required, required

if TYPE_CHECKING:
    import regex

LONGEST = 1 << 16
"""Bytes that a match of an expression may have across a border of chunks; what is longer is cut there."""
STRINGS_SHORTEST = 4


class PatternError(ValueError):
    """What is wrong with a pattern, in one line."""


class PatternForm(enum.Enum):
    """How a pattern is written."""

    TEXT = "text"
    BYTES = "hex"
    EXPRESSION = "re"
    STRINGS = "strings"


@dataclass(frozen=True, slots=True)
class Pattern:
    """What to look for; made by `pattern`."""

    form: PatternForm
    source: str
    """As given, without its form."""
    literal: bytes = b""
    """For TEXT and BYTES: exactly these. For EXPRESSION: what every match begins with, empty if unknown."""
    expression: regex.Pattern[bytes] | None = None
    required: Required = NOTHING
    """For EXPRESSION: what is known of every match."""
    shortest: int = 0
    """For STRINGS: the fewest bytes of one."""


def pattern(form: PatternForm, source: str) -> Pattern:
    """A pattern of a form: UTF-8 text, hexadecimal bytes, an expression, or the shortest length of strings.

    Raises PatternError, whose message says what is wrong.
    """
    match form:
        case PatternForm.TEXT:
            literal = source.encode("utf-8", "surrogateescape")
        case PatternForm.BYTES:
            try:
                literal = bytes.fromhex(source.removeprefix("0x"))
            except ValueError:
                raise PatternError(f"{source!r} is not bytes in hexadecimal, such as 7f454c46") from None
        case PatternForm.EXPRESSION:
            given = source.encode("utf-8", "surrogateescape")
            return Pattern(form, source, beginning(given), _compiled(given), required(given))
        case PatternForm.STRINGS:
            text = source or str(STRINGS_SHORTEST)
            if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= LONGEST):
                raise PatternError(f"the shortest length of strings is a number from 1 to {LONGEST}, not {source!r}")
            return Pattern(form, text, shortest=int(text))
    if not literal:
        raise PatternError("nothing to search for")
    return Pattern(form, source, literal)


def _compiled(source: bytes) -> regex.Pattern[bytes]:
    # Unlike the standard library's, this engine gives other threads their turn, has a time
    # limit, and knows a match that the end of the data has cut.
    import regex

    if not source:
        raise PatternError("nothing to search for")
    try:
        return regex.compile(source)
    except (regex.error, OverflowError, RecursionError) as error:
        raise PatternError(f"not a regular expression: {error}") from None


_PLAIN = re.compile(rb"[A-Za-z0-9 _/:=@,;<>%&\x80-\xff-]+")
_OPTIONAL = (b"?", b"*", b"{")
_FLAGS = re.compile(rb"\(\?[A-Za-z]")


def beginning(expression: bytes) -> bytes:
    """Bytes that every match of an expression begins with; empty where a first look does not tell.

    A search for them is ten times as fast as the expression's own, so it finds the places where that is tried.
    """
    plain = _PLAIN.match(expression)
    if plain is None or b"|" in expression or _FLAGS.search(expression):
        return b""
    rest = expression[plain.end() :]
    return plain[0][:-1] if rest.startswith(_OPTIONAL) else plain[0]
