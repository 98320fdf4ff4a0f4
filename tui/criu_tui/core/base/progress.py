"""How far long work has come, told by the worker and read by whoever shows it."""

from __future__ import annotations

import enum
import threading
import time
from typing import TYPE_CHECKING

from criu_tui.core.base.units import duration, number, size

if TYPE_CHECKING:
    from collections.abc import Callable


class Measure(enum.Enum):
    """What is counted."""

    ITEMS = "items"
    BYTES = "bytes"


class CancelledError(Exception):
    """The work was given up before its end."""


class Progress:
    """Shared by one worker, which calls `update`, and one viewer, which reads and may `cancel`.

    `done` and `total` are items or bytes; a total of None is not known yet.
    """

    def __init__(
        self,
        what: str = "",
        measure: Measure = Measure.ITEMS,
        clock: Callable[[], float] = time.monotonic,
        done: int = 0,
        total: int | None = None,
    ) -> None:
        self.what = what
        """What is being done, as shown: "searching"."""
        self.measure = measure
        self.clock = clock
        """Seconds."""
        self.done = done
        self.total = total
        self.started = clock()
        self._cancelled = threading.Event()

    def update(self, done: int, total: int | None = None) -> None:
        """Sets how much is done, and of how much; lets other threads run."""
        self.done, self.total = done, total
        time.sleep(0)

    def check(self, done: int, total: int | None = None) -> None:
        """Like `update`, but raises CancelledError once the work has been cancelled."""
        self.update(done, total)
        if self.cancelled:
            raise CancelledError(self.what)

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` has been called."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Asks the worker to stop at its next look."""
        self._cancelled.set()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return max(0.0, self.clock() - self.started)

    @property
    def left(self) -> float | None:
        """Seconds to the end at the rate so far; None while that cannot be said."""
        if self.total is None or not self.done or self.seconds < 0.2:
            return None
        return max(0.0, (self.total - self.done) * self.seconds / self.done)

    @property
    def share(self) -> str:
        """How much is done, in a word: "30%"; where the total is not known "1.2 GiB"."""
        if not self.total:
            return size(self.done) if self.measure is Measure.BYTES else number(self.done)
        return f"{min(100, self.done * 100 // self.total)}%"

    @property
    def line(self) -> str:
        """ "searching  1.2 GiB of 4 GiB  30%  600 MiB/s  5 s left"."""
        shown = size if self.measure is Measure.BYTES else number
        parts = [self.what, shown(self.done) if self.total is None else f"{shown(self.done)} of {shown(self.total)}"]
        if self.total:
            parts.append(self.share)
        if self.seconds >= 0.2:
            parts.append(f"{shown(int(self.done / self.seconds))}/s")
        if self.left is not None:
            parts.append(f"{duration(self.left)} left")
        return "  ".join(parts)
