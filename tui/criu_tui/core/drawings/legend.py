"""What the signs of panes stand for: those of VMA types, and of pages in the heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.drawings.heat import Cell, cell
from criu_tui.core.drawings.signs import VMAS, Sign
from criu_tui.core.tables.table import Tint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.pages.entries import Coverage


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


def cells_line() -> str:
    """The signs of pages on one line of 58 characters."""
    pairs = ((Cell.PRESENT, Cell.PARTLY_PRESENT), (Cell.PARENT, Cell.PARTLY_PARENT), (Cell.LAZY, Cell.PARTLY_LAZY))
    whole = " ".join(f"{CELLS[all_].sign}{CELLS[some].sign} {all_.value}" for all_, some in pairs)
    partly = "".join(CELLS[some].sign for _, some in pairs)
    return f"{whole} {CELLS[Cell.MIXED].sign} mixed {CELLS[Cell.ABSENT].sign} absent ({partly} partly)"


def vma_lines() -> Iterator[tuple[Tint, str]]:
    """VMA types, one a line."""
    for kind, sign in VMAS.items():
        yield sign.tint, f"{sign.sign}  {kind.value:<14}{sign.meaning}"


def page_lines() -> Iterator[tuple[Tint, str]]:
    """What the pages of a cell are, one a line."""
    for kind, sign in CELLS.items():
        yield sign.tint, f"{sign.sign}  {kind.value}"
