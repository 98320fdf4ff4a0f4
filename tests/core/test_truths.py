"""Plans, counters and findings of real dumps against what real CRIU did with each, release by release."""

from __future__ import annotations

import contextlib
import io
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings.finding import Severity
from criu_tui.core.report.report import Report
from criu_tui.core.restore.failure import Stop
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight.attempt import Attempt
from criu_tui.core.restore.preflight.check import State
from criu_tui.core.restore.preflight.machine import Machine
from criu_tui.core.restore.preflight.run import run
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.preflight.table import SUBJECTS
from criu_tui.core.restore.releases import criu
from criu_tui.core.restore.steps import Action

from tests.conftest import DUMPS
from tests.packed import unpack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from criu_tui.core.restore.plan import TaskPlan

STAND_IN = {"pre-4.0": "3.19"}
"""A CRIU 4.2.1 with the comparison of 3.2 to 3.19: it reads page counts that 3.19 itself does not."""
NO_RELEASE = "dev"
OF_THE_HOST = re.compile(r"hsperfdata|Can't open file|bad size|No such file")
"""Errors of a machine that lacks what the dump needs, which images cannot tell."""


class Truth(NamedTuple):
    """One restore of one dump."""

    name: str
    dump: Path
    version: str
    said: dict[str, Any]

    @property
    def restored(self) -> bool:
        return bool(self.said["restored"])

    @property
    def report(self) -> Report:
        host = self.said["host"]
        described = Host(
            Mode(host["overcommit_memory"]),
            mem=host["mem_total_kb"] * 1024,
            swap=host["swap_total_kb"] * 1024,
            limit=host.get("commit_limit_kb", 0) * 1024,
            committed=host.get("committed_as_kb", 0) * 1024,
        )
        return Report(Dump(self.dump), criu(self.version), described, lazy=bool(self.said.get("lazy")))


def truths(directory: Path) -> Iterator[Truth]:
    """Every restore of every dump below a directory."""
    for file in sorted(directory.glob("*/restore-*.json")):
        release = file.stem.removeprefix("restore-")
        if release != NO_RELEASE:
            version = STAND_IN.get(release, release)
            yield Truth(f"{file.parent.name} {release}", file.parent / "dump", version, json.loads(file.read_text()))


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack("dumps", tmp_path_factory.mktemp("packed"))


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack("zdtm", tmp_path_factory.mktemp("zdtm"))


def rows(task: TaskPlan, *actions: Action) -> list[tuple[int, int, int]]:
    return [(s.vma.start, s.vma.end, s.requested_prot) for s in task.steps if s.action in actions]


def off_the_plan(truth: Truth) -> Iterator[str]:
    """Where a plan is not what CRIU did, in words."""
    report = truth.report
    for pid, said in truth.said["tasks"].items():
        task = report.plan.by_pid[int(pid)]
        mmaps, premaps = rows(task, Action.MMAP), rows(task, Action.PREMAP, Action.MREMAP)
        if not truth.restored:
            # The rows of a failed restore end at the failure.
            mmaps, premaps = mmaps[: len(said["mmap"])], premaps[: len(said["premap"])]
        if mmaps != [tuple(row[:3]) for row in said["mmap"]]:
            yield f"{truth.name}: mappings of task {pid}"
        if [row[:2] for row in premaps] != [tuple(row) for row in said["premap"]]:
            yield f"{truth.name}: premaps of task {pid}"
        asked = {(start, end): prot for start, end, prot in rows(task, Action.PREMAP)}
        for start, end, prot in said.get("premap_prot", ()):
            if prot is not None and asked.get((start, end), prot) != prot:
                yield f"{truth.name}: protection of the premap {start:x}-{end:x} of task {pid}"
    failure, failed = report.budget.failure, truth.said["failure"]
    if truth.restored and failure is not None:
        yield f"{truth.name}: fails only in the plan"
    if failed is not None:
        predicted = failure and (failure.step.pid, failure.action if failure.stop is Stop.READ else None)
        if predicted != (failed["task"], "read" if failed["step"] == "read" else None):
            yield f"{truth.name}: another failure, {predicted}"
        elif failure is not None and failed.get("start", failure.step.vma.start) != failure.step.vma.start:
            yield f"{truth.name}: fails elsewhere"


def off_the_counters(truth: Truth) -> Iterator[str]:
    """Where counters and batches of a restore that succeeded are others."""
    counted = truth.report.counters
    for pid, said in truth.said["tasks"].items():
        found = counted.get(int(pid))
        if said["counters"] and (found is None or found.named() != said["counters"]):
            yield f"{truth.name}: counters of task {pid}"
        batches = [[b.address, b.first_length, b.vectors] for b in found.batches] if found else []
        if said["iov_batches"] and batches != said["iov_batches"]:
            yield f"{truth.name}: batches of task {pid}"


def off_the_findings(truth: Truth) -> Iterator[str]:
    """Errors found of what was restored, or none of what failed."""
    said = " ".join(truth.said.get("errors") or ())
    errors = [finding for finding in truth.report.findings if finding.severity is Severity.ERROR]
    if truth.restored and errors:
        yield f"{truth.name}: {errors[0].title}"
    if not truth.restored and not errors and not OF_THE_HOST.search(said):
        yield f"{truth.name}: no error is found, and CRIU says {said[:100]}"


@pytest.mark.parametrize("where", ["here", "packed"])
def test_plans_are_what_criu_did(where: str, packed: Path) -> None:
    found = list(truths(DUMPS if where == "here" else packed))
    assert len(found) == {"here": 20, "packed": 32}[where]
    assert [wrong for truth in found for wrong in off_the_plan(truth)] == []


@pytest.mark.parametrize("where", ["here", "packed"])
def test_counters_are_what_criu_logged(where: str, packed: Path) -> None:
    found = [truth for truth in truths(DUMPS if where == "here" else packed) if truth.restored]
    assert [wrong for truth in found for wrong in off_the_counters(truth)] == []


@pytest.mark.parametrize("where", ["here", "packed"])
def test_an_error_is_found_exactly_where_criu_failed(where: str, packed: Path) -> None:
    found = [t for t in truths(DUMPS if where == "here" else packed) if not t.name.endswith("pre-4.0")]
    assert [wrong for truth in found for wrong in off_the_findings(truth)] == []


@pytest.mark.parametrize(("release", "dumps"), [("4.2.1", 192), ("4.3", 186)])
def test_criu_s_own_test_suite(suite: Path, release: str, dumps: int) -> None:
    """Every dump of it, by either release: the plan row for row, no false error, and no warning."""
    found = list(truths(suite / release))
    assert len(found) == dumps
    assert [wrong for truth in found for wrong in off_the_plan(truth)] == []
    assert [wrong for truth in found for wrong in off_the_findings(truth)] == []
    warned = [
        f"{truth.name}: {finding.title}"
        for truth in found
        for finding in truth.report.findings
        if finding.severity is Severity.WARNING
    ]
    assert warned == []


@pytest.mark.parametrize("release", ["4.2.1", "4.3"])
def test_every_report_of_criu_s_own_test_suite_can_be_printed(suite: Path, release: str) -> None:
    from criu_tui import cli

    for dump in sorted((suite / release).glob("*/dump")):
        for pane in ("summary", "maps", "coverage", "ids", "log", "findings"):
            printed, complaints = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complaints):
                assert cli.main(["--print", pane, "--format", "json", str(dump)]) == 0, (dump, complaints.getvalue())
            assert json.loads(printed.getvalue())["schema"] == 1


OF_THE_DISK = frozenset({"files", "directories", "deleted-files", "unix-sockets", "mounts"})


@pytest.mark.parametrize("release", ["4.2.1", "4.3"])
def test_no_check_fails_for_what_restored(suite: Path, tmp_path: Path, release: str) -> None:
    """Without a machine nothing does; on a disk without the suite's files only these do, and they are not there."""
    restored = [truth for truth in truths(suite / release) if truth.restored]
    assert len(restored) > 150
    wrong = []
    for truth in restored:
        host = truth.report.host
        for around, may_fail in (
            (Surroundings(host), frozenset[str]()),
            (Surroundings(host, Machine, here=True, root=tmp_path), OF_THE_DISK),
        ):
            found = run(Attempt(Dump(truth.dump), criu(truth.version), around), SUBJECTS)
            failing = [check for each in found for check in each.checks if check.state is State.FAILS]
            wrong += [f"{truth.name}: {check.what}" for check in failing if check.id not in may_fail]
    assert wrong == []
