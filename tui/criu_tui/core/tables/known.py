"""What has been computed of a table's rows, once for all views of it: text, keys to sort by, cells, places."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Generic

from criu_tui.core.tables.rows_by_place import RowsByPlace
from criu_tui.core.tables.table import R
from criu_tui.core.tables.terms import CellTest, NumberTest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from criu_tui.core.base.progress import Progress
    from criu_tui.core.tables.table import Table
    from criu_tui.core.tables.terms import Filter, Word

KEPT_TEXTS = 200_000
"""Rows whose searchable text is kept; a longer table, such as a log, is read again for each filter."""
STEP = 4096
"""Rows between two checks whether the work has been cancelled."""
TURN = 256
"""Rows whose cells are made before others may go on."""
KEPT_COLUMNS = 2
"""Columns whose cells, or numbers, are kept for terms that ask for them: each takes memory for all rows."""


class Known(Generic[R]):
    """What views of one table have computed of it."""

    def __init__(self, table: Table[R]) -> None:
        self._table = table
        self._making = threading.Lock()
        """Held while texts are made, so that no two threads make the same."""
        self._texts: list[str] | None = None
        self._of_column: dict[tuple[int, bool], list[Any]] = {}
        """By place among all columns, and whether it is numbers; rows from the first on, as far as they are made."""
        self._keys: dict[int, list[int | str]] = {}
        self._places: RowsByPlace | None = None

    def keys(self, column: int, progress: Progress) -> list[int | str]:
        """What each row sorts by in a column. Raises CancelledError."""
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

    def matching(
        self, wanted: Filter[R] | None, progress: Progress, among: Sequence[int], satisfied: tuple[str, ...] = ()
    ) -> Sequence[int]:
        """Indexes of the rows, among some in the table's order that satisfy some terms, that satisfy a filter."""
        rows = self._table.rows
        if not wanted:
            return range(len(rows))
        kept: Sequence[int] = among
        if wanted.words and self.texts_known():
            for word in wanted.words:
                kept = _with_word(word, self._texts or [], kept)
        elif wanted.words:
            kept = self._with_words(wanted.words, progress, among)
        for test, term in zip(wanted.tests, wanted.terms, strict=True):
            if term in satisfied:
                continue
            left: list[int] = []
            values = self._values(test, progress) if isinstance(test, CellTest | NumberTest) else None
            for start in range(0, len(kept), STEP):
                progress.check(start, len(kept))
                some = kept[start : start + STEP]
                if values is not None and isinstance(test, CellTest | NumberTest):
                    check, is_wanted = test.check, test.wanted
                    left += [index for index in some if check(values[index]) is is_wanted]
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
        """Whether the text of every row is kept."""
        return self._texts is not None and len(self._texts) == len(self._table.rows)

    def column_known(self, test: Callable[[R], bool]) -> bool:
        """Whether what a term asks for is kept of all rows; True for one that asks for no column."""
        if not isinstance(test, CellTest | NumberTest):
            return True
        return len(self._of_column.get(self._key(test), ())) == len(self._table.rows)

    def _key(self, test: CellTest[R] | NumberTest[R]) -> tuple[int, bool]:
        columns = (*self._table.columns, *self._table.hidden)
        return columns.index(test.column), isinstance(test, NumberTest)

    def _values(self, test: CellTest[R] | NumberTest[R], progress: Progress) -> list[Any] | None:
        """The case-folded cells of a term's column, or its numbers; None for a table of which nothing is kept."""
        rows = self._table.rows
        if len(rows) > KEPT_TEXTS:
            return None
        key = self._key(test)
        found = self._of_column.get(key)
        if found is None:
            found = []
            recent = list(self._of_column.items())[1 - KEPT_COLUMNS :]
            self._of_column = {**dict(recent), key: found}
        while (start := len(found)) < len(rows):
            progress.check(start, len(rows))
            made = self._some_values(test, key[0], slice(start, start + TURN))
            with self._making:
                if len(found) == start:
                    found += made
            # Keys are answered meanwhile.
            time.sleep(0)
        return found

    def _some_values(self, test: CellTest[R] | NumberTest[R], index: int, which: slice) -> list[Any]:
        rows = self._table.rows[which]
        if isinstance(test, NumberTest):
            assert test.column.sort is not None
            return list(map(test.column.sort, rows))
        if index < len(self._table.columns) and self.texts_known():
            return [text.split("\n", index + 1)[index] for text in (self._texts or [])[which]]
        return [test.column.text(row).casefold() for row in rows]

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

    def places(self) -> RowsByPlace:
        """The rows by task and address."""
        if self._places is None:
            self._places = RowsByPlace(self._table)
        return self._places


def _with_word(word: Word, texts: list[str], among: Sequence[int]) -> list[int]:
    """The rows among some with a word, or without it."""
    text = word.text
    if len(among) == len(texts):
        return [index for index, each in enumerate(texts) if (text in each) is word.wanted]
    return [index for index in among if (text in texts[index]) is word.wanted]
