"""Names in mapped ELF files that are at hand, from a file that is written here byte by byte (elf(5))."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.base.span import Span
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.mapped_file import FilePlace
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode
from criu_tui.core.images.schema import fdinfo_pb2
from criu_tui.core.pages.symbols import Symbol, symbol_text, symbols_of
from criu_tui.core.report import place, task
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

BUILD_ID = bytes(range(20))
SEGMENT_AT = 0x1000
"""Where the bytes lie that are mapped at address 0x401000."""


def elf(symbols: list[tuple[str, int, int, int]]) -> bytes:
    """An ELF file with symbols, each a name, an address, a size and a type."""
    note = struct.pack("<III", 4, 20, 3) + b"GNU\0" + BUILD_ID
    names = b"\0" + b"".join(name.encode() + b"\0" for name, *_ in symbols)
    table = bytes(24)
    for name, value, size, kind in symbols:
        table += struct.pack("<IBBHQQ", names.index(name.encode() + b"\0"), kind, 0, 1, value, size)
    segments = struct.pack("<IIQQQQQQ", 1, 5, SEGMENT_AT, 0x401000, 0, 0x2000, 0x2000, 0x1000)
    note_at = 64 + 2 * 56
    segments += struct.pack("<IIQQQQQQ", 4, 4, note_at, 0, 0, len(note), len(note), 4)
    names_at = note_at + len(note)
    table_at = names_at + len(names)
    sections_at = table_at + len(table)
    sections = bytes(64)
    sections += struct.pack("<IIQQQQIIQQ", 0, 2, 0, 0, table_at, len(table), 2, 0, 8, 24)
    sections += struct.pack("<IIQQQQIIQQ", 0, 3, 0, 0, names_at, len(names), 0, 0, 1, 0)
    head = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    head += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x401000, 64, sections_at, 0, 64, 56, 2, 64, 3, 2)
    return (head + segments + note + names + table + sections).ljust(0x3000, b"\0")


SYMBOLS = [
    ("main", 0x401100, 0x40, 2),
    ("counter", 0x402000, 8, 1),
    ("start", 0x401000, 0, 2),
    ("file.c", 0x401100, 0, 4),
]


def dump_of(directory: Path) -> Dump:
    demos.write(demos.demo("fork"), directory)
    return Dump(directory)


def place_of(path: Path, offset: int, build_id: bytes = BUILD_ID) -> FilePlace:
    return FilePlace(str(path), offset, build_id.hex())


def test_a_byte_of_a_file_has_the_name_of_the_symbol_that_holds_it(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(elf(SYMBOLS))
    (tmp_path / "dump").mkdir()
    dump = dump_of(tmp_path / "dump")
    # 0x401000 is mapped from byte 0x1000 on.
    assert symbol_text(dump, place_of(program, 0x1100), read=False) == ""
    assert symbol_text(dump, place_of(program, 0x1100)) == "main"
    assert symbol_text(dump, place_of(program, 0x113F)) == "main+0x3f"
    assert symbol_text(dump, place_of(program, 0x1140)) == ""
    assert symbol_text(dump, place_of(program, 0x1000), read=False) == "start"
    assert symbol_text(dump, place_of(program, 0x2004)) == "counter+0x4"
    # A type that is no function and no variable has no bytes.
    assert symbols_of(dump, place_of(program, 0)).named("file.c") is None
    assert symbols_of(dump, place_of(program, 0)).named("main") == Symbol("main", Span(0x1100, 0x1140))


def test_another_file_of_the_name_has_nothing_to_say(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(elf(SYMBOLS))
    (tmp_path / "dump").mkdir()
    dump = dump_of(tmp_path / "dump")
    assert symbol_text(dump, place_of(program, 0x1100, b"other build id 123")) == ""
    assert symbol_text(dump, place_of(tmp_path / "none", 0x1100)) == ""


@given(st.integers(0, 0x3000), st.binary(max_size=64))
def test_a_damaged_file_names_what_it_can(tmp_path_factory: pytest.TempPathFactory, at: int, damage: bytes) -> None:
    directory = tmp_path_factory.mktemp("elf")
    data = bytearray(elf(SYMBOLS))
    data[at : at + len(damage)] = damage
    (directory / "program").write_bytes(data)
    (directory / "dump").mkdir()
    text = symbol_text(dump_of(directory / "dump"), place_of(directory / "program", 0x1100))
    assert isinstance(text, str)


def test_going_to_a_symbol(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(elf(SYMBOLS))
    directory = tmp_path / "dump"
    directory.mkdir()
    dump = dump_of(directory)
    (entry,) = dump.entries("files.img", kinds.FILES, fdinfo_pb2.file_entry)
    entry.reg.name = str(program)
    words = struct.unpack("<5I", BUILD_ID)
    entry.reg.build_id[:] = words
    (directory / "files.img").write_bytes(encode(kinds.FILES, [entry]))
    report = Report(Dump(directory), criu("4.2.1"))
    # The demo maps byte 0x1000 of its program at 0x401000.
    assert place.go_to(report, 4242, "main", None) == place.TaskAddress(4242, 0x401100)
    assert place.go_to(report, 4242, "program:main+0x10", None) == place.TaskAddress(4242, 0x401110)
    with pytest.raises(place.NowhereError, match="nor a symbol"):
        place.go_to(report, 4242, "nothing_here", None)
    assert task.place_text(report, 4242, 0x401104, named=True).endswith("program+0x1104 main+0x4")
