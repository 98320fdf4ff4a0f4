"""Faults that CRIU has mended, and limits that it has lifted: told of the releases that have them, of no later one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings.mended import MENDED
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, RULES, criu, numbers

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.restore.host import Host

HAS = "criu-fault", "criu-limit"
# The release that has it, a line as that release prints it, and the first without it: by the tags of CRIU's repository.
LINES = (
    ("3.14", "Can't setup supplementary group IDs: -1", "3.15"),
    ("3.10", "mnt: 97:./a and 98:./b have different set of mounts", "3.11"),
    ("3.13", "mnt: Nested mount 87 (@./proc /) w/o root insertion detected", "3.14"),
    ("1.8", "mnt: binfmt_misc isn't empty: ./proc/sys/fs/binfmt_misc", "2.0"),
    ("3.10", "mnt: Can't create a temporary directory: Read-only file system", "3.11"),
    ("3.13", "mkdtemp failed crtools-proc.a1B2c3: Permission denied", "3.14"),
    ("3.6", "Path unlinked.4 has no parent dir", "3.7"),
    ("2.8", "Can't make ghost dir: No such file or directory", "2.9"),
    ("3.11", "Can't create ghost regfile: Read-only file system", "3.12"),
    ("3.13", "Can't get owner signum on 17: Bad file descriptor", "3.14"),
    ("3.13", "Can't restore file pos: Bad file descriptor", "3.14"),
    ("3.16.1", "Can't link remap to opt/app/lib.so: No such file or directory", "3.17"),
    ("3.13", "Can't lookup mount=9 for fd=7 path=/memfd:buffer (deleted)", "3.14"),
    ("3.19", "tty: Can't set tty params on 0x4: Operation not permitted", "4.0"),
    ("1.3.1", "We have a blocked file lock!", "1.4"),
    ("3.11", "inet: Can't dump 3 inet socket 5a3c. Only stream and dgram are supported.", "3.12"),
    ("3.7", "Can't dump send 5 (unix/epoll) fd", "3.8"),
    ("2.9", "inet: Unknown inet socket 1f5cd state 8", "2.10"),
    ("3.12", "inet: Can't shutdown socket into 2: Transport endpoint is not connected", "3.13"),
    ("3.14", "netlink: Can't bind netlink socket: Address already in use", "3.15"),
    ("3.7", "net: dumping bridges with attached slaves not supported currently", "3.8"),
    ("2.7", "Unsupported link 4 (type 1 kind macvlan)", "2.8"),
    ("3.18", "cg: Unable to mount : Invalid argument", "3.19"),
    ("3.16", "cg: Can't move 36 into unifie//test/cgroup.procs (-1/-1): No such file or directory", "3.17"),
    ("2.4", "cg: Failed writing 60 to memory//lxc/u1/memory.swappiness: Invalid argument", "2.5"),
    ("2.5", "cg: Failed writing 0 to memory//lxc/u1/memory.oom_control: Invalid argument", "2.6"),
    ("1.7", "SECCOMP_MODE_FILTER not currently supported", "1.8"),
    ("3.11", "Non unconfined selinux contexts not supported system_u:system_r:svirt_lxc_net_t", "3.12"),
    ("2.12.1", "Can't dump task 4711 running in 32-bit mode", "3.0"),
    ("3.16.1", "get_thread_area failed for 4711: Input/output error", "3.17"),
    ("2.11.1", "ipc: Failed to read IPC shared memory data: Success", "2.12"),
    ("3.9", "holding the xtables lock", "3.6"),
    ("3.13", "fcntl(7, F_GETOWN_EX) -> -9", "3.14"),
    ("2.6", "inet: Unsupported proto 1 for socket 11de2", "4.2"),
    ("3.15", "Can't splice pages to pipe (-11/1/252)", "3.17.1"),
    ("3.15", "Invalid selinux context kernel", "3.16"),
    ("2.0", "Collect fds (pid: 2218) failed with -12", "2.1"),
    ("4.2.1", "bfd: The bfd buffer is too small", "4.3"),
    ("3.6", "Unknown lock option!", "3.7"),
    ("1.8", "Should be only one root freezer cgroup", "2.0"),
    ("1.8", "sys_seccomp() returned -22", "2.0"),
    ("2.0", "Unsupported link 3 (type 778 kind gre)", "2.1"),
    ("2.6", "mnt: Mount 87 ./sys (master_id: 4 shared_id: 0) has unreachable sharing. Try --enable", "2.7"),
    ("1.5.2", "File var/log/app.log has bad size 4711 (expect 4096)", "1.6"),
    ("1.2", "Failed writing 9223372036854775807 to memory//lxc/u1/memory.limit_in_bytes", "1.3"),
    ("1.3.1", "Can't readlink ns link: No such file or directory", "1.4"),
    ("1.7.2", "ipc_sem: Failed to set sem uid and gid", "1.8"),
    ("1.4", "Can't listen on a socket: Address already in use", "1.5"),
    ("3.16.1", "page-xfer: Can't read pagemap from socket: Resource temporarily unavailable", "3.17"),
    ("1.5.2", "mnt: Can't restore tmpfs content", "1.6"),
    ("1.3.1", "Dump file locks (pid: 4711) failed with -1", "1.4"),
    ("3.16.1", "Unable to bind a socket: Address already in use", "3.17"),
    ("3.10", "Pid-reuse detection failed: no parent inventory, check warnings in get_parent_stats", "3.11"),
    ("3.15", "Current sid 21840 intersects with pid (21840) in images", "3.16"),
    ("2.9", "page-xfer: Can't read from socket: Resource temporarily unavailable", "2.10"),
    ("3.17", "mnt-v2: Failed to copy sharing from 21:<none> to 24: Invalid argument", "3.17.1"),
    ("3.11", "page-pipe: Can't make pipe for page-pipe: Too many open files", "3.12"),
    ("3.15", "Lazy pages are not available", "3.16"),
    ("2.2", "mnt: FS mnt ./sys/kernel/debug/tracing dev 0x7 root / unsupported id 77", "2.3"),
    ("2.12.1", "Can't restore b6d42000 mapping with ffffffea", "3.0"),
    ("1.2", "Can't restore 7f2ab8a12000 mapping with fffffffffffffff3", "1.3"),
    ("0.7", "Invalid file lock info: 5: POSIX  ADVISORY  WRITE 46559 b6:5f0b1:524661 0 EOF", "0.8"),
    ("0.8", "Invalid file lock info: 5: OFDLCK ADVISORY  WRITE -1 08:01:524661 0 EOF", "0.8"),
    ("3.16.1", "mnt: The file system 0x21 0x21 (0x29) btrfs ./home is inaccessible", "3.17"),
    ("3.17", "mnt: The file system 0x21 0x21 (0x29) btrfs ./home is inaccessible", "3.17"),
    (
        "3.17.1",
        "cg: Failed writing 9223372036854771712 to memory/a/memory.kmem.limit_in_bytes: Operation not supported",
        "3.18",
    ),
    ("3.16.1", "cg: No set 2 found", "3.17"),
)


def told(line: str, release: str, where: Path, host: Host) -> Finding:
    """The first finding of a log with that line, of that release."""
    (where / "dump.log").write_text(
        f"(00.000010) Version: {release} (gitid 0)\n(00.000020) Dumping processes (pid: 4711)\n"
        f"(00.030000) Error (criu/any.c:1): {line}\n(00.040000) Error (criu/cr-dump.c:1): Dumping FAILED.\n"
    )
    return Report(Dump(where), criu(NEWEST), host).findings[0]


@pytest.mark.parametrize(("release", "line", "mended"), LINES)
def test_a_release_that_has_it_is_to_be_upgraded(
    release: str, line: str, mended: str, tmp_path: Path, recorded_host: Host
) -> None:
    has, first = numbers(release), numbers(mended)
    assert has is not None
    assert first is not None
    found = told(line, release, tmp_path, recorded_host)
    if has < first:
        assert found.id in HAS
        assert f"CRIU {mended} or later" in found.advice.partition("; ")[0]
    else:
        assert found.id not in HAS


@pytest.mark.parametrize(("line", "mended"), [(line, mended) for _, line, mended in LINES])
def test_the_release_that_mends_it_has_it_no_more(line: str, mended: str, tmp_path: Path, recorded_host: Host) -> None:
    assert told(line, mended, tmp_path, recorded_host).id not in HAS


def test_each_has_a_release_that_came_out_and_its_source() -> None:
    newest = numbers(RULES[-1].newest)
    assert newest is not None
    for fault in MENDED:
        assert (0, 1) < fault.fixed.since <= newest
        assert "#" in fault.source or int(fault.source, 16) > 0
        assert not (fault.likely and fault.limit)


def test_what_may_have_another_reason_is_told_where_the_log_names_a_release_that_has_it(
    tmp_path: Path, recorded_host: Host
) -> None:
    line = "Can't splice pages to pipe (-11/1/252)"
    assert told(line, "3.15", tmp_path, recorded_host).title.startswith(
        "the dump failed: likely a fault of CRIU itself"
    )
    assert told(line, "unknown", tmp_path, recorded_host).id not in HAS
