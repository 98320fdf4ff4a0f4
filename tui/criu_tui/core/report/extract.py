"""Bytes of a dump taken out into a file: an ELF core, a memory range, a deleted file, the queue of a pipe or socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from criu_tui.core.base.span import Span
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import address, counted, size
from criu_tui.core.dump import ghosts, pipes, sockets, terminals
from criu_tui.core.dump.bpf_maps import bpf_maps
from criu_tui.core.dump.system_v import system_v
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.core_file import write_core
from criu_tui.core.pages.core_notes import NotACoreError
from criu_tui.core.pages.places import AbsentContents, absent_pages
from criu_tui.core.report.export import ExportError, new_file, outside
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.payloads import Payload
    from criu_tui.core.dump.vma import Vma

PIECE = 1 << 20
"""Bytes that are read at a time."""
FORMS = (
    ("core:PID", "a task as an ELF core file for gdb"),
    ("memory:PID:START-END", "its memory between two addresses"),
    ("ghost:ID", "a file that was deleted while open, by the number of its image"),
    ("pipe:NUMBER", "what is in a pipe or fifo"),
    ("socket:ID", "what is on its way to or from a socket, by the id of its file"),
    ("ipc:KIND:ID", "a segment (shm), the values of semaphores (sem) or the messages of a queue (msg)"),
    ("bpf:ID", "the keys of a bpf map, then its values"),
    ("tty:ID", "what a terminal got and nobody has read"),
)
"""What can be taken out, as --extract and :extract take it."""


def extract(dump: Dump, what: str, to: str, progress: Callable[[int, int], None] = lambda *_: None) -> str:
    """Writes what is asked for to a new file outside the dump; returns one line that says what was written.

    Raises ExportError, whose message is one line, where there is no such thing, or no such place to write.
    """
    kind, _, rest = what.strip().partition(":")
    takes = _TAKES.get(kind)
    if takes is None:
        raise ExportError(f"{display_safe(what)!r}: one of {', '.join(form for form, _ in FORMS)}")
    path = outside(to, dump)
    # What is taken out may be secret: for its owner alone.
    with new_file(path, 0o600) as file:
        try:
            said = takes(dump, rest, file, progress)
        except (ImageError, NotACoreError) as error:
            raise ExportError(display_safe(str(error))) from None
    return f"wrote {said} to {display_safe(str(path))}"


def _core(dump: Dump, rest: str, file: BinaryIO, progress: Callable[[int, int], None]) -> str:
    pid = _number(rest, 10, "a PID")
    if pid not in dump.pids:
        raise ExportError(f"task {pid} is not in this dump")
    written = write_core(dump, pid, file, progress)
    lost = f", without {size(written.unread)} that the dump should have and has not" if written.unread else ""
    return f"a core of {counted(written.threads, 'thread')}, {size(written.size)}{lost}"


def _memory(dump: Dump, rest: str, file: BinaryIO, progress: Callable[[int, int], None]) -> str:
    """The bytes between two addresses, where all of them are in one piece; absent anonymous pages are zeros."""
    number, _, between = rest.partition(":")
    pid = _number(number, 10, "a PID")
    first, _, last = between.partition("-")
    start, end = _number(first, 16, "an address"), _number(last, 16, "an address")
    if pid not in dump.pids:
        raise ExportError(f"task {pid} is not in this dump")
    if not start < end:
        raise ExportError(f"{display_safe(between)}: not START-END")
    space, at = dump.address_space(pid), start
    with PageBytes(dump) as pages:
        while at < end:
            index = space.at(at)
            if index is None:
                raise ExportError(f"nothing is mapped at {address(at)}")
            vma = space.vmas[index]
            upto = min(end, vma.end)
            _copy_memory(pages, pid, vma, Span(at, upto), start, file)
            progress(upto - start, end - start)
            at = upto
    file.truncate(end - start)
    return size(end - start)


def _copy_memory(pages: PageBytes, pid: int, vma: Vma, span: Span, base: int, file: BinaryIO) -> None:
    for run in pages.runs(pid, vma, span):
        if run.broken is not None:
            raise run.broken
        if run.place is None and absent_pages(vma) is not AbsentContents.ZEROS:
            finds = absent_pages(vma).value
            raise ExportError(f"{address(run.span.start)}: not in the dump; a restored task finds {finds} there")
        for at, data in pages.chunks(run, PIECE):
            file.seek(at - base)
            file.write(data)


def _ghost(dump: Dump, rest: str, file: BinaryIO, progress: Callable[[int, int], None]) -> str:
    wanted = _number(rest, 16, "the number of a ghost image")
    found = next((each for each in ghosts.ghosts(dump) if each.id == wanted), None)
    if found is None:
        raise ExportError(f"no {ghosts.image_of(wanted)} in this dump")
    end = 0
    for chunk in ghosts.chunks(dump, wanted):
        file.seek(chunk.at)
        _copy(dump, chunk.payload, file)
        end = max(end, chunk.at + chunk.payload.length)
        progress(end, found.size or end)
    if found.size is not None and found.size > end:
        end = found.size
    file.truncate(end)
    return size(end)


def _pipe(dump: Dump, rest: str, file: BinaryIO, progress: Callable[[int, int], None]) -> str:
    wanted = _number(rest, 10, "the number of a pipe")
    found = pipes.pipes(dump).get(wanted)
    if found is None:
        raise ExportError(f"no pipe {wanted} in this dump")
    if found.data is not None:
        _copy(dump, found.data.payload, file)
    return size(0 if found.data is None else found.data.payload.length)


def _socket(dump: Dump, rest: str, file: BinaryIO, progress: Callable[[int, int], None]) -> str:
    wanted = _number(rest, 0, "the id of a socket's file")
    found = sockets.sockets(dump).get(wanted)
    if found is None:
        raise ExportError(f"file {wanted:#x} is no socket of this dump")
    total = 0
    for queued in sockets.queue_of(dump, found):
        _copy(dump, queued.payload, file)
        total += queued.payload.length
    return size(total)


def _tty(dump: Dump, rest: str, file: BinaryIO, progress: Callable[[int, int], None]) -> str:
    unread = terminals.unread_by(dump).get(_number(rest, 10, "the number of a terminal"))
    if unread is not None:
        _copy(dump, unread, file)
    return size(0 if unread is None else unread.length)


def _ipc(dump: Dump, rest: str, file: BinaryIO, progress: Callable[[int, int], None]) -> str:
    """An object of System V, of the first namespace that has it; a segment whose bytes are pages, from those."""
    kind, _, number = rest.partition(":")
    wanted = _number(number, 10, "the id of an object")
    found = next((each for _, each in system_v(dump) if (each.kind, each.id) == (kind, wanted)), None)
    if found is None:
        raise ExportError(f"no {display_safe(kind)} {wanted} in this dump; kinds are shm, sem and msg")
    for part in found.parts:
        _copy(dump, part, file)
    if found.parts or kind != "shm":
        return size(sum(part.length for part in found.parts))
    with PageBytes(dump) as pages:
        for run in pages.shared_runs(found.id, found.size):
            if run.broken is not None:
                raise run.broken
            for at, data in pages.chunks(run, PIECE) if run.place is not None else ():
                file.seek(at)
                file.write(data[: found.size - at])
                progress(at, found.size)
    file.truncate(found.size)
    return size(found.size)


def _bpf(dump: Dump, rest: str, file: BinaryIO, progress: Callable[[int, int], None]) -> str:
    wanted = _number(rest, 10, "the id of a bpf map")
    found = next((each for each in bpf_maps(dump) if each.map_id == wanted), None)
    if found is None:
        raise ExportError(f"no bpf map {wanted} in this dump")
    for _, part in found.parts:
        _copy(dump, part, file)
    return size(found.keys.length + found.values.length)


_TAKES: dict[str, Callable[[Dump, str, BinaryIO, Callable[[int, int], None]], str]] = {
    "core": _core,
    "memory": _memory,
    "ghost": _ghost,
    "pipe": _pipe,
    "socket": _socket,
    "ipc": _ipc,
    "bpf": _bpf,
    "tty": _tty,
}


def _copy(dump: Dump, payload: Payload, file: BinaryIO) -> None:
    """Bytes of an image, in pieces. Raises ImageError when they cannot be read."""
    with dump.source.file(payload.image).open() as image:
        for at in range(0, payload.length, PIECE):
            wanted = min(PIECE, payload.length - at)
            try:
                data = image.read_at(payload.offset + at, wanted)
            except OSError as error:
                raise ImageError(payload.image, payload.offset + at, reason_of(error)) from error
            if len(data) < wanted:
                raise ImageError(payload.image, payload.offset + at, f"the file ends before these {wanted} bytes do")
            file.write(data)


def _number(text: str, base: int, what: str) -> int:
    try:
        found = int(text.strip(), base)
    except ValueError:
        raise ExportError(f"{display_safe(text)!r}: not {what}") from None
    if not 0 <= found < 1 << 64:
        raise ExportError(f"{display_safe(text)!r}: not {what}")
    return found
