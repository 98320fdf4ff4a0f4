"""The lines of the overview: what they say of real dumps, and that each leads somewhere."""

from __future__ import annotations

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report import ahead, overview, overview_lines
from criu_tui.core.report.overview import BAR, bar
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.report.report import Report
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.releases import criu
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DUMPS

HOST = Host(Mode.HEURISTIC, mem=24684084 * 1024, swap=0, limit=0, committed=0)


def report(name: str, version: str = "4.2.1") -> Report:
    return Report(Dump(DUMPS / name / "dump"), criu(version), HOST)


@pytest.mark.parametrize(
    "name", ["every-kind", "incremental", "random-2-fork", "userns-no-map", "userns-three-extents"]
)
def test_each_line_leads_to_a_pane_and_to_a_task_that_is_there(name: str) -> None:
    made = report(name)
    overview.finish(made)
    found = list(overview.lines(made))
    assert {line.leads for line in found} <= set(SHOWN)
    assert {line.pid for line in found} - {None} <= set(made.dump.pids)
    # One container fits below the three lines of the heading, its own titles and the keys.
    assert len(found) <= 20
    assert not any("…" in line.text for line in found)


def test_what_is_not_known_yet_is_worked_on() -> None:
    made = report("random-1")
    told = {line.subject: line.text for line in overview.lines(made)}
    assert told["restores?"].startswith("… checking 1 of ")
    assert told["memory"] == "… counting"
    assert told["found"].startswith("… looking")


def test_of_the_first_screen_nothing_but_the_tree_is_read() -> None:
    made = report("random-2-fork")
    list(overview_lines.first(made))
    assert made.findings_so_far is None
    assert not made.is_planned
    assert not made.checking.so_far


def test_the_step_that_fails_is_a_line_that_leads_to_it() -> None:
    made = report("prot-none-400g", "3.19")
    overview.finish(made)
    line = next(line for line in overview.lines(made) if line.subject == "restores?")
    assert line.text.startswith("✗ memory: ")
    assert (line.leads, line.pid, line.address) == ("plan", 16363, 0x7E8661200000)


def test_what_fails_has_a_way_out_and_then_the_command_line() -> None:
    made = report("prot-none-400g", "3.19")
    overview.finish(made)
    told = [line.text for line in overview.lines(made)]
    failing = next(index for index, text in enumerate(told) if text.startswith("✗ "))
    assert told[failing + 1].startswith("  way out: ")
    # The same helps both.
    assert sum(text.startswith("✗ memory: ") for text in told) == 2
    assert sum(text.startswith("  way out: restore with CRIU 4.0 or later") for text in told) == 1
    assert f"then: criu restore -D {made.dump.path}" in told
    healthy = report("random-1")
    overview.finish(healthy)
    told = [line.text for line in overview.lines(healthy)]
    assert f"criu restore -D {healthy.dump.path}" in told
    assert not [text for text in told if "way out" in text]


def test_what_a_line_leads_to_fills_the_room_with_rows_of_one_line_each() -> None:
    """Of a log that ends well its last lines; longer ones are cut, and say so."""
    made = report("prot-none-400g")
    overview.finish(made)
    log = next(line for line in overview.lines(made) if line.leads == "log" and "dump.log" in line.text)
    told = [text for _, text in ahead.lines(made, log, 60, 12)]
    rows = told[-10:]
    assert len(told) == 12
    assert all(len(row) <= 60 for row in rows)
    assert "Dumping finished successf" in rows[-1]
    assert any(row.endswith("…") for row in rows)


def test_json_has_the_verdict_and_every_line() -> None:
    made = report("random-1")
    told = overview.json(made, None)
    assert told["verdict"]["outcome"] == "restores"  # type: ignore[index, call-overload]
    assert len(told["lines"]) == len(list(overview.lines(made)))  # type: ignore[arg-type]


@given(st.integers(0, 1 << 60), st.integers(1, 1 << 60))
def test_a_bar_is_as_long_as_its_part_and_never_longer(amount: int, most: int) -> None:
    amount = min(amount, most)
    drawn = bar(amount, most)
    assert len(drawn) == BAR
    assert drawn.count("█") == amount * BAR // most
    assert (drawn.strip() == "") == (amount == 0)
