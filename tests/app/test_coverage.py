"""Pane 2: the table and the heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.panes.coverage import CoveragePane
from criu_tui.widgets.heat_view import HeatView
from criu_tui.widgets.strip_view import StripView
from criu_tui.widgets.table_lines import HEADER_LINES

from tests.app.support import SMALL, WIDE, opened, place, screen, settle

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host


async def test_the_heat_map_says_each_page_and_zooms(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, (WIDE[0], WIDE[1] + 1), pane="coverage") as (app, pilot):
        await pilot.press("z", "enter")
        await settle(pilot)
        pane = app.query_one(CoveragePane)
        assert pane.heat.has_focus
        assert "(200 GiB) absent" in screen(app)
        # The page that the reservation touches is the first of pages-1.img after those below it.
        pane.jump(16363, 0x7EB861200000)
        await settle(pilot)
        present = pagemap_of(app.main.report.dump, 16363).offset(0x7EB861200000)
        assert f"page 0 of 2,560, present: pages-1.img at byte {present:,}" in screen(app)
        await pilot.press("right")
        await settle(pilot)
        assert "page 1 of 2,560, absent: zeros when restored" in screen(app)
        await pilot.press("1")
        await settle(pilot)
        assert place(app, "maps") == 0x7EB861200000
        await pilot.press("2", "enter")
        pages = pane.heat.pages
        await pilot.press("minus", "minus")
        await settle(pilot)
        assert pane.heat.pages == pages * 4
        for _ in range(20):
            await pilot.press("plus")
        assert pane.heat.pages == 1
        await pilot.press("escape")
        await settle(pilot)
        assert pane.table.has_focus


async def test_contents_are_counted_when_asked_for_in_the_pane(recorded_host: Host) -> None:
    async with opened("prot-none-1g", recorded_host, WIDE, pane="coverage") as (app, pilot):
        await pilot.press("z")
        await settle(pilot)
        assert "a restore reads" not in screen(app)
        await pilot.press("i")
        await settle(pilot)
        present = pagemap_of(app.main.report.dump, 24417).present_pages
        assert f"a restore reads {present * 4} KiB: {present} pages" in screen(app)


async def test_the_heat_map_says_where_nothing_is_mapped(recorded_host: Host) -> None:
    async with opened("every-kind", recorded_host) as (app, pilot):
        await pilot.press("2", "enter", "end", "home", "down")
        await settle(pilot)
        heat = app.query_one(HeatView)
        space = app.main.report.dump.address_space(app.main.pid or 0)
        assert space.at(heat.address) is None
        assert f"{heat.address:012x}  not mapped" in screen(app)


async def test_a_screen_that_grows_is_filled(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host) as (app, pilot):
        await pilot.press("2", "enter", "end")
        await settle(pilot)
        heat = app.query_one(HeatView)
        before = len(heat.seen())
        await pilot.resize_terminal(100, 60)
        await settle(pilot)
        assert len(heat.seen()) > before


async def test_on_a_small_screen_the_map_and_the_rows_take_turns(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, SMALL, pane="coverage") as (app, pilot):
        pane = app.query_one(CoveragePane)
        assert (pane.table.size.height > 14, pane.heat.size.height) == (True, 0)
        await pilot.press("enter")
        await settle(pilot)
        assert pane.heat.has_focus
        assert pane.heat.size.height > 12
        assert not pane.table.display
        await pilot.press("escape")
        await settle(pilot)
        assert pane.table.has_focus
        assert pane.table.size.height > 14


@pytest.mark.parametrize(("height", "drawn"), [(24, True), (23, False)])
async def test_the_address_space_stands_above_the_rows_where_14_of_them_have_room(
    recorded_host: Host, height: int, drawn: bool
) -> None:
    async with opened("incremental", recorded_host, (80, height), pane="coverage") as (app, pilot):
        table = app.query_one(CoveragePane).table
        assert app.query_one(StripView).display is drawn
        assert table.scrollable_content_region.height - HEADER_LINES >= 14
        await pilot.press("down")
        await settle(pilot)
        assert ("▲" in screen(app)) is drawn


async def test_the_footer_counts_what_there_is_and_fits_80_columns(recorded_host: Host) -> None:
    """No page lies in a parent or is fetched lazily: nothing is said of them."""
    async with opened("random-2-fork", recorded_host, SMALL, pane="coverage") as (app, _):
        footer = next(line for line in screen(app).splitlines() if "66 pages present" in line)
        assert "(264 KiB on disk); pagemap entries: 43; 7 in shared memory" in footer


@pytest.mark.parametrize(("pane", "key"), [("coverage", "2"), ("plan", "3")])
async def test_rows_stay_where_they_were_while_another_pane_is_looked_at(
    recorded_host: Host, pane: str, key: str
) -> None:
    async with opened("every-kind", recorded_host, SMALL, pane=pane) as (app, pilot):
        await pilot.press("end", "up")
        await settle(pilot)
        before = screen(app)
        await pilot.press("1", key)
        await settle(pilot)
        assert screen(app) == before
