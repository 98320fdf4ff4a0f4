"""Every message we declare, held against the table of CRIU's own fields."""

from __future__ import annotations

import csv
import importlib
import pkgutil
from pathlib import Path

from criu_tui.core.images import schema
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto

TABLE = Path(__file__).parent / "fields.tsv"
TYPES = {
    value: name.removeprefix("TYPE_").lower()
    for name, value in vars(FieldDescriptor).items()
    if name.startswith("TYPE_")
}


def declared() -> list[Descriptor]:
    found: list[Descriptor] = []
    for module in pkgutil.iter_modules(schema.__path__):
        if module.name.endswith("_pb2"):
            descriptor = importlib.import_module(f"{schema.__name__}.{module.name}").DESCRIPTOR
            found += descriptor.message_types_by_name.values()
    return found


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


def test_every_declared_field_has_crius_name_number_label_and_type() -> None:
    with TABLE.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    known = {(r["message"], r["field"]): (int(r["number"]), r["label"], r["type"]) for r in rows}
    wrong = []
    for message in declared():
        for field in message.fields:
            ours = (field.number, label(field), type_of(field))
            theirs = known.get((message.name, field.name))
            if ours != theirs:
                wrong.append((message.name, field.name, ours, theirs))
    assert wrong == []


def test_the_messages_that_panes_read_are_declared_whole() -> None:
    with TABLE.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    ours = {message.name: {field.name for field in message.fields} for message in declared()}
    for name in (
        "inventory_entry", "pstree_entry", "mm_entry", "vma_entry", "pagemap_head", "pagemap_entry",
        "userns_entry", "uid_gid_extent", "creds_entry", "task_kobj_ids_entry", "reg_file_entry",
        "fdinfo_entry", "fs_entry",
    ):  # fmt: skip
        assert ours[name] == {row["field"] for row in rows if row["message"] == name}


def test_what_criu_writes_and_we_do_not_read_is_reserved() -> None:
    with TABLE.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for message in declared():
        copy = DescriptorProto()
        message.CopyToProto(copy)
        reserved = {number for span in copy.reserved_range for number in range(span.start, span.end)}
        theirs = {int(row["number"]) for row in rows if row["message"] == message.name}
        assert reserved | set(message.fields_by_number) == theirs, message.name
        assert not reserved & set(message.fields_by_number)
