"""A log that just ends: what CRIU was at, and what to try first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings.finding import Severity
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host


@pytest.mark.parametrize(
    ("end", "at", "first"),
    [
        # As maintainers explained criu#162 and criu#20; the others by what CRIU does after that line (criu/cr-dump.c).
        ("pie: 1: new_sp=0x7f2b9fc64008 ip 0x7f2b9f7887a7\n", "curing", "another kernel"),
        ("(00.054348) Waiting for 54 to trap\n", "curing", "another kernel"),
        ("(00.002160) cg: Set 1 is criu one\n", "stops the tasks", "paused"),
        ("(00.517643) freezer.state=FREEZING\n", "stops the tasks", "paused"),
        ("(00.041210) Collecting mappings (pid: 66301)\n", "/proc", "state D"),
        ("(00.001312) irmap: Searching irmap cache in work dir\n", "watched files", "--irmap-scan-path"),
        # As 4.3 and 4.2.1 ended where lo was down, the task's cgroup frozen, and another had the lock.
        ("(00.004396) net: \tLD: Got link 10, type 1\n", "127.0.0.1", "ip link show lo"),
        ("(00.030929) Parasite syscall_ip at 0x41f000\n", "frozen", "paused"),
        (
            "(00.128257)  32602: (flock)flag: 2, type: 1, cmd: 2, pid: 32602, fd: 3\n"
            "(00.139503)  32602: async: Daemon started with 2 threads\n",
            "file lock",
            "lslocks",
        ),
        ("pie: 1: rseq: rseq_abi_pointer = 0xffff9c3d7720 signature = 0xd428bc00\n", "restorer", "branch-protection"),
        ("(00.000251) Running pre-dump scripts\n(00.000254) \tRPC\n", "answer", "see whether criu still runs"),
    ],
)
def test_a_log_that_ends_says_what_hangs(end: str, at: str, first: str, tmp_path: Path, recorded_host: Host) -> None:
    (tmp_path / "dump.log").write_text("(00.000045) Dumping processes (pid: 5733)\n" + end)
    found = Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings[0]
    assert found.id == "log-cut"
    assert at in found.why
    assert first in found.advice.partition("; ")[0]


def test_what_is_for_one_architecture_is_told_on_no_other(tmp_path: Path, recorded_host: Host) -> None:
    # criu#2709 is about keys that only 64-bit ARM has.
    (tmp_path / "dump.log").write_text(
        "(00.000020) Running on host Linux 6.8.0 #1 SMP x86_64\n(00.000045) Dumping processes (pid: 5733)\n"
        "pie: 1: rseq: rseq_abi_pointer = 0x7fff9c3d7720 signature = 0x53053053\n"
    )
    assert "branch-protection" not in Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings[0].advice


def test_a_dump_s_log_that_was_copied_short_names_no_failure(tmp_path: Path, recorded_host: Host) -> None:
    # What fails ends a dump before its next step, and the inventory is its last one (criu/cr-dump.c).
    log = """(00.000000) Version: 4.2.1 (gitid 0)
(00.002001) Dumping processes (pid: 612 comm: app)
(00.010000) Error (criu/util.c:641): execvp("iptables-restore", ...) failed: No such file or directory
(00.010100) Error (criu/util.c:626): exited, status=1
(00.020000) Dumping pages (type: 66 pid: 612)
(00.028000) Writing image inventory (version 1)
(00.030000) Unlock network
(00.030100) Unfreezing tasks into 1
(00.040000) Writing stats
(00.040100) Dumping finished successfully
"""
    last = "Writing image inventory (version 1)\n"
    step = "(00.020000) Dumping pages ("
    for end in range(log.index(step) + len(step), len(log) + 1):
        (tmp_path / "dump.log").write_text(log[:end])
        found = Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings
        ids = ["harmless-errors"] if log[:end].rstrip().endswith("successfully") else ["log-cut", "harmless-errors"]
        assert [each.id for each in found if each.id in ("log-cut", "harmless-errors")] == ids, log[:end]
        assert not [each for each in found if each.severity is Severity.ERROR], log[:end]
        assert "collecting a task's state" not in found[0].why
    # One before the errors says nothing of them.
    head, _, rest = log.partition("(00.010000)")
    earlier = head + f"(00.009000) {last}(00.010000)" + rest.partition(step)[0]
    (tmp_path / "dump.log").write_text(earlier)
    found = Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings
    assert found[0].severity is Severity.ERROR
