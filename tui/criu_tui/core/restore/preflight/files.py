"""Files that a restore opens by path, held against what lies below its root in CRIU's own order.

criu/files-reg.c, open_path: it opens with the flags of the dump, then compares size, build id and mode.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number
from criu_tui.core.dump.ghosts import remaps
from criu_tui.core.dump.mapped_file import build_id
from criu_tui.core.images.messages import text_of
from criu_tui.core.pages.elf_at_hand import build_id_of
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.uses import opened_files
from criu_tui.core.restore.preflight.where import beneath, followed, on_disk, root_of
from criu_tui.core.restore.releases import BUILD_IDS, FILE_MODES
from criu_tui.core.source.directory import open_regular
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.schema import regfile_pb2
    from criu_tui.core.restore.preflight.attempt import Attempt
    from criu_tui.core.restore.preflight.uses import FileUse

EVERYBODY_EXECUTES = 0o111
ROOT_UNKNOWN = "the tasks have a mount namespace of their own, and where their root lies is not known"
GIVE_ROOT = "give it with --root DIR, as to criu restore"
_ITSELF = os.O_PATH | os.O_NOFOLLOW
"""Flags of a descriptor that may stand for a symbolic link, not for what it leads to."""
NOT_ASKED = frozenset((errno.EACCES, errno.EPERM))


class Trouble(NamedTuple):
    """What is wrong with a file on disk, in words."""

    what: str
    why: str
    advice: str
    state: State = State.FAILS


class Files:
    """Regular files, devices and fifos that are mapped or open, and programs."""

    id: ClassVar[str] = "files"
    what: ClassVar[str] = "mapped and opened files"
    needs: ClassVar[Needs] = Needs.FILES

    def concerns(self, dump: Dump) -> bool:
        """Whether any file is opened by path."""
        return any(not use.directory for use in opened_files(dump).values())

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every file that CRIU would refuse, then how many it takes."""
        return _look(attempt, self.id, directories=False)


class TaskDirectories:
    """The working directory and the root of each task."""

    id: ClassVar[str] = "directories"
    what: ClassVar[str] = "working directories and roots"
    needs: ClassVar[Needs] = Needs.FILES

    def concerns(self, dump: Dump) -> bool:
        """Whether any task is anywhere."""
        return any(use.directory for use in opened_files(dump).values())

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every directory that CRIU would refuse, then how many it takes."""
        return _look(attempt, self.id, directories=True)


def _look(attempt: Attempt, about: str, *, directories: bool) -> Iterator[Check]:
    uses = {number: use for number, use in opened_files(attempt.dump).items() if use.directory is directories}
    root = root_of(attempt)
    if root is None:
        yield Check(about, counted(len(uses), "path"), State.UNKNOWN, ROOT_UNKNOWN, GIVE_ROOT)
        return
    remapped = remaps(attempt.dump)
    fine = failing = 0
    elsewhere: Counter[str] = Counter()
    for file_id, use in uses.items():
        path = text_of(use.entry.name)
        place = on_disk(attempt.dump, use.entry.mnt_id, path)
        if file_id in remapped:
            continue
        if use.entry.ext or place.elsewhere:
            elsewhere[place.elsewhere or "given from outside"] += 1
            continue
        trouble = compare(attempt, use.entry, root, place.path, use)
        if trouble is None:
            fine += 1
            continue
        failing += 1
        shown = display_safe(path)
        holder = use.role if use.pid is None else f"{use.role}, task {use.pid}"
        yield Check(
            about, f"{shown}: {trouble.what}", trouble.state, f"{holder}; {trouble.why}", trouble.advice, use.pid, shown
        )
    if fine:
        every = f"{number(fine)} of {number(fine + failing)}" if failing else counted(fine, "path")
        compared = (
            "there, with the type and mode of the dump" if directories else "there, as dumped: size, build id, mode"
        )
        yield Check(about, f"{every} below {display_safe(str(root))}", State.OK, compared)
    for why, count in elsewhere.items():
        yield Check(about, counted(count, "path"), State.SKIPPED, f"{why}: nothing on this disk stands for it")


def compare(attempt: Attempt, entry: regfile_pb2.reg_file_entry, root: Path, path: str, use: FileUse) -> Trouble | None:
    """What CRIU would say of a file below the root; None when it takes it."""
    itself = entry.flags & _ITSELF == _ITSELF
    try:
        at = beneath(root, path) if itself else followed(root, path)
        status = at.lstat() if itself else at.stat()
    except OSError as error:
        if error.errno in NOT_ASKED:
            return Trouble("cannot be looked at", reason_of(error), "run as the user who restores", State.UNKNOWN)
        return Trouble(
            reason_of(error),
            "CRIU says “Can't open file … on restore”",
            "put it there as it was when dumped: the same image, package or volume, or give another --root",
        )
    except ValueError:
        return Trouble("is no path", "it holds a NUL", "images must be as CRIU wrote them")
    if stat.S_ISLNK(status.st_mode):
        return _by_type(entry, status) or _by_size(entry, status) or _by_mode(attempt, entry, status)
    return (
        _by_type(entry, status)
        or _by_size(entry, status)
        or _by_build_id(attempt, entry, at)
        or _by_mode(attempt, entry, status)
        or _by_use(use, at, status)
    )


def _by_type(entry: regfile_pb2.reg_file_entry, status: os.stat_result) -> Trouble | None:
    """A directory cannot be opened as a file, nor a file as a directory."""
    if not entry.HasField("mode"):
        return None
    wanted, found = stat.S_IFMT(entry.mode), stat.S_IFMT(status.st_mode)
    if wanted == found or (stat.S_ISREG(wanted) and stat.S_ISREG(found)):
        return None
    return Trouble(
        f"is a {_kind(found)}, was a {_kind(wanted)}",
        "CRIU cannot open it as it was, or says “has bad mode”",
        "put there what was dumped",
    )


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFREG: "file",
        stat.S_IFDIR: "directory",
        stat.S_IFCHR: "character device",
        stat.S_IFBLK: "block device",
        stat.S_IFIFO: "fifo",
        stat.S_IFSOCK: "socket",
        stat.S_IFLNK: "symbolic link",
    }
    return kinds.get(mode, "thing of another kind")


def _by_size(entry: regfile_pb2.reg_file_entry, status: os.stat_result) -> Trouble | None:
    if not entry.HasField("size") or entry.size == status.st_size:
        return None
    return Trouble(
        f"has {counted(status.st_size, 'byte')}, had {number(entry.size)}",
        "CRIU says “has bad size”: tasks would read or run what they never opened",
        "put back the file of that size; a log that grew can be truncated to it",
    )


def _by_build_id(attempt: Attempt, entry: regfile_pb2.reg_file_entry, at: Path) -> Trouble | None:
    """Compared where both have one (`--file-validation build-id`, the default)."""
    if BUILD_IDS.lacks(attempt.criu.numbers) or not entry.build_id:
        return None
    try:
        with open_regular(at) as file:
            found = build_id_of(file)
    except (ImageError, OSError):
        return None
    wanted = build_id(entry)
    if not found or wanted == found.ljust(-(-len(found) // 8) * 8, "0"):
        return None
    return Trouble(
        f"has build id {found[:12]}…, had {wanted[:12]}…",
        "of the same size and another build: CRIU says “has bad build-ID”",
        "install the very build that was mapped when dumped",
    )


def _by_mode(attempt: Attempt, entry: regfile_pb2.reg_file_entry, status: os.stat_result) -> Trouble | None:
    if FILE_MODES.lacks(attempt.criu.numbers) or not entry.HasField("mode") or entry.mode == status.st_mode:
        return None
    wanted, found = (stat.S_IMODE(mode) for mode in (entry.mode, status.st_mode))
    return Trouble(
        f"has mode {found:04o} ({linux.mode_text(status.st_mode)}), had {wanted:04o}",
        "CRIU says “has bad mode”",
        f"chmod {wanted:04o} it, or restore with --skip-file-rwx-check (CRIU 3.18 or later)",
    )


def _by_use(use: FileUse, at: Path, status: os.stat_result) -> Trouble | None:
    """What the mount that it lies on forbids."""
    try:
        mounted = os.statvfs(at).f_flag
    except OSError:
        return None
    if use.writes and mounted & os.ST_RDONLY and not (stat.S_ISCHR(status.st_mode) or stat.S_ISFIFO(status.st_mode)):
        return Trouble(
            "lies on a file system that is mounted read-only", "it was open for writing (EROFS)", "mount it read-write"
        )
    if use.executes and mounted & os.ST_NOEXEC:
        return Trouble(
            "lies on a file system that is mounted noexec", "its code is mapped (EPERM)", "mount it without noexec"
        )
    if use.role == "its program" and not status.st_mode & EVERYBODY_EXECUTES:
        return Trouble("may be executed by nobody", "it is a program (EACCES)", "chmod +x it")
    return None
