"""A view of a table of any size: its rows in some order, narrowed by a filter.

A view is never changed: sorting and filtering give another one that shares what the first
has computed. Rows are known by their index in the table, so a selection survives both.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Generic, NamedTuple

from criu_tui.core.base.progress import Progress
from criu_tui.core.base.units import counted, number, size
from criu_tui.core.tables.known import KEPT_TEXTS, STEP, Known
from criu_tui.core.tables.table import R

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.tables.table import Table
    from criu_tui.core.tables.terms import Filter

SHORT = 5000
"""Rows whose cells are made between two keys."""


class Sort(NamedTuple):
    """A column, by its index in the table, and a direction."""

    column: int
    descending: bool = False


class View(Generic[R]):
    """Rows of a table in an order; `order` holds their indexes in the table."""

    def __init__(self, table: Table[R]) -> None:
        self.table = table
        self.order: Sequence[int] = range(len(table.rows))
        self.sort: Sort | None = None
        self.filter: Filter[R] | None = None
        """None: no row is left out."""
        self._kept: Sequence[int] = self.order
        """The rows that the filter keeps, in the table's order."""
        self._known: Known[R] = Known(table)
        self._footer: str | None = None

    def __len__(self) -> int:
        return len(self.order)

    def arranged(self, sort: Sort | None, filter_: Filter[R] | None, progress: Progress | None = None) -> View[R]:
        """The view with another order and filter; no sort is the table's own order.

        Rows that sort alike stay in the table's order. Raises CancelledError when the progress is cancelled.
        """
        progress = progress or Progress()
        other: View[R] = View.__new__(View)
        other.table, other._known, other.sort, other.filter = self.table, self._known, sort, filter_
        if filter_ is not None and self.filter is not None and filter_.narrows(self.filter):
            rows = self._known.matching(filter_, progress, self._kept, self.filter.terms)
        else:
            rows = self._known.matching(filter_, progress, range(len(self.table.rows)))
        other._kept = rows
        other._footer = other._totals() if filter_ else None
        if sort is not None:
            keys = self._known.keys(sort.column, progress)
            rows = sorted(rows, key=keys.__getitem__, reverse=sort.descending)
        other.order = array("I", rows)
        return other

    @property
    def quick(self) -> bool:
        """Whether a filter takes no time that is felt: of a long table once its cells are known."""
        return len(self.table.rows) <= SHORT or self._known.texts_known()

    def quick_for(self, wanted: Filter[R]) -> bool:
        """Whether this filter takes none either: its terms may ask for columns that have not been looked at."""
        return len(self.table.rows) <= SHORT or (self.quick and all(map(self._known.column_known, wanted.tests)))

    def know_texts(self, progress: Progress) -> None:
        """Makes the text that filters search, where a table's is kept. Raises CancelledError."""
        if len(self.table.rows) <= KEPT_TEXTS:
            for start in range(0, len(self.table.rows), STEP):
                progress.check(start, len(self.table.rows))
                self._known.some_texts(start, progress)

    def position(self, row: int) -> int | None:
        """Where a row is in the order; None when the filter leaves it out."""
        if self.sort is None:
            found = bisect_left(self.order, row)
            return found if found < len(self.order) and self.order[found] == row else None
        try:
            return self.order.index(row)
        except ValueError:
            return None

    def nearest(self, row: int) -> int:
        """Position of a row, or of one next to it in the table that the filter keeps; 0 when it keeps none."""
        found = self.position(row)
        if found is not None or not self.order:
            return found or 0
        if self.sort is None:
            return min(bisect_left(self.order, row), len(self.order) - 1)
        return min(range(len(self.order)), key=lambda position: abs(self.order[position] - row))

    def find(self, pid: int | None, address: int | None) -> int | None:
        """The first row at a task and address, kept or not; the task's first row without an address."""
        if not self.table.linked:
            return None
        if self.table.locate is not None:
            return self.table.locate(pid, address)
        return self._known.places().find(pid, address)

    def beside(self, pid: int, address: int) -> tuple[int | None, int | None]:
        """Rows of a task that end at or below an address, and begin above it: the nearest on each side."""
        return self._known.places().beside(pid, address)

    def match(self, wanted: Filter[R], start: int, step: int) -> int | None:
        """Position of the next row that satisfies a filter, from `start` on by `step`, going round once."""
        count = len(self.order)
        for distance in range(count):
            position = (start + step * distance) % count
            if self._known.satisfies(wanted, self.order[position]):
                return position
        return None

    @property
    def count(self) -> str:
        """ "12 of 65,530", or "65,530" when nothing is left out."""
        everything = len(self.table.rows)
        if len(self.order) == everything:
            return number(everything)
        return f"{number(len(self.order))} of {number(everything)}"

    @property
    def footer(self) -> str:
        """What the rows shown come to, in a line: their number, and sums of bytes where adding up takes no time."""
        if self._footer is None:
            self._footer = self.table.total or self._totals()
        return self._footer

    def _totals(self) -> str:
        count = counted(len(self._kept), "row")
        if len(self._kept) < len(self.table.rows):
            count = f"{number(len(self._kept))} of {counted(len(self.table.rows), 'row')}"
        if not self.filter and len(self._kept) > SHORT:
            return count
        sums = []
        for column in self.table.columns:
            if column.summed and column.sort is not None:
                amounts = (column.sort(self.table.rows[row]) for row in self._kept)
                total = sum(amount for amount in amounts if isinstance(amount, int))
                sums.append(f"{column.title} {size(total)}")
        return "   ".join([count, *sums])

    def text(self, limit: int | None = None) -> Iterator[str]:
        """Notes, header and rows in this order as plain text; says how many rows a limit leaves out."""
        yield from self.table.text(self.order if limit is None else self.order[:limit])
        if limit is not None and len(self.order) > limit:
            yield f"… {number(len(self.order) - limit)} more rows"
