"""Rows of a table that are made when they are looked at, not before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

R = TypeVar("R")


class Rows(Sequence[R]):
    """`count` rows; `make` gives the one at an index, and the same each time."""

    def __init__(self, count: int, make: Callable[[int], R]) -> None:
        self._indexes = range(count)
        self._make = make

    def __len__(self) -> int:
        return len(self._indexes)

    @overload
    def __getitem__(self, index: int) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> list[R]: ...
    def __getitem__(self, index: int | slice) -> R | list[R]:
        if isinstance(index, slice):
            return [self._make(i) for i in self._indexes[index]]
        return self._make(self._indexes[index])
