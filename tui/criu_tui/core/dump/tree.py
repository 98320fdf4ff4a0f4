"""The tree of tasks, from pstree.img."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from criu_tui.core.base.limits import TASK_LIMIT, THREAD_LIMIT
from criu_tui.core.base.units import number
from criu_tui.core.dump.task import Task
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import pstree_pb2
from criu_tui.core.source.error import LeftOutError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from criu_tui.core.dump.dump import Dump

TREE = "pstree.img"
_OF_TASK = re.compile(r"mm-(\d{1,10})\.img", re.ASCII)


def _by_names(names: Iterable[str]) -> Iterator[Task]:
    """The living tasks by the names of their images, as long as their tree has not come."""
    pids = sorted(int(found[1]) for name in names if (found := _OF_TASK.fullmatch(name)))
    return (Task(pid, 0, 0, 0, (pid,), 0) for pid in pids[:TASK_LIMIT])


def read_tasks(dump: Dump) -> tuple[tuple[Task, ...], dict[int, int]]:
    """The tasks in image order, parents first; and PIDs that are listed more than once, with how often.

    Of tasks with one PID the first is kept.
    """
    if dump.arriving and TREE not in dump.files_listed:
        return tuple(_by_names(dump.files_listed)), {}
    tasks: dict[int, Task] = {}
    repeated: dict[int, int] = {}
    name, threads_left = TREE, THREAD_LIMIT
    entries = dump.entries(name, kinds.PSTREE, pstree_pb2.pstree_entry)
    for index, entry in enumerate(entries):
        if entry.pid in tasks:
            repeated[entry.pid] = repeated.get(entry.pid, 1) + 1
            continue
        listed: Sequence[int] = entry.threads
        if len(listed) > threads_left:
            left_out = f"more than {number(THREAD_LIMIT)} threads: the others are not shown"
            dump.note_problem(name, LeftOutError(name, None, left_out, index))
        threads = tuple(listed[:threads_left])
        threads_left -= len(threads)
        depth = tasks[entry.ppid].depth + 1 if entry.ppid in tasks else 0
        tasks[entry.pid] = Task(entry.pid, entry.ppid, entry.pgid, entry.sid, threads, depth)
    return tuple(tasks.values()), repeated
