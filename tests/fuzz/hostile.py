"""Text made to act on a terminal, and how to tell that none of it survived."""

from __future__ import annotations

MARKERS = (
    "\x1b]52;c;aG9zdGlsZQ==\x07",  # puts text on the clipboard
    "\x1b]8;;http://hostile.example/\x1b\\",  # makes a link
    "\x1b[2J\x1b[31;1m",  # clears and colours
    "\x9b31m",  # the same as one C1 byte
    "\x1bP1$r\x1b\\",  # a device control string
    "\u202etxt.exe\u202c",  # bidi override
    "\u2066\u2069",  # bidi isolates
    "a\u200b\u200d\ufeffb",  # no width
    "e" + "\u0301" * 40,  # marks stacked over lines above
    "\U0001f600漢字",  # two cells each
    "line\nbreak\rback\x85next\u2028more",
    "[@click=app.quit]quit[/][/x][bold",  # Textual markup
    "\x00\x08\x7f",
    "\udcff\udc9b",  # bytes that are no UTF-8
)
LONG = "hostile-" * (1 << 17)
"""1 MiB."""


def inert(text: str) -> bool:
    """Whether a text can do nothing to a terminal but show: printable characters and line feeds."""
    return (text.isascii() and text.replace("\n", "").isprintable()) or all(map(_harmless, text))


def _harmless(character: str) -> bool:
    return character == "\n" or character.isprintable()
