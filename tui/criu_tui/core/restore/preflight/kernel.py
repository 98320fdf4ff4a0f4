"""What the images need of the kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import address, counted
from criu_tui.core.dump.namespaces import KINDS, namespaces
from criu_tui.core.dump.vma import TASK_SIZE_X86_64, VmaStatus
from criu_tui.core.dump.vma_bits import vma_bits
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.lazy import lazy_pages
from criu_tui.core.restore.releases import RSEQ_KERNEL, SPLIT_VDSO, SPLIT_VDSO_KERNEL

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
RSEQ = Feature("restartable sequences (rseq)", RSEQ_KERNEL, "the restorer cannot register them")
TIME = Feature("time namespaces", (5, 6), "CRIU cannot make one")
PIDFD = Feature("pidfds", (5, 3), "CRIU cannot open one")
MEMFD = Feature("memory files (memfd_create)", (3, 17), "CRIU cannot make one")
LAZY = Feature("userfaultfd", (4, 11), "a lazy restore cannot bring pages")


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
        wanted = {each.kind: each.pids[0] for each in reversed(namespaces(dump)) if each.shared_with_criu is False}
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
    guarded = bool(vma_bits(dump).status & VmaStatus.GUARD)
    for pid in dump.pids:
        entry = dump.core_entry(pid)
        if entry is not None and entry.HasField("thread_core") and entry.thread_core.rseq_entry.rseq_abi_pointer:
            found.setdefault(RSEQ, pid)
        if guarded and any(vma.traits.guard for vma in dump.address_space(pid).vmas):
            found.setdefault(GUARD, pid)
    first = next(iter(dump.pids), 0)
    for each in namespaces(dump):
        if each.kind == "time" and each.shared_with_criu is False:
            found.setdefault(TIME, each.pids[0])
    types = {file.type for file in dump.files.values()}
    for kind, feature in (("PIDFD", PIDFD), ("MEMFD", MEMFD)):
        if kind in types:
            found.setdefault(feature, first)
    if lazy_pages(dump):
        found[LAZY] = first
    return found
