"""Ends that come from outside: signals, a terminal that hangs up, output that goes nowhere."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

WITHOUT_SCREEN = ("dumb", "unknown")
"""Values of TERM for which there is nothing to draw with."""
_STANDARD_ERROR = 2
"""What Textual draws on, whatever `sys.stderr` has become."""
GRACE = 2.0
"""Seconds that the program has to end in order once a signal asks for it."""

_FAULTS = frozenset((signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL))
"""What the kernel sends for a fault, which a handler would return to for ever; kill(1) can send them too."""
_GOES_ON = frozenset(
    (
        *(signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH),
        *(signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU),
        # Python turns these into exceptions where they arise.
        *(signal.SIGPIPE, signal.SIGXFSZ),
        signal.SIGKILL,
    )
)
ENDING = frozenset(signal.valid_signals()) - _GOES_ON - _FAULTS
"""Signals that end a program unless it handles them, see signal(7)."""

_LEAVE = (
    b"\x1b[?2026l\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?2048l"
    b"\x1b[?1004l\x1b[<u\x1b[0m\x1b[?7h\x1b[?1049l\x1b[?25h"
)
"""Takes a terminal from a screen back to the shell: modes off, lines wrapped, the main screen, a cursor."""


AGAIN = 0.02
"""Seconds after which a signal that came at a bad moment is looked at again, and a terminal that had no room."""
_FRAIL = ("/message_classes.py", "<frozen importlib._bootstrap>", "/tempfile.py", "/asyncio/")
"""In names of code that an exception must not end in the middle: libraries in C call it while they make their classes,
and would crash; it has made a file that nothing else knows of yet; or a loop of events by half."""


def _later(seconds: float, do: Callable[[], object]) -> None:
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    timer.start()


def _within_libraries(frame: FrameType | None) -> bool:
    """Whether a library is being loaded, makes classes of messages, or a temporary file."""
    while frame is not None:
        if any(part in frame.f_code.co_filename for part in _FRAIL):
            return True
        frame = frame.f_back
    return False


class Ends:
    """The end that a signal asks for. The first one counts; it comes in order or, after GRACE, at once."""

    def __init__(self) -> None:
        self.status: int | None = None
        """128 and the signal's number; None as long as none has come."""
        self.clean: Callable[[], object] = lambda: None
        """Takes away what this run has on disk; any thread may call it, also beside another that does."""
        self._end_screen: Callable[[int], bool] | None = None
        self._modes: list[Any] | None = None
        """Of the terminal, as it was before the screen."""
        self._fault: int | None = None
        self._watching = self._over = self._delayed = False

    @contextmanager
    def by_signals(self) -> Iterator[None]:
        """Signals that ask for the end become SystemExit with 128 and the number, so that all is cleaned up."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        # What was ignored at the start, as by nohup(1), stays so.
        caught = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self._handle) for number in caught}
        # Threads inherit the mask: only the one that waits for these signals gets them. For a real fault
        # the kernel ends the process all the same.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, _FAULTS)
        faults = threading.Thread(target=self._wait_for_faults, name="faults", daemon=True)
        faults.start()
        try:
            yield
        finally:
            self._over = True
            if faults.is_alive():
                signal.pthread_kill(cast("int", faults.ident), signal.SIGILL)
            faults.join()
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            for number, old in before.items():
                signal.signal(number, old)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.status is None:
            self.status = 128 + (self._fault or number)
            _later(GRACE, self._end_at_once)
        elif not self._delayed:
            return
        if self._end_screen is not None and self._end_screen(self.status):
            return
        self._delayed = _Held.depth > 0 or _within_libraries(frame)
        if not self._delayed:
            raise SystemExit(self.status)
        _later(AGAIN, lambda: os.kill(os.getpid(), number))

    @contextmanager
    def screen(self, end: Callable[[int], bool]) -> Iterator[None]:
        """While a screen runs: `end`, called with the exit status, says whether the screen leaves in order."""
        self._modes, self._end_screen = termios.tcgetattr(sys.stdin), end
        if not self._watching:
            self._watching = True
            threading.Thread(target=self._wait_for_hang_up, name="hang-up", daemon=True).start()
        try:
            yield
        except BaseException:
            _leave_screen(self._modes)
            raise
        finally:
            self._modes = self._end_screen = None

    def _wait_for_faults(self) -> None:
        number = signal.sigwait(_FAULTS)
        if not self._over:
            self._fault = number
            os.kill(os.getpid(), signal.SIGTERM)

    def _wait_for_hang_up(self) -> None:
        """Ends the process: nothing can be drawn any more, and a screen may wait for ever to do so."""
        hang_ups = select.poll()
        # No event is asked for: what is left are errors and hang-ups, and no time passes until then.
        hang_ups.register(sys.stdin.fileno(), 0)
        hang_ups.poll()
        if self.status is None:
            self.status = 128 + signal.SIGHUP
        self._modes = None
        self._end_at_once()

    def _end_at_once(self) -> None:
        if self._modes is not None:
            # What the screen has still to write would come after what leaves it.
            leave_output(_STANDARD_ERROR)
            _leave_screen(self._modes)
        with suppress(Exception):
            self.clean()
        os._exit(self.status or 0)


def _leave_screen(modes: list[Any]) -> None:
    """Does without the screen's own code, and waits no longer than GRACE for a terminal that is behind with reading."""
    with suppress(OSError, termios.error):
        # A description of its own: that of standard output is shared with the shell, which waits.
        terminal = os.open("/dev/tty", os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            termios.tcsetattr(terminal, termios.TCSANOW, modes)
            _write(terminal, _LEAVE, time.monotonic() + GRACE)
        finally:
            os.close(terminal)


def _write(terminal: int, left: bytes, end: float) -> None:
    """Writes all that finds room until then. Another thread that is writing has the terminal for itself so long."""
    while left:
        try:
            left = left[os.write(terminal, left) :]
        except BlockingIOError:
            if time.monotonic() > end:
                return
            time.sleep(AGAIN)


@contextmanager
def held() -> Iterator[None]:
    """Signals that ask for the end wait until what is inside is done whole."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    # Another thread may take them, and Python then interrupts the main one all the same.
    main = threading.current_thread() is threading.main_thread()
    _Held.depth += main
    try:
        yield
    finally:
        _Held.depth -= main
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Held:
    """How often the main thread is within `held`."""

    depth = 0


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
        leave_output(sys.stdout.fileno())
        raise OutputError(f"standard output: {(error.strerror or 'cannot be written').lower()}") from None


def leave_output(descriptor: int) -> None:
    """Lets all that is still to be written to it go nowhere, as the interpreter's last flush does."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def why_no_screen() -> str | None:
    """Why no screen can be shown here; None when one can."""
    # Textual draws on standard error.
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return "no terminal to show a screen on"
    if os.environ.get("TERM") in WITHOUT_SCREEN:
        return f"a terminal of kind {os.environ['TERM']} can show no screen"
    return None
