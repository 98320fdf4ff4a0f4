"""Texts that CRIU did not write: what engines and runtimes say of a checkpoint, and other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import number
from criu_tui.core.findings.advice import BY_ANSWER, BY_END, BY_ID, KNOWN_FAILURES, recognise
from criu_tui.core.findings.areas import PARTS
from criu_tui.core.findings.circumstances import HEAD, another_release, caller
from criu_tui.core.findings.commands_shown import lacking
from criu_tui.core.findings.engine_details import closer
from criu_tui.core.findings.finding import Confidence, Finding, Severity
from criu_tui.core.findings.own_faults import in_backtrace
from criu_tui.core.findings.python_tools import fault_of, program_of
from criu_tui.core.findings.quoting import not_understood, quoted_line
from criu_tui.core.findings.shown_after import LINES, shown_after
from criu_tui.core.logs.line import LOOKED_AT
from criu_tui.core.logs.others import after_the_end, excerpt, others
from criu_tui.core.logs.wording import has_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.findings.advice import KnownFailure
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log
    from criu_tui.core.logs.others import Others

QUOTED = 3
"""Lines of others that are quoted."""
LONG = 400
"""Characters of a runtime's message that are quoted."""
WHERE = (
    "runc: dump.log and restore.log in its --work-path or beside the images; docker: "
    "/run/containerd/io.containerd.runtime.v2.task/moby/ID/criu-dump.log; podman: "
    "/var/lib/containers/storage/overlay-containers/ID/userdata/dump.log; CRI-O: the same under /run/containers; "
    "lxc-checkpoint: in the directory of -D; LXD and Incus: migration_*.log among the instance's logs; else "
    "log-file /tmp/criu.log in /etc/criu/runc.conf"
)
"""Where runtimes let CRIU write its own log."""

KEPT_LOG = (
    "where it is not there, since runtimes remove it after a failed restore: runc --work-path DIR, or the line "
    "“log-file /tmp/criu.log” in /etc/criu/runc.conf"
)
"""How CRIU's log is kept from a runtime that removes it."""

_ABSENT = expression(r"(?i)no such file")
_BY_HAND = (
    "run the runtime with its debug option (runc --debug, podman --log-level debug) to see the options that it gave, "
    "and criu with these by hand"
)
"""How to learn what CRIU said that wrote no log."""
_LISTED = expression(r"[-dl][rwxsStT-]{9}[.+@]? .{0,400}?(?P<name>[^\s/]{1,255})$")
"""A file as `ls -l` shows it."""
_NAMED_LOG = expression(r"\b((?:restore|dump|checkpoint)\.log)\b")
NOT_STARTED = (
    "criu did not even start there, most often for want of privileges: give the container or pod the capabilities "
    "CHECKPOINT_RESTORE (or SYS_ADMIN), SYS_PTRACE, SETPCAP and NET_ADMIN and a seccomp profile that lets clone3 and "
    "ptrace through, and try `criu check` inside"
)
"""Where a program sends to a log of CRIU's that is not among the files shown."""

_PLAIN = frozenset(
    ["build-failed", "cuda-plugin", "freeze", "image-dir", "lazy-pages", "no-log", "options", "page-server"]
)
_VAGUE = (BY_ANSWER | BY_END | PARTS | {"left-running", "liberty-checkpoint", "liberty-restore", "pod-ended"}) - _PLAIN
"""Known failures that one word of an engine's message is enough for, such as of a path."""
_BEFORE_CRIU = frozenset(
    [
        "criu-too-old",
        "engine-cni",
        "engine-name-left",
        "engine-not-linux",
        "libcriu-lacks",
        "libcriu-missing",
        "lxc-configuration",
        "lxc-directory",
        "lxc-network",
        "network-plugin-down",
        "parent-directory",
        "runtime-files-absent",
        "runtime-unknown-there",
        *(known.id for known in KNOWN_FAILURES if known.id.startswith("gvisor")),
    ]
)
"""Known failures by which an engine or runtime ends before it has run CRIU; gVisor never runs it."""
_NO_FAILURES = ("left-running", "socket-left")
_CHECKPOINT = expression(r"(?i)checkpoint|restor|\bcriu\b|\bcrac\b|migrat")
"""What an engine speaks of when it means us."""


def no_failure(found: Others) -> tuple[LogLine, KnownFailure] | None:
    """Where all that is said reads like an error and is none, as of a container that was left running."""
    told = (*found.runtime, *found.kept)
    for known in map(BY_ID.__getitem__, _NO_FAILURES):
        if told and all(known.pattern.search(line.text.strip()) for line in told):
            return told[0], known
    return None


def nothing_wrong(log: Log, line: LogLine, known: KnownFailure) -> Finding:
    """A message that reads like an error and is none."""
    name = display_safe(log.path.name)
    return Finding(
        known.id,
        Severity.NOTE,
        f"{name}: {known.title}",
        f"{quoted_line(line, LONG)}. {known.why}",
        known.advice,
        known.releases,
        log=name,
        line=line.number,
        confidence=Confidence.LIKELY,
    )


def before_criu(found: Others) -> bool:
    """Whether an engine says that it would not even run CRIU, which then has no log."""
    told = _closest((*found.runtime, *found.kept))
    return told is not None and told[1].id in _BEFORE_CRIU


def by_a_runtime(log: Log, found: Others) -> Finding:
    """Only what a runtime says of CRIU."""
    name = display_safe(log.path.name)
    # An engine often says why in one line, and in another that this is why it failed.
    said = {line.number: line for line in (*found.runtime[:QUOTED], *found.kept[:QUOTED])}
    shown = [said[at] for at in sorted(said)][:QUOTED]
    quoted = "; ".join(f"line {number(line.number)}: “{display_safe(excerpt(line, LONG), LONG)}”" for line in shown)
    told = _closest((*found.runtime, *found.kept))
    # That a pod has ended follows from it.
    known = None if told is None or told[1].id == "pod-ended" else closer(log, *told)
    if told is not None and told[0].number not in {line.number for line in shown}:
        quoted += f"; {quoted_line(told[0], LONG)}"
    named = known is not None and known.id not in _VAGUE
    where = f"at {display_safe(found.paths[0], 300)} ({KEPT_LOG})" if found.paths else f"elsewhere: {WHERE}"
    opened = f"open CRIU's log {where}"
    if any(path in line.text and _ABSENT.search(line.text) for path in found.paths for line in found.kept):
        opened = f"CRIU's log is not there, as the text says itself: CRIU ended before it opened it; {_BY_HAND}"
    return Finding(
        "runtime-message",
        Severity.ERROR,
        f"{name} holds the runtime's message"
        + (
            f": {known.title}"
            if known is not None and named
            else ", a consequence: the reason stands in CRIU's own log"
        ),
        f"{quoted}: it says that CRIU failed, and the reason stands in CRIU's own log file"
        + (f"; {known.title}: {known.why}" if known is not None else ""),
        "; ".join(
            (
                *lacking(log),
                *([known.advice] if known is not None and named else []),
                opened,
                *([known.advice] if known is not None and not named else []),
                *another_release(log),
            )
        )
        + _engine(log, found),
        log=name,
        line=found.runtime[0].number,
        confidence=Confidence.LIKELY,
    )


def following(log: Log, line: LogLine) -> Finding:
    """Of CRIU's log a line alone that any run prints that has failed."""
    name, known = display_safe(log.path.name), BY_ID["only-follows"]
    found = others(log)
    where = display_safe(found.paths[0], 300) if found.paths else WHERE
    ways = (known.advice, f"it is in CRIU's own log: {where}; {KEPT_LOG}", *another_release(log))
    return Finding(
        known.id,
        Severity.ERROR,
        f"{name}: {known.title}",
        f"{quoted_line(line, LONG)}: {known.why}",
        "; ".join(ways) + _engine(log, found),
        known.releases,
        log=name,
        line=line.number,
        confidence=Confidence.SURE,
    )


def _engine(log: Log, found: Others, failed: str = "") -> str:
    """What the engine's own maintainers say first, where its messages tell which it is."""
    told = caller(log, (*found.runtime, *found.kept), failed)
    return "" if told is None else f"; {told}"


def _closest(lines: Sequence[LogLine]) -> tuple[LogLine, KnownFailure] | None:
    """Of the lines that something is known of, the one that names a cause most closely."""
    known = [(line, known) for line in lines if (known := _told(line.text)) is not None]
    return min(known, key=lambda each: (each[1].id in _VAGUE, KNOWN_FAILURES.index(each[1])), default=None)


def _told(text: str) -> KnownFailure | None:
    """The known failure that an engine's message is; one that a word is enough for only at last."""
    known = recognise(text)
    if known is None or known.id not in _VAGUE:
        return known
    beginning = text[:LOOKED_AT]
    return next((each for each in KNOWN_FAILURES if each.id not in _VAGUE and each.pattern.search(beginning)), known)


def cause_among(found: Others) -> tuple[LogLine, KnownFailure] | None:
    """A line of others that has one meaning, whatever stands around it."""
    told = _closest(found.kept)
    return told if told is not None and told[1].sure and told[1].id not in _VAGUE else None


def foreign(log: Log, found: Others) -> Iterator[Finding]:
    """A text without a line of CRIU's."""
    name = display_safe(log.path.name)
    told = fault_of(log) or _closest(found.kept)
    if told is None or told[1].id == "criu-misstep":
        told = program_of(log) or told
    if told is not None:
        line, first = told
        shown = [other for other in found.kept if other is not line and recognise(other.text) is first]
        if first.id == "criu-crashed":
            first = in_backtrace(log, log.lines[:HEAD]) or first
        first = closer(log, line, first)
        absent = _not_listed(log, line)
        # What a program such as make only reports has its reason in the line before; a frame of Go's in its panic.
        shown[:0] = [
            other
            for other in found.kept
            if other not in shown and other is not line and (other.number == line.number - 1 or _panicked(other, line))
        ]
        missing = (
            "" if absent is None else f"; {display_safe(absent, 40)} is not among the files listed: it was never made"
        )
        yield Finding(
            first.id,
            Severity.ERROR,
            f"{name} reports a failure: {first.title}" + ("" if absent is None else ", and CRIU wrote no log"),
            f"{'; '.join(quoted_line(each, LONG, first.pattern) for each in (line, *shown[:QUOTED]))}. "
            f"{first.why}{missing} "
            f"({Confidence.LIKELY.value}: this is not CRIU's own log)",
            ("" if absent is None else f"{NOT_STARTED}; ") + first.advice + _engine(log, found, first.releases),
            first.releases,
            log=name,
            line=line.number,
            confidence=Confidence.LIKELY,
        )
        return
    if not found.lines:
        return
    shown_there = shown_after(log.path.name, log.lines[: min(log.count, LINES)])
    if shown_there is not None:
        yield shown_there
        return
    quoted = "".join(f"; {quoted_line(line, LONG)}" for line in found.kept[:QUOTED])
    if any(has_form(line.text) for line in found.kept) and any(
        _CHECKPOINT.search(line.text[:LOOKED_AT]) for line in log.lines[:HEAD]
    ):
        yield _engines_own(log, found, quoted)
        return
    yield Finding(
        "not-a-log",
        Severity.WARNING if found.errors else Severity.NOTE,
        f"{name} holds no line of CRIU's",
        f"{not_understood(found)}{quoted}",
        f"look for CRIU's own log: {WHERE}",
        log=name,
        line=found.kept[0].number if found.kept else None,
    )


def crashed_behind(log: Log) -> Iterator[Finding]:
    """That an engine crashed behind a dump that succeeded, of which CRIU's log says nothing."""
    known = BY_ID["engine-crashed"]
    for line in after_the_end(log):
        if known.pattern.search(line.text[:LOOKED_AT]) is None:
            continue
        name = display_safe(log.path.name)
        yield Finding(
            known.id,
            Severity.ERROR,
            f"{name} reports a failure behind the {log.run_name}, which succeeded: {known.title}",
            f"{quoted_line(line, LONG)}. {known.why}",
            "; ".join(filter(None, (known.advice, caller(log, (line,))))),
            known.releases,
            log=name,
            line=line.number,
            confidence=Confidence.LIKELY,
        )
        return


def _panicked(told: LogLine, frame: LogLine) -> bool:
    """Whether a line is the panic of Go's that a frame behind it belongs to."""
    return told.number < frame.number and told.text.startswith("panic: ")


def _not_listed(log: Log, line: LogLine) -> str | None:
    """The log of CRIU's that a message sends to, where the same text lists files and it is none of them."""
    named = _NAMED_LOG.search(line.text[:LOOKED_AT])
    if named is None:
        return None
    files = {listed["name"] for one in log.lines[:HEAD] if (listed := _LISTED.match(one.text[:LOOKED_AT])) is not None}
    return named[1] if files and named[1] not in files else None


def _engines_own(log: Log, found: Others, quoted: str) -> Finding:
    """What an engine says of a checkpoint, in words that are not known."""
    name = display_safe(log.path.name)
    return Finding(
        "engine-message",
        Severity.WARNING,
        f"{name} holds an engine's own message about a checkpoint",
        f"CRIU has not said it{quoted}: the engine refused or failed before CRIU ran, or CRIU's own log is elsewhere",
        "do what its message asks for, or look its words up in the engine's issues: it may not support this, or a "
        f"newer release may; run the engine with its debug option; look for CRIU's own log: {WHERE}"
        + _engine(log, found),
        log=name,
        line=found.kept[0].number,
        confidence=Confidence.UNKNOWN,
    )
