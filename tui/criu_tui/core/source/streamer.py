"""Streams of criu-image-streamer: many images in one file, or spread over several shards.

A stream is markers, each a little-endian u32 size and a protobuf message {1: seq, and one of
2: filename, 3: file_data (bytes that follow the marker), 4: file_eof, 5: image_eof}. A marker's
number is its place among those of all shards; bytes belong to the file named last before them.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import MARKER_LIMIT
from criu_tui.core.base.units import number
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.members import Member, MemberForm, Members
from criu_tui.core.source.source import OpenFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_U32 = struct.Struct("<I")
LONGEST = 1 << 10
"""Bytes of a marker; its only text is the name of an image."""
WINDOW = 1 << 12
"""Bytes that are read at once."""
SAID_EVERY = 4096
"""Markers between two reports of progress."""

_SEQ, _NAME, _DATA, _FILE_END, _END = 1, 2, 3, 4, 5


class Marker(NamedTuple):
    """One marker, the bytes of which begin at `at` in the shards laid end to end."""

    seq: int
    name: str | None
    data: int
    at: int
    ends: bool


def is_stream(start: bytes) -> bool:
    """Whether a file begins as a stream, or a shard of one, does: with the name of a file or with bytes of one."""
    if len(start) < 8:
        return False
    length = _U32.unpack_from(start)[0]
    fields = _fields(start[4 : 4 + length]) if 2 <= length <= LONGEST and 4 + length <= len(start) else None
    if fields is None or not fields.keys() <= {_SEQ, _NAME, _DATA, _FILE_END, _END}:
        return False
    return isinstance(fields.get(_NAME), bytes) or (_SEQ in fields and len(fields) > 1)


def read_stream(shards: Sequence[OpenFile], said: Callable[[int], None] = lambda _: None) -> Members:
    """The files of a stream by its shards, in any order; damage and gaps are among the problems. Raises OSError."""
    whole: OpenFile = shards[0] if len(shards) == 1 else EndToEnd(shards)
    members = Members(whole)
    markers: list[Marker] = []
    base = 0
    for shard in shards:
        _read_shard(shard, base, markers, members, said)
        base += shard.size
    markers.sort(key=lambda marker: marker.seq)
    _gaps(markers, members)
    files: dict[str, list[tuple[int, int]]] = {}
    current: list[tuple[int, int]] | None = None
    for marker in markers:
        if marker.name is not None:
            current = files.setdefault(marker.name, [])
        if marker.data and current is not None:
            current.append((marker.at, marker.data))
    for name, parts in files.items():
        length = sum(count for _, count in parts)
        offset = parts[0][0] if parts else 0
        members.add(name, Member(MemberForm.REGULAR, offset, length, length, parts=parts))
    members.finish()
    return members


def _read_shard(
    shard: OpenFile, base: int, markers: list[Marker], members: Members, said: Callable[[int], None]
) -> None:
    at, held, start = 0, b"", 0
    while at < shard.size:
        if at < start or at + 4 + LONGEST > start + len(held):
            start, held = at, shard.read_at(at, WINDOW)
        head = held[at - start : at - start + 4]
        length = _U32.unpack(head)[0] if len(head) == 4 else 0
        payload = held[at - start + 4 : at - start + 4 + length]
        fields = _fields(payload) if len(head) == 4 and length <= LONGEST and len(payload) == length else None
        if fields is None:
            cut = at + 4 + length > shard.size
            members.problems.append(
                ImageError(
                    shard.name, at, "the stream is cut here" if cut else "no marker of a stream; read up to here"
                )
            )
            return
        if len(markers) >= MARKER_LIMIT:
            members.problem(base + at, f"more than {number(MARKER_LIMIT)} pieces: the rest is not read")
            return
        name, data, seq = fields.get(_NAME), fields.get(_DATA, 0), fields.get(_SEQ, 0)
        at += 4 + length
        count = data if isinstance(data, int) else 0
        there = min(count, shard.size - at)
        markers.append(
            Marker(
                seq if isinstance(seq, int) else 0,
                name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else None,
                there,
                base + at,
                _END in fields,
            )
        )
        if there < count:
            members.problems.append(ImageError(shard.name, at, f"the stream is cut within {number(count)} bytes"))
            return
        at += count
        if len(markers) % SAID_EVERY == 0:
            said(base + at)


def _gaps(markers: list[Marker], members: Members) -> None:
    """Notes which markers are missing: those of a shard that is not here."""
    for expected, marker in enumerate(markers):
        if marker.seq > expected:
            reason = f"marker {number(expected)} is not here, the next one is {number(marker.seq)}: a shard is missing"
            members.problem(marker.at, reason)
            return
        if marker.seq < expected:
            members.problem(marker.at, f"marker {number(marker.seq)} is there twice")
            return
    if not markers or not markers[-1].ends:
        members.problem(members.file.size, "the stream ends before its last marker")


def _fields(payload: bytes) -> dict[int, int | bytes] | None:
    """Fields of a message of numbers and text alone; None for anything else."""
    found: dict[int, int | bytes] = {}
    at = 0
    while at < len(payload):
        tag, at = _varint(payload, at)
        if tag is None:
            return None
        value, at = _varint(payload, at)
        if value is None:
            return None
        if tag & 7 == 0:
            found[tag >> 3] = value
        elif tag & 7 == 2 and at + value <= len(payload):
            found[tag >> 3] = payload[at : at + value]
            at += value
        else:
            return None
    return found


def _varint(payload: bytes, at: int) -> tuple[int | None, int]:
    value = shift = 0
    while at < len(payload) and shift < 64:
        byte = payload[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
    return None, at


class EndToEnd(OpenFile):
    """Several files as one, each after the one before."""

    def __init__(self, files: Sequence[OpenFile]) -> None:
        super().__init__(files[0].name, sum(file.size for file in files), sum(file.allocated for file in files))
        self._files = files
        self._starts = [0, *accumulate(file.size for file in files)][:-1]

    def read_at(self, offset: int, length: int) -> bytes:
        found = []
        index = bisect_right(self._starts, offset) - 1
        while length > 0 and index < len(self._files):
            data = self._files[index].read_at(offset - self._starts[index], length)
            found.append(data)
            offset, length = offset + len(data), length - len(data)
            if offset < self._starts[index] + self._files[index].size:
                break
            index += 1
        return b"".join(found)

    def close(self) -> None:
        for file in self._files:
            file.close()
