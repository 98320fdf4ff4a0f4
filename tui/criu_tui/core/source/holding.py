"""What a directory holds, by the names of its files alone: a dump, the log of one that failed, neither."""

from __future__ import annotations

import enum
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TELLING = ("inventory.img", "pstree.img")
"""Either of them makes a dump."""
_IMAGES = ("core-", "pagemap-", "mm-", "ids-")


class Holding(enum.Enum):
    """What a directory is."""

    DUMP = "dump"
    LOG = "log of a dump that failed"
    OTHER = ""


def holding(path: Path) -> Holding:
    """Whether images or a log of CRIU lie here; OTHER also for what cannot be read."""
    if any(os.path.lexists(path / name) for name in _TELLING) and os.access(path, os.R_OK):
        # The names of a large dump take a while to list.
        return Holding.DUMP
    return holding_of(names_in(path))


def names_in(path: Path) -> frozenset[str]:
    """Names of the files in a directory; none where they cannot be read."""
    try:
        with os.scandir(path) as listing:
            return frozenset(entry.name for entry in listing)
    except (OSError, ValueError):
        return frozenset()


def holding_of(names: frozenset[str]) -> Holding:
    """What files of these names are."""
    if not names.isdisjoint(_TELLING):
        return Holding.DUMP
    if any(name.endswith(".img") and name.startswith(_IMAGES) for name in names):
        return Holding.DUMP
    return Holding.OTHER if names.isdisjoint(("dump.log", "restore.log")) else Holding.LOG
