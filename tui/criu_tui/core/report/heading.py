"""What stands above all panes, and the CRIUs that one goes round with a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.restore.releases import stand_ins

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.releases import Criu


def heading(report: Report, pid: int | None, width: int) -> str:
    """The CRIU with its rule, the task, and of the dump's path the end, in a number of characters."""
    task = f"task {pid} {report.comm(pid)}" if pid is not None and pid in report.dump.pids else "no task"
    before = f" {report.criu.name} ({report.criu.rule.name}) │ {task} │ "
    path = display_safe(str(report.dump.shown_path))
    room = max(8, width - len(before))
    return before + (path if len(path) <= room else f"…{path[1 - room :]}")


def next_criu(current: Criu) -> Criu:
    """The one after it, from the newest release over older ones to the needed rule and round."""
    choices = stand_ins()
    position = choices.index(current) if current in choices else -1
    return choices[(position + 1) % len(choices)]


def next_against(chosen: Criu, against: Criu | None) -> Criu | None:
    """The next one to compare with: those of another rule in turn, then none."""
    choices = [made for made in stand_ins() if made.rule is not chosen.rule]
    position = choices.index(against) + 1 if against in choices else 0
    return choices[position] if position < len(choices) else None


def first_place(report: Report) -> tuple[int, int] | None:
    """Task and address of the step most worth looking at; makes the plan."""
    # Not before the first paint, which needs no plan.
    from criu_tui.core.report import plan

    return plan.first_place(report)
