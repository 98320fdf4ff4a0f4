"""What the restore log will count and read: page counters and preadv batches.

Rules of criu/mem.c (restore_priv_vma_content), for the batches see `reading_in`;
their names are those of the log. Shared pages need page bytes, so none of this is
done unless asked for.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.base.limits import COMPARED_LIMIT
from criu_tui.core.base.units import PAGE, number
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.restore.reading_in import ReadInto, read_in
from criu_tui.core.restore.reads import left_lazy, read_entries
from criu_tui.core.restore.steps import Action
from criu_tui.core.source.directory import located
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.entries import PagemapEntry
    from criu_tui.core.pages.pagemap import Pagemap
    from criu_tui.core.restore.plan import Plan, TaskPlan
    from criu_tui.core.restore.reading_in import ReadBatch
    from criu_tui.core.restore.steps import Step

_ZERO = bytes(PAGE)


@dataclass(frozen=True, slots=True)
class Counters:
    """The counters that a task's restore prints, in pages; `enqueued` counts runs."""

    restored: int
    shared: int
    dropped: int
    enqueued: int
    lazy: int
    batches: tuple[ReadBatch, ...]
    unread: ImageError | None = None
    """Why some pages could not be compared; they count as restored."""

    def named(self) -> dict[str, int]:
        """The counters by the names that the log gives them."""
        return {
            "nr_restored_pages": self.restored,
            "nr_shared_pages": self.shared,
            "nr_dropped_pages": self.dropped,
            "nr_enqueued": self.enqueued,
            "nr_lazy": self.lazy,
        }

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names of the counters that the pages which could not be compared may change."""
        return () if self.unread is None else ("nr_restored_pages", "nr_shared_pages")


@dataclass(slots=True)
class _Allowance:
    """Pages that may be compared."""

    pages: int
    left: int

    def take(self, name: str) -> None:
        """One page less; raises ImageError when none is left."""
        if not self.left:
            raise ImageError(name, None, f"more than {number(self.pages)} pages to compare")
        self.left -= 1


def counters(dump: Dump, plan: Plan, most: int | None = None) -> dict[int, Counters]:
    """Counters of every task that has VMAs, by PID; reads the pages that are compared.

    Of the whole dump at most `most` pages are compared, without it COMPARED_LIMIT of each task.
    """
    together = None if most is None else _Allowance(most, most)
    with PageBytes(dump) as contents:
        return {
            task.pid: _count(dump, plan, task, contents, together or _Allowance(COMPARED_LIMIT, COMPARED_LIMIT))
            for task in plan.tasks
            if task.steps
        }


def _count(dump: Dump, plan: Plan, task: TaskPlan, contents: PageBytes, allowance: _Allowance) -> Counters:
    pagemap, steps = task.pagemap, task.steps
    mapped = [index for index in steps.order if steps.actions[index] is not Action.NONE]
    mapped.sort(key=lambda index: steps.vmas[index].start)
    unread = _contradiction(task, pagemap, [steps.vmas[index] for index in mapped])
    if unread is not None:
        return Counters(0, 0, 0, 0, 0, (), unread)
    inherited = [steps.of(index) for index in mapped if steps.actions[index] is Action.MREMAP]
    read = read_in(
        pagemap,
        [
            ReadInto(steps.vmas[index].span, by_restorer=steps.actions[index] is Action.MMAP)
            for index in mapped
            if steps.actions[index] is not Action.MREMAP
        ],
        lazy=plan.lazy,
    )
    restored, lazy = read.restored, read.lazy
    shared = 0
    for step, entry in _stretches(pagemap, inherited):
        if left_lazy(entry, lazy=plan.lazy):
            lazy += (entry.end - entry.start) // PAGE
            continue
        for address in range(entry.start, entry.end, PAGE):
            try:
                allowance.take(pagemap.name)
                same = _equals_parents(dump, plan, step, address, contents)
            except ImageError as error:
                # The rest of the run would fail the same way, page by page.
                unread = unread or error
                restored += (entry.end - address) // PAGE
                break
            shared, restored = shared + same, restored + (not same)
    dropped = sum(_dropped(plan, step, pagemap) for step in task.scratch if step.action is Action.MREMAP)
    return Counters(restored, shared, dropped, read.enqueued, lazy, read.batches, unread)


def _contradiction(task: TaskPlan, pagemap: Pagemap, mapped: list[Vma]) -> ImageError | None:
    """Why no restore gets as far as counting: images that contradict themselves."""
    if not pagemap.ordered:
        return ImageError(pagemap.name, None, "entries overlap or go back: a restore stops before it counts")
    if any(before.end > after.start for before, after in itertools.pairwise(mapped)):
        return ImageError(f"mm-{task.pid}.img", None, "VMAs overlap: a restore stops before it counts")
    return None


def _stretches(pagemap: Pagemap, steps: list[Step]) -> Iterator[tuple[Step, PagemapEntry]]:
    """Entries cut at the borders of the VMAs that hold them, by address."""
    for step in steps:
        for entry in pagemap.within(step.vma.span):
            if entry.kind is not PageKind.ABSENT:
                yield step, entry


def _equals_parents(dump: Dump, plan: Plan, step: Step, address: int, contents: PageBytes) -> bool:
    """Whether an inherited page holds what the parent task has there when it forks.

    By then the parent holds the pages of its own pagemap and nothing else: what it had
    inherited beyond them was dropped.
    """
    assert step.partner is not None
    own = contents.read(step.pid, address)
    entry = plan.by_pid[step.partner].pagemap.at(address)
    theirs = None if entry is None or left_lazy(entry, lazy=plan.lazy) else contents.read(step.partner, address)
    if theirs is None:
        theirs = _unwritten(dump, step.vma, address, contents)
    return own == theirs


def _unwritten(dump: Dump, vma: Vma, address: int, contents: PageBytes) -> bytes:
    """What a page holds that nobody has written: zeros, or the bytes of the mapped file."""
    path = dump.path_of(vma)
    if path is None or vma.traits.anonymous:
        return _ZERO
    file = Path(path)
    offset = vma.pgoff + address - vma.start
    try:
        return contents.read_at(located(file), offset, max(0, min(PAGE, file.stat().st_size - offset))).ljust(
            PAGE, b"\0"
        )
    except OSError as error:
        raise ImageError(file.name, offset, f"the mapped file cannot be compared: {reason_of(error)}") from error
    except ValueError as error:
        raise ImageError(file.name, offset, "the mapped file cannot be compared: not a name of a file") from error


def _dropped(plan: Plan, step: Step, pagemap: Pagemap) -> int:
    """Pages that the parent task has from its own pagemap and the child lacks."""
    assert step.partner is not None
    missing = 0
    for entry in read_entries(plan, plan.by_pid[step.partner].pagemap, step.vma.span):
        held = sum(own.end - own.start for own in read_entries(plan, pagemap, entry.span))
        missing += (entry.end - entry.start - held) // PAGE
    return missing
