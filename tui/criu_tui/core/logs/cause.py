"""Which line of a failed run's log says why, chosen as a maintainer does.

Not the first error, nor the last: probes of the kernel at the start may fail without harm, most errors only
report that a step below them failed, and a reason may stand in a warning, in a line without a mark, or in
what a tool has printed. Words are matched, never numbers of source lines, which every release changes.
"""

from __future__ import annotations

import enum
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.logs.line import LOOKED_AT, Level, LogLine

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = 5
"""Lines that show a cause, itself among them."""
BEFORE = 200
"""Lines before an error that are searched for its reason."""
NEAR = 12
"""Lines around an error that a tool's output about it stands in."""
JOINED = 12
"""Lines that one message may go on over."""


class Weight(enum.IntEnum):
    """How much an error tells of the cause, the most telling first."""

    SPECIFIC = 0
    """Says itself what went wrong."""
    REPORT = 1
    """Names the step or the process that failed."""
    ASIDE = 2
    """Of something that CRIU goes on without, or of its clearing away."""
    ECHO = 3
    """Only says that something did."""
    PROBE = 4
    """Of a feature that the kernel or a tool may lack, before the run began."""


class FailureCause(NamedTuple):
    """The line that says why a run failed, and those that show it, itself among them, in order."""

    line: LogLine
    evidence: tuple[LogLine, ...]


_REPORTS = expression(
    r"(?:[Dd]ump(?:ing)?|[Cc]ollect) .{0,60}\(pid: \d+\) failed|[Dd]ump \d+ (?:rseq|signals) failed"
    r"|killed by signal|stopped by signal"
    r"|Can't (?:infect|fixup vdso VMAs|dump (?:misc|threads?|itimers|posix timers|sigactions|page with parasite)) ?"
    r"|Can't dump thread for pid|Can't dump (?:private|shared) signals"
    r"|Parasite failed to|can't get /proc fd|Unable to open fd=|Can't open vma|Can't fixup VMA's fd"
    r"|Can't make (?:net|mnt|pid|ipc|uts|user|time|cgroup) ?(?:ns)? ?id|Can't create net_ns|Can't restore mntns"
    r"|A few mount points can't be mounted|Can't parse \d+'s mountinfo|Namespaces dumping finished with error"
    r"|Can't restore (?:netns|link: -?\d+)$|Unable to restore network links|Can't attach to init"
    r"|failed when initializing kerndat|Could not initialize kernel features|One of more action scripts failed"
    r"|script ret code"
    r"|Timeout reached\. Try"
    r"|[Pp](?:re|ost) dump script failed|Restoring .{1,40} special property failed|Task stopped with"
    r"|Wait on \d+ zombie failed"
    r"|uns: daemon exited|Join namespaces failed|Can't (?:switch|restore) (?:to )?(?:mnt|pid|net)_?ns"
    r"|Failed to dump a page|failed to dump fs|Unable to dump a file system|Page server .{0,20}failed"
)
_ECHOES = expression(
    r"^(?:\S{1,60}:? )?exited, status=|\b\d{1,10} exited, status=|\b\d{1,10} exited with (?:non-zero code )?"
    r"|Command \S+ for daemon failed|[Mm]essage .{0,20}trimmed|Trimmed message|Failed to read ack|this is not the ack"
    r"|Unable to detach|Restorer (?:fail|abnormal termination)|Can't wait or bad status|Bad child exit status"
    r"|Can't cure|Killing processes because of failure|Failed to wait|failed to wait on|died too early"
    r"|Error while waiting|Unable to (?:wait|resume|flush breakpoints|restore freezer)|Failed to unmap restorer"
    r"|Aborting restore|Can't (?:catch|stop) all tasks|Task (?:exited|signaled|continued)|Close the control socket"
    r"|Command rejected|is in unexpected state|Can't (?:interrupt|restore regs)|Restoring regs for"
    r"|Communication error|uns: (?:recv|send) resp error|recv resp error|Failed to lock TCP connection|bad status: "
    r"|Child exited with an error|Can't unix daemon"
)
_ASIDES = expression(
    r"umount \S*\.criu\.|[Rr]emove \S*\.criu\.|Unable to unmap (?:0x)?[0-9a-f]+\(|Restoring CHLD sigaction failed"
    r"|Can't umount forced mount|Failed to unlock TCP|Can't writeback to tty|Unable to close fd|Failed to clenaup"
    r"|Ignoring invalid value|failed walking .{1,200} for empty cgroups|fiemap ioctl|No socket shutdown info"
    r"|using log fd|Can't revert (?:root|working) dir|Escaped/closed fd|Can't close memfd|Failed to close tmpfile"
    r"|irmap: Can't stat|plugin to inventory image|Failed to unlock process status|rmrf: |to empty cgroup"
    r"|Can't open mount for s_dev .{1,20}, continue"
    r"|Could not find restore thread|Diag module missing|si_code=1 si_pid=\d+ si_status=0\b"
)
"""What CRIU 4.2 prints as an error and goes on."""
_MOUNT_TRIED = expression(r"Can't open mount for s_dev .{1,20}, continue")
"""Of a watched file CRIU tries each mount of its device; why one did not do, the error before says."""
_REASONS = expression(
    r"kid_lookup_epoll|[Nn]o match .{0,30}efd|RTNETLINK answers: (?!File exists)|PR_SET_MM|prctl failed"
    r"|execvp\(|Unable to interrupt task|can't interrupt task|SEIZE \d+: |mmap\(PROT_WRITE \| PROT_EXEC\) failed"
    r"|^Error: |without support|not supported|n't support|max xsave frame"
    r"|failed with -?\d|PAGE_IS_GUARD|: \(?(?:Operation not permitted|Permission denied|No such file or directory"
    r"|No such device|Invalid argument|Device or resource busy|Cannot allocate memory|No space left on device"
    r"|Function not implemented|Operation not supported|Address already in use|Cannot assign requested address"
    r"|Input/output error|Read-only file system|Too many open files|Connection refused|Broken pipe)\)?$"
    r"|\((?:Operation not permitted|Permission denied|No such process)\)|^Can't connect to server \S"
    r"|^No (?:pagemap|core|mm|ids|fs|fdinfo)-\d+\.img image$"
)
_WRAPPED = expression(r"OCI runtime|CRIU (?:restor|checkpoint|dump)|CRIU log|criu failed")
"""How an engine reports that CRIU has failed, which is no reason of it."""
_ASKED = expression(
    r"^(?:statmount\(\) with \S+ flag|close_range|PAGEMAP_SCAN|PR_TIMER_CREATE_RESTORE_IDS) isn't supported"
)
"""What the kernel lacks and CRIU does without (criu/kerndat.c): no error, and no reason of one."""
_UNUSED = expression(
    r"tun: Unable to create tun: No such|Lazy pages are not available: Function"
    r"|create the binfmt_misc file system(?!: (?:No space left|Operation not permitted))"
)
"""Probes of what few dumps need, in words that no run prints."""
_PROBES = expression(r"(?:^|/)(?:libnetlink|sockets|uffd|util|kerndat|net|tun)\.c:")
"""Where CRIU finds out what the kernel can do, before any run."""
_GAVE_UP = expression(r"failed when initializing kerndat")
"""What it says where one of these is not there that it cannot do without."""
_ENDED = expression(r"^(?:\S{1,20}: )?(\d{1,10}) (?:exited, status=[1-9]|killed by signal (?!9\b)|stopped by signal)")
"""Where CRIU, or the parent of a task, tells that the task has ended."""
_TOOL_ENDED = expression(r"^(?:(?!\d{1,10} )\S{1,60}:? )?exited, status=")
"""How CRIU tells that a tool has failed, up to 4.2.1 without its name (criu/util.c)."""
_TOOLS = expression(
    r"^(?:RTNETLINK |Error: |Error talking|Cannot find device|Dump (?:was|terminated)|ip6?tables|xtables|nft|line \d"
    r"|[Ff]atal: |Failed to \w+: |Another app is"
    r"|netlink:|tar: |ip: |cuda-checkpoint|modprobe|sh: |/\S+: |\S+-restore"
    r"|.{0,40}(?:command not found|No such file or directory)$)"
)
"""How a line begins that a tool run by CRIU has printed."""
_NEXT_STEP = expression(
    r"Unlock network|Unfreezing|\t?Unseizing|Running [\w-]{1,40} scripts|Waiting for \d|RPC$"
    r"|(?:[\w.-]{1,40}@[\w.:~/ -]{1,120}|[\w.:~/-]{0,60})[#$%>] |```|~~~|</?\w|\d{4}-\d\d-\d\d[T ]\d"
    r"|(?:sudo |[$#] )?(?:runc|crun|criu|podman|docker|kubectl|ctr|lxc) \S|(?:not )?ok \d"
)
"""What CRIU, a test or a program prints next, where lines have no times to tell them by."""


def weight(line: LogLine, begun: int = 0) -> Weight:
    """How much an error tells of the cause; `begun` is the number of the line where the run proper begins."""
    text = line.text[:LOOKED_AT]
    if line.number < begun or _UNUSED.search(text):
        # The run went on after it.
        return Weight.PROBE
    if _ECHOES.search(text):
        return Weight.ECHO
    if _ASIDES.search(text):
        return Weight.ASIDE
    return Weight.REPORT if _REPORTS.search(text) else Weight.SPECIFIC


def choose(marked: Sequence[LogLine], lines: Sequence[LogLine], begun: int = 0) -> FailureCause | None:
    """The cause among the errors and warnings of a log, in order; None where no error is more than noise.

    `lines` are all of the log, from which those around an error are read.
    """
    ended = max((line.number for line in marked if line.noise and "FAILED" in line.text), default=len(lines))
    # Behind its last word CRIU clears away: who is killed or let go there did not make it fail.
    errors = [
        line
        for line in marked
        if line.level is Level.ERROR
        and not line.noise
        and (line.number <= ended or weight(line) in (Weight.SPECIFIC, Weight.PROBE))
    ]
    if not errors:
        return None
    weights = [weight(line, begun or _past_probes(errors)) for line in errors]
    for index, line in enumerate(errors[1:]):
        if _MOUNT_TRIED.search(line.text[:LOOKED_AT]) and weights[index] is Weight.SPECIFIC:
            weights[index] = Weight.ASIDE
    best = min(weights)
    if best is Weight.PROBE and begun:
        return None
    first = errors[weights.index(best)]
    if best is Weight.ECHO:
        # Before its run CRIU tries out tools, whose end says nothing of it.
        echoes = (line for line, weighed in zip(errors, weights, strict=True) if weighed is best)
        first = next((line for line in echoes if not _TOOL_ENDED.search(line.text[:LOOKED_AT])), first)
    if best is Weight.SPECIFIC:
        first = _of_the_first_to_fail(errors, weights) or _of_the_last_probe(errors, weights) or first
    cause = first
    if best is not Weight.SPECIFIC:
        # No error says what went wrong: a line without such a mark may.
        cause = _reason(first, lines) or first
    # What went wrong before a run that began is none of its errors; `criu check` looks at what comes before it.
    since = 0 if "cr-check.c" in cause.source else min(begun, cause.number)
    own = [line for line in errors if line.number >= since]
    return FailureCause(_whole(cause, lines), _evidence(cause, own, lines, since))


def _past_probes(errors: Sequence[LogLine]) -> int:
    """Number of the first error past those of probes of the kernel, in a log that does not say where its run begins.

    CRIU probes before there is any task, so that they are of none. 0 where nothing but they went wrong.
    """
    if any(_GAVE_UP.search(line.text[:LOOKED_AT]) for line in errors):
        # One of them is why there was no run.
        return 0
    for index, line in enumerate(errors):
        if line.pid is not None or not _PROBES.search(line.source):
            if weight(line) is Weight.ASIDE:
                continue
            alone = index == 0 or weight(line) is not Weight.SPECIFIC
            return 0 if alone else line.number
    return 0


def _of_the_first_to_fail(errors: Sequence[LogLine], weights: Sequence[Weight]) -> LogLine | None:
    """The first telling error of the task that ended first.

    Tasks are restored at the same time, so that their lines stand among one another, and each may complain of what
    it can do without. The first report that a task has ended names the one that could not.
    """
    ended = next((found for line in errors if (found := _ENDED.match(line.text[:LOOKED_AT])) is not None), None)
    if ended is None:
        return None
    pid = int(ended[1])
    for line, weighed in zip(errors, weights, strict=True):
        if weighed is Weight.SPECIFIC and line.pid == pid and line.level is Level.ERROR:
            return line
    return None


def _of_the_last_probe(errors: Sequence[LogLine], weights: Sequence[Weight]) -> LogLine | None:
    """What CRIU says of the probe of the kernel that it gave up on; of those before it, it went on without them."""
    gave_up = next((index for index, line in enumerate(errors) if _GAVE_UP.search(line.text[:LOOKED_AT])), 0)
    before = zip(errors[:gave_up], weights[:gave_up], strict=True)
    return next((line for line, weighed in reversed([*before]) if weighed is Weight.SPECIFIC), None)


def _reason(error: LogLine, lines: Sequence[LogLine]) -> LogLine | None:
    """The last line before an error, of its process or of none, that reads like a reason.

    Of a tool that has failed that is what it has printed last.
    """
    start = max(0, error.number - 1 - BEFORE)
    if _TOOL_ENDED.search(error.text[:LOOKED_AT]) and error.number > 1:
        last = lines[error.number - 2]
        if not last.understood and _TOOLS.match(last.text[:LOOKED_AT]) and _is_telling(last):
            return last
    for line in reversed(lines[start : error.number - 1]):
        if line.pid not in (None, error.pid) and error.pid is not None:
            continue
        text = line.text[:LOOKED_AT]
        if line.noise or line.level is Level.ERROR or (not line.understood and _WRAPPED.search(text)):
            continue
        if _REASONS.search(text) and not _ASKED.search(text):
            return line
    return None


def _whole(line: LogLine, lines: Sequence[LogLine]) -> LogLine:
    """A message with the lines that it goes on over, such as a property of several lines, as one line."""
    if line.text.endswith(">") and line.subsystem == "pie":
        return replace(line, text=_unbroken(line, lines))
    following: list[str] = []
    for other in lines[line.number : line.number + JOINED]:
        said = other.text.strip().removeprefix("> ")
        if other.understood or _TOOLS.match(other.text) or _NEXT_STEP.match(said) or not said.strip(">"):
            break
        following.append(said)
    if not following or not line.understood:
        return line
    return replace(line, text=" ".join((line.text, *following))[:LOOKED_AT])


def _unbroken(line: LogLine, lines: Sequence[LogLine]) -> str:
    """A message of the restorer as long as it was: releases up to 3.8 broke long ones with a ">" (criu/pie/log.c)."""
    text = line.text
    for other in lines[line.number : line.number + JOINED]:
        if not text.endswith(">") or other.pid != line.pid or other.subsystem != "pie":
            break
        text = text.removesuffix(">") + other.text
    return text[:LOOKED_AT]


def _evidence(cause: LogLine, errors: Sequence[LogLine], lines: Sequence[LogLine], since: int) -> tuple[LogLine, ...]:
    """The cause, what was printed just before it about it, and the errors that follow from it.

    `since` is the number of the line that is looked at first.
    """
    chosen = {cause.number: _whole(cause, lines)}
    near = (line for line in errors if cause.number - NEAR <= line.number < cause.number)
    before = [line for line in near if not _UNUSED.search(line.text[:LOOKED_AT])]
    chosen |= {line.number: line for line in before[-2:]}
    start = max(0, since - 1, cause.number - 1 - NEAR)
    for line in reversed(lines[start : cause.number - 1]):
        if len(chosen) > 3:
            break
        own = line.pid in (None, cause.pid) or cause.pid is None
        if own and not line.noise and (_is_warning_of_run(line) or _is_telling(line)):
            chosen[line.number] = line
    for line in errors:
        if len(chosen) == SHOWN:
            break
        if line.number > cause.number:
            chosen.setdefault(line.number, line)
    return tuple(chosen[number] for number in sorted(chosen))


def _is_warning_of_run(line: LogLine) -> bool:
    """Whether a warning is none of what the kernel can do, which CRIU goes on without."""
    return line.level is Level.WARNING and "kerndat.c" not in line.source


def _is_telling(line: LogLine) -> bool:
    text = line.text[:LOOKED_AT]
    if not line.understood:
        return bool(_TOOLS.match(text)) and "answers: File exists" not in text
    return line.level is Level.INFO and bool(_REASONS.search(text)) and not _ASKED.search(text)
