"""Any text in ASCII of the same width, for terminals without Unicode."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SIGNS = {
    "…": "~", "→": ">", "←": "<", "↑": "^", "↓": "v", "▲": "^", "▼": "v", "▸": ">", "◂": "<", "▶": ">", "◀": "<",
    "•": "*", "●": "*", "·": ".", "○": "o", "×": "x", "÷": "/", "≥": "G", "≤": "L", "≠": "!", "²": "2", "⏎": "<",
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "«": "<", "»": ">",
    "█": "#", "▓": "%", "▒": "+", "░": ":", "■": "#", "□": "o", "▪": "#", "▐": "|",
    "▔": "-", "▁": "_", "▀": "^", "▄": "*", "╸": "-", "╺": "-", "━": "-", "✓": "+", "✗": "x", "✘": "x", "⚠": "!",
    "▂": "-", "▃": "=", "▅": "$", "▆": "&", "▇": "@", "◌": ",", "▚": "%", "⋯": "~", "🔎": "/ ", "⭘": "o",
    "╲": "\\", "╳": "X",
}  # fmt: skip


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
    return "".join(each if each.isascii() else _replacement(each, width(each)) for each in text)


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
    if 0x2589 <= code <= 0x258F:
        # What a bar has beyond whole cells, or all there is of one that is too short to compare.
        return "|"
    if 0x2580 <= code <= 0x259F:
        return "#"
    if 0x2800 <= code <= 0x28FF:
        # Braille: as the blocks that are so many eighths high.
        return " _-=*$&@#"[(code - 0x2800).bit_count()]
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
