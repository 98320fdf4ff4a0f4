"""Keys in their order, and the line to type on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.app import CriuTui
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import VmaKind
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.pane import Pane
from criu_tui.panes.tasks import TasksPane
from criu_tui.widgets.prompt import Prompt
from textual.events import AppBlur, AppFocus, Key

from tests.app.support import HOLE, SMALL, hold_first_paint, opened, place, rows_shown, screen, settle
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host


async def test_what_may_be_typed_is_cut_with_a_mark(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, (50, 24)) as (app, pilot):
        await pilot.press("slash")
        await settle(pilot)
        line = next(line for line in screen(app).splitlines() if line.startswith("/ words, "))
        assert line.rstrip().endswith("…")
        await pilot.resize_terminal(120, 24)
        await settle(pilot)
        line = next(line for line in screen(app).splitlines() if line.startswith("/ words, "))
        assert line.rstrip().endswith("-type:file)")


async def test_a_filter_is_given_up_and_its_matches_are_gone_to(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("j", "slash", *"[vdso]", "escape")
        await settle(pilot)
        # As if nothing had been typed.
        assert place(app, "maps") == 0x401000
        assert len(rows_shown(app, "maps")) == 16
        await pilot.press("slash", *"anon", "space", *"rw", "enter")
        await settle(pilot)
        kept = rows_shown(app, "maps")
        await pilot.press("escape", "n")
        await settle(pilot)
        assert len(rows_shown(app, "maps")) == 16
        assert f"{place(app, 'maps'):012x}" in kept
        first = place(app, "maps")
        await pilot.press("n", "N")
        await settle(pilot)
        assert place(app, "maps") == first
        await pilot.press("slash", *"colour", "colon", "x")
        await settle(pilot)
        assert "no column 'colour' here" in screen(app)
        assert len(rows_shown(app, "maps")) == 16


async def test_a_line_ends_when_the_focus_leaves_it(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        maps = app.query_one("#maps", Pane)
        await pilot.press("slash", *"anon", "tab")
        await settle(pilot)
        assert app.main.pane == "coverage"
        assert not app.query(Prompt)
        # What was typed stays, as after enter.
        assert maps.arranging.filter_text == "anon"
        assert maps.table.view is not None
        assert 0 < len(maps.table.view) < 16
        before = app.main.address
        await pilot.press("1", "g", *"4000")
        await pilot.click("Tabs", offset=(screen(app).splitlines()[2].index("4 Ids"), 0))
        await settle(pilot)
        assert (app.main.pane, app.main.address) == ("ids", before)
        assert not app.query(Prompt)


async def test_a_line_outlives_a_look_at_another_window(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("g", *"7e86")
        app.post_message(AppBlur())
        await pilot.pause()
        assert app.focused is None
        app.post_message(AppFocus())
        await pilot.pause()
        await pilot.press(*"61200000", "enter")
        await settle(pilot)
        assert app.main.address == HOLE


@pytest.mark.parametrize(("key", "pane"), [("t", "maps"), ("tab", "coverage"), ("f", "plan"), ("3", "plan")])
async def test_a_command_that_comes_early_waits(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch, key: str, pane: str
) -> None:
    painted = hold_first_paint(monkeypatch)
    app = CriuTui(Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu("3.19"), recorded_host))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(key)
        assert not app.query("#plan")
        painted.set()
        await settle(pilot)
        assert app.main.pane == pane
        assert app.query_one(TasksPane).display == (key == "t")
        assert (app.main.selection.against is not None) == (key == "c")


@pytest.mark.parametrize("before", ["2", "7"])
async def test_keys_sent_together_with_that_of_a_pane_are_for_it(recorded_host: Host, before: str) -> None:
    """As they come over a slow connection."""
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press(before)
        await settle(pilot)
        for key in "1s":
            app.post_message(Key(key, key))
        await settle(pilot)
        view = app.query_one("#maps", Pane).table.view
        assert view is not None
        assert view.sort is not None


@pytest.mark.parametrize("keys", ["/anon\r", "gheap\r", "3jj"])
async def test_keys_of_one_burst_are_carried_out_in_order(recorded_host: Host, keys: str) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        for key in keys:
            app.post_message(Key({"/": "slash", "\r": "enter"}.get(key, key), key))
        await settle(pilot)
        assert not app.query(Prompt)
        table = app.query_one(f"#{app.main.pane}", Pane).table
        assert table.view is not None
        match keys[0]:
            case "/":
                assert 0 < len(table.view) < len(table.view.table.rows)
            case "g":
                assert table.row is not None
                assert table.view.table.rows[table.row].kind is VmaKind.HEAP
            case _:
                assert (app.main.pane, table.cursor) == ("plan", 2)


async def test_escape_with_a_key_close_behind_is_these_two_keys(recorded_host: Host) -> None:
    """Terminals send the same for alt and a key; no command here has alt."""
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("slash", "a")
        app.post_message(Key("alt+j", "j"))
        await settle(pilot)
        table = app.query_one("#maps", Pane).table
        assert not app.query(Prompt)
        assert table.view is not None
        assert not table.view.filter
        assert table.cursor == 1


async def test_go_to_completes_names_and_default_texts_are_replaced(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("g", "h", "o")
        await settle(pilot)
        # The program's file is called hole.
        await pilot.press("right", "enter")
        await settle(pilot)
        assert not app.query(Prompt)
        assert place(app, "maps") == 0x400000
        await pilot.press("slash", *"stack", "enter", "slash", *"heap", "enter")
        await settle(pilot)
        view = app.query_one("#maps", Pane).table.view
        assert view is not None
        assert [view.table.rows[row].kind for row in view.order] == [VmaKind.HEAP]
