"""The end that joins: it tells the host where it is, hears of the others, and comes back after a lost connection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from criu_tui.share.asking import Questions
from criu_tui.share.fields import LINE_BYTES, ProtocolError
from criu_tui.share.outbox import Allowance, Outbox, StalledError, close
from criu_tui.share.protocol import Allowed, At, Bye, Filtered, Following, Hello, Line, Marked, decode
from criu_tui.share.row_lines import RowLine, RowsAsked
from criu_tui.share.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from criu_tui.share.protocol import Message

PATIENCE = 10.0
"""Seconds in which the host must answer a hello."""
RETRIES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds to wait before the first attempts to connect again, and the last of them before each further one."""
RATE, BURST = 1000, 4000
"""Lines of the host, which passes on those of all, that are read in a second, and at once."""
BAD_LINES = 20
"""Lines that mean nothing, after which the host is left."""


class _RefusedError(Exception):
    """The host says why it lets nobody in, or that it leaves."""


class SessionGuest:
    """Runs on the running loop until the host leaves. `heard` is told each line that changed the session.

    `told` is told in words when the connection is lost, is there again, or has ended.
    """

    def __init__(self, path: Path, me: Hello, heard: Callable[[Line], None], told: Callable[[str], None]) -> None:
        self.session = Session()
        self.session.hear(Line(me.name, me))
        self.name = me.name
        """As the host calls one."""
        self.read_only = me.read_only
        self.alone = True
        """Whether nobody hears what is sent."""
        self.asking = Questions(self._ask)
        """What the host is asked for where there is no checkpoint here."""
        self._host = ""
        self._path = path
        self._me = me
        self._heard = heard
        self._told = told
        self._outbox = Outbox()
        self._last: dict[type[Message], Message] = {}
        """What the host is told again after a lost connection."""
        self._marks: list[Marked] = []

    def send(self, message: Message) -> None:
        """Tells all what one does, now or when the connection is there again."""
        if isinstance(message, At | Filtered | Following):
            self._last[type(message)] = message
        elif isinstance(message, Marked):
            self._marks.append(message)
        self.session.hear(Line(self.name, message))
        if not self.alone:
            self._outbox.put(Line("", message))

    def _ask(self, asked: RowsAsked) -> None:
        self._outbox.put(Line("", asked))

    async def run(self) -> None:
        """Connects, and again whenever the connection is lost, until the host leaves or lets one in no more."""
        attempt, was_there = 0, False
        while True:
            try:
                await self._be_there(again=was_there)
                attempt, was_there = 0, True
            except _RefusedError as refused:
                self.alone = True
                self.asking.stop("the host is not there any more")
                self._told(f"{refused}: you go on alone")
                return
            except (OSError, StalledError, ProtocolError, ValueError):
                pass
            self.asking.stop("the host is not there")
            if not self.alone:
                self.alone, attempt, was_there = True, 0, True
                self._told("connection lost: trying again")
            await asyncio.sleep(RETRIES[min(attempt, len(RETRIES) - 1)])
            attempt += 1

    async def _be_there(self, *, again: bool) -> None:
        """One connection, until it ends. Raises _RefusedError, OSError, StalledError, ProtocolError and ValueError."""
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_unix_connection(self._path, limit=LINE_BYTES)
        self._outbox = Outbox()
        self._outbox.put(Line("", self._me))
        try:
            async with asyncio.timeout(PATIENCE) as patience:
                tasks = {
                    asyncio.create_task(self._outbox.send(writer)),
                    asyncio.create_task(self._read(reader, patience, again=again)),
                }
                try:
                    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
                for task in done:
                    task.result()
        finally:
            await close(writer, Line("", Bye()))

    async def _read(self, reader: asyncio.StreamReader, patience: asyncio.Timeout, *, again: bool) -> None:
        allowance, bad = Allowance(RATE, BURST), 0
        while line := await reader.readline():
            try:
                found = decode(line)
                if self._hear(found, again=again):
                    patience.reschedule(None)
            except ProtocolError:
                bad += 1
                if bad > BAD_LINES:
                    raise _RefusedError("the host says nothing that means anything") from None
            wait = allowance.wait()
            if wait:
                await asyncio.sleep(wait)

    def _hear(self, line: Line, *, again: bool) -> bool:
        """Whether the host has let one in with this line."""
        sender, message = line
        if isinstance(message, Bye) and (self.alone or sender == self._host):
            raise _RefusedError(message.reason or "the host has left")
        if isinstance(message, RowLine):
            if self._me.rows and sender == self._host and not isinstance(message, RowsAsked):
                self.asking.hear(message)
            return False
        if isinstance(message, Allowed):
            # Also when nothing has changed: from then on the host answers.
            if sender == self._host and not self.alone:
                self.session.hear(line)
                self._heard(line)
            return False
        if isinstance(message, Hello) and message.you and self.alone:
            self._let_in(message, again=again)
            return True
        if not self.alone and sender and self.session.hear(line) and sender != self.name:
            self._heard(line)
        return False

    def _let_in(self, hello: Hello, *, again: bool) -> None:
        self.session = Session()
        self._host, self.name, self.read_only, self.alone = hello.name, hello.you, hello.read_only, False
        if self._me.rows:
            self.asking.start()
        self.session.hear(Line(self.name, hello._replace(name=self.name, rows=self._me.rows)))
        for message in (*self._last.values(), *self._marks):
            self.session.hear(Line(self.name, message))
            self._outbox.put(Line("", message))
        if again:
            self._told("connected again")
