"""Directories in a directory, and the dumps further down: what there is to open."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from criu_tui.core.source.holding import Holding, holding, holding_of, is_archive_name, names_in

DEPTH = 3
"""Levels that are searched for dumps."""
LOOKED_AT = 2000
"""Directories that are looked into before a search ends."""


@dataclass(frozen=True, slots=True)
class Found:
    """Dumps below a directory, those less deep first, then by name."""

    dumps: tuple[Path, ...]
    complete: bool
    """False: the search ended at a limit."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A directory in a directory."""

    path: Path
    holding: Holding
    tasks: int
    """How many tasks' core images a dump has."""
    dumps: int
    """How many of the directories in it are dumps, when it is none itself."""


def dumps_below(path: Path) -> Found:
    """Dumps in a directory's directories, their own excepted, DEPTH levels down; links are not followed."""
    found: list[Path] = []
    waiting = deque([(path, 0)])
    looked_at = 0
    while waiting:
        directory, depth = waiting.popleft()
        looked_at += 1
        if looked_at > LOOKED_AT:
            return Found(tuple(found), complete=False)
        for child in _directories(directory, follow=False):
            if holding(child) is not Holding.OTHER:
                found.append(child)
            elif depth + 1 < DEPTH:
                waiting.append((child, depth + 1))
    return Found(tuple(found), complete=True)


def entries(path: Path) -> list[Entry]:
    """The directories in a directory, dumps first. Raises OSError when it cannot be read."""
    os.scandir(path).close()
    made = []
    for child in _directories(path, follow=True):
        names = names_in(child)
        kind = holding_of(names)
        tasks = sum(name.startswith("core-") and name.endswith(".img") for name in names)
        inside = 0
        if kind is Holding.OTHER:
            inside = sum(holding(each) is not Holding.OTHER for each in _directories(child, follow=False))
        made.append(Entry(child, kind, tasks, inside))
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
