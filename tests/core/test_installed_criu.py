"""The CRIU on this machine, which is run only when it was named: stand-ins that answer as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.cli import main
from criu_tui.core.dump.dump import Dump
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight import installed
from criu_tui.core.restore.preflight.attempt import Attempt
from criu_tui.core.restore.preflight.check import State
from criu_tui.core.restore.preflight.installed import InstalledCriu
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

# As CRIU 4.3 writes them (criu/crtools.c, criu/cr-check.c).
FINE = """
case "$*" in
--version) echo "Version: 4.3"; echo "GitID: v4.3" ;;
check) echo "Looks good." ;;
"check --feature clone3_set_tid") echo "clone3_set_tid is supported" ;;
*) exit 1 ;;
esac
"""
LACKS = FINE.replace('echo "clone3_set_tid is supported"', "exit 1")
OLD = FINE.replace("4.3", "3.19").replace(
    'echo "clone3_set_tid is supported"', 'echo "Error (cr-check.c:1): Unknown feature clone3_set_tid"; exit 1'
)


@pytest.mark.parametrize(
    ("answers", "states"),
    [
        (FINE, [State.OK, State.OK, State.OK]),
        (LACKS, [State.OK, State.OK, State.FAILS]),
        (OLD, [State.UNKNOWN, State.OK]),
        ("echo '\\033[31mhello'; exit 1", [State.FAILS]),
    ],
)
def test_what_it_says_of_itself_is_checked(tmp_path: Path, answers: str, states: list[State]) -> None:
    command = tmp_path / "criu"
    command.write_text(f"#!/bin/sh\n{answers}\n")
    command.chmod(0o755)
    around = Surroundings(Host(Mode.ALWAYS, None, 0, None, None), here=True, criu=(str(command),))
    found = list(InstalledCriu().look(Attempt(Dump(DUMPS / "prot-none-1g" / "dump"), criu("4.3"), around)))
    assert [check.state for check in found] == states
    assert not any("\033" in f"{check.what}{check.why}" for check in found)


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("yes", "more output than an answer takes"),
        ("sleep 60 & exit 1", "no answer in 1 s"),
        ("sleep 60", "no answer in 1 s"),
    ],
)
def test_one_that_goes_on_is_not_listened_to_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, why: str
) -> None:
    monkeypatch.setattr(installed, "CRIU_SECONDS_LIMIT", 1.0)
    command = tmp_path / "criu"
    command.write_text(f"#!/bin/sh\n{program}\n")
    command.chmod(0o755)
    around = Surroundings(Host(Mode.ALWAYS, None, 0, None, None), here=True, criu=(str(command),))
    (found,) = InstalledCriu().look(Attempt(Dump(DUMPS / "prot-none-1g" / "dump"), criu("4.3"), around))
    assert (found.state, found.why) == (State.FAILS, why)


def test_none_is_run_that_was_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "criu"
    command.write_text(f"#!/bin/sh\necho run >>{tmp_path}/run\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--print", "checks", str(DUMPS / "prot-none-1g" / "dump")]) == 0
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("beside", [["--no-host-checks"], ["--host", "mem=1G"]])
def test_it_is_not_asked_of_another_machine(beside: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", "--ask-criu", "criu", *beside, str(DUMPS / "prot-none-1g" / "dump")]) == 2
    assert "--ask-criu" in capsys.readouterr().err
