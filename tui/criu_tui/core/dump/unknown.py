"""Fields of a dump's images that no known CRIU writes: looked for later, since the first screen needs none of them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from criu_tui.core.base.limits import UNKNOWN_LIMIT
from criu_tui.core.dump.cache import cost

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.images.images import Image
    from criu_tui.core.images.unknown_fields import UnknownField

UNLOOKED = 4 << 20
"""Bytes of messages that are kept until somebody asks; images beyond them are read again then."""


class UnknownFields:
    """Images that wait to be looked at, and what was found in the others; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._found: dict[UnknownField, str] = {}
        self._met: set[tuple[str, type]] = set()
        """Names and messages of the images that wait or were looked at."""
        self._waiting: list[tuple[str, Callable[[], Image[Any]]]] = []
        self._waiting_cost = 0
        """Bytes of their messages, as `cost` counts them."""

    def look_later(self, name: str, message: type, image: Image[Any], again: Callable[[], Image[Any]]) -> None:
        """Has an image looked at when somebody asks; `again` reads it then, where too many bytes wait to keep it."""
        if not image.entries:
            return
        with self._lock:
            if (name, message) in self._met:
                return
            self._met.add((name, message))
            size = cost(image)
            if self._waiting_cost + size > UNLOOKED:
                self._waiting.append((name, again))
            else:
                self._waiting.append((name, lambda: image))
                self._waiting_cost += size

    def fields(self) -> dict[UnknownField, str]:
        """Each unknown field met so far, with the image it was first met in."""
        self._look()
        with self._lock:
            return dict(self._found)

    def _look(self) -> None:
        """Looks at the messages that wait, until UNKNOWN_LIMIT fields are known; one thread at a time."""
        from criu_tui.core.images.unknown_fields import OWN_BYTES, unknown_fields

        with self._looking:
            with self._lock:
                waiting, self._waiting, self._waiting_cost = self._waiting, [], 0
            for name, read in waiting:
                if len(self._found) >= UNKNOWN_LIMIT:
                    return
                image = read()
                alone = len(image.entries) == 1 or image.size <= OWN_BYTES
                for entry in image.entries:
                    if len(self._found) >= UNKNOWN_LIMIT:
                        return
                    found = sorted(unknown_fields(entry, image.size if alone else None))
                    with self._lock:
                        for unknown in found[: UNKNOWN_LIMIT - len(self._found)]:
                            self._found.setdefault(unknown, name)
