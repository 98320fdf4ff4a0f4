"""What is known to be broken when one release of CRIU meets one range of kernels, before any error says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.findings.advice import BY_ID
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.restore.releases import (
    GUARD_VMAS,
    KERNEL_7_1,
    PROPAGATION_IN_NAMESPACE,
    SPLIT_VDSO,
    numbers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.logs.log import Log
    from criu_tui.core.restore.releases import Change

Kernel = tuple[int, int]


class Pair(NamedTuple):
    """A release that is too old for kernels from one on."""

    id: str
    """Of the known failure that it leads to; "" where there is no message."""
    fixed: Change
    since: Kernel
    title: str
    thread: str


PAIRS = (
    Pair("vdso", SPLIT_VDSO, (6, 13), "the vDSO of such kernels is not understood", "criu#2532"),
    Pair("guard-pages", GUARD_VMAS, (6, 13), "guard pages of thread stacks are not dumped", "criu#2626"),
    Pair("mount-propagation", PROPAGATION_IN_NAMESPACE, (6, 15), "mount propagation cannot be restored", "criu#2695"),
    Pair("", KERNEL_7_1, (7, 1), "dumps fail on such kernels, without a word in the log", "criu#3002"),
)


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
        if kernel < pair.since or not pair.fixed.lacks(version) or pair.id in found:
            continue
        known = BY_ID.get(pair.id)
        yield Finding(
            f"pair-{pair.id or 'kernel'}",
            Severity.NOTE,
            f"CRIU {display_safe(log.criu or '', 20)} with Linux {kernel[0]}.{kernel[1]}: {pair.title}",
            f"{display_safe(log.path.name)} names both; known of kernels from {pair.since[0]}.{pair.since[1]} on "
            f"({pair.thread})" + (f": {known.why}" if known is not None else ""),
            f"use {pair.fixed.later}",
            pair.fixed.before,
            log=display_safe(log.path.name),
        )
