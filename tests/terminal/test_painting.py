"""What stands on a terminal after any keys is what is drawn anew."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.pseudo_terminal import OURS, Terminal
from tests.screen import GARBAGE, PLAIN, Screen
from tests.terminal.tmux import PATIENCE, PROGRAM

if TYPE_CHECKING:
    from tests.screen import Cell
    from tests.terminal.tmux import Tmux

DEMO = ("--demo", "boundary", "--host", "overcommit=0,mem=24684084K,swap=0K")
SMALL, LARGE, OTHER = (80, 24), (200, 60), (119, 33)
DOWN, UP, PAGE, REDRAW = "\x1b[B", "\x1b[A", "\x1b[6~", "\x0c"
STILL = 0.6
"""Seconds in which nothing changes once all is drawn."""


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
            found = screen.seen
            screen.cells = [[GARBAGE] * size[0] for _ in range(size[1])]
            screen.write(terminal.press(REDRAW).decode())
            for y, (line, anew) in enumerate(zip(found, screen.seen, strict=True)):
                assert line == anew, f"line {y} after {keys}"


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
