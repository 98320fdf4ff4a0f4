"""Long work in a thread that lets in the one that answers keys."""

from __future__ import annotations

import threading
import time

TURN = 0.004
"""Seconds that others wait at most."""
BREATH = 0.0001
"""Seconds of sleep after a turn: a thread that waits to go on would not be let in by less."""


class Turns:
    """One thread's work in turns, after which others may go on; that of the main thread, which answers, in none."""

    __slots__ = ("_end",)

    def __init__(self) -> None:
        self._end = time.monotonic() + TURN if threading.current_thread() is not threading.main_thread() else None

    def passed(self) -> None:
        """Lets others go on, where the turn has come to its end."""
        if self._end is not None and time.monotonic() > self._end:
            time.sleep(BREATH)
            self._end = time.monotonic() + TURN
