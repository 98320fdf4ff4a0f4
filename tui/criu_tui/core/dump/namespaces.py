"""Which namespaces the tasks of a dump are in, and which of them are CRIU's own."""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.units import counted
from criu_tui.core.dump.user_namespace import user_namespace_of
from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import core_pb2, netdev_pb2, pidns_pb2, timens_pb2, utsns_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.dump.dump import Dump

KINDS = ("pid", "net", "ipc", "uts", "mnt", "user", "cgroup", "time")
_FIELDS = tuple(f"{kind}_ns_id" for kind in KINDS)
numbers_of: Callable[[core_pb2.task_kobj_ids_entry], tuple[int, ...]] = operator.attrgetter(*_FIELDS)
"""Of the namespaces of a task, in the order of KINDS; 0 where the image does not say."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """One namespace; text is as in the dump."""

    kind: str
    id: int
    """CRIU's number for it in this dump, not the kernel's inode number."""
    pids: tuple[int, ...]
    """The tasks in it, in tree order."""
    shared_with_criu: bool | None
    """CRIU was in it too when it dumped, so it is not in the dump; None when inventory.img does not say."""
    detail: str = ""


def namespaces(dump: Dump) -> tuple[Namespace, ...]:
    """All namespaces by kind, then id, from ids-PID.img and inventory.img; read once."""
    return dump.once("namespaces", lambda: tuple(_namespaces(dump)))


def _namespaces(dump: Dump) -> Iterator[Namespace]:
    members: dict[tuple[str, int], list[int]] = {}
    for (numbers, zeros), pids in _together(dump).items():
        said = iter(zeros)
        for kind, number in zip(KINDS, numbers, strict=True):
            if number or next(said):
                members.setdefault((kind, number), []).extend(pids)
    own = dump.inventory.root_ids if dump.inventory is not None and dump.inventory.HasField("root_ids") else None
    for kind, number in sorted(members, key=lambda key: (KINDS.index(key[0]), key[1])):
        known = own is not None and own.HasField(f"{kind}_ns_id")
        shared = getattr(own, f"{kind}_ns_id") == number if known else None
        detail = "" if shared else _detail(dump, kind, number)
        pids = sorted(members[kind, number], key=dump.pids.__getitem__)
        yield Namespace(kind, number, tuple(pids), shared, detail)


def _together(dump: Dump) -> dict[tuple[tuple[int, ...], tuple[bool, ...]], list[int]]:
    """The tasks by the numbers of all their namespaces, and whether those that are 0 are said.

    Most tasks have all their namespaces in common.
    """
    found: dict[tuple[tuple[int, ...], tuple[bool, ...]], list[int]] = {}
    for pid in dump.pids:
        ids = ids_of(dump, pid)
        if ids is not None:
            numbers = numbers_of(ids)
            # A number other than 0 is there; only of 0 it has to be asked whether it is.
            zeros = tuple(map(ids.HasField, _zeros(numbers)))
            found.setdefault((numbers, zeros), []).append(pid)
    return found


@functools.lru_cache(64)
def _zeros(numbers: tuple[int, ...]) -> tuple[str, ...]:
    """The fields whose numbers are 0."""
    return tuple(field for field, number in zip(_FIELDS, numbers, strict=True) if not number)


def ids_of(dump: Dump, pid: int) -> core_pb2.task_kobj_ids_entry | None:
    """The numbers of what a task shares with others: its tables and namespaces; None when no image says them."""
    return dump.each(_ids_of)[pid]


def _ids_of(dump: Dump, pid: int) -> core_pb2.task_kobj_ids_entry | None:
    name = f"ids-{pid}.img"
    if name in dump.files_listed:
        entries = dump.entries(name, kinds.IDS, core_pb2.task_kobj_ids_entry, single=True)
        return entries[0] if entries else None
    entry = dump.core_entry(pid)
    return entry.ids if entry is not None and entry.HasField("ids") else None


def clocks(dump: Dump) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Monotonic and boot clock when dumped, each in seconds and nanoseconds; CRIU writes them as timens-0.img.

    A restore sets the offsets of a time namespace so that these clocks go on from there
    (criu/timens.c).
    """
    return clocks_of(dump, 0)


def clocks_of(dump: Dump, number: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The clocks of a time namespace when dumped, by its number."""
    for read in dump.entries(f"timens-{number}.img", kinds.TIMENS, timens_pb2.timens_entry, single=True):
        return (read.monotonic.tv_sec, read.monotonic.tv_nsec), (read.boottime.tv_sec, read.boottime.tv_nsec)
    return None


def _detail(dump: Dump, kind: str, number: int) -> str:
    """What the namespace's own image says of it."""
    match kind:
        case "uts":
            for uts in dump.entries(f"utsns-{number}.img", kinds.UTSNS, utsns_pb2.utsns_entry, single=True):
                return f"host name {text_of(uts.nodename)}, domain {text_of(uts.domainname)}"
        case "time":
            for read in dump.entries(f"timens-{number}.img", kinds.TIMENS, timens_pb2.timens_entry, single=True):
                return f"monotonic clock {read.monotonic.tv_sec} s, boot clock {read.boottime.tv_sec} s"
        case "user":
            space = user_namespace_of(dump)
            if space is not None and space.id == number:
                return f"{counted(len(space.uid_map), 'uid extent')}, {counted(len(space.gid_map), 'gid extent')}"
        case "pid":
            for pid in dump.entries(f"pidns-{number}.img", kinds.PIDNS, pidns_pb2.pidns_entry, single=True):
                return f"given from outside as {text_of(pid.ext_key)}" if pid.ext_key else ""
        case "net":
            for net in dump.entries(f"netns-{number}.img", kinds.NETNS, netdev_pb2.netns_entry, single=True):
                return f"given from outside as {text_of(net.ext_key)}" if net.ext_key else ""
    return ""
