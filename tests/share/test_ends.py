"""Host and guests over a real socket: who hears what, who is let in, and what hostile ends can do."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from criu_tui.share import guest as guest_end
from criu_tui.share import host as host_end
from criu_tui.share import outbox, sockets
from criu_tui.share.fields import LINE_BYTES
from criu_tui.share.guest import SessionGuest
from criu_tui.share.host import GUESTS, SessionHost
from criu_tui.share.protocol import (
    At,
    Bye,
    Chatted,
    Filtered,
    Following,
    Hello,
    Line,
    Marked,
    Place,
    Pointed,
    decode,
    encode,
)
from criu_tui.share.session import MARKS, PEOPLE, Noted, Session

from tests.pseudo_terminal import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

CHECKPOINT = "digest:1"
PLACE = Place("maps", 4242, 0x7EB861200000)


@pytest.fixture(autouse=True)
def runtime(near: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(near))


class Hosted:
    """A host, what it heard, and the way to it."""

    def __init__(self, name: str = "x", *, read_only: bool = False) -> None:
        self.heard: list[Line] = []
        listening, self.path = sockets.listening(name)
        me = Hello("ann", CHECKPOINT, "a dump")
        self.host = SessionHost(listening, self.path, me, self.heard.append, read_only=read_only)


@asynccontextmanager
async def hosted(*, read_only: bool = False) -> AsyncIterator[Hosted]:
    made = Hosted(read_only=read_only)
    await made.host.start()
    try:
        yield made
    finally:
        await made.host.close()


class Joined:
    """A guest that runs, what it heard, and what it was told."""

    def __init__(self, path: Path, name: str, *, checkpoint: str = CHECKPOINT, read_only: bool = False) -> None:
        self.heard: list[Line] = []
        self.told: list[str] = []
        me = Hello(name, checkpoint, read_only=read_only)
        self.guest = SessionGuest(path, me, self.heard.append, self.told.append)
        self.running = asyncio.create_task(self.guest.run())


@asynccontextmanager
async def joined(
    path: Path, name: str, *, checkpoint: str = CHECKPOINT, read_only: bool = False
) -> AsyncIterator[Joined]:
    made = Joined(path, name, checkpoint=checkpoint, read_only=read_only)
    try:
        yield made
    finally:
        made.running.cancel()
        await asyncio.gather(made.running, return_exceptions=True)


async def until(holds: Callable[[], object]) -> None:
    """Waits until something holds; raises TimeoutError when it never does."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.005)


async def test_all_hear_what_each_says() -> None:
    async with hosted() as here, joined(here.path, "bob") as bob, joined(here.path, "cid") as cid:
        await until(lambda: {"ann", "bob", "cid"} == here.host.session.people.keys() == bob.guest.session.people.keys())
        mark = Marked(PLACE, "the hole", "touches")
        for message in (At(PLACE), Pointed(PLACE), Following("ann"), mark, Chatted("here?")):
            bob.guest.send(message)
        said = [Line("bob", each) for each in (At(PLACE), Pointed(PLACE), Following("ann"), mark, Chatted("here?"))]
        await until(lambda: all(each in here.heard and each in cid.heard for each in said))
        here.host.send(Chatted("yes"))
        await until(lambda: Line("ann", Chatted("yes")) in bob.heard and Line("ann", Chatted("yes")) in cid.heard)
        # All have the same of it, and nobody hears oneself.
        for session in (here.host.session, bob.guest.session, cid.guest.session):
            assert session.marks == [Noted("bob", mark)]
            assert list(session.said) == [Line("bob", Chatted("here?")), Line("ann", Chatted("yes"))]
            assert session.people["bob"].place == PLACE
            assert session.people["bob"].following == "ann"
        assert not [line for line in bob.heard if line.sender == "bob"]


async def test_who_comes_later_knows_what_was_before() -> None:
    mark = Marked(PLACE, "the hole")
    async with hosted() as here:
        here.host.send(At(PLACE))
        here.host.send(Filtered("maps", "prot:w", "3.19"))
        async with joined(here.path, "bob") as bob:
            await until(lambda: not bob.guest.alone)
            bob.guest.send(mark)
            bob.guest.send(Chatted("look"))
            await until(lambda: here.host.session.said)
        await until(lambda: "bob" not in here.host.session.people)
        async with joined(here.path, "cid") as cid:
            await until(lambda: cid.guest.session.said and "bob" not in cid.guest.session.people)
            assert cid.guest.session.marks == [Noted("bob", mark)]
            assert cid.guest.session.people["ann"].place == PLACE
            assert cid.guest.session.people["ann"].filtered == Filtered("maps", "prot:w", "3.19")


async def test_two_of_one_name_are_told_apart() -> None:
    name = "n" * 16
    async with (
        hosted() as here,
        joined(here.path, name) as one,
        joined(here.path, name) as other,
        joined(here.path, "ann") as ann,
    ):
        await until(lambda: len(here.host.session.people) == 4 and not ann.guest.alone)
        assert {one.guest.name, other.guest.name} == {name, f"{'n' * 13}2"}
        assert ann.guest.name == "ann2"


async def test_the_hosts_end_leaves_guests_alone() -> None:
    async with hosted() as here, joined(here.path, "bob") as bob:
        await until(lambda: not bob.guest.alone)
        await here.host.close()
        await until(bob.running.done)
        assert bob.told == ["the host has left: you go on alone"]
        assert not here.path.exists()
        # What one does from then on is one's own, and harms nothing.
        bob.guest.send(Chatted("anybody?"))


async def test_a_guests_end_ends_nothing_else() -> None:
    async with hosted() as here, joined(here.path, "cid") as cid:
        async with joined(here.path, "bob"):
            await until(lambda: "bob" in cid.guest.session.people)
        await until(lambda: Line("bob", Bye()) in here.heard and Line("bob", Bye()) in cid.heard)
        here.host.send(Chatted("still here"))
        await until(lambda: cid.guest.session.said)


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (encode(Line("", Hello("bob", "digest:2"))), "another checkpoint"),
        (encode(Line("", Hello("bob", CHECKPOINT, version=1))), "the host speaks version 2 of the protocol, not 1"),
        (encode(Line("", Chatted("hi"))), "the first line is no hello"),
        (b"GET / HTTP/1.1\r\n", "a line that is no JSON"),
        (b"x" * 3 * LINE_BYTES, "a line of more than 4096 bytes"),
    ],
)
async def test_who_says_something_else_is_sent_away_with_the_reason(first: bytes, reason: str) -> None:
    async with hosted() as here:
        said = await spoken(here.path, first)
        assert said[0] == Line("ann", Hello("ann", CHECKPOINT, "a dump"))
        last = said[-1].message
        assert isinstance(last, Bye)
        assert reason in last.reason
        assert here.heard == []
        assert here.host.session.people.keys() == {"ann"}


async def spoken(path: Path, data: bytes) -> list[Line]:
    """What the host says to somebody who sends this and waits for the end."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(data)
    async with asyncio.timeout(PATIENCE):
        said = await reader.read()
    writer.close()
    return [decode(line) for line in said.splitlines()]


async def test_a_guest_with_another_checkpoint_says_why_and_goes_on_alone() -> None:
    async with hosted() as here, joined(here.path, "bob", checkpoint="digest:2") as bob:
        await until(bob.running.done)
        assert bob.told == ["another checkpoint: here digest:1, there digest:2: you go on alone"]


async def test_other_users_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = sockets.PeerCredentials(1, 3_000_000_000, 3_000_000_000)
    monkeypatch.setattr(host_end, "credentials", lambda _: stranger)
    async with hosted() as here:
        said = await spoken(here.path, b"")
    assert [line.message for line in said] == [
        Bye("this session is its user's own: --share --group GROUP opens one that others may join")
    ]


@pytest.mark.parametrize("by_host", [True, False])
async def test_who_may_only_look_neither_marks_nor_chats(*, by_host: bool) -> None:
    async with hosted(read_only=by_host) as here, joined(here.path, "bob", read_only=not by_host) as bob:
        await until(lambda: not bob.guest.alone)
        assert bob.guest.read_only
        for message in (Marked(PLACE, "no"), Chatted("no"), Pointed(PLACE)):
            bob.guest.send(message)
        await until(lambda: Line("bob", Pointed(PLACE)) in here.heard)
        for session in (here.host.session, bob.guest.session):
            assert session.marks == []
            assert not session.said


async def test_ten_guests_and_no_more() -> None:
    async with hosted() as here:
        guests = [Joined(here.path, f"guest{number}") for number in range(GUESTS)]
        await until(lambda: not any(each.guest.alone for each in guests))
        late = Joined(here.path, "late")
        await until(late.running.done)
        assert late.told == ["10 guests are here already: you go on alone"]
        # One leaves: there is room.
        guests[0].running.cancel()
        await until(lambda: len(here.host.session.people) == GUESTS)
        again = Joined(here.path, "late")
        await until(lambda: not again.guest.alone)
        for each in (*guests[1:], again):
            each.running.cancel()


class Way:
    """Passes bytes on between guests and a host, as ssh does, until it is cut."""

    def __init__(self, path: Path, host: Path) -> None:
        self.path = path
        self._host = host
        self._writers: list[asyncio.StreamWriter] = []

    async def open(self) -> None:
        """Takes connections from now on."""
        await asyncio.start_unix_server(self._connected, self.path)

    def cut(self) -> None:
        """Ends all connections without a word of farewell; new ones are taken."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._host)
        self._writers += (writer, back)
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer))

    @staticmethod
    async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
            writer.close()


async def test_a_lost_connection_comes_back_with_what_one_had(near: Path) -> None:
    async with hosted() as here:
        way = Way(near / "way", here.path)
        await way.open()
        await lost_and_found(here, way)


async def lost_and_found(here: Hosted, way: Way) -> None:
    async with joined(way.path, "bob") as bob, joined(here.path, "cid") as cid:
        await until(lambda: not bob.guest.alone and "cid" in bob.guest.session.people)
        mark = Marked(PLACE, "the hole")
        bob.guest.send(At(PLACE))
        bob.guest.send(mark)
        await until(lambda: cid.guest.session.marks)
        way.cut()
        here.host.send(Chatted("while bob was away"))
        await until(lambda: bob.told == ["connection lost: trying again", "connected again"])
        await until(lambda: here.host.session.people.keys() == {"ann", "bob", "cid"})
        await until(lambda: here.host.session.people["bob"].place == PLACE)
        await until(lambda: Line("ann", Chatted("while bob was away")) in bob.guest.session.said)
        for session in (here.host.session, bob.guest.session, cid.guest.session):
            assert session.marks == [Noted("bob", mark)]


async def test_a_guest_that_reads_nothing_is_left_and_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "STALL", 0.2)
    async with hosted() as here, joined(here.path, "cid") as cid:
        reader, writer = await asyncio.open_unix_connection(here.path, limit=1)
        writer.write(encode(Line("", Hello("bob", CHECKPOINT))))
        await until(lambda: "bob" in here.host.session.people and "cid" in here.host.session.people)
        # 200 characters outside the first plane take 2,400 bytes; the kernel takes some hundred lines.
        for number in range(outbox.WAITING - 1):
            here.host.send(Chatted(f"{number}{chr(0x1F600) * 190}"))
            if number % 50 == 0:
                await asyncio.sleep(0.001)
        await until(lambda: "bob" not in here.host.session.people)
        here.host.send(Chatted("last"))
        await until(lambda: Line("ann", Chatted("last")) in cid.heard)
        writer.close()
        assert reader is not None


async def test_of_positions_only_the_last_waits() -> None:
    waiting = outbox.Outbox()
    for task in range(10_000):
        waiting.put(Line("bob", At(Place("maps", task))))
        waiting.put(Line("cid", At(Place("plan", task))))
    waiting.put(Line("bob", Chatted("one")))
    assert len(waiting) == 3
    for number in range(outbox.WAITING):
        waiting.put(Line("bob", Chatted(str(number))))
    assert waiting.stalled
    assert len(waiting) == outbox.WAITING


def test_so_many_lines_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    allowance = outbox.Allowance(10, 20)
    assert [allowance.wait() for _ in range(20)] == [0.0] * 20
    assert allowance.wait() == pytest.approx(0.1)
    now = 1.0
    # Ten more, one of which is owed.
    assert [allowance.wait() for _ in range(9)] == [0.0] * 9
    assert allowance.wait() == pytest.approx(0.1)
    now = 1000.0
    assert [allowance.wait() for _ in range(21)][-1] == pytest.approx(0.1)


async def test_a_flood_waits_in_the_sockets_of_who_sends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_end, "BURST", 50)
    async with hosted() as here:
        _, writer = await asyncio.open_unix_connection(here.path)
        writer.write(encode(Line("", Hello("bob", CHECKPOINT))))
        writer.write(b"".join(encode(Line("", Chatted(str(number)))) for number in range(500)))
        await until(lambda: len(here.heard) > 50)
        assert len(here.heard) < 400
        writer.close()


async def test_lines_that_mean_nothing_are_borne_for_a_while() -> None:
    hello = encode(Line("", Hello("bob", CHECKPOINT)))
    chat = encode(Line("", Chatted("hi")))
    async with hosted() as here:
        reader, writer = await asyncio.open_unix_connection(here.path)
        writer.write(hello + b"nonsense\n" * host_end.BAD_LINES + chat)
        await until(lambda: Line("bob", Chatted("hi")) in here.heard)
        writer.write(b"nonsense\n")
        async with asyncio.timeout(PATIENCE):
            assert decode((await reader.read()).splitlines()[-1]).message == Bye("a line that is no JSON")
        writer.close()


async def test_nobody_speaks_for_another() -> None:
    async with hosted() as here, joined(here.path, "cid") as cid:
        await until(lambda: not cid.guest.alone)
        _, writer = await asyncio.open_unix_connection(here.path)
        writer.write(encode(Line("", Hello("bob", CHECKPOINT))) + encode(Line("ann", Chatted("as ann"))))
        await until(lambda: Line("bob", Chatted("as ann")) in cid.heard)
        writer.close()


def test_a_session_does_not_grow_without_end() -> None:
    session = Session()
    for number in range(10 * PEOPLE):
        session.hear(Line(f"p{number}", Hello(f"p{number}", CHECKPOINT)))
    assert len(session.people) == PEOPLE
    for number in range(10 * MARKS):
        session.hear(Line("p0", Marked(PLACE, str(number))))
        session.hear(Line("p0", Chatted(str(number))))
    assert len(session.marks) == MARKS
    assert len(session.said) == 100
    # Of somebody who is not here nothing is believed.
    assert not session.hear(Line("nobody", Chatted("hi")))


@pytest.mark.parametrize("answer", [b"", b"\xff\n" * 50, b"x" * 10_000, b'{"is":"at","pane":"maps"}\n' * 10])
async def test_a_hostile_host_brings_no_guest_down(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest_end, "RETRIES", (0.01,))
    listening, path = sockets.listening("evil")
    times = 0

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal times
        times += 1
        with suppress(OSError):
            writer.write(answer)
            writer.close()

    server = await asyncio.start_unix_server(serve, sock=listening)
    async with joined(path, "bob") as bob:
        await until(lambda: times > 3 or bob.running.done())
        assert bob.guest.alone
        assert bob.heard == []
        if bob.running.done():
            await bob.running
    server.close()


def test_json_of_a_line_is_as_the_document_has_it() -> None:
    line = Line("bob", Marked(PLACE, "the hole", "touches"))
    assert json.loads(encode(line)) == {
        "is": "mark",
        "from": "bob",
        "pane": "maps",
        "task": 4242,
        "address": 0x7EB861200000,
        "label": "the hole",
        "note": "touches",
    }
