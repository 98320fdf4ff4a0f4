"""Directories that a run makes for itself, taken away at its end."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Self

from criu_tui import terminal


class Scratch:
    """Directories that this run has made for itself, taken away at its end however that comes."""

    def __init__(self) -> None:
        self._made: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def directory(self, prefix: str) -> Path:
        """A new one, readable for this user alone."""
        with terminal.held():
            self._made.append(tempfile.mkdtemp(prefix=prefix))
        return Path(self._made[-1])

    def remove(self) -> None:
        """Takes them away; any thread may call it, also beside another that does."""
        for made in self._made:
            shutil.rmtree(made, ignore_errors=True)
