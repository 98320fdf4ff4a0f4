"""Raw bytes that follow entries of an image: data in pipes and sockets, ghost files, messages, maps.

Only their places are kept: the bytes are read when somebody asks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import ENTRY_LIMIT
from criu_tui.core.images.framing import U32
from criu_tui.core.images.images import frames_of
from criu_tui.core.images.messages import parse
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.frames import Frames
    from criu_tui.core.images.kinds import ImageKind
    from criu_tui.core.images.messages import M


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
        try:
            data = file.read_at(payload.offset, length)
        except OSError as error:
            raise ImageError(file.name, payload.offset, reason_of(error)) from error
    if len(data) < length:
        raise ImageError(payload.image, payload.offset, f"the file ends before these {length} bytes do")
    return data


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
            frames = frames_of(file, kind)
            while frames.more and frames.count < ENTRY_LIMIT:
                entry = entry_of(frames, message)
                payload = Payload(name, frames.at, raw(entry))
                frames.skip(payload.length)
                yield entry, payload
    except ImageError as error:
        dump.note_problem(name, error)


def entry_of(frames: Frames, message: type[M]) -> M:
    """The next entry of an image. Raises ImageError where there is none."""
    index, start = frames.count, frames.at + U32.size
    return parse(frames.message(), message, frames.file.name, start, index)
