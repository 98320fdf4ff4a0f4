"""A program on a pseudo-terminal of its own: keys in, the very bytes out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyte

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OURS = (sys.executable, "-m", "criu_tui")
ALTERNATE_SCREEN, MAIN_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
CURSOR_HIDDEN, CURSOR_SHOWN = b"\x1b[?25l", b"\x1b[?25h"
MOUSE = (b"\x1b[?1000", b"\x1b[?1003", b"\x1b[?1015", b"\x1b[?1006")
"""Without the last letter: h for on, l for off."""
PATIENCE = 60.0
"""Seconds to wait for what must come."""
QUIET = 0.08
"""Seconds of sleep after which a program has drawn all; timers that defer drawing are shorter."""
ESCAPE = 0.6
"""Seconds after which an escape is told from alt with a key."""
_SAMPLE = 0.01
_LEFT_OUT = ("NO_COLOR", "COLORTERM", "TMUX", "STY", "TEXTUAL", "PYTHONDONTWRITEBYTECODE")
_CONTROLS = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P_^X].*?\x1b\\|\x1b.", re.DOTALL
)


def environment() -> Mapping[str, str]:
    """As for a program that pip has installed: with bytecode beside its source, on an ordinary terminal."""
    kept = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    # Outside of pytest nothing that the developer has made of the screen counts, nor is it changed.
    return {"XDG_STATE_HOME": os.devnull, **kept, "TERM": "xterm-256color"}


def plain(output: bytes) -> bytes:
    """What has been written, without the sequences that place and colour it."""
    return _CONTROLS.sub(b"", output)


class Terminal:
    """Runs a command as the leader of a session on a screen of columns and rows, with a TMPDIR of its own."""

    def __init__(
        self, command: Sequence[str], size: tuple[int, int] = (80, 24), extra: Mapping[str, str] | None = None
    ) -> None:
        self.output = bytearray()
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._drawn = 0
        """Bytes of the output that are on the screen."""
        self._scratch = tempfile.TemporaryDirectory(prefix="terminal-")
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", size[1], size[0], 0, 0))
        self.line = os.dup(slave)
        self.modes = termios.tcgetattr(slave)
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environment(), "TMPDIR": self._scratch.name, **(extra or {})},
            preexec_fn=lambda: os.login_tty(slave),
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        end = time.monotonic() + 5
        while self.process.poll() is None and time.monotonic() < end:
            # What it writes at its end must find room.
            self.read(_SAMPLE)
        self.process.kill()
        self.process.wait()
        self.hang_up()
        self._scratch.cleanup()

    def wait_for(self, text: bytes) -> None:
        """Reads until these very bytes have come; raises AssertionError when they do not."""
        end = time.monotonic() + PATIENCE
        while text not in self.output:
            ended = self.process.poll() is not None
            assert self.read(0.05) or not ended, f"the program ended: {bytes(self.output[-2000:])!r}"
            assert time.monotonic() < end, f"{text!r} did not come; the screen has {bytes(self.output[-2000:])!r}"

    def shows(self, text: str, since: int = 0) -> float:
        """Seconds from the start until a text stands on the screen, or has been written at one go.

        `since` so many bytes of output, of which there must be more by then. Raises AssertionError when it is not.
        """
        end = time.monotonic() + PATIENCE
        while not self._has_shown(text, since):
            assert self.read(0.5) or time.monotonic() < end, f"{text!r} is not shown, but\n{self.stands()}"
        return time.perf_counter() - self.started

    def _has_shown(self, text: str, since: int) -> bool:
        written = bytes(self.output[since:])
        return bool(written) and (text.encode() in plain(written) or text in self.stands())

    def stands(self) -> str:
        """What is on the screen, line by line: a program writes only what differs from what is there."""
        if self.line >= 0:
            lines, columns, *_ = struct.unpack("4H", fcntl.ioctl(self.line, termios.TIOCGWINSZ, bytes(8)))
            self._screen.resize(lines, columns)
        self._stream.feed(bytes(self.output[self._drawn :]))
        self._drawn = len(self.output)
        return "\n".join(self._screen.display)

    def settle(self, seconds: float = QUIET) -> bytes:
        """What comes until the program has slept so long; time in which it waits for a processor does not count.

        Raises AssertionError when it never sleeps.
        """
        start, asleep = len(self.output), 0.0
        end = time.monotonic() + PATIENCE
        while asleep < seconds:
            asleep = 0.0 if self.read(_SAMPLE) or not self._sleeps() else asleep + _SAMPLE
            assert time.monotonic() < end, "the program never sleeps"
        return bytes(self.output[start:])

    def press(self, keys: str) -> bytes:
        """Sends keys, one read after them, and returns all that comes for them."""
        os.write(self.master, keys.encode())
        return self.settle(ESCAPE if keys == "\x1b" else QUIET)

    def answer(self, keys: str, quiet: float = 0.1) -> tuple[float, int]:
        """Sends keys that change the screen; seconds until the last byte of the answer, and its length.

        `quiet` seconds end the answer. Raises AssertionError when there is none.
        """
        self.settle(quiet)
        before, start = len(self.output), time.perf_counter()
        os.write(self.master, keys.encode())
        assert self.read(PATIENCE), f"nothing was written for {keys!r}"
        last = time.perf_counter()
        while self.read(quiet):
            last = time.perf_counter()
        return last - start, len(self.output) - before

    def resident(self) -> int:
        """Bytes of memory that the program has in RAM, pages of files left out."""
        statm = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii")
        _, resident, shared, *_ = map(int, statm.split())
        return (resident - shared) * os.sysconf("SC_PAGE_SIZE")

    def status(self) -> int:
        """The exit status, or minus the signal; raises AssertionError when it does not end."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            self.read(_SAMPLE)
            assert time.monotonic() < end, "the process does not end"
        while self.read(_SAMPLE):
            pass
        return self.process.returncode

    def hang_up(self) -> None:
        """Closes the terminal, as a window or a lost connection does."""
        for descriptor in (self.master, self.line):
            if descriptor >= 0:
                os.close(descriptor)
        self.master = self.line = -1

    def assert_restored(self) -> None:
        """The main screen, a cursor, no mouse, and the line's own modes: as it was found."""
        output = bytes(self.output)
        assert b"Traceback" not in output
        assert output.rfind(MAIN_SCREEN) > output.rfind(ALTERNATE_SCREEN)
        assert output.rfind(CURSOR_SHOWN) > output.rfind(CURSOR_HIDDEN)
        for mode in MOUSE:
            assert output.rfind(mode + b"l") >= output.rfind(mode + b"h")
        assert termios.tcgetattr(self.line) == self.modes

    def read(self, seconds: float) -> bool:
        """Whether anything came within so long."""
        if self.master < 0:
            time.sleep(seconds)
            return False
        if not select.select((self.master,), (), (), seconds)[0]:
            return False
        self.output += os.read(self.master, 1 << 16)
        return True

    def _sleeps(self) -> bool:
        """Whether all input has been read and every thread waits for something; or the program has ended."""
        if self.process.poll() is not None:
            return True
        if any(fcntl.ioctl(self.line, termios.FIONREAD, bytes(4))):
            return False
        # proc(5): the state stands behind the name, which is in parentheses and may have any byte.
        try:
            stats = [(task / "stat").read_bytes() for task in Path(f"/proc/{self.process.pid}/task").iterdir()]
        except (FileNotFoundError, ProcessLookupError):
            return False
        return all(stat.rpartition(b")")[2].split()[0] == b"S" for stat in stats)
