"""Task trees that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import some
from criu_tui.core.findings.finding import AS_WRITTEN, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

SHOWN_PIDS = 20


def tree(dump: Dump) -> Iterator[Finding]:
    """Tasks that are listed twice, before their parents, in a ring, or all of them without a root."""
    for pid, count in dump.repeated_pids.items():
        yield Finding(
            "pid-twice",
            Severity.ERROR,
            f"task {pid} is in pstree.img {count} times",
            "every task has a PID of its own; only the first of them is shown",
            AS_WRITTEN,
            pid=pid,
        )
    if dump.tasks and all(task.ppid for task in dump.tasks):
        yield Finding(
            "no-root",
            Severity.ERROR,
            "no task is the root of the tree",
            "CRIU writes 0 for the parent of the root task, which comes first",
            AS_WRITTEN,
        )
    ring = _ring(dump)
    if ring:
        yield Finding(
            "task-ring",
            Severity.ERROR,
            f"task {ring[0]} is its own ancestor",
            f"these tasks are each other's parents: {some(ring)}",
            AS_WRITTEN,
            pid=ring[0],
        )
    seen: set[int] = set()
    for position, task in enumerate(dump.tasks):
        if position and task.ppid not in seen:
            later = task.ppid in dump.pids
            yield Finding(
                "parent-unknown",
                Severity.ERROR,
                f"task {task.pid} comes before its parent {task.ppid}" if later else f"task {task.pid} has no parent",
                "parents come first in pstree.img; "
                f"{task.ppid} {'comes later, or in a ring' if later else 'is not in it'}",
                AS_WRITTEN,
                pid=task.pid,
            )
        seen.add(task.pid)


def _ring(dump: Dump) -> list[int]:
    """The PIDs of the first ring of parents, empty without one; each task is visited once."""
    parents = {task.pid: task.ppid for task in dump.tasks}
    done: set[int] = set()
    for start in parents:
        path: dict[int, None] = {}
        pid = start
        while pid in parents and pid not in done and pid not in path:
            path[pid] = None
            pid = parents[pid]
        if pid in path:
            passed = list(path)
            return passed[passed.index(pid) :]
        done.update(path)
    return []


def wanted_pids(dump: Dump) -> str:
    """The ids that tasks and threads get back."""
    wanted = sorted({tid for task in dump.tasks for tid in (task.pid, *dump.threads(task.pid))})
    return f"the dump needs {some(wanted, SHOWN_PIDS)}"
