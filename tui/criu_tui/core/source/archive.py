"""A file that holds a checkpoint, opened as the directory it would unpack to; nothing is unpacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.source.decompress import START, compression
from criu_tui.core.source.members import Inside
from criu_tui.core.source.spool import spooled
from criu_tui.core.source.streamer import is_stream, read_stream
from criu_tui.core.source.tar import is_tar, walk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from criu_tui.core.base.progress import Progress
    from criu_tui.core.source.error import ImageError
    from criu_tui.core.source.source import OpenFile

LAYERS = 3
"""Compressions over one another that are undone."""


class NotAnArchiveError(Exception):
    """A file is neither an archive nor a stream; the message is one line that names it."""


def opened(file: OpenFile, path: Path, progress: Progress, damage: Sequence[ImageError] = ()) -> Inside:
    """The root of an archive, or of a stream of images. Damage, also what is known before, is among its problems.

    Takes the file over and closes it when it raises: NotAnArchiveError, OSError, CancelledError.
    """
    inner, more = _plain(file, progress)
    damage = [*damage, *more]
    try:
        start = inner.read_at(0, START)
        if is_tar(start):
            members = walk(inner, lambda at: progress.check(at, inner.size))
        elif is_stream(start):
            members = read_stream([inner], lambda at: progress.check(at, inner.size))
        else:
            raise NotAnArchiveError(f"{display_safe(str(path))}: {_why_not(damage)}")
    except BaseException:
        inner.close()
        raise
    members.problems[:0] = damage
    return Inside(members, path)


def opened_stream(shards: Sequence[OpenFile], path: Path, progress: Progress) -> Inside:
    """The files of a stream by its shards, each of which may be compressed. Raises as `opened` does."""
    opened_ones = [_plain(shard, progress) for shard in shards]
    members = read_stream([inner for inner, _ in opened_ones], progress.check)
    members.problems[:0] = [error for _, damage in opened_ones for error in damage]
    return Inside(members, path)


def _plain(file: OpenFile, progress: Progress) -> tuple[OpenFile, list[ImageError]]:
    """A file without the compressions over it, and what was wrong with these. Takes it over as `opened` does."""
    damage = []
    try:
        for _ in range(LAYERS):
            if compression(file.read_at(0, START)) is None:
                break
            spool = spooled(file, progress)
            file.close()
            file = spool
            if spool.error is not None:
                damage.append(spool.error)
    except BaseException:
        file.close()
        raise
    return file, damage


def _why_not(damage: Sequence[ImageError]) -> str:
    if damage:
        return display_safe(damage[0].reason)
    return "is a file, but no archive and no stream of images; give the directory it lies in"
