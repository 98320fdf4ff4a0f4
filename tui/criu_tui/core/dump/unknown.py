"""Fields of a dump's images that no known CRIU writes: looked for later, since the first screen needs none of them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from criu_tui.core.base.limits import UNKNOWN_LIMIT
from criu_tui.core.dump.cache import cost
from criu_tui.core.images.images import read_entries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from criu_tui.core.images.images import Image
    from criu_tui.core.images.kinds import ImageKind
    from criu_tui.core.images.unknown_fields import UnknownField
    from criu_tui.core.source.source import Source

    _HowRead: TypeAlias = tuple[str, ImageKind, type[Any], bool]
    """How an image was read: its name, its kind, the message of its entries, and whether the first alone was."""
    _Waiting: TypeAlias = tuple[_HowRead, Image[Any] | None]
    """An image that nobody has looked at, and what was read of it; None where it is to be read again."""

UNLOOKED = 4 << 20
"""Bytes of messages that are kept until somebody asks; images beyond them are read again then."""
FEW, TOGETHER = 16, 256
"""Messages of one type from which on, and images of it up to which, they are looked at together."""


def _without(waiting: Sequence[_Waiting]) -> set[int]:
    """Which of the images that are kept have no unknown field, by index; of thousands, many are looked at together."""
    from criu_tui.core.images.unknown_fields import OWN_BYTES, all_known

    by_message: dict[type, list[int]] = {}
    for index, (_, image) in enumerate(waiting):
        if image is not None and image.size <= OWN_BYTES:
            by_message.setdefault(type(image.entries[0]), []).append(index)
    found: set[int] = set()
    for indexes in by_message.values():
        for start in range(0, len(indexes), TOGETHER):
            some = indexes[start : start + TOGETHER]
            images = (waiting[index][1] for index in some)
            entries = [entry for image in images if image is not None for entry in image.entries]
            if len(entries) >= FEW and all_known(entries):
                found.update(some)
    return found


class UnknownFields:
    """Images that wait to be looked at, and what was found in the others; safe for threads."""

    def __init__(self, source: Source) -> None:
        self._source = source
        """Of the images, which are read again where too many bytes wait to keep them."""
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._found: dict[UnknownField, str] = {}
        self._met: set[tuple[str, type]] = set()
        """Names and messages of the images that wait or were looked at."""
        self._waiting: list[_Waiting] = []
        self._waiting_cost = 0
        """Bytes of their messages, as `cost` counts them."""

    def look_later(self, how: _HowRead, image: Image[Any]) -> None:
        """Has an image looked at when somebody asks."""
        name, _, message, _ = how
        key = name, message
        if not image.entries or key in self._met:
            return
        size = cost(image)
        with self._lock:
            # An image that two threads read at once is looked at twice, and says the same.
            self._met.add(key)
            kept = self._waiting_cost + size <= UNLOOKED
            self._waiting.append((how, image if kept else None))
            if kept:
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
            without = _without(waiting)
            for index in sorted(set(range(len(waiting))) - without):
                if len(self._found) >= UNKNOWN_LIMIT:
                    return
                (name, kind, message, single), kept = waiting[index]
                image = kept or read_entries(self._source.file(name), kind, message, single=single)
                alone = len(image.entries) == 1 or image.size <= OWN_BYTES
                for entry in image.entries:
                    if len(self._found) >= UNKNOWN_LIMIT:
                        return
                    found = sorted(unknown_fields(entry, image.size if alone else None))
                    with self._lock:
                        for unknown in found[: UNKNOWN_LIMIT - len(self._found)]:
                            self._found.setdefault(unknown, name)
