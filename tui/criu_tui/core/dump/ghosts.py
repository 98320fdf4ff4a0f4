"""Files that were deleted while open: their contents in ghost images, or another name that leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import ENTRY_LIMIT
from criu_tui.core.dump.listed import numbered
from criu_tui.core.dump.payloads import Payload, entry_of
from criu_tui.core.images import kinds
from criu_tui.core.images.images import frames_of
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import ghost_file_pb2, remap_file_path_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

GHOST = 1
"""The kind of a remap whose contents are in the dump (remap_type of the images)."""


class Remap(NamedTuple):
    """How a deleted file is restored."""

    kind: int
    """LINKED, GHOST or PROCFS."""
    id: int
    """Of a ghost image, of the file that leads to it, or the PID of a dead process."""


class Chunk(NamedTuple):
    """Bytes of a ghost file, at an offset into it."""

    at: int
    payload: Payload


class Ghost(NamedTuple):
    """A deleted file whose contents are in the dump."""

    id: int
    path: str | None
    """Where it was, as in the dump; None when no open file says so."""
    uid: int
    gid: int
    mode: int
    size: int | None
    """Bytes with holes; None where an older CRIU did not keep it and the contents follow in one piece."""
    symlink_target: str


def remaps(dump: Dump) -> dict[int, Remap]:
    """How deleted files are restored, by the id of the open file."""
    return dump.once("remaps", lambda: _remaps(dump))


def _remaps(dump: Dump) -> dict[int, Remap]:
    entries = dump.entries("remap-fpath.img", kinds.REMAP_FPATH, remap_file_path_pb2.remap_file_path_entry)
    return {
        # Before CRIU 1.3 the kind was the top bit of the id.
        entry.orig_id: Remap(entry.remap_type, entry.remap_id)
        if entry.HasField("remap_type")
        else Remap(remap_file_path_pb2.GHOST if entry.remap_id & _GHOST_BIT else 0, entry.remap_id & ~_GHOST_BIT)
        for entry in entries
    }


_GHOST_BIT = 1 << 31


def remap_of(dump: Dump, file_id: int) -> str | None:
    """What becomes of a deleted file, in words; None for one that was not deleted."""
    found = remaps(dump).get(file_id)
    if found is None:
        return None
    match found.kind:
        case remap_file_path_pb2.LINKED:
            other = dump.files.get(found.id)
            return f"also named {other.path}" if other is not None and other.path else f"also file {found.id:#x}"
        case remap_file_path_pb2.GHOST:
            return f"contents in ghost-file-{found.id:x}.img"
        case remap_file_path_pb2.PROCFS:
            return f"below /proc of process {found.id}, which has ended"
    return f"remap {found.kind} {found.id:#x}"


def ghosts(dump: Dump) -> tuple[Ghost, ...]:
    """Every ghost file of the dump, by id."""
    return dump.once("ghosts", lambda: tuple(_ghosts(dump)))


def _ghosts(dump: Dump) -> Iterator[Ghost]:
    paths: dict[int, str | None] = {}
    for file_id, remap in remaps(dump).items():
        if remap.kind == remap_file_path_pb2.GHOST:
            file = dump.files.get(file_id)
            paths.setdefault(remap.id, None if file is None else file.path)
    for number, name in numbered(dump, kinds.GHOST_FILE):
        for entry in dump.entries(name, kinds.GHOST_FILE, ghost_file_pb2.ghost_file_entry, single=True):
            yield Ghost(
                number,
                paths.get(number),
                entry.uid,
                entry.gid,
                entry.mode,
                entry.size if entry.HasField("size") else None,
                text_of(entry.symlnk_target),
            )


def image_of(number: int) -> str:
    """The image of a ghost file."""
    return f"ghost-file-{number:x}.img"


def chunks(dump: Dump, number: int) -> Iterator[Chunk]:
    """Where the bytes of a ghost file lie; between them are holes. Raises ImageError at damage.

    From CRIU 3.3 on they follow in chunks with their offsets, before in one piece.
    """
    name = image_of(number)
    with dump.source.file(name).open() as file:
        frames = frames_of(file, kinds.GHOST_FILE)
        if not entry_of(frames, ghost_file_pb2.ghost_file_entry).chunks:
            yield Chunk(0, Payload(name, frames.at, file.size - frames.at))
            return
        while frames.more and frames.count < ENTRY_LIMIT:
            chunk = entry_of(frames, ghost_file_pb2.ghost_chunk_entry)
            payload = Payload(name, frames.at, chunk.len)
            frames.skip(chunk.len)
            yield Chunk(chunk.off, payload)
