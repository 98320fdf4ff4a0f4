"""What the dumped bytes of a task come to: zero pages, equal pages, pages shared with the parent task.

Reads every dumped page once, so it is done only when asked for, and can be stopped.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.address_space import MappedVmas
from criu_tui.core.pages.contents import CHUNK, Advance, PageBytes
from criu_tui.core.pages.identical import page_digest
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

_ZERO = bytes(PAGE)


@dataclass(frozen=True, slots=True)
class ContentFacts:
    """Counts of a task's pages that have bytes in the dump or a parent dump."""

    pages: int
    """Read; times PAGE, the bytes that a restore reads."""
    zero: int
    """Hold nothing but zeros."""
    duplicates: int
    """Others that equal an earlier one of the task, by 64 bits of SHA-256."""
    same_as_parent: int
    """Equal the parent task's page at the same address: after a fork, copy-on-write could share them."""
    unread: int
    """Pages that should have bytes and cannot be read."""
    error: ImageError | None = None
    """Why the first of them cannot."""


def content_facts(dump: Dump, pid: int) -> Iterator[Advance | ContentFacts]:
    """An Advance in bytes after each piece read, at last the facts."""
    ppid = dump.tasks[dump.pids[pid]].ppid
    twin = ppid if ppid in dump.pids and ppid != pid else None
    vmas = MappedVmas(dump.address_space(pid).vmas).vmas
    total = pagemap_of(dump, pid).total().dumped * PAGE
    digests = array("Q")
    pages = zero = same = unread = 0
    error: ImageError | None = None
    with PageBytes(dump) as contents:
        for vma in vmas:
            for run in contents.runs(pid, vma):
                for span, data in contents.pieces(run, CHUNK):
                    if isinstance(data, ImageError):
                        unread += span.size // PAGE
                        error = error or data
                        continue
                    view = memoryview(data)
                    for offset in range(0, len(data), PAGE):
                        page = view[offset : offset + PAGE]
                        if page == _ZERO:
                            zero += 1
                        else:
                            digests.append(page_digest(page))
                    if twin is not None and vma.is_private(dump.task_size):
                        same += _same(contents, twin, span.start, data)
                    pages += len(data) // PAGE
                    yield Advance(pages * PAGE, max(total, pages * PAGE))
    yield ContentFacts(pages, zero, len(digests) - _distinct(digests), same, unread, error)


def _distinct(digests: array[int]) -> int:
    # Sorted in place: a set of as many numbers takes ten times the memory.
    import numpy as np

    column = np.array(digests, np.uint64)
    column.sort()
    return int(np.count_nonzero(column[1:] != column[:-1])) + min(1, len(column))


def _same(contents: PageBytes, twin: int, start: int, data: bytes) -> int:
    """How many pages of a piece the parent task has at the same addresses with the same bytes."""
    count = 0
    for run in contents.task_runs(twin, start, len(data)):
        for span, theirs in contents.pieces(run, CHUNK):
            if isinstance(theirs, ImageError):
                continue
            for offset in range(0, len(theirs), PAGE):
                own = span.start + offset - start
                count += theirs[offset : offset + PAGE] == data[own : own + PAGE]
    return count
