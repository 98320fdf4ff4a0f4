"""What each log comes to: header, outcome, cause, the check on id 0, and the restore against the plan."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number, size
from criu_tui.core.findings.advice import recognise
from criu_tui.core.findings.finding import Severity
from criu_tui.core.findings.logs import clean_up, recovered
from criu_tui.core.logs.comparison import Likeness
from criu_tui.core.logs.log import Result
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.idmap import RootCheck
    from criu_tui.core.logs.comparison import Comparison
    from criu_tui.core.logs.log import Log
    from criu_tui.core.report.report import Report


def notes(report: Report) -> Iterator[tuple[Tone, str]]:
    """Each log's header, outcome and first cause; and the restore against the plan."""
    for found in report.logs:
        name = display_safe(found.path.name)
        if found.problem is not None:
            yield Tone.ERROR, display_safe(str(found.problem))
            continue
        version = display_safe(found.criu or "unknown", 40)
        kernel = display_safe(found.kernel or "unknown", 60)
        yield (
            Tone.PLAIN,
            f"{name}: {found.run_name} by CRIU {version} on Linux {kernel}, {_RESULTS[found.result]}, "
            f"{counted(found.count, 'line')}{_OWNERSHIP[report.belongs(found)]}",
        )
        if found.taken_off:
            yield (
                Tone.NOTE,
                f"taken off its lines: {', '.join(found.taken_off)}; numbers of lines are those of the file",
            )
        if found.cause is not None:
            cause = found.cause
            task = "" if cause.pid is None else f" (task {cause.pid})"
            yield (
                Tone.WARNING if found.result is Result.SUCCESS else Tone.ERROR,
                f"first cause, line {number(cause.number)}{task}: {display_safe(cause.text, 300)}",
            )
        if found.root_check is not None:
            yield from _userns_notes(found, found.root_check)
        compared = report.restores.get(found.path)
        if compared is not None:
            yield from _restore_notes(report, compared, detailed=found.detailed)


def _userns_notes(found: Log, check: RootCheck) -> Iterator[tuple[Tone, str]]:
    """The extents recovered, the check on id 0 replayed on them, the clean-up that followed, and the ways out."""
    yield Tone.ERROR, f"replayed: {check.reason}; {recovered(found)}"
    for finding in clean_up(found):
        tone = Tone.ERROR if finding.severity is Severity.ERROR else Tone.PLAIN
        yield tone, f"{finding.title}: {finding.why}"
    if found.cause is not None and (known := recognise(found.cause.text)) is not None:
        yield Tone.PLAIN, f"way out: {known.advice}"


def _restore_notes(report: Report, compared: Comparison, *, detailed: bool) -> Iterator[tuple[Tone, str]]:
    """How far a restore.log agrees with the plan, and where it stopped."""
    same, logged = compared.mappings
    same_counts, counts = compared.counted
    held = [f"{same} of {logged} mappings as predicted"] if logged else []
    if counts:
        held.append(f"{same_counts} of {counts} counters and reads{'' if held else ' as predicted'}")
    agreed = ", ".join(held) or f"no mapping {'' if detailed else '(-v4 logs them) '}to hold against the plan"
    yield Tone.PLAIN if compared.agrees else Tone.WARNING, f"{agreed} for {compared.plan.criu.name}"
    if compared.left_out:
        yield Tone.WARNING, f"{counted(compared.left_out, 'further line')} of a task with too many not compared"
    if compared.uncounted:
        reason = display_safe(str(next(iter(compared.uncounted.values()))))
        yield (
            Tone.NOTE,
            f"restored and shared pages of {counted(len(compared.uncounted), 'task')} not compared: {reason}",
        )
    if compared.other_lines:
        yield Tone.WARNING, f"{counted(compared.other_lines, 'line')} of tasks that the dump lacks"
    if compared.absent:
        first = compared.absent[0]
        yield (
            Tone.WARNING,
            f"predicted but not logged in a restore that finished: {counted(len(compared.absent), 'step')}, "
            f"first {first.predicted} of task {first.pid}",
        )
    for match in islice(compared.different, 3):
        yield (
            Tone.WARNING,
            f"line {number(match.line)}, task {match.pid}: logged {match.logged}, predicted {match.predicted}",
        )
    refused = compared.refused
    if refused is None:
        return
    if refused.step is None:
        yield Tone.ERROR, f"stopped at {refused.logged} in task {refused.pid}; the plan has {refused.predicted}"
        return
    arithmetic = ""
    if refused.verdict is Likeness.REFUSED:
        charge = report.planned(compared.plan.criu)[1].of(refused.step)
        arithmetic = f": {charge.refusal.arithmetic}" if charge.refusal is not None else ""
    steps = len(compared.plan.by_pid[refused.pid].steps)
    yield (
        Tone.ERROR,
        f"stopped at step {refused.number} of {steps} of task {refused.pid}, {refused.logged}, "
        f"{size(refused.step.vma.size)}{arithmetic}",
    )


_OWNERSHIP = {None: "", True: ", of these images", False: ", NOT of these images"}
_RESULTS = {
    Result.SUCCESS: "finished successfully",
    Result.FAILED: "failed",
    Result.CUT: "without a last word: it crashed, was killed, or still runs",
}
