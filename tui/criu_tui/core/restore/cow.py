"""COW pairs: memory that a child task inherits from its parent task (criu/mem.c: prepare_cow_vmas)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from criu_tui.core.dump.vma import VmaStatus
from criu_tui.core.dump.vma_bits import vma_bits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.address_space import AddressSpace
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.task import Task
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.restore.releases import Rule


@dataclass(slots=True)
class Pairs:
    """The COW pairs of one task: partners by index of its VMA."""

    inherited: dict[int, int] = field(default_factory=dict)
    """VMA index -> VMA index in the parent task."""
    roots: dict[int, int] = field(default_factory=dict)
    """VMA index -> pid of the first child that inherits it."""


def pairs_under(dump: Dump, rule: Rule) -> dict[int, Pairs]:
    """`cow_pairs` as a rule has them, made once for all rules that have the same."""
    accounting = rule.accounting and bool(vma_bits(dump).status & VmaStatus.NOT_ACCOUNTABLE)
    return dump.once(("pairs", accounting), lambda: cow_pairs(dump, accounting=accounting))


def cow_pairs(dump: Dump, *, accounting: bool) -> dict[int, Pairs]:
    """COW pairs of every task with its parent task.

    With `accounting` a VMA that the kernel did not count when it was dumped has no pair (CRIU 4.3 and later).
    """
    pairs: dict[int, Pairs] = {task.pid: Pairs() for task in dump.tasks}
    for task in dump.tasks:
        if task.ppid not in pairs or task.ppid == task.pid or _of_a_helper(dump, task):
            continue
        child, parent = dump.address_space(task.pid), dump.address_space(task.ppid)
        if not child.vmas or not parent.vmas or child.exe_file_id != parent.exe_file_id:
            continue
        for index, parent_index in _matching(child, parent, dump.task_size, accounting=accounting):
            pairs[task.pid].inherited[index] = parent_index
            if parent_index not in pairs[task.ppid].inherited:
                pairs[task.ppid].roots.setdefault(parent_index, task.pid)
    return pairs


def _of_a_helper(dump: Dump, task: Task) -> bool:
    """Whether a helper without memory forks the task in place of the root task.

    A child of the root in a session that neither of them leads was reparented to the root: it is
    forked by a helper that leads the session (criu/pstree.c: prepare_pstree_ids).
    """
    root = dump.tasks[0]
    return task.ppid == root.pid and task.sid not in (root.sid, task.pid)


def _matching(
    child: AddressSpace, parent: AddressSpace, task_size: int, *, accounting: bool
) -> Iterator[tuple[int, int]]:
    """One walk over both lists, to the end of either or its first guard VMA.

    Starts are compared only between the strides, and the child's stride runs past an
    equal start. So where the child has a VMA of its own, the next common one is missed
    and both tasks map it in place.
    """
    ours, theirs = child.before_guards.starts, parent.before_guards.starts
    end, other_end = len(ours), len(theirs)
    i = j = 0
    while i < end and j < other_end:
        start = theirs[j]
        if ours[i] == start and _cow_pair(child.vmas[i], parent.vmas[j], task_size, accounting=accounting):
            yield i, j
        while ours[i] <= start:
            i += 1
            if i == end:
                return
        start = ours[i]
        while theirs[j] < start:
            j += 1
            if j == other_end:
                return


def _cow_pair(a: Vma, b: Vma, task_size: int, *, accounting: bool) -> bool:
    """Same place and same nature; protection and contents are not compared."""
    one, other = a.traits, b.traits
    return (
        a.end == b.end
        and a.is_private(task_size)
        and b.is_private(task_size)
        and not one.hugetlb
        and not other.hugetlb
        and one.growsdown == other.growsdown
        and one.anonymous == other.anonymous
        and (one.anonymous or a.shmid == b.shmid)
        and not (accounting and (one.unaccounted or other.unaccounted))
    )
