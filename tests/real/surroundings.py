"""A dump's surroundings that can be broken: files in memory, a network, who restores; apart from this machine's own."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.real.criu import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.real.asker import Asker

STATE = Path("/mnt")
"""Where the files are, in a mount namespace of its own."""
TUI = Path(sys.executable).parent / "criu-tui"
PRISTINE = "pristine"
NETWORK = (
    "ip link set lo up; ip addr add 10.77.0.1/32 dev lo; ip addr add fd77::1/128 dev lo nodad;"
    "ip link add veth7 type veth peer name veth8"
)
SERVICE = (
    f"import socket,time;s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM);s.bind('{STATE}/service');time.sleep(3600)"
)
FILES = f"""
mkdir -p {STATE}/wd {STATE}/jail/home {STATE}/deep/er {STATE}/sockets
cd {STATE}; echo data >data; echo log >log; mknod device c 1 3; mkfifo fifo; echo deep >deep/er/file
head -c 8192 /dev/zero >shared; echo original >original
"""


@dataclass
class Place:
    """A mount and a network namespace that a process holds open."""

    holder: int
    base: Path
    """A directory that is the same inside and outside."""
    asker: Asker

    def run(self, script: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A shell script inside."""
        done = subprocess.run([*self.inside(), "sh", "-ec", script], capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, (script, done.stderr)
        return done

    def inside(self) -> list[str]:
        """What stands before a command that runs inside."""
        return ["nsenter", "-t", str(self.holder), "-m", "-n", "--"]

    def keep(self) -> None:
        """Remembers the files as they are."""
        self.run(f"cd {self.base}; mkdir -p {PRISTINE}; cp -a {STATE}/. {PRISTINE}/; rm {PRISTINE}/service")

    def mend(self) -> None:
        """Makes files and network what they were."""
        self.run(
            f"mount -o remount,rw,exec {STATE}; find {STATE} -mindepth 1 ! -path {STATE}/service -delete;"
            f"cp -a {self.base}/{PRISTINE}/. {STATE}/;"
            f"ip addr flush dev lo; ip link del veth7 2>/dev/null || true; ip link set lo down; {NETWORK}"
        )
        self.serve()

    def serve(self) -> None:
        """A service outside the dump, with a socket of its own; one that is there stays."""
        at = self.base / "service.pid"
        self.run(
            f"! [ -S {STATE}/service ] || exit 0; ! [ -e {at} ] || kill $(cat {at}) || true; rm -f {STATE}/service;"
            f'python3 -c "{SERVICE}" </dev/null >/dev/null 2>&1 & echo $! >{at};'
            f"while ! [ -e {STATE}/service ]; do sleep 0.02; done"
        )


@contextlib.contextmanager
def place(base: Path, asker: Asker) -> Iterator[Place]:
    """One with files and a network in it."""
    holder = subprocess.Popen(
        [
            "unshare",
            "-m",
            "-n",
            "--",
            "sh",
            "-c",
            f"mount -t tmpfs surroundings {STATE} && echo ready && exec sleep 3600",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        found = Place(holder.pid, base, asker)
        found.run(f"mount --make-rprivate /; {NETWORK}; {FILES}")
        found.serve()
        try:
            yield found
        finally:
            # It would keep the mounts.
            found.run(f"kill $(cat {base}/service.pid)", check=False)
    finally:
        holder.kill()
        holder.wait()


@dataclass
class Attempted:
    """What was predicted, and what CRIU did."""

    printed: dict[str, Any]
    restored: bool
    log: str

    @property
    def failing(self) -> list[dict[str, Any]]:
        """Checks that fail."""
        return [check for check in self.printed["checks"] if check["state"] == "fails"]

    @property
    def ids(self) -> set[str]:
        """Their subjects."""
        return {check["id"] for check in self.failing}


def attempt(
    inside: Place,
    command: Sequence[str],
    version: str,
    images: Path,
    *,
    before: str = "",
    prefix: Sequence[str] = (),
    options: Sequence[str] = (),
    restore: Sequence[str] | None = None,
    says: str = "",
    contained: bool = False,
) -> Attempted:
    """Checks, then restores in a pid namespace of its own, both after the same script.

    `restore` is the command line of the restore, by default the one that the checks propose. Some restores hang once
    they have failed: what the log `says` ends them too.
    """
    asked = ["--check", "--format", "json", "--criu", version, *options, str(images)]
    # A container has a pid namespace of its own.
    alone = [] if contained else ["unshare", "-p", "-f", "--kill-child", "--mount-proc", "--"]
    wrapped = [*inside.inside(), *alone]
    script = ["sh", "-c", f'{before}\nexec "$@"', "sh", *prefix]
    if prefix:
        done = subprocess.run([*wrapped, *script, str(TUI), *asked], capture_output=True, text=True, check=False)
        status, output = done.returncode, done.stdout
        assert status in (0, 3), done.stderr
    else:
        status, output = inside.asker.ask(inside.holder, asked, before, alone=not contained)
        assert status in (0, 3), output
    printed = json.loads(output)
    assert (status == 3) is (printed["verdict"] == "fails")
    words = list(restore) if restore is not None else shlex.split(printed["restore_command"])
    work = inside.base / "work"
    work.mkdir(exist_ok=True)
    log = work / "restore.log"
    log.unlink(missing_ok=True)
    first = work / "first"
    first.unlink(missing_ok=True)
    assert words[0] == "criu"
    process = subprocess.Popen(
        [*wrapped, *script, *command, *words[1:], "-W", str(work), "-o", "restore.log", "-v4", "--pidfile", str(first)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    said = ""
    try:
        wait_for(lambda: process.poll() is not None or _ended(log, says), "the restore does not end")
        if not log.exists() and process.stderr is not None:
            said = process.stderr.read()
    finally:
        time.sleep(0.01)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if contained and first.exists():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(first.read_text()), signal.SIGKILL)
    text = log.read_text(errors="replace") if log.exists() else said
    return Attempted(printed, "Restore finished successfully" in text, text)


def _ended(log: Path, says: str) -> bool:
    if not log.exists():
        return False
    text = log.read_bytes()
    return (
        b"Restore finished successfully" in text or b"Restoring FAILED" in text or bool(says and says.encode() in text)
    )
