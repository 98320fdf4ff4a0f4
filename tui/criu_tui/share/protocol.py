"""The lines that go between those who look at one checkpoint: one JSON object each, checked before it is believed.

tui/docs/sharing.md describes the same for who writes another end of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.report.registry import SHOWN
from criu_tui.share.fields import (
    ADDRESS_MAX,
    LABEL_SIZE,
    LINE_BYTES,
    NAME_SIZE,
    PID_MAX,
    TEXT_SIZE,
    Fields,
    ProtocolError,
)
from criu_tui.share.row_lines import ROW_KINDS, RowLine, fields_of, row_line

if TYPE_CHECKING:
    from collections.abc import Mapping

PROTOCOL = 2
"""Its version: both ends say theirs, and unequal ones part."""


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
    rows: bool = False
    """Whether the guest has no checkpoint, and asks the host for what the panes show."""


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
    """The filter and the order of somebody's pane, and the CRIU that the plan is for."""

    pane: str
    text: str
    criu: str
    """As --criu takes it."""
    column: str = ""
    """Title of the column that rows are sorted by; empty for the table's own order."""
    descending: bool = False


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


class Allowed(NamedTuple):
    """From the host alone: whether who has no checkpoint may be sent bytes of it."""

    bytes: bool


Message = Hello | At | Filtered | Following | Pointed | Marked | Chatted | Bye | Allowed | RowLine


class Line(NamedTuple):
    """A message, and who it is of: the host says so, what a guest says of itself there is not looked at."""

    sender: str
    message: Message


KINDS: Mapping[type, str] = {
    Hello: "hello",
    At: "at",
    Filtered: "filter",
    Following: "follow",
    Pointed: "point",
    Marked: "mark",
    Chatted: "chat",
    Bye: "bye",
    Allowed: "allow",
    **ROW_KINDS,
}
"""What each kind of message is called in a line."""


def encode(line: Line) -> bytes:
    """One line with its end, ASCII alone, shorter than LINE_BYTES."""
    fields: dict[str, object] = {"is": KINDS[type(line.message)]}
    if line.sender:
        fields["from"] = line.sender
    if isinstance(line.message, RowLine):
        fields |= fields_of(line.message)
    else:
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
    fields = Fields(found)
    return Line(fields.text("from", NAME_SIZE), _message(fields))


def _message(fields: Fields) -> Message:
    kind = fields.text("is", NAME_SIZE)
    if kind in ROW_KINDS.values():
        return row_line(kind, fields)
    match kind:
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
                fields.flag("rows"),
            )
        case "at":
            return At(_place(fields))
        case "filter":
            return Filtered(
                _pane(fields),
                fields.text("text", TEXT_SIZE),
                fields.text("criu", NAME_SIZE),
                fields.text("column", LABEL_SIZE),
                fields.flag("descending"),
            )
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
        case "allow":
            return Allowed(fields.flag("bytes"))
        case _:
            raise ProtocolError("a line of an unknown kind")


def _place(fields: Fields) -> Place:
    return Place(_pane(fields), fields.number("task", PID_MAX), fields.number("address", ADDRESS_MAX))


def _pane(fields: Fields) -> str:
    return fields.one_of("pane", SHOWN)
