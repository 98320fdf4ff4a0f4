"""A tmux of the test's own: keys in, the screen out as text."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Self

from tests.pseudo_terminal import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROGRAM = f"{shlex.quote(sys.executable)} -m criu_tui"


class Tmux:
    """A server on a socket of its own, with no configuration; ends with its sessions."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Ends the server and waits until it has."""
        subprocess.run([*self._base, "kill-server"], capture_output=True, check=False)
        deadline = time.monotonic() + PATIENCE
        while subprocess.run([*self._base, "list-sessions"], capture_output=True, check=False).returncode == 0:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    @property
    def _base(self) -> list[str]:
        return ["tmux", "-S", str(self.socket), "-f", "/dev/null"]

    def run(self, *words: str) -> str:
        """A tmux command's output."""
        done = subprocess.run([*self._base, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(
        self,
        command: str,
        size: tuple[int, int] = (80, 24),
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        """Runs a command on a screen of columns and rows, in a directory; the last screen stays when it ends."""
        given = {"TERM": "tmux-256color", **(environment or {})}
        words = " ".join(f"{name}={shlex.quote(value)}" for name, value in given.items())
        clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TMUX", "COLORTERM")}
        geometry = ("-x", str(size[0]), "-y", str(size[1]), "-c", str(directory or "."))
        shell = f"env {words} {command}; read x"
        subprocess.run([*self._base, "new-session", "-d", *geometry, shell], env=clean, capture_output=True, check=True)

    def press(self, *keys: str) -> None:
        """Keys by tmux's names, or text that is typed as it is."""
        self.run("send-keys", *keys)

    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    def shows(self, *words: str) -> str:
        """The screen once it has all of these words, line breaks counting as blanks."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = self.screen()
            joined = " ".join(found.split())
            if all(each in joined for each in words):
                return found
            missing = [each for each in words if each not in joined]
            assert time.monotonic() < deadline, f"{missing} did not come:\n{found}"
            time.sleep(0.05)

    def gone(self, words: str) -> None:
        """Waits until the screen has these words no more."""
        deadline = time.monotonic() + PATIENCE
        while words in (found := self.screen()):
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
