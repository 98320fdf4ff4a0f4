"""A program on a pseudo-terminal of its own: keys in, the very bytes out."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALTERNATE_SCREEN, MAIN_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
CURSOR_HIDDEN, CURSOR_SHOWN = b"\x1b[?25l", b"\x1b[?25h"
MOUSE = (b"\x1b[?1000", b"\x1b[?1003", b"\x1b[?1015", b"\x1b[?1006")
"""Without the last letter: h for on, l for off."""
PATIENCE = 30.0
"""Seconds to wait for what must come."""


class Terminal:
    """Runs `python -m criu_tui` with these arguments, as the leader of a session on a screen of its own."""

    def __init__(
        self, arguments: Sequence[str], size: tuple[int, int] = (80, 24), environment: Mapping[str, str] | None = None
    ) -> None:
        self.output = bytearray()
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", size[1], size[0], 0, 0))
        self._slave = os.dup(slave)
        self.modes = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "criu_tui", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color", **(environment or {})},
            preexec_fn=lambda: os.login_tty(slave),
            start_new_session=False,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    def read(self, seconds: float) -> bytes:
        """What comes until nothing has come for so long."""
        start = len(self.output)
        while self.master >= 0 and select.select((self.master,), (), (), seconds)[0]:
            try:
                data = os.read(self.master, 1 << 16)
            except OSError:
                break
            if not data:
                break
            self.output += data
        return bytes(self.output[start:])

    def wait_for(self, text: bytes) -> None:
        """Reads until this has come; raises AssertionError when it does not."""
        end = time.monotonic() + PATIENCE
        while text not in self.output:
            self.read(0.05)
            assert time.monotonic() < end, f"{text!r} did not come; the screen has {bytes(self.output[-2000:])!r}"
            assert self.process.poll() is None or text in self.output, bytes(self.output[-2000:])

    def press(self, keys: str, seconds: float = 0.1) -> bytes:
        """Sends keys, one read after them; escape takes more than half a second to be told from alt with a key."""
        os.write(self.master, keys.encode())
        return self.read(seconds)

    def status(self) -> int:
        """The exit status, or minus the signal; raises AssertionError when it does not end."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            self.read(0.05) if self.master >= 0 else time.sleep(0.05)
            assert time.monotonic() < end, "the process does not end"
        self.read(0.05)
        return self.process.returncode

    def hang_up(self) -> None:
        """Closes the terminal, as a window or a lost connection does."""
        for descriptor in (self.master, self._slave):
            if descriptor >= 0:
                os.close(descriptor)
        self.master = self._slave = -1

    def assert_restored(self) -> None:
        """The main screen, a cursor, no mouse, and the line's own modes: as it was found."""
        output = bytes(self.output)
        assert b"Traceback" not in output
        assert output.rfind(MAIN_SCREEN) > output.rfind(ALTERNATE_SCREEN)
        assert output.rfind(CURSOR_SHOWN) > output.rfind(CURSOR_HIDDEN)
        for mode in MOUSE:
            assert output.rfind(mode + b"l") >= output.rfind(mode + b"h")
        assert termios.tcgetattr(self._slave) == self.modes
