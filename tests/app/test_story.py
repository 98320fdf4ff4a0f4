"""A story on the screen: scenes go on and back, and lead to the place that they speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.app import CriuTui
from criu_tui.command_line.building import built
from criu_tui.command_line.opening import opened
from criu_tui.command_line.options import Options
from criu_tui.command_line.scratch import Scratch
from criu_tui.command_line.telling import story_of
from criu_tui.screens.story import StoryScreen
from textual.containers import Vertical

from tests.app.support import WIDE, all_done, screen, settle, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.pilot import Pilot


@pytest.fixture
def app() -> Iterator[CriuTui]:
    options = Options(demo="boundary")
    with Scratch() as scratch:
        yield CriuTui(opened(options, built("boundary", scratch)), "plan", story=story_of(options, scratch))


def title(pilot: Pilot[None]) -> str:
    assert isinstance(pilot.app.screen, StoryScreen)
    return str(pilot.app.screen.query_one(Vertical).border_title)


async def test_scenes_go_on_and_back_and_stop_at_both_ends(app: CriuTui) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("b")
        assert "1 of 6" in title(pilot)
        await pilot.press("space", "space", "b", "x")
        assert "2 of 6" in title(pilot)
        await pilot.press(*["space"] * 9)
        assert "6 of 6" in title(pilot)


async def test_on_a_small_screen_without_colours_nothing_of_the_panes_is_seen_around_it(app: CriuTui) -> None:
    """Nor their keys, which mean nothing there."""
    assert app.native_ansi_color
    async with app.run_test(size=(120, 39)) as pilot:
        await settle(pilot)
        drawn = screen(app)
        assert "1 of 6" in drawn
        assert "filter" not in drawn
        assert "demo" not in drawn.splitlines()[0]


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_on_a_large_screen_the_panes_stand_above_each_scene_where_it_speaks_of(
    app: CriuTui, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        for pane, version, task in (("maps", "3.19", 4242), ("plan", "3.19", 4242), ("plan", "3.19", 4242)):
            assert (app.main.pane, app.main.report.criu.version, app.main.pid) == (pane, version, task)
            assert app.main.address == 0x7E8661200000
            drawn = screen(app)
            assert f"CRIU {version} │ task {task}" in drawn.splitlines()[0]
            assert "filter" not in drawn
            # All panes that are shown are seen, with the row that the scene speaks of.
            scene = app.screen.query_one(Vertical).region
            assert all(shown.region.bottom <= scene.y for shown in app.main.panes.seen)
            assert scene.bottom == size[1]
            assert any("7e8661200000" in line for line in drawn.splitlines()[: scene.y])
            await pilot.press("space")
            await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert app.screen is app.main
        assert "filter" in screen(app).splitlines()[-1]
        assert app.main.panes.region.bottom > scene.y


async def test_where_it_stands_is_known_before_it_is_told_its_size(
    app: CriuTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise it jumps, where much is to be done at the start."""
    monkeypatch.setattr(StoryScreen, "on_resize", lambda *_: None)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "CRIU 3.19" in screen(app).splitlines()[0]


async def test_enter_leads_to_the_place_and_the_story_goes_on_where_it_was_left(app: CriuTui) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("space", "enter")
        await all_done(pilot.app)
        await pilot.pause()
        assert app.screen is app.main
        assert (app.main.pane, app.main.pid, app.main.address) == ("plan", 4242, 0x7E8661200000)
        assert app.main.report.criu.version == "3.19"
        await pilot.press("B")
        await pilot.pause()
        assert "2 of 6" in title(pilot)


async def test_a_scene_of_another_dump_is_looked_at_in_that_dump(app: CriuTui) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*["space"] * 4, "enter")
        await all_done(pilot.app)
        await pilot.pause()
        assert list(app.main.report.dump.pids) == [4242, 4243]
        assert app.main.panes.front.current


async def test_no_pane_of_a_dump_without_tasks_keeps_rows_of_another_dump() -> None:
    """Nor waits for rows that never come; and those that would have none make room."""
    options = Options(demo="userns", pane="findings")
    with Scratch() as scratch:
        app = CriuTui(opened(options, built("userns", scratch)), "findings", story=story_of(options, scratch))
        async with app.run_test(size=WIDE) as pilot:
            await settle(pilot)
            assert [pane.id for pane in app.main.panes.seen] == ["log", "findings"]
            assert all(pane.current for pane in app.main.panes.seen)
            assert len({pane.region.width for pane in app.main.panes.seen} | {WIDE[0]}) == 1
            await pilot.press("B", *["space"] * 3, "enter")
            await settle(pilot)
            assert [pane.id for pane in app.main.panes.seen] == ["ids", "task", "files"]
            assert "Task 1 init" in screen(app)
            await pilot.press("B", *"bbb", "enter", "8")
            await settle(pilot)
            assert "no task" in screen(app).splitlines()[0]
            assert "no tasks in this dump" in screen(app)
            assert "init" not in screen(app)


async def test_the_help_has_the_keys_of_the_story_first(app: CriuTui) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("space", "question_mark")
        await settle(pilot)
        words = screen(app)
        assert "Help: the story" in words.splitlines()[0]
        assert words.index("the next scene") < words.index("the scene before") < words.index("Write plan")
        await pilot.press("question_mark")
        await settle(pilot)
        assert "2 of 6" in title(pilot)


async def test_a_demo_opened_at_a_place_tells_its_story_when_it_is_asked_for() -> None:
    options = Options(demo="boundary", pane="plan")
    with Scratch() as scratch:
        app = CriuTui(opened(options, built("boundary", scratch)), "plan", story=story_of(options, scratch))
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            assert app.screen is app.main
            await pilot.press("B")
            await settle(pilot)
            assert "1 of 6" in title(pilot)


async def test_on_a_large_screen_a_dump_that_failed_on_its_ids_has_all_that_tells_of_it_behind_its_story() -> None:
    options = Options(demo="userns")
    with Scratch() as scratch:
        app = CriuTui(opened(options, built("userns", scratch)), "findings", story=story_of(options, scratch))
        async with app.run_test(size=(200, 60)) as pilot:
            await settle(pilot)
            for front in ("ids", "log", "findings"):
                scene = app.screen.query_one(Vertical).region
                assert [pane.id for pane in app.main.panes.seen] == ["ids", "findings", "log"]
                assert app.main.pane == front
                assert all(pane.region.bottom <= scene.y for pane in app.main.panes.seen)
                ids, findings, log = (pane.region for pane in app.main.panes.seen)
                assert ids.right == findings.x
                assert ids.bottom == findings.bottom == log.y
                await pilot.press("space")
                await settle(pilot)


async def test_the_keys_of_panes_lead_out_of_the_story(app: CriuTui) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("1")
        await all_done(pilot.app)
        await pilot.pause()
        assert (app.screen, app.main.pane) == (app.main, "maps")


async def test_a_story_that_plays_by_itself_ends() -> None:
    options = Options(demo="userns", auto=0.05)
    with Scratch() as scratch:
        playing = CriuTui(opened(options, built("userns", scratch)), "findings", story=story_of(options, scratch))
        async with playing.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: playing._exit or not playing.is_running)
    assert playing.return_code in (0, None)
