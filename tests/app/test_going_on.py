"""Nothing that a keyboard can send ends the app, and what goes wrong in a handler ends what it was about alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from criu_tui import bugs
from criu_tui.app import CriuTui
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.maps import MapsPane
from criu_tui.screens.palette import Palette
from criu_tui.widgets import terminal_app
from criu_tui.widgets.virtual_table import VirtualTable
from textual.events import Key, Paste

from tests.app.support import SMALL, hold_first_paint, opened, place, screen, settle, until
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host

NAMES = {":": "colon", "?": "question_mark", "\r": "enter", "\x1b": "escape", "/": "slash"}


@pytest.mark.parametrize(
    "keys",
    [":\r\r", ":\r\r\r\r", ":\x1b\x1b", "??", "???", "?\r\r", "LLL", "L??", ":?\x1b?", "\r\r\r\r", "dd", "ddd"],
)
async def test_keys_of_one_burst_close_a_screen_once(recorded_host: Host, keys: str) -> None:
    """Over a slow connection they come in one read: those behind the one that closes are for what is below."""
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        for key in keys:
            app.post_message(Key(NAMES.get(key, key), key))
        await settle(pilot)
        await pilot.press("escape", "escape", "escape")
        await settle(pilot)
        assert app.screen is app.main
        await pilot.press("2")
        assert app.main.pane == "coverage"


async def test_a_key_behind_the_one_that_closes_a_screen_is_carried_out_below(recorded_host: Host) -> None:
    """As if they had been typed slowly: the first q leaves the help, the second one the program."""
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        for key in "?q":
            app.post_message(Key(NAMES.get(key, key), key))
        await settle(pilot)
        assert app.screen is app.main
        assert app.is_running
        # A screen that a row opens is opened by a message of its pane.
        for key in "\r\r":
            app.post_message(Key(NAMES.get(key, key), key))
        await settle(pilot)
        assert app.screen is app.main
        for key in "?qq":
            app.post_message(Key(NAMES.get(key, key), key))
        await settle(pilot)
        assert not app.is_running


@pytest.mark.parametrize("size", [(80, 4), (80, 3), (6, 20), (1, 1)])
async def test_the_palette_of_a_tiny_screen_takes_every_key(recorded_host: Host, size: tuple[int, int]) -> None:
    async with opened("prot-none-400g", recorded_host, size) as (app, pilot):
        await pilot.press("colon")
        for key in ("pagedown", "pageup", "end", "home", "down", "up", "x", "backspace", "ctrl+u", "tab"):
            await pilot.press(key)
        assert isinstance(app.screen_stack[-1], Palette)
        await pilot.press("escape")
        assert len(app.screen_stack) == 1


async def test_the_palette_says_when_no_command_has_the_words(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("colon", *"zzz", "enter")
        await settle(pilot)
        assert "no command has these words" in screen(app)
        await pilot.press("ctrl+u")
        assert app.screen.query_one(VirtualTable).row is not None
        app.post_message(Paste("reverse\nand more"))
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        view = app.query_one(MapsPane).table.view
        assert view is not None
        assert view.sort is not None


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a person looked: a pilot is told of every error otherwise."""
    monkeypatch.setattr(CriuTui, "is_headless", False)
    monkeypatch.delenv(bugs.WANTED, raising=False)


def fails(*_: object, **__: object) -> None:
    raise LookupError("no such \x1b[31m thing")


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("where", ["action_sort", "on_virtual_table_highlighted", "watch_selection"])
async def test_an_error_in_a_handler_is_one_line_and_the_app_goes_on(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    async with opened("prot-none-400g", recorded_host, SMALL) as (app, pilot):
        said: list[str] = []
        with monkeypatch.context() as broken:
            broken.setattr(app, "notify", lambda message, **_: said.append(message))
            broken.setattr(MapsPane, where, fails)
            await pilot.press("s", "j")
            await settle(pilot)
        assert said
        assert all(f"{bugs.WANTED}=1" in line and "\x1b" not in line and "\n" not in line for line in said)
        assert "LookupError" in said[0]
        before = place(app, "maps")
        await pilot.press("j")
        await settle(pilot)
        assert place(app, "maps") not in (None, before)
        await pilot.press("3")
        assert app.main.pane == "plan"


@pytest.mark.usefixtures("watched")
async def test_what_goes_wrong_again_and_again_ends_the_app(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A screen that cannot be drawn is no use to anybody."""
    async with opened("prot-none-400g", recorded_host, SMALL) as (app, _):
        monkeypatch.setattr(app, "notify", lambda *_, **__: None)
        error = LookupError("again")
        survived = [app.survives(error) for _ in range(terminal_app.MOST_SURVIVED)]
        assert all(survived[:-1])
        assert not survived[-1]


@pytest.mark.parametrize("turns", [0, 4, 8])
async def test_leaving_before_the_screen_is_whole_ends_well(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    painted = hold_first_paint(monkeypatch)
    app = CriuTui(Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu("4.2.1"), recorded_host))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        painted.set()
        # In the midst of what is then made.
        for _ in range(turns):
            await asyncio.sleep(0)
        app.exit()
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0
