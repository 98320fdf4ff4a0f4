"""A guest without the checkpoint: its tasks are asked of the host, and the panes are filled with what that sends."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from criu_tui.core.report.questions import COUNT_MAX, Question, Row, Sought
from criu_tui.core.report.remote import RemoteDump, RemoteReport
from criu_tui.screens.going_on import go_on

if TYPE_CHECKING:
    from criu_tui.screens.main import MainScreen
    from criu_tui.share.guest import SessionGuest

TASKS_KEPT = 10_000
"""Tasks that are asked for."""


class Taking:
    """Asks anew whenever the host lets one in, or allows or withdraws bytes."""

    def __init__(self, screen: MainScreen, end: SessionGuest) -> None:
        self._screen = screen
        report = screen.report
        if isinstance(report, RemoteReport):
            report.connect(end.asking.ask)

    def take(self) -> None:
        """Fills the panes, at the same place where one has been before; nothing where the checkpoint is here."""
        report = self._screen.report
        if isinstance(report, RemoteReport):
            begun: Any = partial(self._take, report)
            self._screen.run_worker(begun, group="taking", exclusive=True)

    async def _take(self, report: RemoteReport) -> None:
        rows: list[Row] = []
        first, count = 0, COUNT_MAX
        while first < min(count, TASKS_KEPT):
            asked = Question(Sought.TASKS, "task", first=first)
            answer = await asyncio.wrap_future(report.ask(asked))
            if not answer.rows:
                break
            rows += answer.rows
            first, count = first + len(answer.rows), answer.count
        if rows:
            screen = self._screen
            if not screen.pid and screen.address is not None:
                # As over a dump: an address alone is one of the first task.
                screen.select(pid=rows[0].task, address=screen.address, asked_for=True)
            go_on(screen, RemoteDump(str(report.dump.shown_path), rows), afresh=False)
