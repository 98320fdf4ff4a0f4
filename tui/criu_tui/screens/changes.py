"""Looks again and again whether the files of a dump are still what they were when they were read."""

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
"""Seconds from one look to the next."""
SHARE = 50
"""So many times as long as it takes to look nobody looks again: a dump may have 100,000 files."""


class Changes:
    """Tells the user of a screen once when files of its dump have changed; from then on the heading does."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._dump: Dump | None = None
        """Whose files are remembered; another may be gone to."""
        self._told = False
        self._wait(EVERY)

    def _wait(self, seconds: float) -> None:
        self._screen.set_timer(seconds, lambda: self._screen.run_worker(self._look(), group="changes"))

    async def _look(self) -> None:
        screen, started = self._screen, time.monotonic()
        words = await asyncio.to_thread(self._words, screen.report)
        if words is not None and not self._told:
            self._told = True
            screen.notify(words, severity="warning", timeout=10, markup=False)
            screen.post_message(Planned())
        self._wait(max(EVERY, SHARE * (time.monotonic() - started)))

    def _words(self, report: Report) -> str | None:
        if report.dump is not self._dump:
            self._dump, self._told = report.dump, False
            report.dump.remember_files()
        return looked_for(report)
