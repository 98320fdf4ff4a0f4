"""Two logs of one kind of run, such as a good and a bad one: their phases, and the first line where they part."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import LINES_COMPARED
from criu_tui.core.logs.line import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

_NUMBER = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|0x[0-9a-f]+|\b[0-9a-f]{6,16}\b|\d+(?:\.\d+)?", re.IGNORECASE | re.ASCII
)
"""What is another in every run: ids of runs, addresses, PIDs, descriptors, counts, times."""
_DUMP = (
    ("features of the kernel", re.compile(r"CRIU run id|Version: ")),
    ("start", re.compile(r"Dumping processes \(pid")),
    ("freezing", re.compile(r"Preparing image inventory|Detected cgroup|Seized task")),
    ("mappings", re.compile(r"Dumping task \(pid|Collecting mappings")),
    ("parasite", re.compile(r"Parasite syscall_ip|Putting parasite")),
    ("files", re.compile(r"Dumping opened files")),
    ("pages", re.compile(r"Dumping pages")),
    ("core", re.compile(r"Dumping core")),
    ("images of all tasks", re.compile(r"Writing image inventory")),
    ("letting go", re.compile(r"Unfreezing tasks")),
    ("end", re.compile(r"Dumping finished successfully|Dumping FAILED")),
)
"""How a dump goes on, by the first line of each phase (criu/cr-dump.c)."""
_RESTORE = (
    ("features of the kernel", re.compile(r"CRIU run id|Version: ")),
    ("images", re.compile(r"Dump CRIU run id|Reading image tree")),
    ("namespaces", re.compile(r"Will restore in")),
    ("forking", re.compile(r"Forking task with")),
    ("memory", re.compile(r"Found \d+ VMAs in image")),
    ("restorer", re.compile(r"Running post-restore scripts")),
    ("resuming", re.compile(r"Running pre-resume scripts")),
    ("end", re.compile(r"Restore finished successfully|Restoring FAILED")),
)
"""How a restore goes on (criu/cr-restore.c)."""


class Phase(NamedTuple):
    """A part of a run, in each of two logs; None where it has none, or has no times."""

    name: str
    seconds: float | None
    other_seconds: float | None


class Parting(NamedTuple):
    """The first line of each log that the other does not have; None where one of them ends there."""

    line: LogLine | None
    other: LogLine | None


class TwoLogs(NamedTuple):
    """What two logs have otherwise."""

    phases: tuple[Phase, ...]
    parting: Parting | None
    """None where they never part."""


def compare_logs(log: Log, other: Log) -> TwoLogs:
    """The phases of two runs and where they part; at most LINES_COMPARED lines of each are read."""
    ours, theirs = _durations(log), _durations(other)
    names = [name for name, _ in _phases(log) if name in ours or name in theirs]
    phases = tuple(Phase(name, ours.get(name), theirs.get(name)) for name in names)
    return TwoLogs(phases, parting(islice(log.lines, LINES_COMPARED), islice(other.lines, LINES_COMPARED)))


def _phases(log: Log) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return _DUMP if log.dumping else _RESTORE


def _durations(log: Log) -> Mapping[str, float | None]:
    """How long each phase took, from its first line to that of the next one that is there; of the last, to the end."""
    if not log.timed:
        return {}
    begun: dict[str, float] = {}
    left = list(_phases(log))
    last = 0.0
    for line in islice(log.lines, LINES_COMPARED):
        if not line.time:
            continue
        last = float(line.time)
        for index, (name, begins) in enumerate(left):
            if begins.match(line.text):
                begun[name] = last
                # What comes back later is of another task.
                del left[: index + 1]
                break
    ends = [*list(begun.values())[1:], last]
    return {name: max(0.0, end - start) for (name, start), end in zip(begun.items(), ends, strict=True)}


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
