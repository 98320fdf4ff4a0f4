"""What a program prints as it crashes, behind a restore that succeeded."""

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

RESTORED = (
    "(00.240771) pie: 129: Restoring scheduler params 0.0.0\n"
    "(00.243117) Restore finished successfully. Tasks resumed.\n"
    "(00.243201) Writing stats\n"
)


@pytest.mark.parametrize(
    ("printed", "known"),
    [
        ("Illegal instruction (core dumped)", "illegal-instruction"),
        ("traps: java[129] trap invalid opcode ip:7f1 sp:7f2 error:0 in libjvm.so[7f0+1000]", "illegal-instruction"),
        ("panic: runtime error: invalid memory address\n[signal SIGSEGV: segmentation violation]", "task-crashed"),
        ("#  SIGBUS (0x7) at pc=0x00007f98, pid=129, tid=130", "bus-error"),
        ("*** stack smashing detected ***: terminated", "aborted"),
        ("env00[8023]: unhandled level 2 translation fault (11) at 0xffffbd9996c0, esr 0x82000006", "task-crashed"),
        (
            "env00[8023]: unhandled level 2 translation fault (11) at 0xffffbd9996c0, esr 0x82000006\n"
            "CPU: 1 PID: 8023 Comm: env00 Not tainted 4.13.9-300.fc27.aarch64 #1",
            "vdso-not-followed",
        ),
        ("Killed", "task-killed"),
        ("#  SIGFPE (0x8) at pc=0x00007f6f, pid=129, tid=130", "task-crashed"),
        ("./run.sh: line 41:   129 Aborted                 (core dumped) java -jar app.jar", "aborted"),
        ("./run.sh: line 41:   129 Aborted    java\n#  SIGSEGV (0xb) at pc=0x00007f6f, pid=129", "task-crashed"),
        ("ping: sendmsg: Operation not permitted", "network-left-locked"),
        ("-A INPUT -j CRIU", "network-left-locked"),
        ("server: epoll_wait: Unknown error 512", "call-not-begun-anew"),
        ("worker: open(/proc/129/fd/3) failed: Permission denied", "own-file-denied"),
        ('nginx: [emerg] open() "/dev/stdout" failed (13: Permission denied)', "own-file-denied"),
        ("cat: /etc/shadow: Permission denied", None),
        ("misc/nvmlwrap.cc:183 NCCL WARN nvmlDeviceGetHandleByPciBusId() failed: Not Found", "gpu-addresses"),
        ("2024-01-02 Aborted connection 7 to db: the other end has gone", None),
        ("Killed 3 idle sessions", None),
        ("", None),
    ],
)
def test_a_crash_behind_the_restore_is_told(
    printed: str, known: str | None, tmp_path: Path, recorded_host: Host
) -> None:
    """Words of bash, the kernel, Go, HotSpot and glibc; what a program prints as it works is none."""
    (tmp_path / "restore.log").write_text(f"{RESTORED}{printed}\n")
    found = Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings
    assert [one.id for one in found if one.severity is Severity.ERROR] == ([] if known is None else [known])


@pytest.mark.parametrize(
    ("printed", "known"),
    [
        ("12:00:01.1 IP 10.0.0.9.5672 > 10.0.0.5.50346: Flags [R], seq 7, win 0, length 0", ["connection-reset"]),
        ("java.net.SocketException: Connection reset by peer", ["connection-reset"]),
        ("watchdog: last beat 10843 s ago, limit 30 s", ["clock-leap"]),
        # A program that knows how to go on, and one that was to meet it.
        ("HikariPool-1 - Thread starvation or clock leap detected (housekeeper delta=3h).", []),
        ("# criu restore -D img --tcp-close\njava.net.SocketException: Connection reset by peer", []),
        ("gettimeofday({tv_sec=1700000000, tv_usec=5}, NULL) = 0", []),
    ],
)
def test_what_a_program_may_know_how_to_go_on_after_is_a_warning(
    printed: str, known: list[str], tmp_path: Path, recorded_host: Host
) -> None:
    (tmp_path / "restore.log").write_text(f"{RESTORED}{printed}\n")
    found = Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings
    assert [one.id for one in found if one.severity is not Severity.NOTE] == known
    assert all(one.severity is Severity.WARNING for one in found if one.id in known)
