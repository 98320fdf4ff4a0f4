"""What a log says went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number, size, some
from criu_tui.core.findings.advice import BY_ANSWER, BY_USE, KnownFailure, answer, recognise
from criu_tui.core.findings.answers import next_step
from criu_tui.core.findings.areas import PARTS, advice_of, area_of, part_of
from criu_tui.core.findings.capabilities import beyond_bounding
from criu_tui.core.findings.circumstances import another_release, around, is_old
from criu_tui.core.findings.finding import Confidence, Finding, Severity
from criu_tui.core.findings.silent import run_of, silent
from criu_tui.core.logs.cause import Weight, weight
from criu_tui.core.logs.comparison import Likeness
from criu_tui.core.logs.log import Result
from criu_tui.core.restore.releases import USERNS_FREED_ONCE, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.findings.areas import Area
    from criu_tui.core.logs.comparison import ComparedLine, Comparison
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log
    from criu_tui.core.restore.commit_charge import Budget
    from criu_tui.core.restore.plan import Plan
    from criu_tui.core.restore.releases import Criu
    from criu_tui.core.restore.steps import Step

SHOWN_EXTENTS = 8
"""Of each map, in a sentence."""

SHOWN_PIDS = 20
RUN_AGAIN = "run again with -v4: the lines before the error say what CRIU was at"
OTHER_KERNEL = "where that does not help, a newer kernel, or the one that this release of CRIU was made for"
AT_ITS_MOST = (
    "search CRIU's issues for these words; a report there needs the whole log, the versions and the command line"
)


def from_log(
    log: Log, dump: Dump, compared: Comparison | None, planned: Callable[[Criu], tuple[Plan, Budget]]
) -> Iterator[Finding]:
    """Why a run failed, by its log, and where a restore leaves its plan; for one that succeeded only the latter."""
    name = display_safe(log.path.name)
    if log.problem is not None:
        why = display_safe(str(log.problem))
        yield Finding("log-unreadable", Severity.WARNING, f"{name} cannot be read", why, "give another with --log")
        return
    if log.of_run(dump.run_id) is False:
        yield Finding(
            "log-of-another-run",
            Severity.NOTE,
            f"{name} does not belong to these images",
            f"it says CRIU run id {display_safe(log.run_id or '', 60)}, inventory.img {display_safe(dump.run_id, 60)}",
            "look for the log of the run that wrote them",
        )
        return
    if compared is not None:
        yield from _off_the_plan(name, compared)
    if log.result is Result.SUCCESS:
        return
    if log.cause is None:
        yield from silent(log)
        return
    yield _failure(log, log.cause, dump, compared, planned)
    if log.result is Result.CUT and log.timed:
        yield Finding(
            "log-cut",
            Severity.WARNING,
            f"{name} ends without a last word",
            "neither success nor failure is logged: CRIU crashed, was killed, or still runs",
            "look into the kernel's log and for a core file",
            log=name,
            line=log.count,
        )
    yield from clean_up(log)


def _failure(
    log: Log, cause: LogLine, dump: Dump, compared: Comparison | None, planned: Callable[[Criu], tuple[Plan, Budget]]
) -> Finding:
    """The cause as what is known of it, with the lines that show it; as it stands where nothing is."""
    what = run_of(log)
    name = display_safe(log.path.name)
    evidence = f"{name}, {'; '.join(map(_quoted, log.evidence))}"
    step: Step | None = None
    if compared is not None and compared.refused is not None:
        step = compared.refused.step
        evidence += f"; {_where(compared, compared.refused, planned)}"
    pid = cause.pid if step is None else step.pid
    start, end = (None, None) if step is None else (step.vma.start, step.vma.end)
    known, sure = _known(log, cause)
    area = area_of(cause.source) if known is None or known.id in BY_ANSWER else None
    if known is None or area is not None:
        helps = [] if area is None else [advice_of(area, dumping=log.dumping)]
        helps += [] if known is None else [known]
        nearest = None if area is None else next_step(area.known, cause.text)
        ways = [] if nearest is None else [nearest]
        ways += [each.advice_for(detailed=True) for each in helps]
        ways += [*around(log, log.evidence), *another_release(log), OTHER_KERNEL]
        ways.append(AT_ITS_MOST if log.detailed else RUN_AGAIN)
        where = "" if area is None else f" at {area.what}"
        return Finding(
            f"{what.partition(' ')[0]}-failed" if known is None else known.id,
            Severity.ERROR,
            f"the {what} failed{where}: {display_safe(cause.text, 300) if known is None else known.title}",
            f"{evidence}{''.join(f'; {each.why}' for each in helps)} ({_confidence(area, known).value})",
            "; ".join(ways),
            "",
            pid,
            start,
            end,
            name,
            cause.number,
            _confidence(area, known),
        )
    confidence = Confidence.SURE if sure else Confidence.LIKELY
    if known.id == "pid-taken" and dump.tasks:
        evidence += f"; {_wanted_pids(dump)}"
    if known.id == "capabilities":
        evidence += beyond_bounding(dump)
    thread = f" ({known.thread})" if known.thread else ""
    return Finding(
        known.id,
        Severity.ERROR,
        f"the {what} failed: {known.title}",
        f"{evidence}. {known.why}{thread}{_userns_story(log)} ({confidence.value})",
        "; ".join(_ways(log, cause, known, sure=sure)),
        known.releases,
        pid,
        start,
        end,
        name,
        cause.number,
        confidence,
    )


def _ways(log: Log, cause: LogLine, known: KnownFailure, *, sure: bool) -> Iterator[str]:
    """The way out, the nearest first: for the kernel's answer in that part, for the failure, for what is around it."""
    certain = sure and known.sure and known.id not in PARTS
    nearest = None if certain else next_step(part_of(known, cause.source), cause.text)
    if nearest is not None:
        yield nearest
    yield known.advice_for(detailed=log.detailed)
    answered = None if certain or known.id in BY_ANSWER else answer(cause.text)
    if answered is not None:
        yield f"as to the kernel's answer, {answered.title}: {answered.own_advice}"
    yield from around(log, log.evidence)
    if not sure or known.id not in BY_USE or is_old(log):
        yield from another_release(log)


def _confidence(area: Area | None, known: KnownFailure | None) -> Confidence:
    """Of an error whose words are not known: it is told by the part of CRIU that says it, or by the kernel's answer."""
    return Confidence.UNKNOWN if area is None and known is None else Confidence.LIKELY


def _quoted(line: LogLine) -> str:
    return f"line {number(line.number)}: “{display_safe(line.text.strip(), 300)}”"


def _known(log: Log, cause: LogLine) -> tuple[KnownFailure | None, bool]:
    """What is known of a failure, and whether the words have one meaning.

    The line of the cause counts first, then what stands just before it, then, where that says nothing, the
    errors after it that say more than that something failed.
    """
    version = numbers(log.criu)
    own = recognise(cause.text, version)
    if own is not None and own.sure:
        return own, weight(cause) is Weight.SPECIFIC
    for line in log.evidence:
        known = None if line.number >= cause.number else recognise(line.text, version)
        if known is not None and (known.sure or own is None):
            return known, False
    if own is not None:
        return own, False
    later = (line for line in log.evidence if line.number > cause.number and weight(line) is Weight.SPECIFIC)
    return next((known for line in later if (known := recognise(line.text, version)) is not None), None), False


def _wanted_pids(dump: Dump) -> str:
    """The ids that tasks and threads get back."""
    wanted = sorted({tid for task in dump.tasks for tid in (task.pid, *dump.threads(task.pid))})
    return f"the dump needs {some(wanted, SHOWN_PIDS)}"


def _where(compared: Comparison, stopped: ComparedLine, planned: Callable[[Criu], tuple[Plan, Budget]]) -> str:
    """The step that a restore stopped at, what decided it, and whether the kernel's refusal is foreseen here."""
    if stopped.step is None:
        return f"it stopped at {stopped.logged}; the plan has {stopped.predicted}"
    made = compared.plan
    steps = len(made.by_pid[stopped.pid].steps)
    where = (
        f"it stopped at step {stopped.number} of {steps} of task {stopped.pid}, {stopped.logged}, "
        f"{size(stopped.step.vma.size)}: {made.reason(stopped.step)}"
    )
    if stopped.verdict is not Likeness.REFUSED:
        return where
    refusal = planned(made.criu)[1].of(stopped.step).refusal
    here = "this host would grant it" if refusal is None else f"refused on this host too: {refusal.arithmetic}"
    return f"{where}; {here}"


def _off_the_plan(name: str, compared: Comparison) -> Iterator[Finding]:
    """The first of the logged lines that the plan does not have so, or of its steps that were not logged."""
    if compared.agrees:
        return
    same, logged = (a + b for a, b in zip(compared.mappings, compared.counted, strict=True))
    lines, steps = logged - same + compared.other_lines, len(compared.absent)
    differ = " and ".join(counted(count, noun) for count, noun in ((lines, "line"), (steps, "step")) if count)
    first = next(compared.different, None)
    if first is not None:
        pid, step = first.pid, first.step
        why = f"line {number(first.line)}, task {pid}: logged {first.logged}, predicted {first.predicted}"
    else:
        pid, step = compared.absent[0].pid, compared.absent[0].step
        why = f"task {pid}: predicted {compared.absent[0].predicted}, not logged, though the restore finished"
    yield Finding(
        "restore-off-the-plan",
        Severity.NOTE,
        f"{name} and the plan of {compared.plan.criu.name} differ in {differ}",
        f"{why}; {same} of {logged} as predicted",
        "the log may be of other images, of another release, or of a restore with other options",
        pid=pid,
        start=None if step is None else step.vma.start,
        end=None if step is None else step.vma.end,
    )


def _userns_story(log: Log) -> str:
    check = log.root_check
    return "" if check is None else f"; {recovered(log)}, and {check.reason}"


def recovered(log: Log) -> str:
    """The extents that a log of a failed dump names, in words."""
    if not log.extents:
        return "the log shows no extent: the namespace maps nothing at all"
    maps = log.id_maps
    if maps is None:
        shown = list(map(str, log.extents[:SHOWN_EXTENTS]))
    else:
        shown = [
            f"{name} {extent}"
            for name, extents in zip(("uid", "gid"), maps, strict=True)
            for extent in extents[:SHOWN_EXTENTS]
        ]
    more = f" and {len(log.extents) - len(shown)} more" if len(log.extents) > len(shown) else ""
    unknown = "" if maps is not None else "; those of the uid map and those of the gid map cannot be told apart"
    return f"its extents are {', '.join(shown)}{more} (first inside, first outside, count){unknown}"


def clean_up(log: Log) -> Iterator[Finding]:
    """Whether the clean-up after a failed check on id 0 crashed, and why (criu/namespaces.c)."""
    if log.root_check is None:
        return
    version = display_safe(log.criu or "of unknown version", 40)
    extents = counted(len(log.extents), "extent")
    if log.cleanup_crashed:
        yield Finding(
            "userns-double-free",
            Severity.ERROR,
            f"CRIU {version} then crashed in its clean-up",
            f"{extents} had been parsed; {USERNS_FREED_ONCE.before} the error path freed them and the final clean-up "
            "freed them once "
            "more: munmap_chunk(): invalid pointer, or a segmentation fault. The core file can hold secrets",
            f"use {USERNS_FREED_ONCE.later}; delete the core file",
            USERNS_FREED_ONCE.before,
        )
    else:
        why = (
            "nothing had been parsed, so nothing was freed twice"
            if not log.extents
            else f"{extents} had been parsed; from {USERNS_FREED_ONCE.release} on they have one owner, while a release "
            "before would have "
            "freed them twice and crashed"
            if log.cleanup_crashed is False
            else f"{extents} had been parsed; a release {USERNS_FREED_ONCE.before} frees them twice and crashes"
        )
        yield Finding("userns-clean-error", Severity.NOTE, f"CRIU {version} ended cleanly after that error", why)
