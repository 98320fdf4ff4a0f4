"""The Diff pane: what another checkpoint has otherwise, and the way to each place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.app import CriuTui
from criu_tui.command_line.choosing import compared_with
from criu_tui.core.base.progress import Progress
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.diff import DiffPane

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from textual.pilot import Pilot

FIRST, SECOND = DUMPS / "random-1" / "dump", DUMPS / "random-2-fork" / "dump"


async def settled(app: CriuTui, pilot: Pilot[None]) -> DiffPane:
    """Once the pages have been compared."""
    for _ in range(200):
        await app.workers.wait_for_complete()
        await pilot.pause()
        pane = app.main.query_one(DiffPane) if app.goes_on else None
        against = None if pane is None or pane.report is None else pane.report.against
        if pane is not None and against is not None and against.checkpoints.pages is not None:
            await pilot.pause()
            return pane
    raise AssertionError("the pages are not compared")


async def test_the_pane_shows_differences_and_leads_to_them() -> None:
    report = compared_with(Report(Dump(FIRST), criu("4.3")), str(SECOND), Progress())
    app = CriuTui(report, "diff")
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await settled(app, pilot)
        table = pane.table.table
        assert table is not None
        kinds = {row.difference.topic.value for row in table.rows}
        assert {"VMA", "pages", "task"} <= kinds
        wanted = next(i for i, row in enumerate(table.rows) if row.difference.topic.value == "pages")
        pane.table.select(wanted)
        await pilot.pause()
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.main.pane == "bytes"
        assert app.main.address == table.rows[wanted].difference.span.start


async def test_the_palette_compares_with_a_path() -> None:
    app = CriuTui(Report(Dump(FIRST), criu("4.3")))
    async with app.run_test(size=(120, 40)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("d")
        pane = app.main.query_one(DiffPane)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert pane.table.table is not None
        assert not pane.table.table.rows
        await pilot.press("colon", *f"compare {SECOND}", "enter")
        pane = await settled(app, pilot)
        assert app.main.pane == "diff"
        assert pane.table.table is not None
        assert pane.table.table.rows


async def test_a_path_that_holds_nothing_is_said_in_a_line() -> None:
    app = CriuTui(Report(Dump(FIRST), criu("4.3")))
    async with app.run_test(size=(120, 40)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("C", *"/nowhere", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.main.pane == "maps"
        assert app.main.report.against is None
