"""A dump and its parents as steps in time: what each wrote, what a restore still reads of it, what could go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import HOLES_WALKED
from criu_tui.core.base.span import Span, merged, without
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.pages.pagemaps import pagemap_of, shared_pagemap_of
from criu_tui.core.pages.pages_files import is_pages_name
from criu_tui.core.pages.shared_memory import shared_memories
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.pages.pagemap import Pagemap


@dataclass(slots=True)
class ChainedDump:
    """One dump of a chain; counts are of pages, all tasks and shared memories together."""

    depth: int
    """0 for the dump itself, 1 for its parent ..."""
    dump: Dump
    new: int = 0
    """With bytes here, at addresses where its parent has no page."""
    rewritten: int = 0
    """With bytes here, and with others in a parent: written in between."""
    inherited: int = 0
    """Left to a parent."""
    read: int = 0
    """Of those with bytes here, what a restore of the newest dump reads."""
    lost: int = 0
    """That the newest dump needs from here, and which this one does not know."""
    stored: int = 0
    """Bytes in its pages files."""
    holes: int = 0
    """Of these, bytes that take no room: `criu dedup` gave back what a later dump has anew."""

    @property
    def written(self) -> int:
        """Pages with bytes here: the working set since its parent was dumped."""
        return self.new + self.rewritten

    @property
    def never_read(self) -> int:
        """Pages with bytes here that a later dump has anew, or no longer."""
        return self.written - self.read

    @property
    def may_go(self) -> bool:
        """Whether the chain restores without it, once the link `parent` before it leads past it."""
        return self.depth > 0 and self.read == 0 and self.lost == 0

    @property
    def taken(self) -> float | None:
        """When it was written, in seconds since 1970; None where that cannot be told."""
        try:
            return self.dump.source.status("inventory.img").modified
        except (OSError, ValueError):
            return None


class Flattened(NamedTuple):
    """What one dump with the same memory would have."""

    pages: int
    saved: int
    """Bytes that all pages files have now beyond it; negative where it would take more, as of compressed ones."""


def levels(dump: Dump) -> tuple[ChainedDump, ...]:
    """The dump and its parents, the newest first. Reads their pagemaps, and no page."""
    made = tuple(ChainedDump(depth, found) for depth, found in enumerate(dump.chain()))
    for pagemaps in _pagemaps(made):
        _count(made, pagemaps)
    for level in made:
        level.holes = sum(_holes(level.dump, name) for name in level.dump.files_listed if is_pages_name(name))
    return made


def flattened(found: Sequence[ChainedDump]) -> Flattened:
    """What a dump without parents would take."""
    pages = sum(level.read for level in found)
    return Flattened(pages, sum(level.stored for level in found) - pages * PAGE)


def _pagemaps(found: Sequence[ChainedDump]) -> Iterator[list[Pagemap]]:
    """Of each task and each shared memory, its pagemap in every dump of the chain."""
    pids = dict.fromkeys(pid for level in found for pid in level.dump.pids)
    for pid in pids:
        yield [pagemap_of(level.dump, pid) for level in found]
    for shmid in sorted({shmid for level in found for shmid in shared_memories(level.dump)}):
        yield [shared_pagemap_of(level.dump, shmid) for level in found]


def _count(found: Sequence[ChainedDump], pagemaps: Sequence[Pagemap]) -> None:
    present = [pagemap.spans_of(PageKind.PRESENT) for pagemap in pagemaps]
    parent = [without(pagemap.spans_of(PageKind.PARENT), here) for pagemap, here in zip(pagemaps, present, strict=True)]
    needed = merged((*present[0], *parent[0]))
    for depth, level in enumerate(found):
        here, above = present[depth], parent[depth]
        last = depth + 1 == len(found)
        known = [] if last else merged((*present[depth + 1], *parent[depth + 1]))
        new = without(here, known)
        level.new += _pages(new)
        level.rewritten += _pages(here) - _pages(new)
        level.inherited += _pages(above)
        left = without(needed, here)
        level.read += _pages(needed) - _pages(left)
        rest = without(left, above)
        level.lost += _pages(rest)
        needed = without(left, rest)
        level.stored += pagemaps[depth].stored


def _pages(spans: Sequence[Span]) -> int:
    return sum(span.size for span in spans) // PAGE


def _holes(dump: Dump, name: str) -> int:
    """Bytes of a pages file that lie in holes; none where that cannot be asked."""
    try:
        with dump.source.open(name) as file:
            at = holes = 0
            for _ in range(HOLES_WALKED):
                hole = file.hole_from(at)
                if hole is None or hole >= file.size:
                    break
                data = file.data_from(hole)
                at = file.size if data is None else data
                holes += at - hole
            return holes
    except (ImageError, OSError, OverflowError):
        return 0
