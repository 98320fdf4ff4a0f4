"""What the restore does for each VMA of a task, in columns."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from criu_tui.core.base.span import Span
from criu_tui.core.dump.vma import Prot

if TYPE_CHECKING:
    from criu_tui.core.dump.vma import Vma

WRITE = int(Prot.WRITE)
"""An int: on an IntFlag each of some hundred thousand operations takes ten times as long."""


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
    """Private memory that ends above the task size: CRIU does not treat it as private."""
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
    """Index of the VMA in the task's list."""
    vma: Vma
    action: Action
    requested_prot: int
    """PROT_* bits asked of the kernel; of the inherited mapping for mremap."""
    cause: Cause
    pages: int
    """Pages of the task's pagemap inside the VMA whose contents a restore reads."""
    entry: Span | None = None
    """Addresses of the pagemap entry that decided; the last one's when the entries had run out."""
    partner: int | None = None
    """The task on the other side of a COW pair."""

    @property
    def write_added(self) -> bool:
        """Whether the mapping is writable only for the restore."""
        return bool(self.requested_prot & WRITE and not self.vma.prot & WRITE)

    @property
    def maps_anew(self) -> bool:
        """Whether the kernel is asked for a new mapping."""
        return self.action in (Action.MMAP, Action.PREMAP)


@dataclass(frozen=True, slots=True, eq=False)
class Steps(Sequence[Step]):
    """The steps of a task in order of execution; each record is made when it is asked for.

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
    entries: list[tuple[int, int] | None]
    """Start and end of the pagemap entry that decided."""
    partners: dict[int, int]
    counted_known: bool = False
    """Whether the images say which VMAs the kernel counted: CRIU from 4.3 on marks those that it did not."""
    arena: int = 0
    """Bytes of address space that are reserved before anything is premapped: all private VMAs, one after the other."""

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

    def in_order(self, of_vmas: Sequence[int]) -> Sequence[int]:
        """Numbers of all VMAs in the order of their steps."""
        return [of_vmas[index] for index in self.order] if self.scratch else of_vmas

    def of(self, index: int) -> Step:
        """The step of a VMA."""
        bounds = self.entries[index]
        return Step(
            self.pid,
            index,
            self.vmas[index],
            self.actions[index],
            self.requested[index],
            self.causes[index],
            self.pages[index],
            None if bounds is None else Span(*bounds),
            self.partners.get(index),
        )
