"""What a restored program, or its shell, says of its end behind the last word of a restore that succeeded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe
from criu_tui.core.findings.advice import BY_ID
from criu_tui.core.findings.circumstances import another_release, around
from criu_tui.core.findings.finding import Confidence, Finding, Severity
from criu_tui.core.findings.own_faults import own_fault
from criu_tui.core.findings.quoting import quoted_line
from criu_tui.core.logs.line import LOOKED_AT
from criu_tui.core.logs.others import after_the_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.logs.log import Log

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
            rf"|exit(ed with)? code 139|{_ARM_FAULT_WORDS}",
            "task-crashed",
        ),
        (
            r"^Aborted( \(core dumped\))?$|\bSIGABRT\b|stack smashing|(free|malloc|realloc|munmap_chunk)\(\): "
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


def crashed_after(log: Log) -> Iterator[Finding]:
    """That a restored program crashed, told by what it or its shell printed after the restore."""
    lines = list(after_the_end(log))
    for line in lines:
        text = line.text[:LOOKED_AT].strip()
        known = next((BY_ID[id_] for pattern, id_ in (*_CRASHES, *_STRANGE) if pattern.search(text)), None)
        met = "the program then failed"
        if known is not None:
            known = own_fault(log, line, known) or known
        if known is None and _LOCKED.search(text) is not None:
            known, met = own_fault(log, line) or BY_ID["network-left-locked"], "nothing gets through the network"
        if known is None and BY_ID["gpu-addresses"].pattern.search(text) is not None:
            known, met = BY_ID["gpu-addresses"], "the program then misses its GPU"
        if known is None:
            continue
        old = BY_ID["vdso-not-followed"]
        if _ARM_FAULT.search(text) and any(old.pattern.search(each.text[:LOOKED_AT]) for each in lines):
            known = old
        yield Finding(
            known.id,
            Severity.ERROR,
            f"the restore finished, and {met}: {known.title}",
            f"{display_safe(log.path.name)}, {quoted_line(line)}: CRIU has not said it, its work was done. {known.why}",
            "; ".join((known.advice, *around(log, (line,)), *another_release(log))),
            known.releases,
            log=display_safe(log.path.name),
            line=line.number,
            confidence=Confidence.LIKELY,
        )
        return
