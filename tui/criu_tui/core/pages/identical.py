"""Which private pages several tasks have alike: after a fork, CRIU dumps a page once for each task that has it.

Reads every page once, so it is done only when asked for, and can be stopped. Shared memory is left out: the dump
has it once.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.address_space import MappedVmas
from criu_tui.core.pages.contents import CHUNK, Advance, PageBytes
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.span import Span
    from criu_tui.core.dump.dump import Dump

_ZERO = bytes(PAGE)


class Stretch(NamedTuple):
    """Addresses at which several tasks have the same bytes."""

    span: Span
    pids: tuple[int, ...]
    """In tree order."""

    @property
    def spare(self) -> int:
        """Bytes that the dump would be smaller by, had it each page of the stretch once."""
        return self.span.size * (len(self.pids) - 1)


class TaskPages(NamedTuple):
    """Counts of the private pages of a task that have bytes in the dump or a parent dump."""

    pid: int
    pages: int
    zero: int
    """Hold nothing but zeros; the other counts leave these out."""
    same_address: int
    """Another task has them at the same address: these two could share them by copy-on-write."""
    elsewhere: int
    """Another task has them, but at other addresses only."""
    again: int
    """The task itself has them more than once, and no other task has them."""


@dataclass(frozen=True, slots=True)
class IdenticalPages:
    """What the private pages of all tasks have in common."""

    tasks: tuple[TaskPages, ...]
    """In tree order."""
    stretches: tuple[Stretch, ...]
    """The ones with the most spare bytes first; a page in none is at its address in one task alone."""
    distinct: int
    """Different contents, by 64 bits of SHA-256, zeros left out."""
    unread: int
    """Pages that should have bytes and cannot be read."""
    error: ImageError | None = None
    """Why the first of them cannot."""

    @property
    def pages(self) -> int:
        """Of all tasks."""
        return sum(task.pages for task in self.tasks)

    @property
    def zero(self) -> int:
        """Of all tasks."""
        return sum(task.zero for task in self.tasks)

    @property
    def spare(self) -> int:
        """Pages that the dump has although it has the same bytes already."""
        return self.pages - self.zero - self.distinct


def page_digest(page: bytes | memoryview) -> int:
    """64 bits that tell pages apart; SHA-256, since processors have instructions for it."""
    return int.from_bytes(sha256(page).digest()[:8], "little")


def identical_pages(dump: Dump) -> Iterator[Advance | IdenticalPages]:
    """An Advance in bytes after each piece read, at last the pages that are the same."""
    total = sum(pagemap_of(dump, pid).total().dumped for pid in dump.pids) * PAGE
    read = PagesRead()
    done = 0
    with PageBytes(dump) as contents:
        for task, pid in enumerate(dump.pids):
            for vma in MappedVmas(dump.address_space(pid).vmas).vmas:
                if not vma.is_private(dump.task_size):
                    continue
                for run in contents.runs(pid, vma):
                    for span, data in contents.pieces(run, CHUNK):
                        read.take(task, span, data)
                        done += span.size
                        yield Advance(done, max(done, total))
    from criu_tui.core.pages import identical_columns

    yield identical_columns.facts(read, tuple(dump.pids))


class PagesRead:
    """The pages read so far, in columns: 20 bytes for each."""

    def __init__(self) -> None:
        self.digests, self.numbers, self.tasks = array("Q"), array("Q"), array("I")
        """Of each page that is not zero: the digest, the address in pages, the index of the task."""
        self.zero: dict[int, int] = {}
        self.unread = 0
        self.error: ImageError | None = None

    def take(self, task: int, span: Span, data: bytes | ImageError) -> None:
        """Adds a piece of a task, which is an index."""
        if isinstance(data, ImageError):
            self.unread += span.size // PAGE
            self.error = self.error or data
            return
        view = memoryview(data)
        for offset in range(0, len(data), PAGE):
            page = view[offset : offset + PAGE]
            if page == _ZERO:
                self.zero[task] = self.zero.get(task, 0) + 1
            else:
                self.digests.append(page_digest(page))
                self.numbers.append((span.start + offset) // PAGE)
                self.tasks.append(task)
