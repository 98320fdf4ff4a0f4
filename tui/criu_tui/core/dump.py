"""A dump directory: its files, its task tree, each task's address space, loaded when asked for.

Opening reads the listing, inventory.img and pstree.img. Everything else is read on
first use, once, from whichever thread asks; what cannot be read is kept as a problem
and the rest of the dump stays usable.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

from criu_tui.core import images
from criu_tui.core.idmap import Extent, IdMap
from criu_tui.core.images import ImageError, read_entries, read_file, reason_of
from criu_tui.core.memory import TASK_SIZE_X86_64, Kind, Vma
from criu_tui.core.pages import Pagemap, decode_pagemap
from criu_tui.core.schema import (
    core_pb2,
    creds_pb2,
    fdinfo_pb2,
    inventory_pb2,
    memfd_pb2,
    mm_pb2,
    pstree_pb2,
    regfile_pb2,
    userns_pb2,
)
from criu_tui.core.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

T = TypeVar("T")

TASK_ALIVE, TASK_DEAD, TASK_STOPPED, TASK_ZOMBIE = 1, 2, 3, 6
_STATE_NAMES = {TASK_ALIVE: "alive", TASK_DEAD: "dead", TASK_STOPPED: "stopped", TASK_ZOMBIE: "zombie"}


_NEEDED = ("inventory", "pstree", "files", "core-", "mm-")
"""Images that every dump has: one that is absent is a problem."""


class NotADumpError(Exception):
    """The path holds nothing to open; the message is one line that names it."""


@dataclass(frozen=True, slots=True)
class Task:
    """One entry of pstree.img with its place in the tree."""

    pid: int
    ppid: int
    pgid: int
    sid: int
    threads: tuple[int, ...]
    depth: int
    """0 for a task whose parent is not in the dump."""


@dataclass(frozen=True, slots=True)
class TaskCore:
    """What core-PID.img says of a task; every field is None when the image cannot be read."""

    comm: str | None = None
    """As in the dump: make it safe before showing it."""
    state: int | None = None
    arch: str | None = None
    loginuid: int | None = None

    @property
    def alive(self) -> bool:
        """Whether the task has an address space; taken for granted when unknown."""
        return self.state not in (TASK_DEAD, TASK_ZOMBIE)

    @property
    def state_name(self) -> str:
        return "unknown" if self.state is None else _STATE_NAMES.get(self.state, f"state {self.state}")


@dataclass(frozen=True, slots=True)
class File:
    """What a restore opens for an id of files.img."""

    id: int
    type: str
    path: str | None
    """As in the dump; for memory files their name. None for a kind without one."""


@dataclass(frozen=True, slots=True)
class AddressSpace:
    """The VMAs of a task in image order: sorted by start, then the fake guard VMAs."""

    vmas: tuple[Vma, ...] = ()
    exe_file_id: int | None = None
    start_stack: int | None = None

    def kind(self, vma: Vma) -> Kind:
        """The VMA's kind; the main stack is known only by the address that mm holds."""
        kind = vma.traits.kind
        if kind is Kind.ANON and self.start_stack is not None and vma.start <= self.start_stack < vma.end:
            return Kind.STACK
        return kind

    def at(self, address: int) -> int | None:
        """Index of the first VMA that holds an address."""
        return next((i for i, vma in enumerate(self.vmas) if vma.start <= address < vma.end), None)


@dataclass(frozen=True, slots=True)
class UserNamespace:
    """The id maps of userns-ID.img."""

    id: int
    uid_map: IdMap
    gid_map: IdMap


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The five sets of a thread, bit by bit as in capabilities(7)."""

    effective: int
    permitted: int
    inheritable: int
    bounding: int
    ambient: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """Ids of a thread inside its user namespace."""

    uid: int
    gid: int
    euid: int
    egid: int
    suid: int
    sgid: int
    fsuid: int
    fsgid: int
    groups: tuple[int, ...]
    capabilities: Capabilities


@dataclass(slots=True)
class _Once:
    """Results by key, each computed once even when threads ask together."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    results: dict[object, object] = field(default_factory=dict)

    def __call__(self, key: object, compute: Callable[[], T]) -> T:
        with self.lock:
            if key not in self.results:
                self.results[key] = compute()
            return cast("T", self.results[key])


class Dump:
    """One images directory. Raises NotADumpError when the path holds no CRIU images."""

    task_size = TASK_SIZE_X86_64

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shown_path = path
        """What the screen calls it; a built-in dump lies in a directory that means nothing."""
        self._once = _Once()
        self._problems: dict[str, ImageError] = {}
        try:
            with os.scandir(path) as listing:
                self.files_listed = frozenset(entry.name for entry in listing)
        except NotADirectoryError:
            raise NotADumpError(f"{display_safe(str(path))}: is a file; give the directory it lies in") from None
        except OSError as error:
            raise NotADumpError(f"{display_safe(str(path))}: {reason_of(error)}") from error
        if not self.files_listed:
            raise NotADumpError(f"{display_safe(str(path))}: the directory is empty")
        if not any(name.endswith(".img") or name in ("dump.log", "restore.log") for name in self.files_listed):
            raise NotADumpError(f"{display_safe(str(path))}: holds no CRIU images (no *.img and no dump.log)")
        self.inventory = self._read_inventory()
        self.tasks = self._read_tasks()
        self.pids = {task.pid: index for index, task in enumerate(self.tasks)}

    @property
    def has_images(self) -> bool:
        """Whether there is any image; a failed dump leaves only its log."""
        return any(name.endswith(".img") for name in self.files_listed)

    @property
    def run_id(self) -> str:
        """CRIU's id of the run that wrote these images; empty where an older release did not say it."""
        return "" if self.inventory is None else self.inventory.dump_criu_run_id

    @property
    def problems(self) -> tuple[ImageError, ...]:
        """What has turned out unreadable or missing so far, by file name."""
        with self._once.lock:
            return tuple(self._problems[name] for name in sorted(self._problems))

    def load(self) -> None:
        """Reads what every pane needs, so that `problems` is complete."""
        _ = self.files, self.user_namespace, self.parent
        for task in self.tasks:
            self.core(task.pid)
            self.credentials(task.pid)
            self.address_space(task.pid)
            self.pagemap(task.pid)

    # Opening

    def _read_inventory(self) -> inventory_pb2.inventory_entry | None:
        entries = self.entries("inventory.img", images.INVENTORY, inventory_pb2.inventory_entry, single=True)
        return entries[0] if entries else None

    def _read_tasks(self) -> tuple[Task, ...]:
        tasks: list[Task] = []
        depths: dict[int, int] = {}
        for entry in self.entries("pstree.img", images.PSTREE, pstree_pb2.pstree_entry):
            depth = depths[entry.ppid] + 1 if entry.ppid in depths else 0
            depths.setdefault(entry.pid, depth)
            tasks.append(Task(entry.pid, entry.ppid, entry.pgid, entry.sid, tuple(entry.threads), depth))
        return tuple(tasks)

    # One task

    def core(self, pid: int) -> TaskCore:
        """What core-PID.img says of a task."""
        return self._once(("core", pid), lambda: self._read_core(pid)[0])

    def credentials(self, tid: int) -> Credentials | None:
        """Ids of a thread: from its core image or, before CRIU 2.0, creds-PID.img; None without either."""
        return self._once(("creds", tid), lambda: self._read_credentials(tid))

    def address_space(self, pid: int) -> AddressSpace:
        """The VMAs of a task; none for a dead one."""
        return self._once(("mm", pid), lambda: self._read_address_space(pid))

    def pagemap(self, pid: int) -> Pagemap:
        """The page runs of a task; none for a dead one."""
        return self._once(("pagemap", pid), lambda: self._read_pagemap(pid))

    def core_entry(self, tid: int) -> core_pb2.core_entry | None:
        """The core image of a thread."""
        return self._once(("core entry", tid), lambda: self._read_core_entry(tid))

    def _read_core_entry(self, tid: int) -> core_pb2.core_entry | None:
        entries = self.entries(f"core-{tid}.img", images.CORE, core_pb2.core_entry, single=True)
        return entries[0] if entries else None

    def _read_core(self, pid: int) -> tuple[TaskCore, Credentials | None]:
        entry = self.core_entry(pid)
        if entry is None:
            return TaskCore(), None
        arch = core_pb2.core_entry.march.Name(entry.mtype)
        core = TaskCore(arch=arch)
        if entry.HasField("tc"):
            core = TaskCore(
                comm=entry.tc.comm,
                state=entry.tc.task_state,
                arch=arch,
                loginuid=entry.tc.loginuid if entry.tc.HasField("loginuid") else None,
            )
        creds = None
        if entry.HasField("thread_core") and entry.thread_core.HasField("creds"):
            creds = _credentials(entry.thread_core.creds)
        return core, creds

    def _read_credentials(self, tid: int) -> Credentials | None:
        creds = self._read_core(tid)[1]
        if creds is not None or f"creds-{tid}.img" not in self.files_listed:
            return creds
        entries = self.entries(f"creds-{tid}.img", images.CREDS, creds_pb2.creds_entry, single=True)
        return _credentials(entries[0]) if entries else None

    def _read_address_space(self, pid: int) -> AddressSpace:
        if not self.core(pid).alive:
            return AddressSpace()
        entries = self.entries(f"mm-{pid}.img", images.MM, mm_pb2.mm_entry, single=True)
        if not entries:
            return AddressSpace()
        return AddressSpace(
            tuple(
                Vma(v.start, v.end, v.pgoff, v.shmid, v.prot, v.flags, v.status, v.fd, v.madv) for v in entries[0].vmas
            ),
            entries[0].exe_file_id,
            entries[0].mm_start_stack,
        )

    def _read_pagemap(self, pid: int) -> Pagemap:
        if not self.core(pid).alive:
            return Pagemap()
        name = f"pagemap-{pid}.img"
        try:
            data = read_file(self.path / name)
        except ImageError as error:
            self.note_problem(name, error)
            return Pagemap(name=name)
        pagemap, problem = decode_pagemap(data, name)
        if problem is not None:
            self._problems[name] = problem
        return pagemap

    # The whole dump

    @property
    def files(self) -> dict[int, File]:
        """Open and mapped files by their id: files.img, or reg-files.img before CRIU 3.4."""
        return self._once("files", self._read_files)

    def _read_files(self) -> dict[int, File]:
        names: dict[int, str] = {}
        if "memfd.img" in self.files_listed:
            for inode in self.entries("memfd.img", images.MEMFD, memfd_pb2.memfd_inode_entry):
                names[inode.inode_id] = inode.name
        files: dict[int, File] = {}
        if "files.img" not in self.files_listed and "reg-files.img" in self.files_listed:
            for reg in self.entries("reg-files.img", images.REG_FILES, regfile_pb2.reg_file_entry):
                files[reg.id] = File(reg.id, "REG", reg.name)
            return files
        for entry in self.entries("files.img", images.FILES, fdinfo_pb2.file_entry):
            path: str | None = None
            if entry.HasField("reg"):
                path = entry.reg.name
            elif entry.HasField("memfd"):
                name = names.get(entry.memfd.inode_id)
                path = None if name is None else f"memfd:{display_safe(name)}"
            files[entry.id] = File(entry.id, fdinfo_pb2.fd_types.Name(entry.type), path)
        return files

    def path_of(self, vma: Vma) -> str | None:
        """The path of the file a VMA maps, as in the dump; None without one."""
        if not vma.traits.file:
            return None
        file = self.files.get(vma.shmid)
        return file.path if file else None

    @property
    def user_namespace(self) -> UserNamespace | None:
        """The dumped user namespace; None when the tasks live in CRIU's own."""
        return self._once("userns", self._read_user_namespace)

    def _read_user_namespace(self) -> UserNamespace | None:
        for name in sorted(self.files_listed):
            number = name.removeprefix("userns-").removesuffix(".img")
            if name != f"userns-{number}.img" or not number.isdecimal():
                continue
            entries = self.entries(name, images.USERNS, userns_pb2.userns_entry, single=True)
            if entries:
                return UserNamespace(int(number), _extents(entries[0].uid_map), _extents(entries[0].gid_map))
        return None

    @property
    def parent(self) -> Dump | None:
        """The dump that the link `parent` leads to: this one is then incremental."""
        return self._once("parent", self._read_parent)

    def _read_parent(self) -> Dump | None:
        if "parent" not in self.files_listed:
            return None
        link = self.path / "parent"
        try:
            if link.is_file():
                # A copy that cannot hold links (git, some archives) keeps the target as text.
                target = os.fsdecode(read_file(link, 4096)).strip()
                return Dump(self.path / target)
            return Dump(link)
        except (ImageError, ValueError) as error:
            self._problems["parent"] = ImageError("parent", None, str(error))
            return None
        except NotADumpError as error:
            self._problems["parent"] = ImageError("parent", None, str(error))
            return None

    @property
    def parent_link(self) -> Path | None:
        """Where the link `parent` says that the parent dump lies; None for none, or for a copy without links."""
        try:
            return (self.path / "parent").readlink()
        except OSError:
            return None

    @property
    def incremental(self) -> bool:
        """Whether there is a link `parent`, wherever it leads."""
        return "parent" in self.files_listed

    def entries(
        self, name: str, kind: images.Kind, message: type[images.M], *, single: bool = False
    ) -> tuple[images.M, ...]:
        """The entries of an image; none when it is not in the listing and no task needs it."""
        if name not in self.files_listed and not name.startswith(_NEEDED):
            return ()
        image = read_entries(self.path / name, kind, message, single=single)
        if image.error is not None:
            self.note_problem(name, image.error)
        return image.entries

    def note_problem(self, name: str, error: ImageError) -> None:
        """Keeps why an image cannot be read, or not to its end."""
        with self._once.lock:
            self._problems[name] = error


def _credentials(entry: creds_pb2.creds_entry) -> Credentials:
    return Credentials(
        entry.uid,
        entry.gid,
        entry.euid,
        entry.egid,
        entry.suid,
        entry.sgid,
        entry.fsuid,
        entry.fsgid,
        tuple(entry.groups),
        Capabilities(*map(_mask, (entry.cap_eff, entry.cap_prm, entry.cap_inh, entry.cap_bnd, entry.cap_amb))),
    )


def _mask(words: Sequence[int]) -> int:
    """One number of two 32-bit words, the low one first."""
    return sum(word << 32 * index for index, word in enumerate(words[:2]))


def _extents(entries: Iterable[userns_pb2.uid_gid_extent]) -> IdMap:
    return tuple(Extent(entry.first, entry.lower_first, entry.count) for entry in entries)
