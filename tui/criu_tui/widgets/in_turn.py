"""What the user does, one thing after the other, however fast it comes.

Textual sends each key at once to what has the focus by then, and carries it out when it has come up from there to the
app. Keys that come together, over a slow connection or from a paste, would go to what had the focus before the first of
them, and those that come a little later overtake them. Here a key goes its way only when the one before has come to
the end of it.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import ExitStack, suppress
from itertools import dropwhile
from typing import TYPE_CHECKING

from textual.app import ScreenStackError
from textual.events import Callback

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from typing import Any

    from textual.app import App
    from textual.dom import DOMNode
    from textual.events import Event

LOST = 2.0
"""Seconds after which nobody waits any longer for what came before: it went to something that answers no more."""


UNDRAWN = 0.1
"""Seconds in which nothing is drawn while events wait: what each leads to is soon over."""
DRAWN = 0.05
"""Seconds after that in which all is drawn, so that who holds a key down sees where it has led to."""


class InTurn:
    """Events that wait for those before them; `carry_out` sends one to what has the focus."""

    def __init__(self, app: App[Any], carry_out: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._carry_out = carry_out
        self._waiting: deque[Event] = deque()
        self._way: Iterator[DOMNode] | None = None
        """What has still to take all that it has been sent; None when nothing is on its way."""
        self._own_way = False
        """Whether that is the way of the event itself, not that of what it led to."""
        self.held = False
        """Whether what the last one asked for cannot be done yet."""
        self._since = 0.0
        """When the last one was sent, in seconds of the monotonic clock."""
        self._undrawn = ExitStack()
        """Closed: what changes is drawn."""
        self._drawn_until = 0.0

    @property
    def idle(self) -> bool:
        """Whether all that has come has been carried out."""
        return self._way is None and not self.held

    async def take(self, event: Event) -> None:
        """Carries an event out, or has it wait for those before it."""
        self._waiting.append(event)
        if time.monotonic() - self._since > LOST:
            self.held = False
            await self._next()
        else:
            await self._go_on()

    def take_first(self, event: Event) -> None:
        """Has an event wait before all others: it is what the last one has been made into."""
        self._waiting.appendleft(event)
        self._app.call_later(self._go_on)

    def hold(self) -> None:
        """Has all events wait until `release`: what the last one asked for cannot be done yet."""
        self.held = True

    def release(self) -> None:
        """Goes on after `hold`."""
        self.held = False
        self._app.call_later(self._go_on)

    async def _go_on(self) -> None:
        if self._way is None:
            await self._next()

    async def _next(self) -> None:
        self._way = None
        if self.held:
            return
        if not self._waiting:
            self._undrawn.close()
            return
        event = self._waiting.popleft()
        if self._waiting and time.monotonic() > self._drawn_until:
            self._leave_undrawn()
        self._since = time.monotonic()
        try:
            await self._carry_out(event)
        finally:
            self._own_way = True
            self._way = iter(_from_focus(self._app))
            await self._follow()

    async def _follow(self) -> None:
        """Goes through the queues up to the app's, behind the event and then behind the messages that it led to."""
        if self._way is None:
            return
        for node in self._way:
            # Not call_later: what that makes of the function takes longer than all else here.
            if node.post_message(Callback(self._follow)):
                return
        led_to = list(dropwhile(lambda node: not node.message_queue_size, _from_focus(self._app)))
        if self._own_way and led_to:
            self._own_way = False
            self._way = iter(led_to)
            await self._follow()
        else:
            await self._next()

    def _leave_undrawn(self) -> None:
        self._drawn_until = time.monotonic() + UNDRAWN + DRAWN
        # Left last: what has changed is drawn when the screen has nothing else to do, which it has to be told of.
        self._undrawn.callback(self._draw)
        self._undrawn.enter_context(self._app.batch_update())
        self._app.set_timer(UNDRAWN, self._undrawn.close)

    def _draw(self) -> None:
        with suppress(ScreenStackError):
            self._app.screen.check_idle()


def _from_focus(app: App[Any]) -> Sequence[DOMNode]:
    """What has the focus and all that holds it, the app last."""
    try:
        return (app.focused or app.screen).ancestors_with_self
    except ScreenStackError:
        return (app,)
