"""Open and mapped files of a dump, by the id that VMAs and descriptors name them with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import fdinfo_pb2, memfd_pb2, regfile_pb2

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump


class File(NamedTuple):
    """What a restore opens for an id of files.img."""

    id: int
    type: str
    path: str | None
    """As in the dump; for memory files their name. None for a kind without one."""
    shmid: int | None = None
    """For memory files the id of the shared memory that holds their pages."""


def read_files(dump: Dump) -> dict[int, File]:
    """Open and mapped files by their id: files.img, or reg-files.img before CRIU 3.4."""
    inodes = {
        inode.inode_id: inode for inode in dump.entries("memfd.img", kinds.MEMFD_INODE, memfd_pb2.memfd_inode_entry)
    }
    files: dict[int, File] = {}
    if "files.img" not in dump.files_listed and "reg-files.img" in dump.files_listed:
        for reg in dump.entries("reg-files.img", kinds.REG_FILES, regfile_pb2.reg_file_entry):
            files[reg.id] = File(reg.id, "REG", text_of(reg.name))
        return files
    for entry in dump.entries("files.img", kinds.FILES, fdinfo_pb2.file_entry):
        path: str | None = None
        shmid: int | None = None
        if entry.HasField("reg"):
            path = text_of(entry.reg.name)
        elif entry.HasField("memfd") and entry.memfd.inode_id in inodes:
            inode = inodes[entry.memfd.inode_id]
            path, shmid = f"memfd:{text_of(inode.name)}", inode.shmid
        files[entry.id] = File(entry.id, fdinfo_pb2.fd_types.Name(entry.type), path, shmid)
    return files
