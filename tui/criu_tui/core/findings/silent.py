"""Logs that name no error: of a failed run, of one that ended without a word, or of another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe
from criu_tui.core.findings.advice import BY_ID, recognise
from criu_tui.core.findings.circumstances import another_release, around
from criu_tui.core.findings.engine_messages import (
    LONG,
    QUOTED,
    WHERE,
    before_criu,
    by_a_runtime,
    cause_among,
    following,
    foreign,
    no_failure,
    nothing_wrong,
)
from criu_tui.core.findings.finding import Confidence, Finding, Severity
from criu_tui.core.findings.kernel_options import PRIVILEGED, is_of_an_option, missing_options, was_refused
from criu_tui.core.findings.last_steps import LOOKED_BACK, last_step, step_of
from criu_tui.core.findings.own_faults import in_backtrace
from criu_tui.core.findings.python_tools import program_of
from criu_tui.core.findings.quoting import not_understood, quoted_line
from criu_tui.core.logs.line import LOOKED_AT, Level
from criu_tui.core.logs.log import Result, RunKind
from criu_tui.core.logs.others import others

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log
    from criu_tui.core.logs.others import Others

FEW = 12
"""Lines up to which a log is an excerpt rather than the whole."""
_GONE_ON = expression(
    r"Can't setup RLIMIT_NOFILE for self|Can't (keep kdat cache|load /run/criu\.kdat)|early log isn't"
)
"""What CRIU prints as an error before a run, whatever becomes of it."""
NEAR_THE_END = 6
"""Lines at the end of a log of which one tells of a server that nobody has asked yet."""
_NOBODY = expression(r"^Can't connect to server \S{1,60}:\d{1,5}$")
"""How CRIU tells of a page server that does not answer, for each of its addresses; no error of its own."""
_SERVING = expression(r"Starting lazy pages server")
_SERVES = expression(r"Starting (lazy pages|page) server|Running status-ready scripts|^\s*RPC$")
"""What a dump with --lazy-pages says before it waits, and nothing after it until somebody asks for pages."""


def silent(log: Log) -> Iterator[Finding]:
    """What to make of a log in which no error is more than noise."""
    if log.run is not RunKind.CHECK and (nobody := _unanswered(log)) is not None:
        yield _not_reached(log, nobody)
        return
    if log.result is Result.FAILED:
        yield _failed(log)
        return
    if not log.count:
        return
    found = others(log)
    warning = _hint(log) if log.run is RunKind.CHECK else None
    if warning is not None and "cr-check.c" in warning.source:
        yield _not_there(log, warning)
    elif (harmless := no_failure(found)) is not None:
        yield nothing_wrong(log, *harmless)
    elif (only := _only_follows(log, found)) is not None:
        yield following(log, only)
    elif found.runtime and found.lines >= (log.count - found.rules) // 2 and not before_criu(found):
        yield by_a_runtime(log, found)
    elif found.lines + found.rules == log.count:
        yield from foreign(log, found)
    elif (crash := _crash(found)) is not None:
        yield _crashed(log, crash)
    elif _refused(found) or (not log.timed and (cause_among(found) is not None or program_of(log) is not None)):
        # Beside no more than warnings of CRIU's, or what it says of itself before it begins.
        yield from foreign(log, found)
    elif (serving := _serving(log)) is not None:
        yield _waits(log, serving)
    elif log.timed and log.run in (RunKind.DUMP, RunKind.PRE_DUMP, RunKind.RESTORE, None):
        yield _cut(log)


def _refused(found: Others) -> bool:
    """Whether CRIU looked for capabilities that it lacks, and went no further."""
    told = cause_among(found)
    return told is not None and told[1].id == "no-capability"


def _only_follows(log: Log, found: Others) -> LogLine | None:
    """The one line of CRIU's that a runtime shows, where it is one that ends any failed run."""
    errors = [line for line in log.errors if line.level is Level.ERROR and not _GONE_ON.search(line.text[:LOOKED_AT])]
    alone = log.count - found.lines - found.rules <= len(log.errors)
    return errors[-1] if errors and alone and all(line.noise for line in errors) else None


def _failed(log: Log) -> Finding:
    """CRIU says that it failed, and not why."""
    name, what = display_safe(log.path.name), log.run_name
    found = others(log)
    hint = _hint(log)
    known = None if hint is None else recognise(hint.text)
    told = cause_among(found)
    if told is not None:
        # What another program says of its own.
        hint, known = told
    said = f"{name} names no error but “FAILED”"
    if found.lines:
        said += f"; {not_understood(found)}"
    quoted = [line for line in (*found.runtime, *found.kept) if line.text.strip()][:QUOTED]
    said += "".join(f"; {quoted_line(line, LONG)}" for line in quoted)
    last = last_step(log)
    step = None if last is None else step_of(last)
    if last is not None:
        said += f"; its last step, {quoted_line(last, LONG)}" + (f": {step.at}" if step is not None else "")
    if hint is not None and known is not None:
        said += (
            f"; {known.why}"
            if told is not None
            else f"; perhaps for this reason, {quoted_line(hint, LONG)}: {known.why}"
        )
    ways = []
    if log.count <= FEW or found.paths:
        where = f" ({display_safe(found.paths[0], 300)})" if found.paths else f": {WHERE}"
        ways.append(f"this is an excerpt: look at the whole log{where}")
    if not log.detailed:
        ways.append("run again with -v4, which tells every step")
    if known is not None:
        ways.insert(0, known.advice)
    elif step is not None:
        ways.append(step.helps)
    ways += [*around(log, tuple(quoted)), *another_release(log)]
    ways.append(
        "an error path without a message is a bug in CRIU, often of an old release on a newer kernel: try the newest "
        "CRIU, and look into dmesg"
    )
    line = None if last is None else last.number
    if known is not None and hint is not None:
        line = hint.number
    return Finding(
        f"{what.partition(' ')[0]}-failed" if known is None else known.id,
        Severity.ERROR,
        f"the {what} failed, and the log names no error" + (f"; likely {known.title}" if known is not None else ""),
        said,
        "; ".join(ways),
        log=name,
        line=line,
        confidence=Confidence.UNKNOWN,
    )


def _not_there(log: Log, warning: LogLine) -> Finding:
    """`criu check` of one feature warns and no more where that is not there (criu/cr-check.c)."""
    name, known = display_safe(log.path.name), BY_ID["check-feature"]
    said = recognise(warning.text) or known
    ways = dict.fromkeys((said.advice, known.advice))
    return Finding(
        said.id,
        Severity.ERROR,
        f"the check failed: {known.title}",
        f"{name}, {quoted_line(warning, LONG)}. {said.why}",
        "; ".join((*ways, *another_release(log))),
        said.releases,
        log=name,
        line=warning.number,
        confidence=Confidence.LIKELY,
    )


def looked_good(log: Log) -> Iterator[Finding]:
    """What `criu check` missed, though it says that all, or all that most dumps need, is there (criu/cr-check.c)."""
    # What comes before its own tests is asked before any run: of a check all of it is an answer.
    errors = [line for line in log.errors if line.level is Level.ERROR and not line.noise]
    missed = log.cause or next(iter(errors), None) or _hint(log)
    if missed is None:
        return
    name, known = display_safe(log.path.name), BY_ID["check-feature"]
    said = recognise(missed.text) or known
    shown = _each_once(log.evidence or (missed, *errors, _hint(log)))
    options = missing_options(log)
    lacking = [f"build the kernel with, or load as modules: {'; '.join(options)}"] if options else []
    refused = {line.text for line in errors if was_refused(line.text[:LOOKED_AT])}
    title = said.title if len(options) < 2 else f"{len(options)} options of the kernel are missing"
    if len(refused) > 1:
        title = f"{len(refused)} of its tests were refused for want of privileges"
        lacking.insert(0, PRIVILEGED)
    # What the title tells comes first.
    first = [] if len(options) > 1 or len(refused) > 1 or is_of_an_option(missed) else [said.advice]
    others_said = [also for line in shown if (also := recognise(line.text)) is not None and also is not said]
    yield Finding(
        said.id,
        Severity.WARNING,
        f"the check looks good, but not all that it tried is there: {title}",
        f"{name}, {'; '.join(quoted_line(line, LONG) for line in shown)}. {said.why}; only dumps that need it fail",
        "; ".join(
            dict.fromkeys(
                (*first, *lacking, *(each.advice for each in (said, *others_said, known)), *another_release(log))
            )
        ),
        "all" if len(refused) > 1 else said.releases,
        log=name,
        line=missed.number,
        confidence=Confidence.LIKELY,
    )


def _each_once(lines: Iterable[LogLine | None]) -> list[LogLine]:
    """Lines of different words, the first of each, as many as are quoted."""
    first: dict[str, LogLine] = {}
    for line in lines:
        if line is not None:
            first.setdefault(line.text, line)
    return list(first.values())[:QUOTED]


def _hint(log: Log) -> LogLine | None:
    """A warning that something is known of."""
    return next(
        (
            line
            for line in reversed(log.errors)
            if line.level is Level.WARNING and not line.noise and recognise(line.text) is not None
        ),
        None,
    )


def _cut(log: Log) -> Finding:
    """A log that just stops."""
    name = display_safe(log.path.name)
    what = log.run_name
    last = last_step(log)
    step = None if last is None else step_of(last)
    why = "neither success nor failure is logged: CRIU hangs there, was killed, crashed, or still runs"
    if last is not None:
        why += f"; the log stops after {quoted_line(last, LONG)}" + (f": {step.at}" if step is not None else "")
    ways = [
        "see whether criu still runs, and where (cat /proc/PID/stack, wchan; gdb -p); look into dmesg for a crash or "
        "the OOM killer, and for a core file; a time limit of the runtime kills CRIU too"
    ]
    if step is not None:
        ways = [*filter(None, (step.first_on(log.machine),)), *ways, step.helps]
    taken = BY_ID["answer-as-address"]
    wrong = next((line for line in log.lines[-LOOKED_BACK:] if taken.pattern.search(line.text[:LOOKED_AT])), None)
    if wrong is not None:
        why += f"; {quoted_line(wrong, LONG)}: {taken.title}; {taken.why}"
        ways.insert(0, taken.advice)
    ways += [*around(log, ()), *another_release(log)]
    return Finding(
        "log-cut",
        Severity.WARNING,
        f"{name} ends without a last word: the {what} hung, or was killed",
        why,
        "; ".join(ways),
        log=name,
        line=log.count if last is None else last.number,
        confidence=Confidence.LIKELY,
    )


def _unanswered(log: Log) -> LogLine | None:
    """The line of a page server that could not be reached, after which CRIU ends without an error (criu/util.c)."""
    # One that goes on has reached another address of that host.
    last = log.lines[-LOOKED_BACK:] if log.result is Result.FAILED else log.lines[-1:]
    return next((line for line in last if _NOBODY.search(line.text[:LOOKED_AT].strip())), None)


def _not_reached(log: Log, line: LogLine) -> Finding:
    """CRIU ends without an error where nobody listens."""
    name, known = display_safe(log.path.name), BY_ID["page-server-absent"]
    return Finding(
        known.id,
        Severity.ERROR,
        f"the {log.run_name} failed: {known.title}",
        f"{name}, {quoted_line(line)}: CRIU ends there without a further word. {known.why}",
        "; ".join((known.advice, *around(log, (line,)))),
        known.releases,
        log=name,
        line=line.number,
        confidence=Confidence.LIKELY,
    )


def _serving(log: Log) -> LogLine | None:
    """Where a dump began to serve pages, if it waits for whoever wants them."""
    last = log.lines[-NEAR_THE_END:]
    begun = next((index for index, line in enumerate(last) if _SERVING.search(line.text)), None)
    if begun is None or not all(_SERVES.search(line.text) for line in last[begun:] if line.understood):
        return None
    return last[begun]


def _waits(log: Log, line: LogLine) -> Finding:
    """A dump with --lazy-pages that is not over, as it is meant to be."""
    name = display_safe(log.path.name)
    return Finding(
        "lazy-dump-waits",
        Severity.NOTE,
        f"{name}: the dump waits for whoever wants the pages, as it does with --lazy-pages",
        f"{name}, {quoted_line(line)}: all but the memory is written. The task stays stopped and CRIU serves its pages "
        "until the other side has taken all of them; then it ends, and the task with it (criu#1948)",
        "copy the images to the other host, run criu lazy-pages --page-server --address ADDRESS --port PORT there, and "
        "then criu restore --lazy-pages in the same directory; for a dump that ends by itself leave --lazy-pages out",
        log=name,
        line=line.number,
        confidence=Confidence.LIKELY,
    )


def _crash(found: Others) -> LogLine | None:
    """Where a shell or a library says that CRIU has crashed, among its lines."""
    crashed = BY_ID["criu-crashed"]
    return next((line for line in found.kept if crashed.pattern.search(line.text.strip())), None)


def _crashed(log: Log, crash: LogLine) -> Finding:
    """CRIU ended by a signal, whatever it was asked to do."""
    name, last = display_safe(log.path.name), last_step(log)
    known = in_backtrace(log, (crash, *log.lines[-LOOKED_BACK:])) or BY_ID["criu-crashed"]
    step = None if last is None else step_of(last)
    after = (
        ""
        if last is None
        else f"; the last step, {quoted_line(last, LONG)}" + (f": {step.at}" if step is not None else "")
    )
    ways = [known.advice]
    ways += [] if step is None else [step.helps]
    return Finding(
        known.id,
        Severity.ERROR,
        f"the {log.run_name} failed: {known.title}",
        f"{name}, {quoted_line(crash, LONG)}{after}. {known.why}",
        "; ".join((*ways, *around(log, ()), *another_release(log))),
        known.releases,
        log=name,
        line=crash.number,
        confidence=Confidence.LIKELY,
    )
