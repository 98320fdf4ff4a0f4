"""The mounts of each mount namespace, as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.base.limits import MOUNT_DEPTH_LIMIT
from criu_tui.core.dump.listed import numbered
from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import mnt_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

FILE_SYSTEMS = {value: name.lower() for name, value in (
    ("PROC", 1), ("SYSFS", 2), ("DEVTMPFS", 3), ("BINFMT_MISC", 4), ("TMPFS", 5), ("DEVPTS", 6), ("SIMFS", 7),
    ("PSTORE", 8), ("SECURITYFS", 9), ("FUSECTL", 10), ("DEBUGFS", 11), ("CGROUP", 12), ("AUFS", 13), ("MQUEUE", 14),
    ("FUSE", 15), ("OVERLAY", 17), ("AUTOFS", 18), ("TRACEFS", 19), ("CGROUP2", 23),
)}  # fmt: skip
"""What CRIU knows by number; any other file system it names."""
UNNAMED = "other"
"""One that the images have no name for: ordinary ones, which CRIU has nothing to do with (ext4)."""


class Mount(NamedTuple):
    """One mount; text is as in the dump."""

    namespace: int
    id: int
    parent_id: int
    depth: int
    """0 for the root of the namespace."""
    file_system: str
    root: str
    """What of the file system is seen, from its own root."""
    point: str
    source: str
    flags: tuple[str, ...]
    options: str
    shared_id: int
    """The peer group it gives mounts to; 0 when it is private."""
    master_id: int
    """The peer group it takes mounts from; 0 when it takes from none."""
    external: str
    """The key that a restore maps it with; "yes" where it is external without one; empty when it is not."""
    device: int
    """major << 20 | minor."""
    deleted: bool
    by_plugin: bool
    read_only: bool
    """The mount itself, whatever its file system is."""

    @property
    def propagation(self) -> str:
        """ "private", "shared:3", "slave:2 shared:3", as /proc/PID/mountinfo has it."""
        words = [f"master:{self.master_id}"] if self.master_id else []
        if self.shared_id:
            words.append(f"shared:{self.shared_id}")
        if "unbindable" in self.flags:
            words.append("unbindable")
        return " ".join(words) or "private"


def mounts(dump: Dump) -> tuple[Mount, ...]:
    """Every mount, by namespace, each below what it is mounted on."""
    return dump.once("mounts", lambda: tuple(_mounts(dump)))


def _mounts(dump: Dump) -> Iterator[Mount]:
    for number, name in numbered(dump, kinds.MNTS):
        yield from _tree(number, dump.entries(name, kinds.MNTS, mnt_pb2.mnt_entry))


def _tree(namespace: int, entries: tuple[mnt_pb2.mnt_entry, ...]) -> Iterator[Mount]:
    known = {entry.mnt_id for entry in entries}
    below: dict[int, list[mnt_pb2.mnt_entry]] = {}
    roots: list[mnt_pb2.mnt_entry] = []
    for entry in entries:
        if entry.parent_mnt_id in known and entry.parent_mnt_id != entry.mnt_id:
            below.setdefault(entry.parent_mnt_id, []).append(entry)
        else:
            roots.append(entry)
    rest = [(entry, 0) for entry in reversed(roots)]
    told: set[int] = set()
    while rest:
        entry, depth = rest.pop()
        if entry.mnt_id in told:
            continue
        told.add(entry.mnt_id)
        yield _mount(namespace, entry, depth)
        rest += ((child, min(depth + 1, MOUNT_DEPTH_LIMIT)) for child in reversed(below.get(entry.mnt_id, ())))
    # What is mounted in a ring hangs below no root.
    yield from (_mount(namespace, entry, 0) for entry in entries if entry.mnt_id not in told)


def _mount(namespace: int, entry: mnt_pb2.mnt_entry, depth: int) -> Mount:
    file_system = text_of(entry.fsname) or FILE_SYSTEMS.get(entry.fstype, UNNAMED)
    key = text_of(entry.ext_key)
    return Mount(
        namespace,
        entry.mnt_id,
        entry.parent_mnt_id,
        depth,
        file_system,
        text_of(entry.root),
        _point(text_of(entry.mountpoint)),
        text_of(entry.source),
        linux.bits(entry.flags | entry.sb_flags, linux.MOUNT_FLAGS),
        text_of(entry.options),
        entry.shared_id,
        entry.master_id,
        key or ("yes" if entry.ext_mount else ""),
        entry.root_dev,
        entry.deleted,
        entry.with_plugin,
        bool(entry.flags & linux.MS_RDONLY),
    )


def _point(text: str) -> str:
    """CRIU writes "./proc" for "/proc"."""
    return text[1:] or "/" if text.startswith("./") else "/" if text == "." else text
