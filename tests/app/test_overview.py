"""The overview as the first screen: it fills in, leads on, and gives way to errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.app.support import opened, place, screen, settle

if TYPE_CHECKING:
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
