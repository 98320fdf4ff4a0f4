"""Which files a restore opens by their path, and which task needs each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.dump.descriptors import descriptors, directories
from criu_tui.core.dump.pipes import fifo_file
from criu_tui.core.dump.sockets import files_in_flight
from criu_tui.core.dump.vma import Prot
from criu_tui.core.images.schema import regfile_pb2

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump

O_ACCMODE, O_RDONLY, O_PATH = 3, 0, 0o10000000


class FileUse(NamedTuple):
    """How the first task that needs a file does so; what further tasks ask of it is added."""

    entry: regfile_pb2.reg_file_entry
    pid: int | None
    """None: a message on its way to a socket."""
    role: str
    """ "its program", "mapped", "descriptor 3"."""
    directory: bool = False
    """Whether it is the working directory or the root of a task."""
    writes: bool = False
    """Whether it is opened for writing."""
    executes: bool = False
    """Whether it is mapped for execution, or is a task's program."""


def opened_files(dump: Dump) -> dict[int, FileUse]:
    """By the id of the file: programs, directories, what is mapped and what is open."""
    return dump.once("opened files", lambda: _opened(dump))


def _opened(dump: Dump) -> dict[int, FileUse]:
    found: dict[int, FileUse] = {}

    def add(file_id: int, pid: int | None, role: str, *, directory: bool = False, executes: bool = False) -> None:
        file = dump.files.get(file_id)
        if file is not None and file.type == "FIFO":
            file = fifo_file(dump, file)
        if file is None or not isinstance(file.message, regfile_pb2.reg_file_entry):
            return
        first = found.get(file.id)
        entry = file.message
        writes = entry.flags & O_ACCMODE != O_RDONLY and not entry.flags & O_PATH
        if first is None:
            found[file.id] = FileUse(entry, pid, role, directory, writes, executes)
        elif executes and not first.executes:
            found[file.id] = first._replace(executes=True)

    for pid in dump.pids:
        if not dump.core(pid).alive:
            continue
        space = dump.address_space(pid)
        if space.exe_file_id is not None:
            add(space.exe_file_id, pid, "its program", executes=True)
        places = directories(dump, pid)
        if places is not None:
            add(places.cwd_id, pid, "its working directory", directory=True)
            add(places.root_id, pid, "its root", directory=True)
        for vma in space.vmas:
            if vma.traits.file and not vma.traits.memfd:
                add(vma.shmid, pid, "mapped", executes=bool(vma.prot & Prot.EXEC))
        for held in descriptors(dump, pid):
            add(held.file_id, pid, f"descriptor {held.fd}")
    for file_id, _ in files_in_flight(dump):
        add(file_id, None, "in flight")
    return found
