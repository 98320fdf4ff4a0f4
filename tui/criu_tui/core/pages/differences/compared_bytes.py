"""How far the comparison of pages has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.progress import CancelledError

if TYPE_CHECKING:
    from criu_tui.core.base.progress import Progress

TOLD_EVERY = 0.05
"""Seconds between two words of how far the reading has come."""


class ComparedBytes:
    """Counts the bytes that have been compared, of about `total`, and tells of them."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total = progress, total
        self._done, self._next = 0, 0.0

    def advance(self, count: int) -> None:
        """So many bytes more have been compared; raises CancelledError when nobody waits any more."""
        self._done += count
        if self._progress.cancelled:
            raise CancelledError(self._progress.what)
        # To tell of each piece takes longer than to read it where other programs want the processor.
        now = self._progress.clock()
        if now >= self._next:
            self._next = now + TOLD_EVERY
            self._progress.update(self._done, max(self._total, self._done))
