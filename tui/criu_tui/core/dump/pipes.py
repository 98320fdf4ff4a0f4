"""Pipes and fifos: who holds which end, and the data in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.dump.descriptors import Holder, holders
from criu_tui.core.dump.files import of_type
from criu_tui.core.dump.payloads import Payload, entries_with_bytes
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import fdinfo_pb2, pipe_pb2, regfile_pb2

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.files import File
    from criu_tui.core.images.kinds import ImageKind

O_ACCMODE, O_WRONLY, O_RDWR = 3, 1, 2


class PipeData(NamedTuple):
    """What is in a pipe; `capacity` in bytes, None where an older CRIU did not keep it."""

    payload: Payload
    capacity: int | None


class Pipe(NamedTuple):
    """A pipe or a fifo with its two ends."""

    number: int
    """CRIU's pipe_id, the inode number of the pipe."""
    fifo: bool
    path: str | None
    """Of a fifo, as in the dump."""
    readers: tuple[Holder, ...]
    writers: tuple[Holder, ...]
    files: tuple[int, ...]
    """Ids of files.img."""
    data: PipeData | None

    @property
    def peer_outside(self) -> bool:
        """Whether an end is held by nobody in the dump: it was closed, or its holder was not dumped."""
        return not self.readers or not self.writers


def pipe_number(file: File) -> int | None:
    """The pipe that a file is an end of; None for other files."""
    if isinstance(file.message, pipe_pb2.pipe_entry | pipe_pb2.fifo_entry):
        return file.message.pipe_id
    return None


def end_flags(dump: Dump, file: File) -> int:
    """The open flags of an end: a fifo's are those of the regular file that opens it."""
    if isinstance(file.message, pipe_pb2.pipe_entry):
        return file.message.flags
    regular = fifo_file(dump, file)
    return (
        0 if regular is None or not isinstance(regular.message, regfile_pb2.reg_file_entry) else regular.message.flags
    )


def fifo_file(dump: Dump, file: File) -> File | None:
    """The regular file that opens a fifo: it has the path and the flags."""
    return dump.files.get(file.message.regf_id) if isinstance(file.message, pipe_pb2.fifo_entry) else None


def pipes(dump: Dump) -> dict[int, Pipe]:
    """Every pipe and fifo by its number; reads the descriptors of all tasks."""
    return dump.once("pipes", lambda: _pipes(dump))


def _pipes(dump: Dump) -> dict[int, Pipe]:
    ends: dict[int, list[File]] = {}
    for file in of_type(dump.files, fdinfo_pb2.PIPE, fdinfo_pb2.FIFO):
        number = pipe_number(file)
        if number is not None:
            ends.setdefault(number, []).append(file)
    who = holders(dump)
    found: dict[int, Pipe] = {}
    for number, files in ends.items():
        readers: list[Holder] = []
        writers: list[Holder] = []
        for file in files:
            mode = end_flags(dump, file) & O_ACCMODE
            if mode != O_WRONLY:
                readers += who.get(file.id, ())
            if mode in (O_WRONLY, O_RDWR):
                writers += who.get(file.id, ())
        fifo = files[0].type == "FIFO"
        regular = fifo_file(dump, files[0])
        found[number] = Pipe(
            number,
            fifo,
            None if regular is None else regular.path,
            tuple(readers),
            tuple(writers),
            tuple(file.id for file in files),
            pipe_data(dump, fifo=fifo).get(number),
        )
    return found


def pipe_data(dump: Dump, *, fifo: bool) -> dict[int, PipeData]:
    """What is in each pipe, or in each fifo, by its number."""
    name, kind = ("fifo-data.img", kinds.FIFO_DATA) if fifo else ("pipes-data.img", kinds.PIPES_DATA)
    return dump.once(name, lambda: _read_data(dump, name, kind))


def _read_data(dump: Dump, name: str, kind: ImageKind) -> dict[int, PipeData]:
    def raw(entry: pipe_pb2.pipe_data_entry) -> int:
        return entry.bytes

    return {
        entry.pipe_id: PipeData(payload, entry.size if entry.HasField("size") else None)
        for entry, payload in entries_with_bytes(dump, name, kind, pipe_pb2.pipe_data_entry, raw)
    }
