"""From an address to the file that is mapped there and back: what addr2line(1) takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from criu_tui.core.dump.ghosts import GHOST, remaps
from criu_tui.core.dump.vma import VmaKind
from criu_tui.core.images.schema import regfile_pb2

if TYPE_CHECKING:
    from criu_tui.core.base.span import Span
    from criu_tui.core.dump.address_space import AddressSpace
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.files import File
    from criu_tui.core.dump.vma import Vma

VDSO = "[vdso]"
"""What /proc/PID/maps calls it."""


@dataclass(frozen=True, slots=True)
class GhostContents:
    """A deleted file, whose bytes are in a ghost image."""

    number: int
    """Of the image."""


@dataclass(frozen=True, slots=True)
class SharedContents:
    """A memory file, whose bytes are the pages of its shared memory."""

    shmid: int


@dataclass(frozen=True, slots=True)
class TaskContents:
    """A file whose bytes are pages of a task, as those of the vdso."""

    pid: int
    span: Span
    """Addresses, the first byte of the file at its start."""


Contents: TypeAlias = GhostContents | SharedContents | TaskContents


class FilePlace(NamedTuple):
    """A byte of a mapped file."""

    path: str
    """As in the dump."""
    offset: int
    """Bytes into the file."""
    build_id: str
    """Hexadecimal; empty where CRIU kept none."""
    kept: Contents | None = None
    """Where the dump itself has the bytes of the file; None where it has not."""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


def build_id(entry: regfile_pb2.reg_file_entry) -> str:
    """The build id of an ELF file in hexadecimal, as readelf -n and gdb print it."""
    return b"".join(word.to_bytes(4, "little") for word in entry.build_id[:16]).hex()


def file_place(dump: Dump, vma: Vma, address: int) -> FilePlace | None:
    """The byte of a file that an address of a VMA maps; None for memory without one."""
    if not vma.traits.file:
        return None
    file = dump.files.get(vma.shmid)
    if file is None or file.path is None:
        return None
    known = build_id(file.message) if isinstance(file.message, regfile_pb2.reg_file_entry) else ""
    return FilePlace(file.path, vma.pgoff + address - vma.start, known, _kept(dump, file))


def _kept(dump: Dump, file: File) -> Contents | None:
    if file.shmid is not None:
        return SharedContents(file.shmid)
    remap = remaps(dump).get(file.id)
    return GhostContents(remap.id) if remap is not None and remap.kind == GHOST else None


def elf_place(dump: Dump, pid: int, vma: Vma, address: int) -> FilePlace | None:
    """The same, also of the vdso: an ELF file that the kernel maps and whose pages a dump has (vdso(7))."""
    if vma.traits.kind is VmaKind.VDSO:
        return FilePlace(VDSO, address - vma.start, "", TaskContents(pid, vma.span))
    return file_place(dump, vma, address)


def address_of(dump: Dump, space: AddressSpace, name: str, offset: int) -> int | None:
    """The first address that maps a byte of a file, which a path or the end of one names; None without one."""
    for vma in space.vmas:
        path = dump.path_of(vma)
        if path is None or not vma.pgoff <= offset < vma.pgoff + vma.size:
            continue
        if path == name or path.endswith(f"/{name.removeprefix('/')}"):
            return vma.start + offset - vma.pgoff
    return None
