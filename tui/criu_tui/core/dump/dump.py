"""A dump directory: its files, its task tree, each task's address space, loaded when asked for.

Opening reads the listing, inventory.img and pstree.img. Everything else is read on
first use, once, from whichever thread asks; what cannot be read is kept as a problem
and the rest of the dump stays usable.
"""

from __future__ import annotations

import itertools
import os
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from criu_tui.core.base.once import Once
from criu_tui.core.base.text import display_safe, number
from criu_tui.core.dump.address_space import AddressSpace, VmasOfImage
from criu_tui.core.dump.task import Task, TaskCore, task_core
from criu_tui.core.dump.vma import TASK_SIZE_X86_64, Vma
from criu_tui.core.images import images
from criu_tui.core.images.images import Image, M, known_name, length_of, read_entries, text_of
from criu_tui.core.images.schema import core_pb2, inventory_pb2, mm_pb2, pstree_pb2
from criu_tui.core.source.directory import Directory
from criu_tui.core.source.error import ImageError, reason_of
from criu_tui.core.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
    from pathlib import Path

    from criu_tui.core.dump.credentials import Credentials
    from criu_tui.core.dump.idmap import IdMap, UserNamespace
    from criu_tui.core.images.schema import userns_pb2, vma_pb2
    from criu_tui.core.images.unknown_fields import UnknownField
    from criu_tui.core.pages.pagemap import Builder, Coverages, Pagemap

_NEEDED = ("inventory", "pstree", "files", "core-", "mm-")
"""Images that every dump has: one that is absent is a problem."""

TASK_LIMIT = 1 << 15
"""Tasks that are kept of pstree.img."""
THREAD_LIMIT = 1 << 16
"""Threads that are kept of all tasks together: each has an image of its own."""
PROBLEM_LIMIT = 1000
"""Problems that are kept; of the others, how many there are."""
UNKNOWN_LIMIT = 1000
"""Unknown fields that are kept; from then on no more are looked for."""
UNLOOKED = 4 << 20
"""Bytes of messages that may wait to be looked at for unknown fields: the first screen needs none of that."""
CHAIN_LIMIT = 64
"""Parent dumps that are followed."""
CIPHER = "cipher.img"
"""What holds the key of a dump with encrypted images."""
COMPRESSED_VERSION = 3
"""The first img_version whose pages may be compressed."""
ENTRIES_KEPT = 4_000_000
"""Pagemap entries kept in memory, some 170 MB; a pagemap that is left is given back and read again when needed."""
MESSAGES_KEPT = 4 << 20
"""Bytes of messages that are kept, tenfold in memory: images that many facts are drawn from are small."""
MESSAGE_COST = 32
"""What a message counts for besides its bytes, so that empty ones have a bound too."""
COLUMNS_FROM = 512 << 10
"""Bytes of a pagemap image, some 30,000 entries, from which decoding in columns is worth importing numpy."""


class NotADumpError(Exception):
    """The path holds nothing to open; the message is one line that names it."""


class File(NamedTuple):
    """What a restore opens for an id of files.img."""

    id: int
    type: str
    path: str | None
    """As in the dump; for memory files their name. None for a kind without one."""
    shmid: int | None = None
    """For memory files the id of the shared memory that holds their pages."""


class _Recent:
    """Which pagemaps are kept: those looked at last, up to ENTRIES_KEPT entries together, and always the last one."""

    def __init__(self, once: Once) -> None:
        self._once = once
        self._lock = threading.Lock()
        self._entries: dict[Hashable, int] = {}
        """In the order of their last use."""
        self._last: Hashable = None

    def __call__(self, key: Hashable, read: Callable[[], Pagemap]) -> Pagemap:
        found = self._once(key, read)
        if key == self._last:
            return found
        with self._lock:
            self._last = key
            self._entries.pop(key, None)
            self._entries[key] = len(found)
            kept = sum(self._entries.values())
            while kept > ENTRIES_KEPT and len(self._entries) > 1:
                oldest = next(iter(self._entries))
                kept -= self._entries.pop(oldest)
                self._once.forget(oldest)
        return found


class _Decoded:
    """The entries of the images looked at last, up to MESSAGES_KEPT bytes of messages together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, Image[Any]] = {}
        """In the order of their last use."""
        self._size = 0

    def __call__(self, key: Hashable, read: Callable[[], Image[M]]) -> Image[M]:
        """An image that is kept, or else is read now, perhaps by two threads at once."""
        with self._lock:
            kept = self._kept.pop(key, None)
            if kept is not None:
                self._kept[key] = kept
                return kept
        image = read()
        with self._lock:
            if _cost(image) <= MESSAGES_KEPT and key not in self._kept:
                self._kept[key] = image
                self._size += _cost(image)
                while self._size > MESSAGES_KEPT:
                    self._size -= _cost(self._kept.pop(next(iter(self._kept))))
        return image


def _cost(image: Image[Any]) -> int:
    return image.size + MESSAGE_COST * len(image.entries)


class Dump:
    """The images of one place. Raises NotADumpError when it holds no CRIU images.

    `children` are the identities of the places whose link `parent` led here.
    """

    task_size = TASK_SIZE_X86_64

    def __init__(self, where: Path | Source, children: frozenset[Hashable] = frozenset()) -> None:
        self.source = where if isinstance(where, Source) else Directory(where)
        self.path = path = self.source.path
        self.shown_path = path
        """What the screen calls it; a built-in dump lies in a directory that means nothing."""
        self._once = Once()
        self._recent = _Recent(self._once)
        self._lock = threading.Lock()
        self._problems: dict[str, ImageError] = {}
        self._left_out: set[str] = set()
        """Images of whose problems there is only the number."""
        self._decoded = _Decoded()
        self._unknown_fields: dict[UnknownField, str] = {}
        self._looking = threading.Lock()
        self._unlooked: list[tuple[str, Image[Any]]] = []
        """Images whose messages have not been looked at for unknown fields."""
        self._unlooked_cost = 0
        """What their messages count for together."""
        try:
            self._lineage = children | {self.source.identity}
            self.files_listed = self.source.names()
        except NotADirectoryError:
            raise NotADumpError(f"{display_safe(str(path))}: is a file; give the directory it lies in") from None
        except OSError as error:
            raise NotADumpError(f"{display_safe(str(path))}: {reason_of(error)}") from error
        except ValueError:
            raise NotADumpError(f"{display_safe(str(path))}: not a name of a directory") from None
        if not self.files_listed:
            raise NotADumpError(f"{display_safe(str(path))}: the directory is empty")
        if not any(name.endswith(".img") or name in ("dump.log", "restore.log") for name in self.files_listed):
            raise NotADumpError(f"{display_safe(str(path))}: holds no CRIU images (no *.img and no dump.log)")
        self.inventory = self._read_inventory()
        self.repeated_pids: dict[int, int] = {}
        """PIDs that pstree.img lists more than once, and how often; only the first task of each is in `tasks`."""
        self.tasks = self._read_tasks()
        self.pids = {task.pid: index for index, task in enumerate(self.tasks)}

    @property
    def has_images(self) -> bool:
        """Whether there is any image; a failed dump leaves only its log."""
        return any(name.endswith(".img") for name in self.files_listed)

    @property
    def run_id(self) -> str:
        """CRIU's id of the run that wrote these images; empty where an older release did not say it."""
        return "" if self.inventory is None else text_of(self.inventory.dump_criu_run_id)

    @property
    def problems(self) -> tuple[ImageError, ...]:
        """What has turned out unreadable or missing so far, by file name."""
        with self._lock:
            found = [self._problems[name] for name in sorted(self._problems)]
            if self._left_out:
                found.append(ImageError("other images", None, f"{number(len(self._left_out))} more problems"))
            return tuple(found)

    @property
    def half_read(self) -> tuple[int, ...]:
        """Tasks of whose VMAs or page runs not all could be read so far: what is planned for them means little."""
        with self._lock:
            return tuple(p for p in self.pids if {f"mm-{p}.img", f"pagemap-{p}.img"} & self._problems.keys())

    @property
    def unknown_fields(self) -> dict[UnknownField, str]:
        """Fields met so far that no known CRIU writes, each with the image it was first met in."""
        self._look_for_unknown()
        with self._lock:
            return dict(self._unknown_fields)

    @property
    def unknown_images(self) -> tuple[str, ...]:
        """Names of *.img files of no kind that a known CRIU writes."""
        return tuple(sorted(name for name in self.files_listed if name.endswith(".img") and not known_name(name)))

    @property
    def encrypted(self) -> bool:
        """Whether the images are encrypted: then none of them is read."""
        return CIPHER in self.files_listed

    @property
    def unreadable_pages(self) -> str | None:
        """Why the bytes of pages mean nothing here; None when they do."""
        if self.encrypted:
            return "the images are encrypted, which is not supported"
        if self.inventory is not None and self.inventory.img_version >= COMPRESSED_VERSION:
            return f"pages of image version {self.inventory.img_version} may be compressed, which is not supported"
        return None

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
        tasks: dict[int, Task] = {}
        name, threads_left = "pstree.img", THREAD_LIMIT
        entries = self.entries(name, images.PSTREE, pstree_pb2.pstree_entry)
        if len(entries) > TASK_LIMIT:
            left_out = f"more than {number(TASK_LIMIT)} tasks: the others are not shown"
            self.note_problem(name, ImageError(name, None, left_out, TASK_LIMIT))
        for index, entry in enumerate(entries[:TASK_LIMIT]):
            if entry.pid in tasks:
                self.repeated_pids[entry.pid] = self.repeated_pids.get(entry.pid, 1) + 1
                continue
            listed: Sequence[int] = entry.threads
            if len(listed) > threads_left:
                left_out = f"more than {number(THREAD_LIMIT)} threads: the others are not shown"
                self.note_problem(name, ImageError(name, None, left_out, index))
            threads = tuple(listed[:threads_left])
            threads_left -= len(threads)
            depth = tasks[entry.ppid].depth + 1 if entry.ppid in tasks else 0
            tasks[entry.pid] = Task(entry.pid, entry.ppid, entry.pgid, entry.sid, threads, depth)
        return tuple(tasks.values())

    # One task

    def core(self, pid: int) -> TaskCore:
        """What core-PID.img says of a task."""
        return self._once(("core", pid), lambda: task_core(self.core_entry(pid)))

    def credentials(self, tid: int) -> Credentials | None:
        """Ids of a thread: from its core image or, before CRIU 2.0, creds-PID.img; None without either."""
        return self._once(("creds", tid), lambda: self._read_credentials(tid))

    def address_space(self, pid: int) -> AddressSpace:
        """The VMAs of a task; none for a dead one."""
        return self._once(("mm", pid), lambda: self._read_address_space(pid))

    def pagemap(self, pid: int) -> Pagemap:
        """The page runs of a task; none for a dead one."""
        return self._recent(("pagemap", pid), lambda: self._read_pagemap(pid))

    def shared_pagemap(self, shmid: int) -> Pagemap:
        """The page runs of a shared memory, by byte offset into it; none when the dump has no image of it."""
        name = f"pagemap-shmem-{shmid}.img"
        if name not in self.files_listed:
            return _no_pages(name)
        return self._recent(("pagemap", name), lambda: self._pagemap_of(name))

    def coverage(self, pid: int) -> Coverages:
        """The pages of each VMA of a task, by index of the VMA."""
        return self._once(("coverage", pid), lambda: self._read_coverage(pid))

    def core_entry(self, tid: int) -> core_pb2.core_entry | None:
        """The core image of a thread."""
        return self._once(("core entry", tid), lambda: self._read_core_entry(tid))

    def _read_core_entry(self, tid: int) -> core_pb2.core_entry | None:
        entries = self.entries(f"core-{tid}.img", images.CORE, core_pb2.core_entry, single=True)
        return entries[0] if entries else None

    def _read_credentials(self, tid: int) -> Credentials | None:
        from criu_tui.core.dump.credentials import credentials, thread_credentials

        creds = thread_credentials(self.core_entry(tid))
        if creds is not None or f"creds-{tid}.img" not in self.files_listed:
            return creds
        from criu_tui.core.images.schema import creds_pb2

        entries = self.entries(f"creds-{tid}.img", images.CREDS, creds_pb2.creds_entry, single=True)
        return credentials(entries[0]) if entries else None

    def _read_address_space(self, pid: int) -> AddressSpace:
        if not self.core(pid).alive:
            return AddressSpace()
        entries = self.entries(f"mm-{pid}.img", images.MM, mm_pb2.mm_entry, single=True)
        if not entries:
            return AddressSpace()
        vmas: Sequence[vma_pb2.vma_entry] = entries[0].vmas
        if not entries[0].vmas:
            # Before CRIU 1.2 they had an image of their own.
            from criu_tui.core.images.schema import vma_pb2

            vmas = self.entries(f"vmas-{pid}.img", images.VMAS, vma_pb2.vma_entry)
        return AddressSpace(
            VmasOfImage(vmas),
            entries[0].exe_file_id,
            entries[0].mm_start_stack,
        )

    def _read_pagemap(self, pid: int) -> Pagemap:
        if not self.core(pid).alive:
            return _no_pages()
        return self._pagemap_of(f"pagemap-{pid}.img")

    def _pagemap_of(self, name: str) -> Pagemap:
        if name not in self.files_listed:
            self.note_problem(name, _absent(name))
            return _no_pages(name)
        if self._refuses():
            return _no_pages(name)
        from criu_tui.core.pages.pagemap import read_pagemap

        try:
            with self.source.open(name) as file:
                length = length_of(file)
                pagemap, problem = read_pagemap(file.stream, length, name, _builder(length))
        except ImageError as error:
            self.note_problem(name, error)
            return _no_pages(name)
        if problem is not None:
            self.note_problem(name, problem)
        return pagemap

    def _read_coverage(self, pid: int) -> Coverages:
        vmas, pagemap = self.address_space(pid).vmas, self.pagemap(pid)
        starts, ends = [vma.start for vma in vmas], [vma.end for vma in vmas]
        if not (pagemap.ordered and pagemap.in_columns):
            return pagemap.coverages(starts, ends)
        from criu_tui.core.pages import columns

        return columns.coverages(pagemap, starts, ends)

    # The whole dump

    @property
    def files(self) -> dict[int, File]:
        """Open and mapped files by their id: files.img, or reg-files.img before CRIU 3.4."""
        return self._once("files", self._read_files)

    def _read_files(self) -> dict[int, File]:
        from criu_tui.core.images.schema import fdinfo_pb2, memfd_pb2, regfile_pb2

        inodes = {
            inode.inode_id: inode for inode in self.entries("memfd.img", images.MEMFD, memfd_pb2.memfd_inode_entry)
        }
        files: dict[int, File] = {}
        if "files.img" not in self.files_listed and "reg-files.img" in self.files_listed:
            for reg in self.entries("reg-files.img", images.REG_FILES, regfile_pb2.reg_file_entry):
                files[reg.id] = File(reg.id, "REG", text_of(reg.name))
            return files
        for entry in self.entries("files.img", images.FILES, fdinfo_pb2.file_entry):
            path: str | None = None
            shmid: int | None = None
            if entry.HasField("reg"):
                path = text_of(entry.reg.name)
            elif entry.HasField("memfd") and entry.memfd.inode_id in inodes:
                inode = inodes[entry.memfd.inode_id]
                path, shmid = f"memfd:{text_of(inode.name)}", inode.shmid
            files[entry.id] = File(entry.id, fdinfo_pb2.fd_types.Name(entry.type), path, shmid)
        return files

    def path_of(self, vma: Vma) -> str | None:
        """The path of the file a VMA maps, as in the dump; None without one."""
        if not vma.traits.file:
            return None
        file = self.files.get(vma.shmid)
        return file.path if file else None

    def shared_memory_of(self, vma: Vma) -> int | None:
        """Id of the shared memory that a VMA shows or, if private, copies from when written; None without one."""
        if vma.traits.memfd:
            file = self.files.get(vma.shmid)
            return file.shmid if file else None
        return vma.shmid if vma.traits.anonymous_shared else None

    @property
    def user_namespace(self) -> UserNamespace | None:
        """The dumped user namespace; None when the tasks live in CRIU's own."""
        return self._once("userns", self._read_user_namespace)

    def _read_user_namespace(self) -> UserNamespace | None:
        from criu_tui.core.dump.idmap import MOST_EXTENTS, Extent, UserNamespace
        from criu_tui.core.images.schema import userns_pb2

        # One more than the kernel takes, so that it shows.
        most = MOST_EXTENTS + 1

        def extents(entries: Iterable[userns_pb2.uid_gid_extent]) -> IdMap:
            return tuple(Extent(e.first, e.lower_first, e.count) for e in itertools.islice(entries, most))

        for name in sorted(self.files_listed):
            space = name.removeprefix("userns-").removesuffix(".img")
            if name != f"userns-{space}.img" or not space.isdecimal():
                continue
            entries = self.entries(name, images.USERNS, userns_pb2.userns_entry, single=True)
            if not entries:
                continue
            longest = max(len(entries[0].uid_map), len(entries[0].gid_map))
            if longest > most:
                left_out = f"{number(longest)} extents in a map: those after {most} are not read"
                self.note_problem(name, ImageError(name, None, left_out, 0))
            return UserNamespace(int(space), extents(entries[0].uid_map), extents(entries[0].gid_map))
        return None

    @property
    def parent(self) -> Dump | None:
        """The dump that the link `parent` leads to: this one is then incremental."""
        return self._once("parent", self._read_parent)

    def _read_parent(self) -> Dump | None:
        if "parent" not in self.files_listed:
            return None
        try:
            if len(self._lineage) > CHAIN_LIMIT:
                raise ImageError("parent", None, f"more than {CHAIN_LIMIT} parent dumps")
            target = "parent"
            if self.source.is_regular(target):
                # A copy that cannot hold links (git, some archives) keeps the target as text.
                target = os.fsdecode(self.source.read(target, 4096)).strip()
            found = self.source.sub(target)
            if found.identity in self._lineage:
                raise ImageError("parent", None, "the links form a ring: it leads back to a dump before it")
            return Dump(found, self._lineage)
        except ImageError as error:
            self.note_problem("parent", error)
        except OSError as error:
            self.note_problem("parent", ImageError("parent", None, reason_of(error)))
        except (NotADumpError, ValueError) as error:
            self.note_problem("parent", ImageError("parent", None, display_safe(str(error))))
        return None

    def chain(self) -> Iterator[Dump]:
        """This dump and the parents that can be opened, at most CHAIN_LIMIT of them; never one twice."""
        found: Dump | None = self
        while found is not None:
            yield found
            found = found.parent

    @property
    def incremental(self) -> bool:
        """Whether there is a link `parent`, wherever it leads."""
        return "parent" in self.files_listed

    def entries(self, name: str, kind: images.Kind, message: type[M], *, single: bool = False) -> tuple[M, ...]:
        """The entries of an image; none when it is not in the listing and no task needs it."""
        if name not in self.files_listed:
            if name.startswith(_NEEDED):
                self.note_problem(name, _absent(name))
            return ()
        if self._refuses():
            return ()
        if single:
            return self._read_entries(name, kind, message, single=True).entries
        # One message is the whole image: who needs it keeps what it says.
        return self._decoded((name, message), lambda: self._read_entries(name, kind, message)).entries

    def _read_entries(self, name: str, kind: images.Kind, message: type[M], *, single: bool = False) -> Image[M]:
        image = read_entries(self.source.file(name), kind, message, single=single)
        if image.error is not None:
            self.note_problem(name, image.error)
        if image.entries:
            with self._lock:
                self._unlooked.append((name, image))
                self._unlooked_cost += _cost(image)
            if self._unlooked_cost > UNLOOKED:
                self._look_for_unknown()
        return image

    def _refuses(self) -> bool:
        """Whether no image is read, since all are encrypted; that is then a problem."""
        if self.encrypted:
            self.note_problem(CIPHER, ImageError(CIPHER, None, "the images are encrypted, which is not supported"))
        return self.encrypted

    def note_problem(self, name: str, error: ImageError) -> None:
        """Keeps why an image cannot be read, or not to its end."""
        with self._lock:
            if len(self._problems) < PROBLEM_LIMIT or name in self._problems:
                self._problems[name] = error
            else:
                self._left_out.add(name)

    def _look_for_unknown(self) -> None:
        """Looks at the messages that wait for it, until UNKNOWN_LIMIT fields are known; one thread at a time."""
        from criu_tui.core.images.unknown_fields import OWN_BYTES, unknown_fields

        with self._looking:
            with self._lock:
                unlooked, self._unlooked, self._unlooked_cost = self._unlooked, [], 0
            for name, image in unlooked:
                alone = len(image.entries) == 1 or image.size <= OWN_BYTES
                for entry in image.entries:
                    if len(self._unknown_fields) >= UNKNOWN_LIMIT:
                        return
                    found = sorted(unknown_fields(entry, image.size if alone else None))
                    with self._lock:
                        for unknown in found[: UNKNOWN_LIMIT - len(self._unknown_fields)]:
                            self._unknown_fields.setdefault(unknown, name)


def _no_pages(name: str = "") -> Pagemap:
    from criu_tui.core.pages.pagemap import Pagemap

    return Pagemap(name=name)


def _builder(size: int) -> Builder:
    """What decodes a pagemap image of a number of bytes."""
    if size < COLUMNS_FROM:
        from criu_tui.core.pages.pagemap import OneByOne

        return OneByOne()
    from criu_tui.core.pages.columns import InColumns

    return InColumns(size)


def _absent(name: str) -> ImageError:
    return ImageError(name, None, "no such file or directory")
