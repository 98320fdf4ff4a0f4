"""The entries of any image as they lie in its file: where each is, of which message, and what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from google.protobuf.message import DecodeError

from criu_tui.core.base.units import PAGE
from criu_tui.core.images.frames import Frames
from criu_tui.core.images.framing import U32
from criu_tui.core.images.kinds import (
    GHOST_FILE,
    IMG_COMMON_MAGIC,
    IMG_SERVICE_MAGIC,
    PAGEMAP,
    PAGES,
    PAGES_OLD,
    SHMEM_PAGEMAP,
    ImageKind,
    kind_of_name,
    kinds_of_magic,
)
from criu_tui.core.images.message_classes import class_of
from criu_tui.core.images.messages import parse
from criu_tui.core.images.payloads import PAYLOADS, REST, crit_length
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

    from criu_tui.core.source.source import OpenFile, SourceFile

_HEADS = {PAGEMAP: "pagemap_head", SHMEM_PAGEMAP: "pagemap_head"}
"""The message of the first entry, where it is not that of the others."""


PAGES_OLD_MAGIC = (PAGES_OLD.magic or 0).to_bytes(4, "little")
OLD_PAGE = 8 + PAGE
"""Bytes of a page with its address before it, as pages lay in 2013."""


class Head(NamedTuple):
    """What a file begins with."""

    kind: ImageKind
    start: int
    """Byte offset of the first entry."""


class ImageEntry(NamedTuple):
    """One entry of an image."""

    position: int
    """Among the entries of its image, from 0."""
    offset: int
    """Of its size, in bytes into the file."""
    message: Message
    encoded: bytes
    """The same as it lies in the file."""
    follows: bytes
    """Raw bytes behind the message that belong to it, padding included."""

    @property
    def start(self) -> int:
        """Byte offset of the message."""
        return self.offset + U32.size

    @property
    def end(self) -> int:
        """Byte offset of what comes behind the entry."""
        return self.start + len(self.encoded) + len(self.follows)


def head_of_file(file: OpenFile) -> Head:
    """The kind of an image: of a raw one by its name, of any other by its magic, and by its name where two share it.

    Raises ImageError for a magic that is no kind's.
    """
    named = kind_of_name(file.name)
    wanted = None if named is None else named[0]
    data = Frames(file, 0).peek(0, 2 * U32.size)
    if wanted is PAGES and data[:4] == PAGES_OLD_MAGIC and (file.size - 4) % OLD_PAGE == 0:
        return Head(PAGES_OLD, 4)
    if wanted is not None and wanted.magic is None:
        # Whatever another program, or a page of memory, begins with.
        return Head(wanted, 0)
    magic, start = int.from_bytes(data[:4], "little"), 4
    if magic in (IMG_COMMON_MAGIC, IMG_SERVICE_MAGIC):
        magic, start = int.from_bytes(data[4:], "little"), 8
    kinds = kinds_of_magic(magic) if len(data) >= start else ()
    if kinds:
        return Head(wanted if wanted in kinds else kinds[0], start)
    if len(data) < start:
        raise ImageError(file.name, len(data), "cut within the magic number")
    raise ImageError(file.name, start - 4, f"magic 0x{magic:08x} is that of no image")


def entries_of(file: OpenFile, head: Head, *, as_crit: bool = False) -> Iterator[ImageEntry]:
    """The entries of an image with messages, one by one; raises ImageError at the first that cannot be read.

    `as_crit` takes what follows an entry, and messages that lack a field, as crit does. Of a file of a kind
    without messages nothing comes.
    """
    kind = head.kind
    if not kind.message:
        return
    frames = Frames(file, head.start)
    while frames.more:
        index, offset = frames.count, frames.at
        encoded = frames.message()
        named = class_of(message_of(kind, index))
        message = parse(encoded, named, file.name, offset + U32.size, index, whole=not as_crit)
        end, missing, follows = frames.at, 0, b""
        if kind in PAYLOADS:
            length = _follows(frames, kind, message, as_crit=as_crit)
            missing = max(0, end + length - file.size)
            follows = frames.raw(length)
        yield ImageEntry(index, offset, message, encoded, follows)
        if missing and not as_crit:
            reason = f"{missing + len(follows)} bytes follow, but only {len(follows)} are left in the file"
            raise ImageError(file.name, end, reason, index)


def message_of(kind: ImageKind, index: int) -> str:
    """The message of the entry at a place in an image, by name."""
    if kind is GHOST_FILE and index:
        return "ghost_chunk_entry"
    return _HEADS.get(kind, kind.message) if index == 0 else kind.message


def _follows(frames: Frames, kind: ImageKind, message: Message, *, as_crit: bool) -> int:
    """Bytes that follow the message that was read last, whether or not they are there."""
    try:
        length = crit_length(kind, message, frames.peek) if as_crit else PAYLOADS[kind].length(message, frames.peek)
    except DecodeError as error:
        reason = "what follows is no message of a queue"
        raise ImageError(frames.file.name, frames.at, reason, frames.count - 1) from error
    return frames.file.size - frames.at if length == REST else length


class Examined(NamedTuple):
    """What a file is, without what its entries say."""

    head: Head | None
    """None for a file that is no image."""
    size: int
    """Bytes."""
    entries: int | None
    """That can be told apart; None where a kind has none."""
    error: ImageError | None
    """What ends them before the file does."""

    @property
    def kind(self) -> ImageKind | None:
        """None for a file that is no image."""
        return None if self.head is None else self.head.kind


def examine(where: SourceFile) -> Examined:
    """The kind of a file and how many entries it has; their messages are read only where bytes follow them."""
    try:
        with where.open() as file:
            return examine_open(file)
    except ImageError as error:
        return Examined(None, 0, None, error)


def examine_open(file: OpenFile) -> Examined:
    """`examine` of an open file."""
    head, count = None, 0
    try:
        head = head_of_file(file)
        if not head.kind.message:
            return Examined(head, file.size, None, None)
        if head.kind in PAYLOADS:
            for _ in entries_of(file, head):
                count += 1
        else:
            frames = Frames(file, head.start)
            while frames.more:
                frames.pass_by()
                count += 1
    except ImageError as error:
        return Examined(head, file.size, count if head is not None else None, error)
    return Examined(head, file.size, count, None)
