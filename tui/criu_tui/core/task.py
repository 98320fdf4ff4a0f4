"""Tasks and their threads: what pstree.img, core-PID.img and creds-PID.img say of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.images import text_of
from criu_tui.core.schema import core_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.schema import creds_pb2

TASK_ALIVE, TASK_DEAD, TASK_STOPPED, TASK_ZOMBIE = 1, 2, 3, 6
_STATE_NAMES = {TASK_ALIVE: "alive", TASK_DEAD: "dead", TASK_STOPPED: "stopped", TASK_ZOMBIE: "zombie"}


@dataclass(frozen=True, slots=True)
class Task:
    """One entry of pstree.img with its place in the tree."""

    pid: int
    ppid: int
    pgid: int
    sid: int
    threads: tuple[int, ...]
    depth: int
    """0 for a task whose parent is not in the dump."""


@dataclass(frozen=True, slots=True)
class TaskCore:
    """What core-PID.img says of a task; every field is None when the image cannot be read."""

    comm: str | None = None
    """As in the dump: make it safe before showing it."""
    state: int | None = None
    arch: str | None = None
    loginuid: int | None = None

    @property
    def alive(self) -> bool:
        """Whether the task has an address space; taken for granted when unknown."""
        return self.state not in (TASK_DEAD, TASK_ZOMBIE)

    @property
    def state_name(self) -> str:
        return "unknown" if self.state is None else _STATE_NAMES.get(self.state, f"state {self.state}")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The five sets of a thread, bit by bit as in capabilities(7)."""

    effective: int
    permitted: int
    inheritable: int
    bounding: int
    ambient: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """Ids of a thread inside its user namespace."""

    uid: int
    gid: int
    euid: int
    egid: int
    suid: int
    sgid: int
    fsuid: int
    fsgid: int
    groups: tuple[int, ...]
    capabilities: Capabilities


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


def thread_credentials(entry: core_pb2.core_entry | None) -> Credentials | None:
    """The ids in the core image of a thread, which has them since CRIU 2.0."""
    if entry is None or not entry.HasField("thread_core") or not entry.thread_core.HasField("creds"):
        return None
    return credentials(entry.thread_core.creds)


def credentials(entry: creds_pb2.creds_entry) -> Credentials:
    """The ids that a creds entry holds."""
    return Credentials(
        entry.uid,
        entry.gid,
        entry.euid,
        entry.egid,
        entry.suid,
        entry.sgid,
        entry.fsuid,
        entry.fsgid,
        tuple(entry.groups),
        Capabilities(*map(_mask, (entry.cap_eff, entry.cap_prm, entry.cap_inh, entry.cap_bnd, entry.cap_amb))),
    )


def _mask(words: Sequence[int]) -> int:
    """One number of two 32-bit words, the low one first."""
    return sum(word << 32 * index for index, word in enumerate(words[:2]))
