"""Any text in ASCII of the same width, for terminals without Unicode."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SIGNS = {
    "…": "~", "→": ">", "←": "<", "↑": "^", "↓": "v", "▲": "^", "▼": "v", "▸": ">", "◂": "<", "▶": ">", "◀": "<",
    "•": "*", "●": "*", "·": ".", "○": "o", "×": "x", "÷": "/", "≥": "G", "≤": "L", "≠": "!", "²": "2", "⏎": "<",
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "«": "<", "»": ">",
    "█": "#", "▓": "%", "▒": "+", "░": ":", "■": "#", "□": "o", "▪": "#", "▎": "|", "▌": "|", "▐": "|", "▊": "|",
    "▔": "-", "▁": "_", "▀": "^", "▄": "*", "╸": "-", "╺": "-", "━": "-", "✓": "v", "✗": "x", "✘": "x", "⚠": "!",
    "▂": "-", "▃": "=", "▅": "$", "▆": "&", "▇": "@", "◌": ",", "▚": "%", "⋯": "~", "🔎": "/ ", "⭘": "o",
    "╲": "\\", "╳": "X",
}  # fmt: skip
_CHANGED_PROT = re.compile("(?<=[r-][w-][x-])→(?=[r-][w-][x-])")
"""The arrow between two protections such as r--: as ">" it would look like the head of a longer arrow."""


def wide_by_unicode(character: str) -> int:
    """Columns of a character as Unicode says; terminals and what draws on them have tables of their own."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def to_ascii(text: str, width: Callable[[str], int] = wide_by_unicode) -> str:
    """The text with each character that is not ASCII replaced by as many ASCII ones as it is wide.

    `width` gives a character's columns: what has laid the text out must be asked, for the tables differ.
    """
    if text.isascii():
        return text
    told_apart = _CHANGED_PROT.sub("/", text)
    return "".join(each if each.isascii() else _replacement(each, width(each)) for each in told_apart)


def _replacement(character: str, width: int) -> str:
    if width <= 0:
        return ""
    return _sign(character)[:width].ljust(width, "?")


def _sign(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    code = ord(character)
    if 0x2500 <= code <= 0x257F:
        return _box(unicodedata.name(character))
    if 0x2580 <= code <= 0x259F:
        return "#"
    plain = unicodedata.normalize("NFKD", character)[0]
    return plain if plain.isascii() else "?"


def _box(name: str) -> str:
    """A line for a line, a plus where lines meet."""
    if "HORIZONTAL" in name and "VERTICAL" not in name and " AND " not in name:
        return "-"
    if "VERTICAL" in name and "HORIZONTAL" not in name and " AND " not in name:
        return "|"
    if "DIAGONAL" in name:
        return "/"
    return "+"
