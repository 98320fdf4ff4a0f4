"""The fields of a line, each asked for by its type, and how much any of them may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

LINE_BYTES = 4096
"""Bytes of one line with its end; the longest that `encode` makes is below it."""
NAME_SIZE = 16
"""Characters of a name of a person."""
LABEL_SIZE = 80
"""Characters of the label of a mark, and of what a checkpoint is known and called by."""
TEXT_SIZE = 200
"""Characters of a line of chat, a note, a filter, a reason."""
PID_MAX = 1 << 31
ADDRESS_MAX = 1 << 64


class ProtocolError(Exception):
    """Why a line means nothing."""


class Fields:
    """Those of one line; each method raises ProtocolError for what is of another type, size or range."""

    def __init__(self, found: Mapping[str, object]) -> None:
        self._found = found

    def text(self, name: str, size: int, *, needed: bool = False) -> str:
        """Text that is safe to show, empty where it is not there; raises ProtocolError."""
        value = self._found.get(name, "")
        if not isinstance(value, str):
            raise ProtocolError(f"{name} is no text")
        if len(value) > size:
            raise ProtocolError(f"{name} has more than {size} characters")
        text = safe(value, size)
        if needed and not text:
            raise ProtocolError(f"{name} is missing")
        return text

    def cells(self, name: str, most: int, size: int) -> tuple[str, ...]:
        """A list of texts that are safe to show, with the blanks that they begin with."""
        value = self._found.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise ProtocolError(f"{name} is no list of at most {most}")
        if not all(isinstance(each, str) and len(each) <= size for each in value):
            raise ProtocolError(f"{name} has more than texts of {size} characters")
        return tuple(display_safe(each, size)[:size] for each in value)

    def cell(self, name: str, size: int) -> str:
        """One such text."""
        value = self._found.get(name, "")
        if not isinstance(value, str) or len(value) > size:
            raise ProtocolError(f"{name} is no text of at most {size} characters")
        return display_safe(value, size)[:size]

    def number(self, name: str, end: int) -> int | None:
        """A whole number from 0 up to `end`, which it does not reach; None where it is not there."""
        value = self._found.get(name)
        if value is None:
            return None
        # A bool is an int in Python, and not in JSON.
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < end:
            raise ProtocolError(f"{name} is no number in range")
        return value

    def counted(self, name: str, end: int) -> int:
        """The same, and 0 where it is not there."""
        return self.number(name, end) or 0

    def one_of(self, name: str, known: Container[str]) -> str:
        """A text that is one of those known."""
        value = self.text(name, NAME_SIZE)
        if value not in known:
            raise ProtocolError(f"a {name} that is not here")
        return value

    def flag(self, name: str) -> bool:
        """True or false, and false where it is not there."""
        value = self._found.get(name, False)
        if not isinstance(value, bool):
            raise ProtocolError(f"{name} is neither true nor false")
        return value


def safe(text: str, size: int) -> str:
    """Text that can be shown and sent: no control characters, no blanks around it, at most `size` characters."""
    return display_safe(text.strip(" "), size)[:size].strip(" ")
