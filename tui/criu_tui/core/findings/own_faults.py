"""Which of the faults and limits of CRIU itself that are `mended` a log tells of, and what a crash is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.units import some
from criu_tui.core.findings.advice import BY_ID, CRASHES, KnownFailure, recognise
from criu_tui.core.findings.circumstances import reads_old
from criu_tui.core.findings.mended import CRASH, MENDED
from criu_tui.core.findings.pairs import kernel_of
from criu_tui.core.findings.task_images import lacking_or_damaged
from criu_tui.core.logs.line import LOOKED_AT
from criu_tui.core.restore.releases import RSEQ_KERNEL, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.findings.mended import Mended
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

BEFORE = 12
"""Lines before a failure that are searched for the step that CRIU was at."""
JUST_BEFORE = 3
"""Of these, the ones that tell where a crash was."""
_IN_THE_TASK = expression(r"task_args|call mremap|Restorer|restorer")
"""The last that CRIU says before it goes over to the restorer, which has the task's own memory."""
_NOT_PLAIN = expression(r"[\\^$.|?*+()\[\]{}]")
"""What makes words an expression: others are looked for as they stand."""
MISMADE = KnownFailure(
    "criu-crashed-restoring",
    CRASH,
    "CRIU's own code crashed while it made a task",
    "the crash came before the memory of the task was in place, so that no code of the program had run: a fault of "
    "CRIU itself or of its build, likely mended since",
    "all",
    "upgrade: use the newest release of CRIU, or the distribution's own build for this CPU; look into dmesg for the "
    "address of the crash, and report it with the whole log where it stays",
    sure=False,
)
"""A crash by signal 11 or 4 outside of the restorer."""
SHOWN = 6
"""Names of images in one sentence."""


def own_fault(log: Log, cause: LogLine, otherwise: KnownFailure | None = None) -> KnownFailure | None:
    """The fault of CRIU's that the line of the cause tells of.

    `otherwise`: what it is where it is not that; without it what the line itself reads like.
    """
    return in_backtrace(log, (cause,), otherwise)


def in_backtrace(log: Log, lines: Iterable[LogLine], otherwise: KnownFailure | None = None) -> KnownFailure | None:
    """The fault that a text with a crash of CRIU's tells of."""
    had = [fault for fault in MENDED if _in_log_of(fault, log)]
    told = (_known(fault, log, line, otherwise) for line in lines for fault in had if _told_by(fault, log, line))
    return next(told, None)


def _in_log_of(fault: Mended, log: Log) -> bool:
    """Whether the CRIU that wrote a log has it, on that kernel and machine, as far as the log tells."""
    version = numbers(log.criu)
    if fault.likely and version is None:
        return False
    if not (fault.fixed.lacks(version) if version is not None else not fault.named or reads_old(log)):
        return False
    kernel = None if fault.kernels is None else kernel_of(log)
    if fault.kernels is not None and (kernel is None or kernel < fault.kernels):
        return False
    return not fault.machine or re.fullmatch(fault.machine, log.machine or "") is not None


def _told_by(fault: Mended, log: Log, line: LogLine) -> bool:
    """Whether a line reads like this fault, and the step that it strikes at stands before."""
    return _reads(fault.words, line.text[:LOOKED_AT]) and (not fault.after or _follows(fault, log, line.number))


def _reads(words: str, text: str) -> bool:
    # A line is none of most: to compile what need not be compiled takes longer than to read a small log.
    return words in text if _NOT_PLAIN.search(words) is None else re.search(words, text) is not None


def _follows(fault: Mended, log: Log, number: int) -> bool:
    """Whether the step that it strikes at stands before; a crash strikes at the last one."""
    lines = list(_before(log, number))
    if fault.words == CRASH:
        lines = [line for line in lines[:JUST_BEFORE] if not _in_the_task(line)]
    return any(re.search(fault.after, line.text[:LOOKED_AT]) for line in lines)


def _known(fault: Mended, log: Log, line: LogLine, otherwise: KnownFailure | None) -> KnownFailure:
    """As other failures are shown; where the surroundings may be the reason as well, with what is known of these."""
    what = f"a limit of this release, lifted in {fault.fixed.release}" if fault.limit else _fault_of(fault)
    why = f"CRIU {fault.fixed.before} says so itself" if fault.limit else f"this is a bug of CRIU {fault.fixed.before}"
    if fault.likely:
        why = f"known of CRIU {fault.fixed.before}"
    ways = f"upgrade to a newer CRIU: {fault.fixed.later}" + (
        f"; until then {fault.until_then}" if fault.until_then else ""
    )
    other = otherwise or recognise(line.text, numbers(log.criu)) if fault.likely or fault.limit else None
    if other is not None and otherwise is None and not log.dumping:
        other = crash_of(log, line, other)
    if other is not None:
        ways += f"; where that does not help: {other.own_advice}"
    if other is not None and fault.likely:
        why += f"; where it is not that, {other.title}: {other.why}"
    if not fault.likely and not fault.limit:
        why += ", whatever it runs on: neither the dump nor this host is wrong"
    return KnownFailure(
        "criu-limit" if fault.limit else "criu-fault",
        fault.words,
        f"{what}: {fault.title}",
        why,
        fault.fixed.before,
        ways,
        thread=fault.source if "#" in fault.source else f"CRIU's commit {fault.source}",
        sure=not fault.likely,
    )


def _fault_of(fault: Mended) -> str:
    return f"{'likely ' if fault.likely else ''}a fault of CRIU itself, mended in {fault.fixed.release}"


def crash_of(log: Log, cause: LogLine, known: KnownFailure) -> KnownFailure:
    """What a crash of a restored task is, by the step before it; whatever else is known stays as it is."""
    if known.id not in CRASHES or re.search(r"\b(?:signal|with) (?:4|11)\b", cause.text[:LOOKED_AT]) is None:
        return known
    before = list(_before(log, cause.number))[:JUST_BEFORE]
    if any(line.pid is not None for line in before) and not any(map(_in_the_task, before)):
        return MISMADE
    kernel = kernel_of(log)
    if known.id == "rseq-crash" and (reads_old(log) or (kernel is not None and kernel < RSEQ_KERNEL)):
        return BY_ID["task-crashed"]
    return known


def over_images(log: Log, dump: Dump, known: KnownFailure) -> KnownFailure:
    """A crash of a restore that had to do without images; whatever else is known stays as it is."""
    crashed = known.id in CRASHES | {MISMADE.id, "task-ended"} and not log.dumping
    names = lacking_or_damaged(dump) if crashed else []
    if not names:
        return known
    return known._replace(
        id="crashed-over-images",
        releases="all",
        title=f"CRIU crashed over images that are missing or damaged: {some(names, SHOWN)}",
        why="it looks for few of the images whether they are there and whole: the crash follows from that",
        own_advice="copy all images again from where they were dumped, and compare their lists and sizes; dump again "
        "where they are not whole there either",
    )


def _before(log: Log, number: int) -> Iterator[LogLine]:
    """What CRIU says before a line, the nearest first."""
    return (line for line in reversed(log.lines[max(0, number - 1 - BEFORE) : number - 1]) if not line.noise)


def _in_the_task(line: LogLine) -> bool:
    """Whether it is the restorer's, or the step before it."""
    return line.subsystem == "pie" or _IN_THE_TASK.search(line.text[:LOOKED_AT]) is not None
