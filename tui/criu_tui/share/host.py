"""The end that lets others in: it passes on what each says to all others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from criu_tui.share.fields import LINE_BYTES, NAME_SIZE, ProtocolError
from criu_tui.share.outbox import Allowance, Outbox, StalledError, close
from criu_tui.share.protocol import PROTOCOL, Allowed, Bye, Hello, Line, decode, encode
from criu_tui.share.row_lines import Rowed, RowLine, RowsAsked, RowsTold
from criu_tui.share.serving import Serving, Worker
from criu_tui.share.session import Session
from criu_tui.share.sockets import credentials, why_not

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from criu_tui.core.report.answers import Answers
    from criu_tui.share.protocol import Message

GUESTS = 10
"""Guests at a time."""
UNKNOWN = 10
"""Connections of whom nothing is known yet."""
PATIENCE = 10.0
"""Seconds in which a guest must say hello."""
RATE, BURST = 60, 200
"""Lines of one guest that are read in a second, and at once: a key held down repeats 30 times a second."""
BAD_LINES = 20
"""Lines that mean nothing, after which a guest is left."""


class _Guest:
    """One who has been let in."""

    def __init__(self, name: str, *, read_only: bool) -> None:
        self.name = name
        self.read_only = read_only
        self.outbox = Outbox()
        self.serving: Serving | None = None
        """What answers somebody without the checkpoint."""


class SessionHost:
    """Serves a socket on the running loop. `heard` is told each line that changed the session, of guests alone."""

    def __init__(
        self,
        listening: socket.socket,
        path: Path,
        me: Hello,
        heard: Callable[[Line], None],
        *,
        gid: int | None = None,
        read_only: bool = False,
        answers: Answers | None = None,
    ) -> None:
        """`gid` is the group whose members may join; `read_only`: no guest may mark or chat.

        `answers` tells guests without the checkpoint what the panes show; None: there are none of them.
        """
        self.session = Session()
        self.session.hear(Line(me.name, me))
        self.name = me.name
        self.read_only = False
        self._listening = listening
        self._path = path
        self._me = me
        self._heard = heard
        self._gid = gid
        self._read_only = read_only
        self._guests: dict[str, _Guest] = {}
        self._unknown = 0
        self._worker = None if answers is None else Worker(answers)
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def run(self) -> None:
        """Serves until it is cancelled, and then tells all that the host leaves."""
        await self.start()
        try:
            await asyncio.Event().wait()
        finally:
            await self.close()

    async def start(self) -> None:
        """Lets others in from now on."""
        self._server = await asyncio.start_unix_server(self._connected, sock=self._listening, limit=LINE_BYTES)

    async def close(self) -> None:
        """Tells all that the host leaves, and removes the socket."""
        self._path.unlink(missing_ok=True)
        if self._server is not None:
            self._server.close()
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        if self._worker is not None:
            self._worker.close()

    def send(self, message: Message) -> None:
        """Tells all what the host does."""
        line = Line(self.name, message)
        if self.session.hear(line):
            self._pass_on(line)

    def allow(self, *, allowed: bool) -> None:
        """Lets guests without the checkpoint have bytes of it, or no longer: what waits for them is then not sent."""
        if not allowed:
            for guest in self._guests.values():
                guest.outbox.forget(Rowed, RowsTold)
        self.send(Allowed(allowed))

    def _pass_on(self, line: Line, but: _Guest | None = None) -> None:
        for guest in self._guests.values():
            if guest is not but:
                guest.outbox.put(line)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        reason = ""
        try:
            reason = await self._serve(reader, writer)
        except asyncio.CancelledError:
            reason = "the host has left"
        except (OSError, StalledError):
            reason = "no answer"
        except ProtocolError as error:
            reason = str(error)
        except (ValueError, asyncio.IncompleteReadError):
            # The reader's word for a line that does not end.
            reason = f"a line of more than {LINE_BYTES} bytes"
        finally:
            self._serving.discard(task)
            await close(writer, Line(self.name, Bye(reason)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        """Why the connection is to be closed. Raises OSError, StalledError, ProtocolError and ValueError."""
        reason = why_not(credentials(writer.get_extra_info("socket")), self._gid)
        if reason:
            return reason
        if self._unknown >= UNKNOWN:
            return "too many connections"
        self._unknown += 1
        try:
            hello = await self._hello(reader, writer)
        finally:
            self._unknown -= 1
        if isinstance(hello, str):
            return hello
        if len(self._guests) >= GUESTS:
            return f"{GUESTS} guests are here already"
        guest = _Guest(self._free_name(hello.name), read_only=self._read_only or hello.read_only)
        guest.outbox.put(Line(self.name, self._me._replace(you=guest.name, read_only=guest.read_only)))
        for line in self.session.told(self._me.checkpoint):
            guest.outbox.put(line)
        tasks = []
        if hello.rows:
            if self._worker is None:
                return "this host sends no rows"
            guest.serving = Serving(self.name, self._worker, guest.outbox, lambda: self.session.bytes_allowed)
            guest.outbox.put(Line(self.name, Allowed(self.session.bytes_allowed)))
            tasks.append(asyncio.create_task(guest.serving.run()))
        self._guests[guest.name] = guest
        self._hear(guest, hello._replace(name=guest.name, read_only=guest.read_only))
        tasks.append(asyncio.create_task(guest.outbox.send(writer)))
        tasks.append(asyncio.create_task(self._read(guest, reader)))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            del self._guests[guest.name]
            self._hear(guest, Bye())
        for task in done:
            task.result()
        return ""

    async def _hello(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Hello | str:
        """What a guest says of itself, or why it may not come in."""
        writer.write(encode(Line(self.name, self._me)))
        try:
            async with asyncio.timeout(PATIENCE):
                line = await reader.readline()
        except TimeoutError:
            return "no hello"
        if not line:
            return ""
        hello = decode(line).message
        if not isinstance(hello, Hello):
            return "the first line is no hello"
        if hello.version != PROTOCOL:
            return f"the host speaks version {PROTOCOL} of the protocol, not {hello.version}"
        if hello.checkpoint != self._me.checkpoint:
            return f"another checkpoint: here {self._me.checkpoint}, there {hello.checkpoint}"
        return hello

    def _free_name(self, name: str) -> str:
        taken = self.session.people
        numbered = (f"{name[: NAME_SIZE - 3]}{number}" for number in range(2, 1000))
        return name if name not in taken else next(each for each in numbered if each not in taken)

    async def _read(self, guest: _Guest, reader: asyncio.StreamReader) -> None:
        allowance, bad = Allowance(RATE, BURST), 0
        while line := await reader.readline():
            try:
                message = decode(line).message
                if isinstance(message, Bye):
                    return
                if isinstance(message, Hello):
                    raise ProtocolError("a second hello")
                if isinstance(message, RowsAsked):
                    if guest.serving is None:
                        raise ProtocolError("a question of a guest who has the checkpoint")
                    guest.serving.ask(message)
                elif isinstance(message, Allowed | RowLine):
                    raise ProtocolError("a line that only a host says")
                else:
                    self._hear(guest, message)
            except ProtocolError:
                bad += 1
                if bad > BAD_LINES:
                    raise
            # What is sent faster waits in the guest's own socket.
            wait = allowance.wait()
            if wait:
                await asyncio.sleep(wait)

    def _hear(self, guest: _Guest, message: Message) -> None:
        line = Line(guest.name, message)
        if self.session.hear(line):
            self._heard(line)
            self._pass_on(line, guest)
