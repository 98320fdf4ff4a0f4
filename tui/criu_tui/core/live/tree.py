"""A tree of running processes and what was read of them so far; each thing is read once, when it is first asked for.

What a process does meanwhile is not seen: two things that are read one after another may not be of one moment.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from criu_tui.core.base.once import Once
from criu_tui.core.live.descriptors import OpenedFile, directory, opened_files
from criu_tui.core.live.memory import Mapped, Run, mappings, runs
from criu_tui.core.live.process import PROC, LiveError, Process, link, process, read, tree
from criu_tui.core.live.sockets import LiveSocket, sockets_of, unlisted

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class LiveTree:
    """A process and all below it. Raises LiveError when there is none, or it is a thread of the kernel."""

    def __init__(self, pid: int) -> None:
        self.once = Once()
        """What was read, by key."""
        self.reader = process(os.getpid())
        """Who looks: what a task shares with it CRIU would share, too, when run from here."""
        self.tasks = tree(pid)
        if self.root.kernel_thread:
            raise LiveError(f"process {pid} is a thread of the kernel: it has no memory of its own")
        self._level = len(self.root.inner) - 1
        self._unseen: dict[int, str] = {}

    @property
    def root(self) -> Process:
        """The task that the others are below."""
        return self.tasks[0]

    @property
    def unseen(self) -> dict[int, str]:
        """Why something of a task could not be read, by PID; as far as it was tried."""
        return dict(self._unseen)

    # Ids as a dump has them: those inside the pid namespace that the root is in

    def inner(self, task: Process) -> int:
        """The pid of a task as a dump has it."""
        return _at_level(task.inner, self._level)

    def group(self, task: Process) -> int:
        """Its process group; 0 where it is outside of the pid namespace."""
        return _at_level(task.inner_pgid, self._level)

    def session(self, task: Process) -> int:
        """Its session; 0 where its leader is outside of the pid namespace."""
        return _at_level(task.inner_sid, self._level)

    def threads(self, task: Process) -> list[int]:
        """The ids of its threads, its own first."""
        return [_at_level(ids, self._level) for ids in task.inner_tids]

    def outside(self, task: Process, kind: str) -> bool:
        """Whether a task is in another namespace of a kind than the reader; also where neither can be seen."""
        own = task.namespace(kind)
        return own != 0 and own != self.reader.namespace(kind)

    def shown(self, task: Process) -> str:
        """Which task it is, in words: a dump's pid, and the host's where that differs."""
        inner = self.inner(task)
        return f"task {task.pid}" if inner == task.pid else f"task {inner} ({task.pid} on this host)"

    # What is read of each

    def mappings(self, task: Process) -> list[Mapped]:
        """The mappings of a task; none where they may not be seen, of which `unseen` then says why."""
        return self._read("mappings", task, mappings, [])

    def pages(self, task: Process) -> list[Run] | None:
        """Runs of pages that hold something; None where the kernel does not say it or they may not be seen."""
        return self._read("pages", task, runs, None)

    def files(self, task: Process) -> list[OpenedFile]:
        """What a task has open; nothing where that may not be seen."""
        return self._read("files", task, opened_files, []) if task.alive else []

    def directory(self, task: Process, name: str) -> OpenedFile:
        """Where its link cwd, root or exe leads."""
        return self.once((name, task.pid), lambda: directory(task.pid, name))

    def sockets(self, task: Process) -> dict[int, LiveSocket]:
        """The sockets of the network namespace that a task is in, by inode."""
        space = task.namespace("net")
        return self.once(("sockets", space), lambda: self._sockets(task))

    def _sockets(self, task: Process) -> dict[int, LiveSocket]:
        found = sockets_of(task.pid, own=not self.outside(task, "net"))
        for other in self.tasks:
            for opened in self.files(other) if other.namespace("net") == task.namespace("net") else ():
                if opened.target.startswith("socket:") and opened.inode not in found:
                    made = unlisted(opened.inode, PROC / str(other.pid) / "fd" / str(opened.fd))
                    found |= {} if made is None else {opened.inode: made}
        return found

    @property
    def held_sockets(self) -> frozenset[int]:
        """Inodes of the sockets that tasks of the tree have open."""
        return self.once("held sockets", self._held_sockets)

    def _held_sockets(self) -> frozenset[int]:
        opened = (each for task in self.tasks for each in self.files(task))
        return frozenset(each.inode for each in opened if each.target.startswith("socket:"))

    def text(self, task: Process, name: str) -> str:
        """A file of /proc/PID; empty where it may not be read."""
        return self.once(("text", name, task.pid), lambda: _text(task.pid, name))

    def link(self, task: Process, name: str) -> str:
        """A link of /proc/PID; empty where it may not be seen."""
        return link(PROC / str(task.pid) / name)

    def _read(self, what: str, task: Process, reads: Callable[[int], T], nothing: T) -> T:
        def tried() -> T:
            try:
                return reads(task.pid)
            except LiveError as error:
                self._unseen.setdefault(task.pid, str(error))
                return nothing

        return self.once((what, task.pid), tried)


def _at_level(ids: tuple[int, ...], level: int) -> int:
    return ids[level] if level < len(ids) else 0


def _text(pid: int, name: str) -> str:
    try:
        return read(PROC / str(pid) / name).decode(errors="surrogateescape")
    except LiveError:
        return ""
