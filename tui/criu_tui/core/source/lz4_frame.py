"""An LZ4 frame whose blocks stand alone, read anywhere (LZ4 frame format 1.6.x, lz4_Frame_format.md).

All blocks but the last one hold as many bytes as the frame says that a block holds at most, so that
a place is found by the lengths of the blocks before it; these are read once, and nothing is unpacked for them.
"""

from __future__ import annotations

import struct
import threading
from array import array

from criu_tui.core.source.error import ImageError
from criu_tui.core.source.source import OpenFile

MAGIC = b"\x04\x22\x4d\x18"
WINDOW = 1 << 16
"""Bytes that are read at once where blocks are short."""
KEPT = 4
"""Blocks that were read last and are kept unpacked."""
_U32 = struct.Struct("<I")
_STORED = 1 << 31
"""In a block's length: it is not compressed."""
_ALONE, _BLOCK_SUM, _LENGTH, _DICTIONARY = 0x20, 0x10, 0x08, 0x01
_BLOCK_SIZES = {4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 4 << 20}


class LZ4Frame(OpenFile):
    """The bytes of one frame; takes the file over. Raises ImageError for what is none, or has linked blocks, OSError.

    A cut frame has the bytes of its whole blocks.
    """

    def __init__(self, name: str, file: OpenFile) -> None:
        self._file = file
        self._starts = array("Q")
        """Where the bytes of each block begin in the file."""
        self._lengths = array("I")
        """Bytes of each there; with _STORED for one that is not compressed."""
        self._kept: dict[int, bytes] = {}
        self._lock = threading.Lock()
        super().__init__(name, 0, file.size)
        self._block_size = self._walk()
        whole = len(self._starts)
        if whole:
            self.size = (whole - 1) * self._block_size + len(self._block(whole - 1))

    def _walk(self) -> int:
        """Finds the blocks; returns the bytes that each of them but the last holds."""
        head = self._file.read_at(0, 15)
        flags = head[4] if len(head) > 6 and head.startswith(MAGIC) else 0
        block_size = _BLOCK_SIZES.get(head[5] >> 4 & 7) if flags >> 6 == 1 else None
        if block_size is None:
            raise ImageError(self._file.name, 0, "no LZ4 frame, as which CRaC keeps pages")
        if not flags & _ALONE or flags & _DICTIONARY:
            raise ImageError(self._file.name, 4, "an LZ4 frame of linked blocks, which cannot be read anywhere")
        at = 7 + (8 if flags & _LENGTH else 0)
        start, window = 0, b""
        while at + 4 <= self._file.size:
            if not start <= at <= start + len(window) - 4:
                start, window = at, self._file.read_at(at, WINDOW)
                if len(window) < 4:
                    break
            length = _U32.unpack_from(window, at - start)[0]
            count = length & ~_STORED
            if not count or count > block_size or at + 4 + count > self._file.size:
                break
            self._starts.append(at + 4)
            self._lengths.append(length)
            at += 4 + count + (4 if flags & _BLOCK_SUM else 0)
        return block_size

    def _block(self, number: int) -> bytes:
        kept = self._kept.get(number)
        if kept is not None:
            return kept
        length, at = self._lengths[number], self._starts[number]
        block = self._file.read_at(at, length & ~_STORED)
        if not length & _STORED:
            import lz4.block

            try:
                block = lz4.block.decompress(block, uncompressed_size=self._block_size)
            except (lz4.block.LZ4BlockError, ValueError) as error:
                raise OSError(f"damaged LZ4 data at byte {at}") from error
        if len(block) < self._block_size and number < len(self._starts) - 1:
            raise OSError(f"an LZ4 block of {len(block)} bytes at byte {at}, not the last one")
        with self._lock:
            self._kept[number] = block
            if len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return block

    def read_at(self, offset: int, length: int) -> bytes:
        end = min(self.size, offset + length)
        found = []
        while offset < end:
            number, skip = divmod(offset, self._block_size)
            piece = self._block(number)[skip : skip + end - offset]
            if not piece:
                break
            found.append(piece)
            offset += len(piece)
        return found[0] if len(found) == 1 else b"".join(found)

    def close(self) -> None:
        self._file.close()
