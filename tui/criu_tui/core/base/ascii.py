"""Any text in ASCII of the same width, for terminals without Unicode."""

from __future__ import annotations

import unicodedata

_SIGNS = {
    "…": "~", "→": ">", "←": "<", "↑": "^", "↓": "v", "▲": "^", "▼": "v", "▸": ">", "◂": "<", "▶": ">", "◀": "<",
    "•": "*", "●": "*", "·": ".", "○": "o", "×": "x", "÷": "/", "≥": "G", "≤": "L", "≠": "!", "²": "2", "⏎": "<",
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "«": "<", "»": ">",
    "█": "#", "▓": "%", "▒": "+", "░": ":", "■": "#", "□": "o", "▪": "#", "▎": "|", "▌": "|", "▐": "|", "▊": "|",
    "▔": "-", "▁": "_", "▀": "^", "▄": "_", "╸": "-", "╺": "-", "━": "-", "✓": "v", "✗": "x", "✘": "x", "⚠": "!",
    "◌": ",", "▚": "%", "⋯": "~",
}  # fmt: skip


def to_ascii(text: str) -> str:
    """The text with each character that is not ASCII replaced by as many ASCII ones as it is wide."""
    return "".join(character if character.isascii() else _replacement(character) for character in text)


def _replacement(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    code = ord(character)
    if 0x2500 <= code <= 0x257F:
        return _box(unicodedata.name(character))
    if 0x2580 <= code <= 0x259F:
        return "#"
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    plain = unicodedata.normalize("NFKD", character)[0]
    wide = unicodedata.east_asian_width(character) in ("W", "F")
    return (plain if plain.isascii() else "?") + ("?" if wide else "")


def _box(name: str) -> str:
    """A line for a line, a plus where lines meet."""
    if "HORIZONTAL" in name and "VERTICAL" not in name and " AND " not in name:
        return "-"
    if "VERTICAL" in name and "HORIZONTAL" not in name and " AND " not in name:
        return "|"
    if "DIAGONAL" in name:
        return "/"
    return "+"
