"""What is wrong or risky in a dump: each with evidence, a place to jump to, and a way out."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.idmap import OVERFLOW_ID, check_root, to_host
from criu_tui.core.known_failures import recognise
from criu_tui.core.log import Result, numbers
from criu_tui.core.owners import owners
from criu_tui.core.plan import Cause, Mark
from criu_tui.core.span import Span
from criu_tui.core.text import PAGE, address, counted, display_safe, number, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.dump import Dump
    from criu_tui.core.idmap import IdMap
    from criu_tui.core.log import Log
    from criu_tui.core.memory import Vma
    from criu_tui.core.overcommit import Budget, Failure
    from criu_tui.core.plan import Plan

GUARD_RELEASE = (4, 2)


class Severity(enum.Enum):
    """How bad; in order."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; texts are safe to show."""

    id: str
    severity: Severity
    title: str
    why: str
    advice: str = ""
    releases: str = ""
    """CRIU releases that it concerns; empty for all."""
    pid: int | None = None
    start: int | None = None
    end: int | None = None


def findings(
    dump: Dump, planned: Callable[[Mark], tuple[Plan, Budget]], chosen: Mark, version: str, logs: list[Log]
) -> list[Finding]:
    """Everything found, errors first; `planned` gives plan and budget under a rule."""
    found: list[Finding] = []
    for log in logs:
        found += _from_log(log, dump)
    if dump.tasks:
        found += _missing(dump)
    for problem in dump.problems if dump.has_images else ():
        found.append(
            Finding(
                "image-unreadable" if problem.offset is not None else "image-missing",
                Severity.ERROR,
                f"{display_safe(problem.file)} cannot be read",
                display_safe(str(problem)),
                "copy it again from the source, or dump again",
            )
        )
    found += _inventory(dump, version)
    found += _tree(dump)
    found += _spaces(dump, version)
    found += _chain(dump)
    found += _id_maps(dump)
    if dump.tasks:
        found += _refusals(planned, chosen)
    unique = dict.fromkeys(found)
    order = list(Severity)
    return sorted(unique, key=lambda finding: order.index(finding.severity))


# Logs


def _from_log(log: Log, dump: Dump) -> Iterator[Finding]:
    name = display_safe(log.path.name)
    if log.problem is not None:
        yield Finding("log-unreadable", Severity.WARNING, f"{name} cannot be read", display_safe(str(log.problem)))
        return
    own = dump.inventory.dump_criu_run_id if dump.inventory is not None else ""
    if own and log.run_id is not None and log.run_id != own:
        yield Finding(
            "log-of-another-run",
            Severity.NOTE,
            f"{name} does not belong to these images",
            f"it says CRIU run id {display_safe(log.run_id, 60)}, inventory.img {display_safe(own, 60)}",
            "look for the log of the run that wrote them",
        )
        return
    if log.result is Result.SUCCESS:
        return
    what = "dump" if log.dumping else "restore"
    cause = log.cause
    if cause is not None:
        text = display_safe(cause.text, 300)
        known = recognise(cause.text)
        evidence = f"{name}, line {number(cause.number)}: “{text}”"
        if known is not None:
            yield Finding(
                known.id,
                Severity.ERROR,
                f"the {what} failed: {known.title}",
                f"{evidence}. {known.why}{_userns_story(log)}",
                known.advice,
                known.releases,
                pid=cause.pid,
            )
        else:
            yield Finding(f"{what}-failed", Severity.ERROR, f"the {what} failed: {text}", evidence, pid=cause.pid)
    elif log.result is Result.FAILED:
        yield Finding(
            f"{what}-failed",
            Severity.ERROR,
            f"the {what} failed",
            f"{name} names no error; run with -v4 for more",
        )
    if log.result is Result.CUT and len(log.lines) and cause is not None:
        yield Finding(
            "log-cut",
            Severity.WARNING,
            f"{name} ends without a last word",
            "neither success nor failure is logged: CRIU crashed, was killed, or still runs",
        )
    yield from _clean_up(log)


def _userns_story(log: Log) -> str:
    check = log.root_check
    if check is None:
        return ""
    uid_map, gid_map = log.id_maps
    if not log.extents:
        return "; the log shows no extent: the namespace maps nothing at all"
    shown = ", ".join(
        f"{name} {extent}" for name, extents in (("uid", uid_map), ("gid", gid_map)) for extent in extents[:8]
    )
    return f"; its extents are {shown} (first inside, first outside, count), and {check.reason}"


def _clean_up(log: Log) -> Iterator[Finding]:
    if log.root_check is None:
        return
    version = display_safe(log.criu or "of unknown version", 40)
    extents = counted(len(log.extents), "extent")
    if log.cleanup_crashed:
        yield Finding(
            "userns-double-free",
            Severity.ERROR,
            f"CRIU {version} then crashed in its clean-up",
            f"{extents} had been parsed; before 4.1 the error path freed them and the final clean-up freed them once "
            "more: munmap_chunk(): invalid pointer, or a segmentation fault. The core file can hold secrets",
            "use CRIU 4.1 or later; delete the core file",
            "before 4.1",
        )
    else:
        why = (
            "nothing had been parsed, so nothing was freed twice"
            if not log.extents
            else f"{extents} had been parsed; from 4.1 on they have one owner, while a release before 4.1 would have "
            "freed them twice and crashed"
            if log.cleanup_crashed is False
            else f"{extents} had been parsed; a release before 4.1 frees them twice and crashes"
        )
        yield Finding("userns-clean-error", Severity.NOTE, f"CRIU {version} ended cleanly after that error", why)


# Images


def _missing(dump: Dump) -> Iterator[Finding]:
    if "inventory.img" not in dump.files_listed:
        yield Finding(
            "dump-incomplete",
            Severity.ERROR,
            "the dump is not complete",
            "inventory.img is written last, and it is not here: the dump failed, or is a pre-dump",
            "dump again; look into dump.log",
        )


def _inventory(dump: Dump, version: str) -> Iterator[Finding]:
    inventory = dump.inventory
    if inventory is None:
        return
    if inventory.img_version >= 3:
        yield Finding(
            "compressed",
            Severity.ERROR,
            f"images of version {inventory.img_version} are not supported",
            "their pages are compressed, so offsets and bytes of pages here mean nothing; "
            "CRIU up to 4.2 refuses them too",
            "crit decompress, if your CRIU has it",
        )
    if inventory.pre_dump_mode:
        yield Finding(
            "pre-dump",
            Severity.WARNING,
            "this is a pre-dump",
            "it holds pages only; restore from the dump that follows it",
        )
    chosen = numbers(version)
    if inventory.allow_uprobes and chosen is not None and chosen < GUARD_RELEASE:
        yield Finding(
            "uprobes", Severity.ERROR, "dumped with --allow-uprobes", f"CRIU {version} does not know uprobes", "use 4.2"
        )


def _tree(dump: Dump) -> Iterator[Finding]:
    for pid, count in Counter(task.pid for task in dump.tasks).items():
        if count > 1:
            yield Finding(
                "pid-twice",
                Severity.ERROR,
                f"task {pid} is in pstree.img {count} times",
                "every task has a PID of its own",
                pid=pid,
            )
    seen: set[int] = set()
    for position, task in enumerate(dump.tasks):
        if position and task.ppid not in seen:
            later = any(other.pid == task.ppid for other in dump.tasks)
            yield Finding(
                "parent-unknown",
                Severity.ERROR,
                f"task {task.pid} comes before its parent {task.ppid}" if later else f"task {task.pid} has no parent",
                f"parents come first in pstree.img; {task.ppid} {'comes later, or in a ring' if later else 'does not'}",
                pid=task.pid,
            )
        seen.add(task.pid)


def _spaces(dump: Dump, version: str) -> Iterator[Finding]:
    for pid in dump.pids:
        yield from _vmas(dump, pid, version)
        yield from _pages(dump, pid)


def _vmas(dump: Dump, pid: int, version: str) -> Iterator[Finding]:
    end = 0
    missing: set[int] = set()
    chosen = numbers(version)
    for vma in dump.address_space(pid).vmas:
        if vma.traits.guard:
            if chosen is not None and chosen < GUARD_RELEASE:
                yield _of_vma(
                    "guard-vma",
                    pid,
                    vma,
                    f"task {pid} has guard VMAs, which CRIU {version} does not know",
                    "they stand at the end of the list, out of order: CRIU before 4.2 says “VMA-s are not sorted”",
                    "restore with CRIU 4.2 or later",
                )
                return
            continue
        where = f"VMA {address(vma.start)}-{address(vma.end)}"
        if vma.end <= vma.start:
            title = f"{where} of task {pid} is empty or reversed"
            yield _of_vma("vma-empty", pid, vma, title, "its end does not lie above its start")
        elif (vma.start | vma.end) % PAGE:
            title = f"{where} of task {pid} is not aligned"
            yield _of_vma("vma-unaligned", pid, vma, title, "mappings begin and end at pages")
        if vma.start < end:
            yield _of_vma(
                "vma-order",
                pid,
                vma,
                f"{where} of task {pid} lies below or inside one before it",
                f"an earlier one ends at {address(end)}: CRIU says “VMA-s are not sorted”",
                "images must be as CRIU wrote them",
            )
        end = max(end, vma.end)
        own = vma.traits
        if own.private_kind and own.mapped and not own.always_private and vma.end > dump.task_size:
            yield _of_vma(
                "vma-high",
                pid,
                vma,
                f"{where} of task {pid} lies above the task size {address(dump.task_size)}",
                "CRIU says “Can't restore high memory region”",
                "restore on a machine with the same address width",
            )
        if own.file and vma.shmid not in dump.files and vma.shmid not in missing:
            missing.add(vma.shmid)
            title = f"file {vma.shmid} of {where} is not in files.img"
            yield _of_vma("file-unknown", pid, vma, title, f"task {pid} maps a file that no image describes")


def _of_vma(id_: str, pid: int, vma: Vma, title: str, why: str, advice: str = "") -> Finding:
    return Finding(id_, Severity.ERROR, title, why, advice, pid=pid, start=vma.start, end=vma.end)


def _pages(dump: Dump, pid: int) -> Iterator[Finding]:
    pagemap = dump.pagemap(pid)
    if not len(pagemap):
        return
    if not pagemap.ordered:
        yield Finding(
            "pagemap-order",
            Severity.ERROR,
            f"the pagemap of task {pid} is not sorted",
            f"{display_safe(pagemap.name)} has entries that overlap or go back; CRIU walks it once, forward",
            "images must be as CRIU wrote them",
            pid=pid,
        )
    else:
        held = 0
        for vma in dump.address_space(pid).vmas:
            if vma.is_private(dump.task_size) and not vma.traits.guard:
                covered = pagemap.coverage(vma.span)
                held += covered.dumped + covered.lazy
        total = pagemap.total()
        outside = total.dumped + total.lazy - held
        if outside > 0 and dump.address_space(pid).vmas:
            first = _first_outside(dump, pid)
            yield Finding(
                "page-outside-vma",
                Severity.ERROR,
                f"{counted(outside, 'page')} of task {pid} in no private VMA",
                f"the first at {address(first)}: CRIU says “Page entry address outside of VMA”"
                if first is not None
                else "CRIU says “Page entry address outside of VMA”",
                "dump again; images edited by hand must agree",
                pid=pid,
                start=first,
            )
    name = f"pages-{pagemap.pages_id}.img"
    wanted = pagemap.present_pages * PAGE
    if wanted and name in dump.files_listed:
        try:
            length = (dump.path / name).stat().st_size
        except OSError:
            return
        if length != wanted:
            short = length < wanted
            yield Finding(
                "pages-short" if short else "pages-long",
                Severity.ERROR if short else Severity.WARNING,
                f"{name} is {size(abs(wanted - length))} too {'short' if short else 'long'}",
                f"the pagemap of task {pid} counts {number(wanted)} bytes, the file has {number(length)}",
                "copy it again from the source" if short else "",
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


def _first_outside(dump: Dump, pid: int) -> int | None:
    """Address of the first dumped page in no private VMA; both lists are sorted."""
    vmas = [v.span for v in dump.address_space(pid).vmas if v.is_private(dump.task_size) and not v.traits.guard]
    position = 0
    for entry in dump.pagemap(pid):
        at = entry.start
        while at < entry.end:
            while position < len(vmas) and vmas[position].end <= at:
                position += 1
            if position == len(vmas) or vmas[position].start > at:
                return at
            at = vmas[position].end
    return None


def _chain(dump: Dump) -> Iterator[Finding]:
    if not dump.incremental:
        return
    if dump.parent is None:
        yield Finding(
            "parent-dangling",
            Severity.ERROR,
            "the parent dump cannot be opened",
            next(
                (display_safe(str(p)) for p in dump.problems if p.file == "parent"), "the link `parent` leads nowhere"
            ),
            "copy every level of the chain and keep the links relative",
        )
        return
    for pid in dump.pids:
        lost = next(
            (
                entry
                for entry in dump.pagemap(pid)
                if entry.flags & 1 and not _resolves(dump, pid, entry.start, entry.end)
            ),
            None,
        )
        if lost is not None:
            yield Finding(
                "parent-page-missing",
                Severity.ERROR,
                f"pages of task {pid} are in no parent dump",
                f"pagemap entry {address(lost.start)}-{address(lost.end)} is marked as in the parent, which lacks it",
                "copy every level of the chain from the same run",
                pid=pid,
                start=lost.start,
                end=lost.end,
            )


def _resolves(dump: Dump, pid: int, start: int, end: int) -> bool:
    """Whether the chain of parents holds every page of a run."""
    parent = dump.parent
    if parent is None:
        return False
    held = 0
    for entry in parent.pagemap(pid).within(Span(start, end)):
        if entry.flags & 4 or (entry.flags & 1 and _resolves(parent, pid, entry.start, entry.end)):
            held += entry.end - entry.start
    return held >= end - start


# Ids


def _id_maps(dump: Dump) -> Iterator[Finding]:
    space = dump.user_namespace
    if space is not None:
        check = check_root(space.uid_map, space.gid_map)
        if not check.ok:
            yield Finding(
                "userns-root-unmapped",
                Severity.ERROR,
                "the user namespace does not map id 0",
                check.reason,
                "map id 0 (unshare --map-root-user or --map-auto)",
            )
        for name, extents in (("uid", space.uid_map), ("gid", space.gid_map)):
            yield from extent_findings(name, extents)
    for owner in owners(dump):
        ids = (owner.uid, owner.gid, *(found for _, found in (*owner.other_uids, *owner.other_gids)))
        if OVERFLOW_ID in ids:
            yield Finding(
                "id-unmapped",
                Severity.ERROR,
                f"{display_safe(owner.object, 60)} has an id that had no mapping when dumped",
                f"it holds {OVERFLOW_ID}, which CRIU writes for an id that no extent covers",
                "extend the id map of the namespace and dump again",
                pid=owner.pid,
            )


def extent_findings(name: str, extents: IdMap) -> Iterator[Finding]:
    """What is odd about the extents of one map, with its consequence."""
    for index, extent in enumerate(extents):
        if extent.count == 0:
            yield Finding("extent-empty", Severity.WARNING, f"{name} extent {extent} is empty", "it maps no id")
        for side, first in (("inside", extent.first), ("outside", extent.lower_first)):
            if first + extent.count > 1 << 32:
                why = "the kernel refuses such an extent"
                yield Finding(
                    "extent-wraps", Severity.ERROR, f"{name} extent {extent} reaches beyond 32 bits {side}", why
                )
            elif first + extent.count == 1 << 32:
                yield Finding(
                    "extent-to-the-top",
                    Severity.WARNING,
                    f"{name} extent {extent} reaches the last id {side}",
                    "CRIU adds in 32 bits, so its end wraps to 0 and CRIU maps none of it, while the kernel maps all",
                    "leave the last id out of the map",
                )
        for earlier in extents[:index]:
            if extent.inside.overlaps(earlier.inside) or extent.outside.overlaps(earlier.outside):
                yield Finding(
                    "extent-overlap",
                    Severity.ERROR,
                    f"{name} extents {earlier} and {extent} overlap",
                    "the first one wins; the kernel refuses to write such a map",
                )
    if extents and to_host(extents, 65534) is None:
        yield Finding(
            "overflow-unmapped",
            Severity.NOTE,
            f"{name} 65534 is not mapped",
            "unmapped owners appear as 65534; a restore that needs to act for one is refused (uns: send req error)",
            "cover 65534 with an extent",
            "up to 4.2",
        )


# The plan


_CAUSES = {
    Cause.TOUCH: (
        "boundary-reservation",
        "dumped data merely touches it",
        "3.2-3.19",
        "restore with CRIU 4.0 or later, or set vm.overcommit_memory=1 for the restore",
    ),
    Cause.TRAILING: (
        "trailing-reservation",
        "it lies above the last dumped page",
        "3.2-4.2.1",
        "set vm.overcommit_memory=1 for the restore, or add swap; no release fixes it",
    ),
    Cause.ALWAYS: (
        "writable-always",
        "this release adds WRITE to every private mapping",
        "before 3.2",
        "restore with CRIU 4.0 or later",
    ),
    Cause.INCREMENTAL: (
        "premapped-reservation",
        "an incremental dump is premapped whole",
        "all up to 4.2.1",
        "flatten the chain of dumps, or set vm.overcommit_memory=1 for the restore",
    ),
    Cause.LAZY: (
        "premapped-reservation",
        "a lazy restore premaps everything",
        "all up to 4.2.1",
        "restore without --lazy-pages, or set vm.overcommit_memory=1 for the restore",
    ),
    Cause.COW_ROOT: (
        "forked-reservation",
        "parent and child tasks share it, so it is premapped",
        "all up to 4.2.1",
        "set vm.overcommit_memory=1 for the restore, or add swap; no release fixes it",
    ),
}


def _refusals(planned: Callable[[Mark], tuple[Plan, Budget]], chosen: Mark) -> Iterator[Finding]:
    plan, budget = planned(chosen)
    refused = [charge.refusal for charge in budget.by_step.values() if charge.refusal is not None]
    if budget.failure is not None and budget.failure.forking:
        refused.insert(0, budget.failure)
    for failure in refused[:20]:
        yield _refusal(failure, plan, Severity.ERROR)
    if chosen is Mark.HALF_OPEN and not refused:
        # Fine with the chosen release; worth knowing before another host's restores it.
        old_plan, old = planned(Mark.CLOSED)
        for charge in old.by_step.values():
            if charge.refusal is not None and charge.step.cause is Cause.TOUCH:
                yield _refusal(charge.refusal, old_plan, Severity.NOTE)


def _refusal(failure: Failure, plan: Plan, severity: Severity) -> Finding:
    step = failure.step
    where = f"{address(step.vma.start)}-{address(step.vma.end)}"
    id_, why, releases, advice = _CAUSES.get(
        step.cause,
        ("mapping-refused", "it is writable in the dump", "all", "restore on a host with more memory, or add swap"),
    )
    if failure.forking:
        id_, why = "fork-refused", "a fork is charged for a copy of all that its parent has premapped"
    title = f"the restore fails at {where}: {size(step.vma.size)} mapped writable"
    if severity is not Severity.ERROR:
        title = f"with CRIU {releases} the restore would fail at {where}"
    return Finding(
        id_,
        severity,
        title,
        f"{why}; {plan.reason(step)}; {failure.arithmetic}",
        advice,
        releases,
        pid=step.pid,
        start=step.vma.start,
        end=step.vma.end,
    )
