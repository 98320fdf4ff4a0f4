"""Mapped files whose bytes a dump has itself, as files: deleted ones, memory files and the vdso."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.files import memfd_inodes
from criu_tui.core.dump.ghosts import chunks, ghosts, image_of
from criu_tui.core.dump.mapped_file import GhostContents, SharedContents
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.pagemaps import pagemap_of, shared_pagemap_of
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.source import OpenFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.mapped_file import Contents, TaskContents
    from criu_tui.core.pages.places import PageRun

ALWAYS = 1 << 20
"""Bytes that may be read at once of a file that has fewer in the dump, since the others are holes."""


def kept_file(dump: Dump, contents: Contents) -> OpenFile:
    """The file whose bytes lie there. Raises ImageError when they cannot be read."""
    return _Ghost(dump, contents.number) if isinstance(contents, GhostContents) else _Pages(dump, contents)


class _WithHoles(OpenFile):
    """A file of which a dump has some bytes; the others are zeros."""

    def read_at(self, offset: int, length: int) -> bytes:
        length = max(0, min(length, self.size - offset))
        if length > max(self.allocated, ALWAYS):
            raise OSError(errno.EFBIG, f"{self.name} has fewer bytes than {length}")
        data = bytearray(length)
        for at, part in self._parts(Span(offset, offset + length)):
            data[at - offset : at - offset + len(part)] = part
        return bytes(data)

    def _parts(self, span: Span) -> Iterator[tuple[int, bytes]]:
        """The bytes of a part of the file that are not zeros, each with its offset. Raises OSError."""
        raise NotImplementedError


class _Ghost(_WithHoles):
    def __init__(self, dump: Dump, number: int) -> None:
        self._chunks = [*chunks(dump, number)]
        said = next((each.size for each in ghosts(dump) if each.id == number), None)
        size = max((chunk.at + chunk.payload.length for chunk in self._chunks), default=0) if said is None else said
        super().__init__(image_of(number), size, sum(chunk.payload.length for chunk in self._chunks))
        self._image = dump.source.file(image_of(number)).open()

    def _parts(self, span: Span) -> Iterator[tuple[int, bytes]]:
        for chunk in self._chunks:
            part = span.intersection(Span(chunk.at, chunk.at + chunk.payload.length))
            if part.size:
                yield part.start, self._image.read_at(chunk.payload.offset + part.start - chunk.at, part.size)

    def close(self) -> None:
        self._image.close()


class _Pages(_WithHoles):
    def __init__(self, dump: Dump, contents: SharedContents | TaskContents) -> None:
        self._contents = contents
        self._pages = PageBytes(dump)
        if isinstance(contents, SharedContents):
            inode = next((each for each in memfd_inodes(dump).values() if each.shmid == contents.shmid), None)
            span = Span(0, 0 if inode is None else inode.size)
            pagemap = shared_pagemap_of(dump, contents.shmid)
        else:
            span, pagemap = contents.span, pagemap_of(dump, contents.pid)
        covered = pagemap.coverage(Span(span.start, -(-span.end // PAGE) * PAGE))
        super().__init__(pagemap.name, span.size, covered.dumped * PAGE)

    def _runs(self, span: Span) -> Iterator[tuple[int, PageRun]]:
        """Runs that hold a part of the file, each with the offset where it begins."""
        where = self._contents
        if isinstance(where, SharedContents):
            yield from ((run.span.start, run) for run in self._pages.shared_runs(where.shmid, span.size, span.start))
            return
        start = where.span.start + (span.start & -PAGE)
        length = -(-span.end // PAGE) * PAGE - (span.start & -PAGE)
        for run in self._pages.task_runs(where.pid, start, length):
            yield run.span.start - where.span.start, run

    def _parts(self, span: Span) -> Iterator[tuple[int, bytes]]:
        for begins, run in self._runs(span):
            part = span.intersection(Span(begins, begins + run.span.size))
            if not part.size:
                continue
            try:
                if run.broken is not None:
                    raise run.broken
                if run.place is not None:
                    yield part.start, self._pages.read_place(run.place.after(part.start - begins), part.size)
            except ImageError as error:
                raise OSError(errno.EIO, str(error)) from error

    def close(self) -> None:
        self._pages.close()
