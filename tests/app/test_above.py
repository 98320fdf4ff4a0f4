"""Screens above the panes: help, palette, detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.app import CriuTui
from criu_tui.commands import SCOPES, Command
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.pane import Pane
from criu_tui.widgets.bindings import reachable
from criu_tui.widgets.dimming import ScreenAbove
from textual._context import visible_screen_stack
from textual.containers import VerticalScroll
from textual.geometry import Offset
from textual.screen import Screen
from textual.widgets import Static

from tests.app.support import HOLE, SMALL, WIDE, opened, place, screen, settle, until
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.restore.host import Host


@pytest.mark.parametrize("pane", SHOWN)
async def test_help_fits_the_smallest_screen_and_names_every_command(recorded_host: Host, pane: str) -> None:
    async with opened("prot-none-1g", recorded_host, SMALL, pane=pane) as (app, pilot):
        await pilot.press("question_mark")
        await settle(pilot)
        shown = screen(app)
        box = app.screen.query_one(VerticalScroll)
        assert box.max_scroll_y == 0
        for _, command in reachable(app.screen_stack[0]):
            of_pane = command.id.startswith("pane-")
            wanted = f"{command.shown} {command.label}" if of_pane else f"{command.shown:<8}{command.label}"
            # What has no key is in the palette alone.
            assert not command.keys or wanted in shown
        await pilot.press("question_mark")
        assert len(app.screen_stack) == 1


@pytest.mark.parametrize("keys", [("question_mark",), ("v",), ("question_mark", "colon")], ids=["help", "box", "two"])
async def test_what_is_behind_is_as_dim_as_textual_has_it(recorded_host: Host, keys: tuple[str, ...]) -> None:
    async with opened("prot-none-1g-fork", recorded_host, WIDE) as (app, pilot):
        await pilot.press(*keys)
        await settle(pilot)
        above = app.screen
        assert isinstance(above, ScreenAbove)

        def drawn(
            render: Callable[[], None],
        ) -> list[list[tuple[object, ...]]]:
            visible_screen_stack.set(app._background_screens)
            render()
            return [
                [(sign, style.color, style.bgcolor, style.bold) for text, style, _ in line if style for sign in text]
                for line in above._render_cache.lines
            ]

        ours = drawn(above._render_content)
        assert ours == drawn(super(ScreenAbove, above)._render_content)
        assert len({cell for line in ours for cell in line}) > 20


def test_keys_and_ids_are_declared_once() -> None:
    named: dict[str, Command] = {}
    for command in (command for scope in SCOPES for command in scope):
        # A pane may give a key to what has none elsewhere.
        same = named.setdefault(command.id, command)
        assert (
            same is command
            or same == command._replace(keys=(), shown="")
            or same._replace(keys=(), shown="") == command
        )
    for scope in SCOPES:
        keys = [key for command in scope for key in command.keys]
        assert len(set(keys)) == len(keys)


async def test_the_palette_finds_any_command(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("colon", *"findings")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert app.main.pane == "findings"
        await pilot.press("colon", *"reverse")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        view = app.query_one("#findings", Pane).table.view
        assert view is not None
        assert view.sort is not None


async def test_everything_known_of_a_row(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, version="3.19") as (app, pilot):
        await pilot.press("g", *"7e8661200000", "enter", "enter")
        await settle(pilot)
        shown = screen(app)
        # 200 GiB in bytes and pages; what 3.2 to 3.19 ask for; what stands at its end.
        for words in ("214,748,364,800 bytes", "52,428,800", "-w- mmap", "touches this VMA's end", "no access"):
            assert words in shown
        await pilot.press("escape")
        assert place(app, "maps") == HOLE


async def test_a_screen_opened_above_at_once_holds_nothing_up(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen below is then never painted for the first time."""
    monkeypatch.setattr(CriuTui, "call_after_refresh", lambda *_: None)
    app = CriuTui(Report(Dump(DUMPS / "random-2-fork" / "dump"), criu("3.19"), recorded_host))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("question_mark")
        base = app.screen_stack[0]
        await until(pilot, lambda: base.query("#bytes"))
        assert len(app.screen_stack) == 2
        await pilot.press("escape", "3")
        await settle(pilot)
        assert app.main.pane == "plan"


async def test_a_long_text_is_gone_through_with_the_keys_of_a_table(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, (80, 12)) as (app, pilot):
        await pilot.press("question_mark")
        await settle(pilot)
        box = app.screen.query_one(VerticalScroll)
        assert box.max_scroll_y > 0
        for key, y in (("G", box.max_scroll_y), ("home", 0), ("greater_than_sign", box.max_scroll_y)):
            await pilot.press(key)
            await pilot.pause()
            assert box.scroll_y == y


async def test_a_text_longer_than_the_screen_says_that_more_follows_and_what_scrolls(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, (80, 12), pane="plan") as (app, pilot):
        await pilot.press("D")
        await settle(pilot)
        lines = app.screen.query_one(VerticalScroll).virtual_size.height
        last = screen(app).splitlines()[-1]
        assert f"▼ lines 1-10 of {lines}   ↓ j space: more   esc" in last
        await pilot.press("j")
        await settle(pilot)
        assert f"▼ lines 2-11 of {lines} " in screen(app).splitlines()[-1]
        await pilot.press("end")
        await settle(pilot)
        assert f"▲ lines {lines - 9}-{lines} of {lines}   ↑ k PgUp: back   esc" in screen(app).splitlines()[-1]
        await pilot.resize_terminal(80, lines + 2)
        await settle(pilot)
        assert "lines" not in screen(app).splitlines()[-1]


async def test_a_press_on_what_has_just_been_taken_away_is_nothing(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Textual's text selection asks where its parent is, which it no longer has."""
    gone = Static("gone")
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        monkeypatch.setattr(Screen, "get_widget_and_offset_at", lambda *_: (gone, Offset(0, 0)))
        await pilot.mouse_down(offset=(10, 10))
        await pilot.mouse_up(offset=(10, 10))
        await settle(pilot)
        assert app.screen is app.main
