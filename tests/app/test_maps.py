"""Pane 1, and what every table does."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Any

from criu_tui.app import CriuTui
from criu_tui.core.base.units import size
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import framing, images, kinds
from criu_tui.core.images.schema import core_pb2
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.view import Sort, View
from criu_tui.panes import arranging
from criu_tui.panes.pane import Pane

from tests.app.support import HOLE, SMALL, hold_first_paint, opened, place, screen, settle, shows
from tests.bench import generate
from tests.conftest import DUMPS
from tests.pseudo_terminal import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from criu_tui.core.restore.host import Host


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


async def test_initials_of_others_stand_at_the_end_of_their_rows(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        table = app.query_one("#maps", Pane).table

        def at_the_end(words: str) -> list[str]:
            return [line.split()[0] for line in screen(app).splitlines() if line.rstrip().endswith(words)]

        # Of two at one place both are seen; somebody at another task is at no row.
        table.show_others((("an", 16363, HOLE + 4096), ("b2", 16363, HOLE), ("cy", 7, HOLE)))
        await pilot.pause()
        (start,) = at_the_end(" an b2")
        assert int(start.split("-")[0], 16) == HOLE
        # Wherever the row is, and also of rows that are made anew.
        await pilot.press("/", *"200 GiB", "enter")
        await settle(pilot)
        assert at_the_end(" an b2") == [start]
        table.show_others((("b2", 16363, HOLE),))
        await pilot.pause()
        assert at_the_end(" b2") == [start]
        assert "an b2" not in screen(app)
        table.show_others(())
        await pilot.pause()
        assert at_the_end(" b2") == []


async def test_totals_of_many_vmas_follow_the_first_paint(
    recorded_host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first screen has looked at few of them; what is done meanwhile stays."""
    count = 5000
    monkeypatch.setattr(arranging, "KEPT_TEXTS", 1000)  # so that sorting takes a thread
    go_on = threading.Event()
    arranged = View.arranged

    def slowly(view: View[Any], *arguments: Any) -> View[Any]:
        assert go_on.wait(PATIENCE)
        return arranged(view, *arguments)

    monkeypatch.setattr(View, "arranged", slowly)
    painted = hold_first_paint(monkeypatch)
    app = CriuTui(Report(Dump(generate.one_task(tmp_path, count, 10)), criu("4.2.1"), recorded_host))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("down", "down")
        await shows(pilot, f"─{count:,} VMAs─")
        await pilot.press("s")
        painted.set()
        space = app.main.report.dump.address_space(app.main.pid or 0)
        await shows(pilot, f"{count:,} VMAs, {size(sum(vma.size for vma in space.vmas))} of addresses")
        go_on.set()
        await settle(pilot)
        table = app.query_one("#maps", Pane).table
        assert table.row == 2
        assert app.main.address == space.vmas[2].start
        assert table.view is not None
        assert table.view.sort == Sort(0)


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


async def test_d_without_a_row_says_so(recorded_host: Host) -> None:
    async with opened("userns-no-map", recorded_host) as (app, pilot):
        await pilot.press("1", "D")
        await settle(pilot)
        assert "no row here" in screen(app)


async def test_the_column_that_rows_are_sorted_by_stays(recorded_host: Host) -> None:
    async with opened("every-kind", recorded_host) as (app, pilot):
        header = screen(app).splitlines()[4]
        assert "Size" not in header
        await pilot.press("s", "s", "s")
        await settle(pilot)
        header = next(line for line in screen(app).splitlines() if line.startswith("Start"))
        assert "Size" in header
