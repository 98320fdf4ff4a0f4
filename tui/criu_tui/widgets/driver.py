"""The terminal's driver: whatever a terminal sends, and whenever the shell stops and continues the program.

Textual's own ends the app for bytes that are no UTF-8, for some escape sequences, and starts a second time
when it is continued without having been stopped.
"""

from __future__ import annotations

import asyncio
import os
import re
import select
import signal
import threading
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import events, messages
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from criu_tui.widgets.painting import Painted
from criu_tui.widgets.pen import erases_in_colour

if TYPE_CHECKING:
    from types import FrameType

    from textual.app import App
    from textual.message import Message

READ = 4096
"""Bytes of input at a time."""
PASTED = 4096
"""Characters of a paste that are kept: what can be typed on is a line."""
_LOOK = 0.1
"""Seconds until what an escape key has begun is looked at again."""
_LOOKS = 3
"""So often at most; after that there is nothing to wait for but the next key."""

_ESCAPE = "\x1b"
_ESCAPE_KEY = "\x1b[27u"
"""The escape key alone, as terminals with kitty's protocol send it; Textual knows both."""
_BEFORE_A_KEY = r"\x1b(?=[^\x1b\t\x7fA-Za-z\[\\\]^_])"
"""An escape that no sequence begins with, and with which Textual does not name a key either."""


class EscapeKey:
    """Tells the escape key from what begins a sequence, where the next key has come right behind it.

    Over a slow connection they come as one, which Textual takes for the next key with Alt and shows without. Where it
    has a name for that key, as for letters, `TerminalApp` takes both apart.
    """

    def __init__(self) -> None:
        self._held = ""
        """An escape at the end of what has come so far."""

    def told(self, text: str) -> str:
        """Input in which the key stands as what it is; an empty `text` says that nothing has come for a while."""
        if not text:
            held, self._held = self._held, ""
            return _ESCAPE_KEY if held else ""
        text = self._held + text
        self._held = _ESCAPE if text.endswith(_ESCAPE) else ""
        return re.sub(_BEFORE_A_KEY, _ESCAPE_KEY, text.removesuffix(self._held))


class _Waking(threading.Event):
    """Wakes whoever waits for the file descriptor `wakes` when it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.wakes = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def set(self) -> None:
        super().set()
        os.eventfd_write(self.wakes, 1)

    def clear(self) -> None:
        super().clear()
        with suppress(BlockingIOError):
            os.eventfd_read(self.wakes)


class TerminalDriver(LinuxDriver):
    """Reads keys, draws, and gives the terminal back to the shell for as long as that has stopped the program."""

    _stopping = False

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.exit_event: _Waking = _Waking()
        self.painted = Painted(erases_in_colour)

    @property
    def active(self) -> bool:
        """Whether the screen is shown."""
        return self._writer_thread is not None

    def write(self, data: str) -> None:
        # In the background there is nothing to draw on.
        if self.active:
            super().write(data)

    def close(self) -> None:
        super().close()
        self._writer_thread = None

    # What is drawn

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        # A screen of its own, with whatever the terminal has on that.
        self.painted.forget()
        loop, measure = asyncio.get_running_loop(), signal.getsignal(signal.SIGWINCH)

        def resized(number: int, frame: FrameType | None) -> None:
            if callable(measure):
                measure(number, frame)
            # Not here: it may come while an update is made.
            loop.call_soon_threadsafe(self.redraw)

        signal.signal(signal.SIGWINCH, resized)

    def redraw(self) -> None:
        """Draws all of the screen: anything may stand there, as after the terminal had another size."""
        self.painted.forget()
        self._app.refresh()

    # Input

    def run_input_thread(self) -> None:
        decoder = getincrementaldecoder("utf-8")("replace")
        parser, escape = XTermParser(), EscapeKey()
        looks = 0
        while not self.exit_event.is_set():
            text = ""
            # Without an end while nothing is half read: a screen that nobody touches costs nothing.
            ready = select.select((self.fileno, self.exit_event.wakes), (), (), _LOOK if looks else None)[0]
            looks = _LOOKS if ready else looks - 1
            if self.fileno in ready:
                try:
                    data = os.read(self.fileno, READ)
                except OSError:
                    data = b""
                if not data:
                    # The terminal is gone, and who watches for that ends the program.
                    return
                text = decoder.decode(data)
            text = escape.told(text)
            try:
                # Nothing is fed without text: that would mean the end of all input.
                for message in (*(parser.feed(text) if text else ()), *parser.tick()):
                    self.process_message(message)
            except (ValueError, OverflowError, ArithmeticError):
                # A sequence with a number that no key, place or size has.
                parser = XTermParser()

    def process_message(self, message: Message) -> None:
        if isinstance(message, (events.Resize, events.CursorPosition, messages.InBandWindowResize)):
            # Nobody has asked for these; the kernel tells the size.
            return
        if isinstance(message, events.Paste):
            message.text = message.text[:PASTED]
        super().process_message(message)

    def _query_in_band_window_resize(self) -> None:
        pass

    # Stopped and continued by the shell

    def _sigtstp_application(self, *_: object) -> None:
        # Not here: a handler may come while the very queue is locked that output goes through.
        self._loop.call_soon_threadsafe(self._stop)

    def _sigcont_application(self, *_: object) -> None:
        if not self._stopping:
            self._loop.call_soon_threadsafe(self._again)

    def _stop(self) -> None:
        """Gives the terminal back and stops as if nothing handled the signal; draws anew when continued.

        Where no shell could continue it, the kernel does not stop it.
        """
        if not self.active:
            return
        self._stopping = True
        self.suspend_application_mode()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        # The whole job, as the terminal itself does it for a key.
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._sigtstp_application)
        self._stopping = False
        self._again()

    def _again(self) -> None:
        """Shows the screen again: the shell may have changed everything about the terminal."""
        if self._app._exit:
            return
        if self.active:
            self.suspend_application_mode()
        with suppress(OSError):
            self.resume_application_mode()
        if self.active:
            self._app.refresh(layout=True)
