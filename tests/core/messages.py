"""Any message of CRIU's images, for property tests, and images as crit shows them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from criu_tui.core.images.message_classes import SCHEMA, class_of
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message

DEPTH = 3
"""Messages within messages; some kinds hold themselves."""

VALUES: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_BYTES: st.binary(max_size=80),
    FieldDescriptor.TYPE_STRING: st.text(max_size=12),
    **dict.fromkeys((FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_SINT32), st.integers(-(1 << 31), (1 << 31) - 1)),
    **dict.fromkeys((FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_SINT64), st.integers(-(1 << 63), (1 << 63) - 1)),
    FieldDescriptor.TYPE_UINT32: st.integers(0, (1 << 32) - 1) | st.integers(0, 20),
    **dict.fromkeys((FieldDescriptor.TYPE_UINT64, FieldDescriptor.TYPE_FIXED64), st.integers(0, (1 << 64) - 1)),
}


@functools.cache
def messages(name: str, depth: int = DEPTH) -> st.SearchStrategy[Message]:
    """Messages of a type with all required fields, and any of the others."""
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for field in SCHEMA.message_types_by_name[name].fields:
        if field.message_type is not None:
            if not depth and not field.is_required:
                continue
            value: st.SearchStrategy[Any] = messages(field.message_type.name, max(0, depth - 1))
        elif field.enum_type is not None:
            value = st.sampled_from([each.number for each in field.enum_type.values])
        else:
            value = VALUES[field.type]
        if field.is_repeated:
            value = st.lists(value, max_size=4)
        (required if field.is_required else optional)[field.name] = value
    return st.fixed_dictionaries(required, optional=optional).map(lambda fields: class_of(name)(**fields))


def whole_image(members: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An image as `decoded` gives it, with its entries as a list."""
    return {name: list(value) if name == "entries" else value for name, value in members}
