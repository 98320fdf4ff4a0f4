"""VMAs and pagemaps that contradict themselves or each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import PAGE, address, counted, number, size
from criu_tui.core.dump.listed import lengths
from criu_tui.core.findings.advice import BY_ID
from criu_tui.core.findings.finding import AS_WRITTEN, Finding, Severity
from criu_tui.core.pages.pagemaps import coverages_of, pagemap_of
from criu_tui.core.restore.releases import GUARD_VMAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.pagemap import Pagemap
    from criu_tui.core.restore.releases import Criu


def address_spaces(dump: Dump, criu: Criu) -> Iterator[Finding]:
    """What is wrong with the VMAs and page runs of each task."""
    readable = dump.unreadable_pages is None
    for pid in dump.pids:
        yield from _vmas(dump, pid, criu)
        pagemap = pagemap_of(dump, pid)
        if len(pagemap):
            yield from _pages(dump, pid, pagemap)
            if readable and pagemap.present_pages:
                yield from _pages_file(dump, pid, pagemap)


def _vmas(dump: Dump, pid: int, criu: Criu) -> Iterator[Finding]:
    end = 0
    missing: dict[int, Vma] = {}
    for vma in dump.address_space(pid).vmas:
        if vma.traits.guard:
            if GUARD_VMAS.lacks(criu.numbers):
                yield _of_vma(
                    "guard-vma",
                    pid,
                    vma,
                    f"task {pid} has guard VMAs, which {criu.name} does not know",
                    f"they stand at the end of the list, out of order: CRIU {GUARD_VMAS.before} says “VMA-s are not "
                    "sorted”",
                    f"restore with {GUARD_VMAS.later}",
                    GUARD_VMAS.before,
                )
                return
            continue
        if vma.end <= vma.start:
            title = f"{_where(vma)} of task {pid} is empty or reversed"
            yield _of_vma("vma-empty", pid, vma, title, "its end does not lie above its start")
        elif (vma.start | vma.end) % PAGE:
            title = f"{_where(vma)} of task {pid} is not aligned"
            yield _of_vma("vma-unaligned", pid, vma, title, "mappings begin and end at pages")
        if vma.start < end:
            yield _of_vma(
                "vma-order",
                pid,
                vma,
                f"{_where(vma)} of task {pid} lies below or inside one before it",
                f"an earlier one ends at {address(end)}: CRIU says “VMA-s are not sorted”",
            )
        if vma.end > end:
            end = vma.end
        own = vma.traits
        if own.mapped and vma.end > dump.task_size:
            yield _of_vma(
                "vma-high",
                pid,
                vma,
                f"{_where(vma)} of task {pid} lies above the task size {address(dump.task_size)}",
                "CRIU says “Can't restore high memory region”",
                "restore on a machine with the same address width",
            )
        if own.file and vma.shmid not in dump.files:
            missing.setdefault(vma.shmid, vma)
    if missing:
        id_, vma = next(iter(missing.items()))
        title = f"file {id_} of {_where(vma)} is not in files.img"
        if len(missing) > 1:
            title = f"{counted(len(missing), 'file')} that task {pid} maps are not in files.img"
        why = f"task {pid} maps what no image describes, the first at {address(vma.start)}"
        yield _of_vma("file-unknown", pid, vma, title, why)


def _where(vma: Vma) -> str:
    return f"VMA {address(vma.start)}-{address(vma.end)}"


def _of_vma(
    id_: str, pid: int, vma: Vma, title: str, why: str, advice: str = AS_WRITTEN, releases: str = ""
) -> Finding:
    return Finding(id_, Severity.ERROR, title, why, advice, releases, pid, vma.start, vma.end)


def _pages(dump: Dump, pid: int, pagemap: Pagemap) -> Iterator[Finding]:
    odd, empty = pagemap.first_odd()
    if odd is not None or empty is not None:
        yield from _entries(pagemap, pid, odd, empty)
    if not pagemap.ordered:
        yield Finding(
            "pagemap-order",
            Severity.ERROR,
            f"the pagemap of task {pid} is not sorted",
            f"{display_safe(pagemap.name)} has entries that overlap or go back; CRIU walks it once, forward",
            AS_WRITTEN,
            pid=pid,
        )
    else:
        held, task_size = 0, dump.task_size
        covered, vmas = coverages_of(dump, pid), dump.address_space(pid).vmas
        for vma, dumped, lazy in zip(vmas, covered.dumped, covered.lazy, strict=True):
            if (dumped or lazy) and vma.is_private(task_size) and not vma.traits.guard:
                held += dumped + lazy
        outside = pagemap.present_pages + pagemap.parent_before[-1] + pagemap.lazy_before[-1] - held
        if outside > 0 and vmas:
            first = _first_outside(dump, pid)
            yield Finding(
                "page-outside-vma",
                Severity.ERROR,
                f"{counted(outside, 'page')} of task {pid} in no private VMA",
                f"the first at {address(first)}: CRIU says “Page entry address outside of VMA”"
                if first is not None
                else "CRIU says “Page entry address outside of VMA”",
                BY_ID["page-outside-vma"].own_advice,
                pid=pid,
                start=first,
            )


def _pages_file(dump: Dump, pid: int, pagemap: Pagemap) -> Iterator[Finding]:
    """A file of pages that is not as long as its pagemap says."""
    name = pagemap.pages_name
    wanted = pagemap.stored
    if wanted and name in dump.files_listed:
        length = lengths(dump).get(name)
        if length is None:
            try:
                length = dump.source.status(name).size
            except OSError:
                return
        if length != wanted:
            short = length < wanted
            yield Finding(
                "pages-short" if short else "pages-long",
                Severity.ERROR if short else Severity.WARNING,
                f"{name} is {size(abs(wanted - length))} too {'short' if short else 'long'}",
                f"the pagemap of task {pid} counts {number(wanted)} bytes, the file has {number(length)}",
                "copy it again from the source",
                pid=pid,
            )
    elif wanted:
        yield Finding(
            "pages-missing",
            Severity.ERROR,
            f"{name} is not here",
            f"it holds {size(wanted)} of task {pid}",
            "copy it from the source; with a page server it lies in that server's directory",
            pid=pid,
        )


def _entries(pagemap: Pagemap, pid: int, odd: int | None, empty: int | None) -> Iterator[Finding]:
    """The first entries that no CRIU writes: off the page borders, or of no pages."""
    for id_, index, what in (("entry-unaligned", odd, "begins within a page"), ("entry-empty", empty, "has no pages")):
        if index is not None:
            start = pagemap.starts[index]
            title = f"pagemap entry {number(index)} of task {pid} {what}"
            why = f"{display_safe(pagemap.name)} has it at {address(start)}"
            yield Finding(id_, Severity.ERROR, title, why, "images must be as CRIU wrote them", pid=pid, start=start)


def _first_outside(dump: Dump, pid: int) -> int | None:
    """Address of the first dumped page in no private VMA; both lists are sorted."""
    vmas = [v.span for v in dump.address_space(pid).vmas if v.is_private(dump.task_size) and not v.traits.guard]
    position = 0
    for entry in pagemap_of(dump, pid):
        at = entry.start
        while at < entry.end:
            while position < len(vmas) and vmas[position].end <= at:
                position += 1
            if position == len(vmas) or vmas[position].start > at:
                return at
            at = vmas[position].end
    return None
