"""From an address to the file that is mapped there and back: what addr2line(1) takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.images.schema import regfile_pb2

if TYPE_CHECKING:
    from criu_tui.core.dump.address_space import AddressSpace
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma


class FilePlace(NamedTuple):
    """A byte of a mapped file."""

    path: str
    """As in the dump."""
    offset: int
    """Bytes into the file."""
    build_id: str
    """Hexadecimal; empty where CRIU kept none."""

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
    return FilePlace(file.path, vma.pgoff + address - vma.start, known)


def address_of(dump: Dump, space: AddressSpace, name: str, offset: int) -> int | None:
    """The first address that maps a byte of a file, which a path or the end of one names; None without one."""
    for vma in space.vmas:
        path = dump.path_of(vma)
        if path is None or not vma.pgoff <= offset < vma.pgoff + vma.size:
            continue
        if path == name or path.endswith(f"/{name.removeprefix('/')}"):
            return vma.start + offset - vma.pgoff
    return None
