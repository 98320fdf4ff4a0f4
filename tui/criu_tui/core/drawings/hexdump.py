"""The bytes of a task by address: rows of 16, repeats and holes as one line each."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE, counted, size
from criu_tui.core.drawings.address_lines import AddressLines
from criu_tui.core.dump.address_space import MappedVmas
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.pages.places import AbsentContents, absent_pages
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.contents import PageBytes
    from criu_tui.core.pages.places import PageRun

ROW = 16
"""Bytes in a row."""
CACHED_PAGES = 256

_ABSENT_WORDS = {
    AbsentContents.ZEROS: "zeros when restored",
    AbsentContents.FILE: "the mapped file's when restored",
    AbsentContents.KERNEL: "the kernel provides them",
    AbsentContents.NOTHING: "cannot be read",
}


@dataclass(frozen=True, slots=True)
class HexLine:
    """A row with its bytes, or words for a stretch without any to show."""

    span: Span
    data: bytes = b""
    words: str = ""
    repeated: bool = False
    """The rows of this stretch equal the one above it."""


@dataclass(frozen=True, slots=True)
class Values:
    """The bytes at an address as little-endian numbers; None where the page ends too soon."""

    u8: int
    u16: int | None
    u32: int | None
    u64: int | None
    text: str
    """Printable ASCII from here to the first other byte, within the page."""


class HexDump(AddressLines[HexLine]):
    """The bytes of a task, whatever dump of the chain has them."""

    def __init__(self, dump: Dump, pid: int, contents: PageBytes) -> None:
        self._pid = pid
        self._contents = contents
        self.mapped: MappedVmas = MappedVmas(dump.address_space(pid).vmas)
        self._page_lines = functools.lru_cache(CACHED_PAGES)(self._lines_of_page)
        self._beside: Callable[[int], bytes] | None = None
        super().__init__(self.mapped.span)

    def keep_apart(self, beside: Callable[[int], bytes] | None) -> None:
        """Rows become one only where those beside them, of the page at an address, are alike too."""
        self._beside = beside
        self._page_lines.cache_clear()

    def line_at(self, address: int) -> HexLine:
        vma = self.mapped.at(address)
        if vma is None:
            hole = self.mapped.hole(address)
            return HexLine(hole, words=f"{size(hole.size)} not mapped")
        run = self._run(vma, address)
        if run.place is None:
            return HexLine(run.span, words=_why_none(run, vma))
        page = address & -PAGE
        return next(line for line in self._page_lines(page) if address in line.span)

    def bytes_at(self, address: int) -> bytes:
        """The bytes from an address to the end of its page; none where there are none to read."""
        vma = self.mapped.at(address)
        run = None if vma is None else self._run(vma, address)
        if run is None or run.place is None:
            return b""
        try:
            return self._page(address & -PAGE, run)[address % PAGE :]
        except ImageError:
            return b""

    def values(self, address: int) -> Values | None:
        """The bytes at an address read as numbers and as text; None where there are none."""
        data = self.bytes_at(address)
        if not data:
            return None
        u16, u32, u64 = (int.from_bytes(data[:width], "little") if len(data) >= width else None for width in (2, 4, 8))
        length = next((i for i, byte in enumerate(data) if not 0x20 <= byte < 0x7F), len(data))
        return Values(data[0], u16, u32, u64, data[:length].decode("ascii"))

    def pointer_at(self, address: int) -> tuple[int, Vma] | None:
        """The address that the eight bytes at an address point to, and the VMA that holds it."""
        values = self.values(address)
        if values is None or values.u64 is None:
            return None
        target = self.mapped.at(values.u64)
        return None if target is None else (values.u64, target)

    def dumped_after(self, address: int) -> int | None:
        """Where the next stretch of dumped pages begins above an address; None when none does."""
        found = (self._contents.dumped_after(self._pid, vma, address) for vma in self.mapped.vmas if vma.end > address)
        return next((start for start in found if start is not None), None)

    def dumped_before(self, address: int) -> int | None:
        """Where the last stretch of dumped pages begins below an address; None when none does."""
        found = (
            self._contents.dumped_before(self._pid, vma, address)
            for vma in reversed(self.mapped.vmas)
            if vma.start < address
        )
        return next((start for start in found if start is not None), None)

    def _run(self, vma: Vma, address: int) -> PageRun:
        """The run that holds an address; one without bytes in its whole length."""
        page = Span(address & -PAGE, (address & -PAGE) + PAGE).intersection(vma.span)
        run = next(self._contents.runs(self._pid, vma, page))
        return run if run.place is not None else self._contents.around(self._pid, vma, address)

    def _page(self, page: int, run: PageRun) -> bytes:
        assert run.place is not None
        return self._contents.read_place(run.place.after(page - run.span.start), PAGE)

    def _lines_of_page(self, page: int) -> tuple[HexLine, ...]:
        vma = self.mapped.at(page)
        run = None if vma is None else self._run(vma, page)
        if run is None or run.place is None:
            # Images that are not as CRIU writes them: bytes for a part of a page.
            return (HexLine(Span(page, page + PAGE), words="unreadable: memory that begins or ends within this page"),)
        try:
            data = self._page(page, run)
        except ImageError as error:
            return (HexLine(Span(page, page + PAGE), words=f"unreadable: {error}"),)
        return tuple(_rows(page, data, b"" if self._beside is None else self._beside(page)))


def _rows(page: int, data: bytes, beside: bytes) -> Iterator[HexLine]:
    """A page's rows; two or more that equal the one above them become one line."""
    rows, others = ([each[at : at + ROW] for at in range(0, len(data), ROW)] for each in (data, beside))
    alike = [rows[i] == rows[i - 1] and others[i] == others[i - 1] for i in range(1, len(rows))]
    changes = [0, *(i for i, same in enumerate(alike, 1) if not same), len(rows)]
    for first, following in pairwise(changes):
        start, end = page + first * ROW, page + following * ROW
        yield HexLine(Span(start, start + ROW), rows[first])
        if following - first == 2:
            yield HexLine(Span(start + ROW, end), rows[first])
        elif following - first > 2:
            count = following - first - 1
            yield HexLine(Span(start + ROW, end), words=f"{counted(count, 'row')} the same", repeated=True)


def _why_none(run: PageRun, vma: Vma) -> str:
    if run.broken is not None:
        return f"unreadable: {run.broken}"
    much = f"{counted(run.span.size // PAGE, 'page')} ({size(run.span.size)})"
    if run.kind is PageKind.LAZY:
        return f"{much} left to a lazy-pages server: not in the dump"
    return f"{much} absent: {_ABSENT_WORDS[absent_pages(vma)]}"
