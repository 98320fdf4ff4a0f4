"""What a restored program, its shell or a tool says of trouble after a restore that succeeded.

It stands behind the last word of CRIU's log, or in texts beside that log.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, islice
from typing import TYPE_CHECKING

from criu_tui.core.base.encoding import as_utf8
from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe
from criu_tui.core.findings.advice import BY_ID
from criu_tui.core.findings.circumstances import HEAD, another_release, around
from criu_tui.core.findings.finding import Confidence, Finding, Severity
from criu_tui.core.findings.own_faults import own_fault
from criu_tui.core.findings.quoting import quoted_line
from criu_tui.core.findings.shown_after import LINES, shown_after
from criu_tui.core.logs.blocks import text_of_line
from criu_tui.core.logs.line import LOOKED_AT, parse_line
from criu_tui.core.logs.others import after_the_end
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.holding import LOOKED_AT as BYTES_LOOKED_AT
from criu_tui.core.source.holding import TEXTS_LOOKED_AT, is_log_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.findings.advice import KnownFailure
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

TEXTS_BESIDE = (".log", ".txt", ".out", ".err")
"""How the names of such texts end."""
LINES_BESIDE = 2000
"""Lines of each that are looked at."""

_ARM_FAULT_WORDS = r"unhandled level \d translation fault"
"""How the kernel tells of a program on 64-bit ARM that went where nothing is; a line after it names the kernel."""
_ARM_FAULT = expression(_ARM_FAULT_WORDS)
_CRASHES = tuple(
    (expression(pattern), id_)
    for pattern, id_ in (
        (
            r"[Ii]llegal instruction|\bSIGILL\b|invalid opcode|CPU does not support|missing CPU features",
            "illegal-instruction",
        ),
        (r"Bus error|\bSIGBUS\b", "bus-error"),
        (r"Bad system call|\bSIGSYS\b", "bad-system-call"),
        (r"breakpoint trap|\bSIGTRAP\b", "trap"),
        (
            r"[Ss]egmentation (fault|violation|error)|\bSIGSEGV\b|segfault at|general protection"
            rf"|\bSIGFPE\b|Floating point exception|divide error:|exit(ed with)? code 139|{_ARM_FAULT_WORDS}",
            "task-crashed",
        ),
        (
            r"^Aborted( \(core dumped\))?$|: line \d{1,5}: +\d{1,10} Aborted\b"
            r"|\bSIGABRT\b|stack smashing|(free|malloc|realloc|munmap_chunk)\(\): "
            r"|rseq registration",
            "aborted",
        ),
        (r"^Killed$|Out of memory: Kill|oom-kill|exit(ed with)? code 137|OOMKilled", "task-killed"),
    )
)
"""How shells, JVMs, Go, C libraries and the kernel tell of a program's end, and the known failure that it is."""
_STRANGE = tuple(
    (expression(pattern), id_)
    for pattern, id_ in (
        (r"Unknown error 51[2-6]\b", "call-not-begun-anew"),
        (r"(/fd/\d{1,7}\b|/dev/std(in|out|err)).{0,80}Permission denied", "own-file-denied"),
    )
)
"""What a program prints that meets something which it cannot meet unless CRIU had a part in it."""
_LOCKED = expression(r"\bsend(?:m?msg|to)?\b.{0,60}Operation not permitted|-j CRIU\b|Chain CRIU\b|table inet CRIU-")
"""How programs and tools tell that CRIU's rules of the firewall still drop what is sent."""


_AFTERWARDS = (
    "start-times",
    "session-manager",
    "names-unresolved",
    "pool-closed",
    "terminal-read",
    "connection-reset",
    "clock-leap",
)
"""Known failures that show only once a program runs again."""
_TCP_CLOSED = expression(r"Will drop all TCP connections on restore|--tcp-close\b")
"""How a log or a command tells that connections were to be closed, after which each end meets a reset."""
_MAY_BE_MEANT = ("connection-reset", "clock-leap")
"""Those of which a program may know how to go on."""
_SIGNAL_TRACED = expression(r"^(?:\[pid +\d+\] |\d+ +)?(?:[\d:.]+ )?--- SIG")
"""How strace shows a signal, which JVMs and others raise and catch by themselves."""
_GROUP_TAKEN = expression(r"Migrating process tree \(GID ")
"""That a process group was replaced by CRIU's own (criu/pstree.c)."""


def trouble_after(log: Log, texts: Sequence[tuple[str, LogLine]]) -> Iterator[Finding]:
    """That a restored program crashed or met what it cannot meet otherwise, by lines behind the restore's or beside.

    `texts`: what `beside` has found.
    """
    lines = list(after_the_end(log))
    met = [(line, *told) for line in lines if (told := _trouble(log, line, lines)) is not None]
    if met:
        # A JVM says first what it met, and its shell that it aborted, in either order of a text.
        yield _finding(log, *next((each for each in met if each[1].id != "aborted"), met[0]))
        return
    for name, line in texts:
        # What it says, it says behind all that the log has.
        told = _trouble(log, replace(line, number=log.count + 1), ())
        if told is not None:
            found = _finding(log, line, *told, text=name)
            yield replace(
                found,
                severity=Severity.WARNING,
                title=f"the restore finished, yet {display_safe(name)} beside it tells of trouble: {told[0].title}",
                why=f"{found.why} (that text may be older than the restore: when it was written was not looked at)",
                log="",
                line=None,
            )
            return
    for name, text in groupby(texts, lambda each: each[0]):
        shown = shown_after(name, [line for _, line in islice(text, LINES)])
        if shown is not None:
            yield replace(shown, log="", line=None)
            return


def beside(log: Log, dump: Dump) -> Iterator[tuple[str, LogLine]]:
    """Lines of texts in the same place that are named like no log of CRIU's, each with the text's name."""
    source = dump.source
    names = (name for name in source.names() if name.endswith(TEXTS_BESIDE) and name != log.path.name)
    for name in sorted(name for name in names if not is_log_name(name))[:TEXTS_LOOKED_AT]:
        try:
            data = as_utf8(source.read(name, BYTES_LOOKED_AT)) if source.is_regular(name) else b""
        except ImageError:
            continue
        for number, raw in enumerate(data.split(b"\n")[:LINES_BESIDE], 1):
            line = parse_line(number, text_of_line(raw))
            if not line.understood and _SIGNAL_TRACED.search(line.text[:LOOKED_AT]) is None:
                yield name, line


def _trouble(log: Log, line: LogLine, lines: Sequence[LogLine]) -> tuple[KnownFailure, str] | None:
    """What a line says that was met after the restore, and in a word whose trouble it is."""
    text = line.text[:LOOKED_AT].strip()
    known = next((BY_ID[id_] for pattern, id_ in (*_CRASHES, *_STRANGE) if pattern.search(text)), None)
    if known is not None:
        known = own_fault(log, line, known) or known
        old = BY_ID["vdso-not-followed"]
        if _ARM_FAULT.search(text) and any(old.pattern.search(each.text[:LOOKED_AT]) for each in lines):
            known = old
        return known, "the program then failed"
    if _LOCKED.search(text) is not None:
        return own_fault(log, line) or BY_ID["network-left-locked"], "nothing gets through the network"
    if BY_ID["gpu-addresses"].pattern.search(text) is not None:
        return BY_ID["gpu-addresses"], "the program then misses its GPU"
    known = next((BY_ID[id_] for id_ in _AFTERWARDS if BY_ID[id_].pattern.search(text)), None)
    if known is not None and known.id == "connection-reset":
        asked = any(_TCP_CLOSED.search(each.text[:LOOKED_AT]) for each in log.lines[: min(log.count, HEAD)])
        return None if asked else (known, "not all is well then")
    return None if known is None else (known, "not all is well then")


def _finding(log: Log, line: LogLine, known: KnownFailure, met: str, text: str = "") -> Finding:
    said = f"{display_safe(text or log.path.name)}, {quoted_line(line)}"
    if known.id == "terminal-read":
        taken = next((each for each in log.lines[:HEAD] if _GROUP_TAKEN.search(each.text[:LOOKED_AT])), None)
        said += "" if taken is None else f"; {display_safe(log.path.name)}, {quoted_line(taken)}"
    return Finding(
        known.id,
        Severity.WARNING if known.id in _MAY_BE_MEANT else Severity.ERROR,
        f"the restore finished, and {met}: {known.title}",
        f"{said}: CRIU has not said it, its work was done. {known.why}",
        "; ".join((known.advice, *around(log, (line,)), *another_release(log))),
        known.releases,
        log=display_safe(log.path.name),
        line=line.number,
        confidence=Confidence.LIKELY,
    )
