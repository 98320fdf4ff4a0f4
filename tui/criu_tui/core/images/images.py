"""An image file's entries, read one by one: what precedes damage is kept, every failure names file and byte."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, Generic, NamedTuple

from criu_tui.core.base.units import number, size
from criu_tui.core.images.framing import MESSAGE_LIMIT, frame_size, payload_start
from criu_tui.core.images.messages import M, parse, parse_many
from criu_tui.core.source.directory import open_regular
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from criu_tui.core.images.kinds import ImageKind
    from criu_tui.core.source.directory import Where
    from criu_tui.core.source.source import OpenFile

IMAGE_LIMIT = 1 << 30
"""Bytes of an image that is read whole."""
ENTRY_LIMIT = 1 << 20
"""Entries of an image that are kept as messages."""
PAYLOAD_LIMIT = 1 << 28
"""Bytes of all messages of an image together."""
PACKED = 8
"""How much longer a file may be than the blocks it takes: some file systems compress; more is holes."""


FEW, TOGETHER = 64, 4096
"""Entries from which on, and up to which, they are decoded together."""
LARGE = 1 << 16
"""Bytes of an entry that is decoded at once, so that few are held twice."""


class Image(NamedTuple, Generic[M]):
    """The entries of an image that could be read, and what stopped the reading, if anything did."""

    entries: tuple[M, ...]
    error: ImageError | None = None
    size: int = 0
    """Bytes of all messages."""


def read_file(where: Where, limit: int | None = None) -> bytes:
    """The bytes of a regular file, at most `limit` of them.

    Raises ImageError for anything that is not a readable regular file, and without a
    limit for one of more than IMAGE_LIMIT bytes; never blocks on a FIFO or a device. A
    file that grows meanwhile is read as long as it was when opened.
    """
    with open_regular(where) as file:
        length = length_of(file) if limit is None else min(limit, file.size)
        return _read(file.stream, length, where.name)


def length_of(file: OpenFile) -> int:
    """Bytes of an open image; raises ImageError when there are more than IMAGE_LIMIT."""
    if file.size > IMAGE_LIMIT:
        raise ImageError(file.name, None, f"of {size(file.size)}: more than any image of this kind")
    return file.size


def _read(file: BinaryIO, count: int, name: str) -> bytes:
    """Up to `count` bytes; raises ImageError when the system gives an error instead."""
    try:
        # None where a file of /proc would block.
        return file.read(count) or b""
    except OSError as error:
        raise ImageError(name, None, reason_of(error)) from error


def decode(data: bytes, kind: ImageKind, name: str, message: type[M], *, single: bool = False) -> Image[M]:
    """All entries of an image as messages of one type; with `single`, only the first.

    What precedes damage is kept; `error` says what and where the damage is.
    """
    return _decode(io.BytesIO(data), len(data), PAYLOAD_LIMIT, kind, name, message, single=single)


def payload_limit(blocks: int) -> int:
    """Bytes of messages that are kept of a file which takes this many bytes of its disk.

    One message is always read, since not every file system says how many it takes.
    """
    return min(PAYLOAD_LIMIT, MESSAGE_LIMIT + PACKED * blocks)


def _decode(
    file: BinaryIO, length: int, most: int, kind: ImageKind, name: str, message: type[M], *, single: bool
) -> Image[M]:
    """`decode` of a file that had `length` bytes when it was opened, up to `most` bytes of messages."""
    found: _Found[M] = _Found(name, message)
    kept = 0
    try:
        offset = payload_start(_read(file, min(length, 8), name), kind, name)
        file.seek(offset)
        while offset < length and not (single and found.count):
            if found.count == ENTRY_LIMIT:
                raise ImageError(name, offset, f"more than {number(ENTRY_LIMIT)} entries: the rest is not read")
            payload = _payload(file, length, offset, name, found.count)
            if kept + len(payload) > most:
                raise ImageError(name, offset, f"more than {size(most)} of messages: the rest is not read", found.count)
            found.add(offset + 4, payload)
            kept += len(payload)
            offset += 4 + len(payload)
        found.parse()
    except ImageError as error:
        # What was wrong in a message that came before is the first thing wrong.
        return Image(*found.until(error), kept)
    return Image(tuple(found.entries), size=kept)


class _Found(Generic[M]):
    """Entries as they are read: decoded TOGETHER at a time, or all before the first that is no message."""

    def __init__(self, name: str, message: type[M]) -> None:
        self._name = name
        self._message = message
        self.entries: list[M] = []
        self._payloads: list[bytes] = []
        """Of the entries still to be decoded."""
        self._offsets: list[int] = []

    @property
    def count(self) -> int:
        """Entries that have been added."""
        return len(self.entries) + len(self._payloads)

    def add(self, offset: int, payload: bytes) -> None:
        """One more; raises ImageError as `parse` does."""
        self._offsets.append(offset)
        self._payloads.append(payload)
        if len(self._payloads) == TOGETHER or len(payload) > LARGE:
            self.parse()

    def parse(self) -> None:
        """Decodes what was added; raises ImageError for the first that is no message, and forgets it and the rest."""
        offsets, payloads = self._offsets, self._payloads
        self._offsets, self._payloads = [], []
        found = parse_many(payloads, self._message) if len(payloads) >= FEW else None
        if found is not None:
            self.entries += found
            return
        for offset, payload in zip(offsets, payloads, strict=True):
            self.entries.append(parse(payload, self._message, self._name, offset, len(self.entries)))

    def until(self, error: ImageError) -> tuple[tuple[M, ...], ImageError]:
        """What precedes an error in the file, and the first error there is."""
        try:
            self.parse()
        except ImageError as earlier:
            error = earlier
        return tuple(self.entries), error


def _payload(file: BinaryIO, length: int, offset: int, name: str, entry: int) -> bytes:
    """The next entry's payload; the file stands at its size. Raises ImageError as `frame` does."""
    head = _read(file, 4, name)
    wanted = frame_size(head, length, offset, name, entry)
    payload = _read(file, wanted, name)
    if len(payload) < wanted:
        raise ImageError(name, offset, "the file became shorter while it was read", entry)
    return payload


def read_entries(where: Where, kind: ImageKind, message: type[M], *, single: bool = False) -> Image[M]:
    """`decode` for a file, entry by entry; a file that cannot be read is an Image with only an error."""
    try:
        with open_regular(where) as file:
            most = payload_limit(file.allocated)
            return _decode(file.stream, file.size, most, kind, where.name, message, single=single)
    except ImageError as error:
        return Image((), error)
