"""What two CRIUs do differently with the same task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.units import address, size, some
from criu_tui.core.dump.vma import prot_text
from criu_tui.core.report.columns import size_column, span_columns
from criu_tui.core.report.plan import failure_json
from criu_tui.core.report.titles import no_task, task_name
from criu_tui.core.restore.host import Mode
from criu_tui.core.tables.table import Column, Table, Tone, share_bar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.plan import Plan
    from criu_tui.core.restore.releases import Criu
    from criu_tui.core.restore.steps import Step


MIRRORED = 6
"""Cells of the longest bar on one side."""
CHARGES, ON_ONE_LINE = 20, 6
"""Cells of the longest bar of all that is charged, below each other and beside each other."""


@dataclass(frozen=True, slots=True)
class StepOfTwo:
    """A step that two CRIUs take differently."""

    step: Step
    other: Step
    charged: int
    other_charged: int

    @property
    def saved(self) -> int:
        """Bytes that the first charges more than the other."""
        return self.charged - self.other_charged


def table(report: Report, pid: int, against: Criu) -> Table[StepOfTwo]:
    """The steps of a task that another CRIU takes differently, and the difference in charge."""
    rows = _rows(report, pid, against)
    other = report.restored_by(against)
    saved = report.budget.charged - other.budget.charged
    most = max((charge for row in rows for charge in (row.charged, row.other_charged)), default=0)
    task = pid in report.dump.pids
    return Table(
        f"{report.criu.name} against {against.name}: {task_name(report, pid) if task else no_task(report)}",
        (
            *span_columns(report.dump.address_space(pid).outline.highest_end, lambda r: r.step.vma),
            size_column(lambda r: r.step.vma.size),
            Column("Prot", lambda r: prot_text(r.step.vma.prot), 4),
            Column(report.criu.version, lambda r: _asked(r.step), max(10, len(report.criu.version))),
            Column(against.version, lambda r: _asked(r.other), max(10, len(against.version))),
            Column(
                f"{report.criu.version:>{MIRRORED}} │ {against.version}",
                lambda r: mirrored(r.charged, r.other_charged, most),
                2 * MIRRORED + 3,
                sort=lambda r: r.charged,
                weight=3,
            ),
            Column("Charge", lambda r: _difference(r.saved), 10, right=True, sort=lambda r: r.saved),
            Column("Reason", lambda r: report.plan.reason(r.step), 40, weight=4),
        ),
        rows,
        lambda r: (r.step.pid, r.step.vma.span),
        lambda r: Tone.ERROR if report.budget.of(r.step).refusal else Tone.WARNING,
        notes=(
            *_charges(report, other),
            (Tone.PLAIN, f"difference in charge: {_difference(saved)}"),
        ),
        brief=_brief(report, other),
        empty=report.no_memory(pid) if not task else "" if rows else _the_same(report, pid, against),
    )


def _the_same(report: Report, pid: int, against: Criu) -> str:
    """That nothing differs in a task, and where something does."""
    other, _ = report.planned(against)
    said = f"{report.criu.name} and {against.name} do the same with task {pid}"
    differing = [task for task in report.plan.by_pid if task != pid and any(_differing(report.plan, other, task))]
    if differing:
        return f"{said}, but not with {some(differing)}"
    return said if len(report.plan.by_pid) == 1 else f"{said}, and with all others"


def _differing(one: Plan, other: Plan, pid: int) -> Iterator[int]:
    ours, theirs = one.by_pid[pid].steps, other.by_pid[pid].steps
    for index in ours.order:
        if (ours.actions[index], ours.requested[index]) != (theirs.actions[index], theirs.requested[index]):
            yield index


def _rows(report: Report, pid: int, against: Criu) -> list[StepOfTwo]:
    other, charges = report.planned(against)
    if pid not in report.plan.by_pid:
        return []
    ours, theirs = report.plan.by_pid[pid].steps, other.by_pid[pid].steps
    pairs = [(ours.of(index), theirs.of(index)) for index in _differing(report.plan, other, pid)]
    return [StepOfTwo(step, twin, report.budget.of(step).charged, charges.of(twin).charged) for step, twin in pairs]


def _charges(report: Report, other: Report) -> Iterator[tuple[Tone, str]]:
    """What each CRIU charges, and beyond what the host refuses, as bars of one scale."""
    limit = report.host.most
    found = [
        (each.criu.name, each.budget.charged, _outcome(each), Tone.ERROR if each.budget.failure else Tone.PLAIN)
        for each in (report, other)
    ]
    if limit is not None:
        alone = report.host.overcommit is Mode.HEURISTIC
        words = f"refuses one mapping of more than {size(limit)}" if alone else f"has {size(limit)} left to promise"
        found.append(("the host", limit, words, Tone.DIM))
    most, wide = max(amount for _, amount, _, _ in found), max(len(name) for name, _, _, _ in found)
    for name, amount, said, tone in found:
        yield tone, f"{name:<{wide}}  {share_bar(amount, most, CHARGES):<{CHARGES}}  {said}"


def _brief(report: Report, other: Report) -> str:
    """The same on one line of at most 80 characters."""
    found = [
        (each.criu.version, each.budget.charged, " ✗" if each.budget.failure else " ✓" if each.host.can_tell else "")
        for each in (report, other)
    ]
    if report.host.most is not None:
        found.append(("host", report.host.most, ""))
    most = max(amount for _, amount, _ in found)
    bars = (f"{name} {share_bar(amount, most, ON_ONE_LINE)} {size(amount)}{sign}" for name, amount, sign in found)
    return "   ".join(bars)


def mirrored(amount: int, other: int, most: int) -> str:
    """Two amounts as bars that grow apart, the first to the left, each as long as it is of the most there is."""
    left, right = (share_bar(each, most, MIRRORED) for each in (amount, other))
    # Mirrored; of signs for a part of a cell there is but one that ends at its right.
    left = left.replace(left[-1:], "▐")[::-1] if left and left[-1] != "█" else left
    return f"{left:>{MIRRORED}} │ {right}".rstrip()


def _outcome(report: Report) -> str:
    failure = report.budget.failure
    charged = f"charges {size(report.budget.charged)}"
    if failure is None:
        return f"{charged}, {'every mapping is granted' if report.host.can_tell else 'on a host of unknown memory'}"
    return f"{charged}, fails at {address(failure.step.vma.start)}: {failure.arithmetic}"


def json(report: Report, only: int | None, against: Criu) -> dict[str, Json]:
    """The steps that two CRIUs take differently, for programs."""
    other = report.restored_by(against)
    return {
        "criu": report.criu.version,
        "against": against.version,
        "tasks": [
            {
                "pid": pid,
                "comm": report.comm(pid),
                "steps": [
                    {
                        "start": row.step.vma.start,
                        "end": row.step.vma.end,
                        "prot": row.step.vma.prot,
                        "requested_prot": int(row.step.requested_prot),
                        "against_requested_prot": int(row.other.requested_prot),
                        "charged": row.charged,
                        "against_charged": row.other_charged,
                        "reason": report.plan.reason(row.step),
                        "against_reason": other.plan.reason(row.other),
                    }
                    for row in _rows(report, pid, against)
                ],
            }
            for pid in report.pids(only)
        ],
        "charged": report.budget.charged,
        "against_charged": other.budget.charged,
        "failure": failure_json(report),
        "against_failure": failure_json(other),
    }


def _asked(step: Step) -> str:
    return f"{prot_text(step.requested_prot)} {step.action.value}"


def _difference(count: int) -> str:
    return f"{'+' if count > 0 else '-' if count < 0 else ''}{size(abs(count))}"
