"""Tasks and their threads: what pstree.img and core-PID.img say of them."""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
from typing import NamedTuple

from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import core_pb2

TASK_ALIVE, TASK_DEAD, TASK_STOPPED, TASK_ZOMBIE = 1, 2, 3, 6
_STATE_NAMES = {TASK_ALIVE: "alive", TASK_DEAD: "dead", TASK_STOPPED: "stopped", TASK_ZOMBIE: "zombie"}


class Task(NamedTuple):
    """One entry of pstree.img with its place in the tree."""

    pid: int
    ppid: int
    pgid: int
    sid: int
    listed_threads: tuple[int, ...]
    """As pstree.img lists them, which means nothing of a dead task: ask Dump.threads."""
    depth: int
    """0 for a task whose parent is not in the dump."""


class TaskCore(NamedTuple):
    """What core-PID.img says of a task; every field is None when the image cannot be read."""

    comm: str | None = None
    """As in the dump: make it safe before showing it."""
    state: int | None = None
    arch: str | None = None
    loginuid: int | None = None

    @property
    def alive(self) -> bool:
        """Whether the task has an address space; assumed when unknown."""
        return self.state not in (TASK_DEAD, TASK_ZOMBIE)

    @property
    def state_name(self) -> str:
        """The state in words: one of the known ones, "state 12", or "unknown" without a core image."""
        return "unknown" if self.state is None else _STATE_NAMES.get(self.state, f"state {self.state}")


def task_core(entry: core_pb2.core_entry | None) -> TaskCore:
    """What the core image of a task says; without one, nothing."""
    if entry is None:
        return TaskCore()
    arch = core_pb2.core_entry.march.Name(entry.mtype)
    if not entry.HasField("tc"):
        return TaskCore(arch=arch)
    return TaskCore(
        comm=text_of(entry.tc.comm),
        state=entry.tc.task_state,
        arch=arch,
        loginuid=entry.tc.loginuid if entry.tc.HasField("loginuid") else None,
    )
