"""Every id that a dump holds, with the object that carries it.

Ids in images are those inside the user namespace; CRIU converted them when it dumped
and wrote 4294967295 for one that no extent covers (criu/namespaces.c: userns_uid).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core import images
from criu_tui.core.images import ImageError, frame, parse, payload_start, read_file
from criu_tui.core.schema import fdinfo_pb2, ghost_file_pb2, ipc_msg_pb2, ipc_sem_pb2, ipc_shm_pb2, memfd_pb2, tty_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.dump import Dump

_CAPABILITIES = (
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
)
"""By bit, as in capabilities(7)."""


@dataclass(frozen=True, slots=True)
class Owner:
    """An object with a uid and a gid, and whatever other ids it carries; text is as in the dump."""

    object: str
    pid: int | None
    uid: int
    gid: int
    other_uids: tuple[tuple[str, int], ...] = ()
    """(role, id) of each that may differ from `uid`."""
    other_gids: tuple[tuple[str, int], ...] = ()
    capabilities: int = 0


def capability_names(mask: int) -> str:
    """Names of the capabilities in a mask: "all", "all but ...", "none", or those that are in it."""
    lacking = [name for bit, name in enumerate(_CAPABILITIES) if not mask >> bit & 1]
    if len(lacking) <= 4 and not mask >> len(_CAPABILITIES):
        return f"all but {' '.join(lacking)}" if lacking else "all"
    names = [name for bit, name in enumerate(_CAPABILITIES) if mask >> bit & 1]
    unknown = mask >> len(_CAPABILITIES) << len(_CAPABILITIES)
    if unknown:
        names.append(f"0x{unknown:x}")
    return " ".join(names) or "none"


def owners(dump: Dump) -> Iterator[Owner]:
    """Threads first, in tree order, then files, memory, System V objects and terminals."""
    for task in dump.tasks:
        yield from _threads(dump, task.pid, task.threads or (task.pid,))
    for inode in dump.entries("memfd.img", images.MEMFD, memfd_pb2.memfd_inode_entry):
        yield Owner(f"memfd {inode.name}", None, inode.uid, inode.gid)
    for name in _named(dump, "ghost-file-"):
        for ghost in dump.entries(name, images.GHOST_FILE, ghost_file_pb2.ghost_file_entry, single=True):
            yield Owner(f"ghost file {name}", None, ghost.uid, ghost.gid)
    for file in dump.entries("files.img", images.FILES, fdinfo_pb2.file_entry):
        if file.HasField("usk") and file.usk.HasField("file_perms"):
            perms = file.usk.file_perms
            label = file.usk.name.decode("utf-8", "surrogateescape")
            yield Owner(f"unix socket {label}".rstrip(), None, perms.uid, perms.gid)
    for tty in dump.entries("tty-info.img", images.TTY_INFO, tty_pb2.tty_info_entry):
        if tty.HasField("uid"):
            yield Owner(f"tty {tty.id}", None, tty.uid, tty.gid)
    yield from _system_v(dump)


def _threads(dump: Dump, pid: int, tids: tuple[int, ...]) -> Iterator[Owner]:
    for tid in tids:
        creds = dump.credentials(tid)
        if creds is None:
            continue
        yield Owner(
            f"task {pid}" if tid == pid else f"thread {tid}",
            pid,
            creds.uid,
            creds.gid,
            (("euid", creds.euid), ("suid", creds.suid), ("fsuid", creds.fsuid)),
            (
                ("egid", creds.egid),
                ("sgid", creds.sgid),
                ("fsgid", creds.fsgid),
                *(("group", group) for group in creds.groups),
            ),
            creds.cap_eff,
        )


def _named(dump: Dump, prefix: str) -> list[str]:
    return sorted(name for name in dump.files_listed if name.startswith(prefix) and name.endswith(".img"))


def _system_v(dump: Dump) -> Iterator[Owner]:
    """System V objects; each image has raw bytes between its entries (criu/ipc_ns.c)."""
    for prefix, label, walk in (
        ("ipcns-shm-", "sysv shm", _shm),
        ("ipcns-sem-", "sysv sem", _sem),
        ("ipcns-msg-", "sysv msg", _msg),
    ):
        for name in _named(dump, prefix):
            try:
                for number, uids, gids in walk(read_file(dump.path / name), name):
                    yield Owner(f"{label} {number}", None, uids[0], gids[0], (("cuid", uids[1]),), (("cgid", gids[1]),))
            except ImageError as error:
                dump.note_problem(name, error)


_Found = tuple[int, tuple[int, int], tuple[int, int]]


def _shm(data: bytes, name: str) -> Iterator[_Found]:
    def after(payload: bytes, offset: int, index: int) -> tuple[ipc_shm_pb2.ipc_shm_entry, int]:
        entry = parse(payload, ipc_shm_pb2.ipc_shm_entry, name, offset, index)
        return entry, 0 if entry.in_pagemaps else _rounded(entry.size, 4)

    for entry in _walk(data, images.IPCNS_SHM, name, after):
        yield entry.desc.id, (entry.desc.uid, entry.desc.cuid), (entry.desc.gid, entry.desc.cgid)


def _sem(data: bytes, name: str) -> Iterator[_Found]:
    def after(payload: bytes, offset: int, index: int) -> tuple[ipc_sem_pb2.ipc_sem_entry, int]:
        entry = parse(payload, ipc_sem_pb2.ipc_sem_entry, name, offset, index)
        return entry, _rounded(2 * entry.nsems, 8)

    for entry in _walk(data, images.IPCNS_SEM, name, after):
        yield entry.desc.id, (entry.desc.uid, entry.desc.cuid), (entry.desc.gid, entry.desc.cgid)


def _msg(data: bytes, name: str) -> Iterator[_Found]:
    offset = payload_start(data, images.IPCNS_MSG, name)
    index = 0
    while offset < len(data):
        payload, offset = frame(data, offset, name, index)
        entry = parse(payload, ipc_msg_pb2.ipc_msg_entry, name, offset, index)
        yield entry.desc.id, (entry.desc.uid, entry.desc.cuid), (entry.desc.gid, entry.desc.cgid)
        for _ in range(entry.qnum):
            # Each message of the queue is an entry of its own with its bytes behind it.
            payload, offset = frame(data, offset, name, index)
            offset += _rounded(parse(payload, ipc_msg_pb2.ipc_msg, name, offset, index).msize, 8)
        index += 1


def _walk(
    data: bytes, kind: images.Kind, name: str, after: Callable[[bytes, int, int], tuple[images.M, int]]
) -> Iterator[images.M]:
    """Entries that each say how many raw bytes follow them."""
    offset = payload_start(data, kind, name)
    index = 0
    while offset < len(data):
        payload, offset = frame(data, offset, name, index)
        entry, raw = after(payload, offset, index)
        yield entry
        offset += raw
        index += 1


def _rounded(count: int, unit: int) -> int:
    return -(-count // unit) * unit
