"""Every message we declare, held against the tables of CRIU's own messages, fields and enums."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.images.message_classes import SCHEMA, class_of
from criu_tui.core.images.schema import marks_pb2
from google.protobuf.descriptor import FieldDescriptor

if TYPE_CHECKING:
    from google.protobuf.descriptor import EnumDescriptor

TABLES = Path(__file__).parent
TYPES = {
    value: name.removeprefix("TYPE_").lower()
    for name, value in vars(FieldDescriptor).items()
    if name.startswith("TYPE_")
}
SHOWN = {
    "HEX": "hex=True",
    "IP_ADDRESS": "ipadd=True",
    "DEVICE": "dev=True",
    "LIBC_DEVICE": "dev=True odev=True",
    "PROT": "flags=mmap.prot",
    "MAP_FLAGS": "flags=mmap.flags",
    "VMA_STATUS": "flags=mmap.status",
    "OPEN_FLAGS": "flags=rfile.flags",
    "SEALS": "flags=seals.flags",
    "PAGEMAP_FLAGS": "flags=pmap.flags",
    "SOCKET_FAMILY": "dict=sk",
    "SOCKET_TYPE": "dict=sk",
    "SOCKET_STATE": "dict=sk",
    "SOCKET_PROTOCOL": "dict=sk",
    "TASK_STATE": "dict=gen",
    "QUOTED": "conv=unix_name",
}
"""Our marks by the options that CRIU's own schemas give a field."""


def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open() as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def label(field: FieldDescriptor) -> str:
    if field.is_repeated:
        return "repeated"
    return "required" if field.is_required else "optional"


def type_of(field: FieldDescriptor) -> str:
    if field.message_type is not None:
        return str(field.message_type.name)
    if field.enum_type is not None:
        return f"enum {field.enum_type.name}"
    return TYPES[field.type]


def default(field: FieldDescriptor) -> str:
    return str(field.default_value) if field.has_default_value else ""


def test_every_message_has_crius_fields_and_no_others() -> None:
    ours = {
        (message.name, field.name): (field.number, label(field), type_of(field), default(field))
        for message in SCHEMA.message_types_by_name.values()
        for field in message.fields
    }
    theirs = {
        (row["message"], row["field"]): (int(row["number"]), row["label"], row["type"], row["default"])
        for row in rows("fields.tsv")
    }
    assert ours == theirs


def test_every_enum_has_crius_values_and_no_others() -> None:
    def values(name: str, enum: EnumDescriptor) -> set[tuple[str, int, str]]:
        return {(name, value.number, value.name) for value in enum.values}

    ours = set()
    for name, enum in SCHEMA.enum_types_by_name.items():
        ours |= values(name, enum)
    for message in SCHEMA.message_types_by_name.values():
        for name, enum in message.enum_types_by_name.items():
            ours |= values(f"{message.name}.{name}", enum)
    assert ours == {(row["enum"], int(row["value"]), row["name"]) for row in rows("enums.tsv")}


def test_fields_are_shown_as_crit_shows_them() -> None:
    ours = {
        (message, field): SHOWN[shown] for message, fields in marks_pb2.SHOWN.items() for field, shown in fields.items()
    }
    theirs = {
        (row["message"], row["field"]): row["display"]
        for row in rows("fields.tsv")
        if row["display"] not in ("", "4.3")
    }
    # Of what is new in 4.3 the table says that alone; crit 4.3 has these two in hexadecimal.
    theirs |= {("user_aarch64_gcs_entry", field): "hex=True" for field in ("gcspr_el0", "features_enabled")}
    assert ours == theirs


def test_only_the_sizes_of_blocks_are_packed() -> None:
    # CRIU 4.3 declares one packed field; all others are written with a tag each.
    packed = {
        (message.name, field.name)
        for message in SCHEMA.message_types_by_name.values()
        for field in message.fields
        if field.GetOptions().packed
    }
    assert packed == {("pagemap_blocks", "block_sizes")}


def test_a_class_is_made_once() -> None:
    assert class_of("pstree_entry") is class_of("pstree_entry")
