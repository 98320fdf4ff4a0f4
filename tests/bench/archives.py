"""Checkpoints in archives, beside the same in a directory and beside unpacking them."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.bench.printing import asked
from tests.bench.workload import Bench, Line, beside, timed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKED = {"tar": (), "tar.gz": ("--gzip",), "tar.zst": ("--zstd",)}
"""Options of tar by ending."""
_UNPACK = 'rm -rf "$2" && mkdir "$2" && tar -xf "$1" -C "$2"'


def archives(bench: Bench) -> Iterator[Line]:
    """The maps of 5,000 tasks, and the plan of 65,530 VMAs, from archives."""
    rounds = min(bench.rounds, 3)
    for what, pane, dump in (("5,000 tasks", "maps", bench.tasks), ("65,530 VMAs", "plan", bench.large)):
        for ending, options in PACKED.items():
            if ending == "tar.zst" and shutil.which("zstd") is None:
                continue
            archive = _packed(bench.scratch / f"{dump.name}.{ending}", dump, options)
            works = {
                "the same of the directory": timed(asked(pane, dump)),
                "unpacking it with tar": timed(["sh", "-c", _UNPACK, "sh", archive, bench.scratch / "unpacked"]),
            }
            yield from beside(
                bench, f"--print {pane} of {what} in a {ending}", timed(asked(pane, archive)), works, rounds
            )


def _packed(archive: Path, dump: Path, options: tuple[str, ...]) -> Path:
    # Sparse, as the pages files of these dumps are.

    if not archive.exists():
        subprocess.run(["tar", "--sparse", *options, "-cf", archive, "-C", dump, "."], check=True)
    return archive
