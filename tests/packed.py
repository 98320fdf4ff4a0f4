"""The real dumps that tests/dumps holds packed; its README tells their story."""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

LENGTHS = "lengths.json"
"""In an archive: the lengths of files that hold nothing but zeros, by name."""


def unpack(name: str, into: Path) -> Path:
    """Unpacks tests/dumps/NAME.tar.xz; pages that are all zeros take no room on the disk."""
    with tarfile.open(DUMPS / f"{name}.tar.xz") as archive:
        archive.extractall(into, filter="data")
    lengths = into / LENGTHS
    if lengths.exists():
        for file, length in json.loads(lengths.read_text()).items():
            with (into / file).open("wb") as pages:
                pages.truncate(length)
    return into
