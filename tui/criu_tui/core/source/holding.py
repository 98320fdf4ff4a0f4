"""What a directory holds, by the names of its files alone: a dump, the log of one that failed, neither."""

from __future__ import annotations

import enum
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TELLING = ("inventory.img", "pstree.img")
"""Either of them makes a dump."""
_LOG = re.compile(
    r"(?:criu[-_.]?)?(?:(?:pre-?)?dump|restore|checkpoint|criu|lazy[-_]?pages|page[-_]?server|netns|irmap)"
    r"[-_.]?(?:[\w-]{0,40}\d)?\.(?:log|txt|out|err)"
    r"|[\w.-]{0,100}criu[\w.-]{0,100}\.(?:log|txt|out|err)|(?:netns|irmap)[\w.-]{1,100}\.log",
    re.ASCII,
)
_ARCHIVES = (
    ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.lz4",
)  # fmt: skip
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
    return Holding.LOG if any(map(is_log_name, names)) else Holding.OTHER


def is_log_name(name: str) -> bool:
    """Whether a file of this name is a log of CRIU: dump.log, criu-dump.log of Docker, dump4.log of CRaC, criu.log."""
    return name.endswith((".log", ".txt", ".out", ".err")) and _LOG.fullmatch(name) is not None


def is_archive_name(name: str) -> bool:
    """Whether a file of this name is a tar archive, compressed or not."""
    return name.endswith(_ARCHIVES)
