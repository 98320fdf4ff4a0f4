"""Message classes from serialized descriptors, for the modules that the build makes of proto/.

What protoc writes for Python imports all of protobuf's implementation in Python, also where the one in C (upb) does
the work: 10 ms, a twentieth of the time to the first screen. So the C types are asked for by name; where they are
not there, the public functions do the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.internal import api_implementation
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    Spans = tuple[tuple[int, int], ...]

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
_RESERVED: dict[str, Spans] = {}


def reserved(message: str) -> Spans:
    """Numbers that the schema of a message reserves, as half-open spans: fields that CRIU writes and nothing reads."""
    return _RESERVED.get(message, ())


def declared(serialized: bytes, reserved: dict[str, Spans], module: dict[str, Any]) -> Callable[[str], Any]:
    """A module's `__getattr__` for a FileDescriptorProto: DESCRIPTOR, message classes, enums and their values.

    Each is made when first asked for, and then kept in the module: few programs need all of a file. The files that it
    imports have to be declared before. `reserved` has the reserved numbers by message: to ask descriptors for them
    would import all of protobuf again. Raises AttributeError for other names.
    """
    file = _POOL.AddSerializedFile(serialized)
    _RESERVED.update(reserved)
    values = {value.name: value.number for enum in file.enum_types_by_name.values() for value in enum.values}

    def find(name: str) -> Any:
        made: Any
        if name in file.message_types_by_name:
            made = _class_of(file.message_types_by_name[name])
        elif name in file.enum_types_by_name:
            made = EnumTypeWrapper(file.enum_types_by_name[name])
        elif name in values:
            made = values[name]
        elif name == "DESCRIPTOR":
            made = file
        else:
            raise AttributeError(f"{file.name} declares no {name}")
        module[name] = made
        return made

    return find
