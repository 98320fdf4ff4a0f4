"""The write plan: what a restore maps, in which order, and how.

Rules of CRIU 2.0 to 4.3 (criu/mem.c: prepare_vma_ios, premap_priv_vmas,
private_vma_no_write; criu/pie/restorer.c), checked against real restores. All of
it works on VMAs and pagemap entries only; no page is read.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.pagemaps import coverages_of, pagemap_of
from criu_tui.core.restore.cow import Pairs, pairs_under
from criu_tui.core.restore.reasons import reason
from criu_tui.core.restore.rules import Cursor, premap_write
from criu_tui.core.restore.steps import WRITE, Action, Cause, Step, Steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.task import Task
    from criu_tui.core.dump.vma import Traits
    from criu_tui.core.pages.entries import Coverages
    from criu_tui.core.pages.pagemap import Pagemap
    from criu_tui.core.restore.releases import Criu, Rule


class TaskPlan(NamedTuple):
    """The steps of one task in order of execution: premaps and mremaps, then in place."""

    pid: int
    ppid: int
    """PID of the task that forks it; for the first task, one that is not in the dump."""
    steps: Steps
    dump: Dump
    reads_wide_counts: bool = True
    """Whether the release reads page counts of field 5."""

    @property
    def pagemap(self) -> Pagemap:
        """Of the task, as the release reads it; the dump decides how long it stays in memory."""
        return _pagemap(self.dump, self.pid, wide=self.reads_wide_counts)

    @property
    def scratch(self) -> Iterator[Step]:
        """Premaps and mremaps, in a scratch area before the tasks fork."""
        return map(self.steps.of, self.scratch_order)

    @property
    def in_place(self) -> Iterator[Step]:
        """What the restorer maps itself, at final addresses."""
        return map(self.steps.of, self.in_place_order)

    @property
    def scratch_order(self) -> Sequence[int]:
        """Indexes of the VMAs of `scratch`."""
        return self.steps.order[: self.steps.scratch]

    @property
    def in_place_order(self) -> Sequence[int]:
        """Indexes of the VMAs of `in_place`."""
        return self.steps.order[self.steps.scratch :]


@dataclass(frozen=True, slots=True)
class Plan:
    """The write plan of a whole dump, tasks in tree order."""

    criu: Criu
    tasks: tuple[TaskPlan, ...]
    by_pid: dict[int, TaskPlan] = field(repr=False)
    lazy: bool = False
    """As for `criu restore --lazy-pages`."""

    def execution_order(self) -> Iterator[tuple[TaskPlan, int]]:
        """Tasks and VMA indexes as they happen: every task's scratch mappings, then every task's own restorer."""
        for task in self.tasks:
            yield from ((task, index) for index in task.scratch_order)
        for task in self.tasks:
            yield from ((task, index) for index in task.in_place_order)

    def reason(self, step: Step) -> str:
        """One sentence that names what decided a step."""
        return reason(step, self.criu, counted_known=self.by_pid[step.pid].steps.counted_known)


def plan(dump: Dump, criu: Criu, *, lazy: bool = False) -> Plan:
    """The write plan of a dump; `lazy` as for `criu restore --lazy-pages`.

    Cost is linear in VMAs, with a binary search in the pagemap for each.
    """
    pairs, wide = pairs_under(dump, criu.rule), criu.reads_wide_counts
    by_pid: dict[int, TaskPlan] = {}
    for task in dump.tasks:
        steps = _task_steps(dump, task, pairs[task.pid], criu.rule, lazy=lazy, wide=wide)
        by_pid[task.pid] = TaskPlan(task.pid, task.ppid, steps, dump, wide)
    return Plan(criu, tuple(by_pid.values()), by_pid, lazy)


def _task_steps(dump: Dump, task: Task, pairs: Pairs, rule: Rule, *, lazy: bool, wide: bool) -> Steps:
    pid, ppid = task.pid, task.ppid
    vmas = dump.address_space(pid).made
    pagemap, covered = _read_pages(dump, pid, wide=wide)
    cursor = Cursor(pagemap, covered, rule.mark)
    parent_vmas = dump.address_space(ppid).vmas if pairs.inherited else ()
    premap_all = Cause.INCREMENTAL if dump.incremental else Cause.LAZY if lazy else None
    actions: list[Action] = []
    requested: list[int] = []
    causes: list[Cause] = []
    entries: list[tuple[int, int] | None] = []
    partners = dict.fromkeys(pairs.inherited, ppid)
    counted_known = False
    arena = 0
    task_size = dump.task_size
    end_before = -1
    for index, vma in enumerate(vmas):
        own = vma.traits
        counted_known = counted_known or own.unaccounted
        entry: tuple[int, int] | None = None
        prot = vma.prot
        private = not own.guard and (own.always_private or (own.private_kind and vma.end <= task_size))
        by_entry = False
        if private:
            arena += max(0, vma.end - vma.start)
            if own.growsdown:
                arena += PAGE
        if not private:
            action, cause = _not_private(own)
        elif own.hugetlb or own.plugin:
            action, cause = Action.MMAP, Cause.HUGETLB if own.hugetlb else Cause.PLUGIN
        elif index in pairs.inherited:
            action, cause, prot = Action.MREMAP, Cause.INHERITED, parent_vmas[pairs.inherited[index]].prot
        elif index in pairs.roots:
            action, cause = Action.PREMAP, Cause.COW_ROOT
            partners[index] = pairs.roots[index]
        elif premap_all is not None:
            action, cause = Action.PREMAP, premap_all
        elif own.shadow_stack:
            action, cause = Action.PREMAP, Cause.SHADOW_STACK
        elif own.growsdown and end_before == vma.start:
            action, cause = Action.PREMAP, Cause.GROWSDOWN
        else:
            by_entry = True
            action = Action.MMAP
            cause, entry = cursor.decide(index, vma)
            if prot & WRITE:
                cause = Cause.WRITABLE
            elif cause is not Cause.NO_DATA and cause is not Cause.NO_DATA_LEFT:
                prot |= WRITE
        if private and not by_entry:
            prot |= premap_write(rule, covered, index, vma)
        actions.append(action)
        requested.append(prot)
        causes.append(cause)
        entries.append(entry)
        end_before = vma.end
    # List order is kept among scratch mappings and among the rest.
    scratch = (
        [i for i, action in enumerate(actions) if action is Action.PREMAP or action is Action.MREMAP]
        if Action.PREMAP in actions or Action.MREMAP in actions
        else []
    )
    in_place = (
        [i for i, action in enumerate(actions) if action is not Action.PREMAP and action is not Action.MREMAP]
        if scratch
        else range(len(vmas))
    )
    order = array("I", (*scratch, *in_place)) if scratch else in_place
    return Steps(
        pid,
        vmas,
        order,
        len(scratch),
        actions,
        requested,
        causes,
        covered.dumped,
        entries,
        partners,
        counted_known,
        arena,
    )


def _pagemap(dump: Dump, pid: int, *, wide: bool) -> Pagemap:
    found = pagemap_of(dump, pid)
    return found if wide or not found.wide_counts else found.without_pages()


def _read_pages(dump: Dump, pid: int, *, wide: bool) -> tuple[Pagemap, Coverages]:
    """The entries of a task as its release reads them, and what of them lies in each VMA."""
    pagemap = _pagemap(dump, pid, wide=wide)
    if wide or not pagemap.wide_counts:
        return pagemap, coverages_of(dump, pid)
    vmas = dump.address_space(pid).vmas
    return pagemap, pagemap.coverages([vma.start for vma in vmas], [vma.end for vma in vmas])


def _not_private(own: Traits) -> tuple[Action, Cause]:
    """A VMA that is not private memory: its own protection, or no mapping at all."""
    if own.guard:
        return Action.NONE, Cause.GUARD
    if own.sysv:
        return Action.SHMAT, Cause.SYSV
    if not own.mapped:
        return Action.NONE, Cause.UNMAPPED
    return Action.MMAP, Cause.ABOVE if own.private_kind else Cause.SHARED
