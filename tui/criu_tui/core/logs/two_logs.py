"""Two logs of one kind of run, such as a good and a bad one: their phases, and the first line where they part."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.limits import LINES_COMPARED
from criu_tui.core.logs.line import Level
from criu_tui.core.logs.phases import names, phases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

_NUMBER = expression(
    r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|0x[0-9a-f]+|\b[0-9a-f]{6,16}\b|\d+(?:\.\d+)?", re.IGNORECASE | re.ASCII
)
"""What is another in every run: ids of runs, addresses, PIDs, descriptors, counts, times."""


class PhaseOfTwo(NamedTuple):
    """A part of a run, in each of two logs, in seconds; None where it has none, or has no times."""

    name: str
    seconds: float | None
    other_seconds: float | None


class Parting(NamedTuple):
    """The first line of each log that the other does not have; None where one of them ends there."""

    line: LogLine | None
    other: LogLine | None


class TwoLogs(NamedTuple):
    """What two logs have otherwise."""

    phases: tuple[PhaseOfTwo, ...]
    parting: Parting | None
    """None where they never part."""


def compare_logs(log: Log, other: Log) -> TwoLogs:
    """The phases of two runs and where they part; at most LINES_COMPARED lines of each are read."""
    ours, theirs = ({phase.name: phase.seconds for phase in phases(each)} for each in (log, other))
    common = [
        PhaseOfTwo(name, ours.get(name), theirs.get(name)) for name in names(log) if name in ours or name in theirs
    ]
    return TwoLogs(tuple(common), parting(islice(log.lines, LINES_COMPARED), islice(other.lines, LINES_COMPARED)))


def parting(lines: Iterator[LogLine], others: Iterator[LogLine]) -> Parting | None:
    """The first lines that say something else, whatever numbers they hold; None where there are none.

    One line more of those that were there already, such as of one VMA more, is no parting; an error always is.
    """
    seen: set[str] = set()
    ours, theirs = next(lines, None), next(others, None)
    while ours is not None or theirs is not None:
        one, two = _kind(ours), _kind(theirs)
        if one == two:
            seen.add(one)
            ours, theirs = next(lines, None), next(others, None)
        elif ours is not None and _told(ours, one, seen):
            ours = next(lines, None)
        elif theirs is not None and _told(theirs, two, seen):
            theirs = next(others, None)
        else:
            return Parting(ours, theirs)
    return None


def _told(line: LogLine, kind: str, seen: set[str]) -> bool:
    return line.level is not Level.ERROR and kind in seen


def _kind(line: LogLine | None) -> str:
    """What a line says, without its numbers."""
    return "" if line is None else f"{line.level.value} {line.subsystem} {_NUMBER.sub('#', line.text.strip())}"
