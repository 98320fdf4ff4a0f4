"""A screen above the main one that a key closes, once, however fast the keys come."""

from __future__ import annotations

from textual import events
from textual.screen import ModalScreen


class Closing(ModalScreen[None]):
    """Takes all keys itself, in the order in which they come; those behind the one that closes it go to what is below.

    Over a slow connection several keys come at once, and Textual sends all of them to what was above then.
    """

    closed = False

    async def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if self.closed:
            self.app.post_message(events.Key(event.key, event.character))
        else:
            await self.take(event)

    async def take(self, event: events.Key) -> None:
        """Carries out a key."""
        raise NotImplementedError

    def close(self) -> None:
        """Goes back to the screen below; a second time does nothing."""
        if not self.closed:
            self.closed = True
            self.dismiss()
