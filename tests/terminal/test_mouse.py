"""The mouse as a terminal sends it (xterm's SGR reports, control sequences of xterm, "Mouse Tracking")."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import DUMPS
from tests.pseudo_terminal import PATIENCE
from tests.terminal.tmux import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.terminal.tmux import Tmux

LEFT, HELD, UP, DOWN = 0, 32, 64, 65
"""The first button, the same while the mouse moves, and the wheel's two."""
FORK = DUMPS / "prot-none-400g-fork" / "dump"
"""Two tasks: their tree stands at the left."""


def report(button: int, x: int, y: int, *, released: bool = False) -> str:
    """Of a cell, counted from 0."""
    return f"\x1b[<{button};{x + 1};{y + 1}{'m' if released else 'M'}"


def send(tmux: Tmux, *reports: str) -> None:
    """All at once, as over a slow connection."""
    tmux.run("send-keys", "-l", "".join(reports))


def drag(tmux: Tmux, start: tuple[int, int], end: tuple[int, int]) -> None:
    half = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
    send(tmux, report(LEFT, *start), report(HELD, *half), report(HELD, *end), report(LEFT, *end, released=True))


def click(tmux: Tmux, x: int, y: int, times: int = 1) -> None:
    send(tmux, *[report(LEFT, x, y), report(LEFT, x, y, released=True)] * times)


def frames(tmux: Tmux) -> tuple[list[int], list[int]]:
    """Columns at which frames end in the line of the uppermost titles, and lines in which any do."""
    lines = tmux.screen().splitlines()
    top = next((line for line in lines if "╭" in line), "")
    return [x for x, sign in enumerate(top) if sign == "╮"], [y for y, line in enumerate(lines) if "╰" in line]


def stand(tmux: Tmux) -> tuple[list[int], list[int]]:
    """Where the frames are once they move no more: a screen may be looked at while it is drawn."""
    before = frames(tmux)
    while True:
        time.sleep(0.3)
        if before == (before := frames(tmux)):
            return before


def wait(until: Callable[[], bool], tmux: Tmux) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, tmux.screen()
        time.sleep(0.05)


def start(tmux: Tmux, size: tuple[int, int], dump: Path, state: Path) -> None:
    tmux.start(f"{PROGRAM} {dump} --pane maps", size, {"TERM": "xterm-256color", "XDG_STATE_HOME": str(state)})
    # The last that comes by itself is what the checks find: the files of these dumps are nowhere else.
    tmux.shows("Maps of", "VMAs", "WILL FAIL")
    wait(lambda: len(stand(tmux)[1]) == 1 + (size[1] >= 60), tmux)


@pytest.mark.parametrize("size", [(120, 40), (200, 60)], ids=["120x40", "200x60"])
def test_borders_are_dragged_and_stay_where_they_are_let_go(tmux: Tmux, size: tuple[int, int], tmp_path: Path) -> None:
    start(tmux, size, FORK, tmp_path)
    (tree, *_), _ = frames(tmux)
    drag(tmux, (tree, 10), (tree + 10, 12))
    wait(lambda: frames(tmux)[0][0] == tree + 10, tmux)
    # Nothing is held any more.
    send(tmux, report(35, tree + 30, 10))
    if size[1] >= 60:
        (_, left, _), (top, _) = stand(tmux)
        drag(tmux, (left, 10), (left - 16, 10))
        wait(lambda: abs(frames(tmux)[0][1] - (left - 16)) <= 1, tmux)
        drag(tmux, (tree + 30, top), (tree + 30, top - 6))
        wait(lambda: abs(frames(tmux)[1][0] - (top - 6)) <= 1, tmux)
    stands = stand(tmux)
    assert stands[0][0] == tree + 10
    tmux.press("q")
    wait(lambda: "╭" not in tmux.screen(), tmux)
    tmux.end()
    # The next time they are where they were left.
    start(tmux, size, FORK, tmp_path)
    wait(lambda: frames(tmux) == stands, tmux)


def test_wheel_click_and_double_click(tmux: Tmux, tmp_path: Path) -> None:
    """The wheel moves rows, a click the cursor, and a double click does what enter does."""
    start(tmux, (120, 40), DUMPS / "random-1" / "dump", tmp_path)
    at_first = tmux.screen().splitlines()
    first, second = at_first[5], at_first[6]
    send(tmux, *[report(DOWN, 40, 10)] * 6)
    wait(lambda: first not in tmux.screen(), tmux)
    send(tmux, *[report(UP, 40, 10)] * 12)
    wait(lambda: first in tmux.screen(), tmux)
    click(tmux, 20, 6)
    tmux.press("D")
    tmux.shows("row 2 of", second.strip("│ ").split()[0])
    tmux.press("Escape")
    tmux.gone("row 2 of")
    click(tmux, 20, 8, times=2)
    tmux.shows("row 4 of")
    tmux.press("Escape")
    tmux.gone("row 4 of")
    # On the title of a column each click counts: sorted by it, then the other way round.
    click(tmux, 34, 4)
    tmux.shows("Size▼")
    click(tmux, 34, 4, times=2)
    tmux.shows("Size▼", "largest first")
