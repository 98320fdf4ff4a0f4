"""The panes Task and Files in the app, and bytes taken out from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.app import CriuTui
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.files import FilesPane
from criu_tui.screens.main import MainScreen

from tests.app.support import place, screen, settle
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from criu_tui.core.restore.host import Host
    from textual.geometry import Size
    from textual.pilot import Pilot

IMAGES = DUMPS.parent / "images"
LARGE = (140, 40)


def app_of(place: Path, host: Host, pane: str, pid: int | None = None) -> CriuTui:
    return CriuTui(Report(Dump(place), criu("4.2.1"), host), pane, pid)


async def test_values_of_the_environment_show_when_asked_for(recorded_host: Host) -> None:
    app = app_of(DUMPS / "every-kind" / "dump", recorded_host, "task")
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        await filtered(pilot, "about:environment PATH")
        assert "/root/.pyenv/versions" not in screen(app)
        assert "•••" in screen(app)
        await pilot.press("x")
        await settle(pilot)
        assert "/root/.pyenv/versions" in screen(app)
        await pilot.press("x")
        await settle(pilot)
        assert "/root/.pyenv/versions" not in screen(app)


async def filtered(pilot: Pilot[None], text: str) -> None:
    keys = {" ": "space", ":": "colon", "-": "minus", ".": "full_stop", "/": "slash"}
    await pilot.press("slash", *(keys.get(each, each) for each in text), "enter")
    await settle(pilot)


async def test_a_row_of_a_register_takes_the_other_panes_along(recorded_host: Host) -> None:
    dump = DUMPS / "every-kind" / "dump"
    app = app_of(dump, recorded_host, "task")
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        await filtered(pilot, "rsp")
        await pilot.press("1")
        await settle(pilot)
        entry = Dump(dump).core_entry(16884)
        assert entry is not None
        # The VMA that holds the stack pointer.
        assert place(app, "maps") == next(
            vma.start
            for vma in Dump(dump).address_space(16884).vmas
            if vma.start <= entry.thread_info.gpregs.sp < vma.end
        )


async def test_the_cursor_stays_where_it_goes_among_the_descriptors_of_all_tasks(recorded_host: Host) -> None:
    app = app_of(IMAGES / "pipe00", recorded_host, "files", 5)
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        await pilot.press("m")
        await settle(pilot)
        shown = app.query_one(FilesPane).table
        view = shown.view
        assert view is not None
        # The last row is the last descriptor of the last task, not the first.
        await pilot.press("end")
        await settle(pilot)
        assert app.main.pid == 6
        assert shown.row == len(view.table.rows) - 1
        assert shown.view is view
        # A task that is selected elsewhere takes the cursor along.
        await pilot.press("left_square_bracket")
        await settle(pilot)
        assert app.main.pid == 5
        assert shown.row is not None
        assert view.table.rows[shown.row].pid == 5


async def test_neither_a_move_nor_a_letter_of_a_filter_lays_the_screen_out_anew(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told of one row and of the next takes other numbers of lines; a filter leaves more rows, or none."""
    laid_out: list[bool] = []
    lay_out = MainScreen._refresh_layout

    def counted(screen: MainScreen, size: Size | None = None, scroll: bool = False) -> None:
        laid_out.append(scroll)
        lay_out(screen, size, scroll)

    app = app_of(IMAGES / "pipe00", recorded_host, "files", 5)
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        rows = len(app.query_one(FilesPane).table.view or ())
        await pilot.press(*["down"] * rows)
        await settle(pilot)
        monkeypatch.setattr(MainScreen, "_refresh_layout", counted)
        await pilot.press(*["up"] * rows)
        await settle(pilot)
        assert laid_out == []
        await pilot.press("slash")
        await settle(pilot)
        assert laid_out
        laid_out.clear()
        for letter in "pipezz":
            await pilot.press(letter)
            await settle(pilot)
        assert not app.query_one(FilesPane).table.view
        assert laid_out == []


async def test_files_names_the_other_end_and_goes_on_to_what_tasks_share(recorded_host: Host) -> None:
    app = app_of(IMAGES / "pipe00", recorded_host, "files", 5)
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        assert "pipe:[469199] reads, writer 6:11" in screen(app)
        for title in ("Files of all tasks", "Sockets", "Pipes", "Mounts", "Deleted files"):
            await pilot.press("m")
            await settle(pilot)
            assert title in screen(app)
        await pilot.press("M", "M")
        await settle(pilot)
        assert "pipe:[469199]" in screen(app)


async def test_all_that_is_known_of_a_descriptor(recorded_host: Host) -> None:
    app = app_of(IMAGES / "pipe00", recorded_host, "files", 5)
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        await filtered(pilot, "fd:12")
        assert "12 bytes of at most 64 KiB" in screen(app)
        await pilot.press("enter")
        await settle(pilot)
        assert "12 bytes of at most 64 KiB" in screen(app)


async def test_what_is_in_a_pipe_is_taken_out(
    recorded_host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_of(IMAGES / "pipe00", recorded_host, "files", 5)
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        await filtered(pilot, "fd:12")
        await pilot.press("X")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "wrote 12 B" in screen(app)
    assert (tmp_path / "pipe-469199").read_bytes() == b"Hello world\0"


async def test_nothing_is_taken_out_into_the_dump(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    place = IMAGES / "pipe00"
    before = sorted(place.iterdir())
    monkeypatch.chdir(place)
    app = app_of(place, recorded_host, "files", 5)
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        await filtered(pilot, "fd:12")
        await pilot.press("X")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "lies in the dump" in screen(app)
    assert sorted(place.iterdir()) == before


async def test_memory_by_kind_then_whose_and_which_pages_are_the_same(recorded_host: Host, tmp_path: Path) -> None:
    demos.write(demos.demo("fork"), tmp_path)
    app = app_of(tmp_path, recorded_host, "memory")
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        # Two tasks with two reservations of 400 GiB each.
        assert "1.6 TiB" in screen(app)
        for title in ("Memory by file", "Memory by task", "Pages files"):
            await pilot.press("m")
            await settle(pilot)
            assert title in screen(app)
        assert "task 4243 reserve" in screen(app)
        await pilot.press("i")
        await settle(pilot)
        assert "8 pages (32 KiB) are in the dump again" in screen(app)
        assert "4242, 4243" in screen(app)
        await pilot.press("m")
        await settle(pilot)
        assert "1.6 TiB" in screen(app)
