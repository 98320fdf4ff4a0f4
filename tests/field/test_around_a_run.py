"""What stands beside a run: the commands that were given, a success that is none, timers that a restore stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings.finding import Confidence, Severity
from criu_tui.core.findings.python_tools import FAULTS
from criu_tui.core.findings.timers import stopped_timers
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode
from criu_tui.core.images.schema import fdinfo_pb2
from criu_tui.core.logs.reading import read_log
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, RULES, criu, numbers

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.restore.host import Host

_HEAD = (
    "(00.000011) Version: 4.1.1 (gitid 0)\n(00.000090) Dumping processes (pid: 81)\n"
    "(00.062460) Error (criu/tty.c:1830): tty: Found dangling tty with sid 80 pgid 81 (pts) on peer fd 0.\n"
)
_END = "(00.062689) Writing stats\n(00.062710) Dumping finished successfully\n"
_INVENTORY = "(00.062600) Writing image inventory (version 1)\n"
_FAILED = "Error: OCI runtime error: criu failed: type RESTORE errno 0\n"


def told(name: str, text: str, at: Path, host: Host) -> list[Finding]:
    (at / name).write_text(text)
    return Report(Dump(at), criu(NEWEST), host).findings


@pytest.mark.parametrize(("written", "severity"), [("", Severity.ERROR), (_INVENTORY, Severity.NOTE)])
def test_a_dump_is_successful_only_with_its_inventory(
    written: str, severity: Severity, tmp_path: Path, recorded_host: Host
) -> None:
    """criu PR #2846: an error ended the dump, which then said that it was successful."""
    assert told("dump.log", _HEAD + written + _END, tmp_path, recorded_host)[0].severity is severity


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        ("# podman container checkpoint --tcp-established -e a.tar web\n# podman container restore -i a.tar\n", True),
        ("# criu dump -t 7 -j -D d\n# criu restore -D d\n", True),
        ("# criu dump -t 7 --shell-job -D d\n# criu restore -j -D d\n", False),
        ("# podman container restore --import a.tar\n", False),
        ("# runc checkpoint --pre-dump --tcp-established web\n# runc checkpoint web\n# runc restore web\n", False),
    ],
)
def test_what_the_checkpoint_was_given_the_restore_wants_too(
    commands: str, said: bool, tmp_path: Path, recorded_host: Host
) -> None:
    advice = told("console.txt", commands + _FAILED, tmp_path, recorded_host)[0].advice
    assert advice.startswith("give the restore what the checkpoint was given") is said


@pytest.mark.parametrize(
    ("ticks", "left", "period", "stops"),
    [(1, 0, 5_000_000, True), (0, 0, 5_000_000, False), (1, 9, 5_000_000, False), (1, 0, 0, False)],
)
def test_a_timer_that_had_expired_unread_stops(ticks: int, left: int, period: int, stops: bool, tmp_path: Path) -> None:
    """criu#3162; one that was never set, that has time left, or that fires once is restored as it was."""
    timer = fdinfo_pb2.file_entry(type=fdinfo_pb2.TIMERFD, id=8)
    timer.tfd.MergeFrom(
        type(timer.tfd)(
            id=8, flags=2, clockid=1, ticks=ticks, settime_flags=0, vsec=0, vnsec=left, isec=0, insec=period
        )
    )
    timer.tfd.fown.MergeFrom(type(timer.tfd.fown)(uid=0, euid=0, signum=0, pid_type=0, pid=0))
    (tmp_path / "files.img").write_bytes(encode(kinds.FILES, [timer]))
    assert bool(list(stopped_timers(Dump(tmp_path)))) is stops


@pytest.mark.parametrize(
    ("path", "raised", "known"),
    [
        ("/usr/lib/python3/dist-packages/crit/__main__.py", "IndexError: list index out of range", "crit-failed"),
        ("/usr/sbin/criu-ns", "AttributeError: module 'os' has no attribute 'waitstatus_to_exitcode'", "criu-ns-fault"),
        ("/usr/lib/python3/dist-packages/criu_coredump/coredump.py", "KeyError: 7", "coredump-failed"),
        ("/srv/app/main.py", "KeyError: 7", "not-a-log"),
    ],
)
def test_a_traceback_is_of_the_program_whose_files_it_names(
    path: str, raised: str, known: str, tmp_path: Path, recorded_host: Host
) -> None:
    lines = ["Traceback (most recent call last):", f'  File "{path}", line 9, in main', "    run()", raised]
    for before in ("", "Nov 30 20:00:00 node app[12]: ", "2026-11-30T20:00:00.123456789Z stderr F "):
        text = "".join(f"{before}{line}\n" for line in lines)
        assert told("restore.log", text, tmp_path, recorded_host)[0].id == known


def test_a_kernel_that_was_pasted_counts_where_criu_names_none(tmp_path: Path) -> None:
    """As uname(1) of coreutils prints it; CRIU names the kernel from 3.7 on."""
    pasted = (
        "$ uname -a\nLinux board1 4.4.52-v8+ #1 SMP PREEMPT Mon Mar 6 10:11:02 UTC 2017 aarch64 aarch64 GNU/Linux\n"
    )
    own = "(00.000061) Running on node1 Linux 6.1.0-25-amd64 #1 SMP PREEMPT_DYNAMIC x86_64\n"
    for text, kernel, machine in (
        (pasted + _HEAD, "4.4.52-v8+", "aarch64"),
        (pasted + own + _HEAD, "6.1.0-25-amd64", "x86_64"),
        (own + pasted + _HEAD, "6.1.0-25-amd64", "x86_64"),
        (_HEAD, None, None),
    ):
        (tmp_path / "dump.log").write_text(text)
        log = read_log(tmp_path / "dump.log")
        assert (log.kernel, log.machine) == (kernel, machine)


def test_a_run_that_gave_up_over_the_kernel_has_its_last_word(tmp_path: Path, recorded_host: Host) -> None:
    """criu/crtools.c (main): nothing follows that error, of whatever run."""
    text = (
        "(00.003120) Error (criu/kerndat.c:689): Unable to create a netlink socket: Protocol not supported\n"
        "(00.003140) Error (criu/crtools.c:263): Could not initialize kernel features detection.\n"
    )
    ids = [one.id for one in told("dump.log", text, tmp_path, recorded_host)]
    assert ids
    assert "log-cut" not in ids


@pytest.mark.parametrize(
    ("name", "text", "cut"),
    [
        # As 4.3 and 4.2.1 ended with them: nothing follows an error before there is a task, or of a server.
        ("restore.log", "(00.05) Error (criu/pstree.c:920): No IDS for root task.\n", False),
        (
            "page.log",
            "(00.09) Starting page server on port 2\n(00.09) Error (criu/util.c:1237): Can't bind page server: "
            "Address already in use\n",
            False,
        ),
        ("dump.log", "(00.07) Error (criu/crtools.c:591): pid not specified\n", False),
        (
            "dump.log",
            "(00.01) Dumping processes (pid: 4)\n(00.02) Error (criu/util.c:1): Failed to resolve hostname: node7\n",
            True,
        ),
        ("dump.log", "(00.29) Error (criu/pstree.c:510): BUG at criu/pstree.c:510\n", True),
    ],
)
def test_what_ends_with_its_error_was_not_cut(
    name: str, text: str, cut: bool, tmp_path: Path, recorded_host: Host
) -> None:
    ids = [one.id for one in told(name, text, tmp_path, recorded_host)]
    assert ("log-cut" in ids) is cut


def test_a_dump_that_may_raise_no_limit_has_not_failed(tmp_path: Path, recorded_host: Host) -> None:
    """As 4.2.1 logged dumps at -v2, without CAP_SYS_RESOURCE, that succeeded: its success is told at -v3 alone."""
    text = (
        "Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted\n"
        "Warn  (compel/src/lib/infect.c:132): Unable to interrupt task: 30957 (Operation not permitted)\n"
    )
    assert told("dump.log", text, tmp_path, recorded_host) == []


def test_a_probe_that_is_no_error_is_no_reason(tmp_path: Path, recorded_host: Host) -> None:
    """As 4.3 logged a restore without its pagemap."""
    text = (
        "(00.057600) statmount() with STATMOUNT_BY_FD flag isn't supported\n(00.057797) Reading image tree\n"
        "(00.059036)    697: No pagemap-697.img image\n"
        "(00.059690) Error (criu/cr-restore.c:1273): 697 exited, status=1\n"
        "(00.059699) Error (criu/cr-restore.c:2424): Restoring FAILED.\n"
    )
    found = told("restore.log", text, tmp_path, recorded_host)[0]
    assert found.id == "task-image-absent"
    assert "statmount" not in found.why


def test_a_signal_of_the_parent_is_told_of_behind_a_restore(tmp_path: Path, recorded_host: Host) -> None:
    """As 4.2.1 logged it of a program that was gone when criu had ended."""
    text = (
        "(00.042143) Warn  (criu/cr-restore.c:1054): Root task has pdeath_sig configured, so it will receive one "
        "_right_after restore on CRIU exit\n(00.055401) Restore finished successfully. Tasks resumed.\n"
    )
    assert [one.id for one in told("restore.log", text, tmp_path, recorded_host)] == ["signal-of-parent"]


def test_each_fault_of_these_programs_has_a_release_that_came_out_and_its_source() -> None:
    newest = numbers(RULES[-1].newest)
    assert newest is not None
    for fault in FAULTS:
        assert (0, 1) < fault.fixed.since <= newest
        assert "#" in fault.source or int(fault.source, 16) > 0


def test_what_may_be_a_fault_of_criu_too_is_not_said_to_have_one_meaning(tmp_path: Path, recorded_host: Host) -> None:
    """What locks the network fails in one of many ways."""
    text = (
        "(00.000072) Version: 4.2.1 (gitid 0)\n"
        "(00.070110) Error (criu/netfilter.c:95): Iptables configuration failed\n"
        "(00.070439) Error (criu/cr-dump.c:1975): Dumping FAILED.\n"
    )
    found = told("dump.log", text, tmp_path, recorded_host)[0]
    assert "is possible too" in found.why
    assert found.confidence is Confidence.LIKELY


def test_the_tabs_of_a_line_are_quoted_as_blanks(tmp_path: Path, recorded_host: Host) -> None:
    text = (
        "(00.088120)      1: inet: \tRestore: family AF_INET    type SOCK_DGRAM     proto IPPROTO_UDP      port 25565 "
        "state TCP_CLOSE        src_addr 10.244.0.23\n"
        "(00.088151)      1: Error (criu/sk-inet.c:1090): inet: \tCan't bind inet socket (id 19): "
        "Cannot assign requested address\n"
        "(00.101444) Error (criu/cr-restore.c:2608): Restoring FAILED.\n"
    )
    found = told("restore.log", text, tmp_path, recorded_host)[0]
    assert "inet:  Restore: family" in found.why
    assert "x09" not in found.title + found.why
