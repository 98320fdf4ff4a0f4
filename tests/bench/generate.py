"""Writes large dumps, through our own encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core import demo
from criu_tui.core.memory import Prot
from criu_tui.core.pages import encode_pagemap

if TYPE_CHECKING:
    from pathlib import Path

PAGE = 4096
BASE = 0x7F0000000000
RW = Prot.READ | Prot.WRITE


def one_task(directory: Path, vmas: int, entries: int) -> Path:
    """One task of `vmas` mappings of alternating protection, with about `entries` page runs spread over them.

    The pages file is sparse: as long as the pagemap says, and empty.
    """
    directory.mkdir(parents=True, exist_ok=True)
    runs_each = max(1, entries // vmas)
    length = (runs_each * 4 + 1) * PAGE
    mappings = tuple(
        demo.Mapping(BASE + number * length, length, (RW, Prot.READ, Prot.NONE)[number % 3]) for number in range(vmas)
    )
    demo.write(demo.DemoDump("large", (demo.DemoTask(7, 0, "large", mappings),)), directory)
    runs = []
    total = 0
    for number in range(vmas * runs_each):
        mapping = mappings[number // runs_each]
        pages = 1 + number % 3
        # Of every seven runs one is LAZY as well, as real dumps have them.
        flags = 6 if number % 7 == 0 else 4
        runs.append((mapping.start + (number % runs_each) * 4 * PAGE, pages, flags))
        total += pages
    (directory / "pagemap-7.img").write_bytes(encode_pagemap(1, runs))
    with (directory / "pages-1.img").open("wb") as file:
        file.truncate(total * PAGE)
    return directory


def many_tasks(directory: Path, count: int) -> Path:
    """A tree of `count` tasks, each with images of its own."""
    directory.mkdir(parents=True, exist_ok=True)
    tasks = tuple(
        demo.DemoTask(
            100 + number,
            0 if number == 0 else 100 + (number - 1) // 8,
            f"task-{number}",
            (demo.Mapping(BASE + number * PAGE, PAGE, RW, pages=(BASE + number * PAGE,)),),
        )
        for number in range(count)
    )
    demo.write(demo.DemoDump("many", tasks), directory)
    return directory
