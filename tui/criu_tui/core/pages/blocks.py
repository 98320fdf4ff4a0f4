"""Compressed pages: the blocks of a pagemap entry (CRIU 4.3, images/pagemap.proto), and how one is unpacked.

A block holds `pages_per_block` pages, the last of an entry perhaps fewer. Its size in the pages file says
what it is: 0 all zeros, the size of its pages the pages themselves, smaller an LZ4 block without a frame.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from criu_tui.core.base.limits import BLOCK_LIMIT
from criu_tui.core.base.units import PAGE, number, size
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from criu_tui.core.images.schema import pagemap_pb2


@dataclass(frozen=True, slots=True, eq=False)
class PageBlocks:
    """The blocks of one pagemap entry."""

    pages: int
    """Of the entry."""
    pages_per_block: int
    ends: array[int]
    """Where each block ends, in bytes from where the entry's payload begins."""

    @property
    def stored(self) -> int:
        """Bytes of all blocks in the pages file."""
        return self.ends[-1] if self.ends else 0

    def bounds(self, index: int) -> tuple[int, int, int]:
        """Of a block: where it begins in the payload, its bytes there, and the bytes of its pages."""
        start = self.ends[index - 1] if index else 0
        pages = min(self.pages_per_block, self.pages - index * self.pages_per_block)
        return start, self.ends[index] - start, pages * PAGE

    def at(self, offset: int) -> int:
        """Index of the block that holds a byte of the entry's pages."""
        return offset // (self.pages_per_block * PAGE)

    def stored_in(self, start: int, end: int) -> int:
        """Bytes in the pages file of all blocks that hold bytes [start, end) of the entry's pages."""
        if start >= end:
            return 0
        first, last = self.at(start), self.at(end - 1)
        return self.ends[last] - (self.ends[first - 1] if first else 0)


def blocks_of(entry: pagemap_pb2.pagemap_entry, pages: int, name: str, offset: int, index: int) -> PageBlocks:
    """The blocks of an entry of `pages` pages; offset and index are the entry's, for errors.

    Raises ImageError where they contradict each other, so that it is not known where what follows lies.
    """
    sizes, per_block = entry.blocks.block_sizes, entry.blocks.pages_per_block
    reason = ""
    if not 1 <= per_block <= BLOCK_LIMIT // PAGE:
        reason = f"blocks of {number(per_block)} pages, of which there are 1 to {number(BLOCK_LIMIT // PAGE)}"
    elif len(sizes) != -(-pages // per_block):
        reason = f"{number(len(sizes))} blocks for {number(pages)} pages in blocks of {number(per_block)}"
    else:
        ends = array("Q", accumulate(sizes))
        found = PageBlocks(pages, per_block, ends)
        if found.stored == entry.blocks.total_payload_size:
            return found
        told = number(entry.blocks.total_payload_size)
        reason = f"blocks of {number(found.stored)} bytes together, and {told} are given as their sum"
    raise ImageError(name, offset, reason, index)


def unpack(stored: bytes, length: int, name: str, offset: int) -> bytes:
    """The `length` bytes of pages in one block, of which `stored` are in the pages file at an offset.

    Raises ImageError for a block that is corrupt; never makes room for more than `length` bytes.
    """
    if not stored:
        return bytes(length)
    if len(stored) == length:
        return stored
    # Not before a compressed dump is read.
    import lz4.block

    try:
        data: bytes = lz4.block.decompress(stored, uncompressed_size=length)
    except (lz4.block.LZ4BlockError, ValueError, MemoryError) as error:
        raise ImageError(name, offset, f"a block of {size(len(stored))} is not LZ4") from error
    if len(data) != length:
        raise ImageError(name, offset, f"a block unpacks to {number(len(data))} bytes, not to {number(length)}")
    return data
