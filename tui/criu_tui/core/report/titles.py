"""How a task is called in titles and in the heading, and what stands there without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report


def task_name(report: Report, pid: int) -> str:
    """ "4242 reserve"; the number alone where no image says its name."""
    comm = report.comm(pid)
    return f"{pid}" if comm == "?" else f"{pid} {comm}"


def no_task(report: Report) -> str:
    """What stands in place of a task while none is known, and where there is none."""
    return "no task yet" if report.dump.arriving else "no task"


def titled(report: Report, what: str, pid: int) -> str:
    """The title of a pane whose rows are of a task: "Maps of 4242 reserve", "Maps: no task"."""
    return f"{what} of {task_name(report, pid)}" if pid in report.dump.pids else f"{what}: {no_task(report)}"
