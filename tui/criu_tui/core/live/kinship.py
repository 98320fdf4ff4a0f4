"""What two tasks have in common that no file of /proc tells, by kcmp(2), which only compares.

CRIU dumps tasks that share a table of descriptors, and none that share memory, directories or signal handlers
(criu/cr-dump.c, dump_task_kobj_ids).
"""

from __future__ import annotations

import ctypes
import platform

_NUMBERS = {"x86_64": 312, "aarch64": 272, "riscv64": 272, "loongarch64": 272}
"""Of the system call; ppc64le and s390x have others, and are not asked."""
_SHARED = ((1, "memory"), (3, "current directory and root"), (4, "signal handlers"))
"""KCMP_VM, KCMP_FS and KCMP_SIGHAND of <linux/kcmp.h>."""


def shared_by(one: int, other: int) -> list[str]:
    """What two processes share that no two tasks of a dump may; nothing where the kernel does not say."""
    number = _NUMBERS.get(platform.machine())
    if number is None:
        return []
    syscall = ctypes.CDLL(None).syscall
    return [name for kind, name in _SHARED if syscall(ctypes.c_long(number), one, other, kind, 0, 0) == 0]
