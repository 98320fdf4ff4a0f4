"""Faults of CRIU itself, told by the step before them, and what is not one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.restore.host import Host

CRASH = "(00.20) Error (criu/cr-restore.c:1480): 41 killed by signal 11: Segmentation fault\n"
FAILED = "(00.21) Error (criu/cr-restore.c:2392): Restoring FAILED.\n"


def first(tmp_path: Path, host: Host, log: str) -> Finding:
    (tmp_path / "restore.log").write_text(log)
    return Report(Dump(tmp_path), criu(NEWEST), host).findings[0]


def head(release: str, kernel: str) -> str:
    return f"(00.01) Version: {release} (gitid 0)\n(00.01) Running on srv Linux {kernel} #1 SMP x86_64\n"


ZOMBIE = "(00.19)     40: Restoring zombie with 0 code\n(00.19)     41: cg: Cgroups 1 inherited from parent\n"


@pytest.mark.parametrize(
    ("log", "id_"),
    [
        # criu#1066, mended in 3.15.
        (head("3.14", "4.15.0") + ZOMBIE, "criu-fault"),
        (head("3.15", "4.15.0") + ZOMBIE, "criu-crashed-restoring"),
        # The last step is CRIU's own, so that no code of the program has run.
        (head("3.16", "6.1.0") + "(00.19)     41: \tCreate fd for 4\n", "criu-crashed-restoring"),
        # Linux has restartable sequences from 4.18 on.
        (head("3.16", "6.1.0") + "(00.19) pie: 41:    `- skip pagemap\n", "rseq-crash"),
        (head("3.16", "4.15.0") + "(00.19) pie: 41:    `- skip pagemap\n", "task-crashed"),
    ],
)
def test_a_crash_is_told_by_the_step_before_it(log: str, id_: str, tmp_path: Path, recorded_host: Host) -> None:
    assert first(tmp_path, recorded_host, log + CRASH + FAILED).id == id_


def test_words_with_other_reasons_are_a_fault_only_of_a_release_that_has_it(
    tmp_path: Path, recorded_host: Host
) -> None:
    # CRIU's commit 5bdc16238, first in 2.2.
    line = "(00.09)      4: Error (criu/files-reg.c:1231): Can't link a/f.cr.1.ghost -> a/f: Permission denied\n"
    ids = [first(tmp_path, recorded_host, head(of, "4.4.0") + line + FAILED).id for of in ("2.1", "2.2")]
    assert ids == ["criu-fault", "ghost-restore"]


# CRIU 2.0 gives up at the 1025th, before it says how many it found (cr-dump.c: collect_fds).
COUNTED = "(00.19) Error (cr-dump.c:1212): Collect fds (pid: 2210) failed with -12\n"
COMPAT = (
    "Error: Compatible vdso's size is bigger than reserved buf\n"
    "(00.19) Error (criu/vdso.c:498): vdso: Failed to mmap compatible vdso with helper process\n"
)
TASK_SIZE = "(00.19) pie: 54: Error (criu/pie/restorer.c:1349): Unable to unmap (0x3f7f610000-0x800000000000): -22\n"


@pytest.mark.parametrize(
    ("log", "mended"),
    [
        # criu#145, criu#1916 and criu#2234: the first releases that have the changes.
        (head("2.0", "4.4.0") + COUNTED, "2.1"),
        (head("2.1", "4.4.0") + COUNTED, None),
        (head("3.17", "5.18.3") + COMPAT, "3.18"),
        (head("4.0", "6.6.0") + TASK_SIZE, "4.1"),
        (head("4.1", "6.6.0") + TASK_SIZE, None),
    ],
)
def test_a_size_that_was_too_small_is_a_fault_until_it_was_raised(
    log: str, mended: str | None, tmp_path: Path, recorded_host: Host
) -> None:
    found = first(tmp_path, recorded_host, log + FAILED)
    assert (found.id == "criu-fault") == (mended is not None)
    assert mended is None or f"mended in {mended}" in found.title


@pytest.mark.parametrize("text", ["Can't do what has no name", "BUG at criu/files.c:1231"])
def test_what_crius_logic_or_an_unknown_step_of_an_old_release_asks_for_first_is_another_release(
    text: str, tmp_path: Path, recorded_host: Host
) -> None:
    log = head("3.14", "4.4.0") + f"(00.09)      4: Error (criu/files.c:1231): {text}\n" + FAILED
    assert first(tmp_path, recorded_host, log).advice.startswith("this is CRIU 3.14: try")
