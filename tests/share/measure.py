"""How long a position takes to all others with ten guests, and what mutated lines do to a host and a guest.

    python -m tests.share.measure latency | mutated LINES | keys

The app has no part in the first two: both ends run on one loop over a Unix socket in a directory of their own. `keys`
is how long a key takes to show at a guest, alone and with 200 ms from a line to its answer.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from criu_tui.core.base.progress import Progress
from criu_tui.core.base.span import Span
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.answers import Answers
from criu_tui.core.report.questions import ColumnHead, Question, Row, Sought
from criu_tui.core.report.remote import RemoteDump, RemoteReport
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import Tint, Tone
from criu_tui.share import sockets
from criu_tui.share.asking import Questions
from criu_tui.share.fields import LINE_BYTES, ProtocolError
from criu_tui.share.guest import SessionGuest
from criu_tui.share.host import GUESTS, SessionHost
from criu_tui.share.protocol import Allowed, At, Chatted, Filtered, Hello, Line, Marked, Place, decode, encode
from criu_tui.share.row_lines import Ended, Rowed, RowLine, RowsAsked, RowsTold, Tabled, Titled, lines_of
from criu_tui.share.session import Session

from tests.conftest import DUMPS
from tests.pseudo_terminal import OURS, Terminal

CHECKPOINT = "digest:1"
QUESTION = Question(Sought.TABLE, "maps", 4242)
ROUNDS = 200
DELAY = 0.2
"""Seconds from a line to its answer."""
KEYS = 60


async def latency() -> None:
    """Prints milliseconds from the move of one guest until each of the other nine has heard of it."""
    listening, path = sockets.listening("measured")
    host = SessionHost(listening, path, Hello("host", CHECKPOINT), lambda _: None)
    await host.start()
    sent, took = 0.0, list[float]()

    def heard(line: Line) -> None:
        if isinstance(line.message, At):
            took.append((time.perf_counter() - sent) * 1000)

    guests = [SessionGuest(path, Hello(f"g{n}", CHECKPOINT), heard, lambda _: None) for n in range(GUESTS)]
    running = [asyncio.create_task(guest.run()) for guest in guests]
    while any(guest.alone for guest in guests):
        await asyncio.sleep(0.01)
    for number in range(ROUNDS):
        sent = time.perf_counter()
        guests[0].send(At(Place("maps", 1, number)))
        await asyncio.sleep(0.03)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await host.close()
    worst = statistics.quantiles(took, n=100)[-1]
    print(f"{len(took)} positions heard: median {statistics.median(took):.2f} ms, 99% below {worst:.2f} ms")


async def mutated(count: int) -> None:
    """Prints how many of so many changed lines are let through, and how memory grew over all but the first tenth."""
    chance = random.Random(24)
    place = Place("plan", 4242, 0x7EB861200000)
    lines = [
        encode(Line("bob", message))
        for message in (
            Hello("bob", CHECKPOINT),
            At(place),
            Filtered("maps", "prot:w", "3.19"),
            Marked(place, "the hole", "touches"),
            Chatted("look \U0001f600"),
            Allowed(bytes=True),
            RowsAsked(7, Question(Sought.TABLE, "maps", 4242, address=place.address, text="prot:w", column=2)),
            Tabled(7, "Maps", "16 rows", "nothing here", 16, 7),
            Titled(7, ColumnHead("Path", 40, least=12)),
            Rowed(
                7, Row(7, ("7eb861200000", "200 GiB", "---"), Tone.ERROR, (Tint.GUARD,) * 3, 4242, Span(1, 2), "plan")
            ),
            RowsTold(7, Tone.NOTE, "touches"),
            Ended(7, "no such row", 4242, place.address),
        )
    ]
    ends, through, before = Ends(), 0, 0
    for number in range(count):
        line = bytearray(chance.choice(lines))
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(line))
            match chance.randrange(3):
                case 0:
                    line[at] = chance.randrange(256)
                case 1:
                    del line[at : at + chance.randrange(1, 20)]
                case _:
                    line[at:at] = chance.choice((b'"', b"{", b"[" * 50, b"9" * 30, b"\\ud800", b"\\u001b", b"null"))
            line = line or bytearray(b" ")
        try:
            found = decode(bytes(line))
        except ProtocolError:
            continue
        through += 1
        assert decode(encode(found)) == found
        await ends.hear(found)
        if number < count // 10:
            before = _peak()
    print(
        f"{count:,} lines, {through:,} let through, {ends.answered:,} questions answered, {ends.taken:,} answers taken"
    )
    print(f"{_peak() - before} KiB more than after a tenth of them")


class Ends:
    """What a host and a guest make of lines: a session, answers to questions, tables made of answers."""

    def __init__(self) -> None:
        report = Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu("4.3"))
        self._session = Session()
        self._answers = Answers(lambda: report)
        self._remote = RemoteReport(RemoteDump("a dump"), criu("4.3"))
        self._sent: list[RowsAsked] = []
        self._questions = Questions(self._sent.append)
        self._questions.start()
        self.answered = self.taken = 0

    async def hear(self, line: Line) -> None:
        """As both ends do."""
        self._session.hear(line)
        if isinstance(line.message, RowsAsked):
            answer = self._answers.answer(line.message.question, Progress(), allowed=self.answered % 2 == 0)
            assert all(len(encode(Line("ann", each))) <= LINE_BYTES for each in lines_of(7, answer))
            self.answered += 1
        elif isinstance(line.message, RowLine):
            if not self._sent:
                self._waiting = self._questions.ask(QUESTION)
                await asyncio.sleep(0)
            # Whichever number has been asked for: a host may send anything under it.
            self._questions.hear(line.message._replace(id=self._sent[0].id))
            if self._waiting.done():
                table = self._remote.table(QUESTION, self._waiting.result())
                for index in range(min(20, len(table.rows))):
                    table.cells(index)
                self._sent.clear()
                self.taken += 1


async def _late(path: Path, host: Path) -> None:
    """Passes bytes on to a host and back, each direction late by half of DELAY."""

    async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while data := await reader.read(1 << 16):
            loop.call_later(DELAY / 2, writer.write, data)
        loop.call_later(DELAY / 2, writer.close)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(host)
        await asyncio.gather(passed(reader, back), passed(there, writer), return_exceptions=True)

    async with await asyncio.start_unix_server(connected, path) as server:
        await server.serve_forever()


def keys() -> None:
    """Prints milliseconds from a key to the first byte that it writes, of one alone and of a guest behind a delay."""
    runtime = Path(os.environ["XDG_RUNTIME_DIR"])
    dump = [*OURS, str(DUMPS / "prot-none-400g" / "dump"), "--pane", "maps"]
    extra = {"XDG_RUNTIME_DIR": str(runtime)}
    host_socket, far = runtime / "criu-tui" / "measured.sock", runtime / "far.sock"
    with Terminal([*dump, "--share", "measured"], extra=extra) as host:
        host.shows("nobody else is here")
        proxy = threading.Thread(target=lambda: asyncio.run(_late(far, host_socket)), daemon=True)
        proxy.start()
        while not far.exists():
            time.sleep(0.05)
        with Terminal([*dump, "--join", str(far)], extra=extra) as guest, Terminal(dump) as alone:
            guest.shows("400000")
            alone.shows("400000")
            for name, terminal in (("alone", alone), ("guest", guest)):
                terminal.settle(1.0)
                took = []
                for number in range(KEYS):
                    started = time.perf_counter()
                    os.write(terminal.master, b"jk"[number % 2 : number % 2 + 1])
                    while not terminal.read(0.001):
                        pass
                    took.append((time.perf_counter() - started) * 1000)
                    terminal.settle(0.1)
                print(f"{name}: median {statistics.median(took):.1f} ms, longest {max(took):.1f} ms")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        os.environ["XDG_RUNTIME_DIR"] = str(Path(made))
        if sys.argv[1] == "latency":
            asyncio.run(latency())
        elif sys.argv[1] == "keys":
            keys()
        else:
            asyncio.run(mutated(int(sys.argv[2])))
