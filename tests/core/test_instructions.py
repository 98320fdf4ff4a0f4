"""Instructions around an address, and the mapped files that their bytes may come from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from criu_tui.core.base.units import PAGE
from criu_tui.core.demos import DemoDump, DemoTask, Mapping, write
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.mapped_file import FilePlace
from criu_tui.core.dump.vma import MapFlag, Prot
from criu_tui.core.pages.elf_at_hand import ElfFiles, build_id_of
from criu_tui.core.pages.instructions import Code, code_around, instructions
from criu_tui.core.pages.memory import Memory
from criu_tui.core.source.directory import open_regular

# push rbp; mov rbp, rsp; sub rsp, 16; syscall; leave; ret: as the manual of the processor encodes them.
FUNCTION = bytes.fromhex("55 4889e5 4883ec10 0f05 c9 c3")
HERE = 0x401000


def test_instructions_of_x86_before_and_behind() -> None:
    pytest.importorskip("capstone")
    found = instructions("X86_64", Code(HERE, FUNCTION + b"\x90" * 20), HERE + 8)
    assert [(each.address - HERE, each.text) for each in found[:6]] == [
        (0, "push rbp"),
        (1, "mov rbp, rsp"),
        (4, "sub rsp, 0x10"),
        (8, "syscall"),
        (10, "leave"),
        (11, "ret"),
    ]
    assert instructions("X86_64", Code(HERE, FUNCTION), HERE)[0].text == "push rbp"


def test_instructions_of_arm() -> None:
    pytest.importorskip("capstone")
    # stp x29, x30, [sp, #-16]!; mov x29, sp; svc #0; ret
    code = Code(HERE, bytes.fromhex("fd7bbfa9 fd030091 010000d4 c0035fd6"))
    assert [each.text.split()[0] for each in instructions("AARCH64", code, HERE + 8)] == ["stp", "mov", "svc", "ret"]


def test_what_is_no_instruction_ends_them() -> None:
    pytest.importorskip("capstone")
    # 06 is none in 64-bit mode.
    assert [each.text for each in instructions("X86_64", Code(HERE, b"\xc3\x06\x06"), HERE + 1)] == ["ret"]
    assert instructions("S390", Code(HERE, FUNCTION), HERE) == []


def test_code_is_taken_from_dumped_pages_or_not_at_all(tmp_path: Path) -> None:
    code, other = 0x400000, 0x500000
    mapping = Mapping(code, PAGE, Prot.READ | Prot.EXEC, MapFlag.PRIVATE | MapFlag.ANONYMOUS, pages=(code,))
    write(DemoDump("code", (DemoTask(7, 0, "task", (mapping,)),)), tmp_path)
    dump = Dump(tmp_path)
    with Memory(dump, 7) as memory, ElfFiles(dump) as files:
        found = code_around(memory, dump, code + 8, files)
        assert found is not None
        assert found.start == code
        assert len(found.data) > 100
        assert code_around(memory, dump, other, files) is None


@pytest.fixture
def program() -> Path:
    """An ELF file with a build id."""
    found = shutil.which("gcc") or shutil.which("ls")
    if found is None:
        pytest.skip("no program here")
    with open_regular(Path(found)) as file:
        if not build_id_of(file):
            pytest.skip(f"{found} has no build id")
    return Path(found)


def looking_below(*roots: Path) -> Dump:
    """A dump whose mapped files are looked for below some directories; it lies in the last of them."""
    write(DemoDump("", (DemoTask(7, 0, "task", (Mapping(0x400000, PAGE, Prot.READ),)),)), roots[-1])
    dump = Dump(roots[-1])
    dump.mapped_below = roots
    return dump


def test_files_below_a_root_come_before_those_of_this_machine(tmp_path: Path, program: Path) -> None:
    with open_regular(program) as file:
        known = build_id_of(file)
    (tmp_path / "root/opt").mkdir(parents=True)
    shutil.copy(program, tmp_path / "root/opt/program")
    dump = looking_below(tmp_path / "none", tmp_path / "root", tmp_path)
    with ElfFiles(dump) as files:
        found = FilePlace("/opt/program", 0, known)
        assert files.has(found, PAGE)
        assert files.read(found, 4) == b"\x7fELF"
    with ElfFiles(dump) as files:
        assert not files.has(FilePlace("/opt/program", 0, known[::-1]), PAGE)
        assert not files.has(FilePlace("/opt/other", 0, known), PAGE)


def test_a_mapped_file_may_have_other_names_beside_it(tmp_path: Path, program: Path) -> None:
    """As programs have that do different things by their names."""
    with open_regular(program) as file:
        known = build_id_of(file)
    padded = program.read_bytes() + bytes(3 << 20)
    (tmp_path / "a").write_bytes(padded)
    (tmp_path / "other").hardlink_to(tmp_path / "a")
    dump = looking_below(tmp_path)
    with ElfFiles(dump) as files:
        assert files.has(FilePlace("/other", 0, known), PAGE)
