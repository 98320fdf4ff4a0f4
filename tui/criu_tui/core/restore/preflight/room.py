"""Room on disk for files that were deleted while open, and that the images hold (ghosts)."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from criu_tui.core.base.capabilities import CAPABILITIES
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, size
from criu_tui.core.dump.descriptors import holders
from criu_tui.core.dump.ghosts import chunks, ghosts, remaps
from criu_tui.core.images.schema import regfile_pb2, remap_file_path_pb2
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.files import GIVE_ROOT, ROOT_UNKNOWN
from criu_tui.core.restore.preflight.where import followed, mounted, on_disk, root_of
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.ghosts import Ghost
    from criu_tui.core.restore.preflight.attempt import Attempt

COMPRESS = frozenset(("bcachefs", "btrfs", "erofs", "f2fs", "jffs2", "ubifs", "zfs"))
"""File systems that may keep bytes in less room than they have."""
RESERVED = 1 << CAPABILITIES.index("sys_resource")
"""Who has it may use what a file system keeps back (statvfs(3): f_bavail and f_bfree)."""


class WrittenGhost(NamedTuple):
    """A ghost that the restore writes."""

    directory: Path
    """On this machine."""
    needed: int
    """Bytes, in whole blocks; holes take none."""
    pid: int | None
    """The first task that has it open."""


class GhostRoom:
    """Whether each file system has room for the ghosts that are written there, all at once."""

    id: ClassVar[str] = "room"
    what: ClassVar[str] = "room for deleted files"
    needs: ClassVar[Needs] = Needs.FILES

    def concerns(self, dump: Dump) -> bool:
        """Whether the images hold any."""
        return bool(ghosts(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """A check for each file system.

        Ghosts are written where the files were, before any task runs, and deleted when all have them open
        (criu/files-reg.c: create_ghost, mkreg_ghost).
        """
        dump = attempt.dump
        root = root_of(attempt)
        known = counted(len(ghosts(dump)), "deleted file")
        if root is None:
            yield Check(self.id, known, State.UNKNOWN, ROOT_UNKNOWN, GIVE_ROOT)
            return
        by_device: dict[int, list[WrittenGhost]] = {}
        elsewhere = ""
        for ghost in ghosts(dump):
            found = _written(dump, ghost, root)
            if isinstance(found, WrittenGhost):
                by_device.setdefault(found.directory.stat().st_dev, []).append(found)
            else:
                elsewhere = found or elsewhere
        for files in by_device.values():
            yield self._on_one(attempt, files)
        if not by_device:
            yield Check(self.id, known, State.UNKNOWN if elsewhere else State.OK, elsewhere or "they have no bytes")

    def _on_one(self, attempt: Attempt, files: list[WrittenGhost]) -> Check:
        place = files[0].directory
        shown, pid = display_safe(str(place)), files[0].pid
        needed = sum(each.needed for each in files)
        system = os.statvfs(place)
        kept_back = bool(attempt.around.facts is not None and (attempt.machine.permitted or 0) & RESERVED)
        free = (system.f_bfree if kept_back else system.f_bavail) * system.f_frsize
        what = f"{size(needed)} of deleted files, {size(free)} free in {shown}"
        if system.f_flag & os.ST_RDONLY:
            return Check(
                self.id,
                f"{shown} is mounted read-only",
                State.FAILS,
                f"{size(needed)} of deleted files are written there; CRIU says “Can't create ghost regfile”",
                "mount it read-write",
                pid,
                shown,
            )
        if needed <= free or not system.f_blocks:
            return Check(self.id, what, State.OK, "they are written where they were", path=shown)
        less = file_system_of(place) in COMPRESS
        return Check(
            self.id,
            what,
            State.UNKNOWN if less else State.FAILS,
            "this file system may compress them" if less else "CRIU says “No space left on device”",
            "make room there",
            pid,
            shown,
        )


def _written(dump: Dump, ghost: Ghost, root: Path) -> WrittenGhost | str:
    """Where a ghost is written and what it takes; else why that is not known, empty where it takes nothing."""
    if ghost.path is None:
        return "no open file says where it was"
    remap = remap_file_path_pb2.GHOST
    ids = [file_id for file_id, each in remaps(dump).items() if each == (remap, ghost.id)]
    file = next((found for file_id in ids if (found := dump.files.get(file_id)) is not None), None)
    if file is None or not isinstance(file.message, regfile_pb2.reg_file_entry):
        return "no open file says where it was"
    place = on_disk(dump, file.message.mnt_id, ghost.path)
    if place.elsewhere:
        return place.elsewhere
    directory = _nearest(root, place.path)
    try:
        block = os.statvfs(directory).f_frsize or 1
        needed = sum(-(-chunk.payload.length // block) * block for chunk in chunks(dump, ghost.id))
    except (ImageError, OSError) as error:
        return display_safe(str(error))
    pid = next((holder.pid for each in ids for holder in holders(dump).get(each, ())), None)
    return WrittenGhost(directory, needed, pid) if needed else ""


def _nearest(root: Path, path: str) -> Path:
    """The directory of a path, or the nearest above it that is there: CRIU writes it there."""
    for above in PurePosixPath(path).parents:
        try:
            found = followed(root, str(above))
        except OSError:
            continue
        if found.is_dir():
            return found
    return root


def file_system_of(place: Path) -> str:
    """The file system that a directory lies on."""
    inside = [each for each in mounted() if place.resolve().is_relative_to(each.point)]
    return max(inside, key=lambda each: len(each.point)).kind if inside else ""
