"""Every id that a dump holds, with the object that carries it.

Ids in images are those inside the user namespace: CRIU converted them when it dumped
and wrote 4294967295 for one that no extent covers (criu/namespaces.c: userns_uid). Only
cgroups keep the ids that CRIU itself saw (criu/cgroup.c).
"""

from __future__ import annotations

import enum
import functools
import operator
import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.capabilities import CAPABILITIES
from criu_tui.core.base.expressions import expression
from criu_tui.core.base.limits import path_cut
from criu_tui.core.dump.credentials import credentials_of
from criu_tui.core.dump.idmap import OVERFLOW_ID
from criu_tui.core.dump.listed import numbered
from criu_tui.core.dump.system_v import system_v
from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import (
    autofs_pb2,
    cgroup_pb2,
    fdinfo_pb2,
    ghost_file_pb2,
    memfd_pb2,
    mnt_pb2,
    netdev_pb2,
    tty_pb2,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.dump.credentials import Capabilities
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.schema import fown_pb2


class IdKind(enum.Enum):
    """Which of the two maps an id goes through."""

    UID = "uid"
    GID = "gid"


class Id(NamedTuple):
    """One id and what it is for: "uid", "fsgid", "group", ..."""

    role: str
    kind: IdKind
    number: int

    @property
    def unmapped(self) -> bool:
        """Whether no extent covered it when it was dumped; a loginuid of this value was merely never set."""
        return self.number == OVERFLOW_ID and self.role != "loginuid"


_NUMBER = operator.attrgetter("number")


class Owner(NamedTuple):
    """An object and the ids it carries, the object's own uid and gid first; text is as in the dump."""

    object: str
    pid: int | None
    ids: tuple[Id, ...]
    capabilities: Capabilities | None = None
    outside: bool = False
    """The ids are those outside the user namespace."""

    @property
    def unmapped(self) -> tuple[Id, ...]:
        """Those of its ids that no extent covered when it was dumped."""
        # Nearly none has any: looked for without a call of Python's for each id.
        return tuple(each for each in self.ids if each.unmapped) if OVERFLOW_ID in map(_NUMBER, self.ids) else ()

    def first(self, kind: IdKind) -> int | None:
        """The object's own uid or gid."""
        return next((found.number for found in self.ids if found.kind is kind), None)


@functools.lru_cache(64)
def capability_names(mask: int) -> str:
    """Names of the capabilities in a mask: "all", "all but ...", "none", or those that are in it."""
    lacking = [name for bit, name in enumerate(CAPABILITIES) if not mask >> bit & 1]
    if len(lacking) <= 4 and not mask >> len(CAPABILITIES):
        return f"all but {' '.join(lacking)}" if lacking else "all"
    names = [name for bit, name in enumerate(CAPABILITIES) if mask >> bit & 1]
    unknown = mask >> len(CAPABILITIES) << len(CAPABILITIES)
    if unknown:
        names.append(f"0x{unknown:x}")
    return " ".join(names) or "none"


def owners(dump: Dump) -> tuple[Owner, ...]:
    """Every object of a dump that carries ids, found once.

    Threads first, in tree order, then files, memory, System V objects, terminals, devices, mounts and cgroups.
    """
    return dump.once("owners", lambda: tuple(_owners(dump)))


def _owners(dump: Dump) -> Iterator[Owner]:
    for task in dump.tasks:
        yield from _threads(dump, task.pid, dump.threads(task.pid) or (task.pid,))
    for inode in dump.entries("memfd.img", kinds.MEMFD_INODE, memfd_pb2.memfd_inode_entry):
        yield Owner(f"memfd {text_of(inode.name)}", None, _pair(inode.uid, inode.gid))
    for _, name in numbered(dump, kinds.GHOST_FILE):
        for ghost in dump.entries(name, kinds.GHOST_FILE, ghost_file_pb2.ghost_file_entry, single=True):
            yield Owner(f"ghost file {name}", None, _pair(ghost.uid, ghost.gid))
    yield from _files(dump)
    for tty in dump.entries("tty-info.img", kinds.TTY_INFO, tty_pb2.tty_info_entry):
        # A controlling terminal has no owner of its own: both ids of it are -1 (criu/tty.c).
        if tty.HasField("uid") and tty.type != tty_pb2.CTTY:
            yield Owner(f"tty {tty.id}", None, _pair(tty.uid, tty.gid))
    for _, name in numbered(dump, kinds.AUTOFS):
        for served in dump.entries(name, kinds.AUTOFS, autofs_pb2.autofs_entry, single=True):
            # A mount option that was not given is -1, not an id.
            given = [
                (role, kind, value)
                for role, kind, value in (("uid", IdKind.UID, served.uid), ("gid", IdKind.GID, served.gid))
                if served.HasField(role) and value >= 0
            ]
            if given:
                yield Owner(f"autofs {name}", None, tuple(Id(*each) for each in given))
    yield from _system_v(dump)
    yield from _network(dump)
    yield from _mounts(dump)
    yield from _cgroups(dump)


def _pair(uid: int, gid: int) -> tuple[Id, Id]:
    return Id("uid", IdKind.UID, uid), Id("gid", IdKind.GID, gid)


def _threads(dump: Dump, pid: int, tids: tuple[int, ...]) -> Iterator[Owner]:
    for tid in tids:
        creds = credentials_of(dump, tid)
        if creds is None:
            continue
        loginuid = dump.core(pid).loginuid if tid == pid else None
        numbers = creds.uid, creds.gid, creds.euid, creds.suid, creds.fsuid, creds.egid, creds.sgid, creds.fsgid
        ids = _of_thread(numbers, creds.groups, loginuid)
        yield Owner(f"task {pid}" if tid == pid else f"thread {tid}", pid, ids, creds.capabilities)


_OF_THREAD = (
    ("uid", IdKind.UID), ("gid", IdKind.GID), ("euid", IdKind.UID), ("suid", IdKind.UID), ("fsuid", IdKind.UID),
    ("egid", IdKind.GID), ("sgid", IdKind.GID), ("fsgid", IdKind.GID),
)  # fmt: skip


@functools.lru_cache(64)
def _of_thread(numbers: tuple[int, ...], groups: tuple[int, ...], loginuid: int | None) -> tuple[Id, ...]:
    """The ids of a thread; cached, since many threads have the same."""
    ids = [Id(role, kind, number) for (role, kind), number in zip(_OF_THREAD, numbers, strict=True)]
    ids += (Id("group", IdKind.GID, group) for group in groups)
    if loginuid is not None:
        ids.append(Id("loginuid", IdKind.UID, loginuid))
    return tuple(ids)


def _files(dump: Dump) -> Iterator[Owner]:
    """Unix sockets with a path, and files whose events signal somebody (F_SETOWN)."""
    for file in dump.entries("files.img", kinds.FILES, fdinfo_pb2.file_entry):
        if file.HasField("usk") and file.usk.HasField("file_perms"):
            perms = file.usk.file_perms
            label = file.usk.name.decode("utf-8", "surrogateescape")
            yield Owner(f"unix socket {label}".rstrip(), None, _pair(perms.uid, perms.gid))
        fown = _signal_owner(file)
        if fown is not None and fown.pid:
            ids = (Id("uid", IdKind.UID, fown.uid), Id("euid", IdKind.UID, fown.euid))
            yield Owner(f"signal owner of file {file.id}", None, ids)


def _signal_owner(file: fdinfo_pb2.file_entry) -> fown_pb2.fown_entry | None:
    for field, content in file.ListFields():
        if field.message_type is not None and "fown" in field.message_type.fields_by_name:
            owner: fown_pb2.fown_entry = content.fown
            return owner
    return None


_PING_RANGE = expression(r"(\d{1,10})\s+(\d{1,10})", re.ASCII)


def _network(dump: Dump) -> Iterator[Owner]:
    """TUN devices that a user or group may open, and the groups that may ping."""
    for _, name in numbered(dump, kinds.NETDEV):
        for device in dump.entries(name, kinds.NETDEV, netdev_pb2.net_device_entry):
            if device.HasField("tun"):
                ids = (Id("uid", IdKind.UID, device.tun.owner), Id("gid", IdKind.GID, device.tun.group))
                if kept := tuple(found for found in ids if found.number >= 0):
                    yield Owner(f"tun device {text_of(device.name)}", None, kept)
    for _, name in numbered(dump, kinds.NETNS):
        for space in dump.entries(name, kinds.NETNS, netdev_pb2.netns_entry, single=True):
            for setting in space.ipv4_sysctl:
                # The only setting of two numbers; an empty range is written as 1 0.
                if (found := _PING_RANGE.fullmatch(text_of(setting.sarg).strip())) and int(found[1]) <= int(found[2]):
                    low, high = (Id(role, IdKind.GID, int(found[n])) for n, role in ((1, "gid"), (2, "last gid")))
                    yield Owner(f"ping_group_range of {name.removesuffix('.img')}", None, (low, high))


_MOUNT_ID = expression(r"(?:^|,)(uid|gid)=(\d{1,10})(?=,|$)", re.ASCII)


def _mounts(dump: Dump) -> Iterator[Owner]:
    for _, name in numbered(dump, kinds.MNTS):
        for mount in dump.entries(name, kinds.MNTS, mnt_pb2.mnt_entry):
            ids = tuple(
                Id(role, IdKind(role), int(number)) for role, number in _MOUNT_ID.findall(text_of(mount.options))
            )
            if ids:
                yield Owner(f"mount {text_of(mount.mountpoint)}", None, ids)


def _cgroups(dump: Dump) -> Iterator[Owner]:
    """Cgroup directories, and those of their properties that somebody else owns."""
    for entry in dump.entries("cgroup.img", kinds.CGROUP, cgroup_pb2.cgroup_entry, single=True):
        for controller in entry.controllers:
            yield from _cgroup_dirs(path_cut(",".join(map(text_of, controller.cnames))), "", controller.dirs)


def _cgroup_dirs(controller: str, above: str, entries: Iterable[cgroup_pb2.cgroup_dir_entry]) -> Iterator[Owner]:
    for entry in entries:
        path = path_cut(f"{above}/{text_of(entry.dir_name).strip('/')}".rstrip("/"))
        own = _pair(entry.dir_perms.uid, entry.dir_perms.gid) if entry.HasField("dir_perms") else ()
        label = f"cgroup {controller or 'v2'}:{path or '/'}"
        if own:
            yield Owner(label, None, own, outside=True)
        for setting in entry.properties:
            if setting.HasField("perms") and (perms := _pair(setting.perms.uid, setting.perms.gid)) != own:
                yield Owner(f"{label} {text_of(setting.name)}", None, perms, outside=True)
        yield from _cgroup_dirs(controller, path, entry.children)


def _system_v(dump: Dump) -> Iterator[Owner]:
    """System V objects, by the images of their kind."""
    if dump.encrypted:
        return
    for _, found in system_v(dump):
        creator = Id("cuid", IdKind.UID, found.creator[0]), Id("cgid", IdKind.GID, found.creator[1])
        yield Owner(f"sysv {found.kind} {found.id}", None, (*_pair(*found.owner), *creator))
