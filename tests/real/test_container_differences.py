"""A container of which one thing is changed from outside between two dumps: exactly that is told, and nothing else."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.dump.dump import Dump
from criu_tui.core.pages.differences.checkpoints import TwoCheckpoints
from criu_tui.core.pages.differences.difference import Topic, Turn

from tests.real.criu import wait_for
from tests.real.surroundings import Place, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.real.asker import Asker

IN_MOUNTS = """
import ctypes, os, sys
lib = ctypes.CDLL(None, use_errno=True)
assert lib.setns(os.open(f"/proc/{sys.argv[1]}/ns/mnt", os.O_RDONLY), 0x20000) == 0
assert eval(sys.argv[2], {"lib": lib}) == 0, os.strerror(ctypes.get_errno())
"""
"""A call in the mount namespace of a task, where no program is."""
GROUP = Path(f"/sys/fs/cgroup/pids/criu-tui-{os.getpid()}")
NAMESPACE, MOUNT = Topic.NAMESPACE, Topic.MOUNT
CHANGES: dict[str, tuple[str, tuple[tuple[Topic, Turn, str], ...]]] = {
    "hostname": ("nsenter -t {pid} -u hostname other", ((NAMESPACE, Turn.CHANGED, "uts with 1"),)),
    "kernel setting": (
        "nsenter -t {pid} -i sysctl -q kernel.msgmax=9000",
        ((NAMESPACE, Turn.CHANGED, "ipc 1 settings kernel/msgmax"),),
    ),
    "queue of messages": ("nsenter -t {pid} -i ipcmk -Q", ((NAMESPACE, Turn.NEW, "ipc 1 msg 0"),)),
    "address": (
        "nsenter -t {pid} -n ip address add 10.9.9.9/32 dev lo",
        ((NAMESPACE, Turn.CHANGED, "net 1 device lo"),),
    ),
    "devices": (
        "nsenter -t {pid} -n ip link add veth5 type veth peer name veth6",
        ((NAMESPACE, Turn.NEW, "net 1 device veth5"), (NAMESPACE, Turn.NEW, "net 1 device veth6")),
    ),
    "route": (
        "nsenter -t {pid} -n ip link set lo up; nsenter -t {pid} -n ip route add 10.8.0.0/16 dev lo",
        (
            (NAMESPACE, Turn.CHANGED, "net 1 device lo"),
            (NAMESPACE, Turn.NEW, "net 1 route 10.8.0.0/16 table 254 metric 0"),
        ),
    ),
    "a mount": ("{mount}", ((MOUNT, Turn.NEW, "/more"),)),
    "read-only": ("{remount}", ((MOUNT, Turn.CHANGED, "/more"),)),
    "a mount less": ("{unmount}", ((MOUNT, Turn.GONE, "/more"),)),
}
CALLS = {
    "mount": 'lib.mount(b"more", b"/more", b"tmpfs", 0, None)',
    "remount": 'lib.mount(None, b"/more", None, 0x21, None)',
    "unmount": 'lib.umount2(b"/more", 0)',
}


@contextlib.contextmanager
def container(inside: Place, programs: Path, name: str, *words: str) -> Iterator[int]:
    """One that waits, always at the same addresses."""
    base = inside.base / name
    owned = "chown -R 100000:100000 ." if words else "true"
    inside.run(
        f"mkdir -m 755 {base}; cd {base}; mkdir -p ready external rootfs;"
        "mkdir rootfs/ext rootfs/tmp rootfs/proc rootfs/home rootfs/more;"
        f"echo >external/file; echo >rootfs/data; cp {programs}/surroundings rootfs/program; {owned};"
        f"setarch -R setsid rootfs/program {base}/ready {base}/rootfs in {base}/external {' '.join(words)}"
        " </dev/null >/dev/null 2>said &"
    )
    wait_for(lambda: any((base / "ready").iterdir()), "the container is not ready")
    pid = int(next((base / "ready").iterdir()).name)
    try:
        yield pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def dumped(inside: Place, command: list[str], pid: int, images: Path) -> Dump:
    """A dump that leaves the container running."""
    images.mkdir()
    words = ["dump", "-t", str(pid), "-D", str(images), "-v4", "-o", "dump.log", "--leave-running"]
    options = ["--external", "mnt[]", "--network-lock", "skip"]
    done = subprocess.run([*inside.inside(), *command, *words, *options], capture_output=True, check=False)
    assert done.returncode == 0, (images / "dump.log").read_text(errors="replace")[-3000:]
    return Dump(images)


def told(first: Dump, second: Dump) -> Counter[tuple[Topic, Turn, str]]:
    return Counter((each.topic, each.turn, each.name) for each in TwoCheckpoints(first, second).differences)


def test_each_change_of_a_container_is_told_and_nothing_else(
    asker: Asker, criu_command: list[str], programs: Path
) -> None:
    """One dump more for each; each is compared with the one before."""
    wrong = {}
    with tempfile.TemporaryDirectory() as made, place(Path(made), asker) as inside:
        inside.base.chmod(0o755)
        with container(inside, programs, "container") as pid:
            before = dumped(inside, criu_command, pid, inside.base / "0")
            for index, (name, (script, expected)) in enumerate(CHANGES.items(), 1):
                call = CALLS.get(script.strip("{}"))
                if call is None:
                    inside.run(script.format(pid=pid))
                else:
                    subprocess.run([sys.executable, "-c", IN_MOUNTS, str(pid), call], check=True)
                after = dumped(inside, criu_command, pid, inside.base / str(index))
                found = told(before, after)
                if found != Counter(expected):
                    wrong[name] = found
                assert told(after, before) == Counter((t, turn.mirrored, n) for t, turn, n in found.elements())
                before = after
    assert wrong == {}, "\n".join(f"{name}: {found}" for name, found in wrong.items())


def test_ids_are_told_and_nothing_else_of_what_tasks_share(
    asker: Asker, criu_command: list[str], programs: Path
) -> None:
    """Two containers that differ in how many ids their user namespaces have."""
    dumps = []
    with tempfile.TemporaryDirectory() as made, place(Path(made), asker) as inside:
        inside.base.chmod(0o755)
        for word in ("user", "few"):
            with container(inside, programs, word, word) as pid:
                dumps.append(dumped(inside, criu_command, pid, inside.base / f"{word}-images"))
        topics = (Topic.ID_MAP, Topic.NAMESPACE, Topic.CREDENTIALS, Topic.CGROUP, Topic.LIMIT, Topic.SIGNAL, Topic.VMA)
        found = Counter({each: count for each, count in told(*dumps).items() if each[0] in topics})
    assert found == Counter([(Topic.ID_MAP, Turn.CHANGED, "uid"), (Topic.ID_MAP, Turn.CHANGED, "gid")])


def test_another_cgroup_is_told_and_nothing_else(asker: Asker, criu_command: list[str], programs: Path) -> None:
    with tempfile.TemporaryDirectory() as made, place(Path(made), asker) as inside:
        inside.base.chmod(0o755)
        try:
            with container(inside, programs, "container") as pid:
                before = dumped(inside, criu_command, pid, inside.base / "0")
                GROUP.mkdir()
                (GROUP / "cgroup.procs").write_text(str(pid))
                after = dumped(inside, criu_command, pid, inside.base / "1")
                found = {name for topic, _, name in told(before, after) if topic is Topic.CGROUP}
                assert "pids" in found
                assert {topic for topic, _, _ in told(before, after)} == {Topic.CGROUP}
        finally:
            if GROUP.exists():
                wait_for(lambda: not (GROUP / "cgroup.procs").read_text(), "the container does not end")
                GROUP.rmdir()
