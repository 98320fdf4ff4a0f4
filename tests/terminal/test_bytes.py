"""How much a key costs on a slow line: counted in bytes at the pseudo-terminal, which are the same on any machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demo
from criu_tui.core.memory import Prot

from tests.terminal.pty import Terminal

if TYPE_CHECKING:
    from pathlib import Path

DOWN = "\x1b[B"
BUDGETS = {"maps": 1024, "findings": 1024, "plan": 1536}
"""Bytes for a cursor move at 80x24; the write plan draws the selected step too."""

looks = pytest.mark.parametrize(
    "environment",
    [{}, {"COLORTERM": "", "TERM": "xterm-256color"}, {"COLORTERM": "", "TERM": "xterm"}, {"NO_COLOR": "1"}],
    ids=["truecolor", "256", "16", "no-colour"],
)


@looks
@pytest.mark.parametrize("pane", BUDGETS)
def test_a_cursor_move_costs_few_bytes(environment: dict[str, str], pane: str) -> None:
    with Terminal("--demo", "fork", "--pane", pane, environment=environment) as terminal:
        terminal.read(until=b"reserve")
        terminal.press(DOWN)
        costs = [len(terminal.press(key)) for key in ("k", DOWN, "k", "j")]
    assert all(0 < cost < BUDGETS[pane] for cost in costs), costs


def test_a_cursor_move_costs_the_same_in_a_table_of_any_length(tmp_path: Path) -> None:
    def mapping(number: int) -> demo.Mapping:
        return demo.Mapping(0x7F0000000000 + number * 8192, 4096, Prot.READ)

    costs = []
    for count in (60, 6000):
        directory = tmp_path / str(count)
        directory.mkdir()
        task = demo.DemoTask(7, 0, "rows", tuple(map(mapping, range(count))))
        demo.write(demo.DemoDump("rows", (task,)), directory)
        with Terminal(str(directory), "--pane", "maps") as terminal:
            terminal.read(until=b"7f0000")
            terminal.press(DOWN)
            costs.append([len(terminal.press(key)) for key in (DOWN, "j")])
    assert abs(max(costs[0]) - max(costs[1])) < 100, costs


def test_an_idle_screen_sends_nothing() -> None:
    with Terminal("--demo", "boundary") as terminal:
        terminal.read(until=b"touches")
        assert terminal.read() == b""
