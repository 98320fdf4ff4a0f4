"""How much of an image is decoded: the entries of a kind, and what one message repeats.

Decoded, a message of a million VMAs takes five times its bytes, only to be thrown away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.limits import ENTRY_LIMIT, TASK_LIMIT, VMA_LIMIT
from criu_tui.core.base.units import number
from criu_tui.core.images.wire import FIXED, LENGTH, VARINT, read_varint

if TYPE_CHECKING:
    from google.protobuf.message import Message

_GROUPS = (3, 4)
"""Wire types of what begins and ends a group, whose fields stand between them as any others."""


_KEPT = {"mm_entry": ("vmas", VMA_LIMIT, "VMAs")}
"""By message: a repeated field, how many of it are kept, and what people call them."""
_ANY = (ENTRY_LIMIT, "entries: the rest is not read")
_MOST = {
    "pstree_entry": (TASK_LIMIT, "tasks: the others are not shown"),
    # Before CRIU 1.2, VMAs had an image of their own.
    "vma_entry": (VMA_LIMIT, "VMAs: the others are left out"),
}
"""By message: how many entries of an image are kept, and what becomes of more."""


def most_entries(message: type[Message]) -> tuple[int, str]:
    """How many entries of an image of such messages are kept, and what is said of one that has more, for people."""
    most, otherwise = _MOST.get(message.DESCRIPTOR.name, _ANY)
    return most, f"more than {number(most)} {otherwise}"


def is_shortened(message: type[Message]) -> bool:
    """Whether messages of a type may have more of a field than is kept."""
    return message.DESCRIPTOR.name in _KEPT


def shortened(payload: bytes, message: type[Message]) -> tuple[bytes, str | None]:
    """A message with no more of a repeated field than is kept, and what it no longer has, for people.

    Others as they are, of which nothing is said.
    """
    kept = _KEPT.get(message.DESCRIPTOR.name)
    if kept is None:
        return payload, None
    field, most, words = kept
    if len(payload) <= most:
        # Each takes a byte and more.
        return payload, None
    tag = message.DESCRIPTOR.fields_by_name[field].number << 3 | LENGTH
    # Each begins with one of two bytes, however it is written, so that nearly all messages need not be walked through.
    if sum(payload.count(tag & 0x7F | more) for more in (0, 0x80)) <= most:
        return payload, None
    parts, count = _parts(payload, tag, most)
    if count <= most:
        return payload, None
    return b"".join(parts), f"{number(count)} {words}: those after {number(most)} are left out"


def _parts(payload: bytes, wanted: int, most: int) -> tuple[list[bytes], int]:
    """What is left of a message with `most` fields of a tag, and how many it has; what is no field stays."""
    parts: list[bytes] = []
    count = at = kept_to = 0
    end = len(payload)
    while at < end:
        start = at
        # The usual case is looked at without more ado: a tag and a length of one byte each.
        if payload[at] == wanted and at + 1 < end and wanted < 0x80 > payload[at + 1]:
            at += 2 + payload[at + 1]
            found = True
        else:
            tag, at = read_varint(payload, at)
            wire = tag & 7
            found = tag == wanted
            if wire == LENGTH:
                length, at = read_varint(payload, at)
                at += length
            elif wire == VARINT:
                at = read_varint(payload, at)[1]
            elif wire in FIXED:
                at += FIXED[wire]
            elif wire not in _GROUPS:
                break
        count += found
        if found and count > most and at <= end:
            if start > kept_to:
                parts.append(payload[kept_to:start])
            kept_to = at
    parts.append(payload[kept_to:])
    return parts, count
