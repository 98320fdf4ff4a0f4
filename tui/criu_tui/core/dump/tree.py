"""The tree of tasks, from pstree.img."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.limits import TASK_LIMIT, THREAD_LIMIT
from criu_tui.core.base.units import number
from criu_tui.core.dump.task import Task
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import pstree_pb2
from criu_tui.core.source.error import LeftOutError
from criu_tui.core.source.holding import tasks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

TREE = "pstree.img"


def tree_comes(dump: Dump) -> bool:
    """Whether who is whose parent, and with which threads, is among what has not been read of an archive yet."""
    return dump.arriving and TREE not in dump.files_listed


def _by_names(names: frozenset[str]) -> Iterator[Task]:
    """The living tasks by the names of their images, as long as their tree has not come."""
    return (Task(pid, 0, 0, 0, (pid,), 0) for pid in sorted(tasks_of(names))[:TASK_LIMIT])


def read_tasks(dump: Dump) -> tuple[tuple[Task, ...], dict[int, int]]:
    """The tasks in image order, parents first; and PIDs that are listed more than once, with how often.

    Of tasks with one PID the first is kept.
    """
    if tree_comes(dump):
        return tuple(_by_names(dump.files_listed)), {}
    tasks: dict[int, Task] = {}
    repeated: dict[int, int] = {}
    name, threads_left = TREE, THREAD_LIMIT
    entries = dump.entries(name, kinds.PSTREE, pstree_pb2.pstree_entry)
    for index, entry in enumerate(entries):
        pid, ppid, listed = entry.pid, entry.ppid, entry.threads
        if pid in tasks:
            repeated[pid] = repeated.get(pid, 1) + 1
            continue
        fit = len(listed) <= threads_left
        if not fit:
            left_out = f"more than {number(THREAD_LIMIT)} threads: the others are not shown"
            dump.note_problem(name, LeftOutError(name, None, left_out, index))
        threads = tuple(listed if fit else listed[:threads_left])
        threads_left -= len(threads)
        parent = tasks.get(ppid)
        tasks[pid] = Task(pid, ppid, entry.pgid, entry.sid, threads, 0 if parent is None else parent.depth + 1)
    return tuple(tasks.values()), repeated
