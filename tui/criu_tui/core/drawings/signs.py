"""What VMA types look like, the same in every pane: a sign, a tint and words.

Signs tell them apart without colour. A capital is memory that is shared between tasks.
"""

from __future__ import annotations

from typing import NamedTuple

from criu_tui.core.dump.vma import Kind
from criu_tui.core.tables.table import Tint


class Sign(NamedTuple):
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
