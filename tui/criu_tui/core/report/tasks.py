"""The task tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from criu_tui.core.dump import Task
    from criu_tui.core.report.report import Report


@dataclass(frozen=True, slots=True)
class TaskRow:
    task: Task
    comm: str
    state: str
    vmas: int | None = None


def table(report: Report) -> Table[TaskRow]:
    rows = [TaskRow(task, report.comm(task.pid), report.dump.core(task.pid).state_name) for task in report.dump.tasks]
    width = max((row.task.depth * 2 + len(str(row.task.pid)) for row in rows), default=3)
    return Table(
        "Tasks",
        (
            Column("Task", lambda r: f"{'  ' * min(r.task.depth, 12)}{r.task.pid}", min(width, 32)),
            Column("Name", lambda r: r.comm, widest("Name", {row.comm for row in rows}), weight=1),
        ),
        rows,
        lambda r: (r.task.pid, None),
        lambda r: Tone.PLAIN if r.state in ("alive", "stopped", "unknown") else Tone.DIM,
        empty="no tasks in this dump",
    )
