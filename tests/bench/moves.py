"""How many bytes a cursor's move writes, in every pane, on large dumps."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.report.registry import SHOWN

from tests.bench.workload import OURS, Bench, Line
from tests.pseudo_terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALONE = "z"
"""The key for one pane alone, where there is room for several."""
SCREENS = {"80x24": ((80, 24), ""), "200x60, alone": ((200, 60), ALONE), "side by side": ((200, 60), "")}
MOVES_HEAD = Line("pane", *SCREENS)
DOWN, UP, PAGE = "\x1b[B", "\x1b[A", "\x1b[6~"
ROWS = (*[DOWN] * 4, UP, UP)
TO_THE_EDGE = (DOWN,) * 30
"""Moves from where a page leads to the last row on screen, and on."""
AT_ONCE, RESTS = 0.05, 0.3
"""Seconds of sleep: less, and more, than the cursor rests before what it leads to is drawn."""


class Most(NamedTuple):
    """The most bytes that a move has written."""

    row: int = 0
    page: int = 0
    rest: int = 0
    """Once the cursor rests, beside what the move has written."""

    def __str__(self) -> str:
        rest = f", at rest {self.rest:,}" if self.rest else ""
        return f"a row {self.row:,}, a page {self.page:,}{rest}" if self.row or self.page else ""

    def with_(self, other: Most) -> Most:
        return Most(*map(max, self, other))


def moves(bench: Bench) -> Iterator[Line]:
    """The most bytes that one key writes: to the next row, to the next page, and beside that once the cursor rests.

    A row takes the two lines that change and what explains it. Where rows of a pane alone scroll, one comes with
    each key: the terminal moves the others. It cannot where the task tree or another pane stands beside them: half a
    page comes at once there, the most below, and none with the keys between. Of a page all rows are new. What a line
    of the Overview leads to, a finding in full, and bytes beside other rows are drawn once the cursor rests for 0.1 s.
    """
    found: dict[str, dict[str, Most]] = {name: {} for name in SHOWN}
    for dump in (bench.large, bench.files, bench.logged):
        for screen, (size, before) in SCREENS.items():
            for name, most in _in_panes(dump, size, before):
                found[name][screen] = most.with_(found[name].get(screen, Most()))
    for name, by_screen in found.items():
        if any(map(str, by_screen.values())):
            yield Line(SHOWN[name].name, *map(str, by_screen.values()))


def _in_panes(dump: Path, size: tuple[int, int], before: str) -> Iterator[tuple[str, Most]]:
    with Terminal([*OURS, "--pane", "maps", str(dump)], size) as terminal:
        terminal.wait_for(b"?")
        terminal.settle(3.0)
        for name, kind in SHOWN.items():
            terminal.press(kind.key)
            if before and kind is next(iter(SHOWN.values())):
                terminal.press(before)
            terminal.settle(1.0)
            yield name, _most(terminal)


def _most(terminal: Terminal) -> Most:
    rows, pages, rests = [0], [0], [0]
    for key in (*ROWS, PAGE, PAGE, *TO_THE_EDGE):
        if len(rows) > len(ROWS) and not any(rows):
            # One row, or none.
            break
        os.write(terminal.master, key.encode())
        (pages if key is PAGE else rows).append(len(terminal.settle(AT_ONCE)))
        rests.append(len(terminal.settle(RESTS)) if len(rows) < len(ROWS) + 2 else 0)
    return Most(max(rows), max(pages), max(rests))
