"""Two logs against each other: where they part, and how long each phase took."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from criu_tui.cli import EXIT_FAILS, EXIT_FINE, main
from criu_tui.core.logs.log import Result
from criu_tui.core.logs.reading import read_log
from criu_tui.core.logs.two_logs import compare_logs

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

GOOD = """\
(00.000000) CRIU run id = 105aff7e-c9ff-4ac5-95f9-0271d9b6df05
(00.000117) Version: 4.2.1 (gitid 0)
(00.088045) Dumping processes (pid: 27570 comm: mq)
(00.088702) Detected cgroup V1 freezer
(00.088825) Seized task 27570, state 1
(00.093277) Dumping task (pid: 27570 comm: mq)
(00.093383) Handling VMA with the following smaps entry: 56125bea6000-56125bea7000 r--p 00000000
(00.099797) Dumping opened files (pid: 27570)
(00.100000) Dumping pages (type: 57 pid: 27570)
(00.120000) Unfreezing tasks into 2
(00.130000) Dumping finished successfully
"""
BAD = """\
(00.000000) CRIU run id = c69de4e5-994f-408e-97e7-8f3ba00eac1a
(00.000065) Version: 4.2.1 (gitid 0)
(00.010000) Dumping processes (pid: 31 comm: mq)
(00.010100) Detected cgroup V1 freezer
(00.010200) Seized task 31, state 1
(00.020000) Dumping task (pid: 31 comm: mq)
(00.020100) Handling VMA with the following smaps entry: 7f125bea6000-7f125bea7000 r--p 00000000
(00.020200) Handling VMA with the following smaps entry: 7f135bea6000-7f135bea7000 r--p 00001000
(00.025000) Dumping opened files (pid: 31)
(00.025100) Error (criu/files-reg.c:1790): Can't lookup mount=21 for fd=3 path=/queue
(00.030000) Unfreezing tasks into 1
(00.030100) Error (criu/cr-dump.c:1975): Dumping FAILED.
"""


def written(directory: Path, good: str, bad: str) -> tuple[Path, Path]:
    (directory / "dump.log").write_text(good)
    (directory / "bad.log").write_text(bad)
    return directory / "dump.log", directory / "bad.log"


def test_they_part_at_the_error_whatever_addresses_and_pids_are(tmp_path: Path) -> None:
    """One VMA more is no parting."""
    good, bad = map(read_log, written(tmp_path, GOOD, BAD))
    assert (good.result, bad.result) == (Result.SUCCESS, Result.FAILED)
    found = compare_logs(good, bad)
    assert found.parting is not None
    assert found.parting.line is not None
    assert found.parting.other is not None
    assert (found.parting.line.number, found.parting.other.number) == (9, 10)
    back = compare_logs(bad, good).parting
    assert back is not None
    assert (back.line, back.other) == (found.parting.other, found.parting.line)


def test_durations_are_from_the_first_line_of_a_phase_to_the_next_ones(tmp_path: Path) -> None:
    found = compare_logs(*map(read_log, written(tmp_path, GOOD, BAD)))
    told = {
        phase.name: tuple(
            None if seconds is None else round(seconds * 1e6) for seconds in (phase.seconds, phase.other_seconds)
        )
        for phase in found.phases
    }
    assert told["features of the kernel"] == (88045, 10000)
    assert told["freezing"] == (93277 - 88702, 20000 - 10100)
    assert told["files"] == (100000 - 99797, 30000 - 25000)
    assert told["pages"] == (20000, None)


def test_a_log_does_not_part_from_itself_at_other_times(tmp_path: Path) -> None:
    good, later = map(read_log, written(tmp_path, GOOD, GOOD.replace("(00.0", "(07.0").replace("27570", "44")))
    assert compare_logs(good, later).parting is None


def test_an_end_is_a_parting(tmp_path: Path) -> None:
    good, cut = map(read_log, written(tmp_path, GOOD, "".join(GOOD.splitlines(keepends=True)[:8])))
    found = compare_logs(good, cut).parting
    assert found is not None
    assert found.line is not None
    assert (found.line.number, found.other) == (9, None)


def test_two_logs_are_compared_by_themselves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = map(str, written(tmp_path, GOOD, BAD))
    assert main([good, "--against", bad, "--print", "diff", "--check"]) == EXIT_FAILS
    said = capsys.readouterr().out
    assert "dump: first line apart" in said
    assert "Can't lookup mount=21" in said
    assert main([good, "--against", good, "--print", "diff", "--check"]) == EXIT_FINE


def test_the_logs_of_two_dumps_are_told_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("good", GOOD), ("bad", BAD)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "dump.log").write_text(text)
    main([str(tmp_path / "good"), "--against", str(tmp_path / "bad"), "--print", "diff", "--format", "json"])
    (told,) = json.loads(capsys.readouterr().out)["logs"]
    assert (told["log"], told["against_log"]) == ("dump.log", "dump.log")
