"""A screen above the main one that a key closes, once, however fast the keys come."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from criu_tui.widgets.dimming import ScreenAbove

if TYPE_CHECKING:
    from typing import Any

    from textual import events

    from criu_tui.widgets.terminal_app import TerminalApp


class Closing(ScreenAbove):
    """Takes all keys itself; one that was on its way when it closed goes to what is below."""

    closed = False

    async def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if self.closed:
            self.pass_on(event)
        else:
            await self.take(event)

    def pass_on(self, event: events.Key) -> None:
        """Has a key carried out by what is below, before those that came behind it."""
        cast("TerminalApp[Any]", self.app).carry_out_next(event)

    async def take(self, event: events.Key) -> None:
        """Carries out a key."""
        raise NotImplementedError

    def close(self) -> None:
        """Goes back to the screen below; a second time does nothing."""
        if not self.closed:
            self.closed = True
            self.dismiss()
