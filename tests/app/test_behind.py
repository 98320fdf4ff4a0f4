"""Rows of what was selected before: gone where another dump is shown, called so where they stay long."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.dump import Dump
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.report.registry import SHOWN, rows
from criu_tui.panes.behind import STILL
from criu_tui.panes.bytes import BytesPane
from criu_tui.panes.pane import Pane
from criu_tui.screens import loading
from criu_tui.screens.going_on import go_on
from criu_tui.widgets.table_lines import WORKING
from criu_tui.widgets.virtual_table import PATIENCE as SAID_AFTER

from tests.app.support import WIDE, opened, screen, settle, shows, until
from tests.conftest import DUMPS
from tests.pseudo_terminal import PATIENCE

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host
    from criu_tui.core.tables.table import Table

OTHER = DUMPS / "every-kind" / "dump"


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Rows are built at once until it is cleared, and then once it is set again."""
    built = threading.Event()
    built.set()

    def waiting(*asked: Any) -> Table[Any]:
        built.wait(PATIENCE)
        return rows(*asked)

    monkeypatch.setattr(loading, "rows", waiting)
    return built


@pytest.mark.parametrize("pane", SHOWN)
async def test_no_pane_shows_rows_of_a_dump_that_was_left(
    recorded_host: Host, pane: str, late: threading.Event
) -> None:
    """Both programs are called by names that no pane has for the other's."""
    async with opened("prot-none-400g-fork", recorded_host, pane=pane) as (app, pilot):
        try:
            late.clear()
            go_on(app.main, Dump(OTHER), afresh=True)
            await shows(pilot, WORKING if pane != "bytes" else "16884")
            front = app.query_one(f"#{pane}", Pane)
            assert front.table.view is None
            drawn = "\n".join(screen(app).splitlines()[3:])
            assert "hole" not in drawn
            assert "GiB" not in drawn
        finally:
            late.set()
        await settle(pilot)
        # To the findings, where there are errors.
        await until(pilot, lambda: app.main.panes.front.report is app.main.report)
        assert WORKING not in screen(app)


async def test_bytes_are_those_of_the_dump_that_is_shown(recorded_host: Host) -> None:
    async with opened("random-1", recorded_host, pane="bytes") as (app, pilot):
        await pilot.press("slash", *"strings:8", "enter")
        await settle(pilot)
        pane = app.query_one(BytesPane)
        assert pane.has_class("searched")
        other = Dump(OTHER)
        go_on(app.main, other, afresh=True)
        await settle(pilot)
        await pilot.press("right_curly_bracket")
        await settle(pilot)
        assert not pane.has_class("searched")
        pid = other.tasks[0].pid
        where = pane.hex.address
        with PageBytes(other) as pages:
            page = pages.read(pid, where)
        assert page is not None
        assert pane.json()["bytes"] == page[where % PAGE :].hex()


async def test_rows_of_another_task_are_called_so_once_they_stay(recorded_host: Host, late: threading.Event) -> None:
    async with opened("prot-none-400g-fork", recorded_host) as (app, pilot):
        try:
            late.clear()
            await pilot.press("right_square_bracket")
            await shows(pilot, STILL)
        finally:
            late.set()
        await settle(pilot)
        assert STILL not in screen(app)


async def test_what_was_said_of_a_key_is_gone_when_its_pane_is_come_back_to(recorded_host: Host) -> None:
    """What stands there of all rows stays: that a filter leaves some, or which table it is."""
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("n")
        await settle(pilot)
        assert "no filter yet" in screen(app)
        await pilot.press("2", "1")
        await settle(pilot)
        assert "no filter yet" not in screen(app)
        await pilot.press("slash", *"heap", "enter", "2", "1")
        await settle(pilot)
        assert "1 of 16 rows with heap; esc: all rows" in screen(app)
        await pilot.press("escape", "9", "m", "n", "8", "9")
        await settle(pilot)
        assert "Files of all tasks; m: more" in screen(app)
        await pilot.press("slash", *"x", "escape", "escape")
        await settle(pilot)
        assert "Files of all tasks; m: more" in screen(app)


async def test_side_by_side_all_let_go_of_a_dump_that_was_left(recorded_host: Host, late: threading.Event) -> None:
    async with opened("prot-none-400g", recorded_host, WIDE) as (app, pilot):
        try:
            late.clear()
            go_on(app.main, Dump(OTHER), afresh=True)
            await shows(pilot, WORKING)
            assert all(pane.table.view is None for pane in app.main.panes.seen)
        finally:
            late.set()
        await settle(pilot)
        assert all(pane.current for pane in app.main.panes.seen)


async def test_the_task_tree_is_the_same_under_every_release(recorded_host: Host) -> None:
    async with opened("prot-none-400g-fork", recorded_host, WIDE) as (app, pilot):
        await pilot.press("V")
        await settle(pilot)
        await pilot.pause(2 * SAID_AFTER)
        assert app.main.panes.tasks is not None
        assert app.main.panes.tasks.display
        assert app.main.panes.tasks.current
        assert STILL[:20] not in screen(app)
