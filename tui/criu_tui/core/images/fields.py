"""An entry's fields one by one as they lie in the file: name, value in words, and which bytes hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.images.message_classes import SCHEMA
from criu_tui.core.images.schema.marks_pb2 import POINTS, SHOWN, WORDS
from criu_tui.core.images.shown import as_shown
from criu_tui.core.images.wire import FIXED, LENGTH, VARINT, read_varint
from criu_tui.core.images.words import IN_WORDS, capabilities, signal_info

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google._upb._message import Descriptor as UpbDescriptor
    from google._upb._message import FieldDescriptor as UpbField
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

    _Descriptor = Descriptor | UpbDescriptor
    _Declared = FieldDescriptor | UpbField

BYTES_SHOWN = 16
"""Bytes of a field of bytes that are written out."""
TEXT_SHOWN = 200
"""Characters of a text that are written out."""


class Field(NamedTuple):
    """A field of a message, or one value of a repeated one."""

    depth: int
    """Messages that it lies in, below that of the entry."""
    name: str
    """With its place among those of a repeated one, such as "vmas[3]"; by number where no CRIU is known to write it."""
    message: str
    """That it is a field of."""
    value: int | str | bytes | None
    """None for a message, whose fields follow one level deeper."""
    text: str
    """The value as people read it, safe to show; of a message its name."""
    words: str
    """What a number stands for; empty where it is what it is."""
    start: int
    """Byte offset in the file, its tag included."""
    end: int
    points: str = ""
    """What a number leads to, one of Points in proto/marks.proto."""


def fields_of(encoded: bytes, message: str, start: int) -> Iterator[Field]:
    """The fields of an encoded message that begins at an offset of its file, each followed by those within it.

    Bytes that are no message end it: who has decoded them before has said so.
    """
    return _walk(encoded, 0, len(encoded), SCHEMA.message_types_by_name[message], start, 0)


def _walk(data: bytes, at: int, end: int, descriptor: _Descriptor, base: int, depth: int) -> Iterator[Field]:
    seen: dict[int, int] = {}
    declared = descriptor.fields_by_number
    while at < end:
        start = at
        tag, at = read_varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == VARINT:
            value, at = read_varint(data, at)
            inner = at, at
        elif wire == LENGTH:
            length, at = read_varint(data, at)
            inner = at, min(end, at + length)
            value, at = 0, inner[1]
        elif wire in FIXED:
            value = int.from_bytes(data[at : at + FIXED[wire]], "little")
            at += FIXED[wire]
            inner = at, at
        else:
            return
        field = declared.get(number)
        if field is None:
            shown = data[inner[0] : inner[1]] if wire == LENGTH else value
            text, span = _plain(shown), (base + start, base + at)
            yield Field(depth, f"#{number}", descriptor.name, shown, text, "no known CRIU writes this", *span)
            continue
        position = seen.get(number, 0)
        for each, (first, last) in _values(field, data, value, wire, inner):
            name = f"{field.name}[{position}]" if field.is_repeated else field.name
            where = base + (start if first == inner[0] else first), base + last
            if field.message_type is None:
                yield _field(field, descriptor.name, depth, name, each, position, *where)
            else:
                yield Field(depth, name, descriptor.name, None, field.message_type.name, "", *where)
                yield from _walk(data, first, last, field.message_type, base, depth + 1)
            position += 1
        seen[number] = position


_Value = int | str | bytes


def _values(
    field: _Declared, data: bytes, value: int, wire: int, inner: tuple[int, int]
) -> Iterator[tuple[_Value, tuple[int, int]]]:
    """The values of one field as it is written, each with its bytes: several where they are packed."""
    at, end = inner
    if field.type in (field.TYPE_MESSAGE, field.TYPE_BYTES):
        yield data[at:end], inner
    elif field.type == field.TYPE_STRING:
        yield data[at:end].decode("utf-8", "surrogateescape"), inner
    elif wire != LENGTH:
        yield _signed(field, value), inner
    else:
        while at < end:
            value, behind = read_varint(data, at)
            yield _signed(field, value), (at, behind)
            at = behind


def _signed(field: _Declared, value: int) -> int:
    if field.type in (field.TYPE_SINT32, field.TYPE_SINT64):
        return value >> 1 ^ -(value & 1)
    if field.type in (field.TYPE_INT32, field.TYPE_INT64):
        return value - (1 << 64) if value >> 63 else value
    return value


def _field(
    field: _Declared, message: str, depth: int, name: str, value: _Value, position: int, start: int, end: int
) -> Field:
    points = POINTS.get(message, {}).get(field.name, "")
    words = ""
    if isinstance(value, int):
        words = _words(field, message, value, position)
    elif isinstance(value, bytes) and WORDS.get(message, {}).get(field.name) == "SIGNAL_INFO":
        words = signal_info(value)
    shown = SHOWN.get(message, {}).get(field.name)
    text = f"0x{value:x}" if isinstance(value, int) and shown == "HEX" else _plain(value)
    if field.type == field.TYPE_BOOL:
        text = "yes" if value else "no"
    return Field(depth, name, message, value, text, words, start, end, points)


def _words(field: _Declared, message: str, value: int, position: int) -> str:
    if field.enum_type is not None:
        named = field.enum_type.values_by_number.get(value)
        return "unknown" if named is None else str(named.name)
    way = WORDS.get(message, {}).get(field.name)
    if way == "CAPABILITIES":
        return capabilities(value, position)
    if way is not None:
        return IN_WORDS[way](value)
    shown = SHOWN.get(message, {}).get(field.name, "HEX")
    if shown in ("HEX", "IP_ADDRESS"):
        return ""
    found = as_shown(value, shown, before_4_3=False)
    return found if isinstance(found, str) else ""


def _plain(value: _Value) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return display_safe(value, TEXT_SHOWN)
    more = " ..." if len(value) > BYTES_SHOWN else ""
    return f"{counted(len(value), 'byte')}: {value[:BYTES_SHOWN].hex(' ')}{more}" if value else "no bytes"
