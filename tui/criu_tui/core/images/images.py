"""An image file's entries, read one by one: what precedes damage is kept, every failure names file and byte."""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, NamedTuple

from criu_tui.core.base.limits import IMAGE_LIMIT
from criu_tui.core.base.units import size
from criu_tui.core.images.frames import Frames
from criu_tui.core.images.framing import U32, payload_start
from criu_tui.core.images.messages import M, parse, parse_many
from criu_tui.core.images.shortened import is_shortened, most_entries, shortened
from criu_tui.core.source.directory import Where, located
from criu_tui.core.source.error import ImageError, LeftOutError
from criu_tui.core.source.source import READ_AHEAD, InMemory, OpenFile

if TYPE_CHECKING:
    from criu_tui.core.images.kinds import ImageKind

FEW, TOGETHER = 64, 4096
"""Entries from which on, and up to which, they are decoded together."""
SMALL = READ_AHEAD
"""Bytes of an image that are read at once where only its first entry is wanted; less than is always read of a file."""
LARGE = 1 << 22
"""Bytes of entries that are decoded at once, so that few are held twice."""


class Image(NamedTuple, Generic[M]):
    """The entries of an image that could be read, and what is wrong with it, if anything is."""

    entries: tuple[M, ...]
    error: ImageError | None = None
    """What stopped the reading, or what of an entry was left out."""
    size: int = 0
    """Bytes of all messages, as far as they are kept."""
    whole: bool = False
    """Whether the file ends with the last of them."""


def length_of(file: OpenFile) -> int:
    """Bytes of an open image; raises ImageError when there are more than IMAGE_LIMIT."""
    if file.size > IMAGE_LIMIT:
        raise ImageError(file.name, None, f"of {size(file.size)}: more than any image of this kind")
    return file.size


def decode(data: bytes, kind: "ImageKind", name: str, message: type[M], *, single: bool = False) -> Image[M]:
    """All entries of an image as messages of one type; with `single`, only the first.

    What precedes damage is kept; `error` says what and where the damage is.
    """
    return _decode(InMemory(name, data), kind, message, single=single)


def read_entries(where: Where, kind: "ImageKind", message: type[M], *, single: bool = False) -> Image[M]:
    """`decode` for a file, entry by entry; a file that cannot be read is an Image with only an error."""
    source, name = located(where)
    try:
        if single:
            data = source.read_small(name, SMALL)
            found = None if data is None else _only(data, name, kind, message)
            if found is not None:
                return found
        with source.open(name) as file:
            return _decode(file, kind, message, single=single)
    except ImageError as error:
        return Image((), error)


def frames_of(file: OpenFile, kind: "ImageKind") -> Frames:
    """The entries of an open image that is to be of a kind. Raises ImageError for another one's magic."""
    frames = Frames(file, 0)
    frames.at = payload_start(frames.peek(0, 2 * U32.size), kind, file.name)
    return frames


def _only(data: bytes, name: str, kind: "ImageKind", message: type[M]) -> Image[M] | None:
    """The first entry of a SMALL image, since each task has some; None where `_decode` has to look."""
    try:
        start = payload_start(data, kind, name) + U32.size
        end = start + U32.unpack_from(data, start - U32.size)[0]
        if end > len(data):
            return None
        payload, left_out = shortened(data[start:end], message)
        if left_out is not None:
            return None
        return Image((parse(payload, message, name, start, 0),), None, len(payload), end == len(data))
    except (ImageError, struct.error):
        return None


def _decode(file: OpenFile, kind: "ImageKind", message: type[M], *, single: bool) -> Image[M]:
    """`decode` of an open file."""
    found: _Found[M] = _Found(file.name, message)
    taken, less = 0, None
    most, otherwise = most_entries(message)
    together = not single and not is_shortened(message)
    try:
        frames = frames_of(file, kind)
        while frames.more and not (single and found.count):
            if found.count == most:
                raise LeftOutError(file.name, None, otherwise, found.count)
            start = frames.at + U32.size
            payload, left_out = shortened(frames.message(), message)
            if left_out is not None:
                less = less or LeftOutError(file.name, None, left_out, found.count)
            found.add([start], [payload])
            taken += len(payload)
            if together:
                offsets, payloads = frames.at_hand(min(TOGETHER, most - found.count))
                found.add(offsets, payloads)
                taken += sum(map(len, payloads))
        found.parse()
    except ImageError as error:
        # What was wrong in a message that came before is the first thing wrong.
        return Image(*found.until(error), taken)
    return Image(tuple(found.entries), less, taken, not frames.more)


class _Found(Generic[M]):
    """Entries as they are read: decoded some TOGETHER at a time, or all before the first that is no message."""

    def __init__(self, name: str, message: type[M]) -> None:
        self._name = name
        self._message = message
        self.entries: list[M] = []
        self._payloads: list[bytes] = []
        """Of the entries still to be decoded."""
        self._offsets: list[int] = []
        self._bytes = 0

    @property
    def count(self) -> int:
        """Entries that have been added."""
        return len(self.entries) + len(self._payloads)

    def add(self, offsets: Sequence[int], payloads: Sequence[bytes]) -> None:
        """More of them; raises ImageError as `parse` does."""
        self._offsets += offsets
        self._payloads += payloads
        self._bytes += sum(map(len, payloads))
        if len(self._payloads) >= TOGETHER or self._bytes > LARGE:
            self.parse()

    def parse(self) -> None:
        """Decodes what was added; raises ImageError for the first that is no message, and forgets it and the rest."""
        offsets, payloads = self._offsets, self._payloads
        self._offsets, self._payloads, self._bytes = [], [], 0
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
