"""Pane 7: bytes, search, hits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from criu_tui.app import CriuTui
from criu_tui.core.dump.dump import Dump
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.bytes import BytesPane
from criu_tui.widgets import clipboard
from criu_tui.widgets.prompt import Prompt

from tests.app.support import SMALL, WIDE, hold_first_paint, opened, place, screen, settle, until
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from criu_tui.core.restore.host import Host


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


async def test_bytes_beside_rows_follow_them_once_the_cursor_rests(recorded_host: Host) -> None:
    async with opened("every-kind", recorded_host, WIDE) as (app, pilot):
        pane = app.query_one(BytesPane)
        assert pane.display
        before = pane.hex.address
        await pilot.press("j", "j")
        assert pane.hex.address == before
        await until(pilot, lambda: pane.hex.address == place(app, "maps"))
        assert pane.hex.address != before
        # Keys that come before that are for the place where the cursor was.
        await pilot.press("j")
        there = place(app, "maps")
        await pilot.press("7")
        assert pane.hex.address == there
        await pilot.press("l")
        await settle(pilot)
        assert place(app, "maps") == there
        assert pane.hex.address == app.main.address != there


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


async def test_a_search_finds_what_is_in_a_pipe(recorded_host: Host) -> None:
    report = Report(Dump(DUMPS.parent / "images" / "pipe00"), criu("4.2.1"), recorded_host)
    app = CriuTui(report, "bytes")
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"in", "colon", *"dump", "space", *"world", "enter")
        await settle(pilot)
        # TEST_STRING of pipe00.c.
        assert "Hello [world]" in screen(app)
        assert "pipe:469199 +0x6: pipes-data.img at byte" in screen(app)
        assert "48 65 6c 6c 6f 20 77 6f 72 6c 64 00" in screen(app)
        await pilot.press("D")
        await settle(pilot)
        assert "pipe:469199: 12 bytes of pipes-data.img" in screen(app)


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


async def test_the_bytes_come_early_when_asked_for(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    painted = hold_first_paint(monkeypatch)
    app = CriuTui(Report(Dump(DUMPS / "every-kind" / "dump"), criu("4.2.1"), recorded_host), "coverage")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", "slash")
        assert not app.query("#bytes")
        painted.set()
        await settle(pilot)
        assert app.main.pane == "bytes"
        assert app.query_one(BytesPane).query(Prompt)


async def test_without_memory_it_says_why_there_are_no_bytes(recorded_host: Host) -> None:
    async with opened("userns-no-map", recorded_host) as (app, pilot):
        await pilot.press("7")
        await settle(pilot)
        assert "no tasks in this dump; the findings say why" in screen(app)
        assert "not mapped" not in screen(app)
