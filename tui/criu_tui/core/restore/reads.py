"""The pages that a restore reads itself, and where reading them stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.entries import PageFlag, PageKind
from criu_tui.core.restore.failure import Failure, Stop
from criu_tui.core.restore.steps import WRITE, Action

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.span import Span
    from criu_tui.core.pages.entries import PagemapEntry
    from criu_tui.core.pages.pagemap import Pagemap
    from criu_tui.core.restore.host import Mode
    from criu_tui.core.restore.plan import Plan, TaskPlan

FAR = PAGE << 31
"""Bytes above the start of a VMA from which on the number of a page is beyond an int (include/common/bitmap.h)."""


def left_lazy(entry: PagemapEntry, *, lazy: bool) -> bool:
    """Whether the restore, itself lazy or not, leaves these pages to the lazy-pages daemon."""
    return entry.kind is PageKind.LAZY or (lazy and bool(entry.flags & PageFlag.LAZY))


def read_entries(plan: Plan, pagemap: Pagemap, span: Span) -> Iterator[PagemapEntry]:
    """Stretches of entries in a span whose pages the restore itself reads."""
    for entry in pagemap.within(span):
        if entry.kind is not PageKind.ABSENT and not left_lazy(entry, lazy=plan.lazy):
            yield entry


def stop_of_reads(plan: Plan, task: TaskPlan, mode: Mode) -> Failure | None:
    """Where reading pages into what a task has premapped stops the restore; None where it does not."""
    return _too_far(plan, task, mode) or _unwritable(plan, task, mode)


def _unwritable(plan: Plan, task: TaskPlan, mode: Mode) -> Failure | None:
    """The first VMA premapped without WRITE that pages are read into: the kernel refuses it (EFAULT).

    Only CRIU from 4.3 on leaves WRITE off, and does not ask for pages (criu/mem.c: premap_private_vma).
    """
    steps = task.steps
    if not (plan.criu.rule.accounting and steps.counted_known):
        return None
    pagemap = task.pagemap
    for index in task.scratch_order:
        if steps.actions[index] is Action.PREMAP and not steps.requested[index] & WRITE and steps.pages[index]:
            read = sum(entry.end - entry.start for entry in read_entries(plan, pagemap, steps.vmas[index].span))
            if read:
                return Failure(steps.of(index), read, 0, mode, stop=Stop.READ)
    return None


def _too_far(plan: Plan, task: TaskPlan, mode: Mode) -> Failure | None:
    """The first VMA premapped anew with a run of pages that begins FAR above its start.

    The bitmap of its pages is set with the page's number as an int, which is then negative
    (criu/mem.c: restore_priv_vma_content); a single page is set otherwise. A lazy restore has no bitmap.
    """
    steps = task.steps
    if plan.lazy or steps.arena <= FAR:
        return None
    pagemap = task.pagemap
    for index in task.scratch_order:
        vma = steps.vmas[index]
        if steps.actions[index] is Action.PREMAP and vma.size > FAR:
            for entry in read_entries(plan, pagemap, vma.span):
                if entry.start - vma.start >= FAR and entry.end - entry.start > PAGE:
                    return Failure(steps.of(index), entry.start - vma.start, FAR, mode, stop=Stop.CRASH)
    return None
