"""What the kernel charges for a mapping, and the first step of a plan that it would refuse.

Rules of mm/util.c (__vm_enough_memory) and mm/mmap.c (accountable_mapping), see
proc_sys_vm(5), overcommit_memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from criu_tui.core.dump.vma import MapFlag
from criu_tui.core.pages.pagemaps import coverages_of
from criu_tui.core.restore import arena
from criu_tui.core.restore.failure import Failure, Stop
from criu_tui.core.restore.host import Mode
from criu_tui.core.restore.reads import stop_of_reads
from criu_tui.core.restore.rules import overlapped
from criu_tui.core.restore.steps import WRITE, Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.base.span import Span
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.plan import Plan, TaskPlan
    from criu_tui.core.restore.steps import Step, Steps


@dataclass(frozen=True, slots=True)
class Charge:
    """One step with what it is charged; bytes."""

    step: Step
    charged: int
    running: int
    """The sum over all steps up to and including this one."""
    refusal: Failure | None


@dataclass(frozen=True, slots=True)
class Budget:
    """All steps of a plan in order of execution, charged on one host."""

    host: Host
    charged: int
    """The sum of all steps; an inherited mapping adds nothing to it."""
    peak: int
    """The most that all tasks hold at a time, copies made by fork included."""
    failure: Failure | None
    """The first."""
    others: tuple[Failure, ...]
    """What stops the restore other than a refused mapping: a fork, an area to reserve, pages to read."""
    refusals: dict[tuple[int, int], Failure]
    """Each mapping refused, were those before it granted, by PID and index of the VMA, in order of execution."""
    _amounts: dict[int, list[int]]
    """By PID, what each VMA's step is charged."""
    _running: dict[int, list[int]]

    def amounts(self, pid: int) -> Sequence[int]:
        """What the step of each VMA of a task is charged; empty for a task without steps."""
        return self._amounts.get(pid, ())

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
    if not requested & WRITE or (action is not Action.MMAP and action is not Action.PREMAP):
        return 0
    own = vma.traits
    if own.hugetlb or own.plugin:
        return 0
    if own.shared and not own.always_private:
        return 0
    if vma.flags & _NORESERVE and mode is not Mode.NEVER:
        return 0
    return vma.size


_NORESERVE = int(MapFlag.NORESERVE)


def budget(plan: Plan, host: Host) -> Budget:
    """Charges every step and every fork, and finds the first failure.

    A fork copies its parent's scratch area, and the kernel charges the copy like the
    original (kernel/fork.c: dup_mmap). What the child does not inherit it unmaps once
    it has premapped its own (criu/mem.c: prepare_mappings), and a task without VMAs
    never does. In mode 0 a fork is refused by no sum, since each mapping is judged alone.
    """
    ledger = _Ledger(host)
    for task in plan.tasks:
        ledger.fork(task)
        ledger.reserve(task)
        if task.steps.scratch:
            ledger.map(task, task.scratch_order)
            ledger.note(stop_of_reads(plan, task, host.overcommit))
        ledger.unmap_rest(task)
    for task in plan.tasks:
        ledger.map(task, task.in_place_order)
    return Budget(
        host,
        ledger.charged,
        ledger.peak,
        ledger.failure,
        tuple(ledger.others),
        ledger.refusals,
        ledger.amounts,
        ledger.running,
    )


def needless(plan: Plan, charges: Budget) -> int:
    """Bytes charged for memory that is writable for its pages to be read, and has none."""
    total = 0
    for task in plan.tasks:
        vmas, amounts = task.steps.vmas, charges.amounts(task.pid)
        added = [index for index, amount in enumerate(amounts) if amount and not vmas[index].prot & WRITE]
        if added:
            covered = coverages_of(task.dump, task.pid)
            total += sum(amounts[index] for index in added if not overlapped(covered, index))
    return total


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
    others: list[Failure] = field(default_factory=list)
    arenas: dict[int, Span] = field(default_factory=dict)
    """Addresses reserved for each task's scratch area."""
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
        parents = self.scratch.get(task.ppid)
        if not parents:
            self.scratch[task.pid] = {}
            return
        kept = parents if not steps else _inherited(task, parents) if steps.scratch else {}
        copied = sum([held.amount for held in parents.values()])
        if copied and self.host.overcommit is Mode.NEVER:
            needed, limit = _demand(self.host, copied, self.held, self.mapped.get(task.ppid, 0))
            if needed > limit:
                heaviest = max((kept or parents).values(), key=lambda held: held.amount)
                step = heaviest.steps.of(heaviest.index)
                self.note(Failure(step, needed, limit, self.host.overcommit, task.pid))
        self.held += copied
        self.peak = max(self.peak, self.held)
        self.scratch[task.pid] = dict(kept)
        self.copied[task.pid] = copied - sum(held.amount for held in kept.values())

    def reserve(self, task: TaskPlan) -> None:
        """The addresses for the task's scratch area, while its parent's are still reserved."""
        steps = task.steps
        if not steps.arena:
            return
        parents = self.arenas.get(task.ppid)
        placed = arena.place(steps.arena, parents)
        if placed is not None:
            self.arenas[task.pid] = placed
            return
        largest = max(range(len(steps.vmas)), key=lambda index: steps.vmas[index].size)
        limit = arena.longest_gap(parents)
        self.note(Failure(steps.of(largest), steps.arena, limit, self.host.overcommit, stop=Stop.RESERVE))

    def note(self, failure: Failure | None) -> None:
        """Keeps what stops the restore other than a refused mapping."""
        if failure is not None:
            self.others.append(failure)
            self.failure = self.failure or failure

    def unmap_rest(self, task: TaskPlan) -> None:
        """The task unmaps what it has of its parent's scratch area and does not inherit."""
        self.held -= self.copied.get(task.pid, 0)

    def map(self, task: TaskPlan, order: Sequence[int]) -> None:
        """Maps these VMAs of a task, one after the other."""
        if not order:
            return
        pid, steps, mode = task.pid, task.steps, self.host.overcommit
        amounts, running, scratch = self.amounts[pid], self.running[pid], self.scratch[pid]
        mapped = self.mapped.get(pid, 0)
        for index in order:
            vma, action = steps.vmas[index], steps.actions[index]
            amount = _charge(vma, action, steps.requested[index], mode)
            if amount:
                needed, limit = _demand(self.host, amount, self.held, mapped)
                if needed > limit:
                    refusal = Failure(steps.of(index), needed, limit, mode)
                    self.refusals[pid, index] = refusal
                    self.failure = self.failure or refusal
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


def _inherited(task: TaskPlan, parents: dict[int, _Held]) -> dict[int, _Held]:
    """What a task inherits of its parent's scratch area."""
    nothing = _Held(0, task.steps, 0)
    steps = (step for step in task.scratch if step.action is Action.MREMAP)
    return {
        step.vma.start: _Held(parents.get(step.vma.start, nothing).amount, task.steps, step.index) for step in steps
    }


def _demand(host: Host, amount: int, running: int, mapped: int) -> tuple[int, int]:
    """What is asked for and what there is, in bytes; refused when the first is larger.

    Of a host whose memory is not known nothing is refused.
    """
    if host.overcommit is Mode.HEURISTIC and host.mem is not None:
        return amount, host.mem + host.swap
    if host.overcommit is Mode.NEVER and host.limit is not None and host.committed is not None:
        return host.committed + running + amount, max(0, host.limit - min(host.reserve, mapped // 32))
    return 0, 0
