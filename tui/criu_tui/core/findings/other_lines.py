"""What another line of the same log makes of a failure: it changes title, cause and first step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from criu_tui.core.findings.circumstances import HEAD
from criu_tui.core.findings.second_lines import SECOND_LINES
from criu_tui.core.logs.cause import BEFORE
from criu_tui.core.logs.line import LOOKED_AT
from criu_tui.core.restore.releases import numbers

if TYPE_CHECKING:
    from criu_tui.core.findings.advice import KnownFailure
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

AFTER = 40
"""Lines behind the cause, and at the end of the log, that are searched too: the kernel's own may stand there."""


def told_by_another(log: Log, cause: LogLine, known: KnownFailure | None) -> tuple[KnownFailure, LogLine] | None:
    """What a second line makes of a failure that is known so far by its cause alone, and that line."""
    lines: list[LogLine] = []
    for each in SECOND_LINES:
        if (each.of and (known is None or known.id not in each.of)) or not each.known.in_log_of(numbers(log.criu)):
            continue
        if re.search(each.cause, cause.text[:LOOKED_AT]) is None:
            continue
        lines = lines or _around(log, cause)
        line = each.decided_by(lines, cause)
        if line is not None:
            return each.known, line
    return None


def _around(log: Log, cause: LogLine) -> list[LogLine]:
    """The beginning of a log, what surrounds the cause, and its end, in order."""
    at, count = cause.number - 1, log.count
    wanted = {*range(min(HEAD, count)), *range(max(0, at - BEFORE), min(at + AFTER, count))}
    wanted |= {*range(max(0, count - AFTER), count)}
    lines = log.lines
    return [lines[index] for index in sorted(wanted)]
