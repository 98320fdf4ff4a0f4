"""What pages that have been read have in common, found in numpy's columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.identical import IdenticalPages, Stretch, TaskPages

if TYPE_CHECKING:
    from criu_tui.core.pages.identical import PagesRead

    Numbers = np.ndarray[Any, np.dtype[Any]]


def facts(read: PagesRead, pids: tuple[int, ...]) -> IdenticalPages:
    """What the pages have in common; `pids` are those of the tasks by index."""
    digests, numbers = np.array(read.digests, np.uint64), np.array(read.numbers, np.uint64)
    tasks = np.array(read.tasks, np.uint32)
    count = len(tasks)
    # Equal contents lie together, within them equal addresses.
    order = np.lexsort((tasks, numbers, digests))
    digests, numbers, tasks = digests[order], numbers[order], tasks[order]
    new_content = np.ones(count, bool)
    new_content[1:] = digests[1:] != digests[:-1]
    new_place = new_content.copy()
    new_place[1:] |= numbers[1:] != numbers[:-1]
    contents = np.cumsum(new_content) - 1
    places = np.cumsum(new_place) - 1
    at_place = np.bincount(places)[places] if count else places
    same_address = at_place > 1
    copies = np.bincount(contents)[contents] if count else contents
    # Of several tasks, where the smallest task's index of a content is not the largest one.
    starts = np.flatnonzero(new_content)
    several = (
        (np.minimum.reduceat(tasks, starts) != np.maximum.reduceat(tasks, starts))[contents]
        if count
        else np.zeros(0, bool)
    )
    elsewhere = several & ~same_address
    again = ~several & (copies > 1)

    def by_task(chosen: Numbers) -> list[int]:
        return [int(number) for number in np.bincount(tasks[chosen], minlength=len(pids))]

    counts = zip(by_task(np.ones(count, bool)), by_task(same_address), by_task(elsewhere), by_task(again), strict=True)
    return IdenticalPages(
        tuple(
            TaskPages(pid, pages + read.zero.get(task, 0), read.zero.get(task, 0), *others)
            for task, (pid, (pages, *others)) in enumerate(zip(pids, counts, strict=True))
        ),
        tuple(_stretches(numbers, tasks, np.flatnonzero(new_place), pids)),
        len(starts),
        read.unread,
        read.error,
    )


def _stretches(numbers: Numbers, tasks: Numbers, places: Numbers, pids: tuple[int, ...]) -> list[Stretch]:
    """The places, each the index of its first page, that several tasks have; those that adjoin as one."""
    sizes = np.diff(places, append=len(tasks))
    groups: dict[bytes, list[int]] = {}
    for start, size in zip(places[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        groups.setdefault(tasks[start : start + size].tobytes(), []).append(int(numbers[start]))
    found: list[Stretch] = []
    for key, pages in groups.items():
        column = np.sort(np.array(pages, np.uint64))
        breaks = np.flatnonzero(np.diff(column) != 1)
        firsts = column[np.concatenate(([0], breaks + 1))]
        lasts = column[np.concatenate((breaks, [len(column) - 1]))]
        holders = tuple(pids[task] for task in np.frombuffer(key, np.uint32))
        found += (
            Stretch(Span(first * PAGE, (last + 1) * PAGE), holders)
            for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
        )
    return sorted(found, key=lambda stretch: (-stretch.spare, stretch.span))
