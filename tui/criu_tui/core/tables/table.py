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

    from criu_tui.core.base.span import Span

R = TypeVar("R")

GAP = "  "
"""Between two columns."""


class Tone(enum.Enum):
    """What a row or a note means; a front end gives it a colour and the text a sign."""

    PLAIN = ""
    DIM = "dim"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class Tint(enum.Enum):
    """Groups that a front end tells apart by colour; `legend` says what belongs to each."""

    PLAIN = "plain"
    ANONYMOUS = "anonymous"
    FILE = "file"
    SHARED = "shared"
    STACK = "stack"
    KERNEL = "kernel"
    GUARD = "guard"
    PRESENT = "present"
    PARENT = "parent"
    LAZY = "lazy"
    ABSENT = "absent"


class Unit(enum.Enum):
    """How people write the numbers that a column sorts by."""

    NUMBER = "number"
    """Decimal; K, M, G, T are powers of 1024."""
    ADDRESS = "address"
    """Hexadecimal."""
    SHARE = "share"
    """Percent; the column sorts by parts in ten thousand."""


@dataclass(frozen=True, slots=True, eq=False)
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
    unit: Unit = Unit.NUMBER
    """Of the numbers it sorts by; says nothing of text."""
    names: tuple[str, ...] = ()
    """What else a filter may call it, besides its title."""
    tint: Callable[[R], Tint] | None = None
    """What colour a row's cell has; None for the row's own."""


@dataclass(frozen=True, slots=True, eq=False)
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
    hidden: tuple[Column[R], ...] = ()
    """What filters and details know of a row besides its columns."""
    locate: Callable[[int | None, int | None], int | None] | None = None
    """Does what View.find does, without looking at every row."""
    linked: bool = True
    """Whether rows follow the shared selection; not those of a log, which are read only when looked at."""

    def cells(self, index: int) -> tuple[str, ...]:
        """The cells of one row."""
        row = self.rows[index]
        return tuple(column.text(row) for column in self.columns)

    def shown_columns(self, width: int, asked: int | None = None) -> tuple[int, ...]:
        """Indexes of the columns that fit in a number of characters, with gaps between them.

        The one `asked` for, such as that which rows are sorted by, never gives way.
        """
        kept = list(range(len(self.columns)))
        while len(kept) > 1 and sum(self.columns[i].width + len(GAP) for i in kept) - len(GAP) > width:
            heaviest = max((i for i in kept if i != asked), key=lambda i: (self.columns[i].weight, i))
            if self.columns[heaviest].weight == 0:
                break
            kept.remove(heaviest)
        return tuple(kept)

    def column_at(self, shown: Sequence[int], character: int) -> int | None:
        """Index of the column that a character of a line belongs to, the gap behind it included."""
        for index in shown:
            character -= self.columns[index].width + len(GAP)
            if character < 0:
                return index
        return shown[-1] if shown else None

    def parts(self, cells: Sequence[str], shown: Sequence[int]) -> list[str]:
        """Cells padded to their columns; the last one is never padded at its right, none is cut."""
        parts = []
        for position, index in enumerate(shown):
            column, cell = self.columns[index], cells[index]
            if column.right:
                parts.append(cell.rjust(column.width))
            elif position == len(shown) - 1:
                parts.append(cell)
            else:
                parts.append(cell.ljust(column.width))
        return parts

    def line(self, cells: Sequence[str], shown: Sequence[int]) -> str:
        """Cells set in their columns."""
        return GAP.join(self.parts(cells, shown)).rstrip()

    def note_lines(self) -> Iterator[str]:
        """The notes as lines of plain text."""
        return (f"{_SIGNS[tone]}{line}" for tone, line in self.notes)

    def header(self, shown: Sequence[int], marked: int | None = None, mark: str = "") -> str:
        """The titles, and a mark of one character behind the title of one column."""
        parts = self.parts([column.title for column in self.columns], shown)
        for position, index in enumerate(shown):
            behind = mark if index == marked else ""
            if behind and parts[position].endswith("  "):
                title = self.columns[index].title
                parts[position] = (title + behind).ljust(len(parts[position])) + GAP
            else:
                parts[position] += behind + GAP[len(behind) :]
        return "".join(parts).rstrip()

    def text(self, order: Sequence[int] | None = None) -> Iterator[str]:
        """The table as lines of plain text, every column at full width; all rows, or those asked for."""
        shown = range(len(self.columns))
        yield from self.note_lines()
        if not self.rows:
            yield self.empty
            return
        yield self.header(shown)
        for index in range(len(self.rows)) if order is None else order:
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


def form(columns: Sequence[Column[R]]) -> str:
    """What sets cells in these columns by the % operator, for who makes the lines of very many rows without cells."""
    *before, _ = columns
    return GAP.join((*(f"%{'' if column.right else '-'}{column.width}s" for column in before), "%s"))


def widest(title: str, texts: Sequence[str] | set[str]) -> int:
    """Characters that a column needs for its title and these cells."""
    return max(len(title), max(map(len, texts), default=0))
