"""A view of a table of any size: its rows in some order, narrowed by a filter.

A view is never changed: sorting and filtering give another one that shares what the first
has computed. Rows are known by their index in the table, so a selection survives both.
"""

from __future__ import annotations

import operator
import threading
import time
from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Generic, NamedTuple

from criu_tui.core.base.progress import Progress
from criu_tui.core.base.units import counted, number, size
from criu_tui.core.tables.filter import CellTest
from criu_tui.core.tables.table import R

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.tables.filter import Filter, Word
    from criu_tui.core.tables.table import Column, Table

KEPT_TEXTS = 200_000
"""Rows whose searchable text is kept; a longer table, such as a log, is read again for each filter."""
SHORT = 5000
"""Rows whose cells are made between two keys."""
STEP = 4096
"""Rows between two checks whether the work has been cancelled."""
TURN = 256
"""Rows whose cells are made before others may go on."""


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
        self._known: _Known[R] = _Known(table)
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
        narrows = filter_ is not None and self.filter is not None and filter_.narrows(self.filter)
        rows = self._known.matching(filter_, progress, self._kept if narrows else range(len(self.table.rows)))
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


class _Known(Generic[R]):
    """What views of one table have computed of it."""

    def __init__(self, table: Table[R]) -> None:
        self._table = table
        self._making = threading.Lock()
        """Held while texts are made, so that no two threads make the same."""
        self._texts: list[str] | None = None
        self._of_column: dict[int, list[str]] = {}
        self._keys: dict[int, list[int | str]] = {}
        self._places: _Places | None = None

    def keys(self, column: int, progress: Progress) -> list[int | str]:
        found = self._keys.get(column)
        if found is None:
            chosen = self._table.columns[column]
            key = chosen.sort or chosen.text
            found = []
            for start in range(0, len(self._table.rows), STEP):
                progress.check(start, len(self._table.rows))
                found += [key(row) for row in self._table.rows[start : start + STEP]]
            # The keys of one column are kept: users step through the columns, and each takes memory for all rows.
            self._keys = {column: found}
        return found

    def matching(self, wanted: Filter[R] | None, progress: Progress, among: Sequence[int]) -> Sequence[int]:
        """Indexes of the rows, among some in the table's order, that satisfy a filter."""
        rows = self._table.rows
        if not wanted:
            return range(len(rows))
        kept: Sequence[int] = among
        if wanted.words and self.texts_known():
            for word in wanted.words:
                kept = _with_word(word, self._texts or [], kept)
        elif wanted.words:
            kept = self._with_words(wanted.words, progress, among)
        for test in wanted.tests:
            cells = self._cells(test.column) if isinstance(test, CellTest) else None
            left: list[int] = []
            for start in range(0, len(kept), STEP):
                progress.check(start, len(kept))
                some = kept[start : start + STEP]
                if isinstance(test, CellTest) and cells is not None:
                    check, is_wanted = test.check, test.wanted
                    left += [index for index in some if check(cells[index]) is is_wanted]
                else:
                    left += [index for index in some if test(rows[index])]
            kept = left
        return kept

    def _with_words(self, words: Sequence[Word], progress: Progress, among: Sequence[int]) -> list[int]:
        """The rows with, or without, words; cells that are not known are made."""
        kept: list[int] = []
        for start in range(0, len(among), STEP):
            progress.check(start, len(among))
            indexes = among[start : start + STEP]
            if isinstance(among, range):
                texts = self.some_texts(start, progress)
            else:
                texts = [self._text(self._table.rows[index]) for index in indexes]
            found = list(zip(indexes, texts, strict=True))
            for word in words:
                text, is_wanted = word.text, word.wanted
                found = [pair for pair in found if (text in pair[1]) is is_wanted]
            kept += [index for index, _ in found]
        return kept

    def texts_known(self) -> bool:
        return self._texts is not None and len(self._texts) == len(self._table.rows)

    def _cells(self, column: Column[R]) -> list[str] | None:
        """Case-folded cells of a column, taken from the texts; None where those are not known, or it is hidden."""
        if not self.texts_known() or column not in self._table.columns:
            return None
        index = self._table.columns.index(column)
        found = self._of_column.get(index)
        if found is None:
            found = [text.split("\n", index + 1)[index] for text in self._texts or ()]
            # Of one column alone: each takes memory for all rows.
            self._of_column = {index: found}
        return found

    def satisfies(self, wanted: Filter[R], index: int) -> bool:
        row = self._table.rows[index]
        if not all(test(row) for test in wanted.tests):
            return False
        if not wanted.words:
            return True
        text = self._texts[index] if self._texts and index < len(self._texts) else self._text(row)
        return all((word.text in text) is word.wanted for word in wanted.words)

    def some_texts(self, start: int, progress: Progress) -> list[str]:
        """Case-folded cells of STEP rows."""
        if self._texts is not None and start < len(self._texts):
            return self._texts[start : start + STEP]
        with self._making:
            if self._texts is not None and start < len(self._texts):
                return self._texts[start : start + STEP]
            made: list[str] = []
            rows = self._table.rows[start : start + STEP]
            for at in range(0, len(rows), TURN):
                progress.check(start + at, len(self._table.rows))
                made += [self._text(row) for row in rows[at : at + TURN]]
                # Keys are answered meanwhile.
                time.sleep(0)
            if len(self._table.rows) <= KEPT_TEXTS:
                if self._texts is None:
                    self._texts = []
                if len(self._texts) == start:
                    self._texts += made
        return made

    def _text(self, row: R) -> str:
        return "\n".join([column.text(row) for column in self._table.columns]).casefold()

    def places(self) -> _Places:
        if self._places is None:
            self._places = _Places(self._table)
        return self._places


def _with_word(word: Word, texts: list[str], among: Sequence[int]) -> list[int]:
    """The rows among some with a word, or without it."""
    text = word.text
    if len(among) == len(texts):
        return [index for index, each in enumerate(texts) if (text in each) is word.wanted]
    return [index for index in among if (text in texts[index]) is word.wanted]


class _Places:
    """Rows by task and address: a binary search where a task's rows lie apart, else one after another."""

    def __init__(self, table: Table[R]) -> None:
        self._first: dict[int | None, int] = {}
        spans: dict[int | None, list[tuple[int, int, int]]] = {}
        for index, row in enumerate(table.rows):
            pid, span = table.place(row)
            self._first.setdefault(pid, index)
            if span is not None:
                spans.setdefault(pid, []).append((span.start, span.end, index))
        self._by_pid = {pid: _Sorted(found) for pid, found in spans.items()}

    def find(self, pid: int | None, address: int | None) -> int | None:
        pids = list(self._first) if pid is None else [pid, None]
        if address is None:
            return min((self._first[p] for p in pids if p in self._first), default=None)
        found = (self._by_pid[p].holding(address) for p in pids if p in self._by_pid)
        return min((index for index in found if index is not None), default=None)

    def beside(self, pid: int, address: int) -> tuple[int | None, int | None]:
        return self._by_pid[pid].beside(address) if pid in self._by_pid else (None, None)


class _Sorted:
    """Spans of one task by start, with the rows they belong to."""

    def __init__(self, spans: list[tuple[int, int, int]]) -> None:
        spans.sort()
        self._starts = [start for start, _, _ in spans]
        self._ends = [end for _, end, _ in spans]
        self._rows = [row for _, _, row in spans]
        self._apart = all(map(operator.le, self._ends, self._starts[1:]))

    def holding(self, address: int) -> int | None:
        last = bisect_right(self._starts, address)
        if self._apart:
            return self._rows[last - 1] if last and address < self._ends[last - 1] else None
        return min((self._rows[i] for i in range(last) if address < self._ends[i]), default=None)

    def beside(self, address: int) -> tuple[int | None, int | None]:
        after = bisect_right(self._starts, address)
        below = max((i for i in range(after) if self._ends[i] <= address), key=self._ends.__getitem__, default=None)
        return (
            None if below is None else self._rows[below],
            self._rows[after] if after < len(self._rows) else None,
        )
