"""The entries of an open image, one after another, none believed before it is held against what is there.

The one walk that all readers of messages share: how long an entry says it is is held against what is left of the
file, against what the file takes of its disk and against the limits, before a byte of it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.limits import ALWAYS_READ, EMPTY_LIMIT, PACKED, PAYLOAD_LIMIT
from criu_tui.core.base.units import number, size
from criu_tui.core.images.framing import U32, frame_size
from criu_tui.core.source.error import ImageError, reason_of
from criu_tui.core.source.source import READ_AHEAD

if TYPE_CHECKING:
    from criu_tui.core.source.source import OpenFile


def payload_limit(file: OpenFile) -> int:
    """Bytes of messages and of what follows them that are read of a file: they follow those it takes of its disk."""
    return min(PAYLOAD_LIMIT, ALWAYS_READ + PACKED * file.on_disk)


def more_than_is_read(file: OpenFile, offset: int, entry: int) -> ImageError:
    """Why an entry of an image is not read that would go beyond `payload_limit`."""
    most = payload_limit(file)
    where = "" if most == PAYLOAD_LIMIT else f" in a file that takes {size(file.on_disk)} of its disk"
    return ImageError(file.name, offset, f"more than {size(most)}{where}: the rest is not read", entry)


class Frames:
    """Where the reading of an image stands. All methods raise ImageError, which names the byte and the entry."""

    def __init__(self, file: OpenFile, start: int) -> None:
        self.file = file
        self.at = start
        """Byte offset of the next entry, or of what follows the last one."""
        self.count = 0
        """Entries that have been taken or passed."""
        self.taken = 0
        """Bytes of messages, and of what followed them, that were read or passed."""
        self._limit = payload_limit(file)
        self._empty = 0
        self._data = b""
        self._base = 0

    @property
    def more(self) -> bool:
        """Whether the file goes on; what it grew by since it was opened is left out."""
        return self.at < self.file.size

    def message(self) -> bytes:
        """The next entry's message."""
        wanted = self._claimed()
        data = self._read(self.at + U32.size, wanted, self.count)
        if len(data) < wanted:
            raise ImageError(self.file.name, self.at, "the file became shorter while it was read", self.count)
        self._behind(wanted)
        return data

    def at_hand(self, most: int) -> tuple[list[int], list[bytes]]:
        """The next messages, up to `most`, that have been read ahead whole, and where each begins.

        An entry that is empty, cut or beyond a limit ends them: `message` says what is the matter with it.
        """
        offsets: list[int] = []
        payloads: list[bytes] = []
        # Once for each of thousands of tasks: what stays the same is looked up before.
        data, base, at, size, unpack = self._data, self._base, self.at - self._base, U32.size, U32.unpack_from
        length, left = len(data), self._limit - self.taken
        last = length - size
        while 0 <= at <= last and most > 0:
            start = at + size
            end = start + unpack(data, at)[0]
            left -= end - start
            if end == start or end > length or left < 0:
                break
            offsets.append(base + start)
            payloads.append(data[start:end])
            at = end
            most -= 1
        if payloads:
            self._empty = 0
            self.taken += sum(map(len, payloads))
            self.at = base + at
            self.count += len(payloads)
        return offsets, payloads

    def pass_by(self) -> None:
        """Goes behind the next entry's message without reading it."""
        self._behind(self._claimed())

    def peek(self, offset: int, length: int) -> bytes:
        """Up to `length` of the bytes that follow the last message, from an offset among them on."""
        return self._read(self.at + offset, min(length, self._limit), self.count - 1)

    def raw(self, length: int) -> bytes:
        """Up to `length` bytes that follow the last message; fewer where the file ends."""
        length = min(length, self.file.size - self.at)
        self._count(length, self.at, self.count - 1)
        data = self._read(self.at, length, self.count - 1)
        self.at += len(data)
        return data

    def skip(self, length: int) -> None:
        """Goes behind bytes that follow the last message without reading them; the file must have them."""
        left = self.file.size - self.at
        if length > left:
            reason = f"{length} raw bytes follow the entry, but only {left} are left in the file"
            raise ImageError(self.file.name, self.at, reason, self.count - 1)
        self.at += length

    def _claimed(self) -> int:
        """Bytes of the next entry's message."""
        head = self._read(self.at, U32.size, self.count)
        wanted = frame_size(head, self.file.size, self.at, self.file.name, self.count)
        # A hole in a file reads as entries without a byte, and may have any length.
        self._empty = 0 if wanted else self._empty + 1
        if self._empty > EMPTY_LIMIT:
            reason = f"more than {number(EMPTY_LIMIT)} empty entries: the rest is not read"
            raise ImageError(self.file.name, self.at, reason, self.count)
        self._count(wanted, self.at, self.count)
        return wanted

    def _count(self, length: int, at: int, entry: int) -> None:
        if self.taken + length > self._limit:
            raise more_than_is_read(self.file, at, entry)
        self.taken += length

    def _behind(self, length: int) -> None:
        self.at += U32.size + length
        self.count += 1

    def _read(self, offset: int, length: int, entry: int) -> bytes:
        start = offset - self._base
        if start >= 0 and start + length <= len(self._data):
            return self._data[start : start + length]
        try:
            if length >= READ_AHEAD:
                return self.file.read_at(offset, length)
            ahead = max(length, min(READ_AHEAD, self.file.size - offset))
            self._data, self._base = self.file.read_at(offset, ahead), offset
        except OSError as error:
            raise ImageError(self.file.name, None, reason_of(error)) from error
        except OverflowError as error:
            raise ImageError(self.file.name, offset, "no such offset in a file", entry) from error
        return self._data[:length]
