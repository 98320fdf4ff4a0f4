"""Writes large dumps, through our own encoder.

Pages files are sparse: as long as their pagemap says, and empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core import demos
from criu_tui.core.dump.vma import TASK_SIZE_X86_64, MapFlag, Prot, VmaStatus
from criu_tui.core.pages.entries import PageFlag
from criu_tui.core.pages.reader import encode_pagemap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PAGE = 4096
GIB = 1 << 30
BASE = 0x100000000000
PID = 7
RW = Prot.READ | Prot.WRITE
PRESENT, LAZY_TOO, LAZY = PageFlag.PRESENT, PageFlag.PRESENT | PageFlag.LAZY, PageFlag.LAZY

VSYSCALL = demos.Mapping(
    0xFFFFFFFFFF600000, PAGE, Prot.READ | Prot.EXEC, MapFlag.PRIVATE, VmaStatus.REGULAR | VmaStatus.VSYSCALL
)
"""Last in every real list; some peers fail without a VMA above the last entry."""

_SLOT = 256
"""Pages from the start of one run to that of the next."""
_COUNTS = (1, 2, 3, 1, 7, 1, 130, 1, 16, 2, 1)
"""Pages of a run, in turn: most are short, some need two bytes to encode."""
_FLAGS = (PRESENT, PRESENT, LAZY_TOO, PRESENT, PRESENT, LAZY, PRESENT)
_PROTS = (RW, Prot.READ, Prot.NONE)


def one_task(directory: Path, vmas: int, entries: int) -> Path:
    """One task of `vmas` mappings of alternating protection, the vsyscall page among them, and `entries` page runs."""
    own = vmas - 1
    runs_each = -(-entries // own)
    length = (runs_each * _SLOT + 1) * PAGE
    mappings = [demos.Mapping(BASE + n * length, length, _PROTS[n % len(_PROTS)]) for n in range(own)]
    assert mappings[-1].end < TASK_SIZE_X86_64
    runs = [
        (
            mappings[n * own // entries].start + n % runs_each * _SLOT * PAGE,
            _COUNTS[n % len(_COUNTS)],
            int(_FLAGS[n % len(_FLAGS)]),
        )
        for n in range(entries)
    ]
    return _write(directory, mappings, sorted(runs))


def sparse_pages(directory: Path, size: int = 64 * GIB, runs: int = 4096) -> Path:
    """One task with one mapping of `size` bytes, dumped whole: every page has its place in the pages file."""
    each = size // runs
    mapping = demos.Mapping(BASE, size, RW)
    return _write(directory, [mapping], [(BASE + n * each, each // PAGE, int(PRESENT)) for n in range(runs)])


def chain(directory: Path, levels: int = 5, entries: int = 100_000) -> Path:
    """Incremental dumps 0 to levels - 1, each the parent of the next; returns the last.

    Level 0 has every page; in each later one every `levels`th run was written again and the rest lies in the parent.
    """
    mapping = demos.Mapping(BASE, entries * 4 * PAGE, RW)
    for level in range(levels):
        runs = [
            (BASE + n * 4 * PAGE, 2, int(PRESENT if level in (0, n % levels) else PageFlag.PARENT))
            for n in range(entries)
        ]
        made = _write(directory / str(level), [mapping], runs)
        if level:
            (made / "parent").symlink_to(f"../{level - 1}")
    return directory / str(levels - 1)


def many_tasks(directory: Path, count: int) -> Path:
    """A tree of `count` tasks, eight children to each, every one with core, ids, mm, pagemap and pages."""
    directory.mkdir(parents=True, exist_ok=True)
    tasks = tuple(
        demos.DemoTask(
            100 + number,
            0 if number == 0 else 100 + (number - 1) // 8,
            f"task-{number}",
            (demos.Mapping(BASE + number * PAGE, PAGE, RW, pages=(BASE + number * PAGE,)),),
        )
        for number in range(count)
    )
    demos.write(demos.DemoDump("many", tasks), directory)
    return directory


def _write(directory: Path, mappings: Sequence[demos.Mapping], runs: list[tuple[int, int, int]]) -> Path:
    """A dump of one task with these mappings and (address, pages, flags) of its pagemap."""
    directory.mkdir(parents=True, exist_ok=True)
    task = demos.DemoTask(PID, 0, "large", (*mappings, VSYSCALL))
    demos.write(demos.DemoDump("large", (task,)), directory)
    (directory / f"pagemap-{PID}.img").write_bytes(encode_pagemap(1, runs))
    with (directory / "pages-1.img").open("wb") as file:
        file.truncate(PAGE * sum(pages for _, pages, flags in runs if flags & PRESENT))
    return directory
