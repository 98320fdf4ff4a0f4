"""Pagemap entries: their flags, what kind of pages they have, and counts of pages by kind."""

from __future__ import annotations

import enum
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from criu_tui.core.base.span import Span

TOGETHER = 1 << 15
"""Entries that array arithmetic works on together: a processor's cache holds what is made of so many meanwhile."""


class PageFlag(enum.IntFlag):
    """PE_* bits of a pagemap entry (criu/include/pagemap.h)."""

    PARENT = 1
    LAZY = 2
    PRESENT = 4
    PAYLOAD_ALIGNED = 8
    """The bytes begin at the next multiple of PAGE in the pages file (CRIU 4.3)."""


class PageKind(enum.Enum):
    """Where the restore gets a page from."""

    PRESENT = "present"
    PARENT = "parent"
    LAZY = "lazy"
    ABSENT = "absent"


def page_kind(flags: int) -> PageKind:
    """PRESENT wins, since only it has bytes here; then PARENT; LAZY alone has no data."""
    return _KINDS[flags & _ALL_FLAGS]


_ALL_FLAGS = 7
_KINDS = (
    PageKind.ABSENT,
    PageKind.PARENT,
    PageKind.LAZY,
    PageKind.PARENT,
    *(PageKind.PRESENT,) * 4,
)
"""By PageFlag bits; looked up, since an IntFlag takes ten times as long to test as an int."""


@dataclass(frozen=True, slots=True)
class PagemapEntry:
    """One pagemap entry: pages [start, end) in bytes, all of one kind."""

    index: int
    start: int
    end: int
    flags: int

    @property
    def span(self) -> Span:
        """[start, end) in bytes."""
        return Span(self.start, self.end)

    @property
    def kind(self) -> PageKind:
        """Where the restore gets its pages from."""
        return page_kind(self.flags)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of pages of each kind in a span of addresses."""

    pages: int = 0
    present: int = 0
    parent: int = 0
    lazy: int = 0

    @property
    def dumped(self) -> int:
        """Pages whose contents a restore reads, from this dump or a parent."""
        return self.present + self.parent

    @property
    def absent(self) -> int:
        """Pages that no entry covers: zero in anonymous memory, the file's in a file mapping."""
        return max(0, self.pages - self.present - self.parent - self.lazy)

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.pages + other.pages,
            self.present + other.present,
            self.parent + other.parent,
            self.lazy + other.lazy,
        )


class Coverages(Sequence[Coverage]):
    """Coverage of many spans in columns, such as of all VMAs of a task."""

    def __init__(
        self,
        pages: Sequence[int],
        present: Sequence[int],
        parent: Sequence[int],
        lazy: Sequence[int],
        following: Sequence[int] | None,
    ) -> None:
        self._pages = pages
        self.present, self.parent = present, parent
        self.dumped: Sequence[int] = list(map(operator.add, present, parent))
        """Pages of each span whose contents a restore reads."""
        self.lazy = lazy
        self.following = following
        """Index of the first entry that ends above each span's start; None when the entries are not ordered."""

    def __len__(self) -> int:
        return len(self.dumped)

    @overload
    def __getitem__(self, index: int) -> Coverage: ...
    @overload
    def __getitem__(self, index: slice) -> list[Coverage]: ...
    def __getitem__(self, index: int | slice) -> Coverage | list[Coverage]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return Coverage(self._pages[index], self.present[index], self.parent[index], self.lazy[index])
