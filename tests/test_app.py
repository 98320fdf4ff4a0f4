"""The app through Textual's pilot: each pane, the linked selection, versions, small screens."""

from __future__ import annotations

import json
import shutil
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.app import CriuTui
from criu_tui.commands import SCOPES, Command
from criu_tui.core.base.units import size
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import framing, images, kinds
from criu_tui.core.images.schema import core_pb2
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import Tone
from criu_tui.core.tables.view import Sort, View
from criu_tui.panes import arranging
from criu_tui.panes.bytes import BytesPane
from criu_tui.panes.coverage import CoveragePane
from criu_tui.panes.pane import Pane
from criu_tui.panes.selection import Selected
from criu_tui.panes.tasks import TasksPane
from criu_tui.widgets import clipboard
from criu_tui.widgets.bindings import reachable
from criu_tui.widgets.heat_view import HeatView
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.prompt import Prompt
from textual.containers import VerticalScroll
from textual.events import AppBlur, AppFocus, Key

from tests.bench import generate
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from criu_tui.core.restore.host import Host
    from textual.message import Message
    from textual.pilot import Pilot

SMALL, WIDE = (80, 24), (160, 45)
HOLE = 0x7E8661200000


async def settle(pilot: Pilot[None]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@asynccontextmanager
async def opened(
    name: str, host: Host, size: tuple[int, int] = SMALL, version: str = "4.2.1", pane: str = "maps"
) -> AsyncIterator[tuple[CriuTui, Pilot[None]]]:
    app = CriuTui(Report(Dump(DUMPS / name / "dump"), criu(version), host), pane)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield app, pilot


def screen(app: CriuTui) -> str:
    """What is on the screen, as text."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def place(app: CriuTui, pane: str) -> int | None:
    """Start address of the row under a pane's cursor."""
    table = app.query_one(f"#{pane}", Pane).table
    assert table.table is not None
    assert table.row is not None
    span = table.table.place(table.table.rows[table.row])[1]
    return span.start if span else None


@pytest.mark.parametrize("size", [SMALL, WIDE])
@pytest.mark.parametrize(
    ("name", "pid"),
    [
        ("prot-none-400g", 16363),
        ("prot-none-1g", 24417),
        ("random-1", 16612),
        ("trailing-reservation", 16569),
        ("userns-three-extents", 1),
    ],
)
async def test_each_pane_shows_the_dump(recorded_host: Host, name: str, pid: int, size: tuple[int, int]) -> None:
    async with opened(name, recorded_host, size) as (app, pilot):
        for key, pane in zip("1234", SHOWN, strict=False):
            await pilot.press(key)
            table = app.query_one(f"#{pane}", Pane).table
            assert table.has_focus
            assert table.table is not None
            assert len(table.table.rows) > 0
            assert table.table.cells(0)[0] in screen(app)
            assert f"task {pid}" in screen(app)


async def test_a_selection_moves_every_pane(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, WIDE) as (app, pilot):
        for _ in range(7):
            await pilot.press("down")
        await settle(pilot)
        assert [place(app, pane) for pane in ("maps", "coverage", "plan")] == [HOLE] * 3
        await pilot.press("3", "j", "k", "k")
        await settle(pilot)
        assert place(app, "maps") == place(app, "coverage") == 0x32DB9000
        assert "000032db9000-000032ddb000 rw- 136 KiB heap" in screen(app)


async def test_the_plan_opens_on_what_fails_and_v_changes_it(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, SMALL, "3.19", "plan") as (app, pilot):
        shown = screen(app)
        assert place(app, "plan") == HOLE
        for words in (
            "fails in task 16363 at 7e8661200000-7eb861200000",
            "touches, does not overlap",
            "charged 200 GiB > 23.5 GiB: ENOMEM",
            "FAILS",
        ):
            assert words in shown
        seen = set()
        for _ in range(5):
            await pilot.press("v")
            await settle(pilot)
            seen.add(app.main.report.criu.version)
            assert place(app, "plan") == HOLE
        assert seen == {"4.3", "4.2.1", "3.19", "3.1", "needed"}
        app.main.selection = app.main.selection._replace(report=app.main.report.restored_by(criu("3.1")))
        await pilot.press("v")
        await settle(pilot)
        assert app.main.report.criu.version == "needed"
        assert "every mapping is granted" in screen(app)


async def test_c_compares_with_the_other_rules_in_turn(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, WIDE, "3.19", "plan") as (app, pilot):
        plan = app.query_one("#plan", Pane).table
        seen = []
        for _ in range(5):
            await pilot.press("c")
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


async def test_the_ids_pane_shows_extents_and_the_check(recorded_host: Host) -> None:
    async with opened("userns-three-extents", recorded_host, pane="ids") as (app, _):
        shown = screen(app)
        assert "     [1001, 65536)  [101001, 165536)  64,535  " in shown
        assert "uid 0 is 100000 and gid 0 is 100000 on the host" in shown


async def test_tasks_switch_by_key_and_by_tree(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host, WIDE) as (app, pilot):
        assert app.main.pid == 16656
        await pilot.press("right_square_bracket")
        await settle(pilot)
        assert app.main.pid == 16657
        app.query_one(TasksPane).table.focus()
        await pilot.press("end")
        await settle(pilot)
        assert app.main.pid == 16658
        assert "task 16658" in screen(app)


async def test_small_screens_show_one_pane_and_wide_ones_all(recorded_host: Host) -> None:
    async with opened("prot-none-400g-fork", recorded_host, SMALL) as (app, pilot):
        assert [name for name in SHOWN if app.query_one(f"#{name}").display] == ["maps"]
        await pilot.press("j", "j")
        before = app.main.address
        await pilot.resize_terminal(*WIDE)
        await settle(pilot)
        assert [name for name in SHOWN if app.query_one(f"#{name}").display] == ["maps", "coverage", "plan", "ids"]
        assert app.main.address == before
        await pilot.press("z")
        assert [name for name in SHOWN if app.query_one(f"#{name}").display] == ["maps"]


@pytest.mark.parametrize("pane", SHOWN)
async def test_help_fits_the_smallest_screen_and_names_every_command(recorded_host: Host, pane: str) -> None:
    async with opened("prot-none-1g", recorded_host, SMALL, pane=pane) as (app, pilot):
        await pilot.press("question_mark")
        await settle(pilot)
        shown = screen(app)
        box = app.screen.query_one(VerticalScroll)
        assert box.max_scroll_y == 0
        for _, command in reachable(app.screen_stack[0]):
            assert f"{command.shown:<8}{command.label}" in shown
        await pilot.press("question_mark")
        assert len(app.screen_stack) == 1


def test_keys_and_ids_are_declared_once() -> None:
    named: dict[str, Command] = {}
    assert all(named.setdefault(command.id, command) is command for scope in SCOPES for command in scope)
    for scope in SCOPES:
        keys = [key for command in scope for key in command.keys]
        assert len(set(keys)) == len(keys)


async def test_a_directory_with_only_a_log_opens(recorded_host: Host) -> None:
    async with opened("userns-no-map", recorded_host) as (app, _):
        # It opens on the diagnosis.
        assert app.main.pane == "findings"
        shown = screen(app)
        for words in (
            "no task",
            "the dump failed: the user namespace does not map id 0",
            "the log shows no extent",
            "way out: map id 0",
        ):
            assert words in " ".join(shown.split())


async def test_names_from_the_dump_are_no_markup(recorded_host: Host, tmp_path: Path) -> None:
    name = "[@click=app.quit]x[/"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump")
    path = tmp_path / "dump" / "core-24417.img"
    (core,) = images.decode(path.read_bytes(), kinds.CORE, path.name, core_pb2.core_entry).entries
    core.tc.comm = name
    path.write_bytes(framing.encode(kinds.CORE, [core]))
    app = CriuTui(Report(Dump(tmp_path / "dump"), criu("4.2.1"), recorded_host), "maps")
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert name in screen(app)


async def test_the_heat_map_says_each_page_and_zooms(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, WIDE, pane="coverage") as (app, pilot):
        await pilot.press("z", "enter")
        await settle(pilot)
        pane = app.query_one(CoveragePane)
        assert pane.heat.has_focus
        assert "(200.0 GiB) absent" in screen(app)
        # The page that the reservation touches is the first of pages-1.img after those below it.
        pane.jump(16363, 0x7EB861200000)
        await settle(pilot)
        present = pagemap_of(app.main.report.dump, 16363).offset(0x7EB861200000)
        assert f"page 0 of 2,560, present: pages-1.img at byte {present:,}" in screen(app)
        await pilot.press("right")
        await settle(pilot)
        assert "page 1 of 2,560, absent: zeros when restored" in screen(app)
        await pilot.press("1")
        await settle(pilot)
        assert place(app, "maps") == 0x7EB861200000
        await pilot.press("2", "enter")
        pages = pane.heat.pages
        await pilot.press("minus", "minus")
        assert pane.heat.pages == pages * 4
        for _ in range(20):
            await pilot.press("plus")
        assert pane.heat.pages == 1
        await pilot.press("escape")
        assert pane.table.has_focus


async def test_from_the_heat_map_to_the_bytes_and_along_a_pointer(recorded_host: Host) -> None:
    async with opened("every-kind", recorded_host, WIDE, pane="coverage") as (app, pilot):
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert app.main.pane == "bytes"
        pane = app.query_one(BytesPane)
        assert pane.hex.has_focus
        dump = app.main.report.dump
        view = pane.hex.dump
        assert view is not None
        # A pointer in the program's own data, found by reading the pages file.
        at = next(a for a in range(0x4A6000, 0x4A9000, 8) if view.pointer_at(a) is not None)
        offset = pagemap_of(dump, 16884).offset(at)
        assert offset is not None
        raw = (dump.path / "pages-3.img").read_bytes()[offset + at % 4096 :][:8]
        target = int.from_bytes(raw, "little")
        pane.jump(16884, at)
        await settle(pilot)
        assert f"u64 {target}" in screen(app)
        await pilot.press("enter")
        await settle(pilot)
        assert pane.hex.address == app.main.address == target
        index = dump.address_space(16884).at(target)
        assert index is not None
        await pilot.press("1")
        await settle(pilot)
        assert place(app, "maps") == dump.address_space(16884).vmas[index].start
        await pilot.press("7", "backspace")
        await settle(pilot)
        assert app.main.address == at


async def test_the_bytes_fill_the_pane_from_the_start(recorded_host: Host) -> None:
    async with opened("every-kind", recorded_host, pane="bytes") as (app, _):
        lines = app.query_one(BytesPane).hex.seen()
        assert len(lines) > 10
        shown = screen(app)
        assert all(f"{line.span.start:012x}" in shown for line in lines)


async def test_a_search_lists_hits_that_jump(recorded_host: Host) -> None:
    async with opened("every-kind", recorded_host, pane="bytes") as (app, pilot):
        await pilot.press("slash", *"hex", "colon", *"7f454c46", "enter")
        await settle(pilot)
        # The vDSO starts with an ELF header.
        assert app.main.address == 0x7F7FBF548000
        assert "1 hit for hex 7f454c46" in screen(app)
        await pilot.press("slash", *["backspace"] * 20, *"linux-vdso", "enter")
        await settle(pilot)
        assert "[linux-vdso]" in screen(app)
        assert app.main.address == app.query_one(BytesPane).hex.address
        await pilot.press("slash", *["backspace"] * 20, *"re", "colon", "left_parenthesis", "enter")
        await settle(pilot)
        assert "not a regular expression" in screen(app)


async def test_contents_are_counted_when_asked_for_in_the_pane(recorded_host: Host) -> None:
    async with opened("prot-none-1g", recorded_host, WIDE, pane="coverage") as (app, pilot):
        await pilot.press("z")
        assert "a restore reads" not in screen(app)
        await pilot.press("i")
        await settle(pilot)
        present = pagemap_of(app.main.report.dump, 24417).present_pages
        assert f"a restore reads {present * 4} KiB: {present} pages" in screen(app)


@pytest.mark.parametrize(("size", "shown"), [(SMALL, {"maps"}), (WIDE, {"maps", "coverage", "plan", "ids"})])
async def test_tables_are_built_for_the_panes_on_screen(
    recorded_host: Host, size: tuple[int, int], shown: set[str]
) -> None:
    async with opened("random-1", recorded_host, size) as (app, pilot):
        assert {name for name in SHOWN if app.query_one(f"#{name}", Pane).table.table is not None} == shown
        await pilot.press("6")
        await settle(pilot)
        assert app.query_one("#findings", Pane).table.table is not None


def rows_shown(app: CriuTui, pane: str) -> list[str]:
    """First cells of a pane's rows, in the order shown."""
    view = app.query_one(f"#{pane}", Pane).table.view
    assert view is not None
    return [view.table.cells(row)[0] for row in view.order]


async def test_the_selection_outlives_sort_filter_and_resize(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("g", *"7e8661200000", "enter")
        await settle(pilot)
        assert place(app, "maps") == app.main.address == HOLE
        # Start, End, Size: the largest first.
        await pilot.press("s", "s", "s")
        assert "Size▼" in screen(app)
        assert place(app, "maps") == HOLE
        assert rows_shown(app, "maps")[0] == f"{0x7EB861C00000:012x}"
        await pilot.press("S")
        assert "Size▲" in screen(app)
        assert place(app, "maps") == HOLE
        await pilot.press("slash", *"prot", "colon", *"---", "enter")
        await settle(pilot)
        # Still the smallest first: 200 GiB less 6 MiB, 200 GiB, 400 GiB.
        assert rows_shown(app, "maps") == ["7f1c61c00000", "7e8661200000", "7eb861c00000"]
        assert place(app, "maps") == HOLE
        assert "3 of 16 rows with prot:---" in screen(app)
        await pilot.resize_terminal(*WIDE)
        await settle(pilot)
        await pilot.press("v")
        await settle(pilot)
        assert place(app, "maps") == place(app, "plan") == HOLE
        assert len(rows_shown(app, "maps")) == 3
        await pilot.press("escape", "escape")
        assert len(rows_shown(app, "maps")) == 16
        assert rows_shown(app, "maps")[0] == "000000400000"
        assert place(app, "maps") == HOLE


async def test_a_filter_is_given_up_and_its_matches_are_gone_to(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("j", "slash", *"[vdso]", "escape")
        await settle(pilot)
        # As if nothing had been typed.
        assert place(app, "maps") == 0x401000
        assert len(rows_shown(app, "maps")) == 16
        await pilot.press("slash", *"anon", "space", *"rw", "enter")
        await settle(pilot)
        kept = rows_shown(app, "maps")
        await pilot.press("escape", "n")
        await settle(pilot)
        assert len(rows_shown(app, "maps")) == 16
        assert f"{place(app, 'maps'):012x}" in kept
        first = place(app, "maps")
        await pilot.press("n", "N")
        await settle(pilot)
        assert place(app, "maps") == first
        await pilot.press("slash", *"colour", "colon", "x")
        await settle(pilot)
        assert "no column 'colour' here" in screen(app)
        assert len(rows_shown(app, "maps")) == 16


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
        await pilot.click("Tabs", offset=(screen(app).splitlines()[1].index("4 Ids"), 0))
        await settle(pilot)
        assert app.main.pane == "ids"
        await pilot.click("Hints", offset=(screen(app).splitlines()[-1].index("? help"), 0))
        await settle(pilot)
        assert len(app.screen_stack) == 2


async def test_dark_and_light(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        before = app.theme
        await pilot.press("T")
        assert app.theme == before.replace("dark", "light")
        await pilot.press("T")
        assert app.theme == before


async def test_an_answer_in_the_bytes_is_carried_out_once(recorded_host: Host, tmp_path: Path) -> None:
    async with opened("every-kind", recorded_host, pane="bytes") as (app, pilot):
        pane = app.query_one(BytesPane)
        pane.jump(16884, 0x401000)
        await settle(pilot)
        await pilot.press("g", "plus", "1", "K", "enter")
        await settle(pilot)
        assert app.main.address == 0x401400
        await pilot.press("e", *["backspace"] * 40)
        for letter in str(tmp_path / "place.json"):
            await pilot.press({"/": "slash", "-": "minus", "_": "underscore", ".": "full_stop"}.get(letter, letter))
        await pilot.press("enter")
        await settle(pilot)
        written = json.loads((tmp_path / "place.json").read_text())
        assert written["address"] == 0x401400
        offset = pagemap_of(app.main.report.dump, 16884).offset(0x401000)
        assert offset is not None
        page = (app.main.report.dump.path / "pages-3.img").read_bytes()[offset:][:4096]
        assert bytes.fromhex(written["bytes"]) == page[0x400:]


async def test_the_bytes_follow_the_list_of_hits_and_a_new_search_begins_it_anew(recorded_host: Host) -> None:
    async with opened("every-kind", recorded_host, pane="bytes") as (app, pilot):
        pane = app.query_one(BytesPane)
        await pilot.press("slash", *"strings", "colon", "1", "2", "enter")
        await settle(pilot)
        await pilot.press("o", "down", "down", "down")
        await settle(pilot)
        assert pane.table.table is not None
        assert pane.hex.address == app.main.address == pane.table.table.rows[3].address
        await pilot.press("slash", *["backspace"] * 20, *"glibc", "enter")
        await settle(pilot)
        assert pane.table.cursor == 0
        assert pane.hex.address == pane.table.table.rows[0].address


@pytest.mark.parametrize("pane", ["maps", "coverage", "plan"])
async def test_a_move_is_told_once(recorded_host: Host, pane: str) -> None:
    async with opened("prot-none-1g", recorded_host, pane=pane) as (app, pilot):
        told = []
        original = Pane.post_message

        def post(self: Pane, message: Message) -> bool:
            if isinstance(message, Selected):
                told.append(message)
            return original(self, message)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Pane, "post_message", post)
            await pilot.press("down")
            await settle(pilot)
        assert len(told) == 1
        assert app.main.address is not None


async def test_tab_goes_round_the_panes(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        seen = []
        for _ in SHOWN:
            await pilot.press("tab")
            await settle(pilot)
            seen.append(app.main.pane)
        assert seen == [*list(SHOWN)[1:], "maps"]
        await pilot.press("shift+tab")
        assert app.main.pane == list(SHOWN)[-1]
        # Above the panes there is no next one.
        await pilot.press("question_mark", "tab", "escape")
        assert app.main.pane == list(SHOWN)[-1]


async def test_a_line_ends_when_the_focus_leaves_it(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        maps = app.query_one("#maps", Pane)
        await pilot.press("slash", *"anon", "tab")
        await settle(pilot)
        assert app.main.pane == "coverage"
        assert not app.query(Prompt)
        # What was typed stays, as after enter.
        assert maps.arranging.filter_text == "anon"
        assert maps.table.view is not None
        assert 0 < len(maps.table.view) < 16
        before = app.main.address
        await pilot.press("1", "g", *"4000")
        await pilot.click("Tabs", offset=(screen(app).splitlines()[1].index("4 Ids"), 0))
        await settle(pilot)
        assert (app.main.pane, app.main.address) == ("ids", before)
        assert not app.query(Prompt)


async def test_a_line_outlives_a_look_at_another_window(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("g", *"7e86")
        app.post_message(AppBlur())
        await pilot.pause()
        assert app.focused is None
        app.post_message(AppFocus())
        await pilot.pause()
        await pilot.press(*"61200000", "enter")
        await settle(pilot)
        assert app.main.address == HOLE


@pytest.mark.parametrize(
    ("key", "pane"), [("c", "plan"), ("t", "maps"), ("tab", "coverage"), ("f", "plan"), ("3", "plan")]
)
async def test_a_command_that_comes_early_waits(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch, key: str, pane: str
) -> None:
    first_paint: list[Callable[[], None]] = []
    monkeypatch.setattr(CriuTui, "call_after_refresh", lambda app, callback: first_paint.append(callback))
    app = CriuTui(Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu("3.19"), recorded_host))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(key)
        assert not app.query("#plan")
        monkeypatch.undo()
        first_paint[0]()
        await settle(pilot)
        assert app.main.pane == pane
        assert app.query_one(TasksPane).display == (key == "t")
        assert (app.main.selection.against is not None) == (key == "c")


@pytest.mark.parametrize("before", ["2", "7"])
async def test_keys_sent_together_with_that_of_a_pane_are_for_it(recorded_host: Host, before: str) -> None:
    """As they come over a slow connection."""
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press(before)
        await settle(pilot)
        for key in "1s":
            app.post_message(Key(key, key))
        await settle(pilot)
        view = app.query_one("#maps", Pane).table.view
        assert view is not None
        assert view.sort is not None


@pytest.mark.parametrize("keys", ["/anon\r", "gheap\r", "3jj"])
async def test_keys_of_one_burst_are_carried_out_in_order(recorded_host: Host, keys: str) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        for key in keys:
            app.post_message(Key({"/": "slash", "\r": "enter"}.get(key, key), key))
        await settle(pilot)
        assert not app.query(Prompt)
        table = app.query_one(f"#{app.main.pane}", Pane).table
        assert table.view is not None
        match keys[0]:
            case "/":
                assert 0 < len(table.view) < len(table.view.table.rows)
            case "g":
                assert "heap" in screen(app).splitlines()[-5]
            case _:
                assert (app.main.pane, table.cursor) == ("plan", 2)


async def test_escape_with_a_key_close_behind_is_these_two_keys(recorded_host: Host) -> None:
    """Terminals send the same for alt and a key; no command here has alt."""
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("slash", "a")
        app.post_message(Key("alt+j", "j"))
        await settle(pilot)
        table = app.query_one("#maps", Pane).table
        assert not app.query(Prompt)
        assert table.view is not None
        assert not table.view.filter
        assert table.cursor == 1


async def test_the_bytes_on_screen_are_what_is_copied(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    def copy(_: CriuTui, text: str) -> str:
        copied.append(text)
        return "nowhere"

    monkeypatch.setattr(clipboard, "copy", copy)
    async with opened("prot-none-400g", recorded_host) as (_, pilot):
        await pilot.press("7", *"g7eb861200000", "enter")
        await settle(pilot)
        await pilot.press("Y")
        await settle(pilot)
        assert "7eb861200000  72 65 67 69 6f 6e 20 31" in copied[0]
        assert "nothing found" not in copied[0]


async def test_the_heat_map_says_where_nothing_is_mapped(recorded_host: Host) -> None:
    async with opened("every-kind", recorded_host) as (app, pilot):
        await pilot.press("2", "enter", "end", "home", "down")
        await settle(pilot)
        heat = app.query_one(HeatView)
        space = app.main.report.dump.address_space(app.main.pid or 0)
        assert space.at(heat.address) is None
        assert f"{heat.address:012x}  not mapped" in screen(app)


async def test_a_screen_that_grows_is_filled(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host) as (app, pilot):
        await pilot.press("2", "enter", "end")
        await settle(pilot)
        heat = app.query_one(HeatView)
        before = len(heat.seen())
        await pilot.resize_terminal(100, 60)
        await settle(pilot)
        assert len(heat.seen()) > before


async def test_errors_come_before_what_other_releases_do(recorded_host: Host, tmp_path: Path) -> None:
    directory = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-400g" / "dump", directory)
    with (directory / "pages-1.img").open("r+b") as file:
        file.truncate(34_816)
    app = CriuTui(Report(Dump(directory), criu("4.2.1"), recorded_host))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("f")
        await settle(pilot)
        assert app.main.pane == "findings"


async def test_a_screen_opened_above_at_once_holds_nothing_up(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen below is then never painted for the first time."""
    monkeypatch.setattr(CriuTui, "call_after_refresh", lambda *_: None)
    app = CriuTui(Report(Dump(DUMPS / "random-2-fork" / "dump"), criu("3.19"), recorded_host))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("question_mark")
        base = app.screen_stack[0]
        for _ in range(30):
            await pilot.pause(0.1)
            if base.query("#bytes"):
                break
        assert len(app.screen_stack) == 2
        assert base.query("#bytes")
        await pilot.press("escape", "3")
        await settle(pilot)
        assert app.main.pane == "plan"


async def test_the_bytes_come_early_when_asked_for(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    first_paint: list[Callable[[], None]] = []
    monkeypatch.setattr(CriuTui, "call_after_refresh", lambda app, callback: first_paint.append(callback))
    app = CriuTui(Report(Dump(DUMPS / "every-kind" / "dump"), criu("4.2.1"), recorded_host), "coverage")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", "slash")
        monkeypatch.undo()
        first_paint[0]()
        await settle(pilot)
        assert app.main.pane == "bytes"
        assert app.query_one(BytesPane).query(Prompt)


async def test_totals_of_many_vmas_follow_the_first_paint(
    recorded_host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first screen has looked at few of them; what is done meanwhile stays."""
    count = 5000
    monkeypatch.setattr(arranging, "KEPT_TEXTS", 1000)  # so that sorting takes a thread
    go_on = threading.Event()
    arranged = View.arranged

    def slowly(view: View[Any], *arguments: Any) -> View[Any]:
        assert go_on.wait(10)
        return arranged(view, *arguments)

    monkeypatch.setattr(View, "arranged", slowly)
    first_paint: list[Callable[[], None]] = []
    app = CriuTui(Report(Dump(generate.one_task(tmp_path, count, 10)), criu("4.2.1"), recorded_host))
    with pytest.MonkeyPatch.context() as held:
        held.setattr(CriuTui, "call_after_refresh", lambda app, callback: first_paint.append(callback))
        async with app.run_test(size=SMALL) as pilot:
            await pilot.press("down", "down")
            assert f"\n{count:,} VMAs " in screen(app)
            assert "of addresses" not in screen(app)
            await pilot.press("s")
            held.undo()
            first_paint[0]()
            space = app.main.report.dump.address_space(app.main.pid or 0)
            while f"{count:,} VMAs, {size(sum(vma.size for vma in space.vmas))} of addresses" not in screen(app):
                await pilot.pause(0.05)
            go_on.set()
            await settle(pilot)
            table = app.query_one("#maps", Pane).table
            assert table.row == 2
            assert app.main.address == space.vmas[2].start
            assert table.view is not None
            assert table.view.sort == Sort(0)


async def test_the_name_of_findings_is_red_for_errors(recorded_host: Host) -> None:
    for name, red in (("prot-none-400g-fork", True), ("prot-none-1g", False)):
        async with opened(name, recorded_host, version="4.2.1") as (app, _):
            colours = {
                segment.style.color
                for line in app.screen._compositor.render_strips()
                for segment in line
                if "Findings" in segment.text and segment.style is not None
            }
            error = app.query_one("#detail", Notes).tone_style(Tone.ERROR).color
            assert (error in colours) is red


async def test_the_task_tree_comes_back_with_its_room(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host, WIDE) as (app, pilot):
        tasks = app.query_one(TasksPane)
        assert tasks.display
        tasks.table.focus()
        await pilot.resize_terminal(100, 40)
        await settle(pilot)
        assert not tasks.display
        # The keys go on where they can be seen.
        assert app.query_one("#maps", Pane).table.has_focus
        await pilot.resize_terminal(200, 40)
        await settle(pilot)
        assert tasks.display
        await pilot.press("t")
        await pilot.resize_terminal(210, 40)
        await settle(pilot)
        assert not tasks.display


async def test_a_task_tree_asked_for_stays(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host) as (app, pilot):
        await pilot.press("t")
        await pilot.resize_terminal(82, 24)
        await settle(pilot)
        assert app.query_one(TasksPane).table.has_focus
        await pilot.press("j")
        await settle(pilot)
        assert app.main.pid == 16657
        await pilot.press("t")
        assert not app.query_one(TasksPane).display
        assert app.query_one("#maps", Pane).table.has_focus


async def test_a_late_selection_does_not_undo_a_switch_of_task(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host, WIDE) as (app, pilot):
        maps = app.query_one("#maps", Pane)
        late = Selected(maps, 16656, 0x1000)
        await pilot.press("right_square_bracket")
        maps.post_message(late)
        await settle(pilot)
        assert app.main.pid == 16657
        assert app.main.address != 0x1000


async def test_a_switch_of_task_leaves_alone_what_shows_the_whole_dump(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host, WIDE) as (app, pilot):
        ids, maps = app.query_one("#ids", Pane), app.query_one("#maps", Pane)
        table, rows = ids.table.table, maps.table.table
        await pilot.press("right_square_bracket")
        await settle(pilot)
        assert ids.table.table is table
        assert maps.table.table is not rows
        assert ids.pid == maps.pid == 16657


async def test_the_findings_know_which_task_is_selected(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host) as (app, pilot):
        findings = app.query_one("#findings", Pane)
        await pilot.press("j", "6")
        await settle(pilot)
        there = place(app, "maps")
        await pilot.press("right_square_bracket")
        await settle(pilot)
        # A forked task has the same addresses.
        assert (findings.pid, findings.address) == (16657, there)


async def test_the_first_address_is_known_before_any_move(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("g", "plus", *"4K", "enter")
        await settle(pilot)
        assert app.main.address == 0x401000
    async with opened("random-2-fork", recorded_host) as (app, pilot):
        pane = app.query_one("#maps", Pane)
        app.main.selection = app.main.selection._replace(address=None)
        await pilot.press("right_square_bracket")
        await settle(pilot)
        assert pane.here == place(app, "maps") is not None


async def test_what_is_asked_for_is_seen_through_a_filter(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, version="3.19") as (app, pilot):
        await pilot.press("3", "slash", *"provided", "enter")
        await settle(pilot)
        assert place(app, "plan") != HOLE
        await pilot.press("f")
        await settle(pilot)
        assert place(app, "plan") == app.main.address == HOLE
    async with opened("prot-none-400g", recorded_host, WIDE) as (app, pilot):
        await pilot.press("2", "slash", *"vdso", "enter", "1", "home")
        await settle(pilot)
        # Rows gone past do not undo a filter elsewhere; a place that is named does.
        assert len(rows_shown(app, "coverage")) == 1
        await pilot.press("g", *"7e8661200000", "enter")
        await settle(pilot)
        assert place(app, "coverage") == HOLE


async def test_what_is_asked_for_in_another_task_is_seen_through_a_filter(recorded_host: Host) -> None:
    async with opened("prot-none-400g-fork", recorded_host, pane="plan") as (app, pilot):
        pid, address = app.main.pid, app.main.address
        await pilot.press("right_square_bracket", "slash", *"provided", "enter")
        await settle(pilot)
        assert app.main.pid != pid
        assert place(app, "plan") != address
        await pilot.press("f")
        await settle(pilot)
        assert (app.main.pid, app.main.address, place(app, "plan")) == (pid, address, address)


async def test_a_directory_with_only_a_log_lets_the_user_go(recorded_host: Host) -> None:
    async with opened("userns-no-map", recorded_host) as (app, pilot):
        assert app.main.pane == "findings"
        await pilot.press("1", "v")
        await settle(pilot)
        assert app.main.pane == "maps"


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


async def test_d_without_a_row_says_so(recorded_host: Host) -> None:
    async with opened("userns-no-map", recorded_host) as (app, pilot):
        await pilot.press("1", "d")
        await settle(pilot)
        assert "no row here" in screen(app)


async def test_scrolling_right_ends_with_the_widest_line(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, (60, 45), pane="plan") as (app, pilot):
        table = app.query_one("#plan", Pane).table
        await pilot.press(*["right"] * 100)
        view = table.view
        assert view is not None
        shown = view.table.shown_columns(60)
        longest = max((view.table.line(view.table.cells(row), shown) for row in view.order), key=len)
        assert len(longest) > 60
        # Its end is seen, and nothing lies beyond; where each row is stays.
        assert f"{longest[-20:]}  \n" in screen(app)
        assert all(f"\n{view.table.cells(row)[0]}  …" in screen(app) for row in view.order)
        await pilot.press(*["left"] * 100)
        assert table.left == 0


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


async def test_f_goes_to_the_findings_when_no_mapping_fails_but_something_else_does(recorded_host: Host) -> None:
    # CRIU 3.19 knows no guard VMAs and takes them for VMAs out of order.
    async with opened("every-kind", recorded_host, version="3.19") as (app, pilot):
        await pilot.press("f")
        await settle(pilot)
        assert app.main.pane == "findings"
        assert "guard VMAs" in screen(app)


async def test_the_column_that_rows_are_sorted_by_stays(recorded_host: Host) -> None:
    async with opened("every-kind", recorded_host) as (app, pilot):
        header = screen(app).splitlines()[3]
        assert "Size" not in header
        await pilot.press("s", "s", "s")
        await settle(pilot)
        header = next(line for line in screen(app).splitlines() if line.startswith("Start"))
        assert "Size" in header
