"""Message classes from serialized descriptors, for the modules that the build makes of proto/.

What protoc writes for Python imports all of protobuf's implementation in Python, also where the one in C (upb) does
the work: 10 ms, a twentieth of the time to the first screen. So the C types are asked for by name; where they are
not there, the public functions do the same.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from google.protobuf.internal import api_implementation
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message

from criu_tui.core.images.schema.descriptors_pb2 import SERIALIZED

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.descriptor import FileDescriptor

if TYPE_CHECKING or api_implementation.Type() != "upb":
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message_factory import GetMessageClass

    _class_of = GetMessageClass
else:
    from google._upb._message import DescriptorPool, MessageMeta

    def _class_of(descriptor):
        return MessageMeta(descriptor.name, (Message,), {"DESCRIPTOR": descriptor, "__module__": None})


_POOL = DescriptorPool()
"""Apart from protobuf's own, in which another library may have declared other messages of these names."""
SCHEMA: FileDescriptor = _POOL.AddSerializedFile(SERIALIZED)
"""All messages of CRIU's images, as one file."""


@functools.cache
def class_of(message: str) -> type[Message]:
    """The class of a message by its name in CRIU's images; raises KeyError for a name that none of them has."""
    made: type[Message] = _class_of(SCHEMA.message_types_by_name[message])
    return made


@functools.cache
def list_of(message: str) -> type[Message]:
    """The class of a message that has many of another one, by the name of that, in its field 1, "entries".

    Many small messages are decoded as one in a fraction of the time. CRIU's images have none of these.
    """
    name = f"list_of_{message}"
    field = (
        _text(1, "entries")
        + bytes((3 << 3, 1, 4 << 3, _REPEATED, 5 << 3, _MESSAGE))
        + _text(6, f".{SCHEMA.package}.{message}")
    )
    kind = _text(1, name) + _lengthy(2, field)
    file = _text(1, f"{name}.proto") + _text(2, SCHEMA.package) + _text(3, SCHEMA.name) + _lengthy(4, kind)
    made: type[Message] = _class_of(_POOL.AddSerializedFile(file).message_types_by_name[name])
    return made


_REPEATED, _MESSAGE = 3, 11
"""LABEL_REPEATED and TYPE_MESSAGE of protobuf's descriptor.proto, whose field numbers these are too."""


def _lengthy(number: int, data: bytes) -> bytes:
    """A field of up to 127 bytes."""
    assert len(data) < 0x80
    return bytes((number << 3 | 2, len(data))) + data


def _text(number: int, text: str) -> bytes:
    return _lengthy(number, text.encode())


def named(
    messages: tuple[str, ...], enums: tuple[str, ...], values: dict[str, int], module: dict[str, Any]
) -> Callable[[str], Any]:
    """A module's `__getattr__`: its message classes, enums and their values.

    Each is made when first asked for, and then kept in the module: few programs need all of a file. Raises
    AttributeError for other names.
    """

    def find(name: str) -> Any:
        made: Any
        if name in messages:
            made = class_of(name)
        elif name in enums:
            made = EnumTypeWrapper(SCHEMA.enum_types_by_name[name])
        elif name in values:
            made = values[name]
        elif name == "DESCRIPTOR":
            made = SCHEMA
        else:
            raise AttributeError(f"{module['__name__']} declares no {name}")
        module[name] = made
        return made

    return find
