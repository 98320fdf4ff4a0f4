"""What a restore that succeeded leaves out, by texts beside its log, and what of it is not that."""

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

_RESTORED = "(00.000012) {}\n(00.000060) Version: {} (gitid 0)\n(00.2) Restore finished successfully. Tasks resumed.\n"
_DROPS = "Will drop all TCP connections on restore"
_KEEPS = "Will dump/restore TCP connections"
_REFUSED = "recvfrom(7, 0x7ffd, 4096, 0, NULL, NULL) = -1 ENOTCONN (Transport endpoint is not connected)\n"
_ROOT = "612 611 253:0 / / {},relatime - ext4 /dev/vda3 rw\n"
_AVC = (
    'type=AVC msg=audit(1.1:4): avc:  denied  {{ write }} for  pid=3 comm="redis" name="/" dev="tmpfs" ino=2 '
    "scontext=system_u:system_r:container_t:s0:{} tcontext=system_u:object_r:container_file_t:s0:{} tclass=dir "
    "permissive={}\n"
)


@pytest.mark.parametrize(
    ("began", "version", "text", "known"),
    [
        (_DROPS, "3.14", _REFUSED, "tcp-dropped-unseen"),
        (_DROPS, "3.14", "java.net.SocketException: Socket is not connected\n", "tcp-dropped-unseen"),
        (_DROPS, "3.15", _REFUSED, None),
        (_KEEPS, "3.14", _REFUSED, None),
        (_KEEPS, "4.0", "setitimer(ITIMER_REAL, {it_value={tv_sec=30}}, NULL) = 0\n", "timer-once"),
        (_KEEPS, "4.0", "    alarm(30);\n", "timer-once"),
        (_KEEPS, "4.1", "    alarm(30);\n", None),
        (_KEEPS, "4.0", "the alarm (a red lamp) went off\n", None),
        (_KEEPS, "3.15", "$ sudo criu-ns restore -D img -v4 --restore-detached\n", "criu-ns-detached"),
        (_KEEPS, "3.15", "# criu-ns restore -d -D img\n", "criu-ns-detached"),
        (_KEEPS, "3.15", "# criu-ns restore -D img\n", None),
        (_KEEPS, "3.15", "# criu restore -d -D img\n", None),
        (_KEEPS, "3.16", "# criu-ns restore -d -D img\n", None),
        (_KEEPS, "4.1", _ROOT.format("ro") + _ROOT.format("rw"), "root-writable"),
        (_KEEPS, "4.2", _ROOT.format("ro") + _ROOT.format("rw"), None),
        (_KEEPS, "4.1", _ROOT.format("ro") + _ROOT.format("ro"), None),
        (_KEEPS, "4.1", _ROOT.format("rw"), None),
        (_KEEPS, "4.2", _AVC.format("c204,c495", "c82,c137", 0), "label-of-another-container"),
        (_KEEPS, "4.2", _AVC.format("c204,c495", "c204,c495", 0), None),
        (_KEEPS, "4.2", _AVC.format("c204,c495", "c82,c137", 1), None),
    ],
)
def test_what_was_left_out_is_told_once(
    began: str, version: str, text: str, known: str | None, tmp_path: Path, recorded_host: Host
) -> None:
    (tmp_path / "restore.log").write_text(_RESTORED.format(began, version))
    (tmp_path / "session.txt").write_text(text)
    found = Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings
    told = {
        "tcp-dropped-unseen",
        "timer-once",
        "criu-ns-detached",
        "root-writable",
        "label-of-another-container",
    }
    assert [one.id for one in found if one.id in told] == ([] if known is None else [known])
    assert not [one for one in found if one.severity is Severity.ERROR]


_LAZY = "(00.1) Version: 4.2 (gitid 0)\n(00.2) Dumping processes (pid: 7)\n(00.3) Starting lazy pages server\n"
_LISTENS = "(00.4) Starting page server on port 27\n(00.5) Running status-ready scripts\n"


@pytest.mark.parametrize(
    ("name", "log", "severity", "known"),
    [
        ("dump.log", _LAZY + _LISTENS, Severity.NOTE, "lazy-dump-waits"),
        ("dump.log", _LAZY + _LISTENS + "(00.6) \tRPC\n", Severity.NOTE, "lazy-dump-waits"),
        ("dump.log", _LAZY + _LISTENS + "(09.1) Accepted connection from 10.0.0.2:4\n", Severity.WARNING, "log-cut"),
        (
            "lazy-pages.log",
            "(00.1) Version: 4.2 (gitid 0)\n(00.2) Connecting to server 10.0.0.1:27\n"
            "(00.3) Can't connect to server 10.0.0.1:27\n",
            Severity.ERROR,
            "page-server-absent",
        ),
        (
            "dump.log",
            "(00.1) Version: 4.2 (gitid 0)\n(00.2) Dumping processes (pid: 7)\n(00.3) Connecting to server x:27\n"
            "(00.3) Can't connect to server ::1:27\n(00.4) Seized task 7, state 0\n",
            Severity.WARNING,
            "log-cut",
        ),
        (
            "dump.log",
            "(00.1) Version: 4.2 (gitid 0)\n(00.2) Dumping processes (pid: 7)\n(00.3) Connecting to server fe80::1:27\n"
            "(00.3) Can't connect to server ::1:27\n"
            "(00.3) Can't connect to server fe80::1:27\n(00.4) Error (criu/cr-dump.c:2128): Dumping FAILED.\n",
            Severity.ERROR,
            "page-server-absent",
        ),
    ],
)
def test_who_waits_for_whom_at_a_page_server(
    name: str, log: str, severity: Severity, known: str, tmp_path: Path, recorded_host: Host
) -> None:
    (tmp_path / name).write_text(log)
    first, *_ = Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings
    assert (first.severity, first.id) == (severity, known)
