"""Text from a dump made safe to show."""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Cc control, Cf format (bidi, zero width), Cs surrogate, Zl and Zp separators of
# lines, Zs spaces that are not the space, Co and Cn what no font can show: none of
# them may reach a terminal.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))
# Letters, marks and a symbol that show nothing: joiners, fillers, variation selectors, the blank of Braille.
_BLANK = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2800, 0x3164, *range(0xFE00, 0xFE10)))
) | frozenset(map(chr, (0xFFA0, *range(0xE0100, 0xE01F0))))
_MARKS = frozenset(("Mn", "Me"))
_REMEMBERED = 256
"""Texts: the path of one file stands in thousands of rows, and a long one takes a millisecond."""
MARKS_SHOWN = 2
"""Combining marks on one letter that are shown; a stack of them would cover the lines above."""


def display_safe(value: str | bytes, limit: int = 4096) -> str:
    """The text with every character that could act on a terminal made visible.

    Escapes are written as \\xNN or \\uNNNN, also for bytes that are not UTF-8. At most
    `limit` characters of the source are shown; a cut ends in an ellipsis.
    """
    if isinstance(value, str) and len(value) <= limit and value.isascii() and value.isprintable():
        # As nearly all are.
        return value
    text = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
    cut = len(text) > limit
    if cut:
        text = text[:limit]
    if not (text.isascii() and text.isprintable()):
        text = _made_visible(text)
    return f"{text}…" if cut else text


@functools.lru_cache(_REMEMBERED)
def _made_visible(text: str) -> str:
    return "".join(_visible(text))


def _visible(text: str) -> Iterator[str]:
    # How many more marks the character before may bear; at the start there is none to bear any.
    marks_left = 0
    for character in text:
        if character == " " or (character.isascii() and character.isprintable()):
            marks_left = MARKS_SHOWN if character != " " else 0
            yield character
            continue
        category = unicodedata.category(character)
        mark = category in _MARKS
        if category in _HIDDEN or character in _BLANK or (mark and not marks_left):
            marks_left = 0
            yield _escape(ord(character))
        else:
            marks_left = marks_left - 1 if mark else MARKS_SHOWN
            yield character


def _escape(code: int) -> str:
    # A lone surrogate from "surrogateescape" stands for one undecodable byte.
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cut_in_middle(text: str, room: int) -> str:
    """Text in at most so many characters; of a path the file's name stays, with as much before it as fits."""
    if len(text) <= room:
        return text
    if room < 2:
        return "…"[:room]
    name = min(len(text) - text.rfind("/"), room - 1)
    return f"{text[: room - 1 - name]}…{text[-name:]}"
