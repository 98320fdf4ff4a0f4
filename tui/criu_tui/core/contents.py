"""The bytes of dumped pages, wherever in a chain of dumps they lie.

Files are read with pread(2), never mapped: a pages file that shrinks meanwhile is a
short read, not a SIGBUS.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from criu_tui.core.images import ImageError, reason_of
from criu_tui.core.pages import PageKind
from criu_tui.core.text import PAGE

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.dump import Dump

CHAIN_LIMIT = 64
"""Parent dumps followed before the chain is taken for a ring."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bytes of a page lie: `depth` dumps up the chain, in a file, at a byte offset."""

    file: Path
    offset: int
    depth: int


class PageBytes:
    """Reads pages of a dump and its parents; keeps the files open until closed."""

    def __init__(self, dump: Dump) -> None:
        self._dump = dump
        self._files: dict[Path, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for descriptor in self._files.values():
            os.close(descriptor)
        self._files.clear()

    def place(self, pid: int, address: int) -> Place | None:
        """Where a page's bytes lie; None when no dump of the chain has them.

        Raises ImageError when the chain is broken or has no end.
        """
        dump: Dump | None = self._dump
        for depth in range(CHAIN_LIMIT):
            if dump is None:
                raise ImageError("parent", None, f"page {address:x} of task {pid} lies in a parent that is not there")
            pagemap = dump.pagemap(pid)
            entry = pagemap.at(address)
            if entry is None or entry.kind in (PageKind.LAZY, PageKind.ABSENT):
                return None
            if entry.kind is PageKind.PRESENT:
                offset = pagemap.offset(address)
                assert offset is not None
                return Place(dump.path / f"pages-{pagemap.pages_id}.img", offset, depth)
            dump = dump.parent
        raise ImageError("parent", None, f"more than {CHAIN_LIMIT} parent dumps: the links form a ring")

    def read(self, pid: int, address: int) -> bytes | None:
        """The PAGE bytes of the page that starts at an address; None when no dump has them.

        Raises ImageError when the pages file is missing, no regular file or too short.
        """
        place = self.place(pid, address)
        if place is None:
            return None
        return self.read_at(place.file, place.offset, PAGE)

    def read_at(self, file: Path, offset: int, length: int) -> bytes:
        """Exactly `length` bytes at an offset; raises ImageError when there are fewer."""
        try:
            data = os.pread(self._descriptor(file), length, offset)
        except OSError as error:
            raise ImageError(file.name, offset, reason_of(error)) from error
        if len(data) != length:
            raise ImageError(file.name, offset, f"the file ends before these {length} bytes do")
        return data

    def _descriptor(self, file: Path) -> int:
        if file not in self._files:
            descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                raise ImageError(file.name, None, "not a regular file")
            self._files[file] = descriptor
        return self._files[file]
