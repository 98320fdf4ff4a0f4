"""A view of a table of any size: its rows in some order, narrowed by a filter.

A view is never changed: sorting and filtering give another one that shares what the first
has computed. Rows are known by their index in the table, so a selection survives both.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Generic, NamedTuple

from criu_tui.core.base.progress import Progress
from criu_tui.core.base.units import counted, number, size
from criu_tui.core.tables.known import KEPT_TEXTS, STEP, Known
from criu_tui.core.tables.table import R

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.tables.table import Table
    from criu_tui.core.tables.terms import Filter

SHORT = 5000
"""Rows whose cells are made between two keys."""
ENOUGH = 200
"""Rows found that fill a screen: worth showing before all rows have been looked at."""
SOON, LATER = 0.1, 0.4
"""Seconds after which fewer rows are shown before that, and until more are; twice as long each time after that."""


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
        self.partial = False
        """Whether not all rows have been looked at: the filter keeps these, and perhaps more."""
        self._kept: Sequence[int] = self.order
        """The rows that the filter keeps, in the table's order."""
        self._known: Known[R] = Known(table)
        self._footer: str | None = None

    def __len__(self) -> int:
        return len(self.order)

    def arranged(
        self,
        sort: Sort | None,
        filter_: Filter[R] | None,
        progress: Progress | None = None,
        show: Callable[[View[R]], None] | None = None,
    ) -> View[R]:
        """The view with another order and filter; no sort is the table's own order.

        Rows that sort alike stay in the table's order. Where it takes long, and rows stay in the table's order, `show`
        is called now and then with a partial view of those found so far. Raises CancelledError when the progress is
        cancelled.
        """
        progress = progress or Progress()
        rows: Sequence[int] = range(len(self.table.rows))
        if filter_:
            narrows = self.filter is not None and not self.partial and filter_.narrows(self.filter)
            among, satisfied = (self._kept, self.filter.terms) if narrows and self.filter else (rows, ())
            rows = found = array("I")
            due, enough, wait = time.monotonic() + SOON, ENOUGH, LATER
            for _, some in self._known.found(filter_, progress, among, satisfied):
                found.extend(some)
                if show is None or sort is not None or not found:
                    continue
                if len(found) >= enough or time.monotonic() >= due:
                    show(self._of(found[:], None, filter_, partial=True))
                    due, enough, wait = time.monotonic() + wait, len(self.table.rows) + 1, 2 * wait
        order = rows
        if sort is not None:
            keys = self._known.keys(sort.column, progress)
            order = array("I", sorted(rows, key=keys.__getitem__, reverse=sort.descending))
        return self._of(rows, sort, filter_, order=order)

    def _of(
        self,
        kept: Sequence[int],
        sort: Sort | None,
        filter_: Filter[R] | None,
        *,
        order: Sequence[int] | None = None,
        partial: bool = False,
    ) -> View[R]:
        """A view of some rows of the table, by what is known already."""
        other: View[R] = View.__new__(View)
        other.table, other._known, other.sort, other.filter = self.table, self._known, sort, filter_
        other._kept, other.order, other.partial = kept, kept if order is None else order, partial
        other._footer = other._totals() if filter_ else None
        return other

    @property
    def quick(self) -> bool:
        """Whether a filter takes no time that is felt: of a long table once its cells are known."""
        return len(self.table.rows) <= SHORT or (self._known.texts_known() and self._known.amounts_known())

    def quick_for(self, wanted: Filter[R] | None, sort: Sort | None = None) -> bool:
        """Whether this filter and order take none either: they may ask for columns that have not been looked at."""
        if len(self.table.rows) <= SHORT:
            return True
        sorted_ = sort is None or self._known.keys_known(sort.column)
        return sorted_ and (not wanted or (self.quick and all(map(self._known.column_known, wanted.tests))))

    def know_texts(self, progress: Progress) -> None:
        """Makes the text that filters search, where a table's is kept. Raises CancelledError."""
        if len(self.table.rows) <= KEPT_TEXTS:
            for start in range(0, len(self.table.rows), STEP):
                progress.check(start, len(self.table.rows))
                self._known.some_texts(start, progress)
            self._known.know_amounts(progress)

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

    def find(self, pid: int | None, address: int | None, at: int | None = None) -> int | None:
        """The first row at a task and address, kept or not; without an address the task's first row.

        The row `at` instead, where that is one of them too.
        """
        if not self.table.linked:
            return None
        found = self.table.locate or self._known.places().find
        first = found(pid, address)
        if at is None or first is None:
            return first
        (of, span), place = self.table.place(self.table.rows[at]), self.table.place(self.table.rows[first])
        of_task = pid is None or of in (pid, None)
        is_there = of_task and (address is None or (span is not None and address in span))
        return at if is_there or (of, span) == place else first

    def again(self, row: R, at: int) -> int | None:
        """Where a row stands that the table before this one had at a place; far from there only in a short table."""
        rows = self.table.rows
        if at < len(rows) and rows[at] == row:
            return at
        return next((index for index, each in enumerate(rows) if each == row), None) if len(rows) <= SHORT else None

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
        """ "12 of 65,530", or "65,530" when nothing is left out; says so where not all rows have been looked at."""
        everything = len(self.table.rows)
        if self.partial:
            return f"{number(len(self.order))} so far of {number(everything)}"
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
        if self.partial:
            return f"{number(len(self._kept))} rows so far of {counted(len(self.table.rows), 'row')}"
        count = counted(len(self._kept), "row")
        if len(self._kept) < len(self.table.rows):
            count = f"{number(len(self._kept))} of {counted(len(self.table.rows), 'row')}"
        if not self.filter and len(self._kept) > SHORT:
            return count
        sums = [
            f"{column.title} {size(self._known.total(index, self._kept))}"
            for index, column in enumerate(self.table.columns)
            if column.summed and column.sort is not None
        ]
        return "   ".join([count, *sums])

    def text(self, limit: int | None = None) -> Iterator[str]:
        """Notes, header and rows in this order as plain text; says how many rows a limit leaves out."""
        yield from self.table.text(self.order if limit is None else self.order[:limit])
        if limit is not None and len(self.order) > limit:
            yield f"… {number(len(self.order) - limit)} more rows"
