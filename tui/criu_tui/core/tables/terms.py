"""What a filter asks of the rows of a table: words anywhere, and tests of a column or of the addresses."""

# Annotations are not kept as text here: a named tuple compiles each of these.
from collections.abc import Callable
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeAlias

from criu_tui.core.base.span import Span
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
    of_text: ClassVar[bool]
    """Whether the column's text is checked, not what it sorts by."""

    def __init__(self, column: Column[R], check: Callable[[Any], bool], *, wanted: bool = True) -> None:
        self.column, self.check, self.wanted = column, check, wanted

    def value(self, row: R) -> Any:
        """What of a row is checked."""
        raise NotImplementedError

    def __call__(self, row: R) -> bool:
        return self.check(self.value(row)) is self.wanted

    def negated(self) -> Self:
        """The test that the other rows satisfy."""
        return type(self)(self.column, self.check, wanted=not self.wanted)


class CellTest(_ColumnTest[R]):
    """What the case-folded text of a column's cell must, or must not, be."""

    __slots__ = ()
    of_text = True

    def value(self, row: R) -> str:
        return self.column.text(row).casefold()


class NumberTest(_ColumnTest[R]):
    """What the number that a column sorts by must, or must not, be."""

    __slots__ = ()
    of_text = False

    def value(self, row: R) -> int | str:
        assert self.column.sort is not None
        return self.column.sort(row)


class PlaceTest(Generic[R]):
    """Where the addresses of a row must, or must not, lie."""

    __slots__ = ("check", "place", "wanted")
    column: ClassVar[None] = None
    of_text: ClassVar[bool] = False

    def __init__(
        self,
        place: Callable[[R], tuple[int | None, Span | None]],
        check: Callable[[Span | None], bool],
        *,
        wanted: bool = True,
    ) -> None:
        self.place, self.check, self.wanted = place, check, wanted

    def value(self, row: R) -> Span | None:
        """The addresses of a row."""
        return self.place(row)[1]

    def __call__(self, row: R) -> bool:
        return self.check(self.value(row)) is self.wanted

    def negated(self) -> Self:
        """The test that the other rows satisfy."""
        return type(self)(self.place, self.check, wanted=not self.wanted)


Test: TypeAlias = CellTest[R] | NumberTest[R] | PlaceTest[R]


class Filter(NamedTuple, Generic[R]):
    """Terms, all of which a row has to satisfy."""

    words: tuple[Word, ...] = ()
    tests: tuple[Test[R], ...] = ()
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
