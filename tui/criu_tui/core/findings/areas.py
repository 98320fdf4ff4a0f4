"""Which part of CRIU an error comes from, for words of its that are not known: each source file is about one thing.

The names of CRIU's files have stayed since 1.x, while the lines within them and many messages have not.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from criu_tui.core.findings.advice import BY_ID, KnownFailure


class Area(NamedTuple):
    """A part of CRIU."""

    sources: str
    """A regular expression of the names of its files, without folders: few logs need one."""
    what: str
    """What it is about, as in "the dump failed at the mounts"."""
    known: str
    """Id of the known failure whose advice helps with most that goes wrong there."""
    at_dump: str = ""
    """That of a dump, where it is another than that of a restore."""


def _area(sources: str, what: str, known: str, at_dump: str = "") -> Area:
    return Area(rf"(?:{sources})\.[chS]", what, known, at_dump)


AREAS = (
    _area(r"mount|mount-v2|filesystems|path", "the mounts", "mount-failed", "mount-unreachable"),
    _area(r"autofs|binfmt_misc", "the file systems", "mount-inaccessible"),
    _area(r"files-reg|files-ext", "the open and mapped files", "file-absent", "file-not-dumped"),
    _area(r"fsnotify|irmap", "the watched files (inotify, fanotify)", "fsnotify"),
    _area(r"file-lock", "the file locks", "file-locks"),
    _area(r"eventpoll", "the epoll sets", "epoll"),
    _area(r"pidfd", "the pidfds", "pidfd"),
    _area(r"pidfd-store", "the socket that keeps pidfds between pre-dumps", "pidfd-store"),
    _area(r"bpfmap", "the BPF maps", "bpf-map-refused"),
    _area(r"sk-unix|sk-queue", "the unix sockets", "unix-socket"),
    _area(r"sk-inet", "the TCP and UDP sockets", "tcp"),
    _area(r"sk-tcp|soccr", "the TCP connections", "tcp-repair"),
    _area(r"sk-netlink", "the netlink sockets", "netlink-socket"),
    _area(r"sk-packet|sockets", "the sockets", "packet-socket"),
    _area(r"tty", "the terminals", "terminal"),
    _area(r"tun", "the tun and tap devices", "tun"),
    _area(r"netfilter", "the lock of the network", "network-lock"),
    _area(r"net|libnetlink", "the network devices", "network-link", "network-unread"),
    _area(r"cgroup|cgroup-props", "the cgroups", "cgroup"),
    _area(r"seccomp", "the seccomp filters", "seccomp"),
    _area(r"lsm", "the security profiles", "lsm"),
    _area(r"apparmor", "the security profiles", "lsm", "apparmor-policy"),
    _area(r"ipc_ns", "System V IPC", "systemd-ipc", "ipc-unread"),
    _area(r"sysctl", "the settings of namespaces (sysctl)", "ipv6-sysctl"),
    _area(r"shmem|memfd|hugetlb", "shared memory", "shared-memory"),
    _area(r"aio", "the rings of asynchronous I/O", "aio"),
    _area(r"timens", "the time namespace", "timens"),
    _area(r"timer|timerfd", "the timers", "timers"),
    _area(r"namespaces|pidns|uts_ns", "the namespaces", "setns"),
    _area(r"uffd", "the lazy pages", "lazy-pages"),
    _area(r"page-xfer|tls", "the transfer of pages", "page-server"),
    _area(r"page-pipe", "the pages of a task", "page-pipe"),
    _area(r"pagemap|page-read", "the pages of a task", "pages-unreadable"),
    _area(r"img-streamer", "the image streamer", "image-streamer"),
    _area(r"image|image-desc|protobuf|bfd", "the images", "image-format"),
    _area(r"(?:pie-)?util-vdso|vdso|vdso-compat|parasite-vdso", "the vDSO", "vdso"),
    _area(r"kerndat|cr-check|pagemap-cache", "what the kernel can do", "kernel-feature"),
    _area(r"shstk", "the shadow stacks", "shadow-stack"),
    _area(r"cpu|crtools-x86", "the state of the CPU", "cpu-mismatch"),
    _area(r"cuda_plugin", "the plugin for CUDA", "cuda-plugin"),
    _area(r"amdgpu\w*", "the plugin for AMD's GPUs", "amdgpu-plugin"),
    _area(r"plugin", "the plugins", "device"),
    _area(r"action-scripts", "the action scripts", "script"),
    _area(r"config|external|crtools|fault-injection", "the options", "options"),
    _area(r"log", "the log and the pid file", "image-dir"),
    _area(r"cr-dedup", "the chain of parent dumps", "parent-chain"),
    _area(r"handle-elf(?:-host)?|main(?:-host)?", "the build of CRIU (compel)", "build-failed"),
    _area(
        r"infect|infect-rpc|infect-util|parasite-syscall|ptrace|parasite|rpc-pie-priv",
        "the code that it puts into tasks",
        "infect-failed",
    ),
    _area(r"servicefd|fdstore", "CRIU's own descriptors", "fd-number"),
    _area(r"seize", "the stopping of tasks", "freeze"),
    _area(r"pipes|fifo", "the pipes and FIFOs", "pipe-data"),
    _area(r"files", "the descriptors of a task", "descriptor"),
    _area(r"eventfd|signalfd", "the descriptors of a task", "descriptor"),
    _area(
        r"sigact|sigaction_compat\w*|sigframe|thread_area|arch-crtools",
        "the signals and registers of a task",
        "registers",
    ),
    _area(r"proc_parse", "what /proc says of a task", "proc-unparsed"),
    _area(r"sysfs_parse", "the files on aufs", "aufs"),
    _area(r"mem|rst-malloc", "the memory of a task", "task-memory"),
    _area(r"restorer|restore", "the restorer, the last code that runs in place of a task", "restorer-step"),
    _area(r"pstree", "the tree of tasks", "task-tree"),
    _area(r"cr-dump", "the state of a task", "task-state"),
    _area(r"cr-restore", "the making of the tasks", "task-made"),
    _area(r"(?:pie-)?util|clone-noasan|cr-service", "what CRIU makes for itself", "own-calls"),
    _area(r"compat|compel-\w+", "the code that it puts into tasks", "infect-failed"),
)


PARTS = frozenset(area.known for area in AREAS)
"""By the id of the known failure whose advice each has."""


def area_of(source: str) -> Area | None:
    """The part of CRIU that an error comes from, by what it says of its place, as "criu/mount.c:3120"."""
    folder, _, name = source.rpartition(":")[0].rpartition("/")
    if "arch/" in folder and name.startswith("crtools."):
        name = f"arch-{name}"
    return next((area for area in AREAS if re.fullmatch(area.sources, name)), None)


def advice_of(area: Area, *, dumping: bool = False) -> KnownFailure:
    """What helps there most often."""
    return BY_ID[(dumping and area.at_dump) or area.known]


def part_of(known: KnownFailure, source: str) -> str:
    """The part of CRIU that a failure lies in, as `answers` has them: told by its words, else by who says it."""
    if known.id in PARTS:
        return known.id
    area = area_of(source)
    return known.id if area is None else area.known
