"""How entries lie in an image file: one or two magics, then {u32 size, message} by turns.

Numbers are little-endian (criu/include/magic.h, criu/protobuf.c). Nothing here trusts a size before it is held against
the file's.
"""

from __future__ import annotations

import functools
import struct
from typing import TYPE_CHECKING

from criu_tui.core.base.limits import MESSAGE_LIMIT
from criu_tui.core.base.units import size
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message

    from criu_tui.core.images.kinds import ImageKind

U32 = struct.Struct("<I")
"""A number of the framing."""


@functools.cache
def head_of(kind: ImageKind) -> bytes:
    """The magics that an image of a kind begins with since CRIU 1.6; none for a raw one."""
    if kind.magic is None:
        return b""
    second = U32.pack(kind.magic)
    return second if kind.first_magic is None else U32.pack(kind.first_magic) + second


def payload_start(data: bytes, kind: ImageKind, name: str) -> int:
    """Byte offset of the first entry, the magics having been checked.

    Images written before CRIU 1.6 have no common magic; both forms are accepted.
    Raises ImageError when the magic is cut or another kind's.
    """
    head = head_of(kind)
    if head and data.startswith(head):
        # Each task has some, and nearly all are as CRIU writes them today.
        return len(head)
    if len(data) < 4:
        raise ImageError(name, len(data), "cut within the magic number")
    first = U32.unpack_from(data)[0]
    if first == kind.magic:
        return 4
    if kind.first_magic is not None and first == kind.first_magic:
        if len(data) < 8:
            raise ImageError(name, len(data), "cut within the magic number")
        second = U32.unpack_from(data, 4)[0]
        if second == kind.magic:
            return 8
        raise ImageError(name, 4, f"magic 0x{second:08x} is not that of a {kind.name} image")
    raise ImageError(name, 0, f"magic 0x{first:08x} is not that of a {kind.name} image")


def frame_size(head: bytes, length: int, offset: int, name: str, entry: int) -> int:
    """The size that an entry at an offset says it has, held against the file's length."""
    if len(head) < 4:
        raise ImageError(name, offset, f"cut within the size of an entry, {len(head)} of 4 bytes", entry)
    wanted: int = U32.unpack(head)[0]
    if offset + 4 + wanted > length:
        raise ImageError(
            name, offset, f"entry of {wanted} bytes, but only {length - offset - 4} are left in the file", entry
        )
    if wanted > MESSAGE_LIMIT:
        raise ImageError(name, offset, f"entry of {size(wanted)}: more than any message", entry)
    return wanted


def frame(data: bytes, offset: int, name: str, entry: int) -> tuple[bytes, int]:
    """The payload of the entry at a byte offset, and the offset after it.

    Raises ImageError when the file ends before the entry does.
    """
    start = offset + 4
    wanted = frame_size(data[offset:start], len(data), offset, name, entry)
    return data[start : start + wanted], start + wanted


def frames(data: bytes, offset: int) -> list[bytes] | None:
    """The payloads of all entries from a byte offset on; None where the data ends within one."""
    found: list[bytes] = []
    end = len(data)
    while offset + U32.size <= end:
        start = offset + U32.size
        offset = start + U32.unpack_from(data, offset)[0]
        found.append(data[start:offset])
    return found if offset == end else None


def framed(message: bytes) -> bytes:
    """An encoded message with its size before it."""
    return U32.pack(len(message)) + message


def encode(kind: ImageKind, messages: Iterable[Message]) -> bytes:
    """The bytes of an image that holds these messages."""
    return b"".join((head_of(kind), *(framed(message.SerializeToString()) for message in messages)))
