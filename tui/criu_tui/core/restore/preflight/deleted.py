"""Files that were deleted while open: the other name that leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.dump.descriptors import holders
from criu_tui.core.dump.ghosts import remaps
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import regfile_pb2, remap_file_path_pb2
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.files import GIVE_ROOT, ROOT_UNKNOWN, compare
from criu_tui.core.restore.preflight.uses import FileUse, opened_files
from criu_tui.core.restore.preflight.where import on_disk, root_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt


class DeletedFiles:
    """The other name that each deleted file comes back from, where it has one."""

    id: ClassVar[str] = "deleted-files"
    what: ClassVar[str] = "files that were deleted while open"
    needs: ClassVar[Needs] = Needs.FILES

    def concerns(self, dump: Dump) -> bool:
        """Whether any has another name."""
        return bool(_linked(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every file whose other name is gone or another file."""
        known = _linked(attempt.dump)
        root = root_of(attempt)
        if root is None:
            yield Check(self.id, counted(len(known), "file"), State.UNKNOWN, ROOT_UNKNOWN, GIVE_ROOT)
            return
        failing = list(self._links(attempt, root))
        yield from failing
        if not failing:
            yield Check(self.id, counted(len(known), "file"), State.OK, "another name leads to each")

    def _links(self, attempt: Attempt, root: Path) -> Iterator[Check]:
        """A file that has another name is linked back from that (link-remap)."""
        dump = attempt.dump
        for file_id, other_id in _linked(dump).items():
            other, own = dump.files.get(other_id), dump.files.get(file_id)
            if other is None or own is None:
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


def _linked(dump: Dump) -> dict[int, int]:
    """The id of the file that has the other name, by that of the open file."""
    linked = remap_file_path_pb2.LINKED
    return {file_id: remap.id for file_id, remap in remaps(dump).items() if remap.kind == linked}
