"""Fields of messages that no known CRIU writes: signs of a newer release, or of damage."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf.message import EncodeError
from google.protobuf.unknown_fields import UnknownFieldSet

from criu_tui.core.images.message_classes import list_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google._upb._message import Descriptor as UpbDescriptor
    from google.protobuf.descriptor import Descriptor
    from google.protobuf.message import Message

REPEATED_LOOKED_AT = 64
"""Messages of one repeated field in which unknown fields are looked for."""
UNKNOWN_LOOKED_AT = 256
"""Fields without a declaration that are looked at in one message; no CRIU's has nearly as many."""
OWN_BYTES, NESTED_BYTES = 1 << 20, 1 << 8
"""Bytes that a message has of its own, and for each one that it repeats; in longer ones nothing is looked for."""


@dataclass(frozen=True, slots=True, order=True)
class UnknownField:
    """A field that no known CRIU writes: where it was met first."""

    message: str
    number: int


def unknown_fields(message: Message, length: int | None = None) -> set[UnknownField]:
    """Fields in a message, at any depth, that the schemas do not declare.

    In each message the first UNKNOWN_LOOKED_AT are looked at, and none in one of a length
    that no CRIU's has: protobuf would first make an object of each. `length` is the
    message's at most, in bytes, when it is known: to find that out takes as long as decoding.
    """
    found: set[UnknownField] = set()
    rest = [message]
    # Nothing that lies within a short message can be long.
    lengths_matter = length is None or length > OWN_BYTES
    if not lengths_matter and _is_known(message):
        return found
    while rest:
        here = rest.pop()
        if lengths_matter:
            known = length if here is message else None
            # Partial: an enum of an unknown value counts as lacking.
            own = len(here.SerializePartialToString()) if known is None else known
            if own > _usual_bytes(here):
                continue
        unknown = UnknownFieldSet(here)
        for index in range(min(len(unknown), UNKNOWN_LOOKED_AT)):
            field = unknown[index].field_number
            if field not in _taken(here.DESCRIPTOR):
                found.add(UnknownField(here.DESCRIPTOR.name, field))
        for declared in here.DESCRIPTOR.fields:
            if declared.message_type is None:
                continue
            if declared.is_repeated:
                rest += getattr(here, declared.name)[:REPEATED_LOOKED_AT]
            elif here.HasField(declared.name):
                rest.append(getattr(here, declared.name))
    return found


def all_known(messages: Sequence[Message]) -> bool:
    """Whether messages of one type, none of which is long, have only declared fields: looks at a copy of them."""
    copies: Any = list_of(messages[0].DESCRIPTOR.name)()
    copies.entries.extend(messages)
    return _loses_nothing(copies)


def _is_known(message: Message) -> bool:
    """Whether a message has only declared fields: looks at a copy, a tenth of the time of a walk through it."""
    copy = type(message)()
    copy.CopyFrom(message)
    return _loses_nothing(copy)


def _loses_nothing(copy: Message) -> bool:
    """Whether a copy is as long without its unknown fields; not where a required one is lacking.

    Among the unknown ones is the value of a required enum that a later release has added, and protobuf does not
    tell the length of what lacks a field.
    """
    try:
        before = copy.ByteSize()
    except EncodeError:
        return False
    copy.DiscardUnknownFields()
    return copy.ByteSize() == before


def _usual_bytes(message: Message) -> int:
    """Bytes that a message with so many messages in it has at most when CRIU wrote it."""
    fields = (field for field in message.DESCRIPTOR.fields if field.message_type is not None and field.is_repeated)
    return OWN_BYTES + NESTED_BYTES * sum(len(getattr(message, field.name)) for field in fields)


@functools.cache
def _taken(descriptor: Descriptor | UpbDescriptor) -> frozenset[int]:
    """Numbers that a schema declares: an enum's unknown value is kept under its own."""
    return frozenset(descriptor.fields_by_number)
