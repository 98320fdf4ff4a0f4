"""Files that were deleted while open: the other name that leads to them, room for those that the images hold."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, size
from criu_tui.core.dump.descriptors import holders
from criu_tui.core.dump.ghosts import ghosts, remaps
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import regfile_pb2, remap_file_path_pb2
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.files import GIVE_ROOT, ROOT_UNKNOWN, compare
from criu_tui.core.restore.preflight.uses import FileUse, opened_files
from criu_tui.core.restore.preflight.where import followed, on_disk, root_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt


class DeletedFiles:
    """Where each deleted file comes back from."""

    id: ClassVar[str] = "deleted-files"
    what: ClassVar[str] = "files that were deleted while open"
    needs: ClassVar[Needs] = Needs.FILES

    def concerns(self, dump: Dump) -> bool:
        """Whether there are any."""
        return bool(remaps(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every file whose other name is gone or another file; every ghost without room."""
        dump = attempt.dump
        known = remaps(dump)
        root = root_of(attempt)
        if root is None:
            yield Check(self.id, counted(len(known), "file"), State.UNKNOWN, ROOT_UNKNOWN, GIVE_ROOT)
            return
        failing = [*self._links(attempt, root), *self._room(dump, root)]
        yield from failing
        if not failing:
            yield Check(
                self.id, counted(len(known), "file"), State.OK, "another name leads to it, or there is room for it"
            )

    def _links(self, attempt: Attempt, root: Path) -> Iterator[Check]:
        """A file that has another name is linked back from that (link-remap)."""
        dump = attempt.dump
        for file_id, remap in remaps(dump).items():
            other, own = dump.files.get(remap.id), dump.files.get(file_id)
            if remap.kind != remap_file_path_pb2.LINKED or other is None or own is None:
                continue
            if not isinstance(own.message, regfile_pb2.reg_file_entry) or other.path is None:
                continue
            place = on_disk(dump, own.message.mnt_id, other.path)
            if place.elsewhere:
                continue
            pid = next((holder.pid for holder in holders(dump).get(file_id, ())), None)
            use = opened_files(dump).get(file_id) or FileUse(own.message, pid, "")
            trouble = compare(attempt, own.message, root, place.path, use)
            if trouble is not None:
                shown = display_safe(other.path)
                of = "" if use.pid is None else f" of task {use.pid}"
                yield Check(
                    self.id,
                    f"{shown}: {trouble.what}",
                    trouble.state,
                    f"the deleted {display_safe(text_of(own.message.name))}{of} is linked back from it; "
                    "CRIU says “Can't link”",
                    "keep the link_remap files of the dump where it left them, on a copied file system too",
                    use.pid,
                    shown,
                )

    def _room(self, dump: Dump, root: Path) -> Iterator[Check]:
        """Ghosts are written where the files were (criu/files-reg.c: mkreg_ghost), above a directory that is gone."""
        wanted: dict[Path, int] = {}
        for ghost in ghosts(dump):
            if ghost.path is None or not ghost.size:
                continue
            place = self._place(dump, ghost.id, ghost.path, root)
            if place is not None:
                wanted[place] = wanted.get(place, 0) + ghost.size
        for place, needed in wanted.items():
            try:
                system = os.statvfs(place)
            except OSError:
                continue
            free = system.f_bavail * system.f_frsize
            shown = display_safe(str(place))
            if system.f_flag & os.ST_RDONLY:
                yield Check(
                    self.id,
                    f"{shown} is mounted read-only",
                    State.FAILS,
                    f"{size(needed)} of deleted files are written there; CRIU says “Can't create ghost regfile”",
                    "mount it read-write",
                    path=shown,
                )
            elif needed > free:
                yield Check(
                    self.id,
                    f"{size(needed)} of deleted files, {size(free)} free in {shown}",
                    State.UNKNOWN,
                    "CRIU writes them as they were; holes in them take no room",
                    "make room there",
                    path=shown,
                )

    @staticmethod
    def _place(dump: Dump, number: int, path: str, root: Path) -> Path | None:
        for file_id, remap in remaps(dump).items():
            file = dump.files.get(file_id)
            if remap.id != number or remap.kind != remap_file_path_pb2.GHOST or file is None:
                continue
            if not isinstance(file.message, regfile_pb2.reg_file_entry):
                continue
            place = on_disk(dump, file.message.mnt_id, path)
            if place.elsewhere:
                return None
            return _nearest(root, place.path)
        return None


def _nearest(root: Path, path: str) -> Path:
    """The directory of a path, or the nearest above it that is there."""
    for above in PurePosixPath(path).parents:
        try:
            found = followed(root, str(above))
        except OSError:
            continue
        if found.is_dir():
            return found
    return root
