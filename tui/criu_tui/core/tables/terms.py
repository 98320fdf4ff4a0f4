"""What a filter asks of rows: words anywhere, and tests of columns."""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, Self

from criu_tui.core.tables.table import Column, R


class Word(NamedTuple):
    """Text that a row must, or must not, hold anywhere."""

    text: str
    """Case-folded."""
    wanted: bool = True

    def implies(self, other: Self) -> bool:
        """Whether a row with it, or without it, is one with or without the other, too."""
        if self.wanted and other.wanted:
            return other.text in self.text
        return not self.wanted and not other.wanted and self.text in other.text


class _ColumnTest(Generic[R]):
    """What is asked of a column: that `check` says yes, or no where it is not `wanted`."""

    __slots__ = ("check", "column", "wanted")

    def __init__(self, column: Column[R], check: Callable[[Any], bool], *, wanted: bool = True) -> None:
        self.column, self.check, self.wanted = column, check, wanted


class CellTest(_ColumnTest[R]):
    """What the case-folded text of a column's cell must, or must not, be."""

    __slots__ = ()

    def __call__(self, row: R) -> bool:
        return self.check(self.column.text(row).casefold()) is self.wanted


class NumberTest(_ColumnTest[R]):
    """What the number that a column sorts by must, or must not, be."""

    __slots__ = ()

    def __call__(self, row: R) -> bool:
        assert self.column.sort is not None
        return self.check(self.column.sort(row)) is self.wanted


class Filter(NamedTuple, Generic[R]):
    """Terms, all of which a row has to satisfy."""

    words: tuple[Word, ...] = ()
    tests: tuple[Callable[[R], bool], ...] = ()
    terms: tuple[str, ...] = ()
    """What the tests stand for, as typed; one for each."""

    def narrows(self, other: Self) -> bool:
        """Whether every row that satisfies it is sure to satisfy another one of the same table too.

        So it is where a word that is typed grows longer, or a term is added.
        """
        return all(any(own.implies(word) for own in self.words) for word in other.words) and all(
            term in self.terms for term in other.terms
        )

    def __bool__(self) -> bool:
        return bool(self.words or self.tests)
