"""Long work in the app: keys go on, progress is seen, escape ends it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from criu_tui.core.progress import Progress
from criu_tui.core.span import Span
from criu_tui.core.table import Column, Table, Tone
from criu_tui.core.view import KEPT_TEXTS, View

from tests.test_app import opened, screen, settle

if TYPE_CHECKING:
    from criu_tui.core.overcommit import Host


async def test_a_filter_over_a_long_table_is_cancelled_by_escape(recorded_host: Host) -> None:
    gate = threading.Event()
    looked_at = []

    def text(row: int) -> str:
        looked_at.append(row)
        if row == 50_000:
            gate.wait(20)
        return "row"

    count = KEPT_TEXTS + 1
    table = Table(
        "Rows", (Column("Row", text, 5),), range(count), lambda row: (None, Span(row, row + 1)), lambda row: Tone.PLAIN
    )
    async with opened("prot-none-1g", recorded_host) as (app, pilot):
        pane = app._pane
        pane.table.show(View(table))
        await pilot.press("slash", "x")
        # It waits in the middle; keys are still heard, and the line says how far it is.
        for _ in range(40):
            await pilot.pause(0.1)
            if "escape cancels" in screen(app):
                break
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


def test_a_line_of_bytes() -> None:
    from criu_tui.core.progress import Measure

    now = [0.0]
    progress = Progress("searching", Measure.BYTES, clock=lambda: now[0])
    progress.update(1 << 30, 4 << 30)
    now[0] = 2.0
    assert progress.line == "searching  1 GiB of 4 GiB  25%  512 MiB/s  6 s left"
