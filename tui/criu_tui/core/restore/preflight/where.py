"""Where a file of the dump lies on the disk of who restores it."""

from __future__ import annotations

import errno
import functools
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.kernel_files import lines
from criu_tui.core.base.text import display_safe
from criu_tui.core.dump.mounts import UNNAMED, mounts
from criu_tui.core.dump.namespaces import namespaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.mounts import Mount
    from criu_tui.core.restore.preflight.attempt import Attempt

MINOR_BITS = 20
LINKS = 40
"""Symbolic links that are followed on the way to one file, as in the kernel (MAXSYMLINKS)."""
MADE_ANEW = frozenset(
    ("proc", "sysfs", "devtmpfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "securityfs", "debugfs", "tracefs",
     "fusectl", "pstore", "binfmt_misc", "autofs")
)  # fmt: skip
"""File systems whose contents come from the kernel or from images (criu/filesystems.c)."""


class OnDisk(NamedTuple):
    """A path below the root of the restore, as in the dump."""

    path: str
    elsewhere: str = ""
    """Why no file below the root stands for it; empty where one does."""


class Mounted(NamedTuple):
    """One line of /proc/self/mountinfo."""

    device: int
    """major << 20 | minor, as the images have it."""
    root: str
    point: str
    kind: str
    source: str


def own_namespace(dump: Dump, kind: str) -> bool:
    """Whether the tasks have a namespace of this kind that was not CRIU's own, so that a restore makes it."""
    return any(each.kind == kind and each.shared_with_criu is False for each in namespaces(dump))


def root_mount(dump: Dump) -> Mount | None:
    """The root of the tasks' own mount namespace; None where they have none."""
    return next((each for each in mounts(dump) if each.depth == 0), None)


def on_disk(dump: Dump, mount_id: int, path: str) -> OnDisk:
    """Where a file lies that was opened on a mount of the images.

    On a mount that was bound from the file system of the root it lies below the root too, under another name.
    """
    if re.match(r"/proc(/|$)", path):
        return OnDisk(path, "in /proc")
    known = dump.once("mounts by id", lambda: {each.id: each for each in mounts(dump)})
    if not known or mount_id == -1:
        return OnDisk(path)
    own, top = known.get(mount_id), root_mount(dump)
    if own is None or top is None:
        return OnDisk(path, f"on mount {mount_id}, which no image describes")
    if own.id == top.id:
        return OnDisk(path)
    shown = display_safe(own.point)
    if own.external:
        return OnDisk(path, f"on {shown}, which is given from outside")
    if own.file_system in MADE_ANEW:
        return OnDisk(path, f"on {shown}, a {display_safe(own.file_system)} that the restore makes")
    base = top.root.rstrip("/")
    inner = own.root.rstrip("/") + path.removeprefix(own.point.rstrip("/"))
    if own.device == top.device and inner.startswith(f"{base}/"):
        return OnDisk(inner.removeprefix(base))
    return OnDisk(path, f"on {shown}, a {display_safe(own.file_system)} of its own")


def root_of(attempt: Attempt) -> Path | None:
    """The directory that the restored tasks see as their root; None where it is not known.

    With a mount namespace of their own CRIU wants it said (--root). Without a word that it is another one, it is the
    directory that it was when dumped, where this machine has it.
    """
    if attempt.around.root is not None:
        return attempt.around.root
    if not own_namespace(attempt.dump, "mnt"):
        return Path("/")
    top = root_mount(attempt.dump)
    return None if top is None or not attempt.around.here else outside(top)


def outside(mount: Mount) -> Path | None:
    """Where on this machine the directory lies that was mounted; None where it does not, or nobody can tell.

    Numbers of devices without hardware (major 0) are handed out as they come: there the kind and the source of the
    file system must be the same too, and a whole one tells nothing.
    """
    inner = mount.root
    places = (
        place
        for each, place in _places(mount)
        if mount.device >> MINOR_BITS or (_same_file_system(mount, each) and inner != "/")
    )
    return next((place for place in places if place.exists()), None)


def gone(mount: Mount) -> Path | None:
    """Where it would lie on the file system that it was taken from, which is here, while the directory is not."""
    if outside(mount) is not None or not mount.device >> MINOR_BITS:
        return None
    return next((place for each, place in _places(mount) if _same_file_system(mount, each)), None)


def _same_file_system(mount: Mount, here: Mounted) -> bool:
    return here.source == mount.source and mount.file_system in (here.kind, UNNAMED)


def _places(mount: Mount) -> Iterator[tuple[Mounted, Path]]:
    """Everywhere that its device shows what was mounted, or would."""
    for each in mounted():
        base = each.root.rstrip("/")
        if each.device == mount.device and (mount.root == each.root or mount.root.startswith(f"{base}/")):
            yield each, Path(each.point) / mount.root.removeprefix(base).lstrip("/")


@functools.cache
def mounted() -> tuple[Mounted, ...]:
    """What is mounted for this process, the longest roots first."""
    return tuple(sorted(_mounted(), key=lambda each: -len(each.root)))


def _mounted() -> Iterator[Mounted]:
    try:
        text = os.fsdecode(Path("/proc/self/mountinfo").read_bytes())
    except OSError:
        return
    for line in lines(text):
        before, _, after = line.partition(" - ")
        _, _, device, root, point, *_ = before.split(" ")
        kind, source, *_ = after.split(" ")
        major, _, minor = device.partition(":")
        number = int(major) << MINOR_BITS | int(minor)
        yield Mounted(number, _unescaped(root), _unescaped(point), kind, _unescaped(source))


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def beneath(root: Path, path: str) -> Path:
    """A path of the restored tasks on this machine, its symbolic links followed below their root.

    The last part is not followed. Raises OSError where a part on the way is missing or is no directory.
    """
    if root == Path("/"):
        return Path(path)
    found = root
    rest = [part for part in reversed(path.split("/")) if part not in ("", ".")]
    links = 0
    while rest:
        part = rest.pop()
        if part == "..":
            found = root if found == root else found.parent
            continue
        found = found / part
        if rest and found.is_symlink():
            links += 1
            if links > LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            target = str(found.readlink())
            found = root if target.startswith("/") else found.parent
            rest += [part for part in reversed(target.split("/")) if part not in ("", ".")]
    return found


def followed(root: Path, path: str) -> Path:
    """The same with the last part followed, too."""
    found = beneath(root, path)
    for _ in range(LINKS):
        if root == Path("/") or not found.is_symlink():
            return found
        target = str(found.readlink())
        inside = "/" + str(found.parent.relative_to(root)) if not target.startswith("/") else ""
        found = beneath(root, f"{inside}/{target}")
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
