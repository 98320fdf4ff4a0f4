"""Says on the bottom line how far long work has come. Work that ends at once is never shown."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.widget import Widget

from criu_tui.widgets.hints import Hints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.screen import Screen
    from textual.timer import Timer

    from criu_tui.core.base.progress import Progress

PATIENCE, PACE = 0.3, 1.0
"""Seconds before it is said, and between two changes of it: to draw takes time from what is told of."""


class ProgressLine(Widget):
    """What is being done, how much of it, at what rate, until when; escape cancels the latest.

    A worker thread wraps its work: `with line.during(Progress("searching", Measure.BYTES)) as progress:`.
    """

    # It has the bottom line show its words.
    DEFAULT_CSS = "ProgressLine { display: none; }"

    class Changed(Message):
        """Work has begun or ended; sent from its thread."""

        def __init__(self, progress: Progress, *, begun: bool) -> None:
            super().__init__()
            self.progress = progress
            self.begun = begun

    def __init__(self) -> None:
        super().__init__()
        self._works: list[Progress] = []
        self._timer: Timer | None = None

    @classmethod
    def of(cls, screen: Screen[Any]) -> ProgressLine:
        """That of a screen; where there is none it comes when the first long work does."""
        found = next(iter(screen.query(cls)), None)
        if found is None:
            found = cls()
            screen.mount(found, before=screen.query_one(Hints))
        return found

    @contextmanager
    def during(self, progress: Progress) -> Iterator[Progress]:
        """Shows the progress while the block runs; any thread may call it."""
        self.post_message(self.Changed(progress, begun=True))
        try:
            yield progress
        finally:
            self.post_message(self.Changed(progress, begun=False))

    def cancel(self) -> bool:
        """Cancels the work that began last; False when nothing runs."""
        if not self._works:
            return False
        self._works[-1].cancel()
        return True

    def on_progress_line_changed(self, event: Changed) -> None:
        event.stop()
        if event.begun:
            self._works.append(event.progress)
        elif event.progress in self._works:
            self._works.remove(event.progress)
        if self._works and self._timer is None:
            self._timer = self.set_timer(PATIENCE, self._tick)
        elif not self._works and self._timer is not None:
            # No timer while nothing runs: an idle app uses no CPU.
            self._timer.stop()
            self._timer = None
            self._tell("")

    def _tell(self, text: str) -> None:
        for hints in self.screen.query(Hints).results(Hints):
            hints.tell(text)

    def _tick(self) -> None:
        if self._works:
            self._tell(f"{self._works[-1].line}  escape cancels")
            self._timer = self.set_timer(PACE, self._tick)
