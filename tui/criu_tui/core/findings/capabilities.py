"""Capabilities by name: which of a task's permitted ones its bounding set lacks (capabilities(7))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import some
from criu_tui.core.dump.credentials import credentials_of

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump

NAMES = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
]
"""By number, from 0 on."""
SHOWN = 12
"""Capabilities of one task in a sentence."""


def names(mask: int) -> list[str]:
    """The capabilities of a set, lowest number first; one without a name by its number."""
    return [
        f"CAP_{NAMES[bit]}" if bit < len(NAMES) else f"capability {bit}"
        for bit in range(mask.bit_length())
        if mask >> bit & 1
    ]


def beyond_bounding(dump: Dump) -> str:
    """Of the first task that has some, in words: what is permitted and not in the bounding set; else nothing.

    A restorer drops from its bounding set before it sets the others (criu/pie/restorer.c: restore_creds), and
    can set none that it has not.
    """
    for task in dump.tasks:
        found = credentials_of(dump, task.pid) if dump.core(task.pid).alive else None
        if found is None:
            continue
        beyond = names(found.capabilities.permitted & ~found.capabilities.bounding)
        if beyond:
            return (
                f"; task {task.pid} has {some(beyond, SHOWN)} permitted and not in its bounding set (cap_prm, cap_bnd)"
            )
    return ""
