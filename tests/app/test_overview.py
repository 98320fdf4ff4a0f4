"""The overview as the first screen: it fills in, leads on, and gives way to errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.app import CriuTui
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.screens.main import MainScreen

from tests.app.support import SMALL, opened, place, screen, settle, shows
from tests.conftest import DUMPS

if TYPE_CHECKING:
    import pytest
    from criu_tui.core.restore.host import Host


async def test_it_fills_in_and_each_line_leads_on(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host, pane="overview") as (app, pilot):
        assert app.main.pane == "overview"
        shown = screen(app)
        for words in ("restores, as far as checked: ", "of addresses", "dumped", "no findings"):
            assert words in shown
        table = app.query_one("#overview").query_one("VirtualTable")
        rows = [line.leads for line in table.table.rows]  # type: ignore[attr-defined]
        for _ in range(rows.index("memory")):
            await pilot.press("down")
        await pilot.press("enter")
        await settle(pilot)
        assert app.main.pane == "memory"
        await pilot.press("0")
        await settle(pilot)
        assert app.main.pane == "overview"


async def test_an_error_comes_first(recorded_host: Host) -> None:
    async with opened("prot-none-400g-fork", recorded_host, pane="overview") as (app, _):
        assert app.main.pane == "findings"


async def test_the_step_that_fails_is_gone_to(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, version="3.19", pane="overview") as (app, pilot):
        await pilot.press("0")
        await settle(pilot)
        table = app.query_one("#overview").query_one("VirtualTable")
        rows = table.table.rows  # type: ignore[attr-defined]
        # All checks were made while findings, which an error brings to the front, hid these lines.
        assert not [line for line in rows if "checking" in line.text]
        at = next(index for index, line in enumerate(rows) if line.address is not None)
        table.select(at)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await settle(pilot)
        assert app.main.pane == "plan"
        assert place(app, "plan") == rows[at].address


async def test_whoever_asks_for_it_gets_it_also_of_a_restore_that_fails(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, version="3.19", pane="plan") as (app, pilot):
        await pilot.press("0")
        await settle(pilot)
        assert app.main.pane == "overview"


async def test_the_first_paint_has_the_lines_and_nothing_of_what_they_lead_to(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands below them comes with the rest of the screen, which here never does."""
    monkeypatch.setattr(MainScreen, "_complete", lambda screen: None)
    app = CriuTui(Report(Dump(DUMPS / "random-2-fork" / "dump"), criu("4.3"), recorded_host), "overview")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        shown = screen(app)
        assert "3 tasks" in shown
        assert all(str(pid) in shown for pid in (16656, 16657, 16658))
        assert not app.query("#ahead")


async def test_where_there_is_room_what_a_line_leads_to_stands_below(recorded_host: Host) -> None:
    """First what fails, with the picture of its step; then where the chosen line leads. Nothing moves meanwhile."""
    async with opened("prot-none-400g", recorded_host, (120, 40), "3.19", "overview") as (app, pilot):
        await pilot.press("0")
        await shows(pilot, "this one mapping 200 GiB > RAM + swap 23.5 GiB: ENOMEM")
        assert "touches, does not overlap" in screen(app)
        table = app.query_one("#overview").query_one("VirtualTable")
        region = table.region
        leads = [line.leads for line in table.table.rows]  # type: ignore[attr-defined]
        for pane, words in (("log", "Dumping finished successfully"), ("task", "16363"), ("coverage", "Absent")):
            table.action_move_to(leads.index(pane))  # type: ignore[attr-defined]
            await shows(pilot, words)
            assert table.region == region
        await pilot.press("enter")
        await settle(pilot)
        assert app.main.pane == "coverage"


async def test_where_rows_that_a_line_leads_to_have_no_room_they_are_counted(recorded_host: Host) -> None:
    """16 VMAs and the line of titles, of which some have no room."""
    async with opened("prot-none-1g-fork", recorded_host, pane="overview") as (app, pilot):
        await pilot.press("p", "end")
        await shows(pilot, "2 Coverage")
        await shows(pilot, "more rows: enter")
        words = [" ".join(line.split()) for line in screen(app).splitlines()]
        titles = next(index for index, line in enumerate(words) if "Present" in line)
        seen = words.index(next(line for line in words if "more rows: enter" in line)) - titles - 1
        assert words[titles + seen + 1] == f"… {16 - seen} more rows: enter"


async def test_where_there_is_little_room_words_are_asked_for(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, SMALL, "3.19", "overview") as (app, pilot):
        await pilot.press("0")
        await settle(pilot)
        assert not app.query("#ahead")
        await pilot.press("p")
        await shows(pilot, "this one mapping 200 GiB > RAM + swap 23.5 GiB: ENOMEM")
        await pilot.press("p")
        await settle(pilot)
        assert not app.query_one("#ahead").display
