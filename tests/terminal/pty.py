"""The app on a pseudo-terminal, byte by byte."""

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
    from collections.abc import Mapping

QUIET = 0.4
"""Seconds without output after which the app has drawn all."""
PATIENCE = 20.0


class Terminal:
    """A terminal of columns and rows that runs the app; `read` returns what it was sent."""

    def __init__(self, *arguments: str, size: tuple[int, int] = (80, 24), environment: Mapping[str, str] | None = None):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TMUX", "STY")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "criu_tui", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**clean, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})},
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def read(self, until: bytes = b"") -> bytes:
        """What comes until nothing more does, and not before some bytes are among it."""
        found = b""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            ready, _, _ = select.select([self._master], [], [], QUIET)
            if ready:
                try:
                    found += os.read(self._master, 1 << 16)
                except OSError:
                    return found
            elif until in found:
                return found
        raise AssertionError(f"{until!r} did not come in {found[-2000:]!r}")

    def press(self, keys: str) -> bytes:
        """Types, and returns what the app sends for it."""
        os.write(self._master, keys.encode())
        return self.read()
