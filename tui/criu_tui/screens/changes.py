"""Looks whether the files of a dump are still what they were when they were read, while somebody is at the keys.

Nothing wakes up an app that nobody uses: over hours and over many terminals that adds up.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from criu_tui.core.report.changes import looked_for
from criu_tui.screens.loading import Planned

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.report.report import Report
    from criu_tui.screens.main import MainScreen

EVERY = 3.0
"""Seconds from one look to the next, at least."""
AFTER = 0.3
"""Seconds from a key to the look that it gives rise to: what the key asks for comes first."""
SHARE = 50
"""So many times as long as it takes to look nobody looks again: a dump may have 100,000 files."""


class Changes:
    """Tells the user of a screen once when files of its dump have changed; from then on the heading does."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._dump: Dump | None = None
        """Whose files are remembered; another may be gone to."""
        self._told = False
        self._waits = False
        """Whether a look is under way or going to be."""
        self._not_before = 0.0
        """When the next look may be, in seconds of the monotonic clock."""
        self._wait(EVERY)

    def used(self) -> None:
        """Somebody has pressed a key or moved the mouse: has a look soon, unless there was one just now."""
        if not self._waits:
            self._wait(max(AFTER, self._not_before - time.monotonic()))

    def _wait(self, seconds: float) -> None:
        self._waits = True
        self._screen.set_timer(seconds, lambda: self._screen.run_worker(self._look(), group="changes"))

    async def _look(self) -> None:
        screen, started = self._screen, time.monotonic()
        try:
            words = await asyncio.to_thread(self._words, screen.report)
        finally:
            ended = time.monotonic()
            self._not_before = ended + max(EVERY, SHARE * (ended - started))
            self._waits = False
        if words is not None and not self._told:
            self._told = True
            screen.notify(words, severity="warning", timeout=10, markup=False)
            screen.post_message(Planned())

    def _words(self, report: Report) -> str | None:
        if report.dump is not self._dump:
            self._dump, self._told = report.dump, False
            report.dump.remember_files()
        return looked_for(report)
