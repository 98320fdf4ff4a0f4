"""Where panes stand, and the lines around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.report.registry import SHOWN
from criu_tui.panes.pane import Pane
from criu_tui.widgets.bindings import reachable
from textual.geometry import Region

from tests.app.support import SMALL, WIDE, opened, place, screen, settle

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host


async def test_small_screens_show_one_pane_and_wide_ones_all(recorded_host: Host) -> None:
    async with opened("prot-none-400g-fork", recorded_host, SMALL) as (app, pilot):
        assert [name for name in SHOWN if app.query_one(f"#{name}").display] == ["maps"]
        await pilot.press("j", "j")
        before = app.main.address
        await pilot.resize_terminal(*WIDE)
        await settle(pilot)
        assert [name for name in SHOWN if app.query_one(f"#{name}").display] == ["maps", "coverage", "bytes"]
        assert app.main.address == before
        await pilot.press("z")
        assert [name for name in SHOWN if app.query_one(f"#{name}").display] == ["maps"]


@pytest.mark.parametrize(("size", "shown"), [(SMALL, {"maps"}), (WIDE, {"maps", "coverage", "bytes"})])
async def test_tables_are_built_for_the_panes_on_screen(
    recorded_host: Host, size: tuple[int, int], shown: set[str]
) -> None:
    async with opened("random-1", recorded_host, size) as (app, pilot):
        assert {name for name in SHOWN if app.query_one(f"#{name}", Pane).table.table is not None} == shown
        await pilot.press("6")
        await settle(pilot)
        assert app.query_one("#findings", Pane).table.table is not None


async def test_a_large_screen_has_the_panes_of_one_question(recorded_host: Host) -> None:
    """One that is on it already moves nothing; any other brings those that stand with it."""

    def seen() -> list[str]:
        return [name for name in SHOWN if app.query_one(f"#{name}").display]

    async with opened("random-1", recorded_host, WIDE) as (app, pilot):
        for key, expected in (
            ("1", ["maps", "coverage", "bytes"]),
            ("2", ["maps", "coverage", "bytes"]),
            ("3", ["maps", "plan", "findings"]),
            ("1", ["maps", "plan", "findings"]),
            ("7", ["maps", "coverage", "bytes"]),
            ("4", ["ids", "task", "files"]),
            ("5", ["log"]),
            ("6", ["maps", "plan", "findings"]),
        ):
            await pilot.press(key)
            await settle(pilot)
            assert seen() == expected, key
        shown = [app.query_one(f"#{name}") for name in seen()]
        # The last of them has the width of the others together.
        assert shown[2].size.width >= shown[0].size.width + shown[1].size.width


@pytest.mark.parametrize("pane", SHOWN)
async def test_the_bottom_line_names_keys_that_work_here(recorded_host: Host, pane: str) -> None:
    async with opened("prot-none-400g", recorded_host, SMALL, pane=pane) as (app, _):
        last = screen(app).splitlines()[-1]
        assert "? help" in last
        assert "q quit" in last
        reached = [command for _, command in reachable(app.screen)]
        hints = [hint for hint in last.strip().split("  ") if hint]
        assert len(hints) >= 5
        for hint in hints:
            key, label = hint.strip().split(" ", 1)
            assert any(command.shown.split(" ")[0] == key and command.label == label for command in reached), hint


async def test_clicks_on_header_tab_and_hint(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        table = app.query_one("#maps", Pane).table
        await pilot.click(table, offset=(1, 0))
        await settle(pilot)
        assert table.view is not None
        assert table.view.sort is not None
        await pilot.click(table, offset=(1, 3))
        await settle(pilot)
        assert place(app, "maps") == 0x47B000
        await pilot.click("Tabs", offset=(screen(app).splitlines()[2].index("4 Ids"), 0))
        await settle(pilot)
        assert app.main.pane == "ids"
        await pilot.click("Hints", offset=(screen(app).splitlines()[-1].index("? help"), 0))
        await settle(pilot)
        assert len(app.screen_stack) == 2


@pytest.mark.parametrize(("width", "beside"), [(80, 1), (100, 2), (30, 0), (20, 0)])
async def test_tabs_without_room_name_the_pane_in_front_and_its_neighbours(
    recorded_host: Host, width: int, beside: int
) -> None:
    """The others are there as keys, which a click finds too, with a mark that their names are left out."""
    async with opened("prot-none-400g", recorded_host, (width, 24)) as (app, pilot):
        kinds = list(SHOWN.values())
        for at, kind in enumerate(kinds):
            app.main.action_pane(kind.id)
            await settle(pilot)
            line = screen(app).splitlines()[2].rstrip()
            assert f"[{kind.key} {kind.name}" in line
            for near in kinds[max(0, at - beside) : at + beside + 1]:
                assert f"{near.key} {near.name}" in line
            assert "…" in line
            if width >= 80:
                assert all(re.search(rf"[ \[]{other.key}( |…|$)", line) for other in kinds), line
        line = screen(app).splitlines()[2]
        if width >= 80:
            await pilot.click("Tabs", offset=(line.index(" 1 ") + 1, 0))
            await settle(pilot)
            assert app.main.pane == "maps"


async def test_dark_and_light(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        before = app.theme
        await pilot.press("T")
        assert app.theme == before.replace("dark", "light")
        await pilot.press("T")
        assert app.theme == before


async def test_tab_goes_round_the_panes(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        seen = []
        for _ in SHOWN:
            await pilot.press("tab")
            await settle(pilot)
            seen.append(app.main.pane)
        names = list(SHOWN)
        at = names.index("maps")
        assert seen == [*names[at + 1 :], *names[: at + 1]]
        await pilot.press("shift+tab")
        assert app.main.pane == names[at - 1]
        # Above the panes there is no next one.
        await pilot.press("question_mark", "tab", "escape")
        assert app.main.pane == names[at - 1]


async def test_z_says_what_it_waits_for(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        said: list[str] = []
        monkeypatch.setattr(app, "notify", lambda message, **_: said.append(message))
        await pilot.press("z", "z")
        assert said[0] == "one pane, on a large screen too"
        assert said[1].startswith("from 160 columns and 36 lines on side by side")
        await pilot.resize_terminal(*WIDE)
        await settle(pilot)
        await pilot.press("z")
        # What is seen needs no words.
        assert len(said) == 2


@pytest.mark.parametrize("pane", ["maps", "coverage", "plan", "log", "task", "images"])
async def test_fourteen_rows_are_seen_on_a_small_screen(recorded_host: Host, pane: str) -> None:
    """With the verdict, tabs and keys around them, and an address selected."""
    async with opened("prot-none-400g-fork", recorded_host, SMALL, "3.19", pane) as (app, pilot):
        await pilot.press("down")
        await settle(pilot)
        table = app.query_one(f"#{pane}", Pane).table
        assert table.view is not None
        seen = screen(app)
        cells = [table.view.table.cells(row) for row in table.view.order[table.scroll_offset.y :][:14]]
        assert len(cells) == 14
        first = next(i for i, column in enumerate(table.view.table.columns) if column.title and column.weight == 0)
        assert all(row[first].strip()[:20] in seen for row in cells)


async def test_what_is_drawn_again_is_as_in_the_whole_screen(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, WIDE) as (app, _):
        whole = screen(app).splitlines()
        compositor = app.screen._compositor
        compositor._dirty_regions = {
            Region(0, 0, 20, 1),
            Region(3, 10, 30, 2),
            Region(90, 11, 9, 3),
            Region(0, 44, 9, 1),
        }
        update = compositor.render_partial_update()
        assert update is not None
        assert [y for y, _, _ in update.spans] == [0, 10, 11, 11, 12, 13, 44]
        for y, _, _ in update.spans:
            assert "".join(strip.text for strip in update.chops[y].values() if strip is not None) == whole[y]


async def test_p_shows_words_and_pictures_in_full_and_rows_again(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, SMALL, "3.19", "plan") as (app, pilot):
        table = app.query_one("#plan", Pane).table
        rows = table.size.height
        assert "touches, does not overlap" not in screen(app)
        await pilot.press("p")
        await settle(pilot)
        assert "touches, does not overlap" in screen(app)
        assert table.size.height < rows - 7
        await pilot.press("p")
        await settle(pilot)
        assert table.size.height == rows


async def test_what_is_said_of_an_address_takes_no_room_where_there_are_none(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, SMALL) as (app, pilot):
        await pilot.press("down")
        await settle(pilot)
        assert app.query_one("Told").display
        for key in "0589":
            await pilot.press(key)
            await settle(pilot)
            assert not app.query_one("Told").display
        await pilot.press("0")
        await settle(pilot)
        # The last line of the overview is seen, with the address selected.
        assert "none: all pages are here" in screen(app)


async def test_notes_are_shown_in_full_where_rows_leave_room(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, SMALL, pane="memory") as (app, pilot):
        assert "counts once" in screen(app)
        await pilot.resize_terminal(80, 13)
        await settle(pilot)
        assert "what tasks map together cou…" in screen(app)
        await pilot.resize_terminal(*SMALL)
        await settle(pilot)
        assert "counts once" in screen(app)
