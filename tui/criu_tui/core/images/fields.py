"""An entry's fields one by one as they lie in the file: name, value in words, and which bytes hold it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.images.message_classes import SCHEMA
from criu_tui.core.images.schema.marks_pb2 import POINTS, SHOWN, WORDS
from criu_tui.core.images.shown import as_shown
from criu_tui.core.images.wire import FIXED, LENGTH, VARINT, read_varint
from criu_tui.core.images.words import IN_WORDS, capabilities, signal_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from google._upb._message import Descriptor as UpbDescriptor
    from google._upb._message import FieldDescriptor as UpbField
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

    _Descriptor = Descriptor | UpbDescriptor
    _InSchema = FieldDescriptor | UpbField
    _Value = int | str | bytes
    _Told = tuple[int, str, str, _Value | None, str, str, int, int, str]

BYTES_SHOWN = 16
"""Bytes of a field of bytes that are written out."""
TEXT_SHOWN = 200
"""Characters of a text that are written out."""
WORDS_KEPT = 256
"""Numbers of a field whose words are kept: flags and the like are the same ones again and again."""


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
    return map(Field._make, values_of(encoded, message, start))


def values_of(encoded: bytes, message: str, start: int) -> Iterator[_Told]:
    """`fields_of` as plain tuples of what a Field has, for whoever goes through all of them."""
    return _walk(encoded, 0, len(encoded), SCHEMA.message_types_by_name[message], start, 0)


class _Declared(NamedTuple):
    """A field as its message declares it, and how its values are told: looked up once, not for each value."""

    name: str
    repeated: bool
    content: _Descriptor | None
    """The type of the message that it holds."""
    content_name: str
    of_bytes: Callable[[bytes], str | bytes] | None
    """The value that bytes are; None where it is a number."""
    of_number: Callable[[int], int]
    """The value of a number as it is written."""
    text: Callable[[Any], str]
    words: Callable[[Any, int], str] | None
    """Of a value and its place among those of a repeated field."""
    points: str
    is_number: bool
    """Whether it is one wherever it is not packed."""


@functools.cache
def _declared(message: _Descriptor) -> tuple[str, dict[int, _Declared]]:
    """The name of a message, and its fields by number."""
    points = POINTS.get(message.name, {})
    return message.name, {
        field.number: _Declared(
            field.name, field.is_repeated, field.message_type,
            "" if field.message_type is None else field.message_type.name, _of_bytes(field), _of_number(field),
            _text_of(field, message.name), _words_of(field, message.name), points.get(field.name, ""),
            field.message_type is None and _of_bytes(field) is None,
        )
        for field in message.fields
    }  # fmt: skip


def _walk(data: bytes, at: int, end: int, descriptor: _Descriptor, base: int, depth: int) -> Iterator[_Told]:
    seen: dict[int, int] = {}
    message, declared = _declared(descriptor)
    while at < end:
        start, tag = at, data[at]
        # Nearly all are of one byte.
        if tag < 0x80:
            at += 1
        else:
            tag, at = read_varint(data, at)
        number, wire = tag >> 3, tag & 7
        field = declared.get(number)
        if wire == VARINT:
            value, at = read_varint(data, at)
            if field is not None and field.is_number:
                position = seen.get(number, 0)
                seen[number] = position + 1
                read = field.of_number(value)
                yield (
                    depth, f"{field.name}[{position}]" if field.repeated else field.name, message, read,
                    field.text(read), "" if field.words is None else field.words(read, position),
                    base + start, base + at, field.points,
                )  # fmt: skip
                continue
            inner = at, at
        elif wire == LENGTH:
            length, at = read_varint(data, at)
            inner = at, min(end, at + length)
            value, at = 0, inner[1]
            if field is not None and field.content is not None:
                position = seen.get(number, 0)
                seen[number] = position + 1
                name = f"{field.name}[{position}]" if field.repeated else field.name
                yield depth, name, message, None, field.content_name, "", base + start, base + at, ""
                yield from _walk(data, *inner, field.content, base, depth + 1)
                continue
        elif wire in FIXED:
            value = int.from_bytes(data[at : at + FIXED[wire]], "little")
            at += FIXED[wire]
            inner = at, at
        else:
            return
        if field is None:
            shown = data[inner[0] : inner[1]] if wire == LENGTH else value
            text = _bytes_text(shown) if isinstance(shown, bytes) else str(shown)
            yield depth, f"#{number}", message, shown, text, "no known CRIU writes this", base + start, base + at, ""
            continue
        position = seen.get(number, 0)
        for each, (first, last) in _values(field, data, value, wire, inner):
            name = f"{field.name}[{position}]" if field.repeated else field.name
            where = base + (start if first == inner[0] else first), base + last
            if field.content is None:
                words = "" if field.words is None else field.words(each, position)
                yield depth, name, message, each, field.text(each), words, *where, field.points
            else:
                yield depth, name, message, None, field.content_name, "", *where, ""
                yield from _walk(data, first, last, field.content, base, depth + 1)
            position += 1
        seen[number] = position


def _values(
    field: _Declared, data: bytes, value: int, wire: int, inner: tuple[int, int]
) -> Iterable[tuple[_Value, tuple[int, int]]]:
    """The values of one field as it is written, each with its bytes: several where they are packed."""
    at, end = inner
    if field.of_bytes is not None:
        return ((field.of_bytes(data[at:end]), inner),)
    if wire != LENGTH:
        return ((field.of_number(value), inner),)
    return _packed(field, data, at, end)


def _packed(field: _Declared, data: bytes, at: int, end: int) -> Iterator[tuple[int, tuple[int, int]]]:
    while at < end:
        value, behind = read_varint(data, at)
        yield field.of_number(value), (at, behind)
        at = behind


def _of_bytes(field: _InSchema) -> Callable[[bytes], str | bytes] | None:
    if field.type == field.TYPE_STRING:
        return lambda data: data.decode("utf-8", "surrogateescape")
    return bytes if field.type in (field.TYPE_MESSAGE, field.TYPE_BYTES) else None


def _of_number(field: _InSchema) -> Callable[[int], int]:
    if field.type in (field.TYPE_SINT32, field.TYPE_SINT64):
        return lambda value: value >> 1 ^ -(value & 1)
    if field.type in (field.TYPE_INT32, field.TYPE_INT64):
        return lambda value: value - (1 << 64) if value >> 63 else value
    return int


def _text_of(field: _InSchema, message: str) -> Callable[[Any], str]:
    """How people read a value of a field."""
    if field.type == field.TYPE_BOOL:
        return lambda value: "yes" if value else "no"
    if field.type == field.TYPE_STRING:
        return lambda value: display_safe(value, TEXT_SHOWN)
    if field.type == field.TYPE_BYTES:
        return _bytes_text
    return "0x{:x}".format if SHOWN.get(message, {}).get(field.name) == "HEX" else str


def _words_of(field: _InSchema, message: str) -> Callable[[Any, int], str] | None:
    """What a value of a field stands for; None for one that is what it is."""
    if field.enum_type is not None:
        names = {number: str(value.name) for number, value in field.enum_type.values_by_number.items()}
        return lambda value, _: names.get(value, "unknown")
    way = WORDS.get(message, {}).get(field.name)
    if field.type in (field.TYPE_BYTES, field.TYPE_STRING):
        return (lambda value, _: signal_info(value)) if way == "SIGNAL_INFO" else None
    number_words = _number_words(way, SHOWN.get(message, {}).get(field.name, "HEX"))
    return None if number_words is None else functools.lru_cache(WORDS_KEPT)(number_words)


def _number_words(way: str | None, shown: str) -> Callable[[Any, int], str] | None:
    if way == "CAPABILITIES":
        return capabilities
    if way is not None:
        in_words = IN_WORDS[way]
        return lambda value, _: in_words(value)
    return None if shown in ("HEX", "IP_ADDRESS") else lambda value, _: _named(value, shown)


def _named(value: int, shown: str) -> str:
    found = as_shown(value, shown, before_4_3=False)
    return found if isinstance(found, str) else ""


def _bytes_text(value: bytes) -> str:
    more = " ..." if len(value) > BYTES_SHOWN else ""
    return f"{counted(len(value), 'byte')}: {value[:BYTES_SHOWN].hex(' ')}{more}" if value else "no bytes"
