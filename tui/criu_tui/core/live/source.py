"""Running processes as a place that a checkpoint lies in: its images are made when they are asked for, in memory."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.live.images import LiveImages
from criu_tui.core.live.tree import LiveTree
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.source import FileStatus, InMemory, OpenFile, Source

if TYPE_CHECKING:
    from collections.abc import Hashable

NOT_READ = "the processes still run: their memory is not read"


class Live(Source):
    """The tree below a running process. Raises LiveError when there is none."""

    running = True
    without_pages = NOT_READ

    def __init__(self, pid: int) -> None:
        self.path = Path(f"/proc/{pid}")
        self.tree = LiveTree(pid)
        self._images = LiveImages(self.tree)
        self._begun = time.time()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def names(self) -> frozenset[str]:
        return self._images.names

    def open(self, name: str) -> OpenFile:
        if name.startswith("pages-"):
            raise ImageError(name, None, NOT_READ)
        try:
            return InMemory(name, self._images.read(name))
        except KeyError:
            raise ImageError(name, None, "no such file or directory") from None

    def status(self, name: str, *, follow: bool = True) -> FileStatus:
        if name not in self._images.names:
            raise FileNotFoundError(2, "no such file or directory")
        size = self._images.pages_size(name) if name.startswith("pages-") else len(self._images.read(name))
        return FileStatus(size, size, self._begun, regular=True, directory=False, identity=(self, name))

    def link(self, name: str) -> str | None:
        return None

    def sub(self, name: str) -> Source:
        raise FileNotFoundError(2, "no such file or directory")

    @property
    def above(self) -> Source | None:
        return None

    @property
    def identity(self) -> Hashable:
        return self
