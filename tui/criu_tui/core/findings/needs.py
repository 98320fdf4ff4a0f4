"""What the images need of the CRIU and the kernel that restore them, before any restore has failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.dump.vma import Status
from criu_tui.core.findings.finding import AS_WRITTEN, Finding, Severity
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.restore.releases import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.logs.log import Log

SPLIT_VDSO_KERNEL = (6, 13)
"""From here on the kernel maps the vDSO's data in two parts."""
SPLIT_VDSO_RELEASE = (4, 1)
RSEQ_RELEASE = (3, 17)
SHADOW_STACK_RELEASE = (4, 0)


def needs(dump: Dump, version: str, logs: list[Log]) -> Iterator[Finding]:
    """What a CRIU of this version would stumble over."""
    chosen = numbers(version)
    for log in logs:
        if log.dumping and log.problem is None:
            yield from _of_the_dumper(log, version, chosen)
    yield from _architectures(dump)
    for pid in dump.pids:
        vmas = dump.address_space(pid).vmas
        yield from _vdso(pid, vmas)
        shadow = next((vma for vma in vmas if vma.traits.shadow_stack), None)
        if shadow is not None and chosen is not None and chosen < SHADOW_STACK_RELEASE:
            yield Finding(
                "shadow-stack",
                Severity.ERROR,
                f"task {pid} has a shadow stack, which CRIU {version} does not know",
                "it is restored as ordinary memory, and the task dies of the first return",
                "restore with CRIU 4.0 or later on a machine with the same CET setting",
                "before 4.0",
                pid=pid,
                start=shadow.start,
                end=shadow.end,
            )
        lazy = pagemap_of(dump, pid).total().lazy
        if lazy:
            yield Finding(
                "lazy-pages-needed",
                Severity.WARNING,
                f"{counted(lazy, 'page')} of task {pid} are not in the dump",
                "they are marked as lazy and have no bytes here: the dumped task's page server holds them",
                "restore with --lazy-pages and `criu lazy-pages --page-server` in the same work directory",
                pid=pid,
            )


def _of_the_dumper(log: Log, version: str, chosen: tuple[int, ...] | None) -> Iterator[Finding]:
    """What follows from the kernel and the CRIU that dumped, as their log has it."""
    name = display_safe(log.path.name)
    kernel = re.match(r"(\d{1,4})\.(\d{1,4})", log.kernel or "")
    split = kernel is not None and (int(kernel[1]), int(kernel[2])) >= SPLIT_VDSO_KERNEL
    if split and chosen is not None and chosen < SPLIT_VDSO_RELEASE:
        yield Finding(
            "vdso",
            Severity.WARNING,
            f"CRIU {version} does not run on kernels such as the one that was dumped on",
            f"{name}: dumped on Linux {display_safe(log.kernel or '', 60)}; from 6.13 on the vDSO is laid out "
            "differently, and CRIU says “Unexpected rt vDSO area bounds”",
            "use CRIU 4.1 or later",
            "before 4.1",
        )
    dumper = numbers(log.criu)
    if dumper is not None and dumper < RSEQ_RELEASE:
        yield Finding(
            "rseq",
            Severity.WARNING,
            f"CRIU {display_safe(log.criu or '', 20)} did not dump restartable sequences",
            f"{name} names a release before 3.17: a task with a C library from 2.35 on dies of a segmentation fault "
            "once restored",
            "dump with CRIU 3.18 or later, or start the program with GLIBC_TUNABLES=glibc.pthread.rseq=0",
            "before 3.17",
        )


def _architectures(dump: Dump) -> Iterator[Finding]:
    found = {arch: pid for pid in reversed(dump.pids) if (arch := dump.core(pid).arch) is not None}
    if len(found) > 1:
        shown = ", ".join(f"task {pid} {arch}" for arch, pid in sorted(found.items()))
        yield Finding(
            "architecture",
            Severity.ERROR,
            "the tasks are of several architectures",
            f"{shown}: CRIU says “Core march mismatch”",
            AS_WRITTEN,
        )


def _vdso(pid: int, vmas: Sequence[Vma]) -> Iterator[Finding]:
    """The vDSO and its data lie side by side; CRIU moves them as one."""
    code = [vma for vma in vmas if vma.status & Status.VDSO]
    data = [vma for vma in vmas if vma.status & Status.VVAR]
    if code and data and not any(one.span.touches(other.span) for one in code for other in data):
        yield Finding(
            "vdso-apart",
            Severity.WARNING,
            f"the vDSO of task {pid} does not lie beside its data",
            "CRIU moves both as one block, and finds neither where it looks for it",
            AS_WRITTEN,
            pid=pid,
            start=code[0].start,
            end=code[0].end,
        )
