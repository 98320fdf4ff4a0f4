"""The checkpoints that a place holds, whatever engine laid it out: a directory, or the root of an archive.

Known by names alone: images lie directly in a place, or in the directory that an engine keeps
them in (podman, CRI-O, containerd: checkpoint, pre-checkpoint; LXD and Incus: state), or
further down, or in an archive or stream that lies there, or in the blobs of an OCI layout.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import PARENT_LIMIT
from criu_tui.core.source.archive import NotAnArchiveError, opened, opened_stream
from criu_tui.core.source.decompress import START, compression
from criu_tui.core.source.directory import Directory, located
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.holding import WORK, Holding, holding_of, is_archive_name
from criu_tui.core.source.oci import Blob, checkpoint_layers, is_layout
from criu_tui.core.source.streamer import is_stream
from criu_tui.core.source.tar import is_tar

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

    from criu_tui.core.base.progress import Progress
    from criu_tui.core.source.members import Inside
    from criu_tui.core.source.source import Source, SourceFile

DEPTH, DEPTH_INSIDE = 4, 32
"""Levels that are searched, and those of an archive, which is all in memory."""
LOOKED_AT = 2000
"""Directories that are looked into before a search ends."""
NESTED = 3
"""Archives within archives that are opened."""
FEW = 64
"""Files of a directory in an archive up to which those without an ending are looked at for being archives."""
STREAMS_LOOKED_AT = 64
"""Files of one directory that are looked at for being shards of a stream."""
IMAGES_IN = ("checkpoint", "pre-checkpoint", "state")
"""Where engines keep the images below a container's own directory, the one to open first."""
HOMES = (
    "/var/lib/kubelet/checkpoints",
    "/var/lib/containers/storage/overlay-containers",
    "/var/lib/docker/containers",
    "/var/lib/lxd/containers",
    "/var/lib/incus/containers",
)
"""Where engines keep checkpoints."""


class Checkpoint(NamedTuple):
    """Where images lie, or the log of a dump that failed."""

    source: Source
    holding: Holding


@dataclass(slots=True)
class Places:
    """What was found, less deep ones first, then by name."""

    found: list[Checkpoint] = field(default_factory=list)
    closed: list[SourceFile] = field(default_factory=list)
    """Archives that lie there and have not been opened."""
    complete: bool = True
    """False: the search ended at a limit."""
    problems: tuple[ImageError, ...] = ()
    """What of the archive that was searched could not be read."""


def root(where: Path, progress: Progress) -> Source:
    """A directory, or an archive as one; also a path that goes on into an archive, such as pod.tar/ctr.tar.

    Raises NotAnArchiveError, OSError, ValueError, ImageError and CancelledError.
    """
    if where.is_dir():
        return Directory(where)
    for place in (where, *where.parents):
        if place.is_file():
            return _within(opened(located(place).open(), place, progress), where.relative_to(place).parts, progress)
        if place.exists():
            break
    where.stat()
    raise NotAnArchiveError(f"{where}: not a regular file")


def _within(outer: Inside, parts: tuple[str, ...], progress: Progress) -> Inside:
    """What a path leads to within an archive."""
    at = outer
    for part in parts:
        at = opened(at.open(part), at.path / part, progress) if at.is_regular(part) else at.sub(part)
    return at


def checkpoints(place: Source, progress: Progress, nested: int = NESTED) -> Places:
    """The checkpoints at or below a place. A single archive is opened, and so are all that lie in an archive.

    Links are not followed. Raises OSError and CancelledError.
    """
    places = _search(place, progress)
    places.problems = place.problems
    _without_parents(places)
    inside = not isinstance(place, Directory)
    if nested and places.closed and not places.found and (inside or len(places.closed) == 1):
        for file in places.closed[: LOOKED_AT if inside else 1]:
            _open_nested(file, places, progress, nested)
        places.closed = []
    return places


def lone_archive(place: Source) -> Blob | None:
    """The archive that is all that a place holds: a file, or the one layer of an OCI layout. Raises OSError.

    None where there is anything else. Nothing is unpacked.
    """
    here = place
    for _ in range(DEPTH):
        names = here.names()
        if is_layout(names):
            layers = checkpoint_layers(here)
            return layers[0] if len(layers) == 1 else None
        if len(names) != 1:
            return None
        (name,) = names
        directory, regular = _status(here, name) or (False, False)
        if not directory:
            return Blob(here.file(name), {}) if regular and is_archive_name(name) else None
        here = here.sub(name)
    return None


def _open_nested(file: SourceFile, places: Places, progress: Progress, nested: int) -> None:
    try:
        held = opened(file.open(), file.source.path / file.name, progress)
    except (NotAnArchiveError, OSError, ImageError):
        return
    below = checkpoints(held, progress, nested - 1)
    places.found += below.found
    places.complete &= below.complete


def _search(place: Source, progress: Progress) -> Places:
    places = Places()
    inside = not isinstance(place, Directory)
    most = DEPTH_INSIDE if inside else DEPTH
    waiting = deque([(place, 0)])
    looked_at = 0
    while waiting:
        here, depth = waiting.popleft()
        looked_at += 1
        if looked_at > LOOKED_AT:
            places.complete = False
            break
        try:
            names = here.names()
        except (OSError, ValueError):
            if here is place:
                raise
            continue
        if _take(here, names, places, progress):
            continue
        few = inside and len(names) <= FEW
        for name in sorted(names):
            if depth >= most or (name.startswith(".") and not inside):
                continue
            status = _status(here, name)
            if status is not None and status[0]:
                waiting.append((here.sub(name), depth + 1))
            elif status is not None and status[1] and (is_archive_name(name) or (few and _begins_a_tar(here, name))):
                places.closed.append(here.file(name))
    _without_work(places)
    return places


def _status(here: Source, name: str) -> tuple[bool, bool] | None:
    """Whether a name is of a directory, and of a regular file; links are neither."""
    try:
        found = here.status(name, follow=False)
    except (OSError, ValueError):
        return None
    return found.directory, found.regular


def _take(here: Source, names: frozenset[str], places: Places, progress: Progress) -> bool:
    """Takes a place in when it is a checkpoint; False when one has to look further down."""
    kind = holding_of(names)
    inner = [found for name in IMAGES_IN if name in names and (found := _images_in(here, name)) is not None]
    if kind is Holding.DUMP or (kind is Holding.LOG and not inner):
        places.found.append(Checkpoint(here, kind))
        return True
    if is_layout(names):
        inner += _from_layout(here, progress)
    places.found += (Checkpoint(each, Holding.DUMP) for each in inner)
    if not inner and (shards := [here.file(name) for name in _stream_names(here, names)]):
        path = here.path / shards[0].name if len(shards) == 1 else here.path
        stream = opened_stream([shard.open() for shard in shards], path, progress)
        places.found.append(Checkpoint(stream, Holding.DUMP))
    return bool(inner)


def _images_in(here: Source, name: str) -> Source | None:
    try:
        inner = here.sub(name)
        return inner if holding_of(inner.names()) is Holding.DUMP else None
    except (OSError, ValueError):
        return None


def _from_layout(here: Source, progress: Progress) -> list[Source]:
    found: list[Source] = []
    for blob in checkpoint_layers(here):
        try:
            layer = opened(blob.file.open(), blob.file.source.path / blob.file.name, progress)
        except (NotAnArchiveError, OSError, ImageError):
            continue
        layer.members.annotations = blob.annotations
        found += (each.source for each in checkpoints(layer, progress, 0).found)
    return found


def _stream_names(here: Source, names: frozenset[str]) -> list[str]:
    """Files that are shards of a stream, compressed ones too."""
    few = len(names) <= FEW
    likely = sorted(n for n in names if n.endswith((".img", ".lz4", ".stream", ".criu")) or (few and "." not in n))
    return [name for name in likely[:STREAMS_LOOKED_AT] if _begins_a_stream(here, name)]


def _begins_a_tar(here: Source, name: str) -> bool:
    try:
        start = here.read(name, START) if "." not in name else b""
    except ImageError:
        return False
    return is_tar(start) or compression(start) is not None


def _begins_a_stream(here: Source, name: str) -> bool:
    try:
        start = here.read(name, START) if here.is_regular(name) else b""
    except ImageError:
        return False
    return is_stream(start) or (compression(start) == "lz4" and "." in name and not is_archive_name(name))


def _without_parents(places: Places) -> None:
    """Leaves out the dumps that others of them have as parents: they are shown with those.

    Where the links form a ring each of its dumps stays: none is above all others.
    """
    parents: dict[Hashable, Hashable] = {}
    for place, _ in places.found:
        target = place.link("parent")
        if target is None:
            continue
        try:
            parents[place.identity] = place.sub(target).identity
        except (OSError, ValueError):
            continue
    shown_with = {parent for child, parent in parents.items() if not _leads_to(parents, parent, child)}
    places.found = [each for each in places.found if each.source.identity not in shown_with]


def _leads_to(parents: dict[Hashable, Hashable], start: Hashable, wanted: Hashable) -> bool:
    at: Hashable | None = start
    for _ in range(PARENT_LIMIT):
        if at is None or at == wanted:
            return at is not None
        at = parents.get(at)
    return False


def _without_work(places: Places) -> None:
    """Leaves out work directories beside images: their logs are found from there."""
    beside = {path for place, kind in places.found if kind is Holding.DUMP for path in (place.path, place.path.parent)}
    places.found = [
        each
        for each in places.found
        if each.holding is Holding.DUMP or each.source.path.name not in WORK or each.source.path.parent not in beside
    ]
