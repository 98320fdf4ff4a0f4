"""Long work in the app: keys go on, progress is seen, escape ends it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from criu_tui.core.base.progress import Progress
from criu_tui.core.base.span import Span
from criu_tui.core.tables.known import KEPT_TEXTS
from criu_tui.core.tables.table import Column, Table, Tone
from criu_tui.core.tables.view import View

from tests.app.support import opened, screen, settle, shows, until
from tests.pseudo_terminal import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from criu_tui.core.restore.host import Host


async def test_a_filter_over_a_long_table_is_cancelled_by_escape(recorded_host: Host) -> None:
    gate = threading.Event()
    looked_at = []

    def text(row: int) -> str:
        looked_at.append(row)
        if row == 50_000:
            gate.wait(PATIENCE)
        return "row"

    count = KEPT_TEXTS + 1
    table = long_table(text)
    async with opened("prot-none-1g", recorded_host) as (app, pilot):
        pane = app.main.panes.front
        pane.table.show(View(table))
        await pilot.press("slash", "x")
        # It waits in the middle; keys are still heard, and the line says how far it is.
        await shows(pilot, "escape cancels")
        shown = screen(app)
        assert f"of {count:,}" in shown
        assert "/s" in shown
        await pilot.press("enter", "j", "escape")
        gate.set()
        await settle(pilot)
        assert pane.table.view is not None
        assert len(pane.table.view) == count
        assert len(looked_at) < count
        await pilot.pause(0.4)
        assert "escape cancels" not in screen(app)


async def test_rows_found_are_shown_before_all_are_looked_at(recorded_host: Host) -> None:
    gate = threading.Event()

    def text(row: int) -> str:
        if row == 50_000:
            gate.wait(PATIENCE)
        return f"row {row}"

    async with opened("prot-none-1g", recorded_host) as (app, pilot):
        pane = app.main.panes.front
        pane.table.show(View(long_table(text)))
        await pilot.press("j", "j", "slash", *"9", "enter")
        await shows(pilot, "so far")
        assert "row 19" in screen(app)
        # Nothing is selected by what is not all there yet, and giving up leads back.
        assert app.main.address == 2
        await pilot.press("escape")
        gate.set()
        await settle(pilot)
        assert pane.table.view is not None
        assert len(pane.table.view) == KEPT_TEXTS + 1
        assert (pane.table.row, pane.arranging.filter_text) == (2, "")
        assert "so far" not in screen(app)
        await pilot.press("slash", *"9", "enter")
        await settle(pilot)
        assert "so far" not in screen(app)
        assert pane.table.view.order[0] == pane.table.row == 9
        assert len(pane.table.view) == sum("9" in str(row) for row in range(KEPT_TEXTS + 1))


def long_table(text: Callable[[int], str]) -> Table[int]:
    """One row more than is looked through without a thread."""
    rows = range(KEPT_TEXTS + 1)
    return Table(
        "Rows", (Column("Row", text, 5),), rows, lambda row: (None, Span(row, row + 1)), lambda row: Tone.PLAIN
    )


async def test_a_filter_of_a_long_table_given_up_restores_the_row(recorded_host: Host) -> None:
    async with opened("prot-none-1g", recorded_host) as (app, pilot):
        pane = app.main.panes.front
        pane.table.show(View(long_table(str)))
        await pilot.press("j", "j", "j", "slash", *"2000")
        await settle(pilot)
        assert pane.table.view is not None
        assert pane.table.view.order[0] == pane.table.row == 2000
        await pilot.press("escape")
        await settle(pilot)
        assert len(pane.table.view) == KEPT_TEXTS + 1
        assert pane.table.row == 3
        assert app.main.address == 3


async def test_a_filter_cancelled_at_its_end_is_not_shown(recorded_host: Host) -> None:
    last = threading.Event()
    go_on = threading.Event()

    def text(row: int) -> str:
        if row == KEPT_TEXTS:
            last.set()
            go_on.wait(PATIENCE)
        return str(row)

    async with opened("prot-none-1g", recorded_host) as (app, pilot):
        pane = app.main.panes.front
        pane.table.show(View(long_table(text)))
        await pilot.press("slash", "7", "enter")
        await until(pilot, last.is_set)
        # No look at whether it is still wanted follows the last rows.
        await pilot.press("escape")
        go_on.set()
        await settle(pilot)
        assert pane.table.view is not None
        assert len(pane.table.view) == KEPT_TEXTS + 1
        assert pane.arranging.filter_text == ""
        await pilot.press("slash", *"2000", "enter")
        await settle(pilot)
        assert pane.table.view.order[0] == 2000


async def test_nothing_is_exported_once_cancelled(
    recorded_host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = threading.Event()
    go_on = threading.Event()

    def text(row: int) -> str:
        if row == 5000:
            reached.set()
            go_on.wait(PATIENCE)
        return str(row)

    monkeypatch.chdir(tmp_path)
    async with opened("prot-none-1g", recorded_host) as (app, pilot):
        app.main.panes.front.table.show(View(long_table(text)))
        await pilot.press("e", *["backspace"] * 30, *"x.txt", "enter")
        await until(pilot, reached.is_set)
        await pilot.press("escape")
        go_on.set()
        await settle(pilot)
        assert not list(tmp_path.iterdir())
        assert "nothing exported" in screen(app)


def test_a_line_of_bytes() -> None:
    from criu_tui.core.base.progress import Measure

    now = [0.0]
    progress = Progress("searching", Measure.BYTES, clock=lambda: now[0])
    progress.update(1 << 30, 4 << 30)
    now[0] = 2.0
    assert progress.line == "searching  1 GiB of 4 GiB  25%  512 MiB/s  6 s left"
