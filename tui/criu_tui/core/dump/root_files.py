"""Changes of the container's root file system that an engine keeps beside the images.

rootfs-diff.tar has what was changed or made, deleted.files the paths of what was deleted, as JSON;
volumes and /dev/shm are tar archives of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.json_text import parsed
from criu_tui.core.base.limits import DELETED_LIMIT
from criu_tui.core.base.progress import Progress
from criu_tui.core.source.archive import NotAnArchiveError, opened
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from criu_tui.core.source.source import Source

DIFF = "rootfs-diff.tar"
DELETED = "deleted.files"
SHARED_MEMORY = "devshm-checkpoint.tar"


class Changed(NamedTuple):
    """A file of the difference."""

    path: str
    size: int
    """Bytes."""
    link: str
    """Where it leads when it is a link."""


class RootFiles(NamedTuple):
    """What became of the root file system since the container's image."""

    changed: tuple[Changed, ...]
    deleted: tuple[str, ...]
    archives: tuple[tuple[str, int], ...]
    """Name and bytes of the archives beside the images."""
    problems: tuple[ImageError, ...]


def root_files(home: Source) -> RootFiles:
    """The changes that lie in an engine's directory; what cannot be read is among the problems."""
    names = home.names()
    problems: list[ImageError] = []
    changed: list[Changed] = []
    if DIFF in names:
        try:
            diff = opened(home.open(DIFF), home.path / DIFF, Progress())
        except NotAnArchiveError:
            problems.append(ImageError(DIFF, 0, "is no tar archive"))
        except OSError as error:
            problems.append(ImageError(DIFF, None, reason_of(error)))
        except ImageError as error:
            problems.append(error)
        else:
            changed = [Changed(path, member.size, member.link) for path, member in diff.members.files()]
            problems += diff.problems
    deleted: list[str] = []
    if DELETED in names:
        try:
            found = parsed(home.read(DELETED, DELETED_LIMIT))
        except ImageError as error:
            problems.append(error)
        except ValueError:
            problems.append(ImageError(DELETED, 0, "is no JSON"))
        else:
            deleted = [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
    return RootFiles(tuple(changed), tuple(deleted), tuple(_archives(home, names)), tuple(problems))


def _archives(home: Source, names: frozenset[str]) -> list[tuple[str, int]]:
    found = _sizes(home, names & {DIFF, SHARED_MEMORY})
    if "volumes" in names:
        try:
            volumes = home.sub("volumes")
            found += ((f"volumes/{name}", length) for name, length in _sizes(volumes, volumes.names()))
        except OSError:
            return found
    return found


def _sizes(place: Source, names: frozenset[str]) -> list[tuple[str, int]]:
    return [(name, place.status(name).size) for name in sorted(names) if place.is_regular(name)]
