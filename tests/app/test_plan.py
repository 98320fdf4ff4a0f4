"""Pane 3: the plan, its picture, and two releases beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        for _ in range(5):
            await pilot.press("c", "enter")
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
        assert "every private mapping is asked for writable" in shown
        # The key that opened the list goes on in it; enter takes what is under the cursor, escape nothing.
        await pilot.press("v", "v", "enter")
        await settle(pilot)
        assert app.main.report.criu.version == "4.3"
        await pilot.press("v", "escape")
        await settle(pilot)
        assert app.main.report.criu.version == "4.3"
        assert len(app.screen_stack) == 1
