"""The memory of a task by address, whatever VMA and dump of the chain holds it; and what programs keep in it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from criu_tui.core.base.limits import ARGUMENTS_LIMIT, MEMORY_READ_LIMIT
from criu_tui.core.base.span import Span
from criu_tui.core.dump.address_space import MappedVmas
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.pages.places import AbsentContents, absent_pages
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from typing import Self

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma


class Memory:
    """Reads the memory of one task; keeps the files open until closed."""

    def __init__(self, dump: Dump, pid: int) -> None:
        self.pid = pid
        self._space = dump.address_space(pid)
        self._pages = PageBytes(dump)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pages.close()

    @functools.cached_property
    def mapped(self) -> MappedVmas:
        """The VMAs that addresses belong to."""
        return MappedVmas(self._space.vmas)

    def vma(self, address: int) -> Vma | None:
        """The VMA that holds an address; None in a hole."""
        return self.mapped.at(address)

    def read(self, start: int, length: int) -> bytes | None:
        """Exactly these bytes: as dumped, or zeros where a restored task finds them; None where the dump has neither.

        Raises ImageError when the pages cannot be read.
        """
        if not 0 <= length <= MEMORY_READ_LIMIT or start < 0:
            return None
        parts: list[bytes] = []
        at, end = start, start + length
        while at < end:
            vma = self.mapped.at(at)
            if vma is None:
                return None
            part = self._inside(vma, Span(at, min(end, vma.end)))
            if part is None:
                return None
            parts.append(part)
            at = min(end, vma.end)
        return b"".join(parts)

    def _inside(self, vma: Vma, span: Span) -> bytes | None:
        parts: list[bytes] = []
        for run in self._pages.runs(self.pid, vma, span):
            if run.broken is not None:
                raise run.broken
            if run.place is not None:
                parts += (data for _, data in self._pages.chunks(run, 1 << 20))
            elif run.kind is PageKind.ABSENT and absent_pages(vma) is AbsentContents.ZEROS:
                parts.append(bytes(run.span.size))
            else:
                return None
        return b"".join(parts)

    def word(self, address: int, size: int = 8) -> int | None:
        """The little-endian number at an address; None where there is none to read."""
        try:
            data = self.read(address, size)
        except ImageError:
            return None
        return None if data is None else int.from_bytes(data, "little")


def arguments(dump: Dump, pid: int) -> tuple[bytes, ...] | None:
    """The command line of a task, from its stack; None where that is not in the dump."""
    return started_with(dump, pid, "arguments")[0]


def environment(dump: Dump, pid: int) -> tuple[bytes, ...] | None:
    """The environment that a task was started with, as NAME=VALUE; None where it is not in the dump.

    What a program changed since lies elsewhere, as with /proc/PID/environ.
    """
    return started_with(dump, pid, "environment")[0]


def started_with(dump: Dump, pid: int, *parts: str) -> list[tuple[bytes, ...] | None]:
    """`arguments` and `environment` of a task, as asked for by these names: they lie in one VMA as a rule."""
    layout = dump.address_space(pid).layout
    if layout is None:
        return [None] * len(parts)
    with Memory(dump, pid) as memory:
        return [_strings(dump, memory, getattr(layout, part)) for part in parts]


def _strings(dump: Dump, memory: Memory, span: Span) -> tuple[bytes, ...] | None:
    if not 0 < span.size <= ARGUMENTS_LIMIT:
        return () if span.size == 0 and span.start else None
    try:
        data = memory.read(span.start, span.size)
    except ImageError as error:
        dump.note_problem(error.file, error)
        return None
    if data is None:
        return None
    return tuple(data.removesuffix(b"\0").split(b"\0"))
