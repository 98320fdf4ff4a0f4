"""A program on a pseudo-terminal: keys in, bytes out, and when the screen shows a text."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CONTROLS = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P_^X].*?\x1b\\|\x1b.", re.DOTALL
)
_PATIENCE = 60.0


class Terminal:
    """Runs a command on a pseudo-terminal of its own; ends it on leaving."""

    def __init__(self, command: Sequence[str], *, columns: int = 120, rows: int = 40) -> None:
        self.started = time.perf_counter()
        self.pid, self._screen = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(command[0], list(command), environment())
        self._seen = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._screen)

    def wait_for(self, text: str) -> float:
        """Seconds from the start until a text has been written; TimeoutError when it is not."""
        while text.encode() not in _CONTROLS.sub(b"", self._seen):
            if not self._read(_PATIENCE):
                raise TimeoutError(f"the screen never showed {text!r}")
        return time.perf_counter() - self.started

    def press(self, keys: str, *, quiet: float = 0.1) -> tuple[float, int]:
        """Sends keys that change the screen; seconds until the last byte of the answer, and its length.

        `quiet` seconds end the answer. Raises TimeoutError when there is none.
        """
        self.settle(quiet)
        self._seen = b""
        start = time.perf_counter()
        os.write(self._screen, keys.encode())
        if not self._read(_PATIENCE):
            raise TimeoutError(f"nothing was written for {keys!r}")
        last = time.perf_counter()
        while self._read(quiet):
            last = time.perf_counter()
        return last - start, len(self._seen)

    def settle(self, quiet: float = 0.3) -> None:
        """Reads until nothing has been written for a while."""
        while self._read(quiet):
            pass

    def resident(self) -> int:
        """Bytes of memory that the program has in RAM, pages of files left out."""
        _, resident, shared, *_ = map(int, Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split())
        return (resident - shared) * os.sysconf("SC_PAGE_SIZE")

    def _read(self, seconds: float) -> bool:
        if not select.select([self._screen], [], [], seconds)[0]:
            return False
        try:
            self._seen += os.read(self._screen, 1 << 16)
        except OSError:
            return False
        return True


def environment() -> Mapping[str, str]:
    """As for a program that pip has installed: with bytecode beside its source, on an ordinary terminal."""
    left_out = ("NO_COLOR", "COLORTERM", "TEXTUAL", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "TERM": "xterm-256color"}
