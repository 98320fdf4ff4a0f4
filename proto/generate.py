"""Turns proto/*.proto into the modules of criu_tui.core.images.schema; run when the package is built."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

VIRTUAL = "criu_tui/core/images/schema"
PACKAGE = VIRTUAL.replace("/", ".")


def generate(root: Path) -> None:
    """Writes the modules and their types below `root`, the folder of pyproject.toml."""
    tui = root / "tui"
    for file in described(root / "proto", tui):
        (tui / f"{file.name.removesuffix('.proto')}_pb2.py").write_text(module(file))


def described(proto: Path, types: Path) -> Any:
    """FileDescriptorProtos of all schemas; writes their types, *_pb2.pyi, below `types`."""
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
                f"--pyi_out={types}",
                f"--descriptor_set_out={made}",
                *map(str, sorted(proto.glob("*.proto"))),
            ]
        )
        if status:
            sys.exit(f"protoc failed with status {status}")
        return FileDescriptorSet.FromString(made.read_bytes()).file


def module(file: Any) -> str:
    """The source of the module of a FileDescriptorProto."""
    name = Path(file.name).name
    imported = sorted(f"{Path(each).stem}_pb2" for each in file.dependency)
    lines = [f'"""Messages of {name}; made when the package is built."""', ""]
    if imported:
        lines.append(f"from {PACKAGE} import {', '.join(imported)}")
    reserved = {
        message.name: tuple((span.start, span.end) for span in message.reserved_range)
        for message in file.message_type
        if message.reserved_range
    }
    lines += [
        "from criu_tui.core.images.message_classes import declared",
        "",
        f"__getattr__ = declared({file.SerializeToString()!r}, {reserved!r}, globals())",
    ]
    return "\n".join((*lines, ""))
