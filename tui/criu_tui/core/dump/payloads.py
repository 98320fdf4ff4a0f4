"""Raw bytes that follow entries of an image: data in pipes and sockets, ghost files, messages, maps.

Only their places are kept: the bytes are read when somebody asks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.images.framing import frame_size, payload_start
from criu_tui.core.images.messages import parse
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.kinds import ImageKind
    from criu_tui.core.images.messages import M
    from criu_tui.core.source.source import OpenFile

PAYLOADS_LIMIT = 1 << 20
"""Entries of one image that are looked at."""


class Payload(NamedTuple):
    """Bytes of an image, from an offset on."""

    image: str
    offset: int
    length: int
    """In bytes; the file has them all."""


def read(dump: Dump, payload: Payload, most: int | None = None) -> bytes:
    """The bytes, or the first `most` of them. Raises ImageError when they cannot be read."""
    length = payload.length if most is None else min(most, payload.length)
    with dump.source.file(payload.image).open() as file:
        return _exactly(file, payload.offset, length, None)


def entries_with_bytes(
    dump: Dump, name: str, kind: ImageKind, message: type[M], raw: Callable[[M], int]
) -> Iterator[tuple[M, Payload]]:
    """The entries of an image with the raw bytes behind each, as many as `raw` says.

    What precedes damage is given; the damage becomes a problem of the dump.
    """
    if name not in dump.files_listed or dump.refuses():
        return
    try:
        with dump.source.file(name).open() as file:
            offset = payload_start(file.read_at(0, 8), kind, name)
            index = 0
            while offset < file.size and index < PAYLOADS_LIMIT:
                entry, offset = entry_at(file, offset, message, index)
                length = raw(entry)
                if length > file.size - offset:
                    reason = f"{length} raw bytes follow the entry, but only {file.size - offset} are left in the file"
                    raise ImageError(name, offset, reason, index)
                yield entry, Payload(name, offset, length)
                offset += length
                index += 1
    except ImageError as error:
        dump.note_problem(name, error)
    except OSError as error:
        dump.note_problem(name, ImageError(name, None, reason_of(error)))


def entry_at(file: OpenFile, offset: int, message: type[M], index: int) -> tuple[M, int]:
    """The entry at a byte offset, and the offset after it. Raises ImageError where there is none."""
    head = _exactly(file, offset, 4, index)
    wanted = frame_size(head, file.size, offset, file.name, index)
    payload = _exactly(file, offset + 4, wanted, index)
    return parse(payload, message, file.name, offset + 4, index), offset + 4 + wanted


def _exactly(file: OpenFile, offset: int, length: int, index: int | None) -> bytes:
    try:
        data = file.read_at(offset, length)
    except OSError as error:
        raise ImageError(file.name, offset, reason_of(error), index) from error
    if len(data) < length:
        raise ImageError(file.name, offset, f"the file ends before these {length} bytes do", index)
    return data
