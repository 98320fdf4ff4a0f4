"""The write plan of a task, what it charges, and where the kernel would stop it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import address, counted, number, size
from criu_tui.core.dump.vma import prot_text
from criu_tui.core.report.columns import fields, locate, size_column, span_columns, span_numbers
from criu_tui.core.report.titles import titled
from criu_tui.core.restore.commit_charge import needless
from criu_tui.core.restore.host import describe
from criu_tui.core.restore.releases import RULES, Mark, of_rule
from criu_tui.core.restore.steps import Action, Steps
from criu_tui.core.tables.rows import Rows
from criu_tui.core.tables.table import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.commit_charge import Charge
    from criu_tui.core.restore.steps import Step


@dataclass(frozen=True, slots=True)
class PlanRow:
    step: Step
    charge: Charge


def table(report: Report, pid: int) -> Table[PlanRow]:
    """The write plan of a task in order of execution."""
    task = report.plan.by_pid.get(pid)
    steps = task.steps if task else Steps.none(pid)
    rows = Rows(len(steps), lambda i: PlanRow(steps[i], report.budget.of(steps[i])))
    columns: tuple[Column[PlanRow], ...] = (
        *span_columns(report.dump.address_space(pid).outline.highest_end, lambda r: r.step.vma),
        size_column(lambda r: r.step.vma.size, barred=False),
        Column("Prot", _prot_change, 9),
        Column("Action", lambda r: r.step.action.value, 6, weight=2),
        Column(
            "Charged",
            lambda r: size(r.charge.charged) if r.charge.charged else "0",
            9,
            right=True,
            sort=lambda r: r.charge.charged,
            summed=True,
            part=(lambda r: of_host(report, r.charge.charged)) if report.host.most else None,
            whole=f"→{size(report.host.most).replace(' ', '')}" if report.host.most else "",
        ),
        Column(
            "Pages",
            lambda r: number(r.step.pages),
            7,
            right=True,
            sort=lambda r: r.step.pages,
            weight=3,
        ),
        Column(
            "",
            lambda r: _MARKS[tone_of(r)],
            5,
            sort=lambda r: list(_MARKS).index(tone_of(r)),
            names=("mark",),
        ),
        Column("Reason", lambda r: report.plan.reason(r.step), 40, weight=4),
    )
    return Table(
        titled(report, "Write plan", pid),
        columns,
        rows,
        lambda r: (r.step.pid, r.step.vma.span),
        tone_of,
        notes=_notes(report),
        brief=_brief(report),
        empty=report.no_memory(pid),
        locate=locate(pid, report.dump.address_space(pid), steps.position),
        hidden=fields(report, pid, lambda r: r.step.vma, columns),
        numbers={
            **span_numbers(report.dump.address_space(pid), steps.in_order),
            "Charged": lambda: steps.in_order(report.budget.amounts(pid)),
            "Pages": lambda: steps.in_order(steps.pages),
        },
    )


def of_host(report: Report, charged: int) -> float:
    """What part of all that the host can give a charge is; 1 for more, 0 where what it can give is not known."""
    most = report.host.most
    return min(1.0, charged / most) if most else 0.0


LATER = "planned once all of the archive has been read"
"""In place of what the plan says, of a dump of which not all has come."""


def later() -> Table[PlanRow]:
    """In place of the plan of a dump of which not all has come."""
    return Table("Write plan", (), (), lambda r: (r.step.pid, r.step.vma.span), tone_of, empty=LATER)


def _notes(report: Report) -> tuple[tuple[Tone, str], ...]:
    """`notes`, which each task of thousands has: made anew only once more images are found to be cut."""
    return report.once(("notes of the plan", len(report.dump.half_read)), lambda: tuple(notes(report)))


def _brief(report: Report) -> str:
    """Where the kernel would stop it and by what numbers, on a line of 80 characters; empty where it would not."""
    failure = report.budget.failure
    return "" if failure is None else f"fails at {address(failure.step.vma.start)}: {failure.arithmetic}"


def notes(report: Report) -> Iterator[tuple[Tone, str]]:
    """What the whole restore charges, and where the kernel would stop it."""
    if not any(task.steps for task in report.plan.tasks):
        yield Tone.WARNING, "no plan: no task here has memory that can be read"
        return
    count = len(report.dump.half_read)
    if count:
        half_read = sorted(report.dump.half_read, key=report.dump.pids.__getitem__)[:4]
        tasks = ", ".join(map(str, half_read)) + (" ..." if count > 4 else "")
        yield Tone.WARNING, f"images of task {tasks} are cut: a restore fails at them, and the plan is of what is left"
    rule = report.criu.rule
    which = f"writable where {rule.comparison}" if rule.mark is Mark.NEEDED else f"as {rule.releases}"
    peak = f", {size(report.budget.peak)} with forked copies" if report.budget.peak > report.budget.charged else ""
    yield (
        Tone.PLAIN,
        f"{report.criu.name} ({which}) charges {size(report.budget.charged)}{peak} here: {describe(report.host)}",
    )
    wasted = needless(report.plan, report.budget)
    if wasted:
        yield Tone.WARNING, f"{size(wasted)} of it is writable memory that no dumped page needs"
    failure = report.budget.failure
    if failure is None and not report.host.can_tell:
        yield Tone.WARNING, "whether every mapping is granted is not known, as the host's memory is not: give --host"
    elif failure is None:
        yield Tone.PLAIN, "every mapping is granted"
    else:
        step = failure.step
        yield (
            Tone.ERROR,
            f"fails in task {step.pid} at {address(step.vma.start)}-{address(step.vma.end)}: {failure.arithmetic}",
        )


def counter_lines(report: Report, pid: int) -> Iterator[str]:
    """Counters and preadv batches as restore.log prints them."""
    found = report.counters.get(pid)
    if found is None:
        return
    yield ", ".join(f"{name} {value}" for name, value in found.named().items())
    if found.unread is not None:
        yield f"warning: not all pages could be compared: {display_safe(str(found.unread))}"
    for batch in found.batches:
        first = f"{address(batch.address)}, {size(batch.first_length)}"
        yield f"preadv of {counted(batch.vectors, 'vector')}, the first at {first}"


def step_at(report: Report, pid: int, index: int) -> Step | None:
    """The step of a task's VMA."""
    task = report.plan.by_pid.get(pid)
    return task.steps.of(index) if task else None


def first_place(report: Report) -> tuple[int, int] | None:
    """Where the plan is most worth looking at: where a restore did stop or would, else where releases differ."""
    refused = report.refused_so_far
    if refused is not None:
        return refused.pid, refused.vma.start
    if report.budget.failure is not None:
        step = report.budget.failure.step
        return step.pid, step.vma.start
    return first_difference(report)


def first_difference(report: Report) -> tuple[int, int] | None:
    """The first step that the newest release with the boundary bug and the newest of all request differently."""
    closed = next(rule for rule in RULES if rule.mark is Mark.CLOSED)
    old, new = (report.planned(of_rule(rule))[0] for rule in (closed, RULES[-1]))
    for task, index in old.execution_order():
        before, after, vma = task.steps.requested, new.by_pid[task.pid].steps.requested, task.steps.vmas[index]
        if before[index] != after[index] and vma.size >= 1 << 30:
            return task.pid, vma.start
    return None


def json(report: Report, only: int | None, *, with_counters: bool = False) -> dict[str, Json]:
    """The steps, counters and batches of the tasks, and the failure if there is one, for programs."""
    host = report.host
    return {
        "criu": report.criu.version,
        "rule": report.criu.rule.name,
        "host": {
            "overcommit": int(host.overcommit),
            "mem": host.mem,
            "swap": host.swap,
            "limit": host.limit,
            "committed": host.committed,
            "reserve": host.reserve,
        },
        "tasks": [
            {
                "pid": pid,
                "comm": report.comm(pid),
                "steps": [_step_json(report, step) for step in report.plan.by_pid[pid].steps],
                **(_counters_json(report, pid) if with_counters else {}),
            }
            for pid in report.pids(only)
        ],
        "charged": report.budget.charged,
        "peak": report.budget.peak,
        "failure": failure_json(report),
    }


def failure_json(report: Report) -> Json:
    """The step that the kernel would refuse, with the numbers; None when it grants all."""
    failure = report.budget.failure
    if failure is None:
        return None
    return {
        "pid": failure.step.pid,
        "start": failure.step.vma.start,
        "end": failure.step.vma.end,
        "action": failure.action,
        "needed": failure.needed,
        "limit": failure.limit,
    }


def _counters_json(report: Report, pid: int) -> dict[str, Json]:
    found = report.counters.get(pid)
    if found is None:
        return {"counters": {}, "batches": []}
    named: dict[str, Json] = dict(found.named())
    return {
        "counters": named,
        "batches": [[b.address, b.first_length, b.vectors] for b in found.batches],
    }


def _step_json(report: Report, step: Step) -> dict[str, Json]:
    return {
        "start": step.vma.start,
        "end": step.vma.end,
        "prot": step.vma.prot,
        "requested_prot": int(step.requested_prot),
        "action": step.action.value,
        "charged": report.budget.of(step).charged,
        "pages": step.pages,
        "reason": report.plan.reason(step),
    }


def _prot_change(row: PlanRow) -> str:
    before, after = prot_text(row.step.vma.prot), prot_text(row.step.requested_prot)
    return before if row.step.action is Action.NONE else f"{before} → {after}"


def tone_of(row: PlanRow) -> Tone:
    """Refused, charged for nothing, mapped, or left out."""
    if row.charge.refusal is not None:
        return Tone.ERROR
    if row.step.write_added and row.charge.charged and not row.step.pages:
        return Tone.WARNING
    return Tone.DIM if row.step.action is Action.NONE else Tone.PLAIN


_MARKS = {Tone.ERROR: "FAILS", Tone.WARNING: "waste", Tone.NOTE: "", Tone.GOOD: "", Tone.PLAIN: "", Tone.DIM: ""}
