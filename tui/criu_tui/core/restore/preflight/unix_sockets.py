"""Paths of unix sockets that a restore binds, and those outside that it connects to."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.kernel_files import unix_rows
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.dump.descriptors import holders
from criu_tui.core.dump.sockets import unix_name
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import sk_unix_pb2
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.files import GIVE_ROOT, ROOT_UNKNOWN
from criu_tui.core.restore.preflight.network import of_task
from criu_tui.core.restore.preflight.where import followed, on_disk, root_of
from criu_tui.core.source.error import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.descriptors import Holder
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt

STREAM_ESTABLISHED = 1
DGRAM = 2
EXTERNAL = 1
"""A unix socket outside the dump that one inside is connected to (USK_EXTERN of criu/sk-unix.c)."""
START_SERVICE = "start the service that has this socket first"
BOUND = Path("/proc/net/unix")


class UnixSockets:
    """Paths of unix sockets: those that are bound, and those outside that sockets were connected to."""

    id: ClassVar[str] = "unix-sockets"
    what: ClassVar[str] = "paths of unix sockets"
    needs: ClassVar[Needs] = Needs.FILES

    def concerns(self, dump: Dump) -> bool:
        """Whether a socket has a path."""
        return bool(named_sockets(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every path that cannot be bound, or has no socket to connect to."""
        dump = attempt.dump
        sockets = named_sockets(dump)
        root = root_of(attempt)
        if root is None:
            yield Check(self.id, counted(len(sockets), "path"), State.UNKNOWN, ROOT_UNKNOWN, GIVE_ROOT)
            return
        who = holders(dump)
        fine = 0
        for entry in sockets:
            pid = next((holder.pid for holder in who.get(entry.id, ())), None)
            if entry.uflags & EXTERNAL and pid is None:
                pid = next((each.pid for each in _peers(dump, entry, who)), None)
            if entry.type != DGRAM and entry.state == STREAM_ESTABLISHED and not entry.uflags & EXTERNAL:
                # It has the name of the socket that accepted it, and is not bound.
                continue
            name = str(PurePosixPath(text_of(entry.name_dir), unix_name(entry.name)))
            if not name.startswith("/") or on_disk(dump, entry.mnt_id, name).elsewhere:
                yield Check(self.id, display_safe(name), State.SKIPPED, "it does not lie below the root", pid=pid)
                continue
            trouble = (
                _outside(root, name) if entry.uflags & EXTERNAL else _unbindable(root, name, deleted=entry.deleted)
            )
            if not trouble and entry.uflags & EXTERNAL and not _is_bound(root, name):
                # The file of a socket stays when whoever bound it ends; then CRIU's connect fails.
                why = "nobody is seen to have bound it: in another network namespace one may have"
                shown = display_safe(name)
                yield Check(self.id, f"{shown}: a socket outside", State.UNKNOWN, why, START_SERVICE, pid, shown)
                continue
            if not trouble:
                fine += 1
                continue
            what, why, advice = trouble
            shown = display_safe(name)
            yield Check(self.id, f"{shown}: {what}", State.FAILS, f"a socket{of_task(pid)}; {why}", advice, pid, shown)
        if fine:
            yield Check(self.id, counted(fine, "path"), State.OK, "can be bound, or has a socket to connect to")


def named_sockets(dump: Dump) -> list[sk_unix_pb2.unix_sk_entry]:
    """Unix sockets with a path."""
    return [
        entry
        for entry in (file.message for file in dump.files.values())
        if isinstance(entry, sk_unix_pb2.unix_sk_entry) and entry.name[:1] not in (b"", b"\0")
    ]


def _peers(dump: Dump, outside: sk_unix_pb2.unix_sk_entry, who: dict[int, tuple[Holder, ...]]) -> Iterator[Holder]:
    for file in dump.files.values():
        if isinstance(file.message, sk_unix_pb2.unix_sk_entry) and file.message.peer == outside.ino:
            yield from who.get(file.id, ())


Words = tuple[str, str, str]


def _outside(root: Path, name: str) -> Words | None:
    try:
        mode = followed(root, name).stat().st_mode
    except OSError as error:
        return (
            reason_of(error),
            "it was connected to this one outside the dump; CRIU says “Can't connect … socket”",
            START_SERVICE,
        )
    if stat.S_ISSOCK(mode):
        return None
    return "is no socket", "it was connected to one outside the dump", START_SERVICE


def _is_bound(root: Path, name: str) -> bool:
    """Whether a socket of this network namespace has a path, see proc_net(5): as it is, or below the root."""
    try:
        rows = list(unix_rows(BOUND.read_bytes()))
    except OSError:
        return False
    paths = (os.fsdecode(row.name) for row in rows)
    return not {name, str(root / name.lstrip("/"))}.isdisjoint(paths)


def _unbindable(root: Path, name: str, *, deleted: bool) -> Words | None:
    """CRIU removes a socket that is in the way, and nothing else (criu/sk-unix.c: unlink_sk)."""
    try:
        above = followed(root, str(PurePosixPath(name).parent))
        if not above.is_dir() and not deleted:
            return "its directory is missing", "CRIU says “Can't bind socket”", f"mkdir -p {display_safe(str(above))}"
        mode = (above / PurePosixPath(name).name).lstat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        return reason_of(error), "CRIU says “Can't bind socket”", "make its directory as it was when dumped"
    if stat.S_ISSOCK(mode) or deleted:
        return None
    return "something else has this name", "CRIU says “Can't bind socket: Address already in use”", "move it away"
