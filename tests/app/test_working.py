"""What is not there yet is said to be worked on, and never looks as if all were well."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from criu_tui.app import CriuTui
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.widgets.table_lines import WORKING

from tests.app.support import SMALL, screen, settle, shows
from tests.conftest import DUMPS
from tests.pseudo_terminal import PATIENCE

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host


async def test_findings_that_take_long_say_so(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    told = threading.Event()
    find = Report._find

    def late(report: Report) -> object:
        told.wait(PATIENCE)
        return find(report)

    monkeypatch.setattr(Report, "_find", late)
    app = CriuTui(Report(Dump(DUMPS / "random-1" / "dump"), criu("4.2.1"), recorded_host), "findings")
    async with app.run_test(size=SMALL) as pilot:
        try:
            await shows(pilot, WORKING)
            assert "… checking" in screen(app)
        finally:
            told.set()
        await settle(pilot)
        assert WORKING not in screen(app)
        assert "restores, as far as checked: " in screen(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("pane", ["maps", "plan", "coverage", "bytes"])
async def test_nothing_moves_while_the_rest_arrives(recorded_host: Host, pane: str, size: tuple[int, int]) -> None:
    """What is told of the place comes late, into room that was kept for it; the other panes take none meanwhile."""
    app = CriuTui(Report(Dump(DUMPS / "prot-none-400g-fork" / "dump"), criu("3.19"), recorded_host), pane)
    places = set()
    async with app.run_test(size=size) as pilot:
        while not (app.main.panes.complete and app.main.report.is_planned):
            places.add(app.query_one(f"#{pane}").region)
            await asyncio.sleep(0)
        await settle(pilot)
        places.add(app.query_one(f"#{pane}").region)
    assert len(places) == 1
