"""The panes over rows that somebody else sends: shown as they come, whatever a hostile host makes of them."""

from __future__ import annotations

import random
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest
from criu_tui.app import CriuTui
from criu_tui.core.base.progress import Progress
from criu_tui.core.base.span import Span
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.answers import Answers
from criu_tui.core.report.questions import COLUMNS, COUNT_MAX, Answer, ColumnHead, Question, Row, Sought
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.report.remote import RemoteDump, RemoteReport
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import Tint, Tone

from tests.app.support import HOLE, SMALL, WIDE, place, screen, settle, shows
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Callable

PID = 16363


def elsewhere(answer: Callable[[Question], Answer]) -> RemoteReport:
    """A report whose host answers so, at once."""

    def ask(asked: Question) -> Future[Answer]:
        given: Future[Answer] = Future()
        given.set_result(answer(asked))
        return given

    tasks = [Row(0, ("hole", "1", "0", "0"), task=PID), Row(1, ("child", "1", str(PID), "1"), task=PID + 1)]
    return RemoteReport(RemoteDump("a dump", tasks), criu("4.3"), ask=ask)


async def test_rows_are_asked_for_when_they_are_looked_at() -> None:
    report = Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu("4.3"))
    answers, asked = Answers(lambda: report), list[Question]()

    def answer(question: Question) -> Answer:
        asked.append(question)
        return answers.answer(question, Progress(), allowed=False)

    app = CriuTui(elsewhere(answer), "log")
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await shows(pilot, "Version: 4.2.1")
        # dump.log of this dump has 589 lines: tests/dumps/README.md.
        assert not [each for each in asked if each.sought is Sought.ROWS]
        await pilot.press("G")
        await shows(pilot, "Dumping finished successfully")
        further = [each for each in asked if each.sought is Sought.ROWS]
        assert len(further) <= 3
        assert all(each.first > 400 for each in further)
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("g", *"7e8661200000", "enter")
        await shows(pilot, "7e8661200000-7eb861200000 --- 200 GiB anon")
        assert place(app, "maps") == HOLE
        await pilot.press("slash", *"size:>300G", "enter")
        await shows(pilot, "1 rows with size:>300G")
        assert "7eb861c00000" in screen(app)
        await pilot.press("slash", *"size:>x", "enter")
        await shows(pilot, "no number")


@pytest.mark.parametrize("seed", range(4))
async def test_a_hostile_host_brings_no_pane_down(seed: int) -> None:
    chance = random.Random(seed)

    def number(end: int) -> int:
        return chance.choice((0, 1, chance.randrange(end), end - 1))

    def row(columns: int) -> Row:
        return Row(
            number(COUNT_MAX) if chance.random() < 0.2 else chance.randrange(200),
            tuple("x" * chance.choice((0, 1, 40, 1000)) for _ in range(columns if chance.random() < 0.8 else 3)),
            chance.choice(list(Tone)),
            tuple(chance.choice(list(Tint)) for _ in range(chance.randrange(COLUMNS))),
            chance.choice((None, 0, PID, PID + 1, 99)),
            chance.choice((None, Span(number(1 << 64), number(1 << 64)))),
            chance.choice(("", *SHOWN)),
        )

    def answer(_: Question) -> Answer:
        columns = tuple(
            ColumnHead("t" * chance.randrange(20), number(1000), chance.random() < 0.5, number(1000), number(1000))
            for _ in range(chance.choice((0, 1, 3, COLUMNS)))
        )
        return Answer(
            chance.choice(("", "", "no")),
            "a title",
            "a total",
            "nothing",
            number(COUNT_MAX),
            chance.choice((None, number(COUNT_MAX))),
            columns,
            tuple(row(len(columns)) for _ in range(chance.randrange(100))),
            tuple((chance.choice(list(Tone)), "y" * chance.choice((0, 30, 900))) for _ in range(chance.randrange(5))),
            chance.choice((None, PID)),
            chance.choice((None, number(1 << 64))),
        )

    app = CriuTui(elsewhere(answer), "overview")
    keys = [*(kind.key for kind in SHOWN.values()), "enter", "escape", "j", "k", "G", "home", "s", "S", "m", "M", "x"]
    keys += ["D", "escape", "n", "t", "right_square_bracket", "V", "f", "z", "p", "l", "h", "pagedown"]
    async with app.run_test(size=SMALL if seed % 2 else WIDE) as pilot:
        await settle(pilot)
        for _ in range(60):
            await pilot.press(chance.choice(keys))
            if chance.random() < 0.1:
                await pilot.press("escape", "slash", "a", "enter")
        await pilot.press("escape", "escape", "1")
        await settle(pilot)
        assert "rows from the host" in screen(app)
