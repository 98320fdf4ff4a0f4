"""How the characters of a text are written: UTF-8, or the UTF-16 that Windows' tools make of what they redirect."""

from __future__ import annotations

import enum

SAMPLE = 512
"""Bytes of a text's beginning that tell its encoding."""
FEWEST = 8
"""Bytes from which a text without a mark can be told to be UTF-16."""
MOST = 0.75
"""Share of the characters of such a text that are of ASCII."""


class Encoding(enum.Enum):
    """How characters are written; the values are Python's names."""

    UTF_8 = "utf-8"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"

    @property
    def newline(self) -> bytes:
        """The end of a line."""
        return "\n".encode(self.value)

    @property
    def width(self) -> int:
        """Bytes of the smallest character: where one begins is a multiple of it."""
        return len(self.newline)

    def as_utf8(self, data: bytes) -> bytes:
        """The same characters as UTF-8, without a byte order mark; bytes that are none of them are replaced."""
        if self is Encoding.UTF_8:
            return data
        return data.decode(self.value, "replace").removeprefix("\ufeff").encode("utf-8", "replace")

    def find_newline(self, data: bytes) -> int:
        """Where the first line ends that ends in these bytes, behind its end; 0 where none does."""
        at = data.find(self.newline)
        while at >= 0 and at % self.width:
            at = data.find(self.newline, at + 1)
        return at + self.width if at >= 0 else 0

    def rfind_newline(self, data: bytes) -> int:
        """Where the last line ends that ends in these bytes, behind its end; 0 where none does."""
        at = data.rfind(self.newline)
        while at >= 0 and at % self.width:
            at = data.rfind(self.newline, 0, at + self.width - 1)
        return at + self.width if at >= 0 else 0


def encoding_of(beginning: bytes) -> Encoding:
    """The encoding that a text begins with: by its mark, else by every second byte being NUL."""
    sample = beginning[:SAMPLE]
    for encoding in (Encoding.UTF_16_LE, Encoding.UTF_16_BE):
        if sample.startswith("\ufeff".encode(encoding.value)):
            return encoding
    if len(sample) >= FEWEST:
        pairs = len(sample) // 2
        even, odd = sample[: 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
        # Most characters of a log are of ASCII; a few may be of another script, whatever their bytes.
        if odd > MOST * pairs and even < (1 - MOST) * pairs:
            return Encoding.UTF_16_LE
        if even > MOST * pairs and odd < (1 - MOST) * pairs:
            return Encoding.UTF_16_BE
    return Encoding.UTF_8


def as_utf8(text: bytes) -> bytes:
    """A text, or its beginning, in whichever encoding it begins with."""
    return encoding_of(text).as_utf8(text)
