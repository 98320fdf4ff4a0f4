"""Finds the lines of logs that pass a filter: by their bytes where these tell, and block by block."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.turns import Turns
from criu_tui.core.logs import sieve
from criu_tui.core.logs.fields import fields_of
from criu_tui.core.logs.line import Level
from criu_tui.core.logs.log import read_block
from criu_tui.core.tables.terms import CellTest, NumberTest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from criu_tui.core.base.progress import Progress
    from criu_tui.core.logs.fields import Fields
    from criu_tui.core.logs.log import Log
    from criu_tui.core.report.log import LogRow
    from criu_tui.core.tables.terms import Filter, Test, Word

CHECKED = 8
"""Blocks between two looks whether the search has been cancelled."""
LEVEL = "Level"
"""Title of the column of levels."""
_LEVELS = {level.value: index for index, level in enumerate(Level)}


class LogCells(NamedTuple):
    """What the columns show of the lines of one log."""

    log: Log
    named: Callable[[int, Fields], dict[str, str]]
    """The cells of a line, by title, of its number and its fields."""
    always: tuple[str, ...]
    """Cells that are the same in every line of it."""
    beside: Mapping[int, str]
    """Of lines by their number, what is shown beside what the log itself says."""


class LogSearch:
    """Searches the lines of several logs after one another."""

    def __init__(self, rows: Sequence[LogRow], logs: Sequence[LogCells]) -> None:
        self._rows = rows
        self._logs = logs

    def __call__(
        self, wanted: Filter[LogRow], among: Sequence[int], progress: Progress
    ) -> Iterator[tuple[int, Sequence[int]]]:
        """As `Table.search`."""
        before = looked = 0
        turns = Turns()
        for cells in self._logs:
            log = cells.log
            for block, first in enumerate(log.firsts):
                end = log.firsts[block + 1] if block + 1 < len(log.firsts) else log.count
                some = _between(among, before + first, before + end)
                if not some:
                    continue
                if not block % CHECKED:
                    progress.check(looked, len(among))
                raw = read_block(log, block).split(b"\n")
                # A file that has shrunk since has no such lines any more.
                raw += [b""] * (end - first - len(raw))
                chosen = [index - before - first for index in some]
                found = _Block(cells, first, raw, chosen).passing(wanted, self._rows, before)
                looked += len(some)
                yield len(some), [before + first + position for position in found]
                turns.passed()
            before += log.count


def _between(among: Sequence[int], first: int, end: int) -> Sequence[int]:
    """Those of some indexes in order that lie in [first, end)."""
    return among[bisect_left(among, first) : bisect_left(among, end)]


class _Block:
    """Some lines of one block, by their positions among those chosen."""

    def __init__(self, cells: LogCells, first: int, raw: Sequence[bytes], chosen: Sequence[int]) -> None:
        self._cells = cells
        self._first = first
        self._chosen = chosen
        """Their indexes in the block."""
        self._lines = sieve.SearchedLines([raw[index] for index in chosen])

    def passing(self, wanted: Filter[LogRow], rows: Sequence[LogRow], before: int) -> list[int]:
        """Indexes in the block of the lines that pass; `before` rows are of other logs."""
        left = set(range(len(self._chosen)))
        unsure: set[int] = set()
        for word in wanted.words:
            held = self._held(word)
            left &= (held.sure | held.unsure) if word.wanted else left - held.sure
            unsure |= held.unsure
        tests = list(wanted.tests)
        for test in wanted.tests:
            if isinstance(test, CellTest) and test.column.title == LEVEL:
                plain = sieve.unmarked(self._lines)
                if test.check(Level.INFO.value) is not test.wanted:
                    left -= plain
        unsure &= left
        apart = sorted(left if tests else unsure)
        if apart:
            numbers = [self._number(position) for position in apart]
            taken = fields_of(
                self._cells.log,
                [(number, self._lines.raw[position]) for number, position in zip(numbers, apart, strict=True)],
            )
            for position, number, fields in zip(apart, numbers, taken, strict=True):
                named = self._cells.named(number, fields)
                if (position in unsure and not _holds(wanted.words, named)) or not all(
                    _passes(test, named, rows, before + number - 1) for test in tests
                ):
                    left.discard(position)
        return [self._chosen[position] for position in sorted(left)]

    def _number(self, position: int) -> int:
        return self._first + self._chosen[position] + 1

    def _held(self, word: Word) -> sieve.Held:
        """The lines with a word in any of their cells."""
        text = word.text
        everything = range(len(self._chosen))
        if any(text in cell.casefold() for cell in self._cells.always):
            return sieve.Held(set(everything), set())
        found = sieve.held(self._lines, text)
        sure = set(found.sure)
        if text.isascii() and text.isdigit():
            sure |= {position for position in everything if text in str(self._number(position))}
        if self._cells.beside:
            beside = self._cells.beside
            sure |= {
                position for position in everything if text in beside.get(self._number(position), "").casefold()
            }  # fmt: skip
        return sieve.Held(sure, found.unsure - sure)


def _holds(words: Sequence[Word], named: Mapping[str, str]) -> bool:
    text = "\n".join(named.values()).casefold()
    return all((word.text in text) is word.wanted for word in words)


def _passes(test: Test[LogRow], named: Mapping[str, str], rows: Sequence[LogRow], index: int) -> bool:
    """Whether a row passes a test; it is made only where its cells do not tell."""
    if isinstance(test, CellTest) and test.column.title in named:
        return test.check(named[test.column.title].casefold()) is test.wanted
    if isinstance(test, NumberTest):
        match test.column.title:
            case "Line":
                return test.check(int(named["Line"])) is test.wanted
            case "Task":
                return test.check(int(named["Task"] or -1)) is test.wanted
            case "Level":
                return test.check(_LEVELS[named["Level"]]) is test.wanted
    return test(rows[index])
