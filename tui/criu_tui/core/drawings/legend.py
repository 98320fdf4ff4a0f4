"""What the signs of panes stand for: those of VMA types, and of pages in the heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.drawings.heat import Cell, cell
from criu_tui.core.drawings.signs import VMAS, Sign
from criu_tui.core.tables.table import Tint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.drawings.heat import HeatLine, HeatMap
    from criu_tui.core.pages.entries import Coverage


SOME_DOTS = "⢣"
"""Stands for the signs that show which of the pages of a cell are present."""
CELLS: dict[Cell, Sign] = {
    Cell.PRESENT: Sign("█", Tint.PRESENT, "bytes are in this dump"),
    Cell.PARTLY_PRESENT: Sign("▄", Tint.PRESENT, "some of these pages are, as many as it is high: ▁▂▃▄▅▆▇"),
    Cell.PARENT: Sign("▒", Tint.PARENT, "bytes are in a parent dump"),
    Cell.PARTLY_PARENT: Sign("░", Tint.PARENT, "some of these pages are"),
    Cell.LAZY: Sign("○", Tint.LAZY, "to be fetched later, no bytes here"),
    Cell.PARTLY_LAZY: Sign("◌", Tint.LAZY, "some of these pages are"),
    Cell.MIXED: Sign("▚", Tint.PARENT, "present, parent and lazy side by side"),
    Cell.ABSENT: Sign("·", Tint.ABSENT, "not dumped: zero, or the file's own"),
}


LEVELS = "▁▂▃▄▅▆▇"
"""Of the pages of a cell that is partly present, up to an eighth, two eighths and so on: one page is never nothing."""


def sign_of(coverage: Coverage) -> Sign:
    """What a cell looks like that shows a coverage."""
    shown = CELLS[kind := cell(coverage)]
    if kind is Cell.PARTLY_PRESENT:
        eighths = -(-coverage.present * 8 // coverage.pages)
        return shown._replace(sign=LEVELS[min(eighths, len(LEVELS)) - 1])
    return shown


DOTS = (0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80)
"""Of a braille sign (U+2800 with these bits), in the order of addresses: the left column down, then the right one."""


def has_dots(pages: int) -> bool:
    """Whether a cell of so many pages, some of which are present, shows each by itself, so that one sees which.

    Beyond eight to a cell a dot would be several pages: one of them, or none, would look like all.
    """
    return 1 < pages <= len(DOTS)


def dots(present: Sequence[bool], pages: int) -> str:
    """A braille sign in which each of 2, 4 or 8 pages has as many dots, seen where it is present."""
    each = len(DOTS) // pages
    seen = (bit for page, there in enumerate(present) if there for bit in DOTS[page * each : (page + 1) * each])
    return chr(0x2800 + sum(seen))


def sign_in(heat: HeatMap, line: HeatLine, index: int) -> Sign:
    """What a cell of a heat map looks like."""
    shown = sign_of(line.cells[index])
    if has_dots(heat.pages) and cell(line.cells[index]) is Cell.PARTLY_PRESENT:
        return shown._replace(sign=dots(heat.present_in(line, index), heat.pages))
    return shown


def cells_line(pages: int = 1) -> str:
    """The signs of pages on one line of 58 characters, where a cell is so many."""
    pairs = ((Cell.PRESENT, Cell.PARTLY_PRESENT), (Cell.PARENT, Cell.PARTLY_PARENT), (Cell.LAZY, Cell.PARTLY_LAZY))
    whole = " ".join(f"{CELLS[all_].sign}{CELLS[some].sign} {all_.value}" for all_, some in pairs)
    partly = "".join(CELLS[some].sign for _, some in pairs)
    found = f"{whole} {CELLS[Cell.MIXED].sign} mixed {CELLS[Cell.ABSENT].sign} absent ({partly} partly)"
    return found.replace(CELLS[Cell.PARTLY_PRESENT].sign, SOME_DOTS) if has_dots(pages) else found


def vma_lines() -> Iterator[tuple[Tint, str]]:
    """VMA types, one a line."""
    for kind, sign in VMAS.items():
        yield sign.tint, f"{sign.sign}  {kind.value:<14}{sign.meaning}"


def page_lines() -> Iterator[tuple[Tint, str]]:
    """What the pages of a cell are, one a line."""
    for kind, sign in CELLS.items():
        yield sign.tint, f"{sign.sign}  {kind.value}"
        if kind is Cell.PARTLY_PRESENT:
            yield sign.tint, f"{SOME_DOTS}  which, of up to {len(DOTS)}"
