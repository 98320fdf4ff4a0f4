"""The lines that go between those who look at one checkpoint: one JSON object each, checked before it is believed.

tui/docs/sharing.md describes the same for who writes another end of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.report.registry import SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

PROTOCOL = 1
"""Its version: both ends say theirs, and unequal ones part."""
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


class Hello(NamedTuple):
    """The first line of each end; passed on by the host, it tells that somebody has come."""

    name: str
    """Of who says it."""
    checkpoint: str
    """What `identity.identity` says of the checkpoint."""
    title: str = ""
    """What the host calls the checkpoint."""
    read_only: bool = False
    """Whether the guest may look and point, and neither mark nor chat."""
    you: str = ""
    """From the host, the name that the guest has here: no two have the same."""
    version: int = PROTOCOL


class Place(NamedTuple):
    """A pane, a task, and an address of it; None for what is not selected."""

    pane: str
    """One of SHOWN."""
    task: int | None = None
    """A PID."""
    address: int | None = None


class At(NamedTuple):
    """Where somebody is now."""

    place: Place


class Filtered(NamedTuple):
    """The filter of somebody's pane, and the CRIU that the plan is for."""

    pane: str
    text: str
    criu: str
    """As --criu takes it."""


class Following(NamedTuple):
    """Whom somebody follows; empty for nobody."""

    whom: str


class Pointed(NamedTuple):
    """Somebody points at a place."""

    place: Place


class Marked(NamedTuple):
    """A place worth coming back to."""

    place: Place
    label: str
    note: str = ""


class Chatted(NamedTuple):
    """A line for all."""

    text: str


class Bye(NamedTuple):
    """The last line of an end; passed on by the host, it tells that somebody has gone."""

    reason: str = ""


Message = Hello | At | Filtered | Following | Pointed | Marked | Chatted | Bye


class Line(NamedTuple):
    """A message, and who it is of: the host says so, what a guest says of itself there is not looked at."""

    sender: str
    message: Message


KINDS: Mapping[type[Message], str] = {
    Hello: "hello",
    At: "at",
    Filtered: "filter",
    Following: "follow",
    Pointed: "point",
    Marked: "mark",
    Chatted: "chat",
    Bye: "bye",
}
"""What each kind of message is called in a line."""


def encode(line: Line) -> bytes:
    """One line with its end, ASCII alone, shorter than LINE_BYTES."""
    fields: dict[str, object] = {"is": KINDS[type(line.message)]}
    if line.sender:
        fields["from"] = line.sender
    for name, value in zip(line.message._fields, line.message, strict=True):
        if isinstance(value, Place):
            fields |= value._asdict()
        else:
            fields[name] = value
    return json.dumps(fields, separators=(",", ":")).encode("ascii") + b"\n"


def decode(line: bytes) -> Line:
    """The message in a line. Keys that are not known are left alone.

    Raises ProtocolError for what is too long, no JSON object, or has a field of the wrong type, size or range.
    """
    if len(line) > LINE_BYTES:
        raise ProtocolError(f"a line of more than {LINE_BYTES} bytes")
    try:
        found = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        # Also for a number of thousands of digits and for brackets within brackets.
        raise ProtocolError("a line that is no JSON") from None
    if not isinstance(found, dict):
        raise ProtocolError("a line that is no JSON object")
    fields = _Fields(found)
    return Line(fields.text("from", NAME_SIZE), _message(fields))


def _message(fields: _Fields) -> Message:
    match fields.text("is", NAME_SIZE):
        case "hello":
            version = fields.number("version", PID_MAX)
            if version is None:
                raise ProtocolError("a hello without a version")
            return Hello(
                fields.text("name", NAME_SIZE, needed=True),
                fields.text("checkpoint", LABEL_SIZE, needed=True),
                fields.text("title", LABEL_SIZE),
                fields.flag("read_only"),
                fields.text("you", NAME_SIZE),
                version,
            )
        case "at":
            return At(_place(fields))
        case "filter":
            return Filtered(_pane(fields), fields.text("text", TEXT_SIZE), fields.text("criu", NAME_SIZE))
        case "follow":
            return Following(fields.text("whom", NAME_SIZE))
        case "point":
            return Pointed(_place(fields))
        case "mark":
            return Marked(_place(fields), fields.text("label", LABEL_SIZE, needed=True), fields.text("note", TEXT_SIZE))
        case "chat":
            return Chatted(fields.text("text", TEXT_SIZE, needed=True))
        case "bye":
            return Bye(fields.text("reason", TEXT_SIZE))
        case _:
            raise ProtocolError("a line of an unknown kind")


def _place(fields: _Fields) -> Place:
    return Place(_pane(fields), fields.number("task", PID_MAX), fields.number("address", ADDRESS_MAX))


def _pane(fields: _Fields) -> str:
    pane = fields.text("pane", NAME_SIZE)
    if pane not in SHOWN:
        raise ProtocolError("a pane that is not here")
    return pane


class _Fields:
    """The fields of a line, each asked for by its type."""

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

    def number(self, name: str, end: int) -> int | None:
        """A whole number from 0 up to `end`, which it does not reach; None where it is not there."""
        value = self._found.get(name)
        if value is None:
            return None
        # A bool is an int in Python, and not in JSON.
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < end:
            raise ProtocolError(f"{name} is no number in range")
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
