"""The legend: every sign and colour of VMA types and of page kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.heat import Cell
from criu_tui.core.legend import VMAS
from criu_tui.core.table import Tint

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES: dict[Cell, Tint] = {
    Cell.PRESENT: Tint.PRESENT,
    Cell.PARTLY_PRESENT: Tint.PRESENT,
    Cell.PARENT: Tint.PARENT,
    Cell.PARTLY_PARENT: Tint.PARENT,
    Cell.LAZY: Tint.LAZY,
    Cell.PARTLY_LAZY: Tint.LAZY,
    Cell.MIXED: Tint.PLAIN,
    Cell.ABSENT: Tint.ABSENT,
}


def vma_lines() -> Iterator[tuple[Tint, str]]:
    """VMA types, one a line."""
    for kind, sign in VMAS.items():
        yield sign.tint, f"{sign.sign}  {kind.value:<14}{sign.meaning}"


def page_lines() -> Iterator[tuple[Tint, str]]:
    """What the pages of a cell are, one a line."""
    for cell, tint in PAGES.items():
        yield tint, f"{cell.sign}  {cell.words}"
