"""Phases of a run: when each began, how long it took, and which one it failed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.logs.phases import Phase, names, phases
from criu_tui.core.logs.reading import read_log
from criu_tui.core.report import log_timeline
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host

LOG = """\
(00.000000) CRIU run id = 105aff7e-c9ff-4ac5-95f9-0271d9b6df05
(00.000100) Version: 4.2.1 (gitid 0)
(00.250000) Dumping processes (pid: 7 comm: a)
(00.250000) Seized task 7, state 1
(00.300000) Dumping task (pid: 7 comm: a)
(00.500000) Dumping pages (type: 57 pid: 7)
(00.600000) Dumping task (pid: 8 comm: b)
(00.700000) Error (criu/mem.c:1): Can't dump
RTNETLINK answers: (nothing to do with it)
(01.000000) Error (criu/cr-dump.c:2): Dumping FAILED.
"""


def written(directory: Path, text: str, name: str = "dump.log") -> Path:
    path = directory / name
    path.write_text(text)
    return path


def test_a_phase_lasts_until_the_next_begins(tmp_path: Path) -> None:
    found = phases(read_log(written(tmp_path, LOG)))
    assert [phase[:2] for phase in found] == [
        ("features of the kernel", 1), ("start", 3), ("freezing", 4), ("mappings", 5), ("pages", 6), ("end", 10),
    ]  # fmt: skip
    # The second task's mappings are no phase of their own; what took no time is there all the same.
    assert [phase.seconds for phase in found] == pytest.approx([0.25, 0, 0.05, 0.2, 0.5, 0])
    assert [phase.start for phase in found] == pytest.approx([0, 0.25, 0.25, 0.3, 0.5, 1])


def test_a_log_of_many_blocks_and_lines_without_times(tmp_path: Path) -> None:
    head, tail = LOG.split("(00.500000)")
    middle = "(00.400000) pagemap-cache: filling VMA with whatever is there\n" * 5000
    long = read_log(written(tmp_path, f"{head}{middle}(00.500000){tail}"))
    assert phases(long)[4] == Phase("pages", 5 + 5000 + 1, 0.5, 0.5)
    untimed = "".join(line.partition(") ")[2] + "\n" for line in LOG.splitlines())
    assert phases(read_log(written(tmp_path, untimed, "criu-dump.log"))) == ()


def test_the_phases_have_one_order_each(tmp_path: Path) -> None:
    found = read_log(written(tmp_path, LOG.replace("Dumping FAILED.", "Restoring FAILED."), "restore.log"))
    assert not found.dumping
    assert names(found)[0] == "features of the kernel"
    assert [phase.name for phase in phases(found)] == ["features of the kernel", "end"]


def test_the_timeline_marks_where_a_run_failed(tmp_path: Path, recorded_host: Host) -> None:
    written(tmp_path, LOG)
    report = Report(Dump(tmp_path), criu("4.3"), recorded_host)
    (log,) = report.logs
    told = log_timeline.lines(report, log)
    assert told[0][1] == "dump.log: 1.00 s from the first line to the last, by phase"
    marked = [line for tone, line in told if tone is Tone.ERROR]
    assert [line.split("  ")[0] for line in marked] == ["pages"]
    assert marked[0].endswith("✗ failed here, line 8")
    # A quarter of the time, then half of it after half of it.
    assert told[1][1].count("█") == log_timeline.CELLS // 4
    assert told[5][1].index("█") - told[1][1].index("█") == log_timeline.CELLS // 2
    assert told[5][1].count("█") == log_timeline.CELLS // 2


def test_a_run_that_stops_is_marked_where_nothing_follows(tmp_path: Path, recorded_host: Host) -> None:
    written(tmp_path, "".join(LOG.splitlines(keepends=True)[:7]))
    report = Report(Dump(tmp_path), criu("4.3"), recorded_host)
    told = log_timeline.lines(report, report.logs[0])
    assert [line.split("  ")[0] for tone, line in told if tone is Tone.ERROR] == ["pages"]
    assert told[-1][1].endswith("✗ nothing after this")
