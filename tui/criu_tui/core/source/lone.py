"""A log by itself as a place: nothing else lies in it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from criu_tui.core.source.directory import Directory
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

    from criu_tui.core.source.source import FileStatus, OpenFile


class LoneLog(Source):
    """One file of a directory, whatever its name; the others are none of its business."""

    lone = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self._directory = Directory(path.parent, follow_links=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LoneLog) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    def names(self) -> frozenset[str]:
        return frozenset((self.path.name,))

    def open(self, name: str) -> OpenFile:
        return self._directory.open(self._own(name))

    def status(self, name: str, *, follow: bool = True) -> FileStatus:
        return self._directory.status(self._own(name), follow=follow)

    def remember(self) -> None:
        with suppress(ImageError):
            self.open(self.path.name).close()

    def changed(self) -> frozenset[str]:
        return self._directory.changed()

    def link(self, name: str) -> str | None:
        return self._directory.link(name) if name == self.path.name else None

    def sub(self, name: str) -> Source:
        raise FileNotFoundError(name)

    @property
    def above(self) -> Source | None:
        return None

    @property
    def identity(self) -> Hashable:
        return self._directory.status(self.path.name).identity

    def _own(self, name: str) -> str:
        # An empty name is refused wherever it is asked for.
        return name if name == self.path.name else ""
