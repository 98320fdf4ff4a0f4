"""How much of an image is decoded: the entries of a kind, and what one message repeats.

Decoded, a message of a million VMAs takes five times its bytes, only to be thrown away.
"""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
from typing import NamedTuple

from google.protobuf.message import Message

from criu_tui.core.base.limits import ENTRY_LIMIT, TASK_LIMIT, VMA_LIMIT
from criu_tui.core.base.units import number
from criu_tui.core.images.wire import FIXED, LENGTH, VARINT, read_varint

_GROUPS = (3, 4)
"""Wire types of what begins and ends a group, whose fields stand between them as any others."""


class _Kept(NamedTuple):
    """What of a message's repeated field is kept."""

    field: str
    most: int
    words: str
    """What people call them."""


_KEPT = {"mm_entry": _Kept("vmas", VMA_LIMIT, "VMAs")}


class Most(NamedTuple):
    """How many entries of an image are kept."""

    entries: int
    otherwise: str
    """What is said of an image that has more, for people."""


def _most(entries: int, words: str = "entries: the rest is not read") -> Most:
    return Most(entries, f"more than {number(entries)} {words}")


_ANY = _most(ENTRY_LIMIT)
_MOST = {
    "pstree_entry": _most(TASK_LIMIT, "tasks: the others are not shown"),
    # Before CRIU 1.2, VMAs had an image of their own.
    "vma_entry": _most(VMA_LIMIT, "VMAs: the others are left out"),
}


def most_entries(message: type[Message]) -> Most:
    """Of an image of such messages."""
    return _MOST.get(message.DESCRIPTOR.name, _ANY)


class Shortened(NamedTuple):
    """A message as it is to be decoded."""

    payload: bytes
    left_out: str | None
    """What it no longer has, for people; None where it is whole."""


def is_shortened(message: type[Message]) -> bool:
    """Whether messages of a type may have more of a field than is kept."""
    return message.DESCRIPTOR.name in _KEPT


def shortened(payload: bytes, message: type[Message]) -> Shortened:
    """A message with no more of a repeated field than is kept; others as they are."""
    kept = _KEPT.get(message.DESCRIPTOR.name)
    if kept is None:
        return Shortened(payload, None)
    tag = message.DESCRIPTOR.fields_by_name[kept.field].number << 3 | LENGTH
    # Each begins with one of two bytes, however it is written, so that nearly all messages need not be walked through.
    if sum(payload.count(tag & 0x7F | more) for more in (0, 0x80)) <= kept.most:
        return Shortened(payload, None)
    parts, count = _parts(payload, tag, kept.most)
    if count <= kept.most:
        return Shortened(payload, None)
    left_out = f"{number(count)} {kept.words}: those after {number(kept.most)} are left out"
    return Shortened(b"".join(parts), left_out)


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
