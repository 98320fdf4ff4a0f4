"""What a log says went wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number, size
from criu_tui.core.findings.advice import (
    ANSWERED,
    BY_ANSWER,
    BY_END,
    BY_ID,
    BY_TOOL,
    BY_USE,
    CRASHES,
    KnownFailure,
    answer,
    fitted,
    recognise,
)
from criu_tui.core.findings.answers import next_step
from criu_tui.core.findings.areas import PARTS, advice_of, area_of, part_of
from criu_tui.core.findings.capabilities import beyond_bounding
from criu_tui.core.findings.circumstances import another_release, around, is_old, likely_mended, ordered
from criu_tui.core.findings.engine_messages import crashed_behind
from criu_tui.core.findings.finding import Confidence, Finding, Severity
from criu_tui.core.findings.log_ends import finished_quietly, gave_up
from criu_tui.core.findings.not_given_back import left_out_by
from criu_tui.core.findings.other_lines import told_by_another
from criu_tui.core.findings.own_faults import crash_of, over_images, own_fault
from criu_tui.core.findings.quoting import quoted_line
from criu_tui.core.findings.restored_program import beside, trouble_after
from criu_tui.core.findings.silent import looked_good, silent
from criu_tui.core.findings.timers import stopped_timers_of
from criu_tui.core.findings.tree import wanted_pids
from criu_tui.core.findings.went_on import ended_with_its_parent, kept_its_console, slowed_by_its_log, went_on
from criu_tui.core.logs.cause import Weight, weight
from criu_tui.core.logs.comparison import Likeness
from criu_tui.core.logs.log import Result, RunKind
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
_VAGUE = BY_ANSWER | BY_TOOL | PARTS
"""Known failures that say less than a line before them may."""
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
    if log.result is Result.SUCCESS or finished_quietly(log, dump):
        yield from looked_good(log) if log.run is RunKind.CHECK else went_on(log)
        if "files.img" not in dump.files_listed:
            yield from stopped_timers_of(log)
        if log.run is RunKind.DUMP:
            yield from crashed_behind(log)
        if log.run is RunKind.RESTORE:
            yield from ended_with_its_parent(log)
            yield from kept_its_console(log)
            yield from slowed_by_its_log(log)
            texts = tuple(beside(log, dump))
            yield from trouble_after(log, texts)
            yield from left_out_by(log, texts)
        return
    if log.went_on:
        yield from went_on(log)
    if log.cause is None or log.went_on:
        yield from silent(log)
        return
    yield _failure(log, log.cause, dump, compared, planned)
    if log.result is Result.CUT and log.timed and not gave_up(log):
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
    name = display_safe(log.path.name)
    evidence = f"{name}, {'; '.join(map(quoted_line, log.evidence))}"
    if log.mistaken:
        evidence += "; its last word, of success, is wrong: no inventory was written, which ends every dump"
    step: Step | None = None
    if compared is not None and compared.refused is not None:
        step = compared.refused.step
        evidence += f"; {_where(compared, compared.refused, planned)}"
    known, sure = _known(log, cause)
    other = told_by_another(log, cause, known)
    if other is not None:
        (known, decisive), sure = other, False
        if decisive.number not in {line.number for line in log.evidence}:
            evidence += f"; {quoted_line(decisive)}"
    area = area_of(cause.source) if known is None or known.id in BY_ANSWER else None
    if known is None or area is not None:
        told = _by_part(log, cause, evidence, area, known)
    else:
        known = fitted(known, cause.text, numbers(log.criu))
        told = _by_words(log, cause, evidence, dump, known, sure=sure, closest=other is not None)
    return replace(
        told,
        pid=cause.pid if step is None else step.pid,
        start=None if step is None else step.vma.start,
        end=None if step is None else step.vma.end,
        log=name,
        line=cause.number,
    )


def _by_part(log: Log, cause: LogLine, evidence: str, area: Area | None, known: KnownFailure | None) -> Finding:
    """A cause of which at most the part of CRIU that says it, and the kernel's answer, are known."""
    what = log.run_name
    helps = [] if area is None else [advice_of(area, dumping=log.dumping)]
    helps += [] if known is None else [known]
    nearest = None if area is None else next_step(area.known, cause.text)
    ways = [] if nearest is None else [nearest]
    ways += [each.advice_for(detailed=True) for each in helps]
    ways += [*around(log, log.evidence), OTHER_KERNEL, AT_ITS_MOST if log.detailed else RUN_AGAIN]
    where = "" if area is None else f" at {area.what}"
    confidence = Confidence.UNKNOWN if not helps else Confidence.LIKELY
    mended = likely_mended(log, cause, certain=False)
    return Finding(
        f"{what.partition(' ')[0]}-failed" if known is None else known.id,
        Severity.ERROR,
        f"the {what} failed{where}: {display_safe(cause.text, 300) if known is None else known.title}",
        f"{evidence}{''.join(f'; {each.why}' for each in helps)}{mended} ({confidence.value})",
        "; ".join(ordered(log, cause, ways, another_release(log), certain=False, known=False)),
        confidence=confidence,
    )


def _by_words(
    log: Log, cause: LogLine, evidence: str, dump: Dump, known: KnownFailure, *, sure: bool, closest: bool
) -> Finding:
    """A cause whose words are known. `closest`: another line of the log has told it."""
    if known.id == "pid-taken" and dump.tasks:
        evidence += f"; {wanted_pids(dump)}"
    if known.id == "capabilities":
        evidence += beyond_bounding(dump)
    known = over_images(log, dump, known)
    thread = f" ({known.thread})" if known.thread else ""
    answered = answer(cause.text) if known.id in PARTS and not closest else None
    certain = _certain(known, sure=sure)
    mended = likely_mended(log, cause, certain=closest or certain)
    confidence = Confidence.SURE if sure and certain else Confidence.LIKELY
    return Finding(
        known.id,
        Severity.ERROR,
        f"the {log.run_name} failed: {known.title}" + ("" if answered is None else f": {answered.title}"),
        f"{evidence}. {known.why}{thread}{mended}{_userns_story(log)} ({confidence.value})",
        "; ".join(_ways(log, cause, known, sure=sure, closest=closest)),
        known.releases,
        confidence=confidence,
    )


def _certain(known: KnownFailure, *, sure: bool) -> bool:
    """Whether the words have one meaning, and that is more than the part of CRIU that they are about."""
    return (sure and known.sure and known.id not in PARTS) or known.id in ANSWERED


def _ways(log: Log, cause: LogLine, known: KnownFailure, *, sure: bool, closest: bool) -> Iterator[str]:
    """The way out, the nearest first: for the kernel's answer in that part, for the failure, for what is around it.

    `closest`: another line of the log has told it, which says more than the kernel's answer.
    """
    certain = closest or _certain(known, sure=sure)
    nearest = None if certain else next_step(part_of(known, cause.source), cause.text)
    ways = [*filter(None, (nearest,)), known.advice_for(detailed=log.detailed)]
    answered = None if certain or nearest is not None or known.id in BY_ANSWER else answer(cause.text)
    if answered is not None:
        ways.append(f"as to the kernel's answer, {answered.title}: {answered.own_advice}")
    ways += around(log, log.evidence)
    by_use = (sure or closest) and known.id in BY_USE
    releases = another_release(log, certain=by_use) if not by_use or is_old(log) else ()
    return ordered(log, cause, ways, releases, certain=certain)


def _known(log: Log, cause: LogLine) -> tuple[KnownFailure | None, bool]:
    """What is known of a failure, and whether the words have one meaning.

    The line of the cause counts first, then what stands just before it, then, where that says nothing, the
    errors after it that say more than that something failed.
    """
    version = numbers(log.criu)
    fault = own_fault(log, cause)
    if fault is not None:
        return fault, fault.sure and version is not None
    own = recognise(cause.text, version)
    if own is not None and own.id in CRASHES and log.dumping:
        own = BY_ID["parasite-crashed"]
    elif own is not None:
        own = crash_of(log, cause, own)
    if own is not None and own.sure:
        return own, weight(cause) is Weight.SPECIFIC
    for line in log.evidence:
        known = None if line.number >= cause.number else recognise(line.text, version)
        if known is not None and (own is None or own.id in BY_END or (known.sure and own.id in _VAGUE)):
            return known, False
    if own is not None:
        return own, False
    for line in log.evidence:
        known = None if line.number <= cause.number else recognise(line.text, version)
        if known is not None and (weight(line) is Weight.SPECIFIC or (known.id in CRASHES and not log.dumping)):
            return crash_of(log, line, known), False
    return None, False


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
            "freed them once more: munmap_chunk(): invalid pointer, or a segmentation fault. The core file can hold "
            "secrets",
            f"use {USERNS_FREED_ONCE.later}; delete the core file",
            USERNS_FREED_ONCE.before,
        )
    else:
        why = (
            "nothing had been parsed, so nothing was freed twice"
            if not log.extents
            else f"{extents} had been parsed; from {USERNS_FREED_ONCE.release} on they have one owner, while a release "
            "before would have freed them twice and crashed"
            if log.cleanup_crashed is False
            else f"{extents} had been parsed; a release {USERNS_FREED_ONCE.before} frees them twice and crashes"
        )
        yield Finding("userns-clean-error", Severity.NOTE, f"CRIU {version} ended cleanly after that error", why)
