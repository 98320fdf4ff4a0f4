"""Where memory stops a restore, with the chosen CRIU or with an older one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import address, size
from criu_tui.core.findings.advice import BY_ID
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.restore.failure import Stop
from criu_tui.core.restore.host import Mode
from criu_tui.core.restore.releases import ACCOUNTING, BEFORE_ACCOUNTING, BOUNDARY_FIXED, RULES, Mark, of_rule
from criu_tui.core.restore.steps import WRITE, Cause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.commit_charge import Budget
    from criu_tui.core.restore.failure import Failure
    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.plan import Plan
    from criu_tui.core.restore.releases import Criu


OVERCOMMIT = "set vm.overcommit_memory=1 for the restore"

_PREMAPPED = {
    Cause.INCREMENTAL: ("premapped-reservation", "an incremental dump is premapped whole"),
    Cause.LAZY: ("premapped-reservation", "a lazy restore premaps everything"),
    Cause.COW_ROOT: ("forked-reservation", "parent and child tasks share it, so it is premapped"),
}


def refusals(dump: Dump, planned: Callable[[Criu], tuple[Plan, Budget]], chosen: Criu) -> Iterator[Finding]:
    """What stops a restore with the chosen CRIU; without anything, as notes, what would stop it with an older one.

    Nothing of a task whose images are cut: a restore fails at these, and where dumped pages lie is not known.
    """
    plan, budget = planned(chosen)
    found_now = stops(dump, plan, budget)
    yield from found_now
    if found_now or chosen.rule not in RULES or not _may_be_refused(dump, budget.host):
        return
    # Fine with the chosen release; worth knowing before another host's restores it.
    noted: set[tuple[int | None, int | None]] = set()
    for rule in reversed(RULES[: RULES.index(chosen.rule)]):
        if rule.mark is Mark.NEVER:
            continue
        older, charges = planned(of_rule(rule))
        for failure in _of_whole_tasks(dump, charges.refusals.values()):
            found = _refusal(failure, older, Severity.NOTE)
            if (found.pid, found.start) not in noted:
                noted.add((found.pid, found.start))
                yield found


def _may_be_refused(dump: Dump, host: Host) -> bool:
    """Whether any CRIU at all can ask this host for too much at once.

    Mode 0 judges each mapping by itself: where even the largest VMA is granted, no release needs to be planned.
    """
    match host.overcommit:
        case Mode.ALWAYS:
            return False
        case Mode.HEURISTIC if host.mem is not None:
            most = host.mem + host.swap
            return any(vma.size > most for pid in dump.pids for vma in dump.address_space(pid).vmas)
    return True


def stops(dump: Dump, plan: Plan, budget: Budget) -> list[Finding]:
    """What stops a restore with the CRIU of a plan."""
    failures = _of_whole_tasks(dump, (*budget.others, *budget.refusals.values()))
    return [
        _refusal(failure, plan, Severity.ERROR) if failure.stop is Stop.REFUSED else _other(failure, plan)
        for failure in failures
    ]


def _of_whole_tasks(dump: Dump, failures: Iterable[Failure]) -> Iterator[Failure]:
    half_read = dump.half_read
    return (failure for failure in failures if failure.step.pid not in half_read)


def _refusal(failure: Failure, plan: Plan, severity: Severity) -> Finding:
    step = failure.step
    where = f"{address(step.vma.start)}-{address(step.vma.end)}"
    id_, why, releases, advice = _known(failure, plan)
    # What it comes to first: a narrow screen cuts the end.
    title = f"{size(step.vma.size)} mapped writable at {where}: the restore fails"
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


def _known(failure: Failure, plan: Plan) -> tuple[str, str, str, str]:
    """Id, why, releases and advice for a refused mapping or fork."""
    step = failure.step
    if failure.forked is not None:
        return _as_logged("fork-refused", BY_ID["fork-refused"].why)
    match step.cause:
        case Cause.TOUCH:
            advice = f"restore with {BOUNDARY_FIXED.later}, or {OVERCOMMIT}"
            return "boundary-reservation", "dumped data merely touches it", plan.criu.rule.releases, advice
        case Cause.TRAILING:
            releases = f"3.2-{RULES[-1].newest}"
            advice = f"{OVERCOMMIT}, or add swap; no release fixes it"
            return "trailing-reservation", "it lies above the last dumped page", releases, advice
        case Cause.ALWAYS:
            why = "this release adds WRITE to every private mapping"
            return "writable-always", why, plan.criu.rule.releases, f"restore with {BOUNDARY_FIXED.later}"
        case Cause.INCREMENTAL | Cause.LAZY | Cause.COW_ROOT:
            id_, why = _PREMAPPED[step.cause]
            return id_, why, *_of_premapped(failure, plan)
    return _as_logged("mapping-refused", "it is writable in the dump")


def _as_logged(id_: str, why: str) -> tuple[str, str, str, str]:
    """What a log of it has for a way out, since what is foreseen is what CRIU then says."""
    known = BY_ID[id_]
    return id_, why, known.releases, known.own_advice


def _of_premapped(failure: Failure, plan: Plan) -> tuple[str, str]:
    """Releases and advice: CRIU from 4.3 on knows a reservation when it was dumped by one from 4.3 on."""
    step, own = failure.step, failure.step.vma
    known = plan.by_pid[step.pid].steps.counted_known
    ways = [OVERCOMMIT]
    match step.cause:
        case Cause.INCREMENTAL:
            ways.append("flatten the chain of dumps")
        case Cause.LAZY:
            ways.append("restore without --lazy-pages")
        case _:
            ways.append("add swap")
    if own.prot & WRITE:
        return "all", ", or ".join(ways)
    if own.traits.unaccounted:
        return ACCOUNTING.before, ", or ".join((f"restore with {ACCOUNTING.later}", *ways))
    if not known:
        again = f"dump again with {ACCOUNTING.later} and restore with it"
        return f"{ACCOUNTING.before}, and later ones for what was dumped before", ", or ".join((again, *ways))
    return "all", f"{', or '.join(ways)}; no release fixes it, since it was writable once"


def _other(failure: Failure, plan: Plan) -> Finding:
    """What stops a restore and is no refused mapping."""
    step = failure.step
    where = f"{address(step.vma.start)}-{address(step.vma.end)}"
    match failure.stop:
        case Stop.RESERVE:
            known = BY_ID["premap-area"]
            id_, releases, advice = known.id, known.releases, known.own_advice
            title = f"no room for the address space of task {step.pid}"
            why = f"{known.why}; the largest VMA is {where}, {size(step.vma.size)}"
        case Stop.READ:
            id_, releases = "premap-unreadable", f"{ACCOUNTING.release} and later"
            title = f"the restore fails at {where}: its pages cannot be read into it"
            why = f"{plan.reason(step)}; CRIU says “Can't read async pr bytes”"
            advice = f"restore with CRIU {BEFORE_ACCOUNTING}, with --lazy-pages, or from a dump without a parent"
        case _:
            id_, releases = "page-far-up", "all"
            title = f"the restore crashes at {where}: a page lies too far above its start"
            why = (
                f"{plan.reason(step)}; the number of the page is beyond what CRIU counts with (an int of 32 bits), "
                "and the task dies of signal 11"
            )
            advice = (
                "restore with --lazy-pages, or dump without a parent and without forked tasks; AddressSanitizer "
                "reserves such areas: run the program without it"
            )
    return Finding(
        id_,
        Severity.ERROR,
        title,
        f"{why}; {failure.arithmetic}",
        advice,
        releases,
        pid=step.pid,
        start=step.vma.start,
        end=step.vma.end,
    )
