"""Instructions around an address, by capstone where it is installed: `pip install criu-tui[disassembly]`.

Their bytes are those of dumped pages, else of the mapped file where that is at hand.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from criu_tui.core.dump.mapped_file import file_place
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.pages.elf_at_hand import ElfFiles
    from criu_tui.core.pages.memory import Memory

BEFORE, AFTER = 4, 8
"""Instructions that are told before an address, and from it on."""
_LONGEST = 15
"""Bytes of the longest instruction of x86."""
_WAYS = {
    "X86_64": ("CS_ARCH_X86", "CS_MODE_64"),
    "AARCH64": ("CS_ARCH_ARM64", "CS_MODE_ARM"),
    "ARM": ("CS_ARCH_ARM", "CS_MODE_ARM"),
    "RISCV64": ("CS_ARCH_RISCV", "CS_MODE_RISCV64"),
}
"""What capstone calls the architectures of CRIU whose code it is asked for."""


class Instruction(NamedTuple):
    """One instruction."""

    address: int
    size: int
    """In bytes."""
    text: str
    """As assemblers write it, "mov rbp, rsp"."""


class Code(NamedTuple):
    """Bytes around an address."""

    start: int
    data: bytes


def known(arch: str) -> bool:
    """Whether instructions of an architecture could be told."""
    return arch in _WAYS


def installed() -> bool:
    """Whether capstone is; the first call loads it."""
    return _capstone() is not None


@cache
def _capstone() -> Any:
    # Large, and asked for by few: loaded with the first instruction, not with the program.
    try:
        return import_module("capstone")
    except ImportError:
        return None


def code_around(memory: Memory, dump: Dump, address: int, files: ElfFiles) -> Code | None:
    """Bytes that hold the instructions around an address, as far as its VMA goes; None where they are not to be had."""
    vma = memory.vma(address)
    if vma is None:
        return None
    start = max(vma.start, address - _LONGEST * (BEFORE + 1))
    length = min(vma.end, address + _LONGEST * AFTER) - start
    try:
        data = memory.read(start, length)
        place = file_place(dump, vma, start) if data is None else None
        if place is not None and files.has(place, length):
            data = files.read(place, length)
    except (ImageError, OSError):
        return None
    return None if data is None else Code(start, data)


def instructions(arch: str, code: Code, address: int) -> list[Instruction]:
    """The instructions before an address and from it on; none where capstone knows none."""
    capstone = _capstone()
    way = _WAYS.get(arch)
    if capstone is None or way is None:
        return []
    reader = capstone.Cs(*(getattr(capstone, name) for name in way))
    at = address - code.start

    def read(begin: int, end: int | None, most: int = 0) -> list[Instruction]:
        found = reader.disasm_lite(code.data[begin:end], code.start + begin, most)
        return [Instruction(where, size, f"{name} {operands}".rstrip()) for where, size, name, operands in found]

    # Where instructions differ in length, those before are known from the first byte on whose instructions end here.
    ending = (found for begin in range(at) if _length(found := read(begin, at)) == at - begin)
    before = next(ending, [])
    return [*before[-BEFORE:], *read(at, None, AFTER)]


def _length(found: list[Instruction]) -> int:
    return sum(each.size for each in found)
