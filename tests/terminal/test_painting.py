"""What stands on a terminal after any keys is what is drawn anew."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.dump.vma import Prot
from criu_tui.core.report.registry import SHOWN

from tests.pseudo_terminal import OURS, PATIENCE, Terminal
from tests.screen import GARBAGE, PLAIN, Screen
from tests.terminal.tmux import PROGRAM

if TYPE_CHECKING:
    from tests.screen import Cell
    from tests.terminal.tmux import Tmux

HOST = "overcommit=0,mem=24684084K,swap=0K"
DEMO = ("--demo", "boundary", "--host", HOST)
SMALL, LARGE, OTHER = (80, 24), (200, 60), (119, 33)
DOWN, UP, PAGE, REDRAW = "\x1b[B", "\x1b[A", "\x1b[6~", "\x0c"
MOVES = (DOWN, UP, PAGE, "\x1b[5~", "\x1b[H", "\x1b[F", ">")
START = 0x7F0000000000
STILL = 0.6
"""Seconds in which nothing changes once all is drawn."""

SAID = 6.0
"""Seconds after which what was said in a corner of the screen is gone."""


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "200x60"])
@pytest.mark.parametrize(
    ("options", "environment"),
    [((), {"COLORTERM": "truecolor"}), ((), {"NO_COLOR": "1"}), (("--ascii",), {"TERM": "vt100"})],
    ids=["colour", "no-colour", "ascii"],
)
def test_what_stands_there_is_what_is_drawn_anew(
    options: tuple[str, ...], environment: dict[str, str], size: tuple[int, int]
) -> None:
    with Terminal((*OURS, *DEMO, *options), size, environment) as terminal:
        terminal.shows("restores, as far as checked")
        terminal.settle()
        screen = Screen(*size)
        screen.write(terminal.output.decode())
        for keys in (
            (),
            # Rows that scroll, bytes, pictures, a screen above and what was below it, a filter typed, another theme.
            ("8", *[DOWN] * 25, *[UP] * 3),
            ("7", *[DOWN] * 30, PAGE),
            ("2", DOWN, "\r", *[DOWN] * 9),
            ("?", DOWN, DOWN),
            ("q",),
            ("1", "/", "a", "n", "o", "n", "\r"),
            ("T",),
            ("B",),
        ):
            for key in keys:
                screen.write(terminal.press(key).decode())
            stands_as_drawn_anew(screen, terminal, f"after {keys}")


@pytest.mark.parametrize("size", [SMALL, (120, 40), LARGE], ids=["80x24", "120x40", "200x60"])
def test_after_moves_in_every_pane_nothing_is_left_of_what_stood_there(size: tuple[int, int], tmp_path: Path) -> None:
    """Several tasks with rows for several screens, alone and side by side; any moves, the same each time."""

    def mapping(number: int) -> demos.Mapping:
        start = START + number * 0x4000
        return demos.Mapping(start, 0x3000, (Prot.READ | Prot.WRITE, Prot.READ)[number % 2], pages=(start,))

    mappings = tuple(map(mapping, range(150)))
    tasks = tuple(demos.DemoTask(9 + n, 9 * min(n, 1), f"many {n}", mappings[n:]) for n in range(80))
    demos.write(demos.DemoDump("many", tasks), tmp_path)
    random = Random(0)
    with Terminal((*OURS, str(tmp_path), "--pane", "maps", "--host", HOST), size) as terminal:
        terminal.shows(f"{START:012x}")
        terminal.settle(STILL)
        screen = Screen(*size)
        screen.write(terminal.output.decode())
        for kind in [*SHOWN.values(), *SHOWN.values()] if size == LARGE else SHOWN.values():
            moves = random.choices(MOVES, [10, 10, 2, 2, 1, 1, 1], k=20)
            keys = (kind.key, *moves[:5], *("".join(moves[at : at + 3]) for at in range(5, len(moves), 3)))
            for key in keys:
                screen.write(terminal.press(key).decode())
            screen.write(terminal.settle(STILL).decode())
            stands_as_drawn_anew(screen, terminal, f"after {keys} in {kind.name}")
            if kind is list(SHOWN.values())[-1]:
                screen.write((terminal.press("z") + terminal.settle(SAID)).decode())


def stands_as_drawn_anew(screen: Screen, terminal: Terminal, when: str) -> None:
    """Fills the screen with garbage and has all of it drawn: each line must be as it was."""
    found = screen.seen
    screen.cells = [[GARBAGE] * len(line) for line in screen.cells]
    screen.write(terminal.press(REDRAW).decode())
    for y, (line, anew) in enumerate(zip(found, screen.seen, strict=True)):
        assert line == anew, f"line {y} {when}"


def stands(tmux: Tmux) -> list[list[Cell]]:
    """Every cell, once nothing changes any more."""
    deadline = time.monotonic() + PATIENCE
    before = ""
    while before != (now := tmux.run("capture-pane", "-p", "-e", "-N")):
        assert time.monotonic() < deadline
        before = now
        time.sleep(STILL)
    width, height = map(int, tmux.run("display", "-p", "#{pane_width} #{pane_height}").split())
    screen = Screen(width, height)
    # Of what has never been written tmux says nothing.
    screen.cells = [[PLAIN] * width for _ in range(height)]
    for y, line in enumerate(now.splitlines()):
        screen.write(f"\x1b[{y + 1};1H{line}")
    return screen.seen


def assert_as_drawn_anew(tmux: Tmux) -> None:
    """Has another program write all over the screen; a key then brings back what stood there."""
    found = stands(tmux)
    tty = Path(tmux.run("display", "-p", "#{pane_tty}").strip())
    tty.write_bytes(b"".join(b"\x1b[%d;1H%s" % (y + 1, b"SOMEBODY ELSE " * 5) for y in range(len(found))))
    tmux.shows("SOMEBODY ELSE")
    tmux.press("C-l")
    tmux.gone("SOMEBODY ELSE")
    for y, (line, anew) in enumerate(zip(found, stands(tmux), strict=True)):
        assert line == anew, f"line {y}"


def test_tmux_moves_lines_as_it_is_told(tmux: Tmux) -> None:
    tmux.start(f"{PROGRAM} {' '.join(DEMO)}", SMALL, {"COLORTERM": "truecolor"})
    tmux.shows("restores, as far as checked")
    tmux.press("8")
    tmux.shows("credentials")
    tmux.press(*["Down"] * 25, *["Up"] * 19)
    assert_as_drawn_anew(tmux)


@pytest.mark.parametrize("sizes", [(OTHER,), (OTHER, SMALL), (LARGE, OTHER, SMALL)], ids=["one", "back", "several"])
def test_a_resized_screen_is_what_is_drawn_anew(tmux: Tmux, sizes: tuple[tuple[int, int], ...]) -> None:
    """Also where it is as it was before the program has seen another size."""
    tmux.start(f"{PROGRAM} {' '.join(DEMO)}", SMALL)
    tmux.shows("restores, as far as checked")
    tmux.press("1")
    tmux.shows("10 VMAs")
    for width, height in sizes:
        tmux.run("resize-window", "-x", str(width), "-y", str(height))
    tmux.press("Down")
    assert_as_drawn_anew(tmux)
