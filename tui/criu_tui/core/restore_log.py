"""What a restore.log of level 4 says was done, in the plan's own terms (criu/mem.c, criu/pie/restorer.c)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from criu_tui.core.counters import Batch
from criu_tui.core.memory import prot_text
from criu_tui.core.plan import Action
from criu_tui.core.text import address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from criu_tui.core.plan import Plan

_LINE = re.compile(r"\(\d+\.\d+\) +(?:pie: )?(?:(\d{1,10}): )?(.*)", re.ASCII)
_MMAP = re.compile(r"\tmmap\(0x([0-9a-f]{1,16}) -> 0x([0-9a-f]{1,16}), 0x([0-9a-f]{1,16}) 0x([0-9a-f]{1,16}) -?\d+\)")
_PREMAP = re.compile(r"\tpremap 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16}) -> ")
_COUNTER = re.compile(r"nr_(restored_pages|shared_pages|dropped_pages|enqueued|lazy): +(\d{1,20})")
_BATCH = re.compile(r"`- render (\d{1,10}) iovs \(0x([0-9a-f]{1,16}):(\d{1,20})\.\.\.\)")
_REFUSED = re.compile(r"Error \([^)]*\): Can't restore 0x([0-9a-f]{1,16}) mapping with 0x([0-9a-f]{1,16})")
_NO_PREMAP = re.compile(r"Error \([^)]*\): Unable to map ANON_VMA: (.*)")


@dataclass(frozen=True, slots=True)
class Mapped:
    """An in-place mapping as logged: addresses, PROT_* and MAP_* bits."""

    start: int
    end: int
    prot: int
    flags: int


@dataclass(slots=True)
class TaskRestore:
    """What the log says of one task."""

    mmaps: list[Mapped] = field(default_factory=list)
    premaps: list[tuple[int, int]] = field(default_factory=list)
    """[start, end) of scratch mappings, fresh or inherited."""
    counters: dict[str, int] = field(default_factory=dict)
    """By the log's names: nr_restored_pages, nr_shared_pages, ..."""
    batches: list[Batch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The mapping that failed; `start` is None where the log does not say it."""

    pid: int
    action: str
    """"mmap" or "premap"."""
    start: int | None
    errno: int | None


@dataclass(slots=True)
class RestoreLog:
    """All of a restore.log that a plan predicts; lines of different tasks interleave."""

    tasks: dict[int, TaskRestore] = field(default_factory=dict)
    refusal: Refusal | None = None
    finished: bool = False
    failed: bool = False


def parse_restore(lines: Iterable[str]) -> RestoreLog:
    """Reads the log line by line; lines that mean nothing here are passed over."""
    log = RestoreLog()
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        text = match[2]
        if "Restore finished successfully" in text:
            log.finished = True
        elif "Restoring FAILED" in text:
            log.failed = True
        if match[1] is not None:
            _task_line(log, int(match[1]), text)
    return log


@dataclass(frozen=True, slots=True)
class Comparison:
    """A restore held against a plan: mappings logged, those as predicted, and a line for each other."""

    logged: int
    same: int
    different: tuple[str, ...]


def compare_restore(plan: Plan, log: RestoreLog) -> Comparison:
    """Holds every logged premap and mmap against the task's steps, in order."""
    logged = same = 0
    different: list[str] = []
    for pid, task in log.tasks.items():
        made = plan.by_pid.get(pid)
        premaps = [(step.vma.start, step.vma.end) for step in made.scratch] if made else []
        mmaps = [
            (step.vma.start, step.vma.end, int(step.requested_prot))
            for step in (made.in_place if made else ())
            if step.action is Action.MMAP
        ]
        pairs = [
            *zip_longest(task.premaps, premaps[: len(task.premaps)]),
            *zip_longest([(m.start, m.end, m.prot) for m in task.mmaps], mmaps[: len(task.mmaps)]),
        ]
        for actual, predicted in pairs:
            logged += 1
            if actual == predicted:
                same += 1
            else:
                different.append(f"task {pid}: logged {_shown(actual)}, predicted {_shown(predicted)}")
    return Comparison(logged, same, tuple(different))


def _shown(row: tuple[int, ...] | None) -> str:
    if row is None:
        return "nothing"
    where = f"{address(row[0])}-{address(row[1])}"
    return f"premap {where}" if len(row) == 2 else f"mmap {where} {prot_text(row[2])}"


def _task_line(log: RestoreLog, pid: int, text: str) -> None:
    task = log.tasks.get(pid) or TaskRestore()
    if found := _MMAP.match(text):
        start, end, prot, flags = (int(number, 16) for number in found.groups())
        task.mmaps.append(Mapped(start, end, prot, flags))
    elif found := _PREMAP.match(text):
        task.premaps.append((int(found[1], 16), int(found[2], 16)))
    elif found := _COUNTER.match(text):
        task.counters[f"nr_{found[1]}"] = int(found[2])
    elif found := _BATCH.match(text):
        task.batches.append(Batch(int(found[2], 16), int(found[3]), int(found[1])))
    elif found := _REFUSED.match(text):
        # The value is the kernel's: minus errno as an unsigned 64-bit number.
        log.refusal = log.refusal or Refusal(pid, "mmap", int(found[1], 16), (1 << 64) - int(found[2], 16))
    elif _NO_PREMAP.match(text):
        log.refusal = log.refusal or Refusal(pid, "premap", None, None)
    else:
        return
    log.tasks[pid] = task
