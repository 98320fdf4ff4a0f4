"""The three dumps in user namespaces, and the failed restore, as the command line tells them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from criu_tui.cli import EXIT_FINE, EXIT_USAGE, main

from tests.conftest import DUMPS

HOST = "overcommit=0,mem=24684084K,swap=0K"


def told(capsys: pytest.CaptureFixture[str], pane: str, name: str, *options: str) -> str:
    assert main(["--print", pane, str(DUMPS / name / "dump"), *options]) == EXIT_FINE
    return capsys.readouterr().out


def as_json(capsys: pytest.CaptureFixture[str], pane: str, name: str, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(capsys, pane, name, "--format", "json", *options))
    return found


def test_three_extents(capsys: pytest.CaptureFixture[str]) -> None:
    ids = told(capsys, "ids", "userns-three-extents")
    for words in (
        "[1001, 65536)  [101001, 165536)  64,535  ",
        "not mapped: [65536, 4294967296)",
        "uid 0 is 100000 and gid 0 is 100000 on the host",
        "uts       11  the dump's  1      host name vm, domain (none)",
    ):
        assert words in ids
    log = told(capsys, "log", "userns-three-extents")
    assert "finished successfully, 775 lines, of these images" in log
    assert told(capsys, "findings", "userns-three-extents").startswith("no findings")


@pytest.mark.parametrize(
    ("name", "extents", "why"),
    [
        ("userns-root-unmapped", [[1000, 1000, 1]], "its extents are uid 1000 1000 1, gid 1000 1000 1"),
        ("userns-no-map", [], "the log shows no extent: the namespace maps nothing at all"),
    ],
)
def test_dumps_that_failed(capsys: pytest.CaptureFixture[str], name: str, extents: list[list[int]], why: str) -> None:
    ids = told(capsys, "ids", name)
    assert "recovered from dump.log" in ids
    assert "uid 0 and gid 0 have no mapping" in ids
    assert ("not mapped: [0, 1000), [1001, 4294967296)" in ids) is bool(extents)
    assert ("uid  no extent: nothing is mapped" in ids) is not bool(extents)
    found = as_json(capsys, "ids", name)
    assert (found["uid_map"], found["gid_map"], found["source"]) == (extents, extents, "dump.log")
    assert found["check"]["ok"] is False
    log = told(capsys, "log", name)
    for words in (
        "Unable to convert uid or gid",
        f"replayed: uid 0 and gid 0 have no mapping: CRIU stops with “Unable to convert uid or gid”; {why}",
        "CRIU 4.2.1 ended cleanly after that error",
        "way out: map id 0",
    ):
        assert words in log
    (file,) = as_json(capsys, "log", name)["files"]
    assert (file["result"], file["uid_map"], file["check"]["ok"], file["cleanup_crashed"]) == (
        "failed", extents, False, False,
    )  # fmt: skip
    findings = told(capsys, "findings", name)
    assert "error: the dump failed: the user namespace does not map id 0" in findings
    assert why in findings
    assert "way out: map id 0 (unshare --map-root-user or --map-auto)" in findings


def test_the_demo_that_crashed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--print", "log", "--demo", "userns"]) == EXIT_FINE
    shown = capsys.readouterr().out
    assert "CRIU 3.19 then crashed in its clean-up: 2 extents had been parsed" in shown


def test_the_failed_restore(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--host", HOST, "--log", str(DUMPS / "prot-none-400g-fork" / "restore-4.2.1.log"))
    log = told(capsys, "log", "prot-none-400g-fork", *options)
    assert "stopped at step 8 of 16 of task 16462, premap 7e431d600000-7e751d600000, 200 GiB" in log
    assert "    202   00.045621    16462  error                  8 refused        Unable to map ANON_VMA" in log
    (restore, _) = as_json(capsys, "log", "prot-none-400g-fork", *options)["files"]
    assert restore["plan"]["mappings"] == [7, 7]
    assert restore["plan"]["different"] == []
    refused = restore["plan"]["refused"]
    assert (refused["line"], refused["step"], refused["start"], refused["end"]) == (
        202, 8, 0x7E431D600000, 0x7E751D600000,
    )  # fmt: skip


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if re.match(r"(\S+\.log)? +\d+  ", line)]


def test_a_log_is_narrowed_by_task_level_and_subsystem(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--log", str(DUMPS / "prot-none-400g" / "restore-4.2.1.log"))
    raw = (DUMPS / "prot-none-400g" / "restore-4.2.1.log").read_text().splitlines()
    raw += (DUMPS / "prot-none-400g" / "dump" / "dump.log").read_text().splitlines()
    everything = lines_of(told(capsys, "log", "prot-none-400g", *options))
    assert len(everything) == len(raw)
    of_task = lines_of(told(capsys, "log", "prot-none-400g", *options, "--task", "16363"))
    # Code of CRIU that runs within the task prints no time where the task has no clock.
    assert len(of_task) == sum(re.match(r"(\([0-9.]+\) +)?(pie: )?16363: ", line) is not None for line in raw)
    errors = lines_of(told(capsys, "log", "prot-none-400g", *options, "--level", "error"))
    assert len(errors) == sum(") Error (" in line for line in raw)
    net = lines_of(told(capsys, "log", "prot-none-400g", *options, "--subsystem", "net"))
    assert len(net) == sum(line.partition(") ")[2].lstrip().startswith("net: ") for line in raw)
    assert len(net) > 0


def test_narrowing_is_for_the_log_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--print", "maps", "--level", "error", str(DUMPS / "prot-none-400g" / "dump")]) == EXIT_USAGE
    assert "--level goes with --print log" in capsys.readouterr().err
