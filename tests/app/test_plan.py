"""Pane 3: the plan, its picture, and two releases beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import GAP
from criu_tui.panes.pane import Pane

from tests.app.support import HOLE, SMALL, WIDE, opened, place, screen, settle

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host


async def test_the_plan_opens_on_what_fails_and_v_changes_it(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, SMALL, "3.19", "plan") as (app, pilot):
        assert place(app, "plan") == HOLE
        await pilot.press("p")
        await settle(pilot)
        shown = screen(app)
        for words in (
            "fails in task 16363 at 7e8661200000-7eb861200000",
            "touches, does not overlap",
            "charged 200 GiB > 23.5 GiB: ENOMEM",
            "FAILS",
        ):
            assert words in shown
        seen = set()
        for _ in range(5):
            await pilot.press("V")
            await settle(pilot)
            seen.add(app.main.report.criu.version)
            assert place(app, "plan") == HOLE
        assert seen == {"4.3", "4.2.1", "3.19", "3.1", "needed"}
        app.main.selection = app.main.selection._replace(report=app.main.report.restored_by(criu("3.1")))
        await pilot.press("V")
        await settle(pilot)
        assert app.main.report.criu.version == "needed"
        assert "every mapping is granted" in screen(app)


async def test_c_compares_with_the_other_rules_in_turn(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, WIDE, "3.19", "plan") as (app, pilot):
        plan = app.query_one("#plan", Pane).table
        seen = []
        for further in range(5):
            # It opens on what is chosen; the same key goes on.
            await pilot.press("c", *["c"] * min(further, 1), "enter")
            await settle(pilot)
            assert plan.table is not None
            against = app.main.selection.against
            seen.append((against and against.version, len(plan.table.rows)))
            # Under 3.1 the reservation is writable too: nothing differs there, and the selection stays.
            assert place(app, "plan") == HOLE or (against and against.version) == "3.1"
            assert app.main.address == HOLE
        # Against 4.2.1 the two reservations and two small mappings differ, as the restores show.
        assert seen[:2] == [("4.3", 4), ("4.2.1", 4)]
        assert [version for version, _ in seen] == ["4.3", "4.2.1", "3.1", "needed", None]
        assert seen[4][1] == 16


async def test_where_rows_need_the_room_one_line_has_what_both_releases_ask_for_and_what_there_is(
    recorded_host: Host,
) -> None:
    """Of 600 GiB and 20.8 MiB, on a machine of 23.5 GiB."""
    async with opened("prot-none-400g", recorded_host, SMALL, "3.19", "plan") as (app, pilot):
        await pilot.press("c", "enter")
        await settle(pilot)
        told = next(line for line in screen(app).splitlines() if line.startswith("3.19"))
        assert told.split("   ")[:3] == ["3.19 ██████ 600 GiB ✗", "4.3 ▏ 20.8 MiB ✓", "host ▏ 23.5 GiB"]
        await pilot.press("p")
        await settle(pilot)
        assert "difference in charge: +600 GiB" in screen(app)


async def test_what_the_restore_charges_and_what_the_host_has_is_not_cut_on_80_columns(recorded_host: Host) -> None:
    """20 MiB and 816 KiB of mappings that are writable in the end; a machine of 24,684,084 KiB."""
    async with opened("prot-none-400g", recorded_host, SMALL, "4.3", "plan") as (app, _):
        assert "CRIU 4.3 (as 4.3+) charges 20.8 MiB here: overcommit 0, 23.5 GiB RAM, no swap " in screen(app)


async def test_side_by_side_the_plan_has_both_releases_as_mirrored_bars(recorded_host: Host) -> None:
    """400 and 200 GiB of the first, nothing of the second."""
    async with opened("prot-none-400g", recorded_host, (200, 60), "3.19", "plan") as (app, pilot):
        await pilot.press("c", "enter")
        await settle(pilot)
        rows = [line for line in screen(app).splitlines() if "-w- mmap" in line]
        assert [row.count("██████ │") for row in rows] == [0, 1]
        assert [row.count("   ███ │") for row in rows] == [1, 0]


async def test_scrolling_right_ends_with_the_widest_line(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, (40, 45), pane="plan") as (app, pilot):
        table = app.query_one("#plan", Pane).table
        await pilot.press(*["right"] * 100)
        view = table.view
        assert view is not None
        fit = view.table.fit(40)
        fit = fit._replace(rooms=tuple(view.table.columns[i].width for i in fit.shown))
        longest = max((GAP.join(view.table.fitted(row, fit)).rstrip() for row in view.order), key=len)
        assert len(longest) > 40
        # Its end is seen, and nothing lies beyond; where each row is stays.
        assert f"{longest[-20:]}  \n" in screen(app)
        assert all(f"\n{view.table.cells(row)[0]}  …" in screen(app) for row in view.order)
        await pilot.press(*["left"] * 100)
        await settle(pilot)
        assert table.left == 0


async def test_v_lists_the_releases_with_what_changes_and_what_it_comes_to_here(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, SMALL, "3.19", "plan") as (app, pilot):
        await pilot.press("v")
        await settle(pilot)
        shown = screen(app)
        # As the restores of this dump went: 3.19 was refused 200 GiB, 4.2.1 was not.
        lines = {
            line[1:].split()[0]: line for line in shown.splitlines() if line.startswith("│") and line[1:].strip("│ ")
        }
        assert "FAILS" in lines["3.19"]
        assert "FAILS" not in lines["4.2.1"]
        assert "one that begins at the end is taken for inside" in " ".join(shown.replace("│", " ").split())
        # The cursor is on what is chosen, which enter leaves; the key that opened the list goes on in it.
        await pilot.press("enter")
        await settle(pilot)
        assert app.main.report.criu.version == "3.19"
        await pilot.press("v", "v", "v", "v", "enter")
        await settle(pilot)
        assert app.main.report.criu.version == "4.3"
        await pilot.press("v", "v", "escape")
        await settle(pilot)
        assert app.main.report.criu.version == "4.3"
        assert len(app.screen_stack) == 1


async def test_nothing_moves_below_the_rows_as_one_goes_through_them(recorded_host: Host) -> None:
    """Nor is a line of the picture empty: what decides is said of each step."""
    async with opened("prot-none-400g", recorded_host, (120, 40), "3.1", "plan") as (app, pilot):
        pane = app.query_one("#plan", Pane)
        picture = pane.query_one("#picture")
        await pilot.press("home")
        await settle(pilot)
        region = picture.region
        assert pane.table.view is not None
        for _ in range(len(pane.table.view)):
            lines = screen(app).splitlines()[region.y : region.bottom]
            assert picture.region == region
            assert all(line.strip("│ ") for line in lines)
            assert "VMA" in lines[0]
            assert "pagemap entry" in lines[1]
            assert "needed" in lines[-1]
            await pilot.press("down")
            await settle(pilot)


async def test_in_little_room_the_chosen_rule_and_the_reason_are_told(recorded_host: Host) -> None:
    """With as many lines below the rows for each of them."""
    async with opened("prot-none-400g", recorded_host, (80, 27), "4.3", "plan") as (app, pilot):
        pane = app.query_one("#plan", Pane)
        height = pane.table.region.height
        await pilot.press("home")
        for _ in range(12):
            await settle(pilot)
            assert "▸CRIU 4.3+" in screen(app)
            assert pane.table.region.height == height
            await pilot.press("down")
        await pilot.press("V", "V")
        await settle(pilot)
        await pilot.press("f")
        await settle(pilot)
        assert app.main.report.criu.version == "3.19"
        assert "so it maps 200 GiB writable" in " ".join(screen(app).split())


@pytest.mark.parametrize("name", ["prot-none-400g", "trailing-reservation"])
async def test_no_address_of_the_picture_is_cut_on_80_columns(recorded_host: Host, name: str) -> None:
    """However the page that decides lies to the VMA."""
    async with opened(name, recorded_host, (80, 32), "4.3", "plan") as (app, pilot):
        pane = app.query_one("#plan", Pane)
        assert pane.table.view is not None
        ways = set()
        await pilot.press("home")
        for _ in range(len(pane.table.view)):
            await settle(pilot)
            lines = [line.strip() for line in screen(app).splitlines()]
            drawn = [line for line in lines if line.startswith(("VMA  [", "pagemap entry  ["))]
            assert all("…" not in line and ")" in line for line in drawn)
            ways |= {line.split("  ")[0] for line in lines if line.startswith("▲")}
            await pilot.press("down")
        last = "lies below; no entry above" if name == "trailing-reservation" else "lies above"
        assert {"▲ touches, does not overlap", "▲ overlaps: these pages lie inside", f"▲ {last}"} <= ways
