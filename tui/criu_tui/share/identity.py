"""Whether two people have the same checkpoint before them, on two paths or two machines."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

IMAGES = ("inventory.img", "pstree.img")
"""Images whose bytes count; of the others the sizes."""
READ = 1 << 20
"""Bytes that are read at once."""
MOST_READ = 1 << 26
"""Bytes of one image that count."""


def identity(dump: Dump) -> str:
    """`digest:` with 32 hexadecimal digits: of SHA-256 over the names and sizes of all images and the bytes of
    inventory.img and pstree.img, the first of which has CRIU's id of the run that wrote them.

    The id of the run alone would not do: a dump that has been split, compressed or edited keeps it.
    What lies beside the images, and where they lie, does not count.
    """
    digest = hashlib.sha256()
    for name in sorted(name for name in dump.files_listed if name.endswith(".img")):
        digest.update(f"{name!r} {_size(dump, name)}\n".encode())
    for name in IMAGES:
        digest.update(f"{name!r}\n".encode())
        for part in _parts(dump, name):
            digest.update(part)
    return f"digest:{digest.hexdigest()[:32]}"


def _size(dump: Dump, name: str) -> int | None:
    try:
        return dump.source.status(name).size
    except (OSError, ImageError):
        return None


def _parts(dump: Dump, name: str) -> Iterator[bytes]:
    """The bytes of an image; none where it cannot be read."""
    try:
        with dump.source.open(name) as file:
            offset = 0
            while offset < MOST_READ and (data := file.read_at(offset, READ)):
                yield data
                offset += len(data)
    except (OSError, ImageError, OverflowError):
        return
