"""A restore held against the plan: every mapping, counter and read that its log tells of."""

from __future__ import annotations

import enum
import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE, address, number
from criu_tui.core.dump.vma import MapFlag, VmaStatus, flag_names, prot_text
from criu_tui.core.logs.restore_log import Logged, LoggedMmap, M, TaskRestore
from criu_tui.core.restore.steps import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.logs.restore_log import Refusal, RestoreLog
    from criu_tui.core.restore.counters import Counters
    from criu_tui.core.restore.plan import Plan, TaskPlan
    from criu_tui.core.restore.reading_in import ReadBatch
    from criu_tui.core.restore.steps import Step
    from criu_tui.core.source.error import ImageError


class Likeness(enum.Enum):
    """How a logged line stands to the plan."""

    SAME = "as predicted"
    DIFFERENT = "differs"
    REFUSED = "refused"
    """By the kernel for want of memory (ENOMEM)."""
    FAILED = "failed"
    """For any other reason, which no plan foresees."""


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A logged line and what the plan has for it."""

    line: int
    pid: int
    verdict: Likeness
    logged: str
    """The mapping, counter or read in words."""
    predicted: str
    """The same of the plan; "nothing" where it has none."""
    step: Step | None = None
    number: int | None = None
    """Of the step among the task's, from 1 on."""


@dataclass(frozen=True, slots=True)
class NotLogged:
    """What a restore that finished should have logged and has not."""

    pid: int
    predicted: str
    """The mapping in words; "any mapping" of a task of which none is logged."""
    step: Step | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A restore held against a plan."""

    plan: Plan
    matches: dict[int, ComparedLine]
    """By line, in the order of tasks, then of the log."""
    mappings: tuple[int, int]
    """As predicted, of those logged."""
    counted: tuple[int, int]
    """Counters and reads as predicted, of those logged."""
    left_out: int = 0
    """Lines that were not compared, because there are too many."""
    other_lines: int = 0
    """Lines of tasks that the plan lacks; the first of them is among the matches."""
    absent: tuple[NotLogged, ...] = ()
    """Where the log is one of a restore that finished."""
    uncounted: dict[int, ImageError] = field(default_factory=dict)
    """By PID, why counters of a task that depend on page bytes are not held against it."""
    refused: ComparedLine | None = None
    """Where a mapping failed and the restore stopped."""

    @property
    def different(self) -> Iterator[ComparedLine]:
        """The lines that are not as predicted."""
        return (match for match in self.matches.values() if match.verdict is Likeness.DIFFERENT)

    @property
    def agrees(self) -> bool:
        """Whether nothing is logged that the plan lacks, nor the reverse."""
        same = all(found == logged for found, logged in (self.mappings, self.counted))
        return same and not self.other_lines and not self.absent


def compare_restore(
    plan: Plan, log: RestoreLog, counted: Callable[[], dict[int, Counters]] | None = None
) -> Comparison:
    """Holds every premap, mmap, counter and read, logged of the plan's tasks, against the plan.

    `counted` gives the predicted counters; it is asked for only when the log has some, since
    they may need page bytes.
    """
    matches: list[ComparedLine] = []
    absent: list[NotLogged] = []
    # A log below level 4 has no mappings at all: their absence means nothing.
    complete = log.finished and any(task.premaps or task.mmaps for task in log.tasks.values())
    for pid, made in plan.by_pid.items():
        if pid not in log.tasks and not complete:
            continue
        task = log.tasks.get(pid) or TaskRestore()
        numbers = {index: number for number, index in enumerate(made.steps.order, 1)}
        premaps, mmaps = list(made.scratch), _mmapped(made)
        logged = _in_the_dump(task.premaps, premaps)
        matches += _mappings(pid, logged, premaps, numbers, lambda step: step.vma.span)
        matches += _mappings(pid, task.mmaps, mmaps, numbers, _planned_mmap)
        if complete and not task.left_out:
            starts = {mapping.what.start for mapping in logged}, {mapping.what.start for mapping in task.mmaps}
            missing = [
                step
                for steps, done in zip((premaps, mmaps), starts, strict=True)
                for step in steps
                if step.vma.start not in done
            ]
            if missing and not any(starts):
                absent.append(NotLogged(pid, "any mapping"))
            else:
                absent += (NotLogged(pid, _step_text(step), step, numbers[step.index]) for step in missing)
    mappings = _score(matches)
    logs_counters = any(task.counters or task.batches for task in log.tasks.values())
    foreseen = counted() if counted is not None and logs_counters else {}
    counters = list(_counters(log, foreseen)) if counted is not None else []
    uncounted = {pid: own.unread for pid, own in foreseen.items() if own.unread is not None and pid in log.tasks}
    refused = None if log.refusal is None else _refused(plan, log, log.refusal)
    others = [
        ComparedLine(own.line, own.what, Likeness.DIFFERENT, f"task {own.what}", "no such task") for own in log.others
    ]
    all_of_them = (*matches, *counters, *others, *(() if refused is None else (refused,)))
    return Comparison(
        plan,
        {match.line: match for match in all_of_them},
        mappings,
        _score(counters),
        sum(task.left_out for task in log.tasks.values()),
        log.other_lines,
        tuple(absent),
        uncounted,
        refused,
    )


def _score(matches: Sequence[ComparedLine]) -> tuple[int, int]:
    return sum(match.verdict is Likeness.SAME for match in matches), len(matches)


def _mmapped(made: TaskPlan) -> list[Step]:
    return [step for step in made.in_place if step.action is Action.MMAP]


def _planned_mmap(step: Step) -> LoggedMmap:
    """As the restorer asks for it: at its address, and an AIO ring as anonymous memory (criu/pie/restorer.c)."""
    vma = step.vma
    flags = vma.flags | _FIXED | (_ANONYMOUS if vma.status & _AIORING else 0)
    return LoggedMmap(vma.start, vma.end, step.requested_prot, flags)


_FIXED, _ANONYMOUS, _AIORING = int(MapFlag.FIXED), int(MapFlag.ANONYMOUS), int(VmaStatus.AIORING)


def _in_the_dump(premaps: Sequence[Logged[Span]], steps: Sequence[Step]) -> list[Logged[Span]]:
    """Premaps with the addresses that the dump has.

    On kernels that hide the guard page of a VMA that grows down CRIU premaps it from one page
    lower (criu/mem.c: premap_private_vma).
    """
    spans = {step.vma.span for step in steps}
    lowered = {Span(step.vma.start - PAGE, step.vma.end): step.vma.span for step in steps if step.vma.traits.growsdown}
    return [
        premap if premap.what in spans else Logged(premap.line, lowered.get(premap.what, premap.what))
        for premap in premaps
    ]


def _mappings(
    pid: int,
    rows: Sequence[Logged[M]],
    steps: Sequence[Step],
    numbers: dict[int, int],
    planned: Callable[[Step], M],
) -> Iterator[ComparedLine]:
    """Logged mappings against steps in order; `numbers` are those of steps by index of VMA.

    A mapping that the plan lacks does not put those after it out of order.
    """
    positions = {step.vma.start: position for position, step in enumerate(steps)}
    expected = 0
    for row in rows:
        position = positions.get(row.what.start)
        if position is None:
            yield ComparedLine(row.line, pid, Likeness.DIFFERENT, _text(row.what), "nothing")
            continue
        step = steps[position]
        made = planned(step)
        logged, predicted = _both_texts(row.what, made)
        if position != expected:
            after = "the end" if expected == len(steps) else _text(planned(steps[expected]))
            predicted = f"{after} before {predicted}" if position > expected else f"{predicted} earlier"
        verdict = Likeness.SAME if row.what == made and position == expected else Likeness.DIFFERENT
        expected = position + 1
        yield ComparedLine(row.line, pid, verdict, logged, predicted, step, numbers[step.index])


def _counters(log: RestoreLog, predicted: dict[int, Counters]) -> Iterator[ComparedLine]:
    for pid, task in log.tasks.items():
        own = predicted.get(pid)
        named = own.named() if own else {}
        batches = own.batches if own else ()
        for name, logged in task.counters.items():
            if own is not None and name in own.unknown:
                continue
            same = named.get(name) == logged.what
            expected = f"{name} {named[name]}" if name in named else "nothing"
            yield ComparedLine(logged.line, pid, _verdict(same=same), f"{name} {logged.what}", expected)
        for position, batch in enumerate(task.batches):
            foreseen = batches[position] if position < len(batches) else None
            expected = "nothing" if foreseen is None else _batch_text(foreseen)
            yield ComparedLine(
                batch.line, pid, _verdict(same=batch.what == foreseen), _batch_text(batch.what), expected
            )


def _verdict(*, same: bool) -> Likeness:
    return Likeness.SAME if same else Likeness.DIFFERENT


def _refused(plan: Plan, log: RestoreLog, refusal: Refusal) -> ComparedLine:
    """The step that failed: the one named or, of premaps, which are logged once made, the first not logged."""
    made = plan.by_pid.get(refusal.pid)
    step: Step | None = None
    logged = "the area that premaps lie in" if refusal.length is None else f"an area of {number(refusal.length)} bytes"
    predicted = "nothing"
    if made is not None and refusal.action == "premap":
        task = log.tasks.get(refusal.pid) or TaskRestore()
        scratch = list(made.scratch)
        done = {premap.what.start for premap in _in_the_dump(task.premaps, scratch)}
        step = next((step for step in scratch if step.vma.start not in done), None)
    elif made is not None and refusal.action == "mmap":
        step = next((step for step in made.in_place if step.vma.start == refusal.start), None)
    elif made is not None:
        least, most = _area(made)
        predicted = f"private mappings of {number(most if refusal.length == most else least)} bytes"
    if step is not None:
        logged = predicted = _step_text(step)
    elif refusal.start is not None:
        logged = f"mmap {address(refusal.start)}"
    if refusal.errno is not None and refusal.errno != errno.ENOMEM:
        logged += f" ({errno.errorcode.get(refusal.errno, f'errno {refusal.errno}')})"
    verdict = Likeness.REFUSED if refusal.errno == errno.ENOMEM else Likeness.FAILED
    position = None if step is None or made is None else made.steps.position(step.index) + 1
    return ComparedLine(refusal.line, refusal.pid, verdict, logged, predicted, step, position)


def _area(made: TaskPlan) -> tuple[int, int]:
    """Bytes that are reserved for a task's premaps, least and most (criu/mem.c: prepare_mm_pid).

    Those of all its private VMAs, premapped or not, and a page for each shadow stack; on kernels
    that hide the guard page of a VMA that grows down also a page for each of these.
    """
    private = [vma for vma in made.steps.vmas if vma.is_private(made.dump.task_size)]
    least = sum(vma.size + PAGE * vma.traits.shadow_stack for vma in private)
    return least, least + PAGE * sum(vma.traits.growsdown for vma in private)


def _step_text(step: Step) -> str:
    return _text(_planned_mmap(step)) if step.action is Action.MMAP else _text(step.vma.span)


def _text(mapping: Span | LoggedMmap) -> str:
    where = f"{address(mapping.start)}-{address(mapping.end)}"
    return f"mmap {where} {prot_text(mapping.prot)}" if isinstance(mapping, LoggedMmap) else f"premap {where}"


def _both_texts(logged: Span | LoggedMmap, predicted: Span | LoggedMmap) -> tuple[str, str]:
    """Two mappings in words, with their flags where these differ."""
    if isinstance(logged, LoggedMmap) and isinstance(predicted, LoggedMmap) and logged.flags != predicted.flags:
        one, other = (f"{_text(mapping)} {' '.join(flag_names(mapping.flags))}" for mapping in (logged, predicted))
        return one, other
    return _text(logged), _text(predicted)


def _batch_text(batch: ReadBatch) -> str:
    return f"preadv of {batch.vectors} at {address(batch.address)}, {number(batch.first_length)} bytes first"
