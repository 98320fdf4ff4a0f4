"""Messages as the JSON of `crit decode`, and back as `crit encode` reads it.

Fields that are not set are left out; bytes are base64 in lines of 76 characters, names of Unix sockets are
quoted-printable, enums are names (lib/pycriu/images/pb2dict.py, CRIU 4.2.1 and 4.3).
"""

from __future__ import annotations

import ast
import base64
import quopri
from typing import TYPE_CHECKING, Any, NamedTuple

from criu_tui.core.images.schema.marks_pb2 import SHOWN
from criu_tui.core.images.shown import address, address_words, as_shown, from_shown
from criu_tui.core.images.wire import LENGTH, write_varint

if TYPE_CHECKING:
    from google._upb._message import FieldDescriptor as UpbFieldDescriptor
    from google.protobuf.descriptor import FieldDescriptor
    from google.protobuf.message import Message

    from criu_tui.core.base.json import Json

    _Field = FieldDescriptor | UpbFieldDescriptor


class Style(NamedTuple):
    """How numbers are written."""

    pretty: bool = False
    """As `crit decode --pretty` does."""
    before_4_3: bool = False
    """With crit's names from before 4.3, where they differ."""


class EntryError(ValueError):
    """Why no message can be made of a JSON object: the field that is wrong, such as "vmas[3].start", and the reason."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        super().__init__(f"{path}: {reason}" if path else reason)


PLAIN = Style()


def to_json(message: Message, style: Style = PLAIN, *, in_hex: bool = False) -> dict[str, Json]:
    """The fields that are set, by name, in the order of their numbers. `in_hex`: all numbers within are."""
    marks = SHOWN.get(message.DESCRIPTOR.name, {})
    found: dict[str, Json] = {}
    for field, value in message.ListFields():
        way = marks.get(field.name, "")
        if not field.is_repeated:
            found[field.name] = _value(field, value, way, style, in_hex)
        elif style.pretty and way == "IP_ADDRESS" and (text := address(value)) is not None:
            found[field.name] = [text]
        else:
            found[field.name] = [_value(field, each, way, style, in_hex) for each in value]
    return found


def _value(field: _Field, value: Any, way: str, style: Style, in_hex: bool) -> Json:
    if field.message_type is not None:
        return to_json(value, style, in_hex=in_hex or way == "HEX")
    if field.enum_type is not None:
        return str(field.enum_type.values_by_number[value].name)
    if field.type == field.TYPE_BYTES:
        encoded = quopri.encodestring(value) if way == "QUOTED" else base64.encodebytes(value)
        return encoded.decode("ascii")
    if not isinstance(value, int):
        # A text that is not UTF-8 is bytes here, and crit writes these as Python does: b'...'.
        return str(value)
    if isinstance(value, bool) or not style.pretty:
        return value
    return as_shown(value, "HEX" if in_hex else way, before_4_3=style.before_4_3)


def fill(message: Message, fields: Json, path: str = "") -> None:
    """Sets the fields of a message from their JSON, pretty or not; raises EntryError naming the one that is wrong.

    An empty list is no field; a name that the message does not have is an error, since what it says would be lost.
    """
    if not isinstance(fields, dict):
        raise EntryError(path, "is not an object of fields by name")
    descriptor = message.DESCRIPTOR
    marks = SHOWN.get(descriptor.name, {})
    for name, value in fields.items():
        here = f"{path}.{name}" if path else name
        # protobuf's own tables fail on names that are no text in UTF-8, such as half a pair of surrogates.
        field = descriptor.fields_by_name.get(name) if name.isascii() else None
        if field is None:
            raise EntryError(here, f"{descriptor.name} has no such field")
        way = marks.get(name, "")
        if not field.is_repeated:
            _set(message, field, value, way, here)
        elif not isinstance(value, list):
            raise EntryError(here, "is not a list")
        elif way == "IP_ADDRESS" and len(value) == 1 and isinstance(value[0], str):
            _set_address(message, name, value[0], here)
        else:
            for index, each in enumerate(value):
                _set(message, field, each, way, f"{here}[{index}]")


def _set_address(message: Message, name: str, text: str, path: str) -> None:
    try:
        getattr(message, name).extend(address_words(text))
    except ValueError:
        raise EntryError(path, "is no IP address") from None


def _set(message: Message, field: _Field, value: Json, way: str, path: str) -> None:
    """Sets a field, or adds to a repeated one."""
    there = getattr(message, field.name)
    if field.message_type is not None:
        inner = there.add() if field.is_repeated else there
        # Set also when nothing is in it.
        inner.SetInParent()
        fill(inner, value, path=path)
        return
    try:
        made = _from_json(field, value, way)
        if field.type == field.TYPE_STRING and isinstance(made, bytes):
            # protobuf takes a text that is not UTF-8 from an image alone.
            message.MergeFromString(write_varint(field.number << 3 | LENGTH) + write_varint(len(made)) + made)
        elif field.is_repeated:
            there.append(made)
        else:
            setattr(message, field.name, made)
    except EntryError as error:
        raise EntryError(path, str(error)) from None
    except (TypeError, ValueError) as error:
        raise EntryError(path, f"no value of this field: {error}") from None


def _from_json(field: _Field, value: Json, way: str) -> str | bytes | int:
    """A value of a field. Raises EntryError, or TypeError or ValueError for one of another type."""
    if field.enum_type is not None:
        named = field.enum_type.values_by_name.get(value) if isinstance(value, str) and value.isascii() else None
        if named is None:
            raise EntryError("", f"{field.enum_type.name} has no value of this name")
        return int(named.number)
    if field.type == field.TYPE_BYTES:
        data = _string(value).encode()
        return quopri.decodestring(data) if way == "QUOTED" else base64.decodebytes(data)
    if field.type == field.TYPE_STRING:
        return _text(_string(value))
    if isinstance(value, bool) is not (field.type == field.TYPE_BOOL):
        raise EntryError("", "is not a number" if isinstance(value, bool) else "is neither true nor false")
    if isinstance(value, str):
        return from_shown(value, way)
    if not isinstance(value, int):
        raise EntryError("", "is not a number")
    return value


def _string(value: Json) -> str:
    if not isinstance(value, str):
        raise EntryError("", "is not a text")
    return value


def _text(value: str) -> str | bytes:
    """A text; bytes that are not UTF-8 where it is written as Python writes those."""
    if value[:2] in ("b'", 'b"'):
        try:
            data = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            return value
        if isinstance(data, bytes):
            try:
                data.decode()
            except UnicodeDecodeError:
                return data
    return value
