"""What the last line of a log that just ends says CRIU was at, and what to do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.findings.advice import BY_ID
from criu_tui.core.restore.releases import BRANCH_PROTECTION, BREAKPOINTS_TRIED

if TYPE_CHECKING:
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

LOOKED_BACK = 40
"""Lines before the last word that are searched for the last step."""
_FAREWELL = expression(
    r"Unlock network|network-unlock|Unfreez|Unseiz|FAILED|cure|Writing stats|clean ghosts|Running .*scripts|RPC"
)
"""What CRIU does on the way out."""
_LAST_WORDS = ("Dumping finished successfully", "Pre-dumping finished successfully", "Restore finished successfully")
"""Of runs that succeed; where a log ends, one may be cut."""
_CALLS = expression(r"Running .{1,40} scripts|^\s*RPC$")
"""Where CRIU waits for others; the last line of all only where they never answer."""


class LastStep(NamedTuple):
    """Something that CRIU does, and may hang in."""

    words: str
    """A regular expression of the line that it logs last."""
    at: str
    """What it is, as "it was at the mounts of a namespace"."""
    known: str
    """Id of the known failure whose advice helps with most that goes wrong there."""
    first: str = ""
    """What to try first where it hangs."""
    machine: str = ""
    """The architecture that this is for; empty for all."""

    def first_on(self, machine: str | None) -> str:
        """What to try first on a machine of that architecture, or on one that the log does not name."""
        return self.first if not self.machine or machine in (None, self.machine) else ""

    @property
    def helps(self) -> str:
        """What helps when something goes wrong there."""
        return f"what helps there most often: {BY_ID[self.known].advice}"


STEPS = (
    LastStep(
        r"rseq_abi_pointer",
        "it was at the last registers of a task, in the restorer",
        "restorer-step",
        f"on 64-bit ARM use {BRANCH_PROTECTION.later}, or build it without -mbranch-protection: with that the restorer "
        "crashes once it has set the task's keys (pointer authentication, PAC; criu#2709)",
        "aarch64",
    ),
    LastStep(
        r"LD: Got link",
        "it tries out TCP over 127.0.0.1 next, which waits where nothing comes through the loopback device",
        "loopback-down",
        "see whether lo is up in the network namespace where CRIU runs (ip link show lo; ip link set lo up)",
    ),
    LastStep(
        r"Parasite syscall_ip at",
        "it waits for a call inside a task that it has stopped, which does not come back while a cgroup of version 2 "
        "keeps the task frozen",
        "freeze",
        "see whether the container is paused, or cgroup.freeze of the task's cgroup is 1: unpause it, and dump again",
    ),
    LastStep(
        r"^\((flock|posix|ofd|lease)\)flag: ",
        "it was taking a file lock for a task, and waits as long as somebody else holds it",
        "file-locks",
        "see who holds it (lslocks; the original program, a second copy of it) and end that",
    ),
    LastStep(r"vdso", "it was at the vDSO: the code that the kernel maps into every task", "vdso"),
    LastStep(
        r"scripts|^\t?RPC$", "it was running an action script or waiting for the runtime's answer to one", "script"
    ),
    LastStep(
        r"to trap$|exited trapping|new_sp=|will be cured|__fetched msg: \d+ 0 0|Force no-breakpoints",
        "it had read the task and was taking its own code out of it again (curing it), and waits for the task to stop",
        "infect-failed",
        f"use another kernel, newer or the distribution's own, or {BREAKPOINTS_TRIED.later} (before it CRIU_FAULT=130 "
        "in its environment), which does without hardware breakpoints where they do not work, as in virtual machines "
        "with AMD's SEV-SNP (criu#2658): it hangs in the kernel, whose ptrace does not tell that the task has stopped; "
        "end other tracers (gdb, strace) first",
    ),
    LastStep(
        r"Set \d+ is criu one|P[er]{2}paring image inventory|cg-prop: |Seized task|Collected \(|Collected \d"
        r"|freezer\.state=|freezing processes",
        "it stops the tasks next (with ptrace, or by the freezer of their cgroup), which does not end while they are "
        "frozen: a paused container, or one in state D",
        "freeze",
        "see whether the container is paused, or its cgroup frozen (docker or podman unpause, runc resume; "
        "freezer.state, cgroup.freeze), unpause it, and dump again; where --page-server is given it may wait for that",
    ),
    LastStep(
        r"Connect(ing|ed) to (a )?(page )?server|Waiting for (incoming )?connection|Starting page server",
        "it waits for the other end of a page server",
        "page-server-absent",
    ),
    LastStep(
        r"irmap: (Scann|Refresh|Search|Check)",
        "it was looking for the paths of watched files (inotify) all over the file system",
        "fsnotify",
        "name the few directories that are watched (--irmap-scan-path), and keep network file systems out of it",
    ),
    LastStep(
        r"Collecting mappings|Obtaining task stat|Parsing .{0,20}(smaps|stat)",
        "it was reading /proc of a task, which waits while that task holds the lock of its memory map",
        "uninterruptible",
        "look for threads of it in state D (ps -eLo pid,tid,stat,wchan)",
    ),
    LastStep(
        r"Receive fd for|Wait fdinfo|waiting for fd|Going to (recv|send)",
        "one task waits for a descriptor that another one opens and sends",
        "descriptor",
        "look at what that other task was at: its last line in the log, and cat /proc/PID/stack",
    ),
    LastStep(
        r"Running ip|iptables|nft|[Nn]etwork[- ]?(un)?lock|Lock network",
        "it was at the network: running ip, iptables or nft",
        "network-lock",
    ),
    LastStep(
        r"Preadv|`- returned",
        "it was reading pages into mappings in the restorer, which goes on for ever where none come: huge pages of a "
        "pre-dump (up to 3.17), or a file that is cut short",
        "huge-pages",
    ),
    LastStep(
        r"cuda_plugin",
        "it was waiting for cuda-checkpoint, which stops and starts a task's part on the GPU",
        "cuda-timeout",
    ),
    LastStep(r"amdgpu", "it was copying the memory of a GPU, which takes long where there is much", "amdgpu-memory"),
    LastStep(r"plugin", "it was in a plugin", "device"),
    LastStep(
        r"irmap", "it was looking for the path of a watched file, through whole file systems where it must", "fsnotify"
    ),
    LastStep(
        r"[Pp]age[- ]server|Connecting to server|TLS|Waiting for (pages|.{0,20}connection)",
        "it was at the connection to a page server, which waits as long as the other side says nothing",
        "page-server",
    ),
    LastStep(r"tmpfs|tar ", "it was packing or unpacking a tmpfs with tar", "tmpfs-tar"),
    LastStep(r"ghost|link.?remap", "it was at a file that was removed while it was open", "ghost-restore"),
    LastStep(
        r"Probing sock|Done probing|sockets:", "it was asking the kernel for its kinds of sockets", "packet-socket"
    ),
    LastStep(
        r"Found task size|Pagemap|PAGEMAP|irty track|kdat|Hugetlb|anon-shmem|zero page|uffd|rlimit"
        r"|net: Restoring netdev veth",
        "it was finding out what this kernel can do (its kdat), which takes milliseconds when nothing hangs",
        "kernel-feature",
    ),
    LastStep(
        r"Seiz|Collected \(|Collected \d|freez|Freez|Unable to interrupt|SEIZE|in_progress",
        "it was stopping the tasks: with ptrace, or through the freezer of their cgroup",
        "freeze",
    ),
    LastStep(
        r"parasite|daemon|ack|fetched msg|Infect|syscall|trap",
        "it was talking to the code that it puts into a task",
        "infect-failed",
    ),
    LastStep(
        r"[Pp]age|pipe|Transfer|iovs|premap|Preadv|mmap|Remap|vma",
        "it was at the memory of a task: reading, writing or mapping it",
        "task-memory",
    ),
    LastStep(r"mnt|[Mm]ount", "it was at the mounts of a namespace", "mount-failed"),
    LastStep(r"cg:|cgroup", "it was at the cgroups", "cgroup"),
    LastStep(r"Fork|Wait until|namespaces|fork", "it was making the processes and their namespaces", "task-made"),
    LastStep(r"fdinfo|fd |file|socket|unix|inet|tcp|epoll", "it was at the files and sockets of a task", "descriptor"),
    LastStep(r"Dumping|Obtaining|Collecting|core", "it was collecting a task's state", "task-state"),
    LastStep(r"[Rr]estor", "it was restoring a task", "task-made"),
)
"""The first that matches the last line of a log counts."""


def step_of(line: LogLine) -> LastStep | None:
    """What CRIU was at when it logged this line last."""
    return next((step for step in STEPS if re.search(step.words, line.text)), None)


_BESIDE = expression(r"^async: Daemon started")
"""What another thread of CRIU's says, whatever the first is at."""


def last_step(log: Log) -> LogLine | None:
    """The last line of CRIU's before it cleans up."""
    for line in reversed(log.lines[-LOOKED_BACK:]):
        if any(word.startswith(line.text) for word in _LAST_WORDS) or _BESIDE.search(line.text):
            continue
        if line.number == log.count and _CALLS.search(line.text):
            return line
        if line.understood and not line.noise and line.text.strip(" \t-=") and not _FAREWELL.search(line.text):
            return line
    return None
