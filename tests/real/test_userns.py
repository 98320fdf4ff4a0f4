"""User namespaces: conversions against the kernel, and a dump that really fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.dump import Dump
from criu_tui.core.findings import Severity
from criu_tui.core.idmap import Extent, kernel_to_host, kernel_to_namespace, to_host, to_namespace
from criu_tui.core.log import Result
from criu_tui.core.overcommit import this_host
from criu_tui.core.plan import NEWEST
from criu_tui.core.plan import criu as criu_version
from criu_tui.core.report import Report

if TYPE_CHECKING:
    from tests.real.criu import Criu

UNMAPPED = 65534
"""What the kernel shows for an owner that has no mapping (/proc/sys/kernel/overflowuid)."""

# The namespace is made without an exec after it, which would take the capabilities away.
INSIDE = """
import ctypes, json, os, sys
CLONE_NEWUSER = 0x10000000
if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER):
    sys.exit(os.strerror(ctypes.get_errno()))
print("ready", flush=True)
sys.stdin.readline()
os.chdir(sys.argv[1])
asked = json.loads(sys.argv[2])
made = []
for uid in asked:
    pid = os.fork()
    if pid == 0:
        try:
            os.setresuid(uid, uid, uid)
            os.close(os.open(f"inside-{uid}", os.O_CREAT | os.O_WRONLY, 0o600))
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
print(json.dumps({name: os.stat(name).st_uid for name in sorted(os.listdir())}))
"""


def test_conversions_are_the_kernels(criu_command: list[str], tmp_path: Path) -> None:
    extents = (Extent(0, 100000, 1000), Extent(1000, 1000, 1), Extent(5000, 201000, 10))
    inside = [0, 1, 999, 1000, 1001, 4999, 5000, 5009, 5010]
    outside = [0, 999, 1000, 1001, 99999, 100000, 100999, 101000, 200999, 201000, 201009, 201010]
    shared = tmp_path / "shared"
    shared.mkdir()
    for folder in (tmp_path, *tmp_path.parents):
        # The ids inside have to get there.
        if folder.stat().st_uid == os.geteuid() and folder.parent != folder:
            folder.chmod(folder.stat().st_mode | 0o011)
    shared.chmod(0o777)
    for uid in outside:
        (shared / f"outside-{uid}").touch()
        os.chown(shared / f"outside-{uid}", uid, 0)

    child = subprocess.Popen(
        [sys.executable, "-I", "-c", INSIDE, str(shared), json.dumps(inside)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    lines = "".join(f"{extent}\n" for extent in extents)
    with Path(f"/proc/{child.pid}/uid_map").open("w") as uid_map:
        uid_map.write(lines)
    with Path(f"/proc/{child.pid}/gid_map").open("w") as gid_map:
        gid_map.write("0 0 1\n")
    seen = json.loads(child.communicate("go\n", timeout=60)[0])
    for uid in inside:
        path = shared / f"inside-{uid}"
        host = path.stat().st_uid if path.exists() else None
        assert to_host(extents, uid) == kernel_to_host(extents, uid) == host, uid
    for uid in outside:
        expected = seen[f"outside-{uid}"]
        ours = to_namespace(extents, uid)
        assert ours == kernel_to_namespace(extents, uid)
        assert (UNMAPPED if ours is None else ours) == expected, uid


def test_a_dump_fails_without_id_0_and_is_diagnosed(criu: Criu) -> None:
    images = criu.base / "images"
    images.mkdir()
    target = subprocess.Popen(
        ["unshare", "--user", "--ipc", "--", "sleep", "1000"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        command = [
            *criu.command,
            "dump",
            "-t",
            str(target.pid),
            "-D",
            str(images),
            "-v4",
            "-o",
            "dump.log",
            "--shell-job",
        ]
        assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    finally:
        target.kill()
        target.wait()
    # CRIU may leave an image or two behind before it stops.
    report = Report(Dump(images), criu_version(NEWEST), this_host())
    (log,) = report.logs
    assert log.result is Result.FAILED
    assert log.root_check is not None
    first = next(finding for finding in report.findings if finding.severity is Severity.ERROR)
    assert first.id == "userns-root-unmapped"
