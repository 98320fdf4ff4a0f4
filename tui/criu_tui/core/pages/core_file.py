"""A task as an ELF core file that gdb opens: threads with registers, mapped files, auxiliary vector, memory.

Layouts from elf(5), core(5), <linux/elfcore.h> and the kernel's fs/binfmt_elf.c. Pages that the dump lacks because the
mapped file has them are taken from that file where it lies in the dump, or is at hand with the build id that CRIU kept;
else gdb reads the file by the name in the core, as with any core file. Absent anonymous pages are zeros, which are
holes of the file.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from criu_tui.core.base.limits import SEGMENT_LIMIT, ZEROS_LIMIT
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.mapped_file import file_place
from criu_tui.core.dump.threads import threads
from criu_tui.core.dump.vma import Prot
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.core_notes import MACHINES, NotACoreError, notes
from criu_tui.core.pages.elf_at_hand import ElfFiles
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.pages.places import AbsentContents, absent_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.base.span import Span
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.mapped_file import FilePlace
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.places import PageRun

_EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
_PHDR = struct.Struct("<IIQQQQQQ")
_SHDR = struct.Struct("<IIQQQQIIQQ")
_ET_CORE, _PT_LOAD, _PT_NOTE = 4, 1, 4
_PN_XNUM = 0xFFFF
"""More program headers than this are counted in a section header (elf(5))."""
_FLAGS = {Prot.READ: 4, Prot.WRITE: 2, Prot.EXEC: 1}
PIECE = 1 << 20
"""Bytes that are copied at once."""


class Segment(NamedTuple):
    """A stretch of memory in the core: with bytes from one place, zeros, or none."""

    start: int
    size: int
    prot: int
    run: PageRun | None = None
    """Where the dump has its bytes."""
    file: FilePlace | None = None
    """The first byte in a mapped file at hand."""
    zeros: bool = False

    @property
    def written(self) -> bool:
        """Whether the file has its bytes; of the others only the addresses are told."""
        return self.run is not None or self.file is not None or self.zeros


class Written(NamedTuple):
    """What has become of a task."""

    size: int
    """Bytes of the file, holes included."""
    threads: int
    unread: int
    """Bytes that the dump should have and has not: their parent dump is gone, or the pages file is damaged."""


def write_core(dump: Dump, pid: int, to: BinaryIO, progress: Callable[[int, int], None] = lambda *_: None) -> Written:
    """Writes the core file of a task; `progress` is told bytes done and all bytes.

    Raises NotACoreError for a task without registers or of an architecture whose cores are not known, and OSError.
    """
    found = threads(dump, pid)
    if not any(each.registers for each in found):
        raise NotACoreError(f"task {pid} has no registers: {dump.core(pid).state_name}")
    machine = MACHINES.get(dump.core(pid).arch or "")
    if machine is None:
        raise NotACoreError(f"cores of {dump.core(pid).arch} are not known")
    noted = notes(dump, pid)
    with PageBytes(dump) as pages, ElfFiles(dump) as files:
        segments, unread = _segments(dump, pid, pages, files)
        offset = _headers(to, machine, noted, segments)
        total, done = sum(each.size for each in segments if each.written and not each.zeros), 0
        for each in segments:
            if each.written:
                to.seek(offset)
                for data in _bytes(each, pages, files):
                    to.write(data)
                    done += len(data)
                    progress(done, total)
                offset += each.size
        to.seek(offset)
        # The last segment may be a hole.
        to.truncate(offset)
    return Written(offset, len(found), unread)


def _segments(dump: Dump, pid: int, pages: PageBytes, files: ElfFiles) -> tuple[list[Segment], int]:
    """The memory of a task by address; and how many bytes of it should be there and are not."""
    found: list[Segment] = []
    unread = 0
    for vma in dump.address_space(pid).vmas:
        if vma.traits.guard or not vma.size or len(found) > SEGMENT_LIMIT:
            continue
        for run in pages.runs(pid, vma):
            unread += run.span.size if run.broken is not None else 0
            _append(found, _segment(dump, vma, run, files))
    return found, unread


def _segment(dump: Dump, vma: Vma, run: PageRun, files: ElfFiles) -> Segment:
    span: Span = run.span
    if run.place is not None:
        return Segment(span.start, span.size, vma.prot, run=run)
    if run.broken is None and run.kind is PageKind.ABSENT:
        absent = absent_pages(vma)
        if absent is AbsentContents.ZEROS and vma.prot & Prot.READ and span.size <= ZEROS_LIMIT:
            return Segment(span.start, span.size, vma.prot, zeros=True)
        place = file_place(dump, vma, span.start) if absent is AbsentContents.FILE else None
        if place is not None and files.has(place, span.size):
            return Segment(span.start, span.size, vma.prot, file=place)
    return Segment(span.start, span.size, vma.prot)


def _append(found: list[Segment], new: Segment) -> None:
    """Joins what follows on without bytes; stretches with bytes stay apart, each has its own place."""
    last = found[-1] if found else None
    joined = last is not None and last.start + last.size == new.start and last.prot == new.prot
    if last is not None and joined and not last.written and not new.written:
        found[-1] = last._replace(size=last.size + new.size)
    else:
        found.append(new)


def _headers(to: BinaryIO, machine: int, noted: bytes, segments: list[Segment]) -> int:
    """Writes headers and notes; returns the offset of the first segment's bytes, a multiple of PAGE."""
    count = len(segments) + 1
    extended = count >= _PN_XNUM
    at_notes = _EHDR.size + count * _PHDR.size + (_SHDR.size if extended else 0)
    first = -(-(at_notes + len(noted)) // PAGE) * PAGE
    identity = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    to.write(
        _EHDR.pack(
            identity, _ET_CORE, machine, 1, 0, _EHDR.size, _EHDR.size + count * _PHDR.size if extended else 0, 0,
            _EHDR.size, _PHDR.size, _PN_XNUM if extended else count, _SHDR.size, int(extended), 0,
        )
    )  # fmt: skip
    to.write(_PHDR.pack(_PT_NOTE, 0, at_notes, 0, 0, len(noted), 0, 4))
    offset = first
    for each in segments:
        flags = sum(flag for bit, flag in _FLAGS.items() if each.prot & bit)
        size = each.size if each.written else 0
        to.write(_PHDR.pack(_PT_LOAD, flags, offset, each.start, 0, size, each.size, PAGE))
        offset += size
    if extended:
        to.write(_SHDR.pack(0, 0, 0, 0, 0, 0, 0, count, 0, 0))
    to.write(noted)
    return first


def _bytes(segment: Segment, pages: PageBytes, files: ElfFiles) -> Iterator[bytes]:
    if segment.run is not None:
        yield from (data for _, data in pages.chunks(segment.run, PIECE))
    elif segment.file is not None:
        for at in range(0, segment.size, PIECE):
            there = segment.file._replace(offset=segment.file.offset + at)
            yield files.read(there, min(PIECE, segment.size - at))
