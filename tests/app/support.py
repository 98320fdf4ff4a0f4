"""An app in a pilot, and what is to be seen of it."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from criu_tui.app import CriuTui
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.pane import Pane
from criu_tui.screens import main
from criu_tui.widgets.terminal_app import TerminalApp
from textual.worker import WorkerCancelled

from tests.conftest import DUMPS
from tests.pseudo_terminal import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import pytest
    from criu_tui.core.restore.host import Host
    from textual.app import App
    from textual.pilot import Pilot

SMALL, WIDE = (80, 24), (160, 45)
HOLE = 0x7E8661200000


async def settle(pilot: Pilot[None]) -> None:
    """Waits until keys have been carried out, and what they have begun."""
    assert isinstance(pilot.app, TerminalApp)
    await pilot.pause()
    while pilot.app.is_running and not pilot.app.in_turn.idle:
        await asyncio.sleep(0)
    await all_done(pilot.app)
    await pilot.pause()


async def all_done(app: App[Any]) -> None:
    """Waits until no worker is at work; one that another has taken the place of is no failure."""
    while working := [worker for worker in app.workers if not worker.is_finished]:
        # One that has been asked for a moment ago cannot be waited for yet.
        await asyncio.sleep(0)
        for worker in working:
            if worker.is_running:
                with suppress(WorkerCancelled):
                    await worker.wait()


def hold_first_paint(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Nothing is made behind the first paint before the event is set, however long that takes."""
    painted = asyncio.Event()
    monkeypatch.setattr(main, "a_moment", lambda *_: painted.wait())
    return painted


@asynccontextmanager
async def opened(
    name: str, host: Host, size: tuple[int, int] = SMALL, version: str = "4.2.1", pane: str = "maps"
) -> AsyncIterator[tuple[CriuTui, Pilot[None]]]:
    app = CriuTui(Report(Dump(DUMPS / name / "dump"), criu(version), host), pane)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield app, pilot


def screen(app: App[Any]) -> str:
    """What is on the screen, as text."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


async def shows(pilot: Pilot[None], words: str) -> None:
    """Waits until words are on the screen, wherever lines break; raises AssertionError when they never are."""

    def found() -> str:
        return " ".join(screen(pilot.app).split())

    await until(pilot, lambda: words in found(), lambda: f"{words!r} not in {found()!r}")


async def until(pilot: Pilot[Any], so: Callable[[], object], otherwise: Callable[[], str] = str) -> None:
    """Waits until something is so; raises AssertionError, with words for it, when it never is."""
    end = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < end, otherwise()
        await pilot.pause(0.01)


def place(app: CriuTui, pane: str) -> int | None:
    """Start address of the row under a pane's cursor."""
    table = app.query_one(f"#{pane}", Pane).table
    assert table.table is not None
    assert table.row is not None
    span = table.table.place(table.table.rows[table.row])[1]
    return span.start if span else None


def rows_shown(app: CriuTui, pane: str) -> list[str]:
    """First cells of a pane's rows, in the order shown."""
    view = app.query_one(f"#{pane}", Pane).table.view
    assert view is not None
    return [view.table.cells(row)[0] for row in view.order]
