"""Which task of one checkpoint is which of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump


class TaskPair(NamedTuple):
    """A task in the first and in the second checkpoint, by PID; None where there is none."""

    pid: int | None
    other_pid: int | None


def task_pairs(dump: Dump, other: Dump) -> tuple[TaskPair, ...]:
    """Every task of both once, in tree order of the first; those of the second alone come last.

    Tasks match by PID. Those that are left match where their parents do, or both have none, and they run the same
    program: in order.
    """
    pairs = {pid: pid for pid in dump.pids if pid in other.pids}
    taken = set(pairs.values())
    lonely: dict[tuple[int | None, str | None], list[int]] = {}
    for task in other.tasks:
        if task.pid not in taken:
            parent = task.ppid if task.ppid in other.pids else None
            lonely.setdefault((parent, program(other, task.pid)), []).append(task.pid)
    for task in dump.tasks:
        if task.pid in pairs:
            continue
        parent = pairs.get(task.ppid) if task.ppid in dump.pids else None
        if parent is None and task.ppid in dump.pids:
            continue
        alike = lonely.get((parent, program(dump, task.pid)))
        if alike:
            pairs[task.pid] = alike.pop(0)
    taken = set(pairs.values())
    return (
        *(TaskPair(pid, pairs.get(pid)) for pid in dump.pids),
        *(TaskPair(None, pid) for pid in other.pids if pid not in taken),
    )


def program(dump: Dump, pid: int) -> str | None:
    """The path of what a task runs; its name where no image says the path, as of a dead one."""
    file = dump.files.get(dump.address_space(pid).exe_file_id or 0)
    return dump.core(pid).comm if file is None else file.path
