"""User namespaces: conversions against the kernel, and a dump that really fails."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.idmap import OVERFLOW_ID, Extent, Flaw, flaws, inwards, outwards
from criu_tui.core.findings.finding import Severity
from criu_tui.core.logs.log import Result
from criu_tui.core.report.report import Report
from criu_tui.core.restore.host import this_host
from criu_tui.core.restore.releases import NEWEST
from criu_tui.core.restore.releases import criu as criu_version

from tests.real.criu import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.idmap import IdMap

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
for uid in asked:
    pid = os.fork()
    if pid == 0:
        try:
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.close(os.open(f"inside-{uid}", os.O_CREAT | os.O_WRONLY, 0o600))
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
print(json.dumps({name: [os.stat(name).st_uid, os.stat(name).st_gid] for name in sorted(os.listdir())}))
"""


@contextlib.contextmanager
def namespace(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """INSIDE in a user namespace of its own, that waits for its maps and then for a line."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", INSIDE, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        yield child
    finally:
        child.kill()
        child.communicate()


def write_map(child: subprocess.Popen[str], which: str, extents: IdMap) -> None:
    """Raises OSError when the kernel refuses the map."""
    # One write, as the kernel demands.
    descriptor = os.open(f"/proc/{child.pid}/{which}_map", os.O_WRONLY)
    try:
        os.write(descriptor, "".join(f"{extent}\n" for extent in extents).encode())
    finally:
        os.close(descriptor)


MAPS = (
    # As shadow-utils make them, and as rootless containers that keep the user's id do.
    (Extent(0, 100000, 65536),),
    (Extent(0, 100000, 1000), Extent(1000, 1000, 1), Extent(5000, 201000, 10)),
    # Out of order, with gaps.
    (Extent(5000, 201000, 10), Extent(1000, 1000, 1), Extent(0, 100000, 1000)),
    # As far up as the kernel allows, on either side.
    (Extent(0, 300000, 1), Extent(0xFFFFFFF0, 300001, 15)),
    (Extent(0, 0xFFFFFFF0, 15), Extent(15, 300000, 1)),
    # More extents than the kernel keeps in place (5), where it sorts and bisects.
    tuple(Extent(10 * n, 400000 - 10 * n, 5) for n in range(12)),
)


@pytest.mark.parametrize("extents", MAPS, ids=["one", "gaps", "unsorted", "top-inside", "top-outside", "twelve"])
@pytest.mark.usefixtures("criu_command")
def test_conversions_are_the_kernels(extents: IdMap, tmp_path: Path) -> None:
    borders = {b + d for e in extents for b in (e.first, e.first + e.count) for d in (-1, 0, 1)}
    inside = sorted(uid for uid in borders if 0 <= uid < OVERFLOW_ID)
    borders = {b + d for e in extents for b in (e.lower_first, e.lower_first + e.count) for d in (-1, 0, 1)}
    outside = sorted(uid for uid in borders | {0} if 0 <= uid < OVERFLOW_ID)
    shared = tmp_path / "shared"
    shared.mkdir()
    for folder in (tmp_path, *tmp_path.parents):
        # The ids inside have to get there.
        if folder.stat().st_uid == os.geteuid() and folder.parent != folder:
            folder.chmod(folder.stat().st_mode | 0o011)
    shared.chmod(0o777)
    for uid in outside:
        (shared / f"outside-{uid}").touch()
        os.chown(shared / f"outside-{uid}", uid, uid)
    with namespace(str(shared), json.dumps(inside)) as child:
        write_map(child, "uid", extents)
        write_map(child, "gid", extents)
        seen = json.loads(child.communicate("go\n", timeout=60)[0])
    for uid in inside:
        path = shared / f"inside-{uid}"
        host = (path.stat().st_uid, path.stat().st_gid) if path.exists() else (None, None)
        made = outwards(extents, uid)
        assert made.criu == made.kernel
        assert host == (made.kernel, made.kernel), uid
    for uid in outside:
        made = inwards(extents, uid)
        assert made.criu == made.kernel
        expected = UNMAPPED if made.kernel is None else made.kernel
        assert seen[f"outside-{uid}"] == [expected, expected], uid


@pytest.mark.parametrize(
    ("extents", "flaw"),
    [
        ((Extent(0, 5, 0),), Flaw.EMPTY),
        ((Extent(0xFFFFFFFF, 5, 2),), Flaw.WRAPS),
        ((Extent(5, 0xFFFFFFFF, 2),), Flaw.WRAPS),
        ((Extent(1, 1, 0xFFFFFFFF),), Flaw.TO_THE_TOP),
        ((Extent(0, 1, 0xFFFFFFFF),), Flaw.TO_THE_TOP),
        ((Extent(0, 0, 10), Extent(5, 100, 10)), Flaw.OVERLAPS_INSIDE),
        ((Extent(0, 0, 10), Extent(20, 5, 10)), Flaw.OVERLAPS_OUTSIDE),
    ],
)
@pytest.mark.usefixtures("criu_command")
def test_the_kernel_refuses_every_map_with_a_flaw(extents: IdMap, flaw: Flaw) -> None:
    assert [found.flaw for found in flaws(extents)] == [flaw]
    with namespace() as child, pytest.raises(OSError, match="Invalid argument"):
        write_map(child, "uid", extents)


@pytest.mark.usefixtures("criu_command")
def test_the_kernel_takes_all_ids_but_the_last() -> None:
    extents = (Extent(0, 0, OVERFLOW_ID),)
    assert list(flaws(extents)) == []
    with namespace() as child:
        write_map(child, "uid", extents)
        assert Path(f"/proc/{child.pid}/uid_map").read_text().split() == ["0", "0", str(OVERFLOW_ID)]


@pytest.mark.parametrize(
    ("options", "extents"),
    [
        ((), []),
        (("--map-user=1000", "--map-group=1000"), [Extent(1000, 0, 1), Extent(1000, 0, 1)]),
    ],
    ids=["no map", "id 0 left out"],
)
def test_a_dump_fails_without_id_0_and_is_diagnosed(
    criu: Criu, options: tuple[str, ...], extents: list[Extent]
) -> None:
    images = criu.base / "images"
    images.mkdir()
    target = subprocess.Popen(
        ["unshare", "--user", *options, "--ipc", "--", "sleep", "1000"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        # By then unshare has written its maps.
        wait_for(lambda: Path(f"/proc/{target.pid}/comm").read_text() == "sleep\n", "sleep does not start")
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
    assert not log.root_check.ok
    assert log.extents == extents
    assert log.cleanup_crashed is False
    first = next(finding for finding in report.findings if finding.severity is Severity.ERROR)
    assert first.id == "userns-root-unmapped"
