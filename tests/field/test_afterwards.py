"""What is met only after a restore that succeeded stands behind CRIU's log, or in texts beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings.went_on import MANY_TRAPS
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host

_BEGIN = "(00.000000) Version: 4.2.1 (gitid 0)\n(00.000100) Reading image tree\n"
_END = "({}) Restore finished successfully. Tasks resumed.\n"
_TTY = "(00.001260) tty: Collected tty ID 0x5 ({})\n"
_MOVED = "(00.000810) Migrating process tree (SID 702->3318)\n"


def _found(place: Path, host: Host, restore_log: str, beside: str = "") -> list[str]:
    (place / "restore.log").write_text(_BEGIN + restore_log)
    (place / "app.txt").write_text(beside)
    return [finding.id for finding in Report(Dump(place), criu(NEWEST), host).findings]


@pytest.mark.parametrize(
    ("beside", "known"),
    [
        ("listening\nsh: line 1: 812 Segmentation fault (core dumped)\n", ["task-crashed"]),
        ("Warning: VKTM detected a forward time drift.\n", ["start-times"]),
        ("[pid 812] --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_ACCERR} ---\n", []),
        ("ready to accept connections\n", []),
        ("", []),
    ],
)
def test_texts_beside_a_restore_that_succeeded_tell_of_its_program(
    beside: str, known: list[str], tmp_path: Path, recorded_host: Host
) -> None:
    assert _found(tmp_path, recorded_host, _END.format("00.200000"), beside) == known


def test_a_text_beside_that_cannot_be_read_is_passed_over(tmp_path: Path, recorded_host: Host) -> None:
    (tmp_path / "b.txt").symlink_to("/dev/zero")
    (tmp_path / "c.txt").mkdir()
    (tmp_path / "d.txt").write_bytes(b"\xff\x00" * 9 + b"\nSegmentation fault (core dumped)\n")
    assert _found(tmp_path, recorded_host, _END.format("00.200000")) == ["task-crashed"]


def test_a_failure_of_criu_is_told_by_its_own_log_alone(tmp_path: Path, recorded_host: Host) -> None:
    failed = "(00.1) Error (criu/files-reg.c:2143): Can't open file x on restore: No such file or directory\n"
    failed += "(00.2) Error (criu/cr-restore.c:2536): Restoring FAILED.\n"
    found = _found(tmp_path, recorded_host, failed, "Segmentation fault (core dumped)\n")
    assert found
    assert "task-crashed" not in found


@pytest.mark.parametrize(
    ("tty", "moved", "said"),
    [("vt", _MOVED, True), ("serial", _MOVED, True), ("pts", _MOVED, False), ("vt", "", False)],
)
def test_only_a_pty_is_exchanged_for_the_terminal_of_the_restore(
    tty: str, moved: str, said: bool, tmp_path: Path, recorded_host: Host
) -> None:
    found = _found(tmp_path, recorded_host, moved + _TTY.format(tty) + _END.format("00.200000"))
    assert ("console-kept" in found) is said


@pytest.mark.parametrize(
    ("threads", "seconds", "said"), [(MANY_TRAPS, 60, True), (MANY_TRAPS, 1, False), (9, 60, False)]
)
def test_a_log_of_very_many_steps_is_named_where_it_took_long(
    threads: int, seconds: int, said: bool, tmp_path: Path, recorded_host: Host
) -> None:
    steps = (f"({1 + seconds * each / (threads - 1):09.6f}) {9000 + each} was trapped\n" for each in range(threads))
    found = _found(tmp_path, recorded_host, "".join(steps) + _END.format("90.000000"))
    assert ("slow-log" in found) is said
