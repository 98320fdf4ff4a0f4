"""Ends that come from outside: signals, a terminal that hangs up, output that goes nowhere."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType, ModuleType

ENDING = (signal.SIGTERM, signal.SIGHUP)
WITHOUT_SCREEN = ("dumb", "unknown")
"""Values of TERM for which there is nothing to draw with."""
GRACE = 1.0
"""Seconds that a screen has to end once its terminal is gone."""


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turns a request to end into SystemExit with 128 and its number, so that what was begun is cleaned up."""
    with _handling(ENDING, _raise):
        yield


@contextmanager
def screen_ended_by_signals(end: Callable[[int], None], clean: Callable[[], None]) -> Iterator[None]:
    """While a screen runs: `end` is called with the exit status, in its event loop, so that it leaves in order.

    When the terminal itself is gone, nothing can be drawn and the screen may wait for
    ever to do so: after a moment `clean` is called and the process ends.
    """

    def handle(number: int, _: FrameType | None) -> None:
        from asyncio import get_running_loop

        for ending in (signal.SIGINT, *ENDING):
            signal.signal(ending, signal.SIG_DFL)
        try:
            loop = get_running_loop()
        except RuntimeError:
            raise SystemExit(128 + number) from None
        loop.call_soon_threadsafe(end, 128 + number)

    def watch() -> None:
        hang_ups = select.poll()
        # No event is asked for: what is left are errors and hang-ups, and no time passes until then.
        hang_ups.register(sys.stdin.fileno(), 0)
        hang_ups.poll()
        time.sleep(GRACE)
        clean()
        os._exit(128 + signal.SIGHUP)

    threading.Thread(target=watch, name="hang-up", daemon=True).start()
    with _handling((signal.SIGINT, *ENDING), handle):
        yield


def _raise(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextmanager
def _handling(numbers: tuple[signal.Signals, ...], handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def load_asyncio() -> None:
    """Loads asyncio without TLS, which a screen has no use for and which takes 8 ms, a thirtieth of the first paint.

    It then is what it is on a Python built without OpenSSL; whoever wants ssl later gets it.
    """
    if not sys.modules.keys().isdisjoint(("ssl", "asyncio")):
        return
    # What Python does for a module that is known to be absent: importing it is an ImportError.
    sys.modules["ssl"] = cast("ModuleType", None)
    try:
        import asyncio  # noqa: F401
    finally:
        del sys.modules["ssl"]


class OutputError(Exception):
    """Standard output takes nothing more; the message is one line that says why."""


@contextmanager
def output() -> Iterator[None]:
    """Around what prints: all of it has been written at the end.

    Raises OutputError, and BrokenPipeError when what reads standard output has left.
    """
    # None where it was closed from the start.
    if cast("object", sys.stdout) is None:
        raise OutputError("standard output is closed")
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        leave_output()
        raise OutputError(f"standard output: {(error.strerror or 'cannot be written').lower()}") from None


def leave_output() -> None:
    """Lets the interpreter's last flush of standard output go nowhere, whoever has stopped reading it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def why_no_screen() -> str | None:
    """Why no screen can be shown here; None when one can."""
    # Textual draws on standard error.
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return "no terminal to show a screen on"
    if os.environ.get("TERM") in WITHOUT_SCREEN:
        return f"a terminal of kind {os.environ['TERM']} can show no screen"
    return None
