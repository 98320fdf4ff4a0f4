"""Which options of the kernel's build a `criu check` found missing, by its words (criu/cr-check.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from criu_tui.core.findings.circumstances import HEAD
from criu_tui.core.logs.line import LOOKED_AT

if TYPE_CHECKING:
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

OPTIONS = (
    (r"UFFD is not supported|Unable to open an userfaultfd", "CONFIG_USERFAULTFD (for lazy restores)"),
    (r"autofs", "CONFIG_AUTOFS_FS, before 4.18 CONFIG_AUTOFS4_FS (for automounts)"),
    (r"[Ll]oginuid", "CONFIG_AUDIT and CONFIG_AUDITSYSCALL (for login uids)"),
    (r"Dirty track.{0,20}OFF", "CONFIG_MEM_SOFT_DIRTY (for pre-dumps and incremental dumps)"),
    (
        r"[Dd]iag module missing|sock diag infrastructure|diag socket for check",
        "CONFIG_UNIX_DIAG, CONFIG_INET_DIAG, CONFIG_INET_UDP_DIAG, CONFIG_PACKET_DIAG and CONFIG_NETLINK_DIAG (for "
        "sockets)",
    ),
    (r"kcmp is not supported", "CONFIG_KCMP, before 5.12 CONFIG_CHECKPOINT_RESTORE"),
    (
        r"PR_GET_TID_ADDRESS is not|PR_SET_MM\w* is not|ns_last_pid|sem_next_id|/timers file is missing",
        "CONFIG_CHECKPOINT_RESTORE",
    ),
    (
        r"seccomp filters not supported(?!: Permission denied)|SUSPEND_SECCOMP",
        "CONFIG_SECCOMP_FILTER and CONFIG_CHECKPOINT_RESTORE",
    ),
    (r"No userns proc file", "CONFIG_USER_NS"),
    (r"Time namespaces are not supported", "CONFIG_TIME_NS"),
    (r"No AIO syscall", "CONFIG_AIO"),
    (r"inotify fd", "CONFIG_INOTIFY_USER"),
    (r"[Uu]nable to create tun|tun: .{0,40}No such", "CONFIG_TUN"),
)
"""How its lines read, and the options that what they speak of asks for."""


def is_of_an_option(line: LogLine) -> bool:
    """Whether a line of a check speaks of an option that is missing."""
    return any(re.search(words, line.text[:LOOKED_AT]) for words, _ in OPTIONS)


_REFUSED = r"(?:Operation not permitted|Permission denied)\)?$"
PRIVILEGED = (
    "run the check as root of the host, outside of any container or sandbox: these answers say nothing of the kernel; "
    "where CRIU is to run inside, give that container the privileges (--privileged; LXC: no user namespace, and "
    "lxc.apparmor.profile = unconfined)"
)
"""Where most of what a check tried was refused to whoever ran it."""


def was_refused(text: str) -> bool:
    """Whether the kernel answered one who may not ask, which says nothing of how it was built."""
    return re.search(_REFUSED, text) is not None


def missing_options(log: Log) -> list[str]:
    """Every option of the kernel that a check missed, in the order of the log."""
    found: dict[str, None] = {}
    for line in log.lines[:HEAD]:
        text = line.text[:LOOKED_AT]
        if was_refused(text):
            continue
        found.update(dict.fromkeys(options for words, options in OPTIONS if re.search(words, text)))
    return list(found)
