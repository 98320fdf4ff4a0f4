"""What the images need of the kernel and of the processor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import address, counted, some
from criu_tui.core.dump.namespaces import KINDS
from criu_tui.core.dump.vma import TASK_SIZE_X86_64
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import core_pb2, cpuinfo_pb2
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.lazy import lazy_pages
from criu_tui.core.restore.preflight.where import all_namespaces
from criu_tui.core.restore.releases import SPLIT_VDSO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt
    from criu_tui.core.restore.preflight.machine import Machine

Release = tuple[int, int]

ARCHITECTURES = {
    "X86_64": "x86_64",
    "ARM": "armv7l",
    "AARCH64": "aarch64",
    "PPC64": "ppc64le",
    "S390": "s390x",
    "MIPS": "mips64",
    "LOONGARCH64": "loongarch64",
    "RISCV64": "riscv64",
}
"""What uname(2) says, by CRIU's names."""


class Feature(NamedTuple):
    """Something of the kernel that images need."""

    name: str
    since: Release
    """The first release that has it."""
    says: str
    """What fails without it."""


GUARD = Feature("guard regions (MADV_GUARD_INSTALL)", (6, 13), "the restorer cannot make them again")
RSEQ = Feature("restartable sequences (rseq)", (4, 18), "the restorer cannot register them")
TIME = Feature("time namespaces", (5, 6), "CRIU cannot make one")
PIDFD = Feature("pidfds", (5, 3), "CRIU cannot open one")
MEMFD = Feature("memory files (memfd_create)", (3, 17), "CRIU cannot make one")
LAZY = Feature("userfaultfd", (4, 11), "a lazy restore cannot bring pages")
SPLIT_VDSO_KERNEL: Release = (6, 13)
"""From here on the kernel maps the vDSO's data in two parts."""


class KernelFeatures:
    """Calls and namespaces that the restore makes use of, the architecture, the vDSO, the end of user addresses."""

    id: ClassVar[str] = "kernel"
    what: ClassVar[str] = "what the images need of the kernel"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether there is a task."""
        return bool(dump.tasks)

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Everything that this kernel lacks."""
        machine = attempt.machine
        found = list(self._checks(attempt, machine))
        yield from found
        if machine.kernel is None and machine.arch is None:
            yield Check(self.id, self.what, State.UNKNOWN, "no kernel is described")
        elif not found:
            needed = [feature.name for feature in _features(attempt.dump)]
            why = f"it has {', '.join(needed)}" if needed else "the images ask for nothing of late"
            yield Check(self.id, f"Linux {display_safe(machine.kernel or '?', 60)}", State.OK, why)

    def _checks(self, attempt: Attempt, machine: Machine) -> Iterator[Check]:
        dump = attempt.dump
        yield from self._architecture(dump, machine)
        release = machine.release
        for feature, pid in _features(dump).items():
            if release is not None and release < feature.since:
                yield Check(
                    self.id,
                    f"Linux {display_safe(machine.kernel or '', 60)} has no {feature.name}",
                    State.FAILS,
                    f"{feature.says}; the images have some of task {pid}",
                    f"use Linux {feature.since[0]}.{feature.since[1]} or later",
                    pid,
                )
        if machine.userfaultfd is False and lazy_pages(dump):
            yield Check(
                self.id,
                "this kernel has no userfaultfd",
                State.FAILS,
                f"{LAZY.says}: {counted(lazy_pages(dump), 'page')} were left on the machine of the dump",
                "use a kernel with CONFIG_USERFAULTFD, or dump again without --lazy-pages",
            )
        if release is not None and release >= SPLIT_VDSO_KERNEL and SPLIT_VDSO.lacks(attempt.criu.numbers):
            yield Check(
                self.id,
                f"{attempt.criu.name} does not run on Linux {release[0]}.{release[1]}",
                State.FAILS,
                "the vDSO is laid out differently from 6.13 on; CRIU says “Unexpected rt vDSO area bounds”",
                f"use {SPLIT_VDSO.later}",
            )
        yield from self._addresses(dump)
        yield from self._namespaces(dump, machine)

    def _architecture(self, dump: Dump, machine: Machine) -> Iterator[Check]:
        for pid in dump.pids:
            arch = dump.core(pid).arch
            wanted = ARCHITECTURES.get(arch or "")
            if wanted is not None and machine.arch is not None and machine.arch != wanted:
                yield Check(
                    self.id,
                    f"task {pid} ran on {wanted}, this machine is {display_safe(machine.arch, 40)}",
                    State.FAILS,
                    "registers and code of another architecture; CRIU says “Core march mismatch”",
                    f"restore on a machine with {wanted}",
                    pid,
                )
                return

    def _addresses(self, dump: Dump) -> Iterator[Check]:
        """Memory above what CRIU restores on x86-64 (criu/mem.c)."""
        for pid in dump.pids:
            if dump.core(pid).arch != "X86_64":
                continue
            vmas = dump.address_space(pid).vmas
            far = [vma for vma in vmas[-4:] if vma.end > TASK_SIZE_X86_64 and vma.traits.mapped]
            if far:
                yield Check(
                    self.id,
                    f"memory at {address(far[0].start)} of task {pid} lies above {address(TASK_SIZE_X86_64)}",
                    State.FAILS,
                    "CRIU says “Can't restore high memory region”",
                    "run the program without five levels of page tables (boot with no5lvl), and dump again",
                    pid,
                    start=far[0].start,
                )

    def _namespaces(self, dump: Dump, machine: Machine) -> Iterator[Check]:
        """Kinds of namespaces that the restore makes, and how many more there may be."""
        wanted = {each.kind: each.pids[0] for each in reversed(all_namespaces(dump)) if each.shared_with_criu is False}
        for kind, pid in sorted(wanted.items(), key=lambda each: KINDS.index(each[0])):
            limit = machine.sysctl(f"user/max_{kind}_namespaces")
            if machine.namespaces is not None and kind not in machine.namespaces:
                why, advice = "the kernel was built without them", "use another kernel"
            elif limit == 0:
                why = f"user.max_{kind}_namespaces is 0: clone(2) says ENOSPC"
                advice = f"sysctl user.max_{kind}_namespaces=1024"
            else:
                continue
            yield Check(
                self.id, f"no {kind} namespace can be made", State.FAILS, f"task {pid} is in one; {why}", advice, pid
            )


def _features(dump: Dump) -> dict[Feature, int]:
    """What the images need, with the first task that does."""
    found: dict[Feature, int] = {}
    for pid in dump.pids:
        entry = dump.core_entry(pid)
        if entry is not None and entry.HasField("thread_core") and entry.thread_core.rseq_entry.rseq_abi_pointer:
            found.setdefault(RSEQ, pid)
        if any(vma.traits.guard for vma in dump.address_space(pid).vmas):
            found.setdefault(GUARD, pid)
    first = next(iter(dump.pids), 0)
    for each in all_namespaces(dump):
        if each.kind == "time" and each.shared_with_criu is False:
            found.setdefault(TIME, each.pids[0])
    types = {file.type for file in dump.files.values()}
    for kind, feature in (("PIDFD", PIDFD), ("MEMFD", MEMFD)):
        if kind in types:
            found.setdefault(feature, first)
    if lazy_pages(dump):
        found[LAZY] = first
    return found


STATES = ((2, "avx"), (3, "mpx"), (4, "mpx"), (5, "avx512f"), (6, "avx512f"), (7, "avx512f"), (9, "pku"),
          (17, "amx_tile"), (18, "amx_tile"))  # fmt: skip
"""Bits of xstate_bv with the flag of /proc/cpuinfo that says that the processor has such registers."""
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
        """Every set of registers that this processor lacks, then what cpuinfo.img says."""
        dump, flags = attempt.dump, attempt.machine.cpu_flags
        if flags is None:
            yield Check(self.id, self.what, State.UNKNOWN, "no processor is described")
            return
        found = list(self._registers(dump, flags))
        for pid, lacking in found:
            if "xsave" in lacking:
                yield Check(
                    self.id,
                    f"this processor lacks xsave, with which the registers of task {pid} were kept",
                    State.FAILS,
                    "CRIU says “FPU xsave area present, but host cpu doesn't support it”",
                    "restore on a processor that has it",
                    pid,
                )
            else:
                yield Check(
                    self.id,
                    f"this processor lacks {some(lacking)}; task {pid} has such registers",
                    State.UNKNOWN,
                    "CRIU leaves them out without a word: a program that goes on using them dies of SIGILL",
                    "restore on a processor that has them",
                    pid,
                )
        if not found:
            yield Check(self.id, counted(len(dump.pids), "task"), State.OK, "this processor has all their registers")
            yield self._instructions(dump, attempt.machine)

    @staticmethod
    def _registers(dump: Dump, flags: frozenset[str]) -> Iterator[tuple[int, list[str]]]:
        for pid in dump.pids:
            used = 0
            for tid in dump.threads(pid) or (pid,):
                entry = dump.core_entry(tid)
                if entry is not None and entry.mtype == core_pb2.core_entry.X86_64 and entry.HasField("thread_info"):
                    used |= entry.thread_info.fpregs.xsave.xstate_bv
            lacking = sorted({flag for bit, flag in STATES if used >> bit & 1 and flag not in flags})
            if used and "xsave" not in flags:
                lacking = ["xsave"]
            if lacking:
                yield pid, lacking

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
