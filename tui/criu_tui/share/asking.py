"""A guest's questions to the host, and the answers as they come in, line by line."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from criu_tui.core.report.questions import COLUMNS, LINES, ROWS, Answer
from criu_tui.share.row_lines import NUMBER_MAX, Ended, Rowed, RowsAsked, RowsTold, Tabled, Titled

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.report.questions import Question
    from criu_tui.share.row_lines import RowLine

PENDING = 64
"""Questions without an answer; one more is not asked."""
PATIENCE = 20.0
"""Seconds in which the host must answer; it may have pages to read."""


class _Pending:
    def __init__(self, answered: Future[Answer], timer: asyncio.TimerHandle) -> None:
        self.answered = answered
        self.timer = timer
        self.answer = Answer()


class Questions:
    """Keeps what has been asked; `send` sends a question to the host, on the loop that runs the session."""

    def __init__(self, send: Callable[[RowsAsked], None]) -> None:
        self._send = send
        self._pending: dict[int, _Pending] = {}
        self._number = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Questions go over this loop from now on."""
        self._loop = asyncio.get_running_loop()

    def ask(self, question: Question) -> Future[Answer]:
        """Asks, from any thread; what comes says in `reason` why there is nothing."""
        answered: Future[Answer] = Future()
        if self._loop is None:
            answered.set_result(Answer("the host is not there"))
        else:
            self._loop.call_soon_threadsafe(self._ask, question, answered)
        return answered

    def _ask(self, question: Question, answered: Future[Answer]) -> None:
        if self._loop is None or len(self._pending) >= PENDING:
            answered.set_result(Answer("the host does not answer"))
            return
        self._number = (self._number + 1) % NUMBER_MAX
        number = self._number
        timer = self._loop.call_later(PATIENCE, self._end, number, "the host does not answer")
        self._pending[number] = _Pending(answered, timer)
        self._send(RowsAsked(number, question))

    def hear(self, message: RowLine) -> None:
        """A line of an answer; of what was not asked, and beyond what an answer may have, nothing is kept."""
        pending = self._pending.get(message.id)
        if pending is None:
            return
        known = pending.answer
        match message:
            case Tabled(_, title, total, empty, rows, at):
                known = replace(known, title=title, total=total, empty=empty, count=rows, at=at)
            case Titled(_, head) if len(known.columns) < COLUMNS:
                known = replace(known, columns=(*known.columns, head))
            case Rowed(_, row) if len(known.rows) < ROWS:
                known = replace(known, rows=(*known.rows, row))
            case RowsTold(_, tone, text) if len(known.lines) < LINES:
                known = replace(known, lines=(*known.lines, (tone, text)))
            case Ended(_, reason, task, address):
                pending.answer = replace(known, task=task, address=address)
                self._end(message.id, reason)
                return
        pending.answer = known

    def _end(self, number: int, reason: str) -> None:
        pending = self._pending.pop(number)
        pending.timer.cancel()
        if not pending.answered.cancelled():
            pending.answered.set_result(replace(pending.answer, reason=reason))

    def stop(self, reason: str) -> None:
        """Nothing more comes of what has been asked."""
        self._loop = None
        for number in list(self._pending):
            self._end(number, reason)
