"""The task tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.tables.rows import Rows
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from criu_tui.core.dump.task import Task
    from criu_tui.core.report.report import Report


FEW = 64
"""Tasks up to which all names are read for the width of their column."""
COMM_LENGTH = 15
"""Characters of a task's name that the kernel keeps."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    task: Task
    comm: str
    state: str


def table(report: Report) -> Table[TaskRow]:
    """The tasks in tree order, each below its parent."""
    tasks = report.dump.tasks

    def row(index: int) -> TaskRow:
        task = tasks[index]
        return TaskRow(task, report.comm(task.pid), report.dump.core(task.pid).state_name)

    rows = Rows(len(tasks), row)
    width = max((task.depth * 2 + len(str(task.pid)) for task in tasks), default=3)
    # Names are in an image for each task: of many tasks only those on screen are read.
    name_width = widest("Name", {row.comm for row in rows}) if len(tasks) <= FEW else COMM_LENGTH
    return Table(
        "Tasks",
        (
            Column("Task", lambda r: f"{'  ' * min(r.task.depth, 12)}{r.task.pid}", min(width, 32)),
            Column("Name", lambda r: r.comm, name_width, weight=1),
        ),
        rows,
        lambda r: (r.task.pid, None),
        lambda r: Tone.PLAIN if r.state in ("alive", "stopped", "unknown") else Tone.DIM,
        locate=lambda pid, _: None if pid is None else report.dump.pids.get(pid),
        empty="no tasks in this dump",
    )
