"""Whose pages each pages-N.img holds: a pagemap names the file by its number, which is no PID (criu/image.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.pages.pagemaps import pagemap_of, shared_pagemap_of
from criu_tui.core.pages.shared_memory import shared_memories
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.pages.pagemap import Pagemap


class PagesOwner(NamedTuple):
    """A pagemap whose pages lie in a pages file."""

    image: str
    """Of the pagemap."""
    pid: int | None
    """The task; None for shared memory."""
    shmid: int | None
    """The shared memory; None for a task."""
    pages: int
    """That are present in this dump."""
    parent: int
    """That are left to the parent."""
    stored: int
    """Bytes that the pages take in the file."""


class PagesFile(NamedTuple):
    """One pages-N.img."""

    name: str
    size: int | None
    """In bytes; None for a file that is not there."""
    owners: tuple[PagesOwner, ...]
    """Normally one. None: no pagemap of a task or of shared memory names the file."""

    @property
    def stored(self) -> int:
        """Bytes that its pagemaps say it has."""
        return sum(owner.stored for owner in self.owners)


def pages_files(dump: Dump) -> tuple[PagesFile, ...]:
    """Every pages file of this dump, by number: those that are there, and those that a pagemap needs."""
    owners: dict[str, list[PagesOwner]] = {}
    for found, pagemap in _pagemaps(dump):
        owners.setdefault(pagemap.pages_name, []).append(found)
    names = set(filter(is_pages_name, dump.files_listed))
    needed = {name for name, those in owners.items() if any(owner.pages for owner in those)}
    return tuple(
        PagesFile(name, _size(dump, name), tuple(owners.get(name, ()))) for name in sorted(names | needed, key=_number)
    )


def _pagemaps(dump: Dump) -> Iterator[tuple[PagesOwner, Pagemap]]:
    for pid in dump.pids:
        if dump.core(pid).alive:
            yield _owner(pagemap_of(dump, pid), pid, None)
    for shmid in shared_memories(dump):
        yield _owner(shared_pagemap_of(dump, shmid), None, shmid)


def _owner(pagemap: Pagemap, pid: int | None, shmid: int | None) -> tuple[PagesOwner, Pagemap]:
    total = pagemap.total()
    return PagesOwner(pagemap.name, pid, shmid, total.present, total.parent, pagemap.stored), pagemap


def _size(dump: Dump, name: str) -> int | None:
    if name not in dump.files_listed:
        return None
    try:
        return dump.source.status(name).size
    except OSError as error:
        dump.note_problem(name, ImageError(name, None, reason_of(error)))
        return None


def is_pages_name(name: str) -> bool:
    """Whether a file of this name is a pages file."""
    return name.startswith("pages-") and name.endswith(".img")


def _number(name: str) -> tuple[int, str]:
    digits = name.removeprefix("pages-").removesuffix(".img")
    return (int(digits) if digits.isascii() and digits.isdecimal() else -1), name
