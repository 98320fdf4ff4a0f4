"""Where the bytes go: memory by kind, by file and by task, private and shared, reserved and dumped.

Private memory counts once for each task that has it. What tasks map together, shared memory and files mapped
shared, is one thing however many map it: a byte of it counts once, as VMMap and PSS have it. Only in what one
task maps does all of it count for each.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from criu_tui.core.base.span import Span, merged_bounds
from criu_tui.core.base.units import PAGE
from criu_tui.core.images.schema import regfile_pb2
from criu_tui.core.pages.entries import Coverage
from criu_tui.core.pages.pagemaps import coverages_of, pagemap_of, shared_pagemap_of
from criu_tui.core.pages.shared_memory import shared_memories

if TYPE_CHECKING:
    from collections.abc import Iterable

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma, VmaKind

K = TypeVar("K")


class Use(NamedTuple):
    """Bytes of some memory."""

    reserved: int = 0
    """Of addresses; of what is shared, those that any task maps."""
    present: int = 0
    """Of pages that this dump has."""
    parent: int = 0
    """Of pages that this dump leaves to its parent."""

    @property
    def dumped(self) -> int:
        """Bytes that a restore reads, from this dump or a parent."""
        return self.present + self.parent

    def plus(self, other: Use) -> Use:
        """Both together."""
        return Use(self.reserved + other.reserved, self.present + other.present, self.parent + other.parent)


@dataclass(frozen=True, slots=True)
class MemoryUse(Generic[K]):
    """What one kind, file or task has of the memory of a dump."""

    of: K
    private: Use
    shared: Use
    vmas: int
    tasks: int

    @property
    def reserved(self) -> int:
        """Bytes of addresses, private and shared."""
        return self.private.reserved + self.shared.reserved

    @property
    def dumped(self) -> int:
        """Bytes that a restore reads, private and shared."""
        return self.private.dumped + self.shared.dumped


@dataclass(frozen=True, slots=True)
class MemoryUses:
    """All memory of a dump, three times over; those with the most dumped bytes first."""

    kinds: tuple[MemoryUse[VmaKind | None], ...]
    """None: pages in the dump that no VMA of a task has, such as a System V segment that nobody has attached."""
    files: tuple[MemoryUse[str], ...]
    """Mapped files by their path as in the dump; memory files by their name."""
    tasks: tuple[MemoryUse[int], ...]
    """By PID. Shared memory counts for each task that maps it: these do not add up to the whole."""

    @property
    def total(self) -> Use:
        """The whole dump; its `present` is what the pages files hold before any compression."""
        whole = Use()
        for kind in self.kinds:
            whole = whole.plus(kind.private).plus(kind.shared)
        return whole


def memory_uses(dump: Dump) -> MemoryUses:
    """Where the bytes of a dump go; reads the VMAs and pagemaps of all tasks, no pages."""
    return dump.once(_COUNTED, lambda: _Count(dump).uses())


def memory_uses_so_far(dump: Dump) -> MemoryUses | None:
    """The same where it has been counted already; counts nothing."""
    return memory_uses(dump) if dump.once.known(_COUNTED) else None


_COUNTED = "memory use"
"""Under which the dump keeps it."""


class _Sum:
    """What has been counted so far for one key; bytes of private memory one by one, since there are as many as VMAs."""

    __slots__ = ("parent", "present", "reserved", "shared", "tasks", "vmas")

    def __init__(self) -> None:
        self.reserved = self.present = self.parent = 0
        self.shared = Use()
        self.vmas = 0
        self.tasks: set[int] = set()

    @property
    def private(self) -> Use:
        return Use(self.reserved, self.present, self.parent)

    def add(self, reserved: int, present: int, parent: int) -> None:
        """Private memory."""
        self.reserved += reserved
        self.present += present
        self.parent += parent


class _Object(NamedTuple):
    """Something that tasks map together."""

    shmid: int | None
    """Set: shared memory, with pages in an image of its own."""
    file: tuple[int, str] | None
    """Mount id and path of a file that is mapped shared."""


class _Mapped(NamedTuple):
    """Which bytes of an object are mapped, as [start, end) in it, and what it is."""

    kind: VmaKind
    path: str | None
    bounds: list[tuple[int, int]]


class _Count:
    """Walks the VMAs of all tasks once."""

    def __init__(self, dump: Dump) -> None:
        self._dump = dump
        self._kinds: defaultdict[VmaKind | None, _Sum] = defaultdict(_Sum)
        self._files: defaultdict[str, _Sum] = defaultdict(_Sum)
        self._tasks: dict[int, _Sum] = {}
        self._objects: dict[_Object, _Mapped] = {}

    def uses(self) -> MemoryUses:
        for pid in self._dump.pids:
            self._tasks[pid] = _Sum()
            self._count_task(pid)
        for found, mapped in self._objects.items():
            use = self._use_of(found, merged_bounds(sorted(mapped.bounds)))
            self._kinds[mapped.kind].shared = self._kinds[mapped.kind].shared.plus(use)
            if mapped.path is not None:
                self._files[mapped.path].shared = self._files[mapped.path].shared.plus(use)
        self._count_unmapped()
        return MemoryUses(_sorted(self._kinds), _sorted(self._files), _sorted(self._tasks))

    def _count_task(self, pid: int) -> None:
        dump, space, task = self._dump, self._dump.address_space(pid), self._tasks[pid]
        coverages = coverages_of(dump, pid)
        own: dict[_Object, _Mapped] = {}
        present_inside = parent_inside = 0
        for index, vma in enumerate(space.vmas):
            # A guard VMA lies within another one: its addresses are counted there.
            if vma.traits.guard or not vma.size:
                continue
            kind, path, found = space.kind(vma), dump.path_of(vma), self._object(vma)
            sums = [self._kinds[kind], task]
            if path is not None:
                sums.append(self._files[path])
            for counted in sums:
                counted.vmas += 1
                counted.tasks.add(pid)
            if found is not None:
                bounds = (vma.pgoff, vma.pgoff + vma.size)
                for objects in (own, self._objects):
                    objects.setdefault(found, _Mapped(kind, path, [])).bounds.append(bounds)
                continue
            present, parent = coverages.present[index], coverages.parent[index]
            present_inside += present
            parent_inside += parent
            for counted in sums:
                counted.add(vma.size, present * PAGE, parent * PAGE)
        for found, mapped in own.items():
            task.shared = task.shared.plus(self._use_of(found, merged_bounds(sorted(mapped.bounds))))
        task.add(*self._outside(pagemap_of(dump, pid).total(), present_inside, parent_inside))

    def _object(self, vma: Vma) -> _Object | None:
        """What a VMA shows that other tasks may show too; None for memory of the task's own."""
        if vma.is_private(self._dump.task_size):
            return None
        shmid = self._dump.shared_memory_of(vma)
        if shmid is not None:
            return _Object(shmid, None)
        file = self._dump.files.get(vma.shmid) if vma.traits.file else None
        if file is None or file.path is None:
            return None
        mount = file.message.mnt_id if isinstance(file.message, regfile_pb2.reg_file_entry) else -1
        return _Object(None, (mount, file.path))

    def _use_of(self, found: _Object, spans: Iterable[Span]) -> Use:
        use = Use()
        for span in spans:
            pages = Coverage()
            if found.shmid is not None:
                pages = shared_pagemap_of(self._dump, found.shmid).coverage(span)
            use = use.plus(_use(span.size, pages))
        return use

    def _outside(self, total: Coverage, present: int, parent: int) -> Use:
        """The pages of a pagemap that nothing maps, counted for no kind; `present` and `parent` pages are mapped."""
        use = Use(0, max(0, total.present - present) * PAGE, max(0, total.parent - parent) * PAGE)
        if use.dumped:
            self._kinds[None].add(*use)
        return use

    def _count_unmapped(self) -> None:
        """Shared memory that no VMA shows, or not all of it."""
        mapped: dict[int, list[tuple[int, int]]] = {}
        for found, where in self._objects.items():
            if found.shmid is not None:
                mapped[found.shmid] = where.bounds
        for shmid in shared_memories(self._dump):
            pagemap, inside = shared_pagemap_of(self._dump, shmid), Coverage()
            for span in merged_bounds(sorted(mapped.get(shmid, ()))):
                inside += pagemap.coverage(span)
            self._outside(pagemap.total(), inside.present, inside.parent)


def _use(reserved: int, pages: Coverage) -> Use:
    return Use(reserved, pages.present * PAGE, pages.parent * PAGE)


def _sorted(sums: dict[K, _Sum]) -> tuple[MemoryUse[K], ...]:
    uses = [MemoryUse(key, sums[key].private, sums[key].shared, sums[key].vmas, len(sums[key].tasks)) for key in sums]
    return tuple(sorted(uses, key=lambda use: (-use.dumped, -use.reserved)))
