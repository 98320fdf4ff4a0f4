"""The write plan: what a restore maps, in which order, how, and why.

Rules of CRIU 2.0 to 4.2.1 (criu/mem.c: prepare_vma_ios, premap_priv_vmas,
private_vma_no_write; criu/pie/restorer.c), checked against real restores. All of
it works on VMAs and pagemap entries only; no page is read.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from criu_tui.core.memory import Prot
from criu_tui.core.text import address, counted, display_safe, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump import AddressSpace, Dump
    from criu_tui.core.memory import Vma
    from criu_tui.core.pages import Entry, Pagemap

NEWEST = "4.2.1"


class Mark(enum.Enum):
    """When a release takes WRITE off a private VMA that it restores in place."""

    NEVER = "always writable"
    CLOSED = "closed end"
    HALF_OPEN = "half-open"
    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one range of CRIU releases does; a later release is one more entry in RULES."""

    mark: Mark
    releases: str
    first: tuple[int, ...]
    """The first release of the range."""
    comparison: str
    """How the next pagemap entry is held against the VMA."""


RULES = (
    Rule(Mark.NEVER, "before 3.2", (2, 0), "no comparison"),
    Rule(Mark.CLOSED, "3.2-3.19", (3, 2), "entry.start >  vma.end"),
    Rule(Mark.HALF_OPEN, "4.0+", (4, 0), "entry.start >= vma.end"),
)
NEEDED = Rule(Mark.NEEDED, "no release", (), "an entry overlaps it")


@dataclass(frozen=True, slots=True)
class Criu:
    """The CRIU that will restore: a version as the user gave it, and its rule."""

    version: str
    rule: Rule

    @property
    def name(self) -> str:
        """ "CRIU 3.19", or "the needed rule"."""
        return "the needed rule" if self.rule.mark is Mark.NEEDED else f"CRIU {self.version}"


def criu(version: str) -> Criu:
    """The CRIU of a version such as "3.19", "4.2.1" or "needed".

    Raises ValueError, with a line for the user, for anything else or before 2.0.
    """
    if version == Mark.NEEDED.value:
        return Criu(version, NEEDED)
    if not re.fullmatch(r"\d{1,4}(\.\d{1,4}){0,3}", version, re.ASCII):
        raise ValueError(f"{display_safe(version, 40)}: not a CRIU version; give one such as 3.19 or 4.2.1, or needed")
    numbers = (*map(int, version.split(".")), 0)
    chosen = [rule for rule in RULES if rule.first <= numbers]
    if not chosen:
        raise ValueError(f"{version}: the rules are known from CRIU 2.0 on")
    return Criu(version, chosen[-1])


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
        return bool(self.requested_prot & Prot.WRITE and not self.vma.prot & Prot.WRITE)

    @property
    def maps_anew(self) -> bool:
        """Whether the kernel is asked for a new mapping."""
        return self.action in (Action.MMAP, Action.PREMAP)


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """The steps of one task in order of execution: premaps and mremaps, then in place."""

    pid: int
    steps: tuple[Step, ...]
    pagemap: Pagemap

    @property
    def scratch(self) -> Iterator[Step]:
        """Fresh premaps and inherited mappings."""
        return (step for step in self.steps if step.action in (Action.PREMAP, Action.MREMAP))

    @property
    def in_place(self) -> Iterator[Step]:
        """Steps of the restorer, at final addresses."""
        return (step for step in self.steps if step.action not in (Action.PREMAP, Action.MREMAP))


@dataclass(frozen=True, slots=True)
class Plan:
    """The write plan of a whole dump, tasks in tree order."""

    criu: Criu
    tasks: tuple[TaskPlan, ...]
    by_pid: dict[int, TaskPlan] = field(repr=False)
    lazy: bool = False
    """As for `criu restore --lazy-pages`."""

    def execution(self) -> Iterator[Step]:
        """All steps as they happen: every task's scratch mappings, then every task's own restorer."""
        for task in self.tasks:
            yield from task.scratch
        for task in self.tasks:
            yield from task.in_place

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
    tasks: list[TaskPlan] = []
    by_pid: dict[int, TaskPlan] = {}
    for task in dump.tasks:
        if task.pid in by_pid:
            continue
        space = dump.address_space(task.pid)
        pagemap = dump.pagemap(task.pid)
        steps = _task_steps(dump, task.pid, task.ppid, space, pagemap, pairs, criu, lazy=lazy)
        # Stable: list order is kept among scratch mappings and among the rest.
        steps.sort(key=lambda step: step.action not in (Action.PREMAP, Action.MREMAP))
        by_pid[task.pid] = TaskPlan(task.pid, tuple(steps), pagemap)
        tasks.append(by_pid[task.pid])
    return Plan(criu, tuple(tasks), by_pid, lazy)


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


def _task_steps(
    dump: Dump,
    pid: int,
    ppid: int,
    space: AddressSpace,
    pagemap: Pagemap,
    all_pairs: dict[int, _Pairs],
    criu: Criu,
    *,
    lazy: bool,
) -> list[Step]:
    pairs = all_pairs[pid]
    cursor = 0
    steps: list[Step] = []
    before: Vma | None = None
    for index, vma in enumerate(space.vmas):
        own = vma.traits
        pages = pagemap.coverage(vma.span).dumped
        # The needed rule, which no release has, adds WRITE only where there is a page to read.
        added = Prot.NONE if criu.rule.mark is Mark.NEEDED and not pages else Prot.WRITE
        if not vma.is_private(dump.task_size) or own.guard:
            steps.append(_plain_step(pid, index, vma, pages))
        elif own.hugetlb or own.plugin:
            cause = Cause.HUGETLB if own.hugetlb else Cause.PLUGIN
            steps.append(Step(pid, index, vma, Action.MMAP, vma.prot | added, cause, pages))
        elif index in pairs.inherited:
            parent_vma = dump.address_space(ppid).vmas[pairs.inherited[index]]
            steps.append(
                Step(
                    pid,
                    index,
                    vma,
                    Action.MREMAP,
                    parent_vma.prot | added,
                    Cause.INHERITED,
                    pages,
                    partner=ppid,
                )
            )
        elif (cause_of_premap := _premap_cause(dump, pairs, index, vma, before, lazy=lazy)) is not None:
            steps.append(
                Step(
                    pid,
                    index,
                    vma,
                    Action.PREMAP,
                    vma.prot | added,
                    cause_of_premap,
                    pages,
                    partner=pairs.roots.get(index),
                )
            )
        else:
            found = pagemap.first_after(vma.start, cursor)
            cause, entry = _mark(vma, pagemap, found, criu.rule.mark)
            cursor = min(found, max(0, len(pagemap) - 1))
            keeps = cause in (Cause.NO_DATA, Cause.NO_DATA_LEFT)
            prot = vma.prot if keeps else vma.prot | Prot.WRITE
            if vma.prot & Prot.WRITE:
                cause = Cause.WRITABLE
            steps.append(Step(pid, index, vma, Action.MMAP, prot, cause, pages, entry=entry))
        before = vma
    return steps


def _plain_step(pid: int, index: int, vma: Vma, pages: int) -> Step:
    """A VMA that is not private memory: its own protection, or no mapping at all."""
    own = vma.traits
    if own.guard:
        return Step(pid, index, vma, Action.NONE, vma.prot, Cause.GUARD, pages)
    if own.sysv:
        return Step(pid, index, vma, Action.SHMAT, vma.prot, Cause.SYSV, pages)
    if not own.mapped:
        return Step(pid, index, vma, Action.NONE, vma.prot, Cause.UNMAPPED, pages)
    return Step(pid, index, vma, Action.MMAP, vma.prot, Cause.SHARED, pages)


def _premap_cause(dump: Dump, pairs: _Pairs, index: int, vma: Vma, before: Vma | None, *, lazy: bool) -> Cause | None:
    """Why a VMA that is not inherited is premapped; None when it is restored in place."""
    if index in pairs.roots:
        return Cause.COW_ROOT
    if dump.incremental:
        return Cause.INCREMENTAL
    if lazy:
        return Cause.LAZY
    if vma.traits.shadow_stack:
        return Cause.SHADOW_STACK
    if vma.traits.growsdown and before is not None and before.end == vma.start:
        return Cause.GROWSDOWN
    return None


def _mark(vma: Vma, pagemap: Pagemap, found: int, mark: Mark) -> tuple[Cause, int | None]:
    """What the entry under the cursor decides; `found` is len(pagemap) when they have run out."""
    if mark is Mark.NEVER:
        return Cause.ALWAYS, None
    if found == len(pagemap):
        trailing = Cause.NO_DATA_LEFT if mark is Mark.NEEDED else Cause.TRAILING
        return trailing, found - 1 if found else None
    start = pagemap.starts[found]
    if mark is Mark.NEEDED:
        covered = pagemap.coverage(vma.span)
        return (Cause.DATA if covered.dumped or covered.lazy else Cause.NO_DATA), found
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
