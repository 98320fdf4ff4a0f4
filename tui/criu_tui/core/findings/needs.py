"""What the images need of the CRIU and the kernel that restore them, before any restore has failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.dump.vma import VmaStatus
from criu_tui.core.dump.vma_bits import vma_bits
from criu_tui.core.findings.advice import BY_ID
from criu_tui.core.findings.finding import AS_WRITTEN, Finding, Severity
from criu_tui.core.findings.pairs import kernel_of
from criu_tui.core.logs.log import RunKind
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.restore.preflight import huge
from criu_tui.core.restore.preflight.check import State
from criu_tui.core.restore.preflight.lazy import lazy_pages
from criu_tui.core.restore.releases import (
    NEWEST,
    RSEQ,
    RSEQ_KERNEL,
    SHADOW_STACKS,
    SPLIT_VDSO,
    SPLIT_VDSO_KERNEL,
    WIDE_COUNTS,
    numbers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.logs.log import Log
    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.releases import Criu


def needs(dump: Dump, criu: Criu, logs: list[Log]) -> Iterator[Finding]:
    """What a CRIU of this version would stumble over."""
    yield from _unknown_releases(criu, logs)
    for log in logs:
        if log.dumping and log.problem is None:
            yield from _of_the_dumper(log, criu)
    yield from _architectures(dump)
    bits, any_lazy = vma_bits(dump).status, lazy_pages(dump) > 0
    for pid in dump.pids:
        vmas = dump.address_space(pid).vmas
        if bits & _VDSO:
            yield from _vdso(pid, vmas)
        shadow = next((vma for vma in vmas if vma.traits.shadow_stack), None) if bits & VmaStatus.SHSTK else None
        if shadow is not None and SHADOW_STACKS.lacks(criu.numbers):
            yield Finding(
                "shadow-stack",
                Severity.ERROR,
                f"task {pid} has a shadow stack, which {criu.name} does not know",
                "it is restored as ordinary memory, and the task dies of the first return",
                BY_ID["shadow-stack"].own_advice,
                BY_ID["shadow-stack"].releases,
                pid=pid,
                start=shadow.start,
                end=shadow.end,
            )
        if any_lazy and (lazy := pagemap_of(dump, pid).total().lazy):
            yield Finding(
                "lazy-pages-needed",
                Severity.WARNING,
                f"{counted(lazy, 'page')} of task {pid} are not in the dump",
                "they are marked as lazy and have no bytes here: the dumped task's page server holds them",
                "restore with --lazy-pages and `criu lazy-pages --page-server` in the same work directory",
                pid=pid,
            )


def _unknown_releases(criu: Criu, logs: list[Log]) -> Iterator[Finding]:
    """Releases that nothing is known of: what is said of them is said of the newest one known."""
    if not criu.known:
        yield Finding(
            "release-unknown",
            Severity.WARNING,
            f"CRIU {criu.version} is newer than any release known here",
            f"all is said as of CRIU {NEWEST}, the newest one known; {criu.version} may map memory by other rules",
            "compare with a real restore, or look for a newer criu-tui",
        )
    for log in logs:
        found = None if log.problem is not None else numbers(log.criu)
        if found is not None and found > (numbers(NEWEST) or ()):
            what = "dumped" if log.dumping else "restored" if log.run is RunKind.RESTORE else "run"
            yield Finding(
                "writer-unknown",
                Severity.WARNING,
                f"{what} by CRIU {display_safe(log.criu or '', 20)}, which is newer than any release known here",
                f"{display_safe(log.path.name)} says so; what that release writes otherwise than {NEWEST} is not known",
                "look for a newer criu-tui",
            )


def unread_counts(dump: Dump, criu: Criu) -> Iterator[Finding]:
    """Images whose page counts an older release does not read."""
    if not WIDE_COUNTS.lacks(criu.numbers):
        return
    for pid in dump.pids:
        if pagemap_of(dump, pid).wide_counts:
            yield Finding(
                "page-counts-unread",
                Severity.ERROR,
                f"{criu.name} reads no page of these images",
                f"CRIU from {WIDE_COUNTS.release} on writes page counts to field 5 of a pagemap entry, and 0 to "
                "field 2, which is all that releases before it read: the restore dies (“vdso: ELF header magic "
                "mismatch”, “Can't read mapping page 0”)",
                f"restore with {WIDE_COUNTS.later}",
                WIDE_COUNTS.before,
                pid=pid,
            )
            return


def _of_the_dumper(log: Log, criu: Criu) -> Iterator[Finding]:
    """What follows from the kernel and the CRIU that dumped, as their log has it."""
    name = display_safe(log.path.name)
    kernel = kernel_of(log)
    if kernel is not None and kernel >= SPLIT_VDSO_KERNEL and SPLIT_VDSO.lacks(criu.numbers):
        yield Finding(
            "vdso",
            Severity.WARNING,
            f"{criu.name} does not run on kernels such as the one that was dumped on",
            f"{name}: dumped on Linux {display_safe(log.kernel or '', 60)}; {BY_ID['vdso'].why}, "
            "and CRIU says “Unexpected rt vDSO area bounds”",
            BY_ID["vdso"].own_advice,
            BY_ID["vdso"].releases,
        )
    if RSEQ.lacks(numbers(log.criu)) and (kernel is None or kernel >= RSEQ_KERNEL):
        yield Finding(
            "rseq",
            Severity.WARNING,
            f"CRIU {display_safe(log.criu or '', 20)} did not dump restartable sequences",
            f"{name} names a release {RSEQ.before}: a task with a C library from 2.35 on dies of a segmentation fault "
            "once restored",
            BY_ID["rseq"].own_advice,
            BY_ID["rseq"].releases,
        )


def huge_pages(dump: Dump, host: Host) -> Iterator[Finding]:
    """Huge pages that the host's pools do not have free; nothing where they are not known."""
    for check in huge.checks(dump, host):
        if check.state is State.FAILS:
            yield Finding("huge-pages", Severity.ERROR, check.what, check.why, check.advice)


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


_VDSO, _VVAR = int(VmaStatus.VDSO), int(VmaStatus.VVAR)
"""Numbers: flags are not made for each of 65,530 VMAs."""


def _vdso(pid: int, vmas: Sequence[Vma]) -> Iterator[Finding]:
    """The vDSO and its data lie side by side; CRIU moves them as one."""
    code = [vma for vma in vmas if vma.status & _VDSO]
    data = [vma for vma in vmas if vma.status & _VVAR]
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
