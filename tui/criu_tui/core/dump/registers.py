"""The general registers of a thread, for each architecture that CRIU dumps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.system_calls import system_call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from criu_tui.core.images.schema import core_pb2


class Registers(NamedTuple):
    """The general registers of a thread, in the order of gdb's "info registers"."""

    arch: str
    values: tuple[tuple[str, int], ...]
    pc: str
    """The name of the one that holds the address of the next instruction."""
    sp: str
    fp: str
    """The one that leads from frame to frame, where the compiler keeps frame pointers; empty without one."""
    tls: int | None = None
    clear_tid: int = 0
    """Where the kernel writes 0 when the thread ends (set_tid_address(2))."""

    def value(self, name: str) -> int:
        """A register by name; raises KeyError."""
        return dict(self.values)[name]

    @property
    def system_call(self) -> str | None:
        """The system call that the thread is in, or was about to begin anew; None where no register says it."""
        number = dict(self.values).get("orig_rax")
        return None if number is None or number >= 1 << 31 or not self.value(self.pc) else system_call(number)


_X86 = {
    "rax": "ax", "rbx": "bx", "rcx": "cx", "rdx": "dx", "rsi": "si", "rdi": "di", "rbp": "bp", "rsp": "sp",
    **{f"r{number}": f"r{number}" for number in range(8, 16)},
    "rip": "ip", "eflags": "flags", "cs": "cs", "ss": "ss", "ds": "ds", "es": "es", "fs": "fs", "gs": "gs",
    "fs_base": "fs_base", "gs_base": "gs_base", "orig_rax": "orig_ax",
}  # fmt: skip
"""What gdb calls them, and the fields that hold them."""
_INFO = {
    "X86_64": "thread_info", "ARM": "ti_arm", "AARCH64": "ti_aarch64", "PPC64": "ti_ppc64", "S390": "ti_s390",
    "MIPS": "ti_mips", "LOONGARCH64": "ti_loongarch64", "RISCV64": "ti_riscv64",
}  # fmt: skip
_NAMED = {
    "X86_64": ("rip", "rsp", "rbp"), "ARM": ("pc", "sp", "fp"), "AARCH64": ("pc", "sp", "x29"),
    "PPC64": ("nip", "r1", ""), "S390": ("psw_addr", "r15", ""), "MIPS": ("cp0_epc", "r29", "r30"),
    "LOONGARCH64": ("pc", "r3", "r22"), "RISCV64": ("pc", "sp", "s0"),
}  # fmt: skip
"""Program counter, stack pointer and frame pointer."""
_NUMBERED = {"regs": "x", "gpr": "r", "gprs": "r", "acrs": "a"}
"""What the elements of a repeated field are called, the number behind."""


def registers(entry: core_pb2.core_entry | None) -> Registers | None:
    """The registers in the core image of a thread; None where it has none, as for a zombie."""
    if entry is None:
        return None
    arch = type(entry).march.Name(entry.mtype)
    field = _INFO.get(arch)
    if field is None or not entry.HasField(field):
        return None
    info = getattr(entry, field)
    values = tuple(_values(arch, info.gpregs))
    pc, sp, fp = _NAMED[arch]
    names = {name for name, _ in values}
    if pc not in names or sp not in names:
        return None
    tls = info.tls if arch not in ("X86_64", "PPC64", "S390") else None
    return Registers(arch, values, pc, sp, fp, tls, info.clear_tid_addr)


def _values(arch: str, gpregs: Any) -> Iterator[tuple[str, int]]:
    if arch == "X86_64":
        yield from ((name, getattr(gpregs, field)) for name, field in _X86.items())
        return
    for field, value in gpregs.ListFields():
        if field.is_repeated:
            letter = "r" if arch == "LOONGARCH64" else _NUMBERED.get(field.name, field.name)
            yield from ((f"{letter}{number}", each) for number, each in enumerate(value))
        elif field.message_type is None:
            yield field.name, value
