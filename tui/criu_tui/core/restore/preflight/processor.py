"""What the tasks had in the registers of the processor, and the instructions that they may have chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from criu_tui.core.base.units import counted, number, some
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import core_pb2, cpuinfo_pb2
from criu_tui.core.restore.preflight.check import Check, Needs, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.schema.core_x86_pb2 import user_x86_fpregs_entry, user_x86_xsave_entry
    from criu_tui.core.restore.preflight.attempt import Attempt
    from criu_tui.core.restore.preflight.machine import Machine


class RegisterSet(NamedTuple):
    """One set of registers as the processor keeps it (Intel SDM 1, 13.4)."""

    field: str
    """Where a core image has it."""
    called: str
    """In what CRIU says."""
    bit: int
    """Of xstate_bv."""
    length: int
    """Bytes, which are the same on all processors that have it."""
    flag: str
    """What /proc/cpuinfo says of a processor that has it."""


LEGACY = (("st_space", 32), ("xmm_space", 64))
"""Registers that are always kept, and how many numbers of four bytes each field has."""
REGISTER_SETS = (
    RegisterSet("ymmh_space", "YMM", 2, 256, "avx"),
    RegisterSet("bndreg_state", "BNDREGS", 3, 64, "mpx"),
    RegisterSet("bndcsr_state", "BNDCSR", 4, 64, "mpx"),
    RegisterSet("opmask_reg", "OPMASK", 5, 64, "avx512f"),
    RegisterSet("zmm_upper", "ZMM_Hi256", 6, 512, "avx512f"),
    RegisterSet("hi16_zmm", "Hi16_ZMM", 7, 1024, "avx512f"),
    RegisterSet("pkru", "PKRU", 9, 8, "pku"),
)
"""Those that CRIU keeps, in its order."""
OF_FOUR_BYTES = frozenset(("ymmh_space", "pkru"))
"""Fields of numbers of four bytes; the others have eight."""
PKRU, KEYS_AT_START = 9, 0x55555554
"""Its bit, and what every task begins with (arch/x86/mm/pkeys.c): one that never used protection keys has it still."""
TILES = ((17, "amx_tile"), (18, "amx_tile"))
"""Bits of xstate_bv whose registers CRIU does not keep, with the flag."""
SHADOW_STACK = 1
"""In cet: the task had one (ARCH_SHSTK_SHSTK)."""
WORDS = {
    0: {23: "mmx", 25: "sse", 26: "sse2"},
    4: {0: "pni", 1: "pclmulqdq", 9: "ssse3", 12: "fma", 19: "sse4_1", 20: "sse4_2", 22: "movbe", 23: "popcnt",
        25: "aes", 26: "xsave", 28: "avx", 29: "f16c", 30: "rdrand"},
    9: {3: "bmi1", 5: "avx2", 8: "bmi2", 16: "avx512f", 17: "avx512dq", 18: "rdseed", 19: "adx", 28: "avx512cd",
        29: "sha_ni", 30: "avx512bw", 31: "avx512vl"},
}  # fmt: skip
"""Words of capabilities in cpuinfo.img (compel/arch/x86/src/lib/include/uapi/asm/cpu.h) with flags of /proc/cpuinfo."""


class Processor:
    """Registers that the tasks used, and instructions that they may have chosen."""

    id: ClassVar[str] = "cpu"
    what: ClassVar[str] = "registers and instructions of the processor"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether a task ran on x86-64, the one that is known."""
        return any(dump.core(pid).arch == "X86_64" for pid in dump.pids)

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every set of registers that this processor lacks or that is not of its size, then what cpuinfo.img says."""
        dump, flags = attempt.dump, attempt.machine.cpu_flags
        if flags is None:
            yield Check(self.id, self.what, State.UNKNOWN, "no processor is described")
            return
        found = [*self._without_xsave(dump, flags), *self._sizes(dump, flags), *self._lacking(dump, flags)]
        yield from found
        if not found:
            yield Check(
                self.id,
                counted(len(dump.pids), "task"),
                State.OK,
                "this processor has all their registers, in this size",
            )
            yield self._instructions(dump, attempt.machine)

    def _without_xsave(self, dump: Dump, flags: frozenset[str]) -> Iterator[Check]:
        """CRIU restores what xsave kept only where there is xsave (valid_xsave_frame)."""
        if "xsave" in flags:
            return
        for pid, tid, registers in _registers(dump):
            if tid == pid and registers.HasField("xsave"):
                yield Check(
                    self.id,
                    f"this processor lacks xsave, with which the registers of task {pid} were kept",
                    State.FAILS,
                    "CRIU says “FPU xsave area present, but host cpu doesn't support it”",
                    "restore on a processor that has it",
                    pid,
                )

    def _sizes(self, dump: Dump, flags: frozenset[str]) -> Iterator[Check]:
        """A field with too few numbers is refused; one with too many where the processor has the registers."""
        for pid, tid, registers in _registers(dump):
            said = _wrong_size(registers, flags)
            if said:
                of = f"task {pid}" if tid == pid else f"thread {tid} of task {pid}"
                yield Check(
                    self.id,
                    f"{said[0]} of {of}",
                    State.FAILS,
                    f"CRIU says “{said[1]}”: core-{tid}.img is damaged, or was not written by CRIU",
                    "dump again",
                    pid,
                )

    def _lacking(self, dump: Dump, flags: frozenset[str]) -> Iterator[Check]:
        if "xsave" not in flags:
            return
        lacking: dict[int, set[str]] = {}
        for pid, _, registers in _registers(dump):
            used = registers.xsave.xstate_bv
            if registers.xsave.pkru[:1] == [KEYS_AT_START]:
                used &= ~(1 << PKRU)
            bits = [*((each.bit, each.flag) for each in REGISTER_SETS), *TILES]
            missing = {flag for bit, flag in bits if used >> bit & 1 and flag not in flags}
            if registers.xsave.cet.cet & SHADOW_STACK and "user_shstk" not in flags:
                missing.add("user_shstk")
            lacking.setdefault(pid, set()).update(missing)
        for pid, names in lacking.items():
            if names:
                yield Check(
                    self.id,
                    f"this processor lacks {some(sorted(names))}; task {pid} has such registers",
                    State.UNKNOWN,
                    "CRIU leaves them out and goes on: a program that goes on using them dies of SIGILL",
                    "restore on a processor that has them",
                    pid,
                )

    def _instructions(self, dump: Dump, machine: Machine) -> Check:
        flags = machine.cpu_flags or frozenset()
        for entry in dump.entries("cpuinfo.img", kinds.CPUINFO, cpuinfo_pb2.cpuinfo_entry, single=True):
            for found in entry.x86_entry:
                had = {
                    flag
                    for word, bits in WORDS.items()
                    for bit, flag in bits.items()
                    if word < len(found.capability) and found.capability[word] >> bit & 1
                }
                lacking = sorted(had - flags)
                if not lacking:
                    return Check(self.id, "instructions of cpuinfo.img", State.OK, "this processor has them")
                return Check(
                    self.id,
                    f"this processor lacks {some(lacking)}, which that of the dump had",
                    State.UNKNOWN,
                    "CRIU asks only with --cpu-cap; a program that chose these instructions dies of SIGILL later",
                    "restore on a processor with these",
                )
        return Check(
            self.id,
            "instructions that the programs chose",
            State.UNKNOWN,
            "there is no cpuinfo.img; on the machine of the dump, or one like it, they are there",
            "write it beside a dump with `criu cpuinfo dump -D DIR`",
        )


def _registers(dump: Dump) -> Iterator[tuple[int, int, user_x86_fpregs_entry]]:
    """Of every thread of every task that ran on x86-64: the task, the thread, its registers."""
    for pid in dump.pids:
        for tid in dump.threads(pid) or (pid,):
            entry = dump.core_entry(tid)
            if entry is not None and entry.mtype == core_pb2.core_entry.X86_64 and entry.HasField("thread_info"):
                yield pid, tid, entry.thread_info.fpregs


def _wrong_size(registers: user_x86_fpregs_entry, flags: frozenset[str]) -> tuple[str, str] | None:
    """What is said of the first set of registers that is not of its size, and what CRIU says; None when all are."""
    for field, wanted in LEGACY:
        there = len(getattr(registers, field))
        if there < wanted:
            return f"{field} has {number(there)} numbers instead of {wanted}", f"Corruption in FPU {field} area"
    if "xsave" not in flags or not registers.HasField("xsave"):
        return None
    kept = registers.xsave
    lengths = {each: _length(kept, each.field) for each in REGISTER_SETS}
    short = next((each for each, length in lengths.items() if 0 < length < each.length), None)
    if short is not None:
        what = f"{short.field} has {number(lengths[short])} bytes instead of {short.length}"
        return what, f"Corruption in XFEATURE_{short.called} area"
    for each, length in lengths.items():
        if length > each.length and each.flag in flags and kept.xstate_bv >> each.bit & 1:
            return (
                f"{each.field} has {number(length)} bytes instead of {each.length}",
                f"XFEATURE_{each.called} reported {each.length} bytes (expecting {length})",
            )
    return None


def _length(kept: user_x86_xsave_entry, field: str) -> int:
    """Bytes of one set of registers."""
    return len(getattr(kept, field)) * (4 if field in OF_FOUR_BYTES else 8)
