"""A dump directory: its files, its task tree, each task's address space, loaded when asked for.

Opening reads the listing, inventory.img and pstree.img. Everything else is read on
first use, once, from whichever thread asks; what cannot be read is kept as a problem
and the rest of the dump stays usable.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from criu_tui.core.base.limits import PARENT_LIMIT
from criu_tui.core.base.once import Once, OnceEach
from criu_tui.core.base.text import display_safe
from criu_tui.core.dump.address_space import AddressSpace, VmasOfImage, layout_of
from criu_tui.core.dump.cache import Decoded, Recent
from criu_tui.core.dump.files import File, read_files
from criu_tui.core.dump.problems import Problems
from criu_tui.core.dump.task import TaskCore, task_core
from criu_tui.core.dump.tree import read_tasks
from criu_tui.core.dump.unknown import UnknownFields
from criu_tui.core.dump.vma import TASK_SIZE_X86_64, Vma
from criu_tui.core.images import kinds
from criu_tui.core.images.images import Image, read_entries
from criu_tui.core.images.messages import M, text_of
from criu_tui.core.images.schema import core_pb2, inventory_pb2, mm_pb2, vma_pb2
from criu_tui.core.source.crac import unpacked
from criu_tui.core.source.directory import Directory
from criu_tui.core.source.error import NOT_YET, ImageError, reason_of
from criu_tui.core.source.holding import logs_among
from criu_tui.core.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from criu_tui.core.images.unknown_fields import UnknownField

T = TypeVar("T")

_NEEDED = ("inventory", "pstree", "files", "core-", "mm-")
"""Images that every dump has: one that is absent is a problem."""

NO_IMAGES = "the images are not here"
"""What is said where only they could tell, and a log is all there is."""
CIPHER = "cipher.img"
"""What holds the key of a dump with encrypted images."""
COMPRESSED_VERSION = 3
"""The img_version of images with compressed pages (CRIU 4.3), and the last that is known."""


class NotADumpError(Exception):
    """The path holds nothing to open; the message is one line that names it."""


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
        self.mapped_below: tuple[Path, ...] = (Path("/"),)
        """Directories below which the files may lie that were mapped, the first first; their build ids decide."""
        self.once = Once()
        """What was found out of this dump, by key; other packages keep theirs here too."""
        self.recent = Recent(self.once)
        """The same for large results, of which the last few are kept."""
        self.held_with: Dump | None = None
        """Another checkpoint that `hold_with` was given."""
        self._files: Mapping[int, File] | None = None
        self._each: dict[Callable[[Dump, int], Any], OnceEach[int, Any]] = {}
        self._problems = Problems()
        self.half_read: set[int] = set()
        """Tasks of whose VMAs or page runs not all could be read: what is planned for them means little."""
        self.changed: tuple[str, ...] = ()
        """Names of files, of parents too, that were not any more what they had been when somebody last looked."""
        self.read_whole: dict[str, kinds.ImageKind] = {}
        """Names of images that were read to their end with nothing wrong, and the kind as which each was."""
        self._core_entries = OnceEach(self._read_core_entry)
        self._task_cores = OnceEach(self._read_core)
        self._address_spaces = OnceEach(self._read_address_space)
        self._threads = OnceEach(self._living_threads)
        self._decoded = Decoded()
        try:
            self._lineage = children | {self.source.identity}
            self.source, self.files_listed = unpacked(self.source, self.source.names())
            self._unknown = UnknownFields(self.source)
        except NotADirectoryError:
            raise NotADumpError(f"{display_safe(str(path))}: is a file; give the directory it lies in") from None
        except OSError as error:
            raise NotADumpError(f"{display_safe(str(path))}: {reason_of(error)}") from error
        except ValueError:
            raise NotADumpError(f"{display_safe(str(path))}: not a name of a directory") from None
        self.encrypted = CIPHER in self.files_listed
        """Whether the images are encrypted: then none of them is read."""
        if not self.files_listed:
            raise NotADumpError(f"{display_safe(str(path))}: the directory is empty")
        if not (
            self.source.lone or any(name.endswith(".img") for name in self.files_listed) or logs_among(self.source)
        ):
            raise NotADumpError(f"{display_safe(str(path))}: holds no CRIU images (no *.img and no dump.log)")
        for index, problem in enumerate(self.source.problems):
            self._problems.note(f"{problem.file} {index}", problem)
        self.inventory = self._read_inventory()
        self.tasks, self.repeated_pids = read_tasks(self)
        """PIDs that pstree.img lists more than once, and how often; only the first task of each is in `tasks`."""
        self.pids = {task.pid: index for index, task in enumerate(self.tasks)}

    @property
    def has_images(self) -> bool:
        """Whether there is any image; a failed dump leaves only its log."""
        return any(name.endswith(".img") for name in self.files_listed)

    @property
    def arriving(self) -> bool:
        """Whether these are only the images that have come so far, of an archive that is still being read."""
        return self.source.arrival is not None

    @property
    def run_id(self) -> str:
        """CRIU's id of the run that wrote these images; empty where an older release did not say it."""
        return "" if self.inventory is None else text_of(self.inventory.dump_criu_run_id)

    @property
    def problems(self) -> tuple[ImageError, ...]:
        """What has turned out unreadable or missing so far, by file name."""
        return self._problems.all()

    @property
    def unknown_fields(self) -> dict[UnknownField, str]:
        """Fields met so far that no known CRIU writes, each with the image it was first met in."""
        return self._unknown.fields()

    @property
    def unreadable_pages(self) -> str | None:
        """Why the bytes of pages mean nothing here; None when they do."""
        if self.encrypted:
            return "the images are encrypted, which is not supported"
        if self.inventory is not None and self.inventory.img_version > COMPRESSED_VERSION:
            return f"how pages of image version {self.inventory.img_version} are stored is not known"
        return self.source.without_pages

    # Opening

    def _read_inventory(self) -> inventory_pb2.inventory_entry | None:
        entries = self.entries("inventory.img", kinds.INVENTORY, inventory_pb2.inventory_entry, single=True)
        return entries[0] if entries else None

    # One task

    def core(self, pid: int) -> TaskCore:
        """What core-PID.img says of a task."""
        return self._task_cores[pid]

    def threads(self, pid: int) -> tuple[int, ...]:
        """Ids of the threads of a task; none for a dead one, of which CRIU lists what it never filled in."""
        return self._threads[pid]

    def address_space(self, pid: int) -> AddressSpace:
        """The VMAs of a task; none for a dead one."""
        return self._address_spaces[pid]

    def core_entry(self, tid: int) -> core_pb2.core_entry | None:
        """The core image of a thread."""
        return self._core_entries[tid]

    def _living_threads(self, pid: int) -> tuple[int, ...]:
        if pid not in self.pids or not self.core(pid).alive:
            return ()
        return self.tasks[self.pids[pid]].listed_threads

    def _read_core(self, pid: int) -> TaskCore:
        return task_core(self.core_entry(pid))

    def _read_core_entry(self, tid: int) -> core_pb2.core_entry | None:
        entries = self.entries(f"core-{tid}.img", kinds.CORE, core_pb2.core_entry, single=True)
        return entries[0] if entries else None

    def _read_address_space(self, pid: int) -> AddressSpace:
        if not self.core(pid).alive:
            return AddressSpace()
        names = f"mm-{pid}.img", f"vmas-{pid}.img"
        entries = self.entries(names[0], kinds.MM, mm_pb2.mm_entry, single=True)
        if not entries:
            self.note_half_read(pid, names)
            return AddressSpace()
        vmas: Sequence[vma_pb2.vma_entry] = entries[0].vmas
        if not entries[0].vmas:
            # Before CRIU 1.2 they had an image of their own.
            vmas = self.entries(names[1], kinds.VMAS, vma_pb2.vma_entry)
        self.note_half_read(pid, names)
        return AddressSpace(
            VmasOfImage(vmas),
            entries[0].exe_file_id,
            entries[0].mm_start_stack,
            layout_of(entries[0]),
        )

    def each(self, read: Callable[[Dump, int], T]) -> OnceEach[int, T]:
        """What a function finds out of this dump for each task or thread, by its id; each is computed once."""
        found = self._each.get(read)
        return self._each.setdefault(read, OnceEach(partial(read, self))) if found is None else found

    def hold_with(self, other: Dump) -> None:
        """Has what another checkpoint says of its tasks too, word for word, held once for both, as most of it is.

        Told before the tasks are read. What is equal is known from what the images say, not from their names or
        their times; and only what follows from one image alone is held with the other's.
        """
        self.held_with = other
        self._core_entries.hold_with(other._core_entries)
        self._address_spaces.hold_with(other._address_spaces)

    # The whole dump

    @property
    def files(self) -> Mapping[int, File]:
        """Open and mapped files by their id: files.img, or reg-files.img before CRIU 3.4."""
        found = self._files
        if found is None:
            found = self._files = self.once("files", lambda: read_files(self))
        return found

    def unlisted(self, number: str) -> str:
        """What stands for a file that no image describes, by its id: what describes it may come yet."""
        return f"file {number}, {NOT_YET}" if self.arriving else f"file {number} is not in files.img"

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
    def parent(self) -> Dump | None:
        """The dump that the link `parent` leads to: this one is then incremental."""
        return self.once("parent", self._read_parent)

    def _read_parent(self) -> Dump | None:
        if "parent" not in self.files_listed:
            return None
        try:
            if len(self._lineage) > PARENT_LIMIT:
                raise ImageError("parent", None, f"more than {PARENT_LIMIT} parent dumps")
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
        """This dump and the parents that can be opened, at most PARENT_LIMIT of them; never one twice."""
        found: Dump | None = self
        while found is not None:
            yield found
            found = found.parent

    def remember_files(self) -> None:
        """Keeps what every file is now, also of those that nobody has read yet."""
        with suppress(OSError):
            self.source.remember()

    def look_for_changes(self) -> tuple[str, ...]:
        """Looks which files are not any more what they were when they were read: what is shown may be of both."""
        found = set(self.source.changed())
        if self.once.known("parent") and self.parent is not None:
            found |= {f"parent/{name}" for name in self.parent.look_for_changes()}
        self.changed = tuple(sorted(found))
        return self.changed

    @property
    def incremental(self) -> bool:
        """Whether there is a link `parent`, wherever it leads."""
        return "parent" in self.files_listed

    def entries(self, name: str, kind: kinds.ImageKind, message: type[M], *, single: bool = False) -> tuple[M, ...]:
        """The entries of an image; none when it is not in the listing and no task needs it."""
        if name not in self.files_listed:
            if name.startswith(_NEEDED):
                self.note_absent(name)
            return ()
        if self.refuses():
            return ()
        if single:
            return self._noted(name, kind, message, single=True).entries
        # One message is the whole image: who needs it keeps what it says.
        return self._decoded((name, message), lambda: self._noted(name, kind, message, single=False)).entries

    def _noted(self, name: str, kind: kinds.ImageKind, message: type[M], *, single: bool) -> Image[M]:
        """An image read, with what is to be kept of how that went."""
        image = read_entries(self.source.file(name), kind, message, single=single)
        if image.error is not None:
            self.note_problem(name, image.error)
        elif image.whole:
            self.read_whole[name] = kind
        self._unknown.look_later((name, kind, message, single), image)
        return image

    def refuses(self) -> bool:
        """Whether no image is read, since all are encrypted; that is then a problem."""
        if not self.encrypted:
            return False
        self.note_problem(CIPHER, ImageError(CIPHER, None, "the images are encrypted, which is not supported"))
        return True

    def note_problem(self, name: str, error: ImageError) -> None:
        """Keeps why an image cannot be read, or not to its end."""
        self._problems.note(name, error)

    def note_half_read(self, pid: int, names: Iterable[str]) -> None:
        """Keeps that a task is read by half, where any of the images with its memory has a problem."""
        if self._problems.among(names):
            self.half_read.add(pid)

    def note_absent(self, name: str) -> None:
        """Keeps that there is no image that there should be."""
        why = NOT_YET if self.arriving else "no such file or directory"
        self.note_problem(name, ImageError(name, None, why))
