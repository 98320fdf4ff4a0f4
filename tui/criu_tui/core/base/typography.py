"""Spaces, apostrophes and quotes as pages and mails have them, in place of those that programs print."""

from __future__ import annotations

from criu_tui.core.base.expressions import expression

_APOSTROPHE = expression(rb"(?<=[A-Za-z])\xe2\x80\x99(?=[a-z])")
_QUOTATION = expression(
    rb"(?<![^\s=:({\[,])\xe2\x80[\x9c\x9d]((?:(?!\xe2\x80[\x9c\x9d])[^\n]){0,400})\xe2\x80[\x9c\x9d]"
)
_SPACES = (b"\xc2\xa0", b"\xe2\x80\xaf")
"""Spaces at which no line is broken, as pages have them in place of others."""
_NOTHING = b"\xe2\x80\x8b"
"""A place without width at which a line may be broken."""
_COLOURS = expression(rb"\x1b\[[0-9;]{0,20}[mK]")


def plain(data: bytes) -> bytes:
    """Lines with the spaces, apostrophes and quotes that programs print."""
    if data.isascii():
        return data
    for space in _SPACES:
        data = data.replace(space, b" ")
    return _QUOTATION.sub(rb'"\1"', _APOSTROPHE.sub(b"'", data.replace(_NOTHING, b"")))


def bare(data: bytes) -> bytes:
    """The same, without what tells a terminal its colours."""
    return plain(_COLOURS.sub(b"", data) if b"\x1b" in data else data)
