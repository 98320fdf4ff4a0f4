"""Dumps live processes and restores them with a real CRIU, beside the living."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings.finding import Severity
from criu_tui.core.logs.log import Result
from criu_tui.core.logs.reading import read_log
from criu_tui.core.logs.restore_log import RestoreLog, read_restore
from criu_tui.core.report.report import Report
from criu_tui.core.restore.host import this_host
from criu_tui.core.restore.releases import criu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TIMEOUT = 60.0
"""Seconds that any one step may take on a loaded machine."""


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Criu:
    """A CRIU and a directory to work in."""

    command: list[str]
    base: Path
    version: str

    @contextlib.contextmanager
    def running(self, *command: str | Path, processes: int) -> Iterator[int]:
        """A target in its own session, once `processes` of it have said that they are ready."""
        ready = self.base / "ready"
        ready.mkdir()
        (ready / "mapped").write_bytes(bytes(range(256)) * 256)
        target = subprocess.Popen(
            # Its own IPC namespace: System V shared memory can then be dumped.
            ["unshare", "-i", "--", *map(str, command)],
            cwd=ready,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for(
                lambda: target.poll() is not None or sum(p.name.isdecimal() for p in ready.iterdir()) == processes,
                f"{command[0]} is not ready",
            )
            yield min(int(path.name) for path in ready.iterdir() if path.name.isdecimal())
        finally:
            for path in ready.iterdir():
                if path.name.isdecimal():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(int(path.name), signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                target.kill()
            target.wait()

    def dump(self, pid: int, *options: str) -> Path:
        """Dumps a tree; returns the images directory."""
        images = self.base / "images"
        images.mkdir()
        done = subprocess.run(
            [
                *self.command,
                "dump",
                "-t",
                str(pid),
                "-D",
                images,
                "-v4",
                "-o",
                "dump.log",
                "--shell-job",
                *options,
            ],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, (images / "dump.log").read_text(errors="replace")[-3000:]
        assert_nothing_wrong(images / "dump.log", images, self.version)
        return images

    @contextlib.contextmanager
    def lazy_pages(self, images: Path) -> Iterator[None]:
        """The daemon that hands out pages to `restore --lazy-pages`."""
        work = self.base / "work"
        work.mkdir(exist_ok=True)
        daemon = subprocess.Popen(
            [*self.command, "lazy-pages", "-D", str(images), "-W", str(work), "-v4", "-o", "lazy.log"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for((work / "lazy-pages.socket").exists, "the lazy-pages daemon does not start")
            yield
        finally:
            daemon.kill()
            daemon.wait()

    def restore(self, images: Path, *options: str, seen: tuple[Path, Path] | None = None) -> RestoreLog:
        """Restores in a PID namespace of its own until the log has an end, then kills what was restored.

        seen: the library made of see_mmap.c, and the file that it writes to.
        """
        work = self.base / "work"
        work.mkdir(exist_ok=True)
        log = work / "restore.log"
        log.unlink(missing_ok=True)
        preloaded = {} if seen is None else {"LD_PRELOAD": str(seen[0]), "SEE_MMAP": str(seen[1])}
        process = subprocess.Popen(
            [
                "unshare", "-p", "-f", "--kill-child", "--mount-proc", *self.command,
                "restore", "-D", str(images), "-W", str(work), "-v4", "-o", "restore.log", "--shell-job", *options,
            ],
            env=os.environ | preloaded,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            wait_for(lambda: process.poll() is not None or _ended(log), "the restore does not end")
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        read = read_restore(read_log(log), Dump(images).pids)
        if read.finished:
            assert_nothing_wrong(log, images, self.version)
        return read


def assert_nothing_wrong(log: Path, images: Path, version: str) -> None:
    """Of the log of a run that went well no error and no warning is said."""
    assert read_log(log).result is Result.SUCCESS
    found = Report(Dump(images), criu(version), this_host(), given_log=log).findings
    assert [one.title for one in found if one.log == log.name and one.severity is not Severity.NOTE] == []


def _ended(log: Path) -> bool:
    if not log.exists():
        return False
    text = log.read_bytes()
    return b"Restore finished successfully" in text or b"Restoring FAILED" in text
