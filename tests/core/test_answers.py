"""What a guest without the checkpoint is told: what the panes show, and no byte of it without leave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from criu_tui.core.base.progress import CancelledError, Progress
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.answers import NOT_ALLOWED, Answers
from criu_tui.core.report.questions import COLUMNS, ROWS, Answer, Question, Sought
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.report.remote import RemoteDump, RemoteReport, TakenRows
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS, TESTS

DUMP = DUMPS / "prot-none-400g" / "dump"
PID, HOLE = 16363, 0x7E8661200000
SHELL = b"SHELL=/bin/bash"
"""In the environment of the task that was dumped."""


class Asked:
    """A report, and one who answers about it."""

    def __init__(self, dump: Dump | None = None) -> None:
        self.report = Report(dump or Dump(DUMP), criu("4.3"))
        self.answers = Answers(lambda: self.report)

    def __call__(self, sought: Sought, pane: str, *, allowed: bool = False, **more: Any) -> Answer:
        asked = Question(sought, pane, PID)._replace(**more)
        return self.answers.answer(asked, Progress(), allowed=allowed)

    def words(self, *arguments: Any, **more: Any) -> str:
        """All that is said in answer, on one line."""
        answer = self(*arguments, **more)
        cells = [cell for row in answer.rows for cell in row.cells]
        return " ".join([answer.reason, *cells, *(text for _, text in answer.lines)])


@pytest.mark.parametrize("pane", [name for name in SHOWN if name != "bytes"])
def test_the_rows_of_a_pane_are_what_it_shows(pane: str) -> None:
    asked = Asked()
    answer = asked(Sought.TABLE, pane)
    assert answer.reason == ""
    table = SHOWN[pane].build(asked.report, PID)
    assert answer.count == len(table.rows)
    assert [head.title for head in answer.columns] == [column.title for column in table.columns]
    assert [row.cells for row in answer.rows] == [table.cells(index) for index in range(min(ROWS, len(table.rows)))]
    for row in answer.rows[:3]:
        detail = asked(Sought.DETAIL, pane, first=row.at)
        assert detail.reason == ""
        assert detail.lines


def test_rows_are_found_narrowed_and_sorted_here() -> None:
    """The sizes are those of the program that was dumped: 200 GiB, 400 GiB and 200 GiB without access."""
    asked = Asked()
    found = asked(Sought.TABLE, "maps", address=HOLE + 4096)
    assert found.at is not None
    row = next(row for row in found.rows if row.at == found.at)
    assert (row.task, row.span) == (PID, (HOLE, HOLE + (200 << 30)))
    wide = asked(Sought.TABLE, "maps", text="size:>100G")
    assert [row.cells[2] for row in wide.rows] == ["200 GiB", "400 GiB", "200 GiB"]
    assert wide.total.startswith("3 of ")
    largest = asked(Sought.TABLE, "maps", column=2, descending=True)
    assert largest.rows[0].cells[2] == "400 GiB"
    # The rows that follow are those of the same order.
    rest = asked(Sought.ROWS, "maps", column=2, descending=True, first=1, most=2)
    assert [(each.at, each.cells[2]) for each in rest.rows] == [(1, "200 GiB"), (2, "200 GiB")]
    explained = asked(Sought.EXPLAINED, "maps", column=2, descending=True, first=2)
    assert "200 GiB" in explained.lines[0][1]
    assert asked(Sought.PLACE, "maps", text=f"{HOLE:x}").address == HOLE
    assert "holds" in asked(Sought.PLACE, "maps", text="1").reason


def test_another_release_is_answered_for() -> None:
    """CRIU 3.19 adds PROT_WRITE to the hole (criu/mem.c before 4.0)."""
    asked = Asked()
    at = asked(Sought.TABLE, "plan", address=HOLE).at
    for release, expected in (("3.19", "--- → -w-"), ("", "--- → ---"), ("4.0", "--- → ---")):
        answer = asked(Sought.TABLE, "plan", address=HOLE, release=release)
        assert answer.rows[at or 0].cells[3] == expected


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"section": 60}, "no such table"),
        ({"release": "x"}, "not a CRIU version"),
        ({"task": 1}, "no task 1 in this dump"),
        ({"column": COLUMNS - 1}, "no such column"),
        ({"text": "size:>x"}, "'x' is no number"),
        ({"text": "nothing:x"}, "no column 'nothing'"),
        ({"sought": Sought.DETAIL, "first": 1 << 20}, "no such row"),
        ({"sought": Sought.ROWS, "first": 1 << 20}, ""),
    ],
)
def test_a_question_that_means_nothing_is_answered_with_the_reason(more: dict[str, Any], reason: str) -> None:
    answer = Asked()(**{"sought": Sought.TABLE, "pane": "maps", **more})
    assert reason in answer.reason
    assert bool(answer.reason) == bool(reason)
    assert answer.rows == ()


def test_bytes_stay_here_until_they_are_allowed() -> None:
    assert SHELL in (DUMP / "pages-1.img").read_bytes()
    asked = Asked()
    name, _, value = SHELL.decode().partition("=")
    assert asked(Sought.TABLE, "bytes", address=HOLE) == Answer(NOT_ALLOWED)
    refused = asked(Sought.TABLE, "task", values=True)
    assert name in asked.words(Sought.TABLE, "task", values=True)
    assert value not in " ".join(cell for row in refused.rows for cell in row.cells)
    assert NOT_ALLOWED in [text for _, text in refused.lines]
    for sought in (Sought.EXPLAINED, Sought.DETAIL):
        assert value not in asked.words(sought, "task", values=True, first=18)
    # Nor does a filter tell of them.
    assert asked(Sought.TABLE, "task", values=True, text=value).count == 0
    allowed = asked(Sought.TABLE, "task", values=True, allowed=True)
    assert value in " ".join(cell for row in allowed.rows for cell in row.cells)
    # And once more without leave, after it was given.
    assert value not in asked.words(Sought.ROWS, "task", values=True)


def test_bytes_that_are_allowed_are_those_of_the_page() -> None:
    asked = Asked()
    start = next(vma.start for vma in asked.report.dump.address_space(PID).vmas if vma.start == 0x32DB9000)
    answer = asked(Sought.TABLE, "bytes", address=start + 0x325, allowed=True)
    row = next(row for row in answer.rows if row.span is not None and start + 0x325 in row.span)
    assert row.at == answer.at
    # The first dumped page of the heap, by its own pagemap entry.
    data = bytes.fromhex(row.cells[0].partition("  ")[2][:49].replace(" ", ""))
    assert data in (DUMP / "pages-1.img").read_bytes()
    hole = asked(Sought.TABLE, "bytes", address=HOLE, allowed=True)
    assert [row.span for row in hole.rows] == [(HOLE, HOLE + (200 << 30))]


def test_what_waits_in_a_pipe_is_found_by_no_filter_without_leave() -> None:
    asked = Asked(Dump(TESTS / "images" / "pipe00"))
    pid = 5
    for section in (0, 1, 2, 3):
        question: dict[str, Any] = {"task": pid, "section": section, "text": "data:Hello"}
        assert "no column 'data'" in asked(Sought.TABLE, "files", **question).reason
    assert asked(Sought.TABLE, "files", task=pid, text="data:Hello", allowed=True).count > 0
    for first in range(asked(Sought.TABLE, "files", task=pid).count):
        assert "Hello world" not in asked.words(Sought.DETAIL, "files", task=pid, first=first)
    assert any(
        "Hello world" in asked.words(Sought.DETAIL, "files", task=pid, first=first, allowed=True)
        for first in range(asked(Sought.TABLE, "files", task=pid, allowed=True).count)
    )


def test_who_no_longer_waits_costs_no_more_work() -> None:
    asked, progress = Asked(), Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        asked.answers.answer(Question(Sought.TABLE, "maps", PID, text="rw"), progress, allowed=False)


def test_a_host_that_has_gone_to_another_checkpoint_says_so() -> None:
    asked = Asked()
    asked.report = Report(Dump(DUMPS / "prot-none-1g" / "dump"), criu("4.3"))
    assert "another checkpoint" in asked(Sought.TABLE, "maps").reason


def test_the_tasks_of_a_remote_report_are_the_hosts() -> None:
    asked = Asked(Dump(DUMPS / "prot-none-400g-fork" / "dump"))
    answer = asked(Sought.TASKS, "task", task=None)
    there = RemoteReport(RemoteDump("a dump", answer.rows), criu("4.3"))
    here = asked.report
    assert [task[:2] for task in there.dump.tasks] == [task[:2] for task in here.dump.tasks]
    assert [there.comm(pid) for pid in there.dump.pids] == [here.comm(pid) for pid in here.dump.pids]
    assert [task.depth for task in there.dump.tasks] == [task.depth for task in here.dump.tasks]


def test_rows_that_do_not_fit_a_table_are_not_believed() -> None:
    asked = Asked()
    report = RemoteReport(RemoteDump("a dump"), criu("4.3"))
    question = Question(Sought.TABLE, "maps", PID)
    answer = asked(Sought.TABLE, "maps")
    lying = replace(answer, count=2, rows=(*(row._replace(cells=row.cells[:2]) for row in answer.rows), answer.rows[5]))
    table = report.table(question, lying)
    assert len(table.rows) == 2
    assert table.cells(0)[0] == "…"
    assert isinstance(table.rows, TakenRows)
    assert table.rows.missing == {0}
    assert report.table(question, Answer("no")).empty == "no"
