"""Pages that a restore reads from the images as they are: how many, and in which preadv batches.

Rules of criu/pagemap.c (enqueue_async_iov).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.restore.reads import left_lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.base.span import Span
    from criu_tui.core.pages.pagemap import Pagemap

VECTORS = 1023
"""Most vectors of one preadv batch: a new one begins when it holds IOV_MAX - 1 (criu/pagemap.c: enqueue_async_iov)."""


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """One preadv call of the restorer: address and bytes of its first vector, number of vectors."""

    address: int
    first_length: int
    vectors: int


class ReadInto(NamedTuple):
    """Where pages are read into."""

    span: Span
    by_restorer: bool
    """In place: the restorer reads them in batches. Else they are read when it is premapped."""


class ReadIn(NamedTuple):
    """What is read into the mappings of a task, in pages; `enqueued` counts runs."""

    restored: int
    lazy: int
    enqueued: int
    batches: tuple[ReadBatch, ...]


def read_in(pagemap: Pagemap, mapped: Sequence[ReadInto], *, lazy: bool) -> ReadIn:
    """What is read into mappings that are sorted and apart, of an ordered pagemap; `lazy` as of the plan."""
    if pagemap.in_columns:
        # Numpy is there already.
        from criu_tui.core.restore.reading_columns import read_in as read_in_columns

        return read_in_columns(pagemap, mapped, lazy=lazy)
    reads = _Reads([])
    restored = left = enqueued = 0
    for span, by_restorer in mapped:
        for entry in pagemap.within(span):
            pages = (entry.end - entry.start) // PAGE
            if entry.kind is PageKind.ABSENT:
                continue
            if left_lazy(entry, lazy=lazy):
                left += pages
                continue
            restored += pages
            if by_restorer:
                enqueued += 1
                offset = pagemap.payload_start(entry.index) + entry.start - pagemap.starts[entry.index]
                reads.add(entry.start, entry.end - entry.start, offset)
    return ReadIn(restored, left, enqueued, tuple(reads.batches))


@dataclass(slots=True)
class _Reads:
    """Builds batches from runs in pagemap order."""

    batches: list[ReadBatch]
    end_offset: int = -1
    end_address: int = -1

    def add(self, address: int, length: int, offset: int) -> None:
        last = self.batches[-1] if self.batches and offset == self.end_offset else None
        if last is not None and address == self.end_address:
            if last.vectors == 1:
                self.batches[-1] = ReadBatch(last.address, last.first_length + length, 1)
        elif last is not None and last.vectors < VECTORS:
            self.batches[-1] = ReadBatch(last.address, last.first_length, last.vectors + 1)
        else:
            self.batches.append(ReadBatch(address, length, 1))
        self.end_address, self.end_offset = address + length, offset + length
