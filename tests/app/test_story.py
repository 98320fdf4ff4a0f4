"""A story on the screen: scenes go on and back, and lead to the place that they speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.app import CriuTui
from criu_tui.command_line.opening import opened
from criu_tui.command_line.options import Options
from criu_tui.command_line.scratch import Scratch
from criu_tui.command_line.telling import story_of
from criu_tui.screens.story import StoryScreen
from textual.containers import Vertical

from tests.app.support import all_done, screen, settle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.pilot import Pilot


@pytest.fixture
def app() -> Iterator[CriuTui]:
    options = Options(demo="boundary")
    with Scratch() as scratch:
        yield CriuTui(opened(options, scratch), "plan", story=story_of(options, scratch))


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


async def test_without_colours_nothing_of_the_panes_is_seen_around_it(app: CriuTui) -> None:
    """Nor their keys, which mean nothing there."""
    assert app.native_ansi_color
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        drawn = screen(app)
        assert "1 of 6" in drawn
        assert "filter" not in drawn
        assert "demo" not in drawn.splitlines()[0]


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
        playing = CriuTui(opened(options, scratch), "findings", story=story_of(options, scratch))
        async with playing.run_test(size=(80, 24)) as pilot:
            while playing.is_running and playing._exit is False:
                await pilot.pause(0.05)
    assert playing.return_code in (0, None)
