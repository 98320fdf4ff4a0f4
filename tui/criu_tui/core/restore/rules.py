"""Whether WRITE is added to a private VMA: the rules of each range of releases, applied.

criu/mem.c: prepare_vma_ios and private_vma_no_write for VMAs in place, premap_private_vma for premapped ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.restore.releases import Mark
from criu_tui.core.restore.steps import WRITE, Cause

if TYPE_CHECKING:
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.entries import Coverages
    from criu_tui.core.pages.pagemap import Pagemap
    from criu_tui.core.restore.releases import Rule


class Cursor:
    """The cursor in a pagemap that moves with the VMAs restored in place, and never back."""

    def __init__(self, pagemap: Pagemap, covered: Coverages, mark: Mark) -> None:
        self._pagemap = pagemap
        self._covered = covered
        self._mark = mark
        self._starts, self._ends = pagemap.starts, pagemap.ends
        self._last = len(pagemap) - 1
        self._at = 0

    def decide(self, index: int, vma: Vma) -> tuple[Cause, tuple[int, int] | None]:
        """What the entry under the cursor decides, and its bounds; those of the last one when none is left."""
        mark, last, following = self._mark, self._last, self._covered.following
        found = self._at
        if following is None:
            found = self._pagemap.first_after(vma.start, found)
        elif following[index] > found:
            found = following[index]
        self._at = found if found <= last else max(0, last)
        if mark is Mark.NEVER:
            return Cause.ALWAYS, None
        if found > last:
            trailing = Cause.NO_DATA_LEFT if mark is Mark.NEEDED else Cause.TRAILING
            return trailing, (self._starts[last], self._ends[last]) if found else None
        start = self._starts[found]
        entry = start, self._ends[found]
        if mark is Mark.NEEDED:
            return (Cause.DATA if overlapped(self._covered, index) else Cause.NO_DATA), entry
        end = vma.end
        if start < end:
            return Cause.DATA, entry
        return (Cause.TOUCH if start == end and mark is not Mark.HALF_OPEN else Cause.NO_DATA), entry


def overlapped(covered: Coverages, index: int) -> bool:
    """Whether a page entry overlaps a VMA."""
    return bool(covered.dumped[index] or covered.lazy[index])


def premap_write(rule: Rule, covered: Coverages, index: int, vma: Vma) -> int:
    """WRITE where it is added to a VMA that is premapped anew, or in place without asking the pagemap; else 0."""
    if rule.mark is Mark.NEEDED:
        return WRITE if overlapped(covered, index) else 0
    return 0 if rule.accounting and vma.prot == 0 and vma.traits.unaccounted else WRITE
