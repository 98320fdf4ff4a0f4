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
