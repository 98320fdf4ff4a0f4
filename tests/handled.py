"""When a pilot goes on after a key: once all that the key led to has been handled, threads and timers excepted."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import textual.app
import textual.pilot
from textual._context import active_app
from textual.app import ScreenStackError

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

LONGEST = 10.0
"""Seconds until a pilot goes on all the same."""


async def all_handled(*_: float) -> None:
    """Waits until every widget has handled what it has been sent; not for ever, as one may be held up.

    Textual's own function, which this stands for, sleeps 40 ms for each key, and up to a second while threads work.
    """
    app = active_app.get()
    end = time.monotonic() + LONGEST
    while await _at_work(app) and time.monotonic() < end:
        await asyncio.sleep(0.001)


async def _at_work(app: App[Any]) -> bool:
    """Whether there is anything to handle or to draw."""
    # A driver hands on a key in a task of its own, which takes some turns of the loop.
    for _ in range(5):
        await asyncio.sleep(0)
    if app._resize_timer is not None or any(_handles(pump) for pump in (app, *app._registry)):
        return True
    with suppress(ScreenStackError):
        # What waits for the next frame is drawn now.
        app.screen._on_timer_update()
    await asyncio.sleep(0)
    return any(_handles(pump) for pump in (app, *app._registry))


def _handles(pump: MessagePump) -> bool:
    """Whether it does anything else than waiting for a message."""
    ready: asyncio.Event = pump._message_queue.ready_event
    return pump.is_running and (ready.is_set() or not ready._waiters)


def take_place() -> None:
    """Has pilots wait so."""
    textual.app.wait_for_idle = textual.pilot.wait_for_idle = all_handled  # type: ignore[assignment,attr-defined]
