"""Keys that come in one burst, however it is cut, do what they do when they are typed slowly."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.app import CriuTui
from criu_tui.command_line.building import built
from criu_tui.command_line.opening import opened as report_of
from criu_tui.command_line.options import Options
from criu_tui.command_line.scratch import Scratch
from criu_tui.command_line.telling import story_of
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import VmaKind
from criu_tui.core.report.registry import SHOWN, rows
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.asking import Asking
from criu_tui.panes.pane import Pane
from criu_tui.screens import loading
from criu_tui.widgets.prompt import Prompt
from textual.events import AppBlur, AppFocus, Key, MouseDown, MouseMove, MouseUp, Paste

from tests.app.support import HOLE, SMALL, WIDE, opened, place, screen, settle
from tests.conftest import DUMPS
from tests.pseudo_terminal import PATIENCE

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host
    from criu_tui.core.tables.table import Table
    from textual.events import Event
    from textual.pilot import Pilot

NAMES = {
    "/": "slash",
    "\r": "enter",
    "\x1b": "escape",
    "\x7f": "backspace",
    "\x1b[C": "right",
    "\x1b[B": "down",
    "?": "question_mark",
}
NAMED = frozenset({*NAMES.values(), "end", "pagedown"})


def events(*typed: str | Event) -> list[Event]:
    """A text is one key for each letter, one in NAMES is that key."""
    made: list[Event] = []
    for each in typed:
        if not isinstance(each, str):
            made.append(each)
        elif each in NAMES or each in NAMED:
            made.append(Key(NAMES.get(each, each), None))
        else:
            made.extend(Key(NAMES.get(letter, letter), letter) for letter in each)
    return made


async def read_in_two(
    pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch, first: list[Event], second: list[Event]
) -> None:
    """Has the first part wait at a table that is busy, and the second come when there is a line to type on."""
    app = pilot.app
    free = asyncio.Event()
    ask = Asking.ask

    async def asks(asking: Asking, *args: object, **options: object) -> None:
        await ask(asking, *args, **options)  # type: ignore[arg-type]
        while second:
            app.post_message(second.pop(0))
        app.set_timer(0.2, free.set)

    monkeypatch.setattr(Asking, "ask", asks)
    front = app.focused
    assert front is not None
    app.post_message(first[0])
    app.call_later(front.call_later, free.wait)
    for each in first[1:]:
        app.post_message(each)
    await free.wait()
    await settle(pilot)
    assert not second


@pytest.mark.parametrize("cut", range(1, 12))
async def test_letters_stay_in_their_order(recorded_host: Host, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    text = "/size:>199G"
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await read_in_two(pilot, monkeypatch, events(text[:cut]), events(text[cut:]))
        assert app.query_one(Prompt).line.value == text[1:]
        assert app.query_one("#maps", Pane).arranging.filter_text == text[1:]


@pytest.mark.parametrize("cut", range(1, 10))
@pytest.mark.parametrize(
    "typed",
    [
        events("/", "hex", "\x7f", "\x7f", "eap", "\r", "\r"),
        events("/", "xx", "\x1b", "/", "heap", "\r"),
        events("/", Paste("he"), "ap", "\r"),
        events("/", "st", "\r", "/", "heap", "\r"),
        events("/", "he", AppBlur(), AppFocus(), "ap", "\r"),
    ],
    ids=["backspace", "escape", "paste", "two lines", "another window"],
)
async def test_all_that_is_typed_stays_in_its_order(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch, typed: list[Event], cut: int
) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        # An event is used once.
        made = [Key(each.key, each.character) if isinstance(each, Key) else type(each)(*_of(each)) for each in typed]
        await read_in_two(pilot, monkeypatch, made[:cut], made[cut:])
        maps = app.query_one("#maps", Pane)
        assert maps.arranging.filter_text == "heap"
        assert maps.table.view is not None
        assert [maps.table.view.table.rows[row].kind for row in maps.table.view.order] == [VmaKind.HEAP]
        assert not maps.query(Prompt)


def _of(event: Event) -> tuple[str, ...]:
    return (event.text,) if isinstance(event, Paste) else ()


@pytest.mark.parametrize("cut", range(1, 6))
async def test_what_goes_on_with_a_name_is_taken_before_it_is_drawn(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        typed = events("g", "ho", "\x1b[C", "\r", "j")
        await read_in_two(pilot, monkeypatch, typed[:cut], typed[cut:])
        # The program's file is called hole; j is the row behind it.
        before = place(app, "maps")
        await pilot.press("k")
        assert (place(app, "maps"), before != 0x400000) == (0x400000, True)


async def test_the_line_is_left_to_what_comes_behind_it(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        for each in events("g", f"{HOLE:x}", "\r", "3", "/", "hole", "\x1b[B", "\r", "?", "q", "1"):
            app.post_message(each)
        await settle(pilot)
        assert (app.main.pane, app.screen) == ("maps", app.main)
        assert not app.query(Prompt)
        assert app.query_one("#plan", Pane).arranging.filter_text == "hole"


async def test_a_filter_waits_for_the_rows_it_is_for(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typed before the other panes are there, and for a plan that takes its time."""
    go_on = threading.Event()

    def slowly(report: Report, name: str, pid: int) -> Table[Any]:
        if name == "plan":
            assert go_on.wait(PATIENCE)
        return rows(report, name, pid)

    monkeypatch.setattr(loading, "rows", slowly)
    app = CriuTui(Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu("4.2.1"), recorded_host))
    async with app.run_test(size=SMALL) as pilot:
        for each in events("3", "/", "size:>199G", "\r"):
            app.post_message(each)
        await pilot.pause()
        while not app.in_turn.idle:
            await asyncio.sleep(0)
        plan = app.query_one("#plan", Pane)
        assert plan.table.view is None
        go_on.set()
        await settle(pilot)
        assert plan.arranging.filter_text == "size:>199G"
        assert plan.table.view is not None
        assert 0 < len(plan.table.view.order) < len(plan.table.view.table.rows)


@pytest.mark.parametrize(
    ("pane", "key"),
    [("files", "m"), ("files", "M"), ("log", "w"), ("task", "x"), ("memory", "m"), ("maps", "s"), ("plan", "S"),
     ("maps", "end"), ("plan", "pagedown"), ("maps", "enter"), ("maps", "y"), ("files", "enter"),
     ("findings", "enter")],
)  # fmt: skip
async def test_a_key_for_rows_that_are_still_made_waits_for_them(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch, pane: str, key: str
) -> None:
    go_on = threading.Event()

    def slowly(report: Report, name: str, pid: int) -> Table[Any]:
        if name == pane:
            assert go_on.wait(PATIENCE)
        return rows(report, name, pid)

    monkeypatch.setattr(loading, "rows", slowly)
    screens = []
    for early in (False, True):
        (go_on.clear if early else go_on.set)()
        async with opened("prot-none-400g", recorded_host, pane="overview") as (app, pilot):
            for each in events(SHOWN[pane].key, key) if early else ():
                app.post_message(each)
            await pilot.pause()
            while not (app.in_turn.idle or app.in_turn.held):
                await asyncio.sleep(0)
            assert app.query_one(f"#{pane}", Pane).table.view is None
            go_on.set()
            await settle(pilot)
            if not early:
                await pilot.press(SHOWN[pane].key)
                await settle(pilot)
                await pilot.press(key)
                await settle(pilot)
            screens.append(screen(app))
    assert screens[0] == screens[1]


async def test_a_key_that_leads_out_of_a_story_comes_before_those_behind_it() -> None:
    async def after(*keys: str, burst: bool) -> int | None:
        options = Options(demo="boundary")
        with Scratch() as scratch:
            app = CriuTui(report_of(options, built("boundary", scratch)), "plan", story=story_of(options, scratch))
            async with app.run_test(size=(80, 24)) as pilot:
                await settle(pilot)
                for key in keys:
                    app.post_message(Key(key, key))
                    if not burst:
                        await settle(pilot)
                await settle(pilot)
                assert app.main.pane == "maps"
                return place(app, "maps")

    assert await after("1", "k", "k", burst=True) == await after("1", "k", "k", burst=False)


async def test_a_border_that_is_dragged_in_one_burst_moves(recorded_host: Host) -> None:
    async with opened("prot-none-400g-fork", recorded_host, WIDE) as (app, pilot):
        tasks = app.main.panes.tasks
        assert tasks is not None
        before, at = tasks.outer_size.width, tasks.region.right - 1
        app.post_message(Key("j", "j"))
        for kind, x in ((MouseDown, at), (MouseMove, at + 5), (MouseMove, at + 10), (MouseUp, at + 10)):
            app.post_message(kind(None, x, 10, 0, 0, button=1, shift=False, meta=False, ctrl=False))
        await settle(pilot)
        assert tasks.outer_size.width == before + 10
