"""What takes many lines elsewhere on the screen is drawn once the cursor rests, not for each row that it passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump
    from textual.timer import Timer

REST = 0.1
"""Seconds that a cursor stays where it is before it rests."""


class Resting:
    """What waits for the cursor to rest, for a widget; the next thing takes its place."""

    def __init__(self, widget: MessagePump) -> None:
        self._widget = widget
        self._timer: Timer | None = None

    def then(self, do: Callable[[], object]) -> None:
        """Does something once the cursor rests."""

        def rested() -> None:
            self._timer = None
            do()

        self.stop()
        self._timer = self._widget.set_timer(REST, rested)

    def stop(self) -> bool:
        """Has nothing wait any more; whether something did."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()
        return timer is not None
