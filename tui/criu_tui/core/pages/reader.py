"""Reading a pagemap image: a block of its bytes at a time, into columns."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Protocol

from criu_tui.core.base.units import PAGE
from criu_tui.core.images.frames import more_than_is_read, payload_limit
from criu_tui.core.images.framing import encode, frame, frame_size, frames, payload_start
from criu_tui.core.images.kinds import PAGEMAP
from criu_tui.core.images.messages import parse, parse_many
from criu_tui.core.images.schema import pagemap_pb2
from criu_tui.core.pages.blocks import PageBlocks, blocks_of
from criu_tui.core.pages.entries import TOGETHER, PageFlag, PageKind, page_kind
from criu_tui.core.pages.pagemap import Pagemap
from criu_tui.core.source.error import ImageError, reason_of
from criu_tui.core.source.source import READ_AHEAD, InMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.source.source import OpenFile

ADDRESSES = 1 << 64
"""Of a 64-bit address space: where it ends."""
SMALL = READ_AHEAD
"""Bytes of a pagemap image that are read at once."""
FEW = 16
"""Entries of such an image up to which they are decoded one by one."""
BLOCK = 16 * TOGETHER
"""Bytes of a pagemap image that are decoded at a time; an entry takes about 16."""


def entry_flags(entry: pagemap_pb2.pagemap_entry) -> int:
    """Flags of an entry of any age: before CRIU 3.5 there was only `in_parent`."""
    if entry.HasField("flags"):
        return entry.flags
    return int(PageFlag.PARENT if entry.in_parent else PageFlag.PRESENT)


def entry_pages(entry: pagemap_pb2.pagemap_entry) -> int:
    """Page count of an entry of any age: `nr_pages` came with CRIU 4.2."""
    return entry.nr_pages if entry.HasField("nr_pages") else entry.compat_nr_pages


class Builder(Protocol):
    """What puts the entries of an image into the columns of a pagemap, in image order."""

    def append_block(self, data: bytes) -> int:
        """Adds the entries from the start of the data on that can be added together.

        Returns the offset behind them; entries from there on are added one by one.
        """

    def append(self, start: int, pages: int, flags: int) -> None:
        """Adds an entry of `pages` pages at address `start`.

        Raises OverflowError when it reaches beyond the 64-bit address space, or all
        counts together beyond 64 bits.
        """

    def __len__(self) -> int:
        """Entries added so far."""

    def finish(self, pagemap: Pagemap) -> None:
        """Hands the columns over."""


class OneByOne:
    """Builds columns entry by entry."""

    def __init__(self) -> None:
        self._starts, self._ends, self._flags = array("Q"), array("Q"), bytearray()
        self._present, self._parent, self._lazy = array("Q", (0,)), array("Q", (0,)), array("Q", (0,))
        self._ordered = True

    def __len__(self) -> int:
        return len(self._starts)

    def append_block(self, data: bytes) -> int:
        """See `Builder`."""
        return 0

    def append(self, start: int, pages: int, flags: int) -> None:
        """See `Builder`."""
        present, parent, lazy = self._present[-1], self._parent[-1], self._lazy[-1]
        end, kind = checked_entry(start, pages, flags, present + parent + lazy)
        if self._ends and start < self._ends[-1]:
            self._ordered = False
        self._starts.append(start)
        self._ends.append(end)
        self._flags.append(flags & 0xFF)
        self._present.append(present + pages if kind is PageKind.PRESENT else present)
        self._parent.append(parent + pages if kind is PageKind.PARENT else parent)
        self._lazy.append(lazy + pages if kind is PageKind.LAZY else lazy)

    def finish(self, pagemap: Pagemap) -> None:
        """See `Builder`."""
        pagemap.starts, pagemap.ends, pagemap.flags = self._starts, self._ends, self._flags
        pagemap.present_before, pagemap.parent_before, pagemap.lazy_before = self._present, self._parent, self._lazy
        pagemap.ordered = self._ordered


def checked_entry(start: int, pages: int, flags: int, before: int) -> tuple[int, PageKind]:
    """End and kind of an entry; `before` are the pages of all kinds in earlier ones.

    Raises OverflowError when it reaches beyond the 64-bit address space, or all counts
    together beyond 64 bits.
    """
    end = start + pages * PAGE
    if end > ADDRESSES - 1:
        raise OverflowError(f"{pages} pages at {start:x} reach beyond the address space")
    kind = page_kind(flags)
    if before + pages >= ADDRESSES and kind is not PageKind.ABSENT:
        raise OverflowError("the page counts of all entries together reach beyond 64 bits")
    return end, kind


def decode_pagemap(data: bytes, name: str) -> tuple[Pagemap, ImageError | None]:
    """`read_pagemap` for the bytes of an image, entry by entry."""
    return read_pagemap(InMemory(name, data), OneByOne())


def decode_small(data: bytes, name: str) -> Pagemap | None:
    """The pagemap in a SMALL image, since each task has one; None where `read_pagemap` has to look."""
    try:
        payloads = frames(data, payload_start(data, PAGEMAP, name))
        if not payloads:
            return None
        pagemap = Pagemap(parse(payloads[0], pagemap_pb2.pagemap_head, name, 0, 0).pages_id, name)
        entries = _entries(payloads[1:], name)
        pagemap.wide_counts = bool(entries) and _is_wide(entries[0])
        _fill(pagemap, entries)
    except (ImageError, OverflowError):
        return None
    return pagemap


def _entries(payloads: list[bytes], name: str) -> Sequence[pagemap_pb2.pagemap_entry]:
    """Raises ImageError where not all are entries."""
    together = parse_many(payloads, pagemap_pb2.pagemap_entry) if len(payloads) > FEW else None
    return together or [parse(payload, pagemap_pb2.pagemap_entry, name, 0, 0) for payload in payloads]


def _fill(pagemap: Pagemap, entries: Sequence[pagemap_pb2.pagemap_entry]) -> None:
    """Makes the columns of a pagemap of its entries. Raises ImageError and OverflowError."""
    builder = OneByOne()
    for index, entry in enumerate(entries):
        # A number other than 0 is there; only of 0 it has to be asked whether it is.
        pages, flags = entry.nr_pages or entry_pages(entry), entry.flags or entry_flags(entry)
        if entry.HasField("blocks") and page_kind(flags) is PageKind.PRESENT:
            pagemap.blocks[index] = blocks_of(entry, pages, pagemap.name, 0, 0)
        builder.append(entry.vaddr, pages, flags)
    builder.finish(pagemap)


def read_pagemap(file: OpenFile, builder: Builder) -> tuple[Pagemap, ImageError | None]:
    """The pagemap in an image file, as far as it can be read, and what stopped it."""
    name = file.name
    pagemap = Pagemap(name=name)
    window: _Window | None = None
    error: ImageError | None = None
    try:
        window = _Window(file)
        window.at = payload_start(window.data, PAGEMAP, name)
        if not window.fill(0):
            raise ImageError(name, 0, "cut before the head entry", 0)
        payload, window.at = frame(window.data, 0, name, 0)
        pagemap.pages_id = parse(payload, pagemap_pb2.pagemap_head, name, window.at - len(payload), 0).pages_id
        while window.fill(len(builder) + 1):
            if not len(builder) and window.holds_entry():
                pagemap.wide_counts = _wide_counts(window.data, name)
            window.at = builder.append_block(window.data)
            while window.holds_entry():
                window.at = _append_entry(builder, window.data, window.at, name, pagemap.blocks)
            if not window.at:
                # The file became shorter within this entry, and the error says how.
                frame(window.data, 0, name, len(builder) + 1)
    except ImageError as found:
        where = None if found.offset is None else found.offset + (window.base if window else 0)
        error = ImageError(name, where, found.reason, found.entry)
    except OSError as found:
        error = ImageError(name, None, reason_of(found))
    builder.finish(pagemap)
    return pagemap, error


def _wide_counts(data: bytes, name: str) -> bool:
    """Whether the entry at the start of the data has its count in field 5 alone."""
    payload, _ = frame(data, 0, name, 1)
    entry = parse(payload, pagemap_pb2.pagemap_entry, name, 4, 1)
    return _is_wide(entry)


def _is_wide(entry: pagemap_pb2.pagemap_entry) -> bool:
    return bool(entry.nr_pages) and not entry.compat_nr_pages


def _append_entry(builder: Builder, data: bytes, offset: int, name: str, blocks: dict[int, PageBlocks]) -> int:
    """Adds the entry at an offset of the data, and to `blocks` its own; the offset behind it."""
    index = len(builder) + 1
    payload, end = frame(data, offset, name, index)
    entry = parse(payload, pagemap_pb2.pagemap_entry, name, offset + 4, index)
    pages, flags = entry_pages(entry), entry_flags(entry)
    if entry.HasField("blocks") and page_kind(flags) is PageKind.PRESENT:
        blocks[index - 1] = blocks_of(entry, pages, name, offset + 4, index)
    try:
        builder.append(entry.vaddr, pages, flags)
    except OverflowError as error:
        blocks.pop(index - 1, None)
        raise ImageError(name, offset + 4, str(error), index) from error
    return end


class _Window:
    """The part of an image file that is in memory: BLOCK bytes and what else the next entry needs."""

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self._end = 0
        """Up to where the file has been read; what it grows by meanwhile is left out."""
        self._longest = payload_limit(file)
        self.data = self._read()
        self.base = 0
        """Where the data begins in the file."""
        self.at = 0
        """Where the next entry begins in the data."""

    def fill(self, entry: int) -> bool:
        """Slides to the next entry and reads on, until that entry is whole or the file ends; False at its end.

        Raises ImageError, offsets from here, before it reads what the file does not have or no message is.
        """
        self.base += self.at
        parts = [self.data[self.at :], self._read()]
        self.data, self.at = b"".join(parts), 0
        if not self.data:
            if self.base < self._file.size:
                raise ImageError(self._file.name, 0, "the file became shorter while it was read", entry)
            return False
        length = frame_size(self.data[:4], self._file.size - self.base, 0, self._file.name, entry)
        if length > self._longest:
            raise more_than_is_read(self._file, 0, entry)
        wanted = 4 + length - len(self.data)
        parts = [self.data]
        while wanted > 0 and (more := self._read()):
            parts.append(more)
            wanted -= len(more)
        self.data = b"".join(parts)
        return True

    def _read(self) -> bytes:
        if self._end >= self._file.size:
            return b""
        data = self._file.read_at(self._end, min(BLOCK, self._file.size - self._end))
        self._end += len(data)
        return data

    def holds_entry(self) -> bool:
        """Whether the whole next entry is in the data."""
        left = len(self.data) - self.at - 4
        return left >= 0 and int.from_bytes(self.data[self.at : self.at + 4], "little") <= left


def encode_pagemap(pages_id: int, entries: list[tuple[int, int, int]]) -> bytes:
    """A pagemap image with its counts in both fields, for every release; entries are (address, pages, flags)."""
    return encode(
        PAGEMAP,
        (
            pagemap_pb2.pagemap_head(pages_id=pages_id),
            *(
                pagemap_pb2.pagemap_entry(
                    vaddr=start, compat_nr_pages=min(pages, 0xFFFFFFFF), flags=flags, nr_pages=pages
                )
                for start, pages, flags in entries
            ),
        ),
    )
