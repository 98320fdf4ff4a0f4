"""Bytes in a temporary file, in compressed blocks: writing less to a disk takes less time than compressing.

An archive that is decompressed comes to many times its size; in blocks of LZ4 it takes about
as much of the disk as the archive, zeros take none, and any block is found by its number.
"""

from __future__ import annotations

import os
import threading
from array import array
from collections import OrderedDict

import lz4.block

BLOCK = 1 << 17
"""Bytes of a block before it is compressed."""
KEPT = 16
"""Blocks that were read last and are kept as they are."""
WORTH = BLOCK - BLOCK // 8
"""Bytes from which a block is stored as it is: unpacking it would take time for little."""
_ZEROS = bytes(BLOCK)


class BlockFile:
    """A file by its descriptor, which it closes: written in order by one thread, read anywhere by any."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._pending = bytearray()
        """What does not fill a block yet."""
        self._starts = array("Q")
        """Where each block begins in the file."""
        self._lengths = array("I")
        """Bytes of each in the file: none of one that is all zeros, all it has of one that is stored as it is."""
        self.stored = 0
        """Bytes that the file has."""
        self.size = 0
        """Bytes that can be read: whole blocks, and what was left once it has been flushed."""
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def write(self, data: bytes | memoryview) -> None:
        """Adds bytes. Raises OSError when there is no room for them."""
        self._pending += data
        whole = len(self._pending) // BLOCK * BLOCK
        for at in range(0, whole, BLOCK):
            self._store(bytes(memoryview(self._pending)[at : at + BLOCK]))
        del self._pending[:whole]

    def flush(self) -> None:
        """Writes what is left. Raises OSError."""
        if self._pending:
            self._store(bytes(self._pending))
            self._pending.clear()

    def _store(self, block: bytes) -> None:
        stored = b""
        if block != _ZEROS[: len(block)]:
            stored = lz4.block.compress(block, store_size=False)
            if len(stored) >= min(WORTH, len(block)):
                stored = block
        view, at = memoryview(stored), self.stored
        while view:
            written = os.pwrite(self._descriptor, view, at)
            view, at = view[written:], at + written
        self._lengths.append(len(stored))
        self.size = len(self._starts) * BLOCK + len(block)
        # Who reads beside this looks at the starts alone for how many blocks there are.
        self._starts.append(self.stored)
        self.stored = at

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes; fewer at the end. Raises OSError."""
        found = []
        while length > 0 and offset // BLOCK < len(self._starts):
            number, skip = divmod(offset, BLOCK)
            piece = self._block(number)[skip : skip + length]
            if not piece:
                break
            found.append(piece)
            offset, length = offset + len(piece), length - len(piece)
        return found[0] if len(found) == 1 else b"".join(found)

    def _block(self, number: int) -> bytes:
        with self._lock:
            kept = self._kept.get(number)
            if kept is not None:
                self._kept.move_to_end(number)
                return kept
        whole = min(BLOCK, self.size - number * BLOCK)
        length = self._lengths[number]
        if not length:
            return _ZEROS[:whole]
        stored = os.pread(self._descriptor, length, self._starts[number])
        block = stored if length == whole else lz4.block.decompress(stored, uncompressed_size=whole)
        with self._lock:
            self._kept[number] = block
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return block

    def close(self) -> None:
        """Gives the file back to the disk."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
