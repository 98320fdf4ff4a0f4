"""What is known to be broken when a release of CRIU meets a kernel, before any error says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.findings.advice import BY_ID
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.restore.releases import (
    BPF_MAP_EXTRA,
    ELF_OF_LINUX,
    GNU_HASH,
    GUARD_VMAS,
    KERNEL_7_1,
    OVERLAY_MOUNT_IDS,
    PROPAGATION_IN_NAMESPACE,
    RSEQ,
    SOCKET_OPTIONS,
    SPLIT_VDSO,
    STACK_GAP,
    TIME_NAMESPACES,
    USERFAULT_EVENTS,
    VETH_OUTSIDE,
    numbers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.logs.log import Log
    from criu_tui.core.restore.releases import Change, Numbers

Kernel = tuple[int, int]


class Pair(NamedTuple):
    """Releases and kernels that do not go together."""

    id: str
    """Of the known failure that it leads to; "" where there is no message of its own."""
    fixed: Change | None
    """What releases before this lack; None where no release helps."""
    since: Kernel
    title: str
    thread: str
    """Where maintainers said so: a thread, or the file whose history has it."""
    until: Kernel | None = None
    """The first kernel with which it is over."""
    machines: tuple[str, ...] = ()
    """Architectures that have it; empty for all."""
    of: Change | None = None
    """Only releases that have this."""
    way: str = ""
    """What helps where no release does, and nothing else is known of it."""

    def met_by(self, version: Numbers, kernel: Kernel, machine: str | None) -> bool:
        """Whether a log of this CRIU, kernel and machine has it; of a machine that is not named, only what all have."""
        return (
            self.since <= kernel
            and (self.until is None or kernel < self.until)
            and (self.fixed is None or self.fixed.lacks(version))
            and (self.of is None or not self.of.lacks(version))
            and (not self.machines or machine in self.machines)
        )

    @property
    def kernels(self) -> str:
        """ "kernels from 3.18 to before 4.2"."""
        to = "on" if self.until is None else f"to before {_dotted(self.until)}"
        return f"kernels from {_dotted(self.since)} {to}"


_ARM = ("aarch64", "armv7l", "armv8l")

PAIRS = (
    Pair("vdso", SPLIT_VDSO, (6, 13), "the vDSO of such kernels is not understood", "criu#2532"),
    Pair("guard-pages", GUARD_VMAS, (6, 13), "guard pages of thread stacks are not dumped", "criu#2626"),
    Pair("mount-propagation", PROPAGATION_IN_NAMESPACE, (6, 15), "mount propagation cannot be restored", "criu#2695"),
    Pair("", KERNEL_7_1, (7, 1), "dumps fail on such kernels, without a word in the log", "criu#3002"),
    Pair("socket-options", SOCKET_OPTIONS, (6, 16), "tasks with network sockets cannot be dumped", "criu#2705"),
    Pair("network-link", VETH_OUTSIDE, (7, 0), "veth pairs of a user namespace cannot be made again", "criu#3006"),
    Pair(
        "rseq",
        None,
        (4, 18),
        "restartable sequences cannot be read: tasks with a C library from 2.35 on are not dumped",
        "criu#2552",
        until=(5, 13),
        of=RSEQ,
    ),
    Pair(
        "vdso",
        GNU_HASH,
        (6, 11),
        "the vDSO has its symbols in a hash that is not known: CRIU does not even start",
        "criu/pie-util-vdso.c",
        machines=("aarch64",),
    ),
    Pair(
        "",
        None,
        (5, 6),
        "timeouts of futexes are over at once, or far too late, after a restore: JVMs and others take a whole CPU, or "
        "wait",
        "criu#1232",
        until=(5, 10),
        of=TIME_NAMESPACES,
        way="restore on a kernel from 5.10 on (5.9 from 5.9.8 on has the change too), which shifts absolute timeouts "
        "by the time namespace that CRIU restores into",
    ),
    Pair("vdso", ELF_OF_LINUX, (6, 12), "a vDSO marked as Linux's own is refused", "criu#2751", machines=_ARM),
    Pair("bpf-perf", BPF_MAP_EXTRA, (5, 16), "BPF maps cannot be dumped: fdinfo has a line more", "criu/bpfmap.c"),
    Pair("lazy-pages", USERFAULT_EVENTS, (5, 4), "lazy restores in a user namespace are refused", "criu#964"),
    Pair("", STACK_GAP, (4, 12), "stacks are taken for a page longer than they are", "criu#322"),
    Pair(
        "mount-unreachable",
        OVERLAY_MOUNT_IDS,
        (3, 18),
        "files on overlayfs are not found on their mount",
        "criu/files-reg.c",
        until=(4, 2),
    ),
)


def _dotted(kernel: Kernel) -> str:
    return f"{kernel[0]}.{kernel[1]}"


def kernel_of(log: Log) -> Kernel | None:
    """(6, 13) of the kernel "6.13.0-rc1" that a log names."""
    found = re.match(r"(\d{1,4})\.(\d{1,4})", log.kernel or "")
    return None if found is None else (int(found[1]), int(found[2]))


def known_pairs(log: Log, found: frozenset[str]) -> Iterator[Finding]:
    """What is known of the CRIU and the kernel of a log, apart from what was found to have happened, by its ids."""
    kernel, version = kernel_of(log), numbers(log.criu)
    if kernel is None or version is None:
        return
    for pair in PAIRS:
        if not pair.met_by(version, kernel, log.machine) or pair.id in found:
            continue
        known = BY_ID.get(pair.id)
        yield Finding(
            f"pair-{pair.id or 'kernel'}",
            Severity.NOTE,
            f"CRIU {display_safe(log.criu or '', 20)} with Linux {_dotted(kernel)}: {pair.title}",
            f"{display_safe(log.path.name)} names both; known of {pair.kernels} ({pair.thread})"
            + (f": {known.why}" if known is not None else ""),
            f"use {pair.fixed.later}" if pair.fixed is not None else pair.way if known is None else known.own_advice,
            "" if pair.fixed is None else pair.fixed.before,
            log=display_safe(log.path.name),
        )
