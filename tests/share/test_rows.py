"""A guest without the checkpoint over a real socket: rows come, bytes only by leave, and hostile ends do no harm."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.answers import NOT_ALLOWED, Answers
from criu_tui.core.report.questions import COLUMNS, LINES, ROWS, Answer, ColumnHead, Question, Row, Sought
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.report.remote import KEPT, RemoteDump, RemoteReport
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import Tone
from criu_tui.share import asking, serving, sockets
from criu_tui.share.guest import SessionGuest
from criu_tui.share.host import BAD_LINES, SessionHost
from criu_tui.share.protocol import Allowed, At, Bye, Chatted, Hello, Line, Place, decode, encode
from criu_tui.share.row_lines import Ended, Rowed, RowsAsked, RowsTold, Tabled, Titled

from tests.conftest import DUMPS
from tests.pseudo_terminal import PATIENCE
from tests.share.test_ends import CHECKPOINT, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

DUMP = DUMPS / "prot-none-400g" / "dump"
PID = 16363
TABLE = Question(Sought.TABLE, "maps", PID)


@pytest.fixture(autouse=True)
def runtime(near: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(near))


class Joined:
    """A host over a dump, and a guest without it."""

    def __init__(self, answers: Answers | None = None) -> None:
        self.report = Report(Dump(DUMP), criu("4.3"))
        listening, self.path = sockets.listening("x")
        self.host = SessionHost(
            listening,
            self.path,
            Hello("ann", CHECKPOINT, "a dump"),
            lambda _: None,
            answers=answers or Answers(lambda: self.report),
        )
        self.heard: list[Line] = []
        me = Hello("bob", CHECKPOINT, rows=True)
        self.guest = SessionGuest(self.path, me, self.heard.append, lambda _: None)

    async def ask(self, question: Question) -> Answer:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.wrap_future(self.guest.asking.ask(question))


@asynccontextmanager
async def joined(answers: Answers | None = None) -> AsyncIterator[Joined]:
    made = Joined(answers)
    await made.host.start()
    running = asyncio.create_task(made.guest.run())
    try:
        await until(lambda: Line("ann", Allowed(bytes=False)) in made.heard)
        yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await made.host.close()


async def test_a_report_without_a_dump_shows_the_tables_of_the_host() -> None:
    async with joined() as both:
        tasks = await both.ask(Question(Sought.TASKS, "task"))
        remote = RemoteReport(RemoteDump("a dump", tasks.rows), criu("4.3"))
        remote.connect(both.guest.asking.ask)
        for name, kind in SHOWN.items():
            if name == "bytes":
                continue
            # As the app does, on a thread that waits.
            there = await asyncio.to_thread(kind.build, remote, PID)
            here = kind.build(both.report, PID)
            assert there.title == here.title
            assert len(there.rows) == len(here.rows)
            for index in range(min(ROWS, len(here.rows))):
                assert there.cells(index) == here.cells(index)
        # The CRIU is the guest's own.
        old = await asyncio.to_thread(SHOWN["plan"].build, remote.restored_by(criu("3.19")), PID)
        assert [old.cells(index) for index in range(len(old.rows))] == [
            cells
            for table in (SHOWN["plan"].build(both.report.restored_by(criu("3.19")), PID),)
            for cells in map(table.cells, range(len(table.rows)))
        ]


async def test_bytes_come_only_while_the_host_allows_them() -> None:
    bytes_asked = Question(Sought.TABLE, "bytes", PID, 0x32DB9000)
    async with joined() as both:
        assert (await both.ask(bytes_asked)).reason == NOT_ALLOWED
        both.host.allow(allowed=True)
        await until(lambda: Line("ann", Allowed(bytes=True)) in both.heard and both.guest.session.bytes_allowed)
        assert (await both.ask(bytes_asked)).rows
        both.host.allow(allowed=False)
        await until(lambda: not both.guest.session.bytes_allowed)
        answer = await both.ask(bytes_asked)
        assert answer.reason == NOT_ALLOWED
        assert answer.rows == ()


class Slow(Answers):
    """One whose answers are there when leave has been withdrawn meanwhile."""

    def __init__(self) -> None:
        report = Report(Dump(DUMP), criu("4.3"))
        super().__init__(lambda: report)
        self.asked: list[bool] = []
        self.go_on = asyncio.Event()
        self.loop = asyncio.get_running_loop()

    def answer(self, asked: Question, progress: object, *, allowed: bool) -> Answer:
        self.asked.append(allowed)
        asyncio.run_coroutine_threadsafe(self.go_on.wait(), self.loop).result(PATIENCE)
        return Answer(lines=((Tone.PLAIN, "bytes" if allowed else "no bytes"),))


async def test_what_is_computed_when_leave_is_withdrawn_is_not_sent() -> None:
    slow = Slow()
    async with joined(slow) as both:
        both.host.allow(allowed=True)
        waiting = asyncio.create_task(both.ask(TABLE))
        await until(lambda: slow.asked == [True])
        # Nobody waits for a thread: others are heard meanwhile.
        both.guest.send(Chatted("still here"))
        await until(lambda: both.host.session.said)
        both.host.allow(allowed=False)
        slow.go_on.set()
        assert (await waiting).lines == ((Tone.PLAIN, "no bytes"),)


class Broken(Answers):
    def answer(self, asked: Question, progress: object, *, allowed: bool) -> Answer:
        raise ZeroDivisionError


async def test_a_question_on_which_the_host_breaks_ends_nothing() -> None:
    report = Report(Dump(DUMP), criu("4.3"))
    async with joined(Broken(lambda: report)) as both:
        assert (await both.ask(TABLE)).reason == "this cannot be told"
        both.guest.send(Chatted("still here"))
        await until(lambda: both.host.session.said)


async def test_too_many_questions_at_once_are_answered_with_that() -> None:
    slow = Slow()
    async with joined(slow) as both:
        waiting = [asyncio.create_task(both.ask(TABLE))]
        await until(lambda: slow.asked)
        # One is worked on; of the others so many wait, the last ones.
        waiting += [asyncio.create_task(both.ask(TABLE)) for _ in range(serving.WAITING + 5)]
        await until(lambda: sum(each.done() for each in waiting) == 5)
        slow.go_on.set()
        answers = await asyncio.gather(*waiting)
        assert [each.reason for each in answers].count("too many questions at once") == 5
        assert [bool(each.reason) for each in answers[1:6]] == [True] * 5


@pytest.mark.parametrize(
    "message",
    [
        Allowed(bytes=True),
        Rowed(1, Row(0, ("x",))),
        Tabled(1, "", "", "", 1, None),
        Titled(1, ColumnHead("x", 1)),
        RowsTold(1, Tone.PLAIN, "x"),
        Ended(1),
    ],
)
async def test_a_guest_cannot_speak_as_a_host(message: Allowed | Rowed | Tabled | Titled | RowsTold | Ended) -> None:
    async with joined() as both:
        both.host.allow(allowed=False)
        reader, writer = await asyncio.open_unix_connection(both.path)
        writer.write(encode(Line("", Hello("eve", CHECKPOINT, rows=True))))
        writer.write(encode(Line("", message)) * (BAD_LINES + 1))
        async with asyncio.timeout(PATIENCE):
            said = [decode(line).message for line in (await reader.read()).splitlines()]
        assert said[-1] == Bye("a line that only a host says")
        assert not both.host.session.bytes_allowed
        assert not both.guest.session.bytes_allowed
        writer.close()


async def test_who_has_the_checkpoint_asks_nothing() -> None:
    async with joined() as both:
        reader, writer = await asyncio.open_unix_connection(both.path)
        writer.write(encode(Line("", Hello("eve", CHECKPOINT))) + encode(Line("", RowsAsked(1, TABLE))) * 21)
        async with asyncio.timeout(PATIENCE):
            said = [decode(line).message for line in (await reader.read()).splitlines()]
        assert said[-1] == Bye("a question of a guest who has the checkpoint")
        assert not any(isinstance(each, Ended) for each in said)
        writer.close()


async def test_bytes_a_second_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a guest that asks for more than it is sent in so long, the rest waits, and positions go past."""
    monkeypatch.setattr(serving, "BYTES_RATE", 1000)
    monkeypatch.setattr(serving, "BYTES_BURST", 2000)
    async with joined() as both:
        waiting = [asyncio.create_task(both.ask(TABLE)) for _ in range(5)]
        await until(lambda: any(each.done() for each in waiting))
        both.host.send(At(Place("plan", PID)))
        await until(lambda: Line("ann", At(Place("plan", PID))) in both.heard)
        assert not all(each.done() for each in waiting)
        for each in waiting:
            each.cancel()


async def test_an_answer_of_a_hostile_host_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0.1)
    sent: list[RowsAsked] = []
    questions = asking.Questions(sent.append)
    questions.start()
    answered = [questions.ask(TABLE) for _ in range(asking.PENDING + 5)]
    await asyncio.sleep(0)
    # More than may wait are not asked.
    assert len(sent) == asking.PENDING
    assert all(each.result().reason == "the host does not answer" for each in answered[asking.PENDING :])
    number = sent[0].id
    for at in range(10 * ROWS):
        questions.hear(Titled(number, ColumnHead("x", 1)))
        questions.hear(Rowed(number, Row(at, ("x",))))
        questions.hear(RowsTold(number, Tone.PLAIN, "x"))
        questions.hear(Rowed(1 << 30, Row(at, ("not asked",))))
    questions.hear(Tabled(number, "t", "", "", 1 << 24, None))
    questions.hear(Ended(number))
    answer = answered[0].result()
    assert (len(answer.columns), len(answer.rows), len(answer.lines)) == (COLUMNS, ROWS, LINES)
    # Of the others nothing comes: nobody waits for ever.
    await until(lambda: all(each.done() for each in answered))
    table = RemoteReport(RemoteDump("x"), criu("4.3")).table(TABLE, answer)
    for start in range(0, 100 * ROWS, ROWS):
        table.rows.take([Row(at, ("x",) * COLUMNS) for at in range(start, start + ROWS)])  # type: ignore[attr-defined]
    assert len(table.rows.known()) == KEPT  # type: ignore[attr-defined]
    assert len(table.rows) == 1 << 24


async def test_a_hosts_end_answers_what_was_asked_with_that() -> None:
    slow = Slow()
    async with joined(slow) as both:
        waiting = asyncio.create_task(both.ask(TABLE))
        await until(lambda: slow.asked)
        slow.go_on.set()
        closing = asyncio.create_task(both.host.close())
        assert (await waiting).reason in ("the host is not there any more", "the host is not there", "")
        await closing
        await until(lambda: both.guest.alone)
        assert "not there" in (await both.ask(TABLE)).reason
