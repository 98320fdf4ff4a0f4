"""Two places as one: a dump whose pages lie where a page server wrote them, and its other images elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from criu_tui.core.source.arriving import Arrival
    from criu_tui.core.source.error import ImageError
    from criu_tui.core.source.source import FileStatus, OpenFile


class Together(Source):
    """The files of one place, and of another those that the first one lacks."""

    def __init__(self, first: Source, second: Source) -> None:
        self._first, self._second = first, second
        self._names = first.names()
        self.path = first.path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Together) and (self._first, self._second) == (other._first, other._second)

    def __hash__(self) -> int:
        return hash((self._first, self._second))

    def names(self) -> frozenset[str]:
        return self._names | self._second.names()

    def open(self, name: str) -> OpenFile:
        return self._of(name).open(name)

    def status(self, name: str, *, follow: bool = True) -> FileStatus:
        return self._of(name).status(name, follow=follow)

    def link(self, name: str) -> str | None:
        return self._of(name).link(name)

    def sub(self, name: str) -> Source:
        # A path such as ../parent begins in the place that holds the link.
        return self._of(name.partition("/")[0]).sub(name)

    @property
    def above(self) -> Source | None:
        return self._first.above

    @property
    def identity(self) -> Hashable:
        return self._first.identity

    @property
    def places(self) -> tuple[Hashable, ...]:
        return self._first.places + self._second.places

    @property
    def problems(self) -> tuple[ImageError, ...]:
        return self._first.problems + self._second.problems

    def remember(self) -> None:
        self._first.remember()
        self._second.remember()

    def changed(self) -> frozenset[str]:
        return self._first.changed() | self._second.changed()

    def outside(self) -> Mapping[str, str]:
        lacked = {name: to for name, to in self._second.outside().items() if name not in self._names}
        return lacked | dict(self._first.outside())

    @property
    def annotations(self) -> Mapping[str, str]:
        return self._first.annotations or self._second.annotations

    @property
    def arrival(self) -> Arrival | None:
        return self._first.arrival or self._second.arrival

    def _of(self, name: str) -> Source:
        return self._first if name in self._names else self._second
