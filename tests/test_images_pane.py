"""Pane I: images, entries, fields, and where a number leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.app import CriuTui
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.images import ImagesPane

from tests.app.support import all_done, settle
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host
    from textual.pilot import Pilot


def pane(pilot: Pilot[None]) -> ImagesPane:
    return pilot.app.query_one(ImagesPane)


def title(pilot: Pilot[None]) -> str:
    table = pane(pilot).table.table
    assert table is not None
    return table.title


async def to(pilot: Pilot[None], first_cell: str) -> None:
    """Moves to the row that begins with a text."""
    table = pane(pilot).table
    assert table.table is not None
    rows = [index for index in range(len(table.table.rows)) if table.table.cells(index)[0].strip() == first_cell]
    table.select(rows[0])
    await pilot.pause()


async def test_enter_goes_in_and_on_and_backspace_comes_back(recorded_host: Host) -> None:
    report = Report(Dump(DUMPS / "every-kind" / "dump"), criu("4.2.1"), recorded_host)
    pid = report.dump.tasks[0].pid
    app = CriuTui(report)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await all_done(app)
        await pilot.press("I")
        await all_done(app)
        await pilot.pause()
        assert app.main.pane == "images"
        assert title(pilot) == "Images"
        # One descriptor: its entries first, since there are four.
        await to(pilot, "fdinfo-2.img")
        await pilot.press("enter")
        await settle(pilot)
        assert title(pilot) == "Entries of fdinfo-2.img"
        await to(pilot, "3")
        await pilot.press("enter")
        await settle(pilot)
        assert title(pilot) == "Entry 3 of fdinfo-2.img"
        # The id of its file leads to that file's entry, which has the inode of a memory file, which has its pages.
        await to(pilot, "id")
        await pilot.press("enter")
        await settle(pilot)
        assert title(pilot).endswith("of files.img")
        await to(pilot, "inode_id")
        await pilot.press("enter")
        await settle(pilot)
        assert title(pilot).endswith("of memfd.img")
        await to(pilot, "shmid")
        await pilot.press("enter")
        await settle(pilot)
        assert title(pilot).startswith("Entries of pagemap-shmem-")
        for before in ("of memfd.img", "of files.img", "Entry 3 of fdinfo-2.img", "Entries of fdinfo-2.img", "Images"):
            await pilot.press("backspace")
            await settle(pilot)
            assert title(pilot).endswith(before)
        # An address leads to the bytes there.
        await to(pilot, f"core-{pid}.img")
        await pilot.press("enter")
        await settle(pilot)
        assert title(pilot) == f"Entry 0 of core-{pid}.img"
        await to(pilot, "ip")
        await pilot.press("enter")
        await pilot.pause()
        assert app.main.pane == "bytes"
        entry = report.dump.core_entry(pid)
        assert entry is not None
        assert app.main.address == entry.thread_info.gpregs.ip


async def test_escape_comes_back_too_once_there_is_nothing_else_to_undo(recorded_host: Host) -> None:
    app = CriuTui(Report(Dump(DUMPS / "every-kind" / "dump"), criu("4.2.1"), recorded_host))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("I")
        await settle(pilot)
        await to(pilot, "files.img")
        await pilot.press("enter", "slash", *"REG", "enter", "escape")
        await settle(pilot)
        assert title(pilot) == "Entries of files.img"
        await pilot.press("escape")
        await settle(pilot)
        assert title(pilot) == "Images"
        await pilot.press("escape")
        await settle(pilot)
        assert title(pilot) == "Images"
