"""What stands above all panes, and the CRIUs that one goes round with a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.report.titles import no_task, task_name
from criu_tui.core.restore.releases import stand_ins

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.releases import Criu


def heading(report: Report, pid: int | None, width: int) -> str:
    """The CRIU that restores, the task, and of the dump's path the end, in a number of characters."""
    changed = "CHANGED ON DISK │ " if report.dump.changed else ""
    before = f" {changed}{report.criu.name} │ {_task(report, pid)} │ "
    path = display_safe(str(report.dump.shown_path))
    room = max(8, width - len(before))
    return before + (path if len(path) <= room else f"…{path[1 - room :]}")


def _task(report: Report, pid: int | None) -> str:
    """The task; while none has been chosen yet how many there are to choose from."""
    pids = report.dump.pids
    if pid is not None and pid in pids:
        return f"task {task_name(report, pid)}"
    return counted(len(pids), "task") if pids else no_task(report)


def pane_names(report: Report) -> dict[str, str]:
    """What stands on the tabs behind the keys, by id: findings with how many there are, once that is known."""
    names = {name: f"{kind.key} {kind.name}" for name, kind in SHOWN.items()}
    if report.findings_so_far:
        names["findings"] += f" ({len(report.findings_so_far)})"
    return names


def next_criu(current: Criu) -> Criu:
    """The one after it, from the newest release over older ones to the needed rule and round."""
    choices = stand_ins()
    position = choices.index(current) if current in choices else -1
    return choices[(position + 1) % len(choices)]


def next_task(report: Report, pid: int | None, where: int | None, step: int) -> tuple[int, int | None] | None:
    """The task so many further, round and round, and the address if it has that too; None without a task."""
    pids = list(report.dump.pids)
    if pid not in pids:
        return None
    following = pids[(pids.index(pid) + step) % len(pids)]
    # A forked task has the same addresses.
    there = where is not None and report.dump.address_space(following).at(where) is not None
    return following, where if there else None


class Goal(NamedTuple):
    """Where it is worth going."""

    pane: str
    """Its id; empty: nowhere."""
    place: tuple[int, int] | None = None
    """Task and address there."""
    said: str = ""
    """What has to be said of it: that it is no failure."""


def trouble(report: Report) -> Goal:
    """The step where a restore stops, else other errors, else the check that fails, else where releases disagree.

    Makes the plan.
    """
    if report.dump.arriving or report.elsewhere:
        # Which say that nothing is known before all has been read, or what the host has found.
        return Goal("findings")
    place = report.first_place()
    failure = report.budget.failure
    stops = failure is not None and failure.step.pid not in report.dump.half_read
    if not stops and report.refused_so_far is None:
        # Not to what only other releases would do.
        if report.errors_so_far:
            return Goal("findings")
        if report.checking_so_far is not None and report.checking_so_far.verdict.failing:
            return Goal("overview")
    if place is None:
        return Goal("", said="nothing fails as far as checked, and no large mapping differs between releases")
    fails = failure is not None or report.refused_so_far is not None
    return Goal("plan", place, "" if fails else "nothing fails as far as checked; here releases differ")
