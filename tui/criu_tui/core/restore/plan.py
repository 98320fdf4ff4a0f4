"""The write plan: what a restore maps, in which order, how, and why.

Rules of CRIU 2.0 to 4.2.1 (criu/mem.c: prepare_vma_ios, premap_priv_vmas,
private_vma_no_write; criu/pie/restorer.c), checked against real restores. All of
it works on VMAs and pagemap entries only; no page is read.
"""

from __future__ import annotations

import enum
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

from criu_tui.core.base.units import address, counted, size
from criu_tui.core.dump.vma import Prot
from criu_tui.core.pages.pagemaps import coverages_of, pagemap_of
from criu_tui.core.restore.releases import Criu, Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.address_space import AddressSpace
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Traits, Vma
    from criu_tui.core.pages.pagemap import Coverages, Entry, Pagemap

_WRITE = int(Prot.WRITE)
"""An int: with an IntFlag, each of some hundred thousand operations takes ten times as long."""


class Action(enum.Enum):
    """How a VMA comes into being."""

    MMAP = "mmap"
    PREMAP = "premap"
    MREMAP = "mremap"
    SHMAT = "shmat"
    NONE = "none"


class Cause(enum.Enum):
    """What decided a step."""

    WRITABLE = enum.auto()
    """Writable in the dump already."""
    DATA = enum.auto()
    """An entry overlaps the VMA: WRITE is added to read pages into it."""
    TOUCH = enum.auto()
    """An entry begins exactly at the end and is taken for an overlap: the boundary bug."""
    TRAILING = enum.auto()
    """No entry ends above the VMA's start: the mark is never set."""
    ALWAYS = enum.auto()
    """This release adds WRITE to every private VMA."""
    NO_DATA = enum.auto()
    """The next entry lies above: WRITE is not added."""
    NO_DATA_LEFT = enum.auto()
    """No entry is left and the needed rule sees it."""
    HUGETLB = enum.auto()
    PLUGIN = enum.auto()
    SHARED = enum.auto()
    ABOVE = enum.auto()
    """Private memory that ends above the task size, which CRIU does not take for private."""
    SYSV = enum.auto()
    GUARD = enum.auto()
    UNMAPPED = enum.auto()
    INHERITED = enum.auto()
    COW_ROOT = enum.auto()
    INCREMENTAL = enum.auto()
    LAZY = enum.auto()
    SHADOW_STACK = enum.auto()
    GROWSDOWN = enum.auto()


@dataclass(frozen=True, slots=True)
class Step:
    """What the restore does for one VMA."""

    pid: int
    index: int
    """Of the VMA in the task's list."""
    vma: Vma
    action: Action
    requested_prot: int
    """PROT_* bits asked of the kernel; of the inherited mapping for mremap."""
    cause: Cause
    pages: int
    """Pages of the task's pagemap inside the VMA whose contents a restore reads."""
    entry: int | None = None
    """Index of the pagemap entry that decided."""
    partner: int | None = None
    """The task on the other side of a COW pair."""

    @property
    def write_added(self) -> bool:
        """Whether the mapping is writable only for the restore."""
        return bool(self.requested_prot & _WRITE and not self.vma.prot & _WRITE)

    @property
    def maps_anew(self) -> bool:
        """Whether the kernel is asked for a new mapping."""
        return self.action in (Action.MMAP, Action.PREMAP)


@dataclass(frozen=True, slots=True, eq=False)
class Steps(Sequence[Step]):
    """The steps of a task in order of execution, each made when it is looked at.

    The columns are by index of the VMA.
    """

    pid: int
    vmas: tuple[Vma, ...]
    order: Sequence[int]
    """Indexes of VMAs: premaps and mremaps, then in place."""
    scratch: int
    """How many of these are premaps and mremaps."""
    actions: list[Action]
    requested: list[int]
    """PROT_* bits asked of the kernel."""
    causes: list[Cause]
    pages: Sequence[int]
    entries: list[int | None]
    partners: dict[int, int]

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> list[Step]: ...
    def __getitem__(self, index: int | slice) -> Step | list[Step]:
        if isinstance(index, slice):
            return [self.of(i) for i in self.order[index]]
        return self.of(self.order[index])

    @classmethod
    def none(cls, pid: int) -> Steps:
        """Those of a task without VMAs."""
        return cls(pid, (), (), 0, [], [], [], (), [], {})

    def position(self, index: int) -> int:
        """Where the step of a VMA is in the order."""
        return self.order.index(index) if self.scratch else index

    def of(self, index: int) -> Step:
        """The step of a VMA."""
        return Step(
            self.pid,
            index,
            self.vmas[index],
            self.actions[index],
            self.requested[index],
            self.causes[index],
            self.pages[index],
            self.entries[index],
            self.partners.get(index),
        )


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """The steps of one task in order of execution: premaps and mremaps, then in place."""

    pid: int
    ppid: int
    """The task that forks it; one that is not in the dump for the first."""
    steps: Steps
    dump: Dump = field(repr=False)

    @property
    def pagemap(self) -> Pagemap:
        """Of the task; the dump decides how long it stays in memory."""
        return pagemap_of(self.dump, self.pid)

    @property
    def scratch(self) -> Iterator[Step]:
        """Fresh premaps and inherited mappings."""
        return map(self.steps.of, self.scratch_order)

    @property
    def in_place(self) -> Iterator[Step]:
        """Steps of the restorer, at final addresses."""
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
        return _reason(step, self.criu, self.by_pid[step.pid].pagemap)


@dataclass(slots=True)
class _Pairs:
    """The COW pairs of one task: partners by index of its VMA."""

    inherited: dict[int, int] = field(default_factory=dict)
    """VMA index -> VMA index in the parent task."""
    roots: dict[int, int] = field(default_factory=dict)
    """VMA index -> pid of the first child that inherits it."""


def plan(dump: Dump, criu: Criu, *, lazy: bool = False) -> Plan:
    """The write plan of a dump; `lazy` as for `criu restore --lazy-pages`.

    Cost is linear in VMAs, with a binary search in the pagemap for each.
    """
    pairs = cow_pairs(dump)
    by_pid: dict[int, TaskPlan] = {}
    for task in dump.tasks:
        steps = _task_steps(dump, task.pid, task.ppid, pairs[task.pid], criu.rule.mark, lazy=lazy)
        by_pid[task.pid] = TaskPlan(task.pid, task.ppid, steps, dump)
    return Plan(criu, tuple(by_pid.values()), by_pid, lazy)


def cow_pairs(dump: Dump) -> dict[int, _Pairs]:
    """COW pairs of every task with its parent task (criu/mem.c: prepare_cow_vmas)."""
    pairs: dict[int, _Pairs] = {task.pid: _Pairs() for task in dump.tasks}
    for task in dump.tasks:
        if task.ppid not in pairs or task.ppid == task.pid:
            continue
        child, parent = dump.address_space(task.pid), dump.address_space(task.ppid)
        if not child.vmas or not parent.vmas or child.exe_file_id != parent.exe_file_id:
            continue
        for index, parent_index in _matching(child, parent, dump.task_size):
            pairs[task.pid].inherited[index] = parent_index
            if parent_index not in pairs[task.ppid].inherited:
                pairs[task.ppid].roots.setdefault(parent_index, task.pid)
    return pairs


def _matching(child: AddressSpace, parent: AddressSpace, task_size: int) -> Iterator[tuple[int, int]]:
    """One walk over both lists, to the end of either or its first guard VMA.

    Starts are compared only between the strides, and the child's stride runs past an
    equal start. So where the child has a VMA of its own, the next common one is missed
    and both tasks map it in place.
    """
    i = j = 0
    while _walks_on(child, i) and _walks_on(parent, j):
        if child.vmas[i].start == parent.vmas[j].start and _cow_pair(child.vmas[i], parent.vmas[j], task_size):
            yield i, j
        while child.vmas[i].start <= parent.vmas[j].start:
            i += 1
            if not _walks_on(child, i):
                return
        while parent.vmas[j].start < child.vmas[i].start:
            j += 1
            if not _walks_on(parent, j):
                return


def _walks_on(space: AddressSpace, index: int) -> bool:
    return index < len(space.vmas) and not space.vmas[index].traits.guard


def _cow_pair(a: Vma, b: Vma, task_size: int) -> bool:
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
    )


def _task_steps(dump: Dump, pid: int, ppid: int, pairs: _Pairs, mark: Mark, *, lazy: bool) -> Steps:
    vmas = tuple(dump.address_space(pid).vmas)
    pagemap, covered = pagemap_of(dump, pid), coverages_of(dump, pid)
    restorer = _Restorer(pagemap, covered, mark)
    parent_vmas = dump.address_space(ppid).vmas if pairs.inherited else ()
    premap_all = Cause.INCREMENTAL if dump.incremental else Cause.LAZY if lazy else None
    actions: list[Action] = []
    requested: list[int] = []
    causes: list[Cause] = []
    entries: list[int | None] = []
    partners = dict.fromkeys(pairs.inherited, ppid)
    end_before = -1
    for index, vma in enumerate(vmas):
        own = vma.traits
        entry: int | None = None
        prot = vma.prot
        added = 0 if mark is Mark.NEEDED and not _needs_write(covered, index) else _WRITE
        if own.guard or not (own.always_private or (own.private_kind and vma.end <= dump.task_size)):
            action, cause = _not_private(own)
        elif own.hugetlb or own.plugin:
            action, cause, prot = Action.MMAP, Cause.HUGETLB if own.hugetlb else Cause.PLUGIN, prot | added
        elif index in pairs.inherited:
            action, cause, prot = Action.MREMAP, Cause.INHERITED, parent_vmas[pairs.inherited[index]].prot | added
        elif index in pairs.roots:
            action, cause, prot = Action.PREMAP, Cause.COW_ROOT, prot | added
            partners[index] = pairs.roots[index]
        elif premap_all is not None:
            action, cause, prot = Action.PREMAP, premap_all, prot | added
        elif own.shadow_stack:
            action, cause, prot = Action.PREMAP, Cause.SHADOW_STACK, prot | added
        elif own.growsdown and end_before == vma.start:
            action, cause, prot = Action.PREMAP, Cause.GROWSDOWN, prot | added
        else:
            action = Action.MMAP
            cause, entry = restorer.mark(index, vma)
            if prot & _WRITE:
                cause = Cause.WRITABLE
            elif cause is not Cause.NO_DATA and cause is not Cause.NO_DATA_LEFT:
                prot |= _WRITE
        actions.append(action)
        requested.append(prot)
        causes.append(cause)
        entries.append(entry)
        end_before = vma.end
    # List order is kept among scratch mappings and among the rest.
    scratch = [i for i, action in enumerate(actions) if action is Action.PREMAP or action is Action.MREMAP]
    in_place = (
        [i for i, action in enumerate(actions) if action is not Action.PREMAP and action is not Action.MREMAP]
        if scratch
        else range(len(vmas))
    )
    order = array("I", (*scratch, *in_place)) if scratch else in_place
    return Steps(pid, vmas, order, len(scratch), actions, requested, causes, covered.dumped, entries, partners)


def _not_private(own: Traits) -> tuple[Action, Cause]:
    """A VMA that is not private memory: its own protection, or no mapping at all."""
    if own.guard:
        return Action.NONE, Cause.GUARD
    if own.sysv:
        return Action.SHMAT, Cause.SYSV
    if not own.mapped:
        return Action.NONE, Cause.UNMAPPED
    return Action.MMAP, Cause.ABOVE if own.private_kind else Cause.SHARED


def _needs_write(covered: Coverages, index: int) -> bool:
    """The needed rule, which no release has: whether a page entry overlaps a VMA."""
    return bool(covered.dumped[index] or covered.lazy[index])


class _Restorer:
    """The cursor in the pagemap that moves with the VMAs restored in place."""

    def __init__(self, pagemap: Pagemap, covered: Coverages, mark: Mark) -> None:
        self._pagemap = pagemap
        self._covered = covered
        self._mark = mark
        self._cursor = 0

    def mark(self, index: int, vma: Vma) -> tuple[Cause, int | None]:
        """What the entry under the cursor decides, and its index; the last entry's when they have run out."""
        pagemap, mark = self._pagemap, self._mark
        if self._covered.following is None:
            found = pagemap.first_after(vma.start, self._cursor)
        else:
            found = max(self._cursor, self._covered.following[index])
        self._cursor = min(found, max(0, len(pagemap) - 1))
        if mark is Mark.NEVER:
            return Cause.ALWAYS, None
        if found == len(pagemap):
            trailing = Cause.NO_DATA_LEFT if mark is Mark.NEEDED else Cause.TRAILING
            return trailing, found - 1 if found else None
        if mark is Mark.NEEDED:
            return (Cause.DATA if _needs_write(self._covered, index) else Cause.NO_DATA), found
        start = pagemap.starts[found]
        if start > vma.end or (start == vma.end and mark is Mark.HALF_OPEN):
            return Cause.NO_DATA, found
        return (Cause.TOUCH if start == vma.end else Cause.DATA), found


def _reason(step: Step, criu: Criu, pagemap: Pagemap) -> str:
    entry = None if step.entry is None else pagemap.entry(step.entry)
    vma = step.vma
    length = size(vma.size)
    write = "always with WRITE" if step.requested_prot & Prot.WRITE else "and no page needs WRITE"
    read = counted(step.pages, "page")
    partner = step.partner
    match step.cause:
        case Cause.WRITABLE:
            return f"writable in the dump already; {read} to read into it"
        case Cause.DATA:
            return f"{_entry_at(entry)} lies inside: mapped writable to read {read}, WRITE is dropped afterwards"
        case Cause.TOUCH:
            return (
                f"next dumped page {_start(entry)} begins exactly at this VMA's end: {criu.name} counts "
                f"that as inside, so it maps {length} writable"
            )
        case Cause.TRAILING:
            where = f"the last dumped page ends at {address(entry.end)}, " if entry else "the pagemap is empty, "
            return f"{where}no entry lies above to decide: {criu.name} maps {length} writable"
        case Cause.ALWAYS:
            return f"{criu.name} adds WRITE to every private VMA, dumped pages or not; {read} to read into it"
        case Cause.NO_DATA:
            place = (
                "begins exactly at this VMA's end, which is outside"
                if entry and entry.start == vma.end
                else "lies above"
            )
            return f"next dumped page {_start(entry)} {place}: nothing to read, protection kept"
        case Cause.NO_DATA_LEFT:
            where = f" above {address(entry.end)}" if entry else ""
            return f"no dumped page{where}: nothing to read, protection kept"
        case Cause.INHERITED:
            return (
                f"COW pair with parent task {partner}: its premapped copy is moved here, "
                f"nothing is mapped anew; {read} to compare"
            )
        case Cause.COW_ROOT:
            return f"COW pair: task {partner} inherits it, so it is mapped before the fork, {write}"
        case _:
            return _FIXED_REASONS[step.cause].format(write=write)


_FIXED_REASONS = {
    Cause.HUGETLB: "hugetlb: mapped in place and {write}",
    Cause.PLUGIN: "a CRIU plugin restores it: mapped in place and {write}",
    Cause.SHARED: "shared memory: mapped with its own protection, never charged as private memory",
    Cause.ABOVE: "ends above the task size: mapped with its own protection, no page of it is read; charged as private "
    "memory when writable",
    Cause.SYSV: "System V shared memory: attached with shmat",
    Cause.GUARD: "a guard region inside another VMA: nothing is mapped",
    Cause.UNMAPPED: "provided by the kernel: nothing is mapped",
    Cause.INCREMENTAL: "the dump is incremental (it has a parent): premapped, {write}",
    Cause.LAZY: "lazy restore: premapped, {write}",
    Cause.SHADOW_STACK: "a shadow stack: premapped, {write}",
    Cause.GROWSDOWN: "grows down and the VMA before it ends exactly at its start: premapped, {write}",
}


def _start(entry: Entry | None) -> str:
    return address(entry.start) if entry else "none"


def _entry_at(entry: Entry | None) -> str:
    if entry is None:
        return "a dumped page"
    return f"pagemap entry {address(entry.start)}-{address(entry.end)}"
