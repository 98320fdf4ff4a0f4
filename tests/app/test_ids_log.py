"""The Ids and Log panes through Textual's pilot: typing an id, namespaces, jumps, and the failed restore."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from criu_tui.app import CriuTui
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.log import LogRows
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.ids import IdInput, IdsPane
from criu_tui.panes.log import LogPane
from criu_tui.panes.pane import Pane

from tests.app.support import SMALL, place, screen, settle
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from criu_tui.core.restore.host import Host
    from textual.pilot import Pilot

REFUSED = 0x7E431D600000
"""The reservation of prot-none-400g-fork that the kernel refused."""


@asynccontextmanager
async def shown(
    path: Path, host: Host, pane: str, log: Path | None = None, size: tuple[int, int] = SMALL
) -> AsyncIterator[tuple[CriuTui, Pilot[None]]]:
    app = CriuTui(Report(Dump(path), criu("4.2.1"), host, given_log=log), pane)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield app, pilot


def failed_restore() -> tuple[Path, Path]:
    folder = DUMPS / "prot-none-400g-fork"
    return folder / "dump", folder / "restore-4.2.1.log"


async def test_an_id_is_converted_as_it_is_typed(recorded_host: Host) -> None:
    async with shown(DUMPS / "userns-three-extents" / "dump", recorded_host, "ids") as (app, pilot):
        await pilot.press("i", "1", "0")
        await settle(pilot)
        assert "10 inside: uid 100010, gid 100010 on the host" in screen(app)
        assert "10 on the host: uid none, gid none inside" in screen(app)
        await pilot.press("0", "0")
        await settle(pilot)
        assert "1000 inside: uid 1000, gid 101000 on the host" in screen(app)
        assert "1000 on the host: uid 1000, gid none inside" in screen(app)
        # Letters are still the app's; digits only are typed.
        await pilot.press("x", "z")
        await settle(pilot)
        assert app.query_one(IdInput).value == "1000"
        assert app.main.panes.zoomed
        await pilot.press("z")
        await pilot.press("escape", "5")
        await settle(pilot)
        assert app.main.pane == "log"
        await pilot.press("4", "i", "9")
        await settle(pilot)
        assert app.query_one(IdInput).value == "9"


async def test_a_map_that_only_the_kernel_reads_whole_is_warned_of(recorded_host: Host, tmp_path: Path) -> None:
    made = demos.demo("userns-mapped")
    top = ((0, 100000, 1), (1, 1, 0xFFFFFFFF))
    demos.write(demos.DemoDump(made.story, made.tasks, top, top), tmp_path)
    async with shown(tmp_path, recorded_host, "ids", size=(120, 40)) as (app, pilot):
        assert "reaches the last id" in screen(app)
        await pilot.press("i", "7")
        await settle(pilot)
        assert "uid 7 inside: none to CRIU, 7 to the kernel" in screen(app)


async def test_m_shows_the_namespaces(recorded_host: Host) -> None:
    async with shown(DUMPS / "userns-three-extents" / "dump", recorded_host, "ids") as (app, pilot):
        await pilot.press("m")
        await settle(pilot)
        text = screen(app)
        assert "uts       11  the dump's" in text
        assert "host name vm" in text
        assert "cgroup     8  CRIU's own" in text
        await pilot.press("m")
        await settle(pilot)
        assert "task 1 hole" in screen(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_ids_pane_fits(recorded_host: Host, size: tuple[int, int]) -> None:
    async with shown(DUMPS / "userns-three-extents" / "dump", recorded_host, "ids", size=size) as (app, _):
        pane = app.query_one(IdsPane)
        assert pane.table.size.height >= 3
        # As rulers, since one row leaves room for them, and as a list too where there is more of it.
        assert "uid in   ●" in screen(app)
        assert ("[1001, 65536)  [101001, 165536)" in screen(app)) is (size != (80, 24))
        assert "uid 0 is 100000 and gid 0 is 100000 on the host" in screen(app)


async def test_a_failed_restore_opens_on_its_step(recorded_host: Host, tmp_path: Path) -> None:
    images, log = failed_restore()
    shutil.copytree(images, tmp_path / "dump")
    shutil.copy(log, tmp_path / "dump" / "restore.log")
    async with shown(tmp_path / "dump", recorded_host, "maps") as (app, pilot):
        assert place(app, "maps") == app.main.address == REFUSED
        await pilot.press("3")
        await settle(pilot)
        assert place(app, "plan") == REFUSED
        await pilot.press("home", "f")
        await settle(pilot)
        assert (app.main.pane, place(app, "plan")) == ("plan", REFUSED)


async def test_the_log_opens_on_the_cause_and_says_its_step(recorded_host: Host) -> None:
    images, log = failed_restore()
    async with shown(images, recorded_host, "log", log) as (app, pilot):
        await pilot.press("p")
        await settle(pilot)
        text = screen(app)
        for words in (
            "7 of 7 mappings as predicted for CRIU 4.2.1",
            "stopped at step 8 of 16 of task 16462",
            "202    16462  error    8 refused",
            "COW pair: task 16463 inherits it",
        ):
            assert words in text
        await pilot.press("k")
        await settle(pilot)
        assert "7 as predicted" in screen(app)
        # A line is looked at without the other panes moving; enter goes there.
        assert app.main.address == REFUSED
        await pilot.press("enter")
        await settle(pilot)
        assert (app.main.pane, place(app, "maps")) == ("maps", 0x1B321000)


async def test_enter_follows_a_line_of_another_task(recorded_host: Host) -> None:
    images, log = failed_restore()
    async with shown(images, recorded_host, "log", log) as (app, pilot):
        table = app.query_one(LogPane).table
        assert table.table is not None
        rows = table.table.rows
        row = next(i for i in range(len(rows)) if "FD 0 pid 16463" in rows[i].line.text)
        table.select(row)
        assert app.main.pid == 16462
        await pilot.press("enter")
        await settle(pilot)
        # Its own task comes first; the text names the other.
        assert (app.main.pane, app.main.pid) == ("maps", 16462)


async def test_a_filter_of_the_log_moves_no_other_pane(recorded_host: Host) -> None:
    images, log = failed_restore()
    async with shown(images, recorded_host, "log", log) as (app, pilot):
        await pilot.press("slash", *"plan:predicted task:16462", "enter")
        await settle(pilot)
        table = app.query_one(LogPane).table
        assert table.view is not None
        assert len(table.view) == 7
        assert app.main.address == REFUSED
        await pilot.press("escape", "slash", *"level:error subsystem:rlimit", "enter")
        await settle(pilot)
        # One in either log.
        assert table.view is not None
        assert len(table.view) == 2


async def test_w_leaves_errors_and_warnings(recorded_host: Host) -> None:
    images, log = failed_restore()
    async with shown(images, recorded_host, "log", log) as (app, pilot):
        table = app.query_one(LogPane).table
        await pilot.press("w")
        await settle(pilot)
        assert table.table is not None
        levels = {row.line.level.value for row in table.table.rows}
        assert levels == {"error"}
        assert "Unable to map ANON_VMA" in screen(app)
        await pilot.press("w")
        await settle(pilot)
        assert len(table.table.rows) == 203 + 882
        assert table.row == 201


async def test_w_and_a_filter_go_together_and_outlive_another_version(recorded_host: Host) -> None:
    images, log = failed_restore()
    async with shown(images, recorded_host, "log", log) as (app, pilot):
        table = app.query_one(LogPane).table
        await pilot.press("slash", *"anon_vma", "enter", "w")
        await settle(pilot)
        view = table.view
        assert view is not None
        assert 0 < len(view) < len(view.table.rows) < 203 + 882
        assert f"{len(view)} of {len(view.table.rows)} rows with anon_vma" in screen(app)
        kept = [view.table.rows[row].line.text for row in view.order]
        assert all("ANON_VMA" in text for text in kept)
        await pilot.press("V")
        await settle(pilot)
        assert table.view is not None
        assert table.view is not view
        assert [table.view.table.rows[row].line.text for row in table.view.order] == kept
        await pilot.press("escape")
        await settle(pilot)
        assert "rows with" not in screen(app)
        await pilot.press("w")
        await settle(pilot)
        assert table.view is not None
        assert len(table.view) == 203 + 882


async def test_a_long_log_is_not_searched(recorded_host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "restore.log").write_text("(00.1) pie: 7: a line\n" * 50_000 + "(00.2) Error (criu/x.c:1): the end\n")
    read = [0]
    original = LogRows.__getitem__

    def counting(self: LogRows, index: int) -> object:
        read[0] += 1
        return original(self, index)

    monkeypatch.setattr(LogRows, "__getitem__", counting)
    async with shown(tmp_path, recorded_host, "log") as (app, pilot):
        assert "50001" in screen(app)
        await pilot.press("home", "end", "k", "5", "6", "5")
        await settle(pilot)
        assert read[0] < 2000


async def test_a_directory_with_nothing_but_its_log_opens_on_the_diagnosis(recorded_host: Host) -> None:
    async with shown(DUMPS / "userns-root-unmapped" / "dump", recorded_host, "maps") as (app, pilot):
        assert app.main.pane == "findings"
        assert "the user namespace does not map id 0" in screen(app)
        assert "way out: map id 0" in screen(app)
        await pilot.press("4", "i", "0")
        await settle(pilot)
        text = screen(app)
        assert "recovered from dump.log" in text
        assert "✗ no host id" in text
        assert "0 inside: uid none, gid none on the host" in text
        await pilot.press("escape", "5", "p")
        await settle(pilot)
        assert "replayed: uid 0 and gid 0 have no mapping" in screen(app)
        assert isinstance(app.query_one("#log"), Pane)
