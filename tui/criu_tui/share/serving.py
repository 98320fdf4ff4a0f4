"""The host's answers to a guest: one question at a time, on a thread that all guests share, so many bytes a second."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from criu_tui.core.base.progress import Progress
from criu_tui.core.report.questions import Answer
from criu_tui.share.outbox import Allowance
from criu_tui.share.protocol import Line, encode
from criu_tui.share.row_lines import RowsAsked, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.report.answers import Answers
    from criu_tui.share.outbox import Outbox

WAITING = 16
"""Questions of a guest that may wait; of more the oldest get no answer but that."""
ANSWER_BYTES = 1 << 17
"""Bytes of one answer; what is more is left out, and asked for again when it is looked at."""
BYTES_RATE, BYTES_BURST = 1 << 18, 1 << 19
"""Bytes that a guest is sent in a second, and at once."""
TAKEN = 100
"""Lines that may wait for a guest before its next question is looked at."""
SWITCH = 0.0005
"""Seconds after which the thread makes way for the screen's; Python's own 0.005 are felt at each key."""
REST = 0.5
"""Seconds that the thread rests at most after an answer: as long as that took, half of its time is the screen's."""
LOOK = 0.02
"""Seconds between two looks whether they have been taken."""


class Worker:
    """One thread for all guests: what they ask for never takes more of the machine than that."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._thread = ThreadPoolExecutor(1, "rows")

    async def answer(self, asked: RowsAsked, *, allowed: bool) -> Answer:
        """Computes an answer; gives up when it is cancelled."""
        progress = Progress("answering")
        work = asyncio.wrap_future(self._thread.submit(self._answer, asked, progress, allowed=allowed))
        try:
            await asyncio.wait((work,))
        finally:
            progress.cancel()
            work.cancel()
        # A question on which what is computed breaks is the guest's loss alone.
        if work.cancelled() or work.exception() is not None:
            return Answer("this cannot be told")
        return work.result()

    def _answer(self, asked: RowsAsked, progress: Progress, *, allowed: bool) -> Answer:
        """On the thread, which lets the screen go on much sooner than threads do by themselves, and rests as long."""
        started, usual = time.monotonic(), sys.getswitchinterval()
        sys.setswitchinterval(SWITCH)
        try:
            return self._answers.answer(asked.question, progress, allowed=allowed)
        finally:
            sys.setswitchinterval(usual)
            time.sleep(min(REST, time.monotonic() - started))

    def close(self) -> None:
        """Nothing more is computed."""
        self._thread.shutdown(wait=False, cancel_futures=True)


class Serving:
    """The questions of one guest. `allowed` says whether bytes of the dump may leave it by now."""

    def __init__(self, name: str, worker: Worker, outbox: Outbox, allowed: Callable[[], bool]) -> None:
        self._name = name
        """Of the host, who answers."""
        self._worker = worker
        self._outbox = outbox
        self._allowed = allowed
        self._waiting: deque[RowsAsked] = deque()
        self._some = asyncio.Event()
        self._pace = Allowance(BYTES_RATE, BYTES_BURST)

    def ask(self, asked: RowsAsked) -> None:
        """Takes a question."""
        self._waiting.append(asked)
        while len(self._waiting) > WAITING:
            self._send(self._waiting.popleft(), Answer("too many questions at once"))
        self._some.set()

    async def run(self) -> None:
        """Answers for ever."""
        while True:
            await self._some.wait()
            self._some.clear()
            while self._waiting:
                # The last first: what was asked before is often not looked at any more.
                asked = self._waiting.pop()
                allowed = self._allowed()
                answer = await self._worker.answer(asked, allowed=allowed)
                if allowed and not self._allowed():
                    # Withdrawn while it was computed.
                    answer = await self._worker.answer(asked, allowed=False)
                await asyncio.sleep(self._send(asked, answer))
                while len(self._outbox) > TAKEN:
                    await asyncio.sleep(LOOK)

    def _send(self, asked: RowsAsked, answer: Answer) -> float:
        """Has an answer sent; returns for how many seconds no other is to be."""
        size = 0
        *parts, end = lines_of(asked.id, answer)
        for part in (*parts, end):
            line = Line(self._name, part)
            more = len(encode(line))
            if part is not end and size + more > ANSWER_BYTES:
                continue
            size += more
            self._outbox.put(line)
        return self._pace.wait(size)
