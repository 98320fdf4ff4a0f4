"""The one line above all panes, in each of its states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.report.verdict_line import json, verdict_line
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.checking import Checking
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import Tone

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.restore.preflight.attempt import Attempt

SMALL = Host(Mode.HEURISTIC, mem=1 << 30, swap=0, limit=0, committed=0)


class Told:
    """A subject that says what it is told to."""

    what: ClassVar[str] = "what it is told"
    needs: ClassVar[Needs] = Needs.IMAGES

    def __init__(self, about: str, *states: State, what: str = "something", pid: int | None = None) -> None:
        self.id = about
        self._made = [Check(about, what, state, pid=pid) for state in states]

    def concerns(self, dump: Dump) -> bool:
        return True

    def look(self, attempt: Attempt) -> Iterator[Check]:
        yield from self._made


def report(*subjects: Any, version: str = "4.3", name: str = "random-1") -> Report:
    made = Report(Dump(DUMPS / name / "dump"), criu(version), SMALL)
    if subjects:
        checking = Checking(made.checking.attempt, subjects)
        made.once.forget("checking")
        made.once("checking", lambda: checking)
    return made


def test_while_checks_are_made_it_says_how_many() -> None:
    made = report(Told("files", State.OK), Told("ids", State.OK), Told("pids", State.OK))
    assert verdict_line(made) == (Tone.NOTE, "… checking 1 of 3")
    steps = made.checking.steps()
    next(steps)
    next(steps)
    assert verdict_line(made) == (Tone.NOTE, "… checking 3 of 3")


def test_what_fails_is_said_at_once_with_its_task() -> None:
    made = report(Told("files", State.FAILS, what="/bin/x: no such file", pid=7), Told("ids", State.OK))
    steps = made.checking.steps()
    next(steps)
    line = "✗ WILL FAIL with CRIU 4.3: /bin/x: no such file, task 7"
    assert verdict_line(made) == (Tone.ERROR, f"{line}; checking 2 of 2")
    del steps
    made.checking.finish()
    assert verdict_line(made) == (Tone.ERROR, line)


def test_it_restores_as_far_as_checked_and_says_what_was_not() -> None:
    made = report(Told("files", State.OK), Told("cpu", State.UNKNOWN), Told("ports", State.SKIPPED))
    made.checking.finish()
    tone, line = verdict_line(made)
    assert (tone, line) == (
        Tone.PLAIN, "! restores, as far as checked: files; not known: cpu; not checked: ports",
    )  # fmt: skip


def test_where_nothing_could_be_checked_it_is_not_known() -> None:
    made = report(Told("cpu", State.UNKNOWN), Told("ports", State.SKIPPED))
    made.checking.finish()
    assert verdict_line(made) == (
        Tone.WARNING, "! not known whether it restores; not known: cpu; not checked: ports",
    )  # fmt: skip


def test_in_little_room_few_subjects_are_named_and_the_others_counted() -> None:
    names = [f"subject-{number}" for number in range(12)]
    made = report(*(Told(name, State.OK) for name in names), Told("ports", State.SKIPPED))
    made.checking.finish()
    assert all(name in verdict_line(made)[1] for name in names)
    line = verdict_line(made, 78)[1]
    assert line.endswith("subject-0, subject-1 and 10 more; 1 not checked")
    assert len(line) <= 78
    assert verdict_line(made, 130)[1].endswith("subject-0, subject-1, subject-2, subject-3 and 8 more; 1 not checked")


def test_in_little_room_what_is_not_known_is_not_cut_off() -> None:
    fine = (Told(f"subject-{number}", State.OK) for number in range(8))
    made = report(*fine, Told("cpu", State.UNKNOWN))
    made.checking.finish()
    for width in (78, 90):
        line = verdict_line(made, width)[1]
        assert line.endswith("; not known: cpu")
        assert len(line) <= width
    # With too little room for a single one it is cut like any line.
    assert "subject-0 and 7 more" in verdict_line(made, 20)[1]


def test_of_a_release_that_refuses_memory_it_names_the_release() -> None:
    made = report(version="3.19", name="prot-none-400g")
    assert verdict_line(made) == (Tone.NOTE, "… checking")
    made.checking.finish()
    tone, line = verdict_line(made)
    assert tone is Tone.ERROR
    assert line.startswith("✗ WILL FAIL with CRIU 3.19: 200 GiB mapped writable at ")
    assert json(made)["line"] == line


@pytest.mark.parametrize("name", ["userns-root-unmapped", "userns-no-map"])
def test_a_dump_that_failed_is_never_said_to_restore(name: str) -> None:
    made = report(name=name)
    assert made.findings
    made.checking.finish()
    tone, line = verdict_line(made)
    assert tone is Tone.ERROR
    assert "restores" not in line


def test_in_little_room_no_address_is_cut() -> None:
    """78 columns are those of the narrowest screen; how many more there are, and of what, comes before the release."""
    made = report(version="3.19", name="prot-none-400g")
    made.checking.finish()
    first = made.checking.verdict.failing[0]
    # The other reservation, and images of a later release.
    words = f"200 GiB mapped writable at {first.start:x} and 2 more failures"
    assert verdict_line(made, 78)[1] == f"✗ WILL FAIL: {words}"
    assert verdict_line(made, 90)[1] == f"✗ WILL FAIL with CRIU 3.19: {words}"
    wide = verdict_line(made, 140)[1]
    assert wide == verdict_line(made)[1]
    assert f": the restore fails, task {first.pid} and 2 more failures" in wide


def test_more_of_the_same_are_counted_as_what_they_are() -> None:
    """A pair inherits all three reservations: none is a task."""
    made = report(name="prot-none-400g-fork")
    made.checking.finish()
    assert verdict_line(made)[1].endswith("task 16462 and 2 more mappings")


def test_in_little_room_the_release_goes_before_the_number_of_what_else_fails() -> None:
    """The line above has the release."""
    path = "/usr/lib/x86_64-linux-gnu/libc.so.6: no such file"
    made = report(Told("files", State.FAILS, State.FAILS, what=path, pid=7))
    made.checking.finish()
    assert verdict_line(made, 80)[1] == f"✗ WILL FAIL: {path} and 1 more failure"
    assert verdict_line(made, 95)[1] == f"✗ WILL FAIL with CRIU 4.3: {path} and 1 more failure"
    assert verdict_line(made, 110)[1] == f"✗ WILL FAIL with CRIU 4.3: {path}, task 7 and 1 more failure"
