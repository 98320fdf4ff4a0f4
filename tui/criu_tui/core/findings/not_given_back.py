"""What a restore that succeeds does not give back: state that a release leaves out, and labels of another place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import some
from criu_tui.core.dump.mounts import mounts
from criu_tui.core.findings.circumstances import HEAD
from criu_tui.core.findings.finding import Confidence, Finding, Severity
from criu_tui.core.findings.quoting import quoted_line
from criu_tui.core.logs.line import LOOKED_AT
from criu_tui.core.logs.others import after_the_end
from criu_tui.core.restore.releases import (
    DETACHED_IN_NAMESPACE,
    DROPPED_TCP_SHUT,
    ONE_SHOT_TIMERS,
    ROOT_MOUNT_FLAGS,
    Change,
    numbers,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log
    from criu_tui.core.restore.releases import Criu


class LeftOut(NamedTuple):
    """Something that a restore leaves out before a release."""

    id: str
    title: str
    why: str
    until_then: str
    """What helps without another release."""
    fixed: Change


_TIMERS = LeftOut(
    "timer-once",
    "a timer that is to fire once (setitimer, alarm) does not fire after the restore",
    "of interval timers CRIU restores only those that fire again and again; SIGALRM, SIGVTALRM or SIGPROF never comes "
    "(criu#2559)",
    "arm it again in the program",
    ONE_SHOT_TIMERS,
)
_ROOT = LeftOut(
    "root-writable",
    "a root file system that was mounted read-only can be written after the restore",
    "the flags of the root mount are not restored, as those of other mounts are (criu#2632)",
    "mount it read-only again (nsenter -t PID -m mount -o remount,bind,ro /)",
    ROOT_MOUNT_FLAGS,
)
_DROPPED = LeftOut(
    "tcp-dropped-unseen",
    "the program does not learn that its connections were dropped",
    "with --tcp-close the sockets come back as if they had never been connected, which programs do not expect: calls "
    "answer ENOTCONN, where a socket that is shut down tells of the end of its connection (criu#1134)",
    "let the program connect anew at that answer",
    DROPPED_TCP_SHUT,
)
_DETACHED = LeftOut(
    "criu-ns-detached",
    "what criu-ns restores with --restore-detached is killed as soon as it runs",
    "criu-ns makes CRIU the first process of a new pid namespace: as it is told to end once all is restored, the "
    "kernel kills all others in it (criu#1278)",
    "leave --restore-detached (-d) out, and put criu-ns itself in the background",
    DETACHED_IN_NAMESPACE,
)


class ShownBeside(NamedTuple):
    """How a text beside a restore shows that something was left out."""

    left: LeftOut
    words: re.Pattern[str]
    log: re.Pattern[str] | None = None
    """What the log must say too."""
    severity: Severity = Severity.WARNING


_SHOWN = (
    ShownBeside(
        _DROPPED,
        expression(r"\bENOTCONN\b|(?:Transport endpoint|Socket) is not connected|\[\{(?:events=)?EPOLLHUP\b"),
        expression(r"Will drop all TCP connections"),
    ),
    ShownBeside(
        _TIMERS,
        # Whether it was armed, and to fire once, is not known by that.
        expression(r"\bsetitimer\(|\bITIMER_(?:REAL|VIRTUAL|PROF)\b|\balarm\(\d"),
        severity=Severity.NOTE,
    ),
    ShownBeside(
        _DETACHED,
        expression(r"(?:^|[\s/])criu-ns (?:.{0,400} )?restore (?:.{0,400} )?(?:-d|--restore-detached)(?:\s|$)"),
    ),
)
_ROOT_LINE = expression(r"^(?:.{0,60}[:>] ?)?\d{1,10} \d{1,10} \d{1,6}:\d{1,6} /\S{0,400} / (?P<rights>ro|rw)\b")
"""The root as /proc/PID/mountinfo shows it."""
_LABELS = expression(
    r"avc: {1,3}denied (?!.{0,900}permissive=1).{1,600}scontext=\S{1,100}?(?P<own>:s0:c\d{1,4},c\d{1,4})\s"
    r".{0,20}tcontext=\S{1,100}?(?P<other>:s0:c\d{1,4},c\d{1,4})\s"
)
"""That SELinux kept two containers apart, each with a pair of categories of its own."""


def left_out(dump: Dump, chosen: Criu) -> Iterator[Finding]:
    """What the images hold that the chosen release does not restore."""
    if ONE_SHOT_TIMERS.lacks(chosen.numbers):
        pids = sorted(task.pid for task in dump.tasks if _fires_once(dump, task.pid))
        if pids:
            yield _of(_TIMERS, Severity.NOTE, f"task {some(pids)} has one, by core-PID.img")
    # Of the mount itself: a file system that is read-only stays so.
    if ROOT_MOUNT_FLAGS.lacks(chosen.numbers) and any(
        mount.read_only and mount.depth == 0 and mount.point == "/" for mount in mounts(dump)
    ):
        yield _of(_ROOT, Severity.NOTE, "the root of a mount namespace is read-only in these images")


def left_out_by(log: Log, texts: Sequence[tuple[str, LogLine]]) -> Iterator[Finding]:
    """What lines behind or beside a restore that succeeded show to be missing, or to be another's.

    `texts`: what `beside` has found.
    """
    name = display_safe(log.path.name)
    lines = [(name, line) for line in after_the_end(log)] + list(texts)
    version = numbers(log.criu)
    for shown in _SHOWN:
        said = None if not shown.left.fixed.lacks(version) else _first(lines, shown.words)
        if said is not None and (shown.log is None or any(shown.log.search(each.text) for each in log.lines[:HEAD])):
            yield _of(shown.left, shown.severity, f"{name} tells of CRIU {display_safe(log.criu or '', 40)}; {said}")
    if ROOT_MOUNT_FLAGS.lacks(version):
        roots = [(text, line, _ROOT_LINE.search(line.text[:LOOKED_AT])) for text, line in lines]
        seen = [(text, line, found["rights"]) for text, line, found in roots if found is not None]
        if len(seen) > 1 and (seen[0][2], seen[-1][2]) == ("ro", "rw"):
            quoted = "; ".join(f"{text}, {quoted_line(line)}" for text, line, _ in (seen[0], seen[-1]))
            yield _of(_ROOT, Severity.WARNING, quoted)
    yield from _labels(lines)


def _fires_once(dump: Dump, pid: int) -> bool:
    core = dump.core_entry(pid)
    if core is None or not core.tc.HasField("timers"):
        return False
    timers = core.tc.timers
    each = (timers.real, timers.virt, timers.prof)
    return any((timer.vsec or timer.vusec) and not (timer.isec or timer.iusec) for timer in each)


def _first(lines: Iterable[tuple[str, LogLine]], words: re.Pattern[str]) -> str | None:
    found = ((text, line) for text, line in lines if words.search(line.text[:LOOKED_AT]))
    return next((f"{display_safe(text)}, {quoted_line(line)}" for text, line in found), None)


def _labels(lines: Iterable[tuple[str, LogLine]]) -> Iterator[Finding]:
    """A restored container that may not use what has the label of the place where it was dumped."""
    for text, line in lines:
        denied = _LABELS.search(line.text[:LOOKED_AT])
        if denied is not None and denied["own"] != denied["other"]:
            yield Finding(
                "label-of-another-container",
                Severity.WARNING,
                "the restore finished, and SELinux keeps the program from files with another container's label",
                f"{display_safe(text)}, {quoted_line(line)}: scontext is the label that the process runs with now, "
                "tcontext that of the file. CRIU mounts a tmpfs with the label that it had at the dump, and a new pod "
                "or container has other categories (criu#1500)",
                "--lsm-mount-context with the mount label of the new place, CRIU 3.16 or later (--lsm-profile for the "
                "processes); in containers: runc 1.1 and crun have --lsm-mount-context, CRI-O and podman give it "
                "themselves; volumes: relabel them (chcon, -v SOURCE:TARGET:Z)",
                confidence=Confidence.LIKELY,
            )
            return


def _of(left: LeftOut, severity: Severity, shown: str) -> Finding:
    return Finding(
        left.id,
        severity,
        left.title,
        f"{shown}: {left.why}",
        f"use {left.fixed.later}; until then {left.until_then}",
        left.fixed.before,
        confidence=Confidence.LIKELY,
    )
