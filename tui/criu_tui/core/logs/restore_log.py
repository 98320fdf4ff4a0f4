"""What a restore.log of level 4 says was mapped, counted and read (criu/mem.c, criu/pie/restorer.c)."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.span import Span
from criu_tui.core.logs.line import Level, parse_line
from criu_tui.core.logs.log import Result, lines_with, taken_apart
from criu_tui.core.restore.reading_in import ReadBatch

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

T = TypeVar("T")

_MMAP = expression(r"\tmmap\(0x([0-9a-f]{1,16}) -> 0x([0-9a-f]{1,16}), 0x([0-9a-f]{1,8}) 0x([0-9a-f]{1,8}) -?\d+\)")
_PREMAP = expression(r"\tpremap 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16}) -> ")
_COUNTER = expression(r"nr_(restored_pages|shared_pages|dropped_pages|enqueued|lazy): +(\d{1,20})")
_BATCH = expression(r"`- render (\d{1,10}) iovs \(0x([0-9a-f]{1,16}):(\d{1,20})\.\.\.\)")
_REFUSED = expression(r"Can't restore (?:0x)?([0-9a-f]{1,16}) mapping with 0x([0-9a-f]{1,16})")
_NO_PREMAP = expression(r"Unable to map ANON_VMA: (.*)")
_NO_AREA = expression(r"Unable to reserve memory \((\d{1,20}) bytes\)(?:: (.*))?")
_NO_MEMORY = ("Cannot allocate memory", "Out of memory")
"""ENOMEM as glibc and musl put it."""
_MOST_ERRNO = 4095
"""What the kernel returns above -4095 is an address."""
_WORDS = (b"\tmmap(0x", b"\tpremap 0x", b" nr_", b"`- render ")
"""One of them is in every line without a mark that means something here."""

MOST_MAPPINGS = 1 << 17
"""Of each kind kept of a task: twice what the kernel allows one by default (vm.max_map_count)."""


@dataclass(frozen=True, slots=True)
class Logged(Generic[T]):
    """Something that a line says; lines count from 1."""

    line: int
    what: T


@dataclass(frozen=True, slots=True)
class LoggedMmap:
    """An in-place mapping as logged: addresses, PROT_* and MAP_* bits."""

    start: int
    end: int
    prot: int
    flags: int


M = TypeVar("M", Span, LoggedMmap)


@dataclass(slots=True)
class TaskRestore:
    """What the log says of one task, in the order of the log."""

    mmaps: list[Logged[LoggedMmap]] = field(default_factory=list)
    premaps: list[Logged[Span]] = field(default_factory=list)
    """Scratch mappings, fresh or inherited."""
    counters: dict[str, Logged[int]] = field(default_factory=dict)
    """By the log's names: nr_restored_pages, nr_shared_pages, ..."""
    batches: list[Logged[ReadBatch]] = field(default_factory=list)
    left_out: int = 0
    """Lines beyond MOST_MAPPINGS of one kind."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The mapping that failed; `start` is None where the log does not say it."""

    line: int
    pid: int
    action: str
    """"mmap", "premap", or "reserve" for the area that premaps lie in."""
    start: int | None = None
    errno: int | None = None
    """None where the log does not name one that is known here."""
    length: int | None = None
    """Bytes of the area."""


@dataclass(slots=True)
class RestoreLog:
    """All of a restore.log that a plan predicts; lines of different tasks interleave."""

    tasks: dict[int, TaskRestore] = field(default_factory=dict)
    """By PID, of those asked for."""
    others: list[Logged[int]] = field(default_factory=list)
    """The first line of any other task, with its PID."""
    other_lines: int = 0
    """How many lines there are of other tasks."""
    refusal: Refusal | None = None
    finished: bool = False
    failed: bool = False


def read_restore(log: Log, pids: Container[int]) -> RestoreLog:
    """What a log of any length, once read, says of these tasks; only the blocks that say something are read again."""
    made = RestoreLog(finished=log.result is Result.SUCCESS, failed=log.result is Result.FAILED)
    for line in log.errors:
        _take(made, line, pids)
    for number, raw in lines_with(log, _WORDS, log.mappings):
        line = taken_apart(log, number, raw)
        if line.level is Level.INFO:
            _take(made, line, pids)
    return made


def parse_restore(lines: Iterable[tuple[int, str]], pids: Container[int]) -> RestoreLog:
    """Reads numbered lines; those that mean nothing here are passed over."""
    log = RestoreLog()
    for number, raw in lines:
        line = parse_line(number, raw)
        if "Restore finished successfully" in line.text:
            log.finished = True
        elif "Restoring FAILED" in line.text:
            log.failed = True
        _take(log, line, pids)
    return log


def _take(log: RestoreLog, line: LogLine, pids: Container[int]) -> None:
    if line.pid is None:
        return
    if line.level is Level.ERROR:
        log.refusal = log.refusal or _refusal(line, line.pid)
        return
    task = log.tasks.get(line.pid) or TaskRestore()
    if not _task_line(task, line):
        return
    if line.pid in pids:
        log.tasks[line.pid] = task
    else:
        log.other_lines += 1
        log.others = log.others or [Logged(line.number, line.pid)]


def _task_line(task: TaskRestore, line: LogLine) -> bool:
    """Keeps what a line says of its task; False when it says nothing that a plan predicts."""
    if found := _MMAP.match(line.text):
        start, end, prot, flags = (int(digits, 16) for digits in found.groups())
        _keep(task, task.mmaps, Logged(line.number, LoggedMmap(start, end, prot, flags)))
    elif found := _PREMAP.match(line.text):
        _keep(task, task.premaps, Logged(line.number, Span(int(found[1], 16), int(found[2], 16))))
    elif found := _COUNTER.match(line.text):
        task.counters[f"nr_{found[1]}"] = Logged(line.number, int(found[2]))
    elif found := _BATCH.match(line.text):
        _keep(task, task.batches, Logged(line.number, ReadBatch(int(found[2], 16), int(found[3]), int(found[1]))))
    else:
        return False
    return True


def _refusal(line: LogLine, pid: int) -> Refusal | None:
    if found := _REFUSED.match(line.text):
        # The value is the kernel's: minus errno as an unsigned 64-bit number, else where it mapped instead.
        code = (1 << 64) - int(found[2], 16)
        return Refusal(line.number, pid, "mmap", int(found[1], 16), code if code <= _MOST_ERRNO else None)
    if found := _NO_PREMAP.match(line.text):
        return Refusal(line.number, pid, "premap", errno=_errno(found[1]))
    if found := _NO_AREA.match(line.text):
        return Refusal(line.number, pid, "reserve", errno=_errno(found[2]), length=int(found[1]))
    return None


def _errno(words: str | None) -> int | None:
    return errno.ENOMEM if words is not None and words.strip() in _NO_MEMORY else None


def _keep(task: TaskRestore, kept: list[Logged[T]], logged: Logged[T]) -> None:
    if len(kept) < MOST_MAPPINGS:
        kept.append(logged)
    else:
        task.left_out += 1
