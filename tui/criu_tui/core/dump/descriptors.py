"""The descriptors of each task, and its directories and program, by the ids of the files they hold."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.base.limits import SHARED_DESCRIPTOR_LIMIT
from criu_tui.core.base.units import number
from criu_tui.core.dump.namespaces import ids_of
from criu_tui.core.dump.sockets import files_in_flight
from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import fdinfo_pb2, file_lock_pb2, fs_pb2
from criu_tui.core.source.error import LeftOutError

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump

FD_CLOEXEC = 1


class Descriptor(NamedTuple):
    """One descriptor of a task."""

    pid: int
    fd: int
    file_id: int
    """Of files.img."""
    type: str
    """REG, PIPE, UNIXSK ...: CRIU's own names."""
    close_on_exec: bool
    label: str = ""
    """Its SELinux label; empty without one."""


class Directories(NamedTuple):
    """What fs-PID.img says of a task: ids of files.img, and the bits that new files do not get."""

    cwd_id: int
    root_id: int
    umask: int | None


class Lock(NamedTuple):
    """A lock that a task holds on a file; `start` and `length` in bytes, a length of 0 reaches to its end."""

    pid: int
    fd: int
    kind: int
    """FL_* bits as CRIU keeps them."""
    type: int
    start: int
    length: int

    def __str__(self) -> str:
        """ "posix write [0, end)"."""
        kind = " ".join(linux.bits(self.kind, linux.LOCK_KINDS))
        end = self.start + self.length if self.length else "end"
        return f"{kind} {linux.named(self.type, linux.LOCK_TYPES, 'type')} [{self.start}, {end})"


def table_id(dump: Dump, pid: int) -> int | None:
    """The number of a task's table of descriptors, which tasks may share; None when no image says it."""
    ids = ids_of(dump, pid)
    return None if ids is None else ids.files_id


class _Tables:
    """For which tasks the descriptors of a table are listed; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: dict[str, int] = {}
        """The task that was asked for first, by the image of its table."""
        self._again: set[int] = set()
        self._left = SHARED_DESCRIPTOR_LIMIT

    def list(self, image: str, pid: int, count: int) -> bool:
        """Whether so many are listed for a task: once for each image always, again as long as there is room."""
        with self._lock:
            if self._first.setdefault(image, pid) == pid or pid in self._again:
                return True
            if count > self._left:
                return False
            self._left -= count
            self._again.add(pid)
            return True


def descriptors(dump: Dump, pid: int) -> tuple[Descriptor, ...]:
    """The descriptors of a task in image order; none for a dead one, and for one of too many that share a table."""
    if not dump.core(pid).alive:
        return ()
    id_ = table_id(dump, pid)
    # Before CRIU 0.4 and in its first ids images the name held the PID.
    name = f"fdinfo-{pid if id_ is None else id_}.img"
    if name not in dump.files_listed:
        return ()
    entries = dump.entries(name, kinds.FDINFO, fdinfo_pb2.fdinfo_entry)
    if not dump.once("tables of descriptors", _Tables).list(name, pid, len(entries)):
        left_out = (
            f"many tasks share it: beyond {number(SHARED_DESCRIPTOR_LIMIT)} descriptors it is not listed for others"
        )
        dump.note_problem(name, LeftOutError(name, None, left_out))
        return ()
    return tuple(
        Descriptor(
            pid,
            entry.fd,
            entry.id,
            fdinfo_pb2.fd_types.Name(entry.type),
            bool(entry.flags & FD_CLOEXEC),
            text_of(entry.xattr_security_selinux),
        )
        for entry in entries
    )


def directories(dump: Dump, pid: int) -> Directories | None:
    """Where a task is and what it takes for its root; None when no image says it."""
    return dump.each(_directories)[pid]


def _directories(dump: Dump, pid: int) -> Directories | None:
    for entry in dump.entries(f"fs-{pid}.img", kinds.FS, fs_pb2.fs_entry, single=True):
        return Directories(entry.cwd_id, entry.root_id, entry.umask if entry.HasField("umask") else None)
    return None


class Holder(NamedTuple):
    """What holds a file: a descriptor of a task, or a message on its way to a socket."""

    pid: int | None
    """None: in flight."""
    fd: int
    """In flight the id of the socket's file."""

    def __str__(self) -> str:
        return f"in flight to {self.fd:#x}" if self.pid is None else f"{self.pid}:{self.fd}"


def holders(dump: Dump) -> dict[int, tuple[Holder, ...]]:
    """Who has which file open, by its id: descriptors of all tasks, messages in flight; reads all images once."""
    return dump.once("file holders", lambda: _holders(dump))


def _holders(dump: Dump) -> dict[int, tuple[Holder, ...]]:
    found: dict[int, list[Holder]] = {}
    for pid in dump.pids:
        for held in descriptors(dump, pid):
            found.setdefault(held.file_id, []).append(Holder(pid, held.fd))
    for file_id, socket_id in files_in_flight(dump):
        found.setdefault(file_id, []).append(Holder(None, socket_id))
    return {file_id: tuple(held) for file_id, held in found.items()}


def locks(dump: Dump) -> dict[tuple[int, int], tuple[Lock, ...]]:
    """Locks by task and descriptor, from filelocks.img."""
    return dump.once("file locks", lambda: _locks(dump))


def _locks(dump: Dump) -> dict[tuple[int, int], tuple[Lock, ...]]:
    found: dict[tuple[int, int], list[Lock]] = {}
    for entry in dump.entries("filelocks.img", kinds.FILE_LOCKS, file_lock_pb2.file_lock_entry):
        lock = Lock(entry.pid, entry.fd, entry.flag, entry.type, entry.start, entry.len)
        found.setdefault((lock.pid, lock.fd), []).append(lock)
    return {place: tuple(held) for place, held in found.items()}
