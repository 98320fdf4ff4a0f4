"""How a run went on: its phases, told by the first line of each, with when they began and how long they took."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.logs.log import lines_with, read_block, taken_apart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

_START = ("features of the kernel", (b"CRIU run id", b"Version: "))
_DUMP = (
    _START,
    ("start", (b"Dumping processes (pid",)),
    ("freezing", (b"Preparing image inventory", b"Detected cgroup", b"Seized task")),
    ("mappings", (b"Dumping task (pid", b"Collecting mappings")),
    ("parasite", (b"Parasite syscall_ip", b"Putting parasite")),
    ("files", (b"Dumping opened files",)),
    ("pages", (b"Dumping pages",)),
    ("core", (b"Dumping core",)),
    ("images of all tasks", (b"Writing image inventory",)),
    ("letting go", (b"Unfreezing tasks",)),
    ("end", (b"Dumping finished successfully", b"Dumping FAILED")),
)
"""How a dump goes on, and what the first line of each phase says (criu/cr-dump.c)."""
_RESTORE = (
    _START,
    ("images", (b"Dump CRIU run id", b"Reading image tree")),
    ("namespaces", (b"Will restore in",)),
    ("forking", (b"Forking task with",)),
    ("memory", (b"VMAs in image",)),
    ("restorer", (b"Running post-restore scripts",)),
    ("resuming", (b"Running pre-resume scripts",)),
    ("end", (b"Restore finished successfully", b"Restoring FAILED")),
)
"""How a restore goes on (criu/cr-restore.c)."""


class Phase(NamedTuple):
    """A part of a run: the number of its first line, seconds from the run's start to its own, and how long it took."""

    name: str
    line: int
    start: float
    seconds: float


def names(log: Log) -> tuple[str, ...]:
    """The phases of such a run, in order."""
    return tuple(name for name, _ in _named(log))


def phases(log: Log) -> tuple[Phase, ...]:
    """The phases that a run came to, each up to the next one's first line, the last to the end of the log.

    With many tasks a phase begins with the first of them: what comes back later is of another task. None where
    the lines have no times.
    """
    if not log.timed:
        return ()
    begun: list[tuple[str, LogLine]] = []
    left = list(_named(log))
    for line in _candidates(log):
        for index, (name, words) in enumerate(left):
            if line.time and any(word.decode() in line.text for word in words):
                begun.append((name, line))
                del left[: index + 1]
                break
    if not begun:
        return ()
    starts = [float(line.time) for _, line in begun]
    ends = [*starts[1:], _last_time(log)]
    return tuple(
        Phase(name, line.number, start, max(0.0, end - start))
        for (name, line), start, end in zip(begun, starts, ends, strict=True)
    )


def _named(log: Log) -> tuple[tuple[str, tuple[bytes, ...]], ...]:
    return _DUMP if log.dumping else _RESTORE


def _candidates(log: Log) -> Iterator[LogLine]:
    """The lines that may begin a phase."""
    words = [word for _, alternatives in _named(log) for word in alternatives]
    return (taken_apart(log, number, raw) for number, raw in lines_with(log, words))


def _last_time(log: Log) -> float:
    """Seconds of the last line that has a time; 0 without one."""
    for block in reversed(range(len(log.firsts))):
        for raw in reversed(read_block(log, block).split(b"\n")):
            line = taken_apart(log, 0, raw)
            if line.time:
                return float(line.time)
    return 0.0
