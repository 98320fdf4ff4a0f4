"""Mappings that the kernel would refuse, now or under an older CRIU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import address, size
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.restore.plan import Cause
from criu_tui.core.restore.releases import Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.commit_charge import Budget, Failure
    from criu_tui.core.restore.plan import Plan


_CAUSES = {
    Cause.TOUCH: (
        "boundary-reservation",
        "dumped data merely touches it",
        "3.2-3.19",
        "restore with CRIU 4.0 or later, or set vm.overcommit_memory=1 for the restore",
    ),
    Cause.TRAILING: (
        "trailing-reservation",
        "it lies above the last dumped page",
        "3.2-4.2.1",
        "set vm.overcommit_memory=1 for the restore, or add swap; no release fixes it",
    ),
    Cause.ALWAYS: (
        "writable-always",
        "this release adds WRITE to every private mapping",
        "before 3.2",
        "restore with CRIU 4.0 or later",
    ),
    Cause.INCREMENTAL: (
        "premapped-reservation",
        "an incremental dump is premapped whole",
        "all up to 4.2.1",
        "flatten the chain of dumps, or set vm.overcommit_memory=1 for the restore",
    ),
    Cause.LAZY: (
        "premapped-reservation",
        "a lazy restore premaps everything",
        "all up to 4.2.1",
        "restore without --lazy-pages, or set vm.overcommit_memory=1 for the restore",
    ),
    Cause.COW_ROOT: (
        "forked-reservation",
        "parent and child tasks share it, so it is premapped",
        "all up to 4.2.1",
        "set vm.overcommit_memory=1 for the restore, or add swap; no release fixes it",
    ),
}


def refusals(dump: Dump, planned: Callable[[Mark], tuple[Plan, Budget]], chosen: Mark) -> Iterator[Finding]:
    """Mappings refused under the chosen rule; else those that an older one would have refused, as notes.

    None of a task whose images are cut: a restore fails at these, and where dumped pages lie is not known.
    """
    plan, budget = planned(chosen)
    refused = list(budget.refusals.values())
    if budget.failure is not None and budget.failure.forked is not None:
        refused.insert(0, budget.failure)
    half_read = dump.half_read
    refused = [failure for failure in refused if failure.step.pid not in half_read]
    for failure in refused:
        yield _refusal(failure, plan, Severity.ERROR)
    if chosen is Mark.HALF_OPEN and not refused:
        # Fine with the chosen release; worth knowing before another host's restores it.
        old_plan, old = planned(Mark.CLOSED)
        for refusal in old.refusals.values():
            if refusal.step.cause is Cause.TOUCH and refusal.step.pid not in half_read:
                yield _refusal(refusal, old_plan, Severity.NOTE)


def _refusal(failure: Failure, plan: Plan, severity: Severity) -> Finding:
    step = failure.step
    where = f"{address(step.vma.start)}-{address(step.vma.end)}"
    id_, why, releases, advice = _CAUSES.get(
        step.cause,
        ("mapping-refused", "it is writable in the dump", "all", "restore on a host with more memory, or add swap"),
    )
    if failure.forked is not None:
        id_, why = "fork-refused", "a fork is charged for a copy of all that its parent has premapped"
    title = f"the restore fails at {where}: {size(step.vma.size)} mapped writable"
    if severity is not Severity.ERROR:
        title = f"with CRIU {releases} the restore would fail at {where}"
    return Finding(
        id_,
        severity,
        title,
        f"{why}; {plan.reason(step)}; {failure.arithmetic}",
        advice,
        releases,
        pid=step.pid,
        start=step.vma.start,
        end=step.vma.end,
    )
