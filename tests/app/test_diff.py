"""The Diff pane: how another checkpoint differs, and the way to each place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from criu_tui.app import CriuTui
from criu_tui.command_line.choosing import compared_with
from criu_tui.core.base.progress import Progress
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.diff import DiffPane
from criu_tui.widgets.heat_view import HeatView
from criu_tui.widgets.hex_view import HexView

from tests.app.support import all_done, screen, settle
from tests.conftest import DUMPS
from tests.core.test_differences import BASE, PAGE, PRESENT, letters, made

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host
    from textual.pilot import Pilot

FIRST, SECOND = DUMPS / "random-1" / "dump", DUMPS / "random-2-fork" / "dump"


async def settled(app: CriuTui, pilot: Pilot[None]) -> DiffPane:
    """Once the pages have been compared."""
    for _ in range(200):
        await all_done(app)
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
        await all_done(app)
        await pilot.pause()
        assert app.main.pane == "bytes"
        assert app.main.address == table.rows[wanted].difference.span.start


async def test_the_palette_compares_with_a_path() -> None:
    app = CriuTui(Report(Dump(FIRST), criu("4.3")))
    async with app.run_test(size=(120, 40)) as pilot:
        await all_done(app)
        await pilot.pause()
        await pilot.press("d")
        pane = app.main.query_one(DiffPane)
        await all_done(app)
        await pilot.pause()
        assert pane.table.table is not None
        assert not pane.table.table.rows
        await pilot.press("colon", *f"compare {SECOND}", "enter")
        pane = await settled(app, pilot)
        assert app.main.pane == "diff"
        assert pane.table.table is not None
        assert pane.table.table.rows


@pytest.mark.parametrize("path", ["/nowhere", "~no-such-user/dump"])
async def test_a_path_that_holds_nothing_is_said_in_a_line(path: str) -> None:
    app = CriuTui(Report(Dump(FIRST), criu("4.3")))
    async with app.run_test(size=(120, 40)) as pilot:
        await all_done(app)
        await pilot.pause()
        await pilot.press("C", *path, "enter")
        await all_done(app)
        await pilot.pause()
        assert app.main.pane == "maps"
        assert app.main.report.against is None


SIZES = [(80, 24), (120, 40), (200, 60)]


def two_dumps(directory: Path) -> Report:
    """Of 16 pages four are in both, one with another word in its middle; one only in A, one only in B."""
    word = 100
    first = made(directory / "a", [(0, 4, PRESENT), (9, 1, PRESENT)], letters("abcdz"))
    pages = bytearray(letters("abcde"))
    pages[2 * PAGE + word : 2 * PAGE + word + 5] = b"OTHER"
    made(directory / "b", [(0, 4, PRESENT), (6, 1, PRESENT)], bytes(pages))
    return compared_with(Report(first, criu("4.3")), str(directory / "b"), Progress())


@pytest.mark.parametrize("size", SIZES)
async def test_the_heat_map_has_a_colour_for_same_changed_and_of_one_alone(
    size: tuple[int, int], tmp_path: Path
) -> None:
    app = CriuTui(two_dumps(tmp_path), "diff")
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        await pilot.press("2", "enter")
        await settle(pilot)
        heat = app.query_one(HeatView)
        assert f"{BASE:012x}  ██≠█··+··-······" in screen(app)
        assert "≠ changed  + only in B  - only in A" in screen(app)
        line = next(line for line in range(heat.size.height) if "≠" in heat.render_line(line).text)
        colours = {
            sign: {segment.style.color for segment in heat.render_line(line) if sign in segment.text and segment.style}
            for sign in "█≠+-"
        }
        assert all(len(found) == 1 for found in colours.values()), colours
        assert colours["+"] == colours["-"]
        assert len({found.copy().pop() for found in colours.values()}) == 3


@pytest.mark.parametrize("size", SIZES)
async def test_bytes_are_side_by_side_with_the_way_from_change_to_change(size: tuple[int, int], tmp_path: Path) -> None:
    app = CriuTui(two_dumps(tmp_path), "diff")
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        await pilot.press("7")
        await settle(pilot)
        view, way = app.query_one(HexView), []
        view.go_to(BASE)
        for key in ("n", "n", "n", "n", "N", "N"):
            await pilot.press(key)
            await settle(pilot)
            way.append(view.address - BASE)
            if len(way) == 1:
                assert "in B  4f 54 48 45 52 63 63 63 63 63 63 63  OTHERccccccc" in screen(app)
                # Its own row, though in A all rows of the page are alike.
                line = next(line for line in screen(app).splitlines() if f"{BASE + 2 * PAGE + 96:012x}" in line)
                assert ("│ 63 63 63 63 4f 54 48 45 52 63" in line) is (size[0] >= 200)
        word = 2 * PAGE + 100
        assert way == [word, 6 * PAGE, 9 * PAGE, 9 * PAGE, 6 * PAGE, word]


async def test_where_rows_need_the_room_one_line_tells_of_both(recorded_host: Host) -> None:
    """Nobody can restore them here: the program is not there. 20 pages differ in content, 2 are in the first alone."""
    first, second = (DUMPS / name / "dump" for name in ("prot-none-1g-fork", "prot-none-400g-fork"))
    app = CriuTui(compared_with(Report(Dump(first), criu("4.3"), recorded_host), str(second), Progress()), "diff")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app, pilot)
        await settle(pilot)
        told = next(line for line in screen(app).splitlines() if line.startswith("A "))
        assert re.fullmatch(r"A . charges 2 GiB   B . charges 800 GiB   22 of 36 pages differ", told.strip())


async def test_checkpoints_without_a_task_in_common_have_no_pages_to_compare(recorded_host: Host) -> None:
    """Of nothing "0 of 0 differ" would read like the same."""
    first, second = (DUMPS / name / "dump" for name in ("prot-none-1g", "random-1"))
    app = CriuTui(compared_with(Report(Dump(first), criu("4.3"), recorded_host), str(second), Progress()), "diff")
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app, pilot)
        await settle(pilot)
        assert "no pages to compare" in screen(app)
        assert "the same (0)" not in screen(app)
        await pilot.resize_terminal(100, 24)
        await settle(pilot)
        assert "no pages to compare" in screen(app)
