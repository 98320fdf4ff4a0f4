"""What the kernel charges for a mapping, and the first step of a plan that it would refuse.

Rules of mm/util.c (__vm_enough_memory) and mm/mmap.c (accountable_mapping), see
proc_sys_vm(5), overcommit_memory.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import size
from criu_tui.core.dump.vma import MapFlag, Prot
from criu_tui.core.restore.plan import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.restore.plan import Plan, Step, Steps, TaskPlan

KIB = 1024


class Mode(enum.IntEnum):
    """vm.overcommit_memory."""

    HEURISTIC = 0
    ALWAYS = 1
    NEVER = 2


@dataclass(frozen=True, slots=True)
class Host:
    """Memory of the machine that will restore; all sizes in bytes."""

    overcommit: Mode
    mem: int
    swap: int
    limit: int
    """CommitLimit."""
    committed: int
    """Committed_AS before the restore."""
    reserve: int = 0
    """vm.user_reserve_kbytes: at most this much, and 1/32 of what the task maps, is kept free in mode 2."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One step with what it is charged; bytes."""

    step: Step
    charged: int
    running: int
    """The sum over all steps up to and including this one."""
    refusal: Failure | None


@dataclass(frozen=True, slots=True)
class Failure:
    """The mapping that the kernel refuses with ENOMEM; bytes."""

    step: Step
    needed: int
    limit: int
    mode: Mode
    forked: int | None = None
    """The task refused when it is forked, which copies its parent's scratch area; the step is the heaviest copied."""

    @property
    def arithmetic(self) -> str:
        """ "400 GiB > 23.5 GiB: ENOMEM", with the words for either side."""
        left = "this one mapping" if self.mode is Mode.HEURISTIC else "Committed_AS with it"
        if self.forked is not None:
            left = f"forking task {self.forked} copies its parent's mappings, Committed_AS"
        right = "RAM + swap" if self.mode is Mode.HEURISTIC else "CommitLimit"
        return f"{left} {size(self.needed)} > {right} {size(self.limit)}: ENOMEM"


@dataclass(frozen=True, slots=True)
class Budget:
    """All steps of a plan in order of execution, charged on one host."""

    host: Host
    charged: int
    """The sum of all steps; an inherited mapping adds nothing to it."""
    peak: int
    """The most that all tasks hold at a time, copies made by fork included."""
    failure: Failure | None
    refusals: dict[tuple[int, int], Failure]
    """Each mapping refused, were those before it granted, by PID and index of the VMA, in order of execution."""
    _amounts: dict[int, list[int]]
    """By PID, what each VMA's step is charged."""
    _running: dict[int, list[int]]

    def of(self, step: Step) -> Charge:
        """What a step of the plan is charged."""
        pid, index = step.pid, step.index
        return Charge(step, self._amounts[pid][index], self._running[pid][index], self.refusals.get((pid, index)))


def charge(step: Step, mode: Mode) -> int:
    """Bytes that the kernel charges when a step maps: the whole length or nothing.

    A private mapping asked for with WRITE is charged, unless NORESERVE is given and the
    mode honours it. Huge pages have their own accounting. An AIO ring is anonymous
    shared memory that the restore makes anew.
    """
    return _charge(step.vma, step.action, step.requested_prot, mode)


def _charge(vma: Vma, action: Action, requested: int, mode: Mode) -> int:
    if not requested & _WRITE or (action is not Action.MMAP and action is not Action.PREMAP):
        return 0
    own = vma.traits
    if own.hugetlb or own.plugin:
        return 0
    if own.shared and not own.always_private:
        return 0
    if vma.flags & _NORESERVE and mode is not Mode.NEVER:
        return 0
    return vma.size


_WRITE, _NORESERVE = int(Prot.WRITE), int(MapFlag.NORESERVE)


def budget(plan: Plan, host: Host) -> Budget:
    """Charges every step and every fork, and finds the first that the kernel would refuse.

    A fork copies its parent's scratch area, and the kernel charges the copy like the
    original (kernel/fork.c: dup_mmap). What the child does not inherit it unmaps once
    it has premapped its own (criu/mem.c: prepare_mappings), and a task without VMAs
    never does. In mode 0 a fork is refused by no sum, since each mapping is judged alone.
    """
    ledger = _Ledger(host)
    for task in plan.tasks:
        ledger.fork(task)
        ledger.map(task, task.scratch_order)
        ledger.unmap_rest(task)
    for task in plan.tasks:
        ledger.map(task, task.in_place_order)
    return Budget(
        host,
        ledger.charged,
        ledger.peak,
        ledger.failure,
        ledger.refusals,
        ledger.amounts,
        ledger.running,
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """What one mapping of a scratch area is charged, in bytes, and the VMA of a task that it is for."""

    amount: int
    steps: Steps
    index: int


@dataclass(slots=True)
class _Ledger:
    """Commit charge as the restore goes on; bytes."""

    host: Host
    charged: int = 0
    """The sum of what steps are charged."""
    held: int = 0
    """What all tasks together hold at this moment."""
    peak: int = 0
    failure: Failure | None = None
    refusals: dict[tuple[int, int], Failure] = field(default_factory=dict)
    amounts: dict[int, list[int]] = field(default_factory=dict)
    running: dict[int, list[int]] = field(default_factory=dict)
    scratch: dict[int, dict[int, _Held]] = field(default_factory=dict)
    """What each task's scratch area holds, by PID and start address."""
    copied: dict[int, int] = field(default_factory=dict)
    """Bytes in each task's copy of its parent's scratch area that it does not inherit."""
    mapped: dict[int, int] = field(default_factory=dict)
    """Bytes of addresses that each task has mapped."""

    def fork(self, task: TaskPlan) -> None:
        """The task comes into being as a copy of its parent, scratch area included."""
        steps = task.steps
        self.amounts[task.pid] = [0] * len(steps)
        self.running[task.pid] = [0] * len(steps)
        parents = self.scratch.get(task.ppid, {})
        kept = parents if not steps else _inherited(task, parents)
        copied = sum(held.amount for held in parents.values())
        if copied and self.host.overcommit is Mode.NEVER:
            needed, limit = _demand(self.host, copied, self.held, self.mapped.get(task.ppid, 0))
            if needed > limit:
                heaviest = max((kept or parents).values(), key=lambda held: held.amount)
                self._refuse(heaviest.steps.of(heaviest.index), needed, limit, forked=task.pid)
        self.held += copied
        self.peak = max(self.peak, self.held)
        self.scratch[task.pid] = dict(kept)
        self.copied[task.pid] = copied - sum(held.amount for held in kept.values())

    def unmap_rest(self, task: TaskPlan) -> None:
        """What a task has of its parent's scratch area and does not inherit goes."""
        self.held -= self.copied[task.pid]

    def map(self, task: TaskPlan, order: Sequence[int]) -> None:
        """The steps of these VMAs of a task, one after the other."""
        pid, steps, mode = task.pid, task.steps, self.host.overcommit
        amounts, running, scratch = self.amounts[pid], self.running[pid], self.scratch[pid]
        mapped = self.mapped.get(pid, 0)
        for index in order:
            vma, action = steps.vmas[index], steps.actions[index]
            amount = _charge(vma, action, steps.requested[index], mode)
            if amount:
                needed, limit = _demand(self.host, amount, self.held, mapped)
                if needed > limit:
                    self.refusals[pid, index] = self._refuse(steps.of(index), needed, limit)
                self.charged += amount
                self.held += amount
                amounts[index] = amount
            if action is Action.PREMAP:
                scratch[vma.start] = _Held(amount, steps, index)
            if action is not Action.NONE:
                mapped += vma.size
            running[index] = self.charged
        self.mapped[pid] = mapped
        self.peak = max(self.peak, self.held)

    def _refuse(self, step: Step, needed: int, limit: int, *, forked: int | None = None) -> Failure:
        failure = Failure(step, needed, limit, self.host.overcommit, forked)
        self.failure = self.failure or failure
        return failure


def _inherited(task: TaskPlan, parents: dict[int, _Held]) -> dict[int, _Held]:
    """What a task inherits of its parent's scratch area."""
    nothing = _Held(0, task.steps, 0)
    steps = (step for step in task.scratch if step.action is Action.MREMAP)
    return {
        step.vma.start: _Held(parents.get(step.vma.start, nothing).amount, task.steps, step.index) for step in steps
    }


def _demand(host: Host, amount: int, running: int, mapped: int) -> tuple[int, int]:
    """What is asked for and what there is, in bytes; refused when the first is larger."""
    if host.overcommit is Mode.HEURISTIC:
        return amount, host.mem + host.swap
    if host.overcommit is Mode.ALWAYS:
        return 0, 0
    return host.committed + running + amount, max(0, host.limit - min(host.reserve, mapped // 32))


def this_host(proc: Path = Path("/proc")) -> Host:
    """The machine this runs on, from /proc; 0 for what it does not say."""
    info = {}
    for line in _lines(proc / "meminfo"):
        name, _, value = line.partition(":")
        digits = value.split()
        if digits and digits[0].isdecimal():
            info[name] = int(digits[0]) * KIB
    mode = _first_number(proc / "sys/vm/overcommit_memory")
    return Host(
        overcommit=Mode(mode) if mode in tuple(Mode) else Mode.HEURISTIC,
        mem=info.get("MemTotal", 0),
        swap=info.get("SwapTotal", 0),
        limit=info.get("CommitLimit", 0),
        committed=info.get("Committed_AS", 0),
        reserve=_first_number(proc / "sys/vm/user_reserve_kbytes") * KIB,
    )


def _lines(path: Path) -> Iterator[str]:
    try:
        yield from path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return


def _first_number(path: Path) -> int:
    first = next(_lines(path), "").strip()
    return int(first) if first.isdecimal() else 0


_UNITS = {"": 1, "B": 1, "K": KIB, "M": KIB**2, "G": KIB**3, "T": KIB**4}
_SIZES = ("mem", "swap", "limit", "committed", "reserve")


def parse_host(spec: str, default: Host) -> Host:
    """A host from "overcommit=0,mem=24684084K,swap=0K"; what is not given is the default's.

    In mode 2 CommitLimit and Committed_AS matter, in mode 0 RAM and swap. Sizes take K,
    M, G or T; without a unit they are bytes. Raises ValueError with a line for the user.
    """
    mode = default.overcommit
    sizes = {name: getattr(default, name) for name in _SIZES}
    # A host that is described has no reserve unless the description has one.
    sizes["reserve"] = 0
    for part in spec.split(","):
        name, separator, value = part.strip().partition("=")
        if name == "overcommit" and value in ("0", "1", "2"):
            mode = Mode(int(value))
            continue
        match = re.fullmatch(r"(\d{1,20})([BKMGT]?)(?:iB)?", value, re.ASCII)
        if not separator or name not in _SIZES or match is None:
            raise ValueError(
                f"{display_safe(part, 60)!r} in the host: give overcommit=0|1|2 or one of "
                f"{', '.join(f'{known}=SIZE' for known in _SIZES)}, sizes as 24684084K"
            )
        sizes[name] = int(match[1]) * _UNITS[match[2]]
    return Host(mode, **sizes)


def describe(host: Host) -> str:
    """One line on a host: "overcommit 0, 23.5 GiB RAM, no swap"."""
    swap = f"{size(host.swap)} swap" if host.swap else "no swap"
    line = f"overcommit {int(host.overcommit)}, {size(host.mem)} RAM, {swap}"
    if host.overcommit is Mode.NEVER:
        line += f", CommitLimit {size(host.limit)}, committed {size(host.committed)}"
    return line
