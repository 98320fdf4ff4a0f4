"""Logs that name no error: of a failed run, of one that ended without a word, or of another program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number
from criu_tui.core.findings.advice import BY_ID, KNOWN_FAILURES, recognise
from criu_tui.core.findings.circumstances import HEAD, another_release, around, caller
from criu_tui.core.findings.finding import Confidence, Finding, Severity
from criu_tui.core.logs.line import LOOKED_AT, Level
from criu_tui.core.logs.log import Result, RunKind
from criu_tui.core.logs.others import excerpt, others

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.findings.advice import KnownFailure
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log
    from criu_tui.core.logs.others import Others

FEW = 12
"""Lines up to which a log is an excerpt rather than the whole."""
QUOTED = 3
"""Lines of others that are quoted."""
LONG = 400
"""Characters of a runtime's message that are quoted."""
LOOKED_BACK = 40
"""Lines before the last word that are searched for the last step."""
WHERE = (
    "runc: dump.log and restore.log in its --work-path or beside the images; docker: "
    "/run/containerd/io.containerd.runtime.v2.task/moby/ID/criu-dump.log; podman: "
    "/var/lib/containers/storage/overlay-containers/ID/userdata/dump.log; CRI-O: the same under /run/containers; else "
    "log-file /tmp/criu.log in /etc/criu/runc.conf"
)
"""Where runtimes let CRIU write its own log."""

STEPS = (
    (r"vdso", "it was at the vDSO: the code that the kernel maps into every task", "vdso"),
    (r"scripts", "it was running an action script or waiting for the runtime's answer to one", "script"),
    (
        r"Running ip|iptables|nft|[Nn]etwork[- ]?(un)?lock|Lock network",
        "it was at the network: running ip, iptables or nft",
        "network-lock",
    ),
    (r"cuda_plugin|amdgpu|plugin", "it was in a plugin for a GPU", "device"),
    (r"Probing sock|Done probing|sockets:", "it was asking the kernel for its kinds of sockets", "packet-socket"),
    (
        r"Found task size|Pagemap|PAGEMAP|irty track|kdat|Hugetlb|anon-shmem|zero page|uffd|rlimit"
        r"|net: Restoring netdev veth",
        "it was finding out what this kernel can do (its kdat), which takes milliseconds when nothing hangs",
        "kernel-feature",
    ),
    (
        r"Seiz|Collected \(|Collected \d|freez|Freez|Unable to interrupt|SEIZE|in_progress",
        "it was stopping the tasks: with ptrace, or through the freezer of their cgroup",
        "freeze",
    ),
    (
        r"parasite|daemon|ack|fetched msg|Infect|syscall|trap",
        "it was talking to the code that it puts into a task",
        "infect-failed",
    ),
    (
        r"[Pp]age|pipe|Transfer|iovs|premap|Preadv|mmap|Remap|vma",
        "it was at the memory of a task: reading, writing or mapping it",
        "task-memory",
    ),
    (r"mnt|[Mm]ount", "it was at the mounts of a namespace", "mount-failed"),
    (r"cg:|cgroup", "it was at the cgroups", "cgroup"),
    (r"Fork|Wait until|namespaces|fork", "it was making the processes and their namespaces", "task-made"),
    (r"fdinfo|fd |file|socket|unix|inet|tcp|epoll", "it was at the files and sockets of a task", "descriptor"),
    (r"Dumping|Obtaining|Collecting|core", "it was collecting a task's state", "task-state"),
    (r"[Rr]estor", "it was restoring a task", "task-made"),
)
"""What the last line of a log says CRIU was at, the first that matches; then in words, and the known failure whose
advice helps with most that goes wrong there."""
_STEPS = tuple((re.compile(pattern), words, known) for pattern, words, known in STEPS)
_FAREWELL = re.compile(
    r"Unlock network|network-unlock|Unfreez|Unseiz|FAILED|cure|Writing stats|clean ghosts|Running .*scripts|RPC"
)
"""What CRIU does on the way out."""


_CHECKPOINT = re.compile(r"(?i)checkpoint|restor|\bcriu\b|\bcrac\b|migrat")
"""What an engine speaks of when it means us."""


def run_of(log: Log) -> str:
    """What CRIU was asked to do, in a word or two: "dump", "restore", "lazy-pages daemon"."""
    if log.run is None:
        return "dump" if log.dumping else "restore"
    return log.run.value


def silent(log: Log) -> Iterator[Finding]:
    """What to make of a log in which no error is more than noise."""
    if log.result is Result.FAILED:
        yield _failed(log)
        return
    if not log.count:
        return
    found = others(log)
    if found.runtime and found.lines >= log.count // 2:
        yield _runtime(log, found)
    elif found.lines + found.rules == log.count:
        yield from _foreign(log, found)
    elif (crash := _crash(found)) is not None:
        yield _crashed(log, crash)
    elif log.timed and log.run in (RunKind.DUMP, RunKind.PRE_DUMP, RunKind.RESTORE, None):
        yield _cut(log)


def _failed(log: Log) -> Finding:
    """CRIU says that it failed, and not why."""
    name, what = display_safe(log.path.name), run_of(log)
    found = others(log)
    hint = _hint(log)
    known = None if hint is None else recognise(hint.text)
    said = f"{name} names no error but “FAILED”"
    if found.lines:
        said += f"; {counted(found.lines, 'line')} were not understood, {number(found.errors)} of them look like errors"
    quoted = [line for line in (*found.runtime, *found.kept) if line.text.strip()][:QUOTED]
    said += "".join(f"; {_quoted(line)}" for line in quoted)
    last = _last_step(log)
    step = None if last is None else _step(last)
    if last is not None:
        said += f"; its last step, {_quoted(last)}" + (f": {step[0]}" if step is not None else "")
    if hint is not None and known is not None:
        said += f"; perhaps for this reason, {_quoted(hint)}: {known.why}"
    ways = []
    if log.count <= FEW or found.paths:
        where = f" ({display_safe(found.paths[0], 300)})" if found.paths else f": {WHERE}"
        ways.append(f"this is an excerpt: look at the whole log{where}")
    if not log.detailed:
        ways.append("run again with -v4, which tells every step")
    if known is not None:
        ways.insert(0, known.advice)
    elif step is not None:
        ways.append(f"what helps there most often: {step[1].advice}")
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


def _last_step(log: Log) -> LogLine | None:
    """The last line of CRIU's before it cleans up."""
    for line in reversed(log.lines[-LOOKED_BACK:]):
        if line.understood and line.text.strip(" \t-=") and not _FAREWELL.search(line.text):
            return line
    return None


def _quoted(line: LogLine) -> str:
    return f"line {number(line.number)}: “{display_safe(line.text.strip(), 300)}”"


def _engines_own(log: Log, found: Others, quoted: str) -> Finding:
    """What an engine says of a checkpoint, in words that are not known."""
    name = display_safe(log.path.name)
    return Finding(
        "engine-message",
        Severity.WARNING,
        f"{name} holds an engine's own message about a checkpoint",
        f"CRIU has not said it{quoted}: the engine refused or failed before CRIU ran, or CRIU's own log is elsewhere",
        "do what its message asks for, or look its words up in the engine's issues: it may not support this, or a "
        "newer "
        f"release may; run the engine with its debug option; look for CRIU's own log: {WHERE}" + _engine(log, found),
        log=name,
        line=found.kept[0].number,
        confidence=Confidence.UNKNOWN,
    )


def _step(line: LogLine) -> tuple[str, KnownFailure] | None:
    """What CRIU was at, in words, and what helps there most often."""
    return next(((words, BY_ID[known]) for pattern, words, known in _STEPS if pattern.search(line.text)), None)


def _cut(log: Log) -> Finding:
    """A log that just stops."""
    name = display_safe(log.path.name)
    what = run_of(log)
    last = _last_step(log)
    step = None if last is None else _step(last)
    why = "neither success nor failure is logged: CRIU hangs there, was killed, crashed, or still runs"
    if last is not None:
        why += f"; the log stops after {_quoted(last)}" + (f": {step[0]}" if step is not None else "")
    ways = [
        "see whether criu still runs, and where (cat /proc/PID/stack, wchan; gdb -p); look into dmesg for a crash or "
        "the OOM killer, and for a core file; a time limit of the runtime kills CRIU too"
    ]
    ways += [] if step is None else [f"what helps there most often: {step[1].advice}"]
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


def _crash(found: Others) -> LogLine | None:
    """Where a shell or a library says that CRIU has crashed, among its lines."""
    crashed = BY_ID["criu-crashed"]
    return next((line for line in found.kept if crashed.pattern.search(line.text.strip())), None)


def _crashed(log: Log, crash: LogLine) -> Finding:
    """CRIU ended by a signal, whatever it was asked to do."""
    name, known, last = display_safe(log.path.name), BY_ID["criu-crashed"], _last_step(log)
    step = None if last is None else _step(last)
    after = "" if last is None else f"; the last step, {_quoted(last)}" + (f": {step[0]}" if step is not None else "")
    ways = [known.advice]
    ways += [] if step is None else [f"what helps there most often: {step[1].advice}"]
    return Finding(
        known.id,
        Severity.ERROR,
        f"the {run_of(log)} failed: {known.title}",
        f"{name}, {_quoted(crash)}{after}. {known.why}",
        "; ".join((*ways, *around(log, ()), *another_release(log))),
        known.releases,
        log=name,
        line=crash.number,
        confidence=Confidence.LIKELY,
    )


def _runtime(log: Log, found: Others) -> Finding:
    """Only what a runtime says of CRIU."""
    name = display_safe(log.path.name)
    # An engine often says why in one line, and in another that this is why it failed.
    said = {line.number: line for line in (*found.runtime[:QUOTED], *found.kept[:QUOTED])}
    shown = [said[at] for at in sorted(said)][:QUOTED]
    quoted = "; ".join(f"line {number(line.number)}: “{display_safe(excerpt(line, LONG), LONG)}”" for line in shown)
    told = _closest((*found.runtime, *found.kept))
    known = None if told is None else told[1]
    if told is not None and told[0].number not in {line.number for line in shown}:
        quoted += f"; {_quoted(told[0])}"
    where = f"at {display_safe(found.paths[0], 300)}" if found.paths else f"elsewhere: {WHERE}"
    return Finding(
        "runtime-message",
        Severity.ERROR,
        f"{name} holds the runtime's message; CRIU's own log file is elsewhere",
        f"{quoted}: it says that CRIU failed, and the reason stands in CRIU's own log file"
        + (f"; {known.title}: {known.why}" if known is not None else ""),
        "; ".join(
            (
                f"open CRIU's log {where}",
                *([] if known is None else [known.advice]),
                *another_release(log),
            )
        )
        + _engine(log, found),
        log=name,
        line=found.runtime[0].number,
        confidence=Confidence.LIKELY,
    )


def _engine(log: Log, found: Others) -> str:
    """What the engine's own maintainers say first, where its messages tell which it is."""
    told = caller(log, (*found.runtime, *found.kept))
    return "" if told is None else f"; {told}"


def _closest(lines: Sequence[LogLine]) -> tuple[LogLine, KnownFailure] | None:
    """Of the lines that something is known of, the one that names a cause most closely."""
    known = [(line, known) for line in lines if (known := recognise(line.text)) is not None]
    return min(known, key=lambda each: KNOWN_FAILURES.index(each[1]), default=None)


def _foreign(log: Log, found: Others) -> Iterator[Finding]:
    """A text without a line of CRIU's."""
    name = display_safe(log.path.name)
    told = _closest(found.kept)
    if told is not None:
        line, first = told
        shown = [other for other in found.kept if other is not line and recognise(other.text) is first]
        # What a program such as make only reports has its reason in the line before.
        shown[:0] = [other for other in found.kept if other.number == line.number - 1 and other not in shown]
        yield Finding(
            first.id,
            Severity.ERROR,
            f"{name} reports a failure: {first.title}",
            f"{'; '.join(map(_quoted, (line, *shown[:QUOTED])))}. {first.why} ({Confidence.LIKELY.value}: this is not "
            f"CRIU's "
            "own log)",
            first.advice + _engine(log, found),
            first.releases,
            log=name,
            line=line.number,
            confidence=Confidence.LIKELY,
        )
        return
    if not found.lines:
        return
    quoted = "".join(f"; {_quoted(line)}" for line in found.kept[:QUOTED])
    if any(_CHECKPOINT.search(line.text[:LOOKED_AT]) for line in log.lines[:HEAD]):
        yield _engines_own(log, found, quoted)
        return
    yield Finding(
        "not-a-log",
        Severity.WARNING if found.errors else Severity.NOTE,
        f"{name} holds no line of CRIU's",
        f"{counted(found.lines, 'line')} were not understood, {number(found.errors)} of them look like errors{quoted}",
        f"look for CRIU's own log: {WHERE}",
        log=name,
        line=found.kept[0].number if found.kept else None,
    )
