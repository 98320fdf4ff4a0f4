"""What a restore.log of level 4 says was done, held against the plan (criu/mem.c, criu/pie/restorer.c)."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from criu_tui.core.counters import Batch
from criu_tui.core.log import selected_lines
from criu_tui.core.memory import TASK_SIZE_X86_64, prot_text
from criu_tui.core.plan import Action
from criu_tui.core.text import address, number, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from criu_tui.core.counters import Counters
    from criu_tui.core.plan import Plan, Step, TaskPlan

T = TypeVar("T")

_LINE = re.compile(r"\(\d{1,12}\.\d{1,9}\) +(?:pie: )?(?:(\d{1,10}): )?(.*)", re.ASCII)
_MMAP = re.compile(r"\tmmap\(0x([0-9a-f]{1,16}) -> 0x([0-9a-f]{1,16}), 0x([0-9a-f]{1,8}) 0x([0-9a-f]{1,8}) -?\d+\)")
_PREMAP = re.compile(r"\tpremap 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16}) -> ")
_COUNTER = re.compile(r"nr_(restored_pages|shared_pages|dropped_pages|enqueued|lazy): +(\d{1,20})")
_BATCH = re.compile(r"`- render (\d{1,10}) iovs \(0x([0-9a-f]{1,16}):(\d{1,20})\.\.\.\)")
_REFUSED = re.compile(r"Error \([^)]*\): Can't restore (?:0x)?([0-9a-f]{1,16}) mapping with 0x([0-9a-f]{1,16})")
_NO_PREMAP = re.compile(r"Error \([^)]*\): Unable to map ANON_VMA: (.*)")
_NO_AREA = re.compile(r"Error \([^)]*\): Unable to reserve memory \((\d{1,20}) bytes\)")
_WORDS = (
    b"\tmmap(0x",
    b"\tpremap 0x",
    b" nr_",
    b"`- render ",
    b"Can't restore ",
    b"Unable to map ANON_VMA",
    b"Unable to reserve memory",
    b"Restore finished successfully",
    b"Restoring FAILED",
)
"""One of them is in every line that means something here."""


MOST_MAPPINGS = 1 << 17
"""Of each kind kept of a task: twice what the kernel allows one by default (vm.max_map_count)."""


@dataclass(frozen=True, slots=True)
class Logged(Generic[T]):
    """Something that a line says; lines count from 1."""

    line: int
    what: T


@dataclass(frozen=True, slots=True)
class Mapped:
    """An in-place mapping as logged: addresses, PROT_* and MAP_* bits."""

    start: int
    end: int
    prot: int
    flags: int


@dataclass(slots=True)
class TaskRestore:
    """What the log says of one task, in the order of the log."""

    mmaps: list[Logged[Mapped]] = field(default_factory=list)
    premaps: list[Logged[tuple[int, int]]] = field(default_factory=list)
    """[start, end) of scratch mappings, fresh or inherited."""
    counters: dict[str, Logged[int]] = field(default_factory=dict)
    """By the log's names: nr_restored_pages, nr_shared_pages, ..."""
    batches: list[Logged[Batch]] = field(default_factory=list)
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
    length: int | None = None
    """Bytes of the area."""


@dataclass(slots=True)
class RestoreLog:
    """All of a restore.log that a plan predicts; lines of different tasks interleave."""

    tasks: dict[int, TaskRestore] = field(default_factory=dict)
    refusal: Refusal | None = None
    finished: bool = False
    failed: bool = False


def read_restore(path: Path) -> RestoreLog:
    """Reads a restore.log of any length; raises ImageError when it cannot be read."""
    return parse_restore(selected_lines(path, _WORDS))


def parse_restore(lines: Iterable[tuple[int, str]]) -> RestoreLog:
    """Reads numbered lines; those that mean nothing here are passed over."""
    log = RestoreLog()
    for line, text in lines:
        match = _LINE.match(text)
        if match is None:
            continue
        if "Restore finished successfully" in match[2]:
            log.finished = True
        elif "Restoring FAILED" in match[2]:
            log.failed = True
        if match[1] is not None:
            _task_line(log, line, int(match[1]), match[2])
    return log


def _task_line(log: RestoreLog, line: int, pid: int, text: str) -> None:
    task = log.tasks.get(pid) or TaskRestore()
    if found := _MMAP.match(text):
        start, end, prot, flags = (int(digits, 16) for digits in found.groups())
        _keep(task, task.mmaps, Logged(line, Mapped(start, end, prot, flags)))
    elif found := _PREMAP.match(text):
        _keep(task, task.premaps, Logged(line, (int(found[1], 16), int(found[2], 16))))
    elif found := _COUNTER.match(text):
        task.counters[f"nr_{found[1]}"] = Logged(line, int(found[2]))
    elif found := _BATCH.match(text):
        _keep(task, task.batches, Logged(line, Batch(int(found[2], 16), int(found[3]), int(found[1]))))
    elif found := _REFUSED.match(text):
        # The value is the kernel's: minus errno as an unsigned 64-bit number.
        refusal = Refusal(line, pid, "mmap", int(found[1], 16), (1 << 64) - int(found[2], 16))
        log.refusal = log.refusal or refusal
    elif _NO_PREMAP.match(text):
        log.refusal = log.refusal or Refusal(line, pid, "premap")
    elif found := _NO_AREA.match(text):
        log.refusal = log.refusal or Refusal(line, pid, "reserve", length=int(found[1]))
    else:
        return
    log.tasks[pid] = task


def _keep(task: TaskRestore, kept: list[Logged[T]], logged: Logged[T]) -> None:
    if len(kept) < MOST_MAPPINGS:
        kept.append(logged)
    else:
        task.left_out += 1


class Verdict(enum.Enum):
    """How a logged line stands to the plan."""

    SAME = "as predicted"
    DIFFERENT = "differs"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Match:
    """A logged line and what the plan has for it."""

    line: int
    pid: int
    verdict: Verdict
    logged: str
    """The mapping, counter or read in words."""
    predicted: str
    """The same of the plan; "nothing" where it has none."""
    step: Step | None = None
    number: int | None = None
    """Of the step among the task's, from 1 on."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A restore held against a plan."""

    plan: Plan
    matches: dict[int, Match]
    """By line, in the order of tasks, then of the log."""
    mappings: tuple[int, int]
    """As predicted, of those logged."""
    counted: tuple[int, int]
    """Counters and reads as predicted, of those logged."""
    left_out: int = 0
    """Lines that were not held against it, being too many."""
    refused: Match | None = None
    """Where the kernel refused a mapping and the restore stopped."""

    @property
    def different(self) -> Iterator[Match]:
        return (match for match in self.matches.values() if match.verdict is Verdict.DIFFERENT)


def compare_restore(
    plan: Plan, log: RestoreLog, counted: Callable[[], dict[int, Counters]] | None = None
) -> Comparison:
    """Holds every logged premap, mmap, counter and read against the task's plan.

    `counted` gives the predicted counters; it is asked for only when the log has some, since
    they may need page bytes.
    """
    matches: list[Match] = []
    for pid, task in log.tasks.items():
        made = plan.by_pid.get(pid)
        numbers = {index: number for number, index in enumerate(made.steps.order, 1)} if made else {}
        steps = list(made.scratch) if made else []
        rows = [(logged.line, logged.what[0], _premap_text(*logged.what)) for logged in task.premaps]
        matches += _mappings(pid, rows, steps, numbers, lambda step: _premap_text(step.vma.start, step.vma.end))
        steps = [step for step in made.in_place if step.action is Action.MMAP] if made else []
        rows = [
            (logged.line, logged.what.start, _mmap_text(logged.what.start, logged.what.end, logged.what.prot))
            for logged in task.mmaps
        ]
        matches += _mappings(
            pid, rows, steps, numbers, lambda s: _mmap_text(s.vma.start, s.vma.end, int(s.requested_prot))
        )
    mappings = _score(matches)
    counters = list(_counters(log, counted)) if counted is not None else []
    refused = None if log.refusal is None else _refused(plan, log, log.refusal)
    by_line = {match.line: match for match in (*matches, *counters, *(() if refused is None else (refused,)))}
    left_out = sum(task.left_out for task in log.tasks.values())
    return Comparison(plan, by_line, mappings, _score(counters), left_out, refused)


def _score(matches: Sequence[Match]) -> tuple[int, int]:
    return sum(match.verdict is Verdict.SAME for match in matches), len(matches)


def _mappings(
    pid: int,
    rows: Sequence[tuple[int, int, str]],
    steps: Sequence[Step],
    numbers: dict[int, int],
    shown: Callable[[Step], str],
) -> Iterator[Match]:
    """Rows of (line, start, words) against steps in order; `numbers` are those of steps by index of VMA.

    A row that the plan lacks puts no other out of order.
    """
    positions = {step.vma.start: position for position, step in enumerate(steps)}
    expected = 0
    for line, start, text in rows:
        position = positions.get(start)
        if position is None:
            yield Match(line, pid, Verdict.DIFFERENT, text, "nothing")
            continue
        step = steps[position]
        predicted = shown(step)
        if position != expected:
            after = "the end" if expected == len(steps) else shown(steps[expected])
            predicted = f"{after} before {predicted}" if position > expected else f"{predicted} earlier"
        expected = position + 1
        if predicted == text:
            yield Match(line, pid, Verdict.SAME, text, text, step, numbers[step.index])
        else:
            yield Match(line, pid, Verdict.DIFFERENT, text, predicted, step, numbers[step.index])


def _counters(log: RestoreLog, counted: Callable[[], dict[int, Counters]]) -> Iterator[Match]:
    if not any(task.counters or task.batches for task in log.tasks.values()):
        return
    predicted = counted()
    for pid, task in log.tasks.items():
        own = predicted.get(pid)
        named = own.named() if own else {}
        batches = own.batches if own else ()
        for name, logged in task.counters.items():
            yield _said(logged.line, pid, f"{name} {logged.what}", f"{name} {named[name]}" if name in named else None)
        for position, batch in enumerate(task.batches):
            expected = _batch_text(batches[position]) if position < len(batches) else None
            yield _said(batch.line, pid, _batch_text(batch.what), expected)


def _said(line: int, pid: int, logged: str, predicted: str | None) -> Match:
    verdict = Verdict.SAME if logged == predicted else Verdict.DIFFERENT
    return Match(line, pid, verdict, logged, predicted or "nothing")


def _refused(plan: Plan, log: RestoreLog, refusal: Refusal) -> Match:
    """The step that failed: the one named or, of premaps, which are logged once made, the first not logged."""
    made = plan.by_pid.get(refusal.pid)
    step: Step | None = None
    logged = "the area that premaps lie in" if refusal.length is None else f"an area of {number(refusal.length)} bytes"
    predicted = "nothing"
    if made is not None and refusal.action == "premap":
        done = {premap.what[0] for premap in log.tasks[refusal.pid].premaps}
        step = next((step for step in made.scratch if step.vma.start not in done), None)
    elif made is not None and refusal.action == "mmap":
        step = next((step for step in made.in_place if step.vma.start == refusal.start), None)
    elif made is not None:
        predicted = f"private mappings of {number(_area(made))} bytes"
    if step is not None:
        logged = predicted = _step_text(step)
    elif refusal.start is not None:
        logged = f"mmap {address(refusal.start)}"
    position = None if step is None or made is None else made.steps.position(step.index) + 1
    return Match(refusal.line, refusal.pid, Verdict.REFUSED, logged, predicted, step, position)


def _area(made: TaskPlan) -> int:
    """Bytes of all private VMAs of a task, premapped or not: so much is reserved (criu/mem.c: prepare_mm_pid).

    CRIU adds a page for each that grows down or is a shadow stack.
    """
    return sum(step.vma.size for step in made.steps if step.vma.is_private(TASK_SIZE_X86_64))


def _step_text(step: Step) -> str:
    if step.action is Action.MMAP:
        return _mmap_text(step.vma.start, step.vma.end, int(step.requested_prot))
    return _premap_text(step.vma.start, step.vma.end)


def _premap_text(start: int, end: int) -> str:
    return f"premap {address(start)}-{address(end)}"


def _mmap_text(start: int, end: int, prot: int) -> str:
    return f"mmap {address(start)}-{address(end)} {prot_text(prot)}"


def _batch_text(batch: Batch) -> str:
    return f"preadv of {batch.vectors} at {address(batch.address)}, {size(batch.first_length)} first"
