"""The mounts that a running process sees, as images hold them.

Source: proc_pid_mountinfo(5).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.kernel_files import lines
from criu_tui.core.dump.mounts import FILE_SYSTEMS
from criu_tui.core.images.schema import mnt_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPED = re.compile(r"\\([0-7]{3})")
_FLAGS = {"ro": 1, "nosuid": 2, "nodev": 4, "noexec": 8, "noatime": 1024, "nodiratime": 2048, "relatime": 1 << 21}
_PRIVATE, _SLAVE, _SHARED = 1 << 18, 1 << 19, 1 << 20
_NUMBERS = {name: number for number, name in FILE_SYSTEMS.items()}


class LiveMount(NamedTuple):
    """One line of mountinfo; text is as the kernel has it."""

    id: int
    parent: int
    device: tuple[int, int]
    root: str
    point: str
    options: str
    shared: int
    """Its peer group; 0 when it is private."""
    master: int
    """The peer group that it takes mounts from; 0 for none."""
    kind: str
    source: str
    own_options: str
    """Of the file system."""


def live_mounts(text: str) -> Iterator[LiveMount]:
    """The mounts of a mountinfo file, in its order; lines that are not understood are left out."""
    for line in lines(text):
        before, dash, after = line.partition(" - ")
        words, rest = before.split(" "), after.split(" ")
        if not dash or len(words) < 6 or len(rest) < 3:
            continue
        groups = dict(each.partition(":")[::2] for each in words[6:])
        major, _, minor = words[2].partition(":")
        yield LiveMount(
            int(words[0]),
            int(words[1]),
            (int(major), int(minor)),
            _plain(words[3]),
            _plain(words[4]),
            words[5],
            int(groups.get("shared") or 0),
            int(groups.get("master") or 0),
            rest[0],
            _plain(rest[1]),
            " ".join(rest[2:]),
        )


def mount_entries(text: str) -> Iterator[mnt_pb2.mnt_entry]:
    """The same as entries of mountpoints-ID.img."""
    for mount in live_mounts(text):
        flags = sum(_FLAGS.get(word, 0) for word in set(mount.options.split(",")))
        flags |= _SHARED if mount.shared else _SLAVE if mount.master else _PRIVATE
        number = _NUMBERS.get(mount.kind, 0)
        yield mnt_pb2.mnt_entry(
            fstype=number,
            fsname=None if number else mount.kind,
            mnt_id=mount.id,
            root_dev=mount.device[0] << 20 | mount.device[1],
            parent_mnt_id=mount.parent,
            flags=flags,
            root=_encodable(mount.root),
            mountpoint=f".{_encodable(mount.point)}",
            source=_encodable(mount.source),
            options=_encodable(mount.own_options),
            shared_id=mount.shared or None,
            master_id=mount.master or None,
        )


def _plain(text: str) -> str:
    """The kernel writes spaces and the like as three octal digits."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)


def _encodable(text: str) -> str:
    return text.encode(errors="surrogateescape").decode(errors="replace")
