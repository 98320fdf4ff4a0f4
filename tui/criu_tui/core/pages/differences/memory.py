"""The memory of a task in two checkpoints: which of its VMAs show the same, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.pages.differences.vmas import VmaDifferences, vma_differences, without_differences

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma, VmaKind
    from criu_tui.core.pages.differences.tasks import TaskPair


def identity(dump: Dump, pid: int) -> Callable[[Vma], Hashable]:
    """What memory a VMA of a task shows, by names that mean the same in every dump: its kind, and its file by path."""
    space = dump.address_space(pid)

    def known(vma: Vma) -> tuple[VmaKind, str | None]:
        kind = space.kind(vma)
        return kind, dump.path_of(vma)

    return known


def memory_differences(dump: Dump, other: Dump, pair: TaskPair) -> VmaDifferences:
    """What became of the VMAs of a task; of one that only one checkpoint has, nothing."""
    if pair.pid is None or pair.other_pid is None:
        return VmaDifferences((), ())
    ours, theirs = dump.address_space(pair.pid), other.address_space(pair.other_pid)
    if ours is theirs and all(dump.path_of(vma) == other.path_of(vma) for vma in ours.vmas if vma.traits.file):
        return without_differences(ours.vmas, theirs.vmas)
    return vma_differences(
        ours.vmas,
        theirs.vmas,
        identity(dump, pair.pid),
        identity(other, pair.other_pid),
    )
