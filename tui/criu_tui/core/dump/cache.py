"""What of a dump is kept in memory, and how much of it: images that were decoded, results that are large."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from criu_tui.core.base.once import Once
    from criu_tui.core.images.images import Image
    from criu_tui.core.images.messages import M


class _Counted(Protocol):
    def __len__(self) -> int: ...


C = TypeVar("C", bound=_Counted)

ENTRIES_KEPT = 4_000_000
"""Pagemap entries kept in memory, some 170 MB; what was used longest ago is dropped, and read again when needed."""
HALF = ENTRIES_KEPT // 2
MESSAGES_KEPT = 4 << 20
"""Bytes of messages that are kept; in memory they take ten times as much. Images that are read often are small."""
MESSAGE_COST = 32
"""Bytes that each message counts for beside its own, so that the number of empty ones is bounded too."""


class Recent:
    """Which results are kept: those looked at last, up to ENTRIES_KEPT entries together, and always the last one."""

    def __init__(self, once: Once) -> None:
        self._once = once
        self._lock = threading.Lock()
        self._results: dict[Hashable, Any] = {}
        """In the order of their last use."""
        self._kept = 0
        """The entries of all: to add them up for each of many tasks takes the square of these."""
        self._last: Hashable = None

    def at_hand(self, key: Hashable) -> Any:
        """A result that is kept at the moment; None for another."""
        return self._results.get(key)

    def __call__(self, key: Hashable, read: Callable[[], C]) -> C:
        known: C | None = self._results.get(key)
        if known is not None and (self._kept < HALF or key == self._last):
            # As long as none is soon to go, nobody asks for their order.
            return known
        found = self._once(key, read)
        with self._lock:
            self._last = key
            self._kept += len(found) - len(self._results.pop(key, ()))
            self._results[key] = found
            while self._kept > ENTRIES_KEPT and len(self._results) > 1:
                oldest = next(iter(self._results))
                self._kept -= len(self._results.pop(oldest))
                self._once.forget(oldest)
        return found


class Decoded:
    """The entries of the images looked at last, up to MESSAGES_KEPT bytes of messages together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, Image[Any]] = {}
        """In the order of their last use."""
        self._size = 0

    def __call__(self, key: Hashable, read: Callable[[], Image[M]]) -> Image[M]:
        """The image if it is kept; otherwise it is read now, perhaps by two threads at once."""
        with self._lock:
            kept = self._kept.pop(key, None)
            if kept is not None:
                self._kept[key] = kept
                return kept
        image = read()
        with self._lock:
            if cost(image) <= MESSAGES_KEPT and key not in self._kept:
                self._kept[key] = image
                self._size += cost(image)
                while self._size > MESSAGES_KEPT:
                    self._size -= cost(self._kept.pop(next(iter(self._kept))))
        return image


def cost(image: Image[Any]) -> int:
    """What an image counts for among those that are kept, in bytes."""
    return image.size + MESSAGE_COST * len(image.entries)
