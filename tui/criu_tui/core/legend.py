"""What VMA types and page kinds look like, the same in every pane: a sign, a tint and words.

Signs tell them apart without colour. A capital is memory that is shared between tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.heat import Cell
from criu_tui.core.memory import Kind
from criu_tui.core.table import Tint

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Sign:
    """One character, its colour group, and what it stands for."""

    sign: str
    tint: Tint
    meaning: str


VMAS: dict[Kind, Sign] = {
    Kind.ANON: Sign("a", Tint.ANONYMOUS, "private anonymous memory"),
    Kind.HEAP: Sign("h", Tint.ANONYMOUS, "the heap, grown by brk(2)"),
    Kind.HUGETLB: Sign("u", Tint.ANONYMOUS, "memory of huge pages"),
    Kind.STACK: Sign("s", Tint.STACK, "a stack"),
    Kind.SHADOW_STACK: Sign("w", Tint.STACK, "a shadow stack"),
    Kind.FILE_PRIVATE: Sign("f", Tint.FILE, "a private file mapping"),
    Kind.FILE_SHARED: Sign("F", Tint.SHARED, "a shared file mapping"),
    Kind.ANON_SHARED: Sign("A", Tint.SHARED, "shared anonymous memory"),
    Kind.MEMFD: Sign("M", Tint.SHARED, "memory of a memfd"),
    Kind.SYSV: Sign("V", Tint.SHARED, "System V shared memory"),
    Kind.SOCKET: Sign("k", Tint.FILE, "a packet socket's ring"),
    Kind.PLUGIN: Sign("p", Tint.FILE, "mapped by a CRIU plugin"),
    Kind.VDSO: Sign("d", Tint.KERNEL, "the kernel's code for tasks"),
    Kind.VVAR: Sign("r", Tint.KERNEL, "the kernel's data for the vdso"),
    Kind.VSYSCALL: Sign("y", Tint.KERNEL, "the old fixed kernel page"),
    Kind.AIO_RING: Sign("i", Tint.KERNEL, "a ring of asynchronous I/O"),
    Kind.UPROBES: Sign("b", Tint.KERNEL, "code of user probes"),
    Kind.GUARD: Sign("g", Tint.GUARD, "a guard: no memory behind it"),
    Kind.OTHER: Sign("?", Tint.PLAIN, "nothing that the image names"),
}

CELLS: dict[Cell, Sign] = {
    Cell.PRESENT: Sign("█", Tint.PRESENT, "bytes are in this dump"),
    Cell.PARTLY_PRESENT: Sign("▄", Tint.PRESENT, "some of these pages are"),
    Cell.PARENT: Sign("▒", Tint.PARENT, "bytes are in a parent dump"),
    Cell.PARTLY_PARENT: Sign("░", Tint.PARENT, "some of these pages are"),
    Cell.LAZY: Sign("○", Tint.LAZY, "to be fetched later, no bytes here"),
    Cell.PARTLY_LAZY: Sign("◌", Tint.LAZY, "some of these pages are"),
    Cell.MIXED: Sign("▚", Tint.PARENT, "present, parent and lazy side by side"),
    Cell.ABSENT: Sign("·", Tint.ABSENT, "not dumped: zero, or the file's own"),
}


def cells_line() -> str:
    """The signs of pages on one line of 58 characters."""
    pairs = ((Cell.PRESENT, Cell.PARTLY_PRESENT), (Cell.PARENT, Cell.PARTLY_PARENT), (Cell.LAZY, Cell.PARTLY_LAZY))
    whole = " ".join(f"{CELLS[all_].sign}{CELLS[some].sign} {all_.value}" for all_, some in pairs)
    partly = "".join(CELLS[some].sign for _, some in pairs)
    return f"{whole} {CELLS[Cell.MIXED].sign} mixed {CELLS[Cell.ABSENT].sign} absent ({partly} partly)"


def vma_lines() -> Iterator[tuple[Tint, str]]:
    """VMA types, one a line."""
    for kind, sign in VMAS.items():
        yield sign.tint, f"{sign.sign}  {kind.value:<14}{sign.meaning}"


def page_lines() -> Iterator[tuple[Tint, str]]:
    """What the pages of a cell are, one a line."""
    for cell, sign in CELLS.items():
        yield sign.tint, f"{sign.sign}  {cell.value}"
