"""What VMA types look like, the same in every pane: a sign, a tint and words.

Signs tell them apart without colour. A capital is memory that is shared between tasks.
"""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
from typing import NamedTuple

from criu_tui.core.dump.vma import VmaKind
from criu_tui.core.tables.table import Tint


class Sign(NamedTuple):
    """One character, its colour group, and what it stands for."""

    sign: str
    tint: Tint
    meaning: str


VMAS: dict[VmaKind, Sign] = {
    VmaKind.ANON: Sign("a", Tint.ANONYMOUS, "private anonymous memory"),
    VmaKind.HEAP: Sign("h", Tint.ANONYMOUS, "the heap, grown by brk(2)"),
    VmaKind.HUGETLB: Sign("u", Tint.ANONYMOUS, "memory of huge pages"),
    VmaKind.STACK: Sign("s", Tint.STACK, "a stack"),
    VmaKind.SHADOW_STACK: Sign("w", Tint.STACK, "a shadow stack"),
    VmaKind.FILE_PRIVATE: Sign("f", Tint.FILE, "a private file mapping"),
    VmaKind.FILE_SHARED: Sign("F", Tint.SHARED, "a shared file mapping"),
    VmaKind.ANON_SHARED: Sign("A", Tint.SHARED, "shared anonymous memory"),
    VmaKind.MEMFD: Sign("M", Tint.SHARED, "memory of a memfd"),
    VmaKind.SYSV: Sign("V", Tint.SHARED, "System V shared memory"),
    VmaKind.SOCKET: Sign("k", Tint.FILE, "a packet socket's ring"),
    VmaKind.PLUGIN: Sign("p", Tint.FILE, "mapped by a CRIU plugin"),
    VmaKind.VDSO: Sign("d", Tint.KERNEL, "the kernel's code for tasks"),
    VmaKind.VVAR: Sign("r", Tint.KERNEL, "the kernel's data for the vdso"),
    VmaKind.VSYSCALL: Sign("y", Tint.KERNEL, "the old fixed kernel page"),
    VmaKind.AIO_RING: Sign("i", Tint.KERNEL, "a ring of asynchronous I/O"),
    VmaKind.UPROBES: Sign("b", Tint.KERNEL, "code of user probes"),
    VmaKind.GUARD: Sign("g", Tint.GUARD, "a guard: no memory behind it"),
    VmaKind.OTHER: Sign("?", Tint.PLAIN, "nothing that the image names"),
}
