"""The heat map: which pages of an address space are dumped, a cell for one page or for many.

Lines lie on a grid from the start of each section. Two or more lines without a page in
the dump are folded into one that says how much it stands for.
"""

from __future__ import annotations

import copy
import enum
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE, counted, size
from criu_tui.core.drawings.address_lines import AddressLines
from criu_tui.core.dump.address_space import MappedVmas
from criu_tui.core.pages.places import Backing, backing, gap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.entries import Coverage
    from criu_tui.core.pages.pagemap import Pagemap

FOLDED_FROM = 2
"""Fewer empty lines than this are drawn."""
COUNTED = 1000
"""Lines that are counted to find out how close a map can be drawn."""


class Cell(enum.Enum):
    """What the pages of a cell are; the value is in words."""

    PRESENT = "present"
    PARTLY_PRESENT = "partly present"
    PARENT = "parent"
    PARTLY_PARENT = "partly parent"
    LAZY = "lazy"
    PARTLY_LAZY = "partly lazy"
    MIXED = "several kinds"
    ABSENT = "absent"


def cell(coverage: Coverage) -> Cell:
    """The cell that shows a coverage."""
    kinds = [
        (count, whole, partly)
        for count, whole, partly in (
            (coverage.present, Cell.PRESENT, Cell.PARTLY_PRESENT),
            (coverage.parent, Cell.PARENT, Cell.PARTLY_PARENT),
            (coverage.lazy, Cell.LAZY, Cell.PARTLY_LAZY),
        )
        if count
    ]
    if not kinds:
        return Cell.ABSENT
    if len(kinds) > 1:
        return Cell.MIXED
    count, whole, partly = kinds[0]
    return whole if count >= coverage.pages else partly


@dataclass(frozen=True, slots=True)
class HeatLine:
    """One line: a coverage for each cell, or words for a folded stretch."""

    span: Span
    cells: tuple[Coverage, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Section:
    """Adjoining VMAs whose pages one pagemap has."""

    span: Span
    source: Backing
    pagemap: Pagemap


class HeatMap(AddressLines[HeatLine]):
    """The cells of some VMAs of a task, `columns` to a line, `pages` to a cell."""

    def __init__(self, dump: Dump, pid: int, vmas: Sequence[Vma], columns: int, pages: int) -> None:
        self.columns = max(1, columns)
        self.pages = max(1, pages)
        self._sections = _sections(dump, pid, vmas)
        self._starts = [section.span.start for section in self._sections]
        self._mapped = sum(section.span.size for section in self._sections) // PAGE
        super().__init__(
            Span(self._starts[0], self._sections[-1].span.end) if self._sections else Span(0, 0),
        )

    def drawn(self, columns: int, pages: int) -> HeatMap:
        """The same memory with other numbers of cells to a line and of pages to a cell."""
        other = copy.copy(self)
        other.columns, other.pages = max(1, columns), max(1, pages)
        return other

    def zoomed(self, pages: int) -> HeatMap:
        """The same with another number of pages to a cell."""
        return self.drawn(self.columns, pages)

    @property
    def farthest(self) -> int:
        """The fewest pages to a cell, a power of two, with which all memory would fit on one line."""
        return 1 << (self._mapped // self.columns).bit_length()

    @property
    def line_size(self) -> int:
        """Bytes of address space in a line that is not folded."""
        return self.columns * self.pages * PAGE

    def line_at(self, address: int) -> HeatLine:
        section, span, folded = self._stretch(address)
        if section is None:
            return HeatLine(span, words=f"{size(span.size)} not mapped")
        if folded:
            return HeatLine(span, words=f"{counted(span.size // PAGE, 'page')} ({size(span.size)}) absent")
        return HeatLine(span, tuple(_cells(section, span, self.pages * PAGE)))

    def _stretch(self, address: int) -> tuple[_Section | None, Span, bool]:
        """The section that holds an address, the line there, and whether it is folded; no section in a hole."""
        index = bisect_right(self._starts, address) - 1
        section = self._sections[index]
        if address >= section.span.end:
            return None, Span(section.span.end, self._starts[index + 1]), True
        span = self._line(section, (address - section.span.start) // self.line_size)
        first, last = self._empty_lines(section, span)
        if last - first < FOLDED_FROM:
            return section, span, False
        return section, Span(self._line(section, first).start, self._line(section, last - 1).end), True

    def count(self, limit: int) -> int:
        """How many lines there are, counted up to a limit."""
        lines, at = 0, self.span.start
        while at < self.span.end and lines < limit:
            at = self._stretch(at)[1].end
            lines += 1
        return lines

    def cell_of(self, line: HeatLine, address: int) -> int:
        """Index of the cell of a line that holds an address; 0 in a folded line."""
        return (address - line.span.start) // (self.pages * PAGE) if line.cells else 0

    def cell_span(self, line: HeatLine, index: int) -> Span:
        """The addresses of a cell; of the whole line when it is folded."""
        if not line.cells:
            return line.span
        start = line.span.start + index * self.pages * PAGE
        return Span(start, min(line.span.end, start + self.pages * PAGE))

    def present_in(self, line: HeatLine, index: int) -> list[bool]:
        """Of each page of a cell, in the order of addresses, whether it is present."""
        section = self._stretch(line.span.start)[0]
        pages = [] if section is None else _cells(section, self.cell_span(line, index), PAGE)
        return [page.present > 0 for page in pages]

    def _line(self, section: _Section, number: int) -> Span:
        start = section.span.start + number * self.line_size
        return Span(start, min(section.span.end, start + self.line_size))

    def _empty_lines(self, section: _Section, span: Span) -> tuple[int, int]:
        """Numbers of the lines [first, last) around a line that hold no page; equal when it holds one."""
        hole = gap(section.pagemap, section.source.inside(span))
        if hole is None:
            return 0, 0
        start = max(section.span.start, hole.start + section.source.bias) - section.span.start
        end = min(section.span.end, hole.end + section.source.bias) - section.span.start
        first = -(-start // self.line_size)
        # The section's last line may be short: it is empty when the gap reaches the end.
        last = -(-end // self.line_size) if end == section.span.size else end // self.line_size
        return first, last


def _cells(section: _Section, span: Span, step: int) -> list[Coverage]:
    """What is in each of the cells of so many bytes; the last may be shorter."""
    return [
        section.pagemap.coverage(section.source.inside(Span(at, min(at + step, span.end))))
        for at in range(span.start, span.end, step)
    ]


def fitting(heat: HeatMap, columns: int, lines: int) -> HeatMap:
    """The same memory with the fewest pages to a cell, a power of two, that fit into so many lines.

    Where there are more stretches of memory than lines, it takes as few lines as it can.
    """
    drawn = heat.drawn(columns, 1)
    room = max(lines, drawn.zoomed(drawn.farthest).count(COUNTED))
    low, high = 0, drawn.farthest.bit_length() - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if drawn.zoomed(1 << middle).count(room + 1) <= room else (middle + 1, high)
    return drawn.zoomed(1 << low)


def _sections(dump: Dump, pid: int, vmas: Sequence[Vma]) -> list[_Section]:
    found: list[_Section] = []
    for vma in MappedVmas(vmas).vmas:
        source = backing(dump, pid, vma)
        last = found[-1] if found else None
        if last is not None and last.span.end == vma.start and last.source == source:
            found[-1] = _Section(Span(last.span.start, vma.end), source, last.pagemap)
        else:
            found.append(_Section(vma.span, source, source.pagemap(dump)))
    return found
