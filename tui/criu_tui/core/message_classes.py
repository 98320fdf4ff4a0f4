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


def declare(serialized: bytes) -> dict[str, Any]:
    """Names and values for the module of a FileDescriptorProto: DESCRIPTOR, message classes, enums and their values.

    The files that it imports have to be declared before.
    """
    file = _POOL.AddSerializedFile(serialized)
    found: dict[str, Any] = {"DESCRIPTOR": file}
    for name, enum in file.enum_types_by_name.items():
        found[name] = EnumTypeWrapper(enum)
        found.update((value.name, value.number) for value in enum.values)
    found.update((name, _class_of(message)) for name, message in file.message_types_by_name.items())
    return found
