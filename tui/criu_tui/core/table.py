"""Any table without a screen: columns, rows, order, filter, and plain text.

Cells are made only for the rows that are asked for, so a table of 65,530 rows costs
what its rows cost, and a pane what it shows.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.span import Span

R = TypeVar("R")


class Tone(enum.Enum):
    """What a row or a note means; a front end gives it a colour and the text a sign."""

    PLAIN = ""
    DIM = "dim"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: how a row's cell reads and sorts, and how many characters it takes."""

    title: str
    text: Callable[[R], str]
    width: int
    right: bool = False
    sort: Callable[[R], int | str] | None = None
    """None: rows sort by the text."""
    weight: int = 0
    """Columns with the largest weight give way first as the width shrinks; 0 never does."""


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """Rows of one kind in their natural order, with what a front end needs to know of each."""

    title: str
    columns: tuple[Column[R], ...]
    rows: Sequence[R]
    place: Callable[[R], tuple[int | None, Span | None]]
    """Task and addresses of a row."""
    tone: Callable[[R], Tone]
    notes: tuple[tuple[Tone, str], ...] = ()
    """Lines above the table: totals and what matters most."""
    empty: str = "nothing here"

    def cells(self, index: int) -> tuple[str, ...]:
        """The cells of one row."""
        row = self.rows[index]
        return tuple(column.text(row) for column in self.columns)

    def find(self, pid: int | None, address: int | None) -> int | None:
        """Index of the first row at a task and address; of the task's first row without one."""
        for index, row in enumerate(self.rows):
            row_pid, span = self.place(row)
            if pid is not None and row_pid not in (None, pid):
                continue
            if address is None or (span is not None and address in span):
                return index
        return None

    def shown_columns(self, width: int) -> tuple[int, ...]:
        """Indexes of the columns that fit in a number of characters, gaps of two between them."""
        kept = list(range(len(self.columns)))
        while len(kept) > 1 and sum(self.columns[i].width + 2 for i in kept) - 2 > width:
            heaviest = max(kept, key=lambda i: (self.columns[i].weight, i))
            if self.columns[heaviest].weight == 0:
                break
            kept.remove(heaviest)
        return tuple(kept)

    def line(self, cells: Sequence[str], shown: Sequence[int]) -> str:
        """Cells set in their columns; the last column is never padded or cut here."""
        parts = []
        for position, index in enumerate(shown):
            column, cell = self.columns[index], cells[index]
            if column.right:
                parts.append(cell.rjust(column.width))
            elif position == len(shown) - 1:
                parts.append(cell)
            else:
                parts.append(cell.ljust(column.width))
        return "  ".join(parts).rstrip()

    def header(self, shown: Sequence[int]) -> str:
        return self.line([column.title for column in self.columns], shown)

    def note_lines(self) -> Iterator[str]:
        """The notes as lines of plain text."""
        return (f"{_SIGNS[tone]}{line}" for tone, line in self.notes)

    def text(self) -> Iterator[str]:
        """The whole table as lines of plain text, every column at full width."""
        shown = range(len(self.columns))
        yield from self.note_lines()
        if not self.rows:
            yield self.empty
            return
        yield self.header(shown)
        for index in range(len(self.rows)):
            yield self.line(self.cells(index), shown)

    def of(self, rows: Sequence[R]) -> Table[R]:
        """The same table of fewer rows."""
        return replace(self, rows=rows)

    def titled_text(self) -> Iterator[str]:
        """The title, then `text`."""
        yield self.title
        yield from self.text()


_SIGNS = {
    Tone.PLAIN: "",
    Tone.DIM: "",
    Tone.NOTE: "note: ",
    Tone.WARNING: "warning: ",
    Tone.ERROR: "error: ",
}


def widest(title: str, texts: Sequence[str] | set[str]) -> int:
    """Characters that a column needs for its title and these cells."""
    return max(len(title), max(map(len, texts), default=0))
