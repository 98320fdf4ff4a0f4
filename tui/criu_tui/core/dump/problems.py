"""What of a dump cannot be read, or not to its end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from criu_tui.core.base.limits import PROBLEM_LIMIT
from criu_tui.core.base.units import number
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Problems:
    """Why images cannot be read, one problem an image; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, ImageError] = {}
        self._left_out: set[str] = set()
        """Images whose problems are only counted."""

    def note(self, name: str, error: ImageError) -> None:
        """Keeps why an image cannot be read, or not to its end; a later note of the same image replaces it."""
        with self._lock:
            if len(self._kept) < PROBLEM_LIMIT or name in self._kept:
                self._kept[name] = error
            else:
                self._left_out.add(name)

    def all(self) -> tuple[ImageError, ...]:
        """By file name; the last one counts those that were left out."""
        with self._lock:
            found = [self._kept[name] for name in sorted(self._kept)]
            if self._left_out:
                found.append(ImageError("other images", None, f"{number(len(self._left_out))} more problems"))
            return tuple(found)

    def among(self, names: Iterable[str]) -> bool:
        """Whether any of these images has a problem."""
        if not self._kept:
            # Of most dumps nothing is wrong, and of each task it is asked.
            return False
        with self._lock:
            return any(name in self._kept or name in self._left_out for name in names)
