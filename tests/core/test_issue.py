"""The report for an issue: what a maintainer asks for first, with names only as far as one wants to tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import fdinfo_pb2, regfile_pb2, utsns_pb2
from criu_tui.core.logs.reading import read_log
from criu_tui.core.report import issue
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu

from tests.core.test_owners import write

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host

ID = "fe391008ecace7c8aaebbd95d79e4ad7a4e0d8f15a9a9c49e4329151063ad5c9"
LOG = f"""(00.000012) Version: 3.17.1 (gitid 0)
(00.000024) Running on build7 Linux 5.4.0-132-generic #148-Ubuntu SMP Mon Oct 17 16:02:06 UTC 2022 x86_64
(00.010000) Dumping processes (pid: 612 comm: app)
(00.020000) Will dump /home/alice/work/{ID}/state on build7 for 10.1.2.3
(00.031260) Error (criu/files-reg.c:1031): Can't dump ghost file /home/alice/cache.db of 8388608 size, increase limit
(00.040120) Error (criu/cr-dump.c:2128): Dumping FAILED.
"""
NAMES = ("alice", "cache.db", "build7", "10.1.2.3", ID)


def report(tmp_path: Path, host: Host) -> Report:
    (tmp_path / "dump.log").write_text(LOG)
    return Report(Dump(tmp_path), criu(NEWEST), host)


def test_names_are_replaced_on_request_alone(tmp_path: Path, recorded_host: Host) -> None:
    made = report(tmp_path, recorded_host)
    plain = "\n".join(issue.text(made))
    assert all(name in plain for name in NAMES)
    redacted = "\n".join(issue.text(made, redacted=True))
    assert not [name for name in NAMES if name in redacted]
    # The same name is the same one everywhere, and what tells nothing stays.
    assert redacted.count("/home/name") >= 2
    for text in (plain, redacted):
        assert all(
            told in text for told in ("3.17.1", "5.4.0-132-generic", "Ubuntu", "Can't dump ghost file", "line 5")
        )
    facts = issue.json(made, redacted=True)["facts"]
    assert isinstance(facts, dict)
    assert facts["distribution"] == "Ubuntu, by its kernel's name"


@pytest.mark.parametrize(
    ("line", "secret", "stays"),
    [
        # A restore names files as from its root: without the first slash.
        ("files-reg.c:2104): Can't open file home/alice/cache.db on restore", ("alice", "cache.db"), "home/"),
        ("files-reg.c:2104): Can't open file data/alice/cache.db on restore", ("alice", "cache.db"), "Can't open"),
        ("pie/restorer.c:9): mmap of /home/alice/cache.c:7", ("alice", "cache.c"), "mmap of /home/"),
        ("sk-inet.c:1031): Can't bind to fe80::7e:1%eth0, [2001:db8::7]:80", ("fe80", "7e:1", "2001"), "eth0"),
        ("sk-inet.c:1031): Can't bind to 2001:db8::7", ("2001", "db8"), "Can't bind"),
        ("sk-inet.c:1031): Can't bind to ::ffff:10.1.2.3", ("ffff", "10.1.2.3"), "Can't bind"),
        ("tty.c:12): at 12:34:56 std::string failed", (), "12:34:56 std::string"),
        ("sk-inet.c:9): Can't connect to db01.acme.example:5432", ("db01", "acme"), ":5432"),
        ("sk-inet.c:9): Can't reach root@build7.acme.co.uk", ("root@", "build7", "acme"), "Can't reach"),
        ("mount.c:9): nfs server nas3.acme.internal/vol", ("nas3", "acme"), "nfs server"),
        ("net.c:9): Can't set 0a:1b:2c:3d:4e:5f", ("0a:1b", "4e:5f"), "Can't set"),
        ("cgroup.c:9): pod e3b0c442-98fc-1c14-9afb-f4c8996fb924", ("e3b0c442", "98fc", "f4c8996fb924"), "pod id"),
        ("cgroup.c:9): pode3b0c442_98fc_1c14_9afb_f4c8996fb924", ("e3b0c442", "98fc", "f4c8996fb924"), "podid"),
        (
            "sysctl.c:9): Can't open net.ipv4.conf and libc.so.6, core-1.img, config.dump",
            (),
            "net.ipv4.conf and libc.so.6",
        ),
        ("x.c:9): see criu.org and --device nvidia.com/gpu=all", (), "criu.org and --device nvidia.com/gpu=all"),
    ],
)
def test_paths_without_a_root_and_long_addresses_are_replaced(
    tmp_path: Path, recorded_host: Host, line: str, secret: tuple[str, ...], stays: str
) -> None:
    error = f"(00.031260) Error (criu/{line}: Input/output error\n"
    (tmp_path / "dump.log").write_text(LOG.partition("(00.031260)")[0] + error)
    made = Report(Dump(tmp_path), criu(NEWEST), recorded_host)
    redacted = "\n".join(issue.text(made, redacted=True))
    assert not [name for name in secret if name in redacted]
    assert all(name in "\n".join(issue.text(made)) for name in secret)
    for told in (stays, "Input/output error", f"criu/{line.partition(')')[0]}"):
        assert told in redacted


@pytest.mark.parametrize(
    ("line", "secret", "stays"),
    [
        ("Can't open '/home/alice/My Plans 2027/a.db' now", ("My Plans", "2027"), "' now"),
        ("Can't open [/srv/x/Q3 figures]: gone", ("figures", "Q3"), "]: gone"),
        ("Can't open /home/alice/My Documents/secret.txt", ("Documents", "secret"), "Can't open /home/"),
        ("Can't read /dev/sda I/O error", ("sda",), "I/O error"),
        ("Can't open /srv/x criu/files.c:12", (), "criu/files.c:12"),
        # Names that only the images know for what they are.
        ("Can't open Q3 figures.xls of pod-7-blue", ("figures", "pod-7", "blue"), "Can't open"),
        ("Can't bind on node-of-acme here", ("acme", "node-of"), "here"),
    ],
)
def test_names_that_images_and_quotes_tell_are_replaced(
    tmp_path: Path, recorded_host: Host, line: str, secret: tuple[str, ...], stays: str
) -> None:
    names = utsns_pb2.utsns_entry(nodename="pod-7-blue", domainname="node-of-acme")
    write(tmp_path, "utsns-10.img", kinds.UTSNS, names)
    regular = regfile_pb2.reg_file_entry(name="/Q3 figures.xls")
    write(tmp_path, "files.img", kinds.FILES, fdinfo_pb2.file_entry(type=fdinfo_pb2.REG, id=7, reg=regular))
    error = f"(00.031260) Error (criu/files-reg.c:2104): {line}\n"
    (tmp_path / "dump.log").write_text(LOG.partition("(00.031260)")[0] + error)
    made = Report(Dump(tmp_path), criu(NEWEST), recorded_host)
    redacted = "\n".join(issue.text(made, redacted=True))
    assert not [name for name in secret if name in redacted]
    assert all(name in "\n".join(issue.text(made)) for name in secret)
    assert stays in redacted


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("5.4.0-132-generic", "5.4.0-132-generic"),
        ("5.14.0-503.11.1.el9_5.x86_64", "5.14.0-503.11.1.el9_5.x86_64"),
        ("5.15.167.4-microsoft-standard-WSL2", "5.15.167.4-microsoft-standard-WSL2"),
        ("6.12.0-rc3-gabcdef123456+", "6.12.0-rc3-gabcdef123456+"),
        ("6.1.55-acme-prod2", "6.1.55-local-local"),
        ("6.8.0-1021-aws-alice", "6.8.0-1021-aws-local"),
    ],
)
def test_what_a_kernel_s_builder_called_it_is_replaced(
    tmp_path: Path, recorded_host: Host, release: str, told: str
) -> None:
    (tmp_path / "dump.log").write_text(LOG.replace("5.4.0-132-generic", release))
    facts = issue.json(Report(Dump(tmp_path), criu(NEWEST), recorded_host), redacted=True)["facts"]
    assert isinstance(facts, dict)
    assert facts["kernel"] == told


@pytest.mark.parametrize(
    ("running", "distribution", "machine"),
    [
        ("6.12.0-41.el10.aarch64 #1 SMP PREEMPT_DYNAMIC aarch64", "Enterprise Linux 10", "aarch64"),
        ("6.13.0-0.rc1.fc42.x86_64 #1 SMP x86_64", "Fedora 42", "x86_64"),
        ("6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01) x86_64", "Debian", "x86_64"),
        ("4.14.62-linuxkit #1 SMP x86_64", "Docker Desktop (LinuxKit)", "x86_64"),
        ("6.18.44 #1 SMP s390x", None, "s390x"),
        ("6.18.44", None, None),
    ],
)
def test_a_kernel_s_name_tells_whose_it_is(
    tmp_path: Path, running: str, distribution: str | None, machine: str | None
) -> None:
    path = tmp_path / "dump.log"
    path.write_text(f"(00.000024) Running on node1 Linux {running}\n")
    log = read_log(path)
    assert (log.distribution, log.machine) == (distribution, machine)
    assert log.kernel == running.split(" ")[0]
