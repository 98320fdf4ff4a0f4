"""A live process that changes one known thing between two dumps: exactly that difference is told, and nothing else."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest
from criu_tui.core.base.progress import Progress
from criu_tui.core.dump.dump import Dump
from criu_tui.core.pages.differences.checkpoints import TwoCheckpoints
from criu_tui.core.pages.differences.difference import Topic, Turn
from criu_tui.core.pages.differences.pages import page_differences

from tests.real.conftest import PROGRAMS
from tests.real.criu import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.real.criu import Criu

PAGE = 4096
WAITING = 128
"""The number of rt_sigtimedwait(2), in which the program waits."""


def area(number: int) -> int:
    """Where tests/programs/change.c maps something."""
    return 0x200000000000 + number * 0x100000000


class Change(NamedTuple):
    """What a signal has the program do, and all that differs then."""

    signal: int
    differences: tuple[tuple[Topic, Turn, str], ...] = ()
    """Of what, which turn, and the name or the beginning of the words for it."""
    pages: tuple[tuple[str, int], ...] = ()
    """ "changed", "appeared" or "gone", and the address of the page; 0 where the kernel chose it."""


VMA, FILE = Topic.VMA, Topic.FILE
CHANGES = {
    "a page": Change(32, pages=(("changed", area(0) + 5 * PAGE),)),
    "a page more": Change(33, pages=(("appeared", area(0) + 20 * PAGE),)),
    "a page less": Change(34, pages=(("gone", area(0) + 3 * PAGE),)),
    "split by protection": Change(35, ((VMA, Turn.SPLIT | Turn.PROTECTION, "anon"),)),
    "merged again": Change(36, ((VMA, Turn.MERGED | Turn.PROTECTION, "anon"),)),
    "protection": Change(37, ((VMA, Turn.PROTECTION, "anon"),)),
    "split by a hole": Change(38, ((VMA, Turn.SPLIT, "anon"),)),
    "grown": Change(39, ((VMA, Turn.GROWN, "anon"),)),
    "shrunk": Change(40, ((VMA, Turn.SHRUNK, "anon"),)),
    "moved": Change(41, ((VMA, Turn.MOVED, "anon"),)),
    "a mapping more": Change(42, ((VMA, Turn.NEW, "anon"),)),
    "a mapping less": Change(43, ((VMA, Turn.GONE, "anon"),)),
    "advice": Change(44, ((VMA, Turn.FLAGS, "anon"),)),
    "heap": Change(45, ((VMA, Turn.GROWN, "heap"),)),
    "a descriptor opened": Change(46, ((FILE, Turn.NEW, "fd 9"),)),
    "a descriptor closed": Change(47, ((FILE, Turn.GONE, "fd 9"),)),
    "position": Change(48, ((FILE, Turn.CHANGED, "fd 5 regular"),)),
    "flags of a file": Change(49, ((FILE, Turn.CHANGED, "fd 5 regular"),)),
    "close on exec": Change(50, ((FILE, Turn.CHANGED, "fd 5 regular"),)),
    "a pipe": Change(51, ((FILE, Turn.NEW, "fd 6"), (FILE, Turn.NEW, "fd 7"))),
    "in a pipe": Change(52, ((FILE, Turn.CHANGED, "fd 6 pipe"),)),
    "two sockets": Change(signal.SIGPIPE, ((FILE, Turn.NEW, "fd 8"), (FILE, Turn.NEW, "fd 9"))),
    "in a socket": Change(signal.SIGALRM, ((FILE, Turn.CHANGED, "fd 9 "),)),
    "a listening socket": Change(signal.SIGTERM, ((FILE, Turn.NEW, "fd 10"),)),
    "backlog": Change(signal.SIGURG, ((FILE, Turn.CHANGED, "fd 10 "),)),
    "name": Change(53, ((Topic.TASK, Turn.CHANGED, "name"),)),
    "limit": Change(54, ((Topic.LIMIT, Turn.CHANGED, "nofile"),)),
    "signal action": Change(55, ((Topic.SIGNAL, Turn.CHANGED, "SIGUSR1"),)),
    "blocked signals": Change(56, ((Topic.SIGNAL, Turn.CHANGED, "main thread blocks"),)),
    "cwd": Change(57, ((Topic.TASK, Turn.CHANGED, "cwd"),)),
    "umask": Change(58, ((Topic.TASK, Turn.CHANGED, "umask"),)),
    "timer": Change(59, ((Topic.TIMER, Turn.NEW, "ITIMER_REAL"),)),
    "nice": Change(60, ((Topic.THREAD, Turn.CHANGED, "main thread scheduling"),)),
    "no new privileges": Change(61, ((Topic.CREDENTIALS, Turn.NEW, "no_new_privs"),)),
    "environment": Change(62, ((Topic.ENVIRONMENT, Turn.CHANGED, "A"),), (("changed", 0),)),
    "a thread more": Change(63, ((Topic.THREAD, Turn.NEW, "thread "),)),
    "a task more": Change(signal.SIGHUP, ((Topic.TASK, Turn.NEW, ""),)),
    "groups": Change(signal.SIGABRT, ((Topic.CREDENTIALS, Turn.CHANGED, "groups"),)),
    # The kernel lets nobody look into a process whose ids have changed.
    "group": Change(signal.SIGQUIT, ((Topic.CREDENTIALS, Turn.CHANGED, "gid"), (Topic.TASK, Turn.CHANGED, "dumpable"))),
    # And takes from it what root may do with files.
    "user": Change(
        signal.SIGTRAP, ((Topic.CREDENTIALS, Turn.CHANGED, "uid"), (Topic.CREDENTIALS, Turn.CHANGED, "effective"))
    ),
}


@contextlib.contextmanager
def running(program: Path, directory: Path) -> Iterator[int]:
    """The program, once it waits."""
    directory.mkdir()
    (directory / "below").mkdir()
    (directory / "data").write_bytes(bytes(PAGE))
    target = subprocess.Popen(
        [program],
        cwd=directory,
        env={"A": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(lambda: waits(target.pid), "the program does not wait")
        yield target.pid
    finally:
        os.killpg(target.pid, signal.SIGKILL)
        target.wait()


def waits(pid: int) -> bool:
    """Whether it waits for a signal, and none is on its way."""
    status, call = (open(f"/proc/{pid}/{name}").read() for name in ("status", "syscall"))  # noqa: PTH123, SIM115
    pending = next(line.split()[1] for line in status.splitlines() if line.startswith("ShdPnd"))
    return int(pending, 16) == 0 and call.split()[0] == str(WAITING)


def dumped(criu: Criu, pid: int, images: Path) -> Dump:
    """A dump that leaves the process running."""
    images.mkdir()
    words = ["dump", "-t", str(pid), "-D", str(images), "-v4", "-o", "dump.log", "--shell-job", "--leave-running"]
    done = subprocess.run([*criu.command, *words], capture_output=True, check=False)
    assert done.returncode == 0, (images / "dump.log").read_text(errors="replace")[-3000:]
    wait_for(lambda: waits(pid), "the program does not go on")
    return Dump(images)


def told(first: Dump, second: Dump) -> tuple[Counter[tuple[Topic, Turn, str]], Counter[tuple[str, int]]]:
    two = TwoCheckpoints(first, second)
    pages: Counter[tuple[str, int]] = Counter()
    for one in page_differences(first, second, two.places, Progress()):
        for name in ("changed", "appeared", "gone"):
            pages.update((name, at) for span in getattr(one, name) for at in range(span.start, span.end, PAGE))
        assert one.unread == 0
    return Counter((each.topic, each.turn, each.name) for each in two.differences), pages


def expected_of(change: Change, found: Counter[tuple[Topic, Turn, str]]) -> Counter[tuple[Topic, Turn, str]]:
    """The names in full, where they begin as they should."""
    names = [name for _, _, name in found]
    return Counter(
        (topic, turn, next((name for name in names if name.startswith(begins)), begins))
        for topic, turn, begins in change.differences
    )


@pytest.fixture(scope="session")
def changing(tmp_path_factory: pytest.TempPathFactory, criu_command: list[str]) -> Path:
    """tests/programs/change.c, compiled."""
    made = tmp_path_factory.mktemp("change") / "change"
    bare = ["-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector"]
    subprocess.run(["gcc", "-O2", "-Wall", "-Werror", *bare, "-o", made, PROGRAMS / "change.c"], check=True)
    return made


def test_each_change_is_told_and_nothing_else(criu: Criu, changing: Path, tmp_path: Path) -> None:
    """One dump more for each change; each is compared with the one before."""
    wrong = {}
    with running(changing, tmp_path / "here") as pid:
        before = dumped(criu, pid, tmp_path / "0")
        for index, (name, change) in enumerate(CHANGES.items(), 1):
            os.kill(pid, change.signal)
            wait_for(lambda: waits(pid), f"the program has not changed {name}")
            after = dumped(criu, pid, tmp_path / str(index))
            differences, pages = told(before, after)
            known = Counter(
                {(kind, at if (kind, 0) not in change.pages else 0): count for (kind, at), count in pages.items()}
            )
            if differences != expected_of(change, differences) or known != Counter(change.pages):
                wrong[name] = differences, pages
            back, _ = told(after, before)
            assert back == Counter((topic, turn.mirrored, n) for topic, turn, n in differences.elements())
            before = after
    assert wrong == {}, "\n".join(f"{name}: {found}" for name, found in wrong.items())
    assert len(CHANGES) >= 40
