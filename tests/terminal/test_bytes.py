"""How much a key costs on a slow line: counted in bytes at the pseudo-terminal, which are the same on any machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.dump.vma import Prot
from criu_tui.core.report.registry import SHOWN

from tests.pseudo_terminal import OURS, Terminal

if TYPE_CHECKING:
    from pathlib import Path

DOWN = "\x1b[B"
BUDGET = 1024
"""Bytes for a cursor move at 80x24."""

looks = pytest.mark.parametrize(
    "environment",
    [{"COLORTERM": "truecolor"}, {}, {"TERM": "xterm"}, {"NO_COLOR": "1"}],
    ids=["truecolor", "256", "16", "no-colour"],
)


@looks
def test_a_cursor_move_costs_few_bytes(environment: dict[str, str]) -> None:
    with Terminal([*OURS, "--demo", "fork"], extra=environment) as terminal:
        terminal.wait_for(b"reserve")
        terminal.settle()
        for pane in SHOWN.values():
            terminal.press(pane.key)
            terminal.press(DOWN)
            costs = [len(terminal.press(key)) for key in ("k", DOWN, "k", "j")]
            # A pane of one row or none has nothing to move.
            assert all(cost <= BUDGET for cost in costs), (pane.id, costs)
            assert all(costs) or not any(costs), (pane.id, costs)


def test_a_cursor_move_costs_the_same_in_a_table_of_any_length(tmp_path: Path) -> None:
    def mapping(number: int) -> demos.Mapping:
        return demos.Mapping(0x7F0000000000 + number * 8192, 4096, Prot.READ)

    costs = []
    for count in (60, 6000):
        directory = tmp_path / str(count)
        directory.mkdir()
        task = demos.DemoTask(7, 0, "rows", tuple(map(mapping, range(count))))
        demos.write(demos.DemoDump("rows", (task,)), directory)
        with Terminal([*OURS, str(directory), "--pane", "maps"]) as terminal:
            terminal.wait_for(b"7f0000")
            terminal.settle()
            terminal.press(DOWN)
            costs.append([len(terminal.press(key)) for key in (DOWN, "j")])
    assert abs(max(costs[0]) - max(costs[1])) < 100, costs


def test_an_idle_screen_sends_nothing() -> None:
    with Terminal([*OURS, "--demo", "boundary", "--pane", "plan"]) as terminal:
        terminal.wait_for(b"touches")
        terminal.settle()
        assert terminal.settle(1.0) == b""
