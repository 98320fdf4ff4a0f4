"""What a running process has open, and the directories that it is in, as /proc names them.

Sources: proc_pid_fd(5), proc_pid_fdinfo(5). Nothing is opened: a descriptor is looked at by its link and its status.
"""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from criu_tui.core.base.kernel_files import lines
from criu_tui.core.base.limits import DESCRIPTOR_LIMIT
from criu_tui.core.live.process import PROC, LiveError, link, read
from criu_tui.core.source.error import reason_of

DELETED = " (deleted)"
"""What the kernel writes behind the name of a file that has none left."""


class OpenedFile(NamedTuple):
    """What one descriptor, or a link such as cwd, leads to."""

    pid: int
    fd: int
    """-1 for a link that is no descriptor."""
    target: str
    """As the kernel writes it, such as "/etc/passwd" or "socket:[12]": make it safe before it is shown."""
    status: os.stat_result | None
    """None where it may not be seen."""
    info: tuple[tuple[str, str], ...]
    """The lines of its fdinfo: a name may come more than once."""

    @property
    def position(self) -> int:
        """Where it is read or written next, in bytes."""
        return int(self.first("pos") or 0)

    @property
    def flags(self) -> int:
        """O_* bits."""
        return int(self.first("flags") or "0", 8)

    @property
    def mount(self) -> int:
        """Id of the mount that it was opened through; -1 where that is not known."""
        return int(self.first("mnt_id") or -1)

    @property
    def mode(self) -> int:
        """Type and permissions, st_mode; 0 where they may not be seen."""
        return 0 if self.status is None else self.status.st_mode

    @property
    def inode(self) -> int:
        """Its number; 0 where it may not be seen."""
        return 0 if self.status is None else self.status.st_ino

    @property
    def device(self) -> tuple[int, int]:
        """Major and minor number of a device; zeros of anything else."""
        if self.status is None or not (stat.S_ISCHR(self.mode) or stat.S_ISBLK(self.mode)):
            return 0, 0
        return os.major(self.status.st_rdev), os.minor(self.status.st_rdev)

    @property
    def anonymous(self) -> str:
        """The kernel's word for a file of no file system, such as "eventpoll"; empty for any other."""
        return self.target.removeprefix("anon_inode:").strip("[]") if self.target.startswith("anon_inode:") else ""

    @property
    def nameless(self) -> bool:
        """Whether its name has been removed."""
        return self.target.startswith("/") and self.target.endswith(DELETED)

    @property
    def path(self) -> str:
        """Its path without what the kernel writes behind it."""
        return self.target.removesuffix(DELETED) if self.nameless else self.target

    def first(self, name: str) -> str:
        """The first line of its fdinfo of this name; empty without one."""
        return next((value for key, value in self.info if key == name), "")

    def all(self, name: str) -> list[str]:
        """All lines of its fdinfo of this name."""
        return [value for key, value in self.info if key == name]


def opened_files(pid: int) -> list[OpenedFile]:
    """Everything that a process has open, by descriptor. Raises LiveError when that may not be seen."""
    where = PROC / str(pid) / "fd"
    try:
        names = sorted(int(each.name) for each in where.iterdir())
    except OSError as error:
        raise LiveError(f"{where}: {reason_of(error)}") from error
    return [_file(pid, f"fd/{fd}", fd) for fd in names[:DESCRIPTOR_LIMIT]]


def directory(pid: int, name: str) -> OpenedFile:
    """Where one of the links cwd, root and exe of a process leads."""
    return _file(pid, name, -1)


def _file(pid: int, name: str, fd: int) -> OpenedFile:
    where = PROC / str(pid)
    try:
        # Of what the link leads to, whether or not it has a name left; this opens nothing.
        status = (where / name).stat()
    except OSError:
        status = None
    return OpenedFile(pid, fd, link(where / name), status, _info(pid, fd) if fd >= 0 else ())


def _info(pid: int, fd: int) -> tuple[tuple[str, str], ...]:
    try:
        text = read(PROC / str(pid) / "fdinfo" / str(fd)).decode(errors="replace")
    except LiveError:
        return ()
    # A word before a space names what is watched: "inotify wd:1 ino:2", "tfd: 5 events: 1".
    found = []
    for line in lines(text):
        name, colon, value = line.partition(":")
        word, space, _ = name.partition(" ")
        found.append((word, line.partition(" ")[2].strip()) if space and colon else (name, value.strip()))
    return tuple(found)
