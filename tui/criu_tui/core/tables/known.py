"""What has been computed of a table's rows, once for all views of it: text, keys to sort by, cells, places."""

from __future__ import annotations

import threading
from array import array
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic

from criu_tui.core.base.turns import Turns
from criu_tui.core.tables.rows_by_place import RowsByPlace
from criu_tui.core.tables.table import R

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.base.progress import Progress
    from criu_tui.core.tables.table import Table
    from criu_tui.core.tables.terms import Filter, Test, Word

KEPT_TEXTS = 200_000
"""Rows whose searchable text is kept; a longer table, such as a log, is read again for each filter."""
STEP = 4096
"""Rows between two checks whether the work has been cancelled."""
TURN = 256
"""Rows whose cells are made before others may go on."""
KEPT_COLUMNS = 2
"""Columns whose cells, or numbers, are kept for terms that ask for them: each takes memory for all rows."""
_PLACE = -1
"""In place of a column: the addresses."""


class Known(Generic[R]):
    """What views of one table have computed of it."""

    def __init__(self, table: Table[R]) -> None:
        self._table = table
        self._columns = (*table.columns, *table.hidden)
        self._making = threading.Lock()
        """Held while texts are made, so that no two threads make the same."""
        self._texts: list[str] | None = None
        self._of_column: dict[tuple[int, bool], list[Any]] = {}
        """By place among all columns, and whether it is text; rows from the first on, as far as they are made."""
        self._amounts: dict[int, Sequence[int]] = {}
        """What rows sort by in columns of numbers, by place among all columns; those that are added up come first."""
        self._keys: dict[int, Sequence[int | str]] = {}
        self._places: RowsByPlace | None = None

    def keys(self, column: int, progress: Progress) -> Sequence[int | str]:
        """What each row sorts by in a column. Raises CancelledError."""
        found: Sequence[int | str] | None = self._keys.get(column)
        if found is None:
            # The keys of one column are kept: users step through the columns, and each takes memory for all rows.
            at_hand = self._numbers_at_hand(column)
            found = self._keys_made(column, progress) if at_hand is None else at_hand
            self._keys = {column: found}
        return found

    def _keys_made(self, column: int, progress: Progress) -> list[int | str]:
        chosen = self._table.columns[column]
        key = chosen.sort or chosen.text
        made: list[int | str] = []
        turns = Turns()
        for start in range(0, len(self._table.rows), TURN):
            progress.check(start, len(self._table.rows))
            made += [key(row) for row in self._table.rows[start : start + TURN]]
            turns.passed()
        return made

    def _numbers_at_hand(self, column: int) -> Sequence[int] | None:
        """What rows sort by in a column, where it has been made or the table can say it without making them."""
        found = self._amounts.get(column)
        made = self._table.numbers.get(self._columns[column].title)
        if found is None and made is not None:
            found = made()
            if len(self._table.rows) <= KEPT_TEXTS:
                self._amounts[column] = found
        return found

    def keys_known(self, column: int) -> bool:
        """Whether it takes no time that is felt to say what rows sort by in a column."""
        return column in self._keys or self._is_at_hand(column)

    def found(
        self, wanted: Filter[R], progress: Progress, among: Sequence[int], satisfied: tuple[str, ...] = ()
    ) -> Iterator[tuple[int, Sequence[int]]]:
        """Looks for the rows, among some in the table's order that satisfy some terms, that satisfy a filter.

        Tells again and again how many rows have been looked at since, and which of them do. Raises CancelledError.
        """
        if self._table.search is not None:
            yield from self._table.search(wanted, among, progress)
            return
        tests = [test for test, term in zip(wanted.tests, wanted.terms, strict=True) if term not in satisfied]
        for start in range(0, len(among), STEP):
            progress.check(start, len(among))
            some = among[start : start + STEP]
            kept = self._with_words(wanted.words, some, progress) if wanted.words else some
            for test in tests:
                kept = self._passing(test, kept, progress)
            yield len(some), kept

    def _with_words(self, words: Sequence[Word], among: Sequence[int], progress: Progress) -> Sequence[int]:
        """The rows with, or without, words; text that is not known is made."""
        texts: Sequence[str] | dict[int, str] = self._texts or ()
        if among and among[-1] >= len(texts):
            texts = dict(zip(among, self._made_texts(among, progress), strict=True))
        kept = among
        for word in words:
            text, is_wanted = word.text, word.wanted
            # One pass: a letter of a filter takes it over all rows.
            kept = [index for index in kept if (text in texts[index]) is is_wanted]
        return kept

    def _made_texts(self, among: Sequence[int], progress: Progress) -> Sequence[str]:
        if isinstance(among, range) and among.start % STEP == 0:
            return self.some_texts(among.start, progress)[: len(among)]
        known = self._texts or []
        made: list[str] = []
        turns = Turns()
        for at in range(0, len(among), TURN):
            made += [
                known[index] if index < len(known) else self._text(self._table.rows[index])
                for index in among[at : at + TURN]
            ]
            turns.passed()
        return made

    def _passing(self, test: Test[R], among: Sequence[int], progress: Progress) -> list[int]:
        """The rows that pass a test."""
        if not among:
            return []
        values = self._values(test, among[-1] + 1, progress)
        if values is not None:
            check, is_wanted = test.check, test.wanted
            return [index for index in among if check(values[index]) is is_wanted]
        rows = self._table.rows
        kept: list[int] = []
        turns = Turns()
        for at in range(0, len(among), TURN):
            kept += [index for index in among[at : at + TURN] if test(rows[index])]
            turns.passed()
        return kept

    def texts_known(self) -> bool:
        """Whether the text of every row is kept."""
        return self._texts is not None and len(self._texts) == len(self._table.rows)

    def column_known(self, test: Test[R]) -> bool:
        """Whether what a term asks for is kept of all rows."""
        return self._at_hand(test) or len(self._of_column.get(self._key(test), ())) == len(self._table.rows)

    def _at_hand(self, test: Test[R]) -> bool:
        if test.column is None or test.of_text:
            return False
        return self._is_at_hand(self._columns.index(test.column))

    def _is_at_hand(self, column: int) -> bool:
        """Whether the table says without making rows what they sort by in a column, or that has been made."""
        shown = column < len(self._table.columns) and self._columns[column].title in self._table.numbers
        return shown or column in self._amounts

    def _key(self, test: Test[R]) -> tuple[int, bool]:
        if test.column is None:
            return _PLACE, False
        return self._columns.index(test.column), test.of_text

    def _values(self, test: Test[R], end: int, progress: Progress) -> Sequence[Any] | None:
        """What a test checks, of the rows before `end` at least; None for a table of which nothing is kept."""
        rows = self._table.rows
        key = self._key(test)
        if self._at_hand(test):
            return self._numbers_at_hand(key[0])
        if len(rows) > KEPT_TEXTS:
            return None
        found = self._of_column.get(key)
        if found is None:
            found = []
            recent = list(self._of_column.items())[1 - KEPT_COLUMNS :]
            self._of_column = {**dict(recent), key: found}
        turns = Turns()
        while (start := len(found)) < end:
            progress.check(start, len(rows))
            made = self._some_values(test, key[0], slice(start, start + TURN))
            with self._making:
                if len(found) == start:
                    found += made
            turns.passed()
        return found

    def _some_values(self, test: Test[R], index: int, which: slice) -> list[Any]:
        texts = self._texts or []
        if test.of_text and index < len(self._table.columns) and which.stop <= len(texts):
            return [text.split("\n", index + 1)[index] for text in texts[which]]
        return list(map(test.value, self._table.rows[which]))

    def total(self, column: int, among: Sequence[int]) -> int:
        """What a column's numbers come to in some rows."""
        chosen, rows = self._table.columns[column], self._table.rows
        assert chosen.sort is not None
        amounts = self._numbers_at_hand(column)
        if amounts is not None:
            return sum(map(amounts.__getitem__, among))
        return sum(_amount(chosen.sort(rows[row])) for row in among)

    def amounts_known(self) -> bool:
        """Whether columns are added up in no time that is felt."""
        return all(self._is_at_hand(index) for index, column in enumerate(self._table.columns) if column.summed)

    def know_amounts(self, progress: Progress) -> None:
        """Makes the numbers that are added up, then those that terms and orders ask for. Raises CancelledError."""
        rows = self._table.rows
        numbers = [index for index, column in enumerate(self._columns) if column.sort and not self._is_at_hand(index)]
        for index in sorted(numbers, key=lambda index: not self._columns[index].summed):
            column = self._columns[index]
            made: list[int | str] = []
            turns = Turns()
            for start in range(0, len(rows), TURN):
                progress.check(start, len(rows))
                made += map(column.sort, rows[start : start + TURN]) if column.sort else ()
                turns.passed()
            if column.summed or all(isinstance(value, int) for value in made):
                self._amounts[index] = _packed([_amount(value) for value in made])

    def satisfies(self, wanted: Filter[R], index: int) -> bool:
        """Whether one row satisfies a filter."""
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
            turns = Turns()
            for at in range(0, len(rows), TURN):
                progress.check(start + at, len(self._table.rows))
                made += [self._text(row) for row in rows[at : at + TURN]]
                turns.passed()
            if len(self._table.rows) <= KEPT_TEXTS:
                if self._texts is None:
                    self._texts = []
                if len(self._texts) == start:
                    self._texts += made
        return made

    def _text(self, row: R) -> str:
        return "\n".join([column.text(row) for column in self._table.columns]).casefold()

    def places(self) -> RowsByPlace:
        """The rows by task and address."""
        if self._places is None:
            self._places = RowsByPlace(self._table)
        return self._places


def _packed(numbers: list[int]) -> Sequence[int]:
    """Numbers in as little room as they can be."""
    for kind in "iqQ":
        with suppress(OverflowError):
            return array(kind, numbers)
    return numbers


def _amount(value: int | str) -> int:
    return value if isinstance(value, int) else 0
