"""Turns proto/*.proto into the modules of criu_tui.core.images.schema; run when the package is built."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

VIRTUAL = "criu_tui/core/images/schema"
MARKS = "marks.proto"
"""The schema that declares our own options of a field."""


def generate(root: Path) -> None:
    """Writes the modules and their types below `root`, the folder of pyproject.toml."""
    schema = root / "tui" / VIRTUAL
    files, types = described(root / "proto")
    marks = next(file for file in files if Path(file.name).name == MARKS)
    files.remove(marks)
    made = types | {f"{Path(file.name).stem}_pb2.py": module(file) for file in files}
    made["marks_pb2.py"] = marks_module(marks, files)
    made["marks_pb2.pyi"] = marks_types(marks)
    made["descriptors_pb2.py"] = whole(files)
    put(schema, made)


def put(folder: Path, made: dict[str, str]) -> None:
    """Has exactly these generated files in a folder, text by name.

    A program that runs from there may import one at any time: each is whole at each moment, and stays when it is the
    same as before.
    """
    for name, text in made.items():
        place = folder / name
        if not place.exists() or place.read_text() != text:
            beside = folder / f".{name}.new"
            beside.write_text(text)
            beside.replace(place)
    for old in folder.glob("*_pb2.py*"):
        if old.name not in made:
            old.unlink()


def described(proto: Path) -> tuple[list[Any], dict[str, str]]:
    """FileDescriptorProtos of all schemas, and their types: text by the name of a *_pb2.pyi."""
    import grpc_tools
    from google.protobuf.descriptor_pb2 import FileDescriptorSet
    from grpc_tools import protoc

    with TemporaryDirectory() as scratch:
        made = Path(scratch) / "descriptors"
        # Imports in the generated code follow the path under which protoc sees a
        # file, so the folder is given to it under the package's own name.
        status = protoc.main(
            [
                "protoc",
                f"-I{VIRTUAL}={proto}",
                f"-I{Path(grpc_tools.__file__).parent / '_proto'}",
                f"--pyi_out={scratch}",
                f"--descriptor_set_out={made}",
                *map(str, sorted(proto.glob("*.proto"))),
            ]
        )
        if status:
            sys.exit(f"protoc failed with status {status}")
        types = {file.name: file.read_text() for file in (Path(scratch) / VIRTUAL).glob("*_pb2.pyi")}
        return list(FileDescriptorSet.FromString(made.read_bytes()).file), types


def module(file: Any) -> str:
    """The source of the module of a FileDescriptorProto: its names, made of the schema as a whole when asked for."""
    messages = tuple(message.name for message in file.message_type)
    enums = tuple(enum.name for enum in file.enum_type)
    values = {value.name: value.number for enum in file.enum_type for value in enum.value}
    return f'''"""Messages of {Path(file.name).name}; made when the package is built."""

from criu_tui.core.images.message_classes import named

__getattr__ = named({messages!r}, {enums!r}, {values!r}, globals())
'''


def whole(files: list[Any]) -> str:
    """The source of the module that holds all messages as one FileDescriptorProto, without comments and marks.

    One file is read in less time than the modules of thirty are imported.
    """
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    schema = FileDescriptorProto(name=VIRTUAL, package=files[0].package, syntax="proto2")
    for file in files:
        schema.message_type.extend(file.message_type)
        schema.enum_type.extend(file.enum_type)
    for message in schema.message_type:
        for field in message.field:
            packed = field.options.packed
            field.ClearField("options")
            field.ClearField("json_name")
            if packed:
                field.options.packed = True
    return f'"""All messages; made when the package is built."""\n\nSERIALIZED = {schema.SerializeToString()!r}\n'


def marks_module(marks: Any, files: list[Any]) -> str:
    """The source of the module of marks: {option: {message: {field: name of the option's value}}}."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    values = {enum.name: {value.number: value.name for value in enum.value} for enum in marks.enum_type}
    options = {
        extension.number: (extension.name, values[extension.type_name.rpartition(".")[2]])
        for extension in marks.extension
    }
    found: dict[str, dict[str, dict[str, str]]] = {name: {} for name, _ in options.values()}
    for file in files:
        for message in file.message_type:
            for field in message.field:
                for option in UnknownFieldSet(field.options):
                    name, words = options[option.field_number]
                    found[name].setdefault(message.name, {})[field.name] = words[option.data]
    lines = [f"{name.upper()}: dict[str, dict[str, str]] = {table!r}" for name, table in found.items()]
    return "\n".join(('"""What fields stand for, by message; made when the package is built."""', "", *lines, ""))


def marks_types(marks: Any) -> str:
    """Types of the module of marks, in place of those that protoc wrote for a schema without messages."""
    return "\n".join((*(f"{extension.name.upper()}: dict[str, dict[str, str]]" for extension in marks.extension), ""))
