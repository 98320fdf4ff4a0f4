"""Checks before a restore: run one after another, given up, out of time; what they come to."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest
from criu_tui.cli import main
from criu_tui.core.base.limits import CHECKS_LIMIT
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images.schema import regfile_pb2
from criu_tui.core.report import checks
from criu_tui.core.report.heading import trouble
from criu_tui.core.report.report import Report
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight.attempt import Attempt
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.checking import Checking
from criu_tui.core.restore.preflight.files import compare
from criu_tui.core.restore.preflight.run import run
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.preflight.uses import FileUse
from criu_tui.core.restore.preflight.verdict import Outcome
from criu_tui.core.restore.releases import criu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DUMPS = Path(__file__).parent.parent / "dumps"
HOST = Host(Mode.HEURISTIC, 24 << 30, 0, None, None)


class Looks:
    """A check that does what it is told."""

    what: ClassVar[str] = "things"

    def __init__(
        self, about: str, *states: State, needs: Needs = Needs.IMAGES, before: Callable[[], object] = lambda: None
    ) -> None:
        self.id = about  # type: ignore[misc]
        self.needs = needs  # type: ignore[misc]
        self._states = states
        self._before = before

    id: ClassVar[str]
    needs: ClassVar[Needs]

    def concerns(self, dump: Dump) -> bool:
        return bool(self._states)

    def look(self, attempt: Attempt) -> Iterator[Check]:
        self._before()
        for state in self._states:
            yield Check(self.id, f"{self.id} is {state.value}", state)


@pytest.fixture
def attempt() -> Attempt:
    return Attempt(Dump(DUMPS / "prot-none-400g" / "dump"), criu("4.3"), Surroundings(HOST))


def test_a_verdict_names_what_it_rests_on(attempt: Attempt) -> None:
    made = Checking(
        attempt,
        (
            Looks("memory", State.OK),
            Looks("ports"),
            Looks("cpu", State.OK, State.UNKNOWN),
            Looks("files", State.OK, needs=Needs.FILES),
            Looks("pids", State.OK, needs=Needs.MACHINE),
        ),
    )
    assert made.verdict.outcome is Outcome.WORKING
    assert made.verdict.line == "checking 1 of 5 …"
    made.finish()
    # What the images do not need is not named; what was left out is.
    assert made.verdict.line == "restores, as far as checked: memory; not known: cpu; not checked: files, pids"


def test_what_fails_is_said_before_all_is_checked(attempt: Attempt) -> None:
    made = Checking(attempt, (Looks("memory", State.FAILS, State.FAILS), Looks("ports", State.OK)))
    next(made.steps())
    assert made.verdict.line == "fails: memory is fails and 1 more failure; checking 2 of 2 …"


def test_nothing_checked_is_not_healthy(attempt: Attempt) -> None:
    made = Checking(attempt, (Looks("files", State.OK, needs=Needs.FILES),))
    made.finish()
    assert made.verdict.outcome is Outcome.UNKNOWN
    assert made.verdict.line == "not known whether it restores; not checked: files"


def test_what_hangs_is_unknown_and_the_rest_is_checked(attempt: Attempt) -> None:
    held = threading.Event()
    stuck = Looks("files", State.OK, before=held.wait)
    found = list(run(attempt, (stuck, Looks("pids", State.OK)), deadline=0.1))
    held.set()
    assert [each.state for each in found] == [State.UNKNOWN, State.OK]


def test_checks_that_are_given_up_go_on_later(attempt: Attempt) -> None:
    made = Checking(attempt, (Looks("memory", State.OK), Looks("pids", State.OK)))
    waiting = threading.Event()
    blocked = Checking(attempt, (Looks("files", State.OK, before=waiting.wait),))
    assert blocked.finish(lambda: True) == ()
    waiting.set()
    assert blocked.finish()[0].state is State.OK
    next(made.steps())
    assert len(made.so_far) == 1
    assert len(made.finish()) == 2


def test_thousands_of_failures_are_counted(attempt: Attempt) -> None:
    (found,) = run(attempt, (Looks("files", *[State.FAILS] * 5000),))
    assert len(found.checks) == CHECKS_LIMIT + 1
    assert found.checks[-1].what == f"{5000 - CHECKS_LIMIT:,} more of things"


def test_a_bug_in_a_check_is_not_swallowed(attempt: Attempt) -> None:
    def broken() -> None:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        list(run(attempt, (Looks("files", State.OK, before=broken),)))


@pytest.mark.parametrize(("version", "outcome"), [("3.19", "fails"), ("4.3", "restores")])
def test_memory_is_checked_with_the_plan(version: str, outcome: str) -> None:
    report = Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu(version), HOST)
    printed = checks.json(report, None)
    assert printed["verdict"] == outcome


def test_a_dump_that_failed_does_not_restore(capsys: pytest.CaptureFixture[str]) -> None:
    """Its log is all that is there, and says why."""
    assert main(["--check", str(DUMPS / "userns-no-map" / "dump")]) == 3
    assert capsys.readouterr().out.startswith("fails: the dump failed: the user namespace does not map id 0")


def test_what_a_failed_dump_left_is_not_held_against_this_machine(tmp_path: Path) -> None:
    """Its files, ports and ids are those of the program that still runs: nothing of that is to be mended."""
    shutil.copytree(DUMPS / "prot-none-400g" / "dump", tmp_path / "dump")
    (tmp_path / "dump" / "inventory.img").unlink()
    report = Report(Dump(tmp_path / "dump"), criu("4.3"), HOST, around=lambda host: Surroundings(host, here=True))
    report.checking.finish()
    assert {check.id for check in report.checking.verdict.failing} == {"images"}


def test_without_a_task_nothing_is_said_to_restore(tmp_path: Path) -> None:
    (tmp_path / "dump.log").write_text(
        "(00.000001) Version: 4.3 (gitid 0)\n(00.100000) Dumping finished successfully\n"
    )
    report = Report(Dump(tmp_path), criu("4.3"), HOST)
    report.checking.finish()
    assert report.checking.verdict.outcome is Outcome.UNKNOWN


def test_what_fails_is_gone_to_before_what_only_differs_between_releases() -> None:
    dump = Dump(DUMPS / "prot-none-400g" / "dump")
    nothing_fails = Report(dump, criu("4.3"), HOST)
    nothing_fails.checking.finish()
    goal = trouble(nothing_fails)
    assert (goal.pane, goal.said) == ("plan", "nothing fails as far as checked; here releases differ")
    absent = Report(dump, criu("4.3"), HOST, around=lambda host: Surroundings(host, here=True, root=DUMPS))
    absent.checking.finish()
    assert {check.id for check in absent.checking.verdict.failing} >= {"files"}
    assert trouble(absent) == ("overview", None, "")
    assert trouble(Report(dump, criu("3.19"), HOST)) == ("plan", (16363, 0x7E8661200000), "")


@pytest.mark.parametrize(("target", "said"), [("x", None), ("other", "has 5 bytes, had 1")])
def test_a_link_that_was_opened_itself_is_not_followed(
    attempt: Attempt, tmp_path: Path, target: str, said: str | None
) -> None:
    """4.3 restored a descriptor of a symbolic link that led nowhere (O_PATH | O_NOFOLLOW)."""
    (tmp_path / "y").symlink_to(target)
    mode = (tmp_path / "y").lstat().st_mode
    entry = regfile_pb2.reg_file_entry(id=4, flags=os.O_PATH | os.O_NOFOLLOW, pos=0, name="/y", size=1, mode=mode)
    trouble = compare(attempt, entry, tmp_path, "/y", FileUse(entry, 7, "descriptor 4"))
    assert (None if trouble is None else trouble.what) == said
