"""The bytes that a row of the files pane has beside it: data in flight, messages, deleted files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import counted, size
from criu_tui.core.dump.bpf_maps import BpfMap
from criu_tui.core.dump.ghosts import GHOST, Ghost, remaps
from criu_tui.core.dump.pipes import Pipe, pipe_data, pipe_number
from criu_tui.core.dump.sockets import Socket, queue_of, socket_at
from criu_tui.core.dump.terminals import terminal_of, unread_by
from criu_tui.core.report.file_rows import FileRow
from criu_tui.core.report.kernel_sections import IpcRow
from criu_tui.core.report.queued import hex_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.payloads import Payload
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Tone


def in_flight(dump: Dump, row: FileRow) -> Iterator[tuple[str, str]]:
    """The data that waits in a pipe or socket."""
    file = dump.files.get(row.file_id)
    pipe = None if file is None else pipe_number(file)
    if pipe is not None:
        found = pipe_data(dump, fifo=file is not None and file.type == "FIFO").get(pipe)
        if found is not None:
            of = "" if found.capacity is None else f" of at most {size(found.capacity)}"
            yield "in it", f"{counted(found.payload.length, 'byte')}{of}"
    socket = socket_at(dump, row.file_id)
    if socket is not None:
        for queued in queue_of(dump, socket):
            files = f", with files {' '.join(f'{each:#x}' for each in queued.files)}" if queued.files else ""
            yield queued.what, f"{counted(queued.payload.length, 'byte')}{files}"


def bytes_lines(report: Report, row: object) -> Iterator[tuple[Tone, str]]:
    """The bytes that a row of any table has beside it: data in flight, messages, values; as hex and text."""
    for what, payload in bytes_of(report.dump, row):
        yield from hex_lines(report.dump, what, payload)


def bytes_of(dump: Dump, row: object) -> Iterator[tuple[str, Payload]]:
    """The same as places in images, each with what it is."""
    if isinstance(row, IpcRow | BpfMap):
        yield from row.parts
    elif isinstance(row, Pipe):
        if row.data is not None:
            yield "in the pipe", row.data.payload
    elif isinstance(row, Socket):
        yield from ((queued.what, queued.payload) for queued in queue_of(dump, row))
    elif isinstance(row, FileRow):
        file, socket = dump.files.get(row.file_id), socket_at(dump, row.file_id)
        number = None if file is None else pipe_number(file)
        terminal = None if file is None else terminal_of(file)
        if number is not None:
            data = pipe_data(dump, fifo=file is not None and file.type == "FIFO").get(number)
            yield from () if data is None else (("in the pipe", data.payload),)
        elif socket is not None:
            yield from bytes_of(dump, socket)
        elif terminal is not None and (unread := unread_by(dump).get(terminal)) is not None:
            yield "not read yet", unread


def offered(report: Report, row: object) -> str:
    """What may be taken out of the dump for a row, and into which file; empty for one without bytes of its own."""
    dump = report.dump
    if isinstance(row, FileRow):
        file, remap = dump.files.get(row.file_id), remaps(dump).get(row.file_id)
        number = None if file is None else pipe_number(file)
        if number is not None:
            return f"pipe:{number} pipe-{number}"
        if socket_at(dump, row.file_id) is not None:
            return f"socket:{row.file_id} socket-{row.file_id}"
        if file is not None and (terminal := terminal_of(file)) in unread_by(dump):
            return f"tty:{terminal} tty-{terminal}"
        if remap is not None and remap.kind == GHOST:
            return f"ghost:{remap.id:x} ghost-{remap.id:x}"
    if isinstance(row, Pipe):
        return f"pipe:{row.number} pipe-{row.number}"
    if isinstance(row, Socket):
        return f"socket:{row.id} socket-{row.id}"
    if isinstance(row, Ghost):
        return f"ghost:{row.id:x} ghost-{row.id:x}"
    if isinstance(row, IpcRow):
        return f"ipc:{row.object.kind}:{row.object.id} {row.object.kind}-{row.object.id}"
    if isinstance(row, BpfMap):
        return f"bpf:{row.map_id} bpf-{row.map_id}"
    return ""
