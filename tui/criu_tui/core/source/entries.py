"""Directories and archives in a directory: what there is to open, or to look into."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from criu_tui.core.source.holding import Holding, holding, holding_of, is_archive_name, names_in, tasks_of


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A directory in a directory."""

    path: Path
    holding: Holding
    tasks: int
    """How many tasks of a dump have memory; a thread has a core image too, and no more than that."""
    dumps: int
    """How many of the directories in it are dumps, when it is none itself."""


def entries(path: Path) -> list[DirectoryEntry]:
    """The directories in a directory, dumps first. Raises OSError when it cannot be read."""
    os.scandir(path).close()
    made = []
    for child in _directories(path, follow=True):
        names = names_in(child)
        kind = holding_of(names)
        inside = 0
        if kind is Holding.OTHER:
            inside = sum(holding(each) is not Holding.OTHER for each in _directories(child, follow=False))
        made.append(DirectoryEntry(child, kind, len(tasks_of(names)), inside))
    order = list(Holding)
    return sorted(made, key=lambda entry: (order.index(entry.holding), not entry.dumps))


def archives(path: Path) -> list[Path]:
    """The files in a directory that are archives by their names. Raises OSError when it cannot be read."""
    with os.scandir(path) as listing:
        return sorted(Path(e.path) for e in listing if is_archive_name(e.name) and e.is_file())


def _directories(path: Path, *, follow: bool) -> list[Path]:
    """By name, hidden ones excepted; none where nothing can be read."""
    try:
        with os.scandir(path) as listing:
            found = [e.path for e in listing if e.is_dir(follow_symlinks=follow) and not e.name.startswith(".")]
    except OSError:
        return []
    return [Path(each) for each in sorted(found)]
