"""Text from a dump made safe to show, and the way numbers are written everywhere."""

from __future__ import annotations

import unicodedata

import humanize

PAGE = 4096
"""Bytes in a page on x86-64; the unit of pagemap entries."""

# Cc control, Cf format (bidi, zero width), Cs surrogate, Zl and Zp separators of
# lines, Co and Cn what no font can show: none of them may reach a terminal.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def display_safe(value: str | bytes, limit: int = 4096) -> str:
    """The text with every character that could act on a terminal made visible.

    Escapes are written as \\xNN or \\uNNNN, also for bytes that are not UTF-8. At most
    `limit` characters of the source are shown; a cut ends in an ellipsis.
    """
    text = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
    cut = len(text) > limit
    if cut:
        text = text[:limit]
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible, text))
    return f"{text}…" if cut else text


def _visible(character: str) -> str:
    code = ord(character)
    # A lone surrogate from "surrogateescape" stands for one undecodable byte.
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if unicodedata.category(character) in _HIDDEN:
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character


def address(value: int) -> str:
    """An address as the kernel prints it: hexadecimal, at least 12 digits, never shortened."""
    return f"{value:012x}"


def size(count: int) -> str:
    """A number of bytes in binary units, exact when it is a whole number of them: "200 GiB"."""
    for unit, suffix in ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit and count % unit == 0 and count // unit < 10_000:
            return f"{count // unit} {suffix}"
    if count < 1024:
        return f"{count} B"
    return humanize.naturalsize(count, binary=True, format="%.1f")


def number(count: int) -> str:
    """An integer with thousands separated: "65,530"."""
    return f"{count:,}"


def counted(count: int, noun: str) -> str:
    """ "1 page", "2 pages"."""
    return f"{number(count)} {noun if count == 1 else noun + 's'}"
