"""Seccomp filters: classic BPF programs over the number and arguments of a system call, told line by line.

The instructions are those of <linux/filter.h>; what they read is struct seccomp_data (seccomp(2)).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import FILTER_LIMIT
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import seccomp_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

_INSTRUCTION = struct.Struct("<HBBI")
LONGEST_PROGRAM = 4096
"""BPF_MAXINSNS: the kernel takes no longer program."""
_ACTIONS = {
    0x80000000: "kill process", 0x00000000: "kill thread", 0x00030000: "trap", 0x00050000: "errno",
    0x7FC00000: "notify", 0x7FF00000: "trace", 0x7FFC0000: "log", 0x7FFF0000: "allow",
}  # fmt: skip
_FIELDS = {0: "nr", 4: "arch", 8: "ip", 12: "ip high", **{
    16 + 8 * index + half: f"arg{index}{' high' if half else ''}" for index in range(6) for half in (0, 4)
}}  # fmt: skip
_OPERATIONS = {
    0x00: "+",
    0x10: "-",
    0x20: "*",
    0x30: "/",
    0x40: "|",
    0x50: "&",
    0x60: "<<",
    0x70: ">>",
    0x90: "%",
    0xA0: "^",
}
_COMPARED = {0x10: "==", 0x20: ">", 0x30: ">=", 0x40: "&"}


class SeccompFilter(NamedTuple):
    """One filter of a chain."""

    number: int
    """In seccomp.img."""
    flags: int
    program: bytes

    @property
    def instructions(self) -> int:
        """How many BPF instructions it has."""
        return len(self.program) // _INSTRUCTION.size


def filters(dump: Dump, index: int | None) -> tuple[SeccompFilter, ...]:
    """The filters that a thread runs, its latest first; each leads to the one that was there before it."""
    found: list[SeccompFilter] = []
    for entry in dump.entries("seccomp.img", kinds.SECCOMP, seccomp_pb2.seccomp_entry, single=True):
        while index is not None and index < len(entry.seccomp_filters) and len(found) < FILTER_LIMIT:
            own = entry.seccomp_filters[index]
            found.append(SeccompFilter(index, own.flags, own.filter))
            index = own.prev if own.HasField("prev") and own.prev < index else None
    return tuple(found)


def lines(program: bytes) -> Iterator[str]:
    """A filter's instructions, one a line, numbered from 0 as its jumps count them."""
    for number in range(min(len(program) // _INSTRUCTION.size, LONGEST_PROGRAM)):
        yield f"{number:4}  {_words(number, *_INSTRUCTION.unpack_from(program, number * _INSTRUCTION.size))}"


def _words(number: int, code: int, on_true: int, on_false: int, constant: int) -> str:
    kind, operand = code & 0x07, "x" if code & 0x08 else f"{constant:#x}"
    match kind:
        case 0 | 1:
            register = "a" if kind == 0 else "x"
            return f"{register} = {_loaded(code, constant)}"
        case 2 | 3:
            return f"m[{constant}] = {'a' if kind == 2 else 'x'}"
        case 4:
            operation = code & 0xF0
            return "a = -a" if operation == 0x80 else f"a {_OPERATIONS.get(operation, '?')}= {operand}"
        case 5:
            if code & 0xF0 == 0:
                return f"go to {number + 1 + constant}"
            test = f"a {_COMPARED.get(code & 0xF0, '?')} {operand}"
            return f"if {test} go to {number + 1 + on_true} else {number + 1 + on_false}"
        case 6:
            return f"return {_action(constant)}" if code & 0x18 == 0 else "return a"
        case _:
            return "x = a" if code & 0xF8 == 0 else "a = x"


def _loaded(code: int, constant: int) -> str:
    match code & 0xE0:
        case 0x00:
            return f"{constant:#x}"
        case 0x20:
            return _FIELDS.get(constant, f"data[{constant}]")
        case 0x60:
            return f"m[{constant}]"
        case 0x80:
            return "length"
    return f"data[{constant}]"


def _action(value: int) -> str:
    name = _ACTIONS.get(value & 0xFFFF0000, f"{value & 0xFFFF0000:#x}")
    data = value & 0xFFFF
    return f"{name} {data}" if data or name == "errno" else name
