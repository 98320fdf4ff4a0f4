"""All differences between two checkpoints but those of page bytes, which take long to read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from criu_tui.core.base.once import Once, OnceEach
from criu_tui.core.base.units import address, counted, size
from criu_tui.core.dump.vma import prot_text
from criu_tui.core.pages.differences import facts as task_facts
from criu_tui.core.pages.differences.beyond_tasks import beyond_tasks
from criu_tui.core.pages.differences.difference import Difference, Topic, Turn
from criu_tui.core.pages.differences.files import Called, open_files
from criu_tui.core.pages.differences.memory import memory_differences
from criu_tui.core.pages.differences.tasks import TaskPair, program, task_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.differences.facts import FactName
    from criu_tui.core.pages.differences.files import OpenAs
    from criu_tui.core.pages.differences.pages import PageDifferences
    from criu_tui.core.pages.differences.vmas import Shared, VmaDifference, VmaDifferences

PIECES_TOLD = 6
"""VMAs of a split one that are told one by one."""


class TwoCheckpoints:
    """A checkpoint and another one that it is compared with; each part is computed once, when asked for."""

    def __init__(self, dump: Dump, other: Dump) -> None:
        self.dump, self.other = dump, other
        if other is not dump:
            other.hold_with(dump)
        self.pages: list[PageDifferences] | None = None
        """Of what both have mapped; None until the pages have been read."""
        self._once = Once()
        self._memory = OnceEach(partial(memory_differences, dump, other))

    @property
    def pairs(self) -> tuple[TaskPair, ...]:
        """Which task is which."""
        return self._once("pairs", lambda: task_pairs(self.dump, self.other))

    @property
    def by_pid(self) -> dict[int, TaskPair]:
        """The pairs of the first checkpoint's tasks."""
        return self._once("by pid", lambda: {pair.pid: pair for pair in self.pairs if pair.pid is not None})

    def memory(self, pair: TaskPair) -> VmaDifferences:
        """What became of the VMAs of a task."""
        return self._memory[pair]

    @property
    def places(self) -> list[tuple[TaskPair, Shared]]:
        """The addresses whose pages can be compared: what tasks of both have mapped to the same memory."""
        return [(pair, shared) for pair in self.pairs for shared in self.memory(pair).shared]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Of tasks in tree order, VMAs and files before the rest; then of what tasks share."""
        return self._once("differences", lambda: tuple(self._all()))

    @property
    def _called(self) -> tuple[Called, Called]:
        """The PIDs of the tasks of both, by those in each, as the first has them."""
        both = [(own, other) for own, other in self.pairs if own is not None and other is not None]
        return Called((own, own) for own, _ in both), Called((other, own) for own, other in both)

    def _all(self) -> Iterator[Difference]:
        called = self._called
        for pair in self.pairs:
            yield from self._of_task(pair, *called)
        ours, theirs = (beyond_tasks(dump, names) for dump, names in zip((self.dump, self.other), called, strict=True))
        yield from _of_facts(TaskPair(None, None), ours, theirs)

    def _of_task(self, pair: TaskPair, called: Called, other_called: Called) -> Iterator[Difference]:
        if pair.pid is None or pair.other_pid is None:
            turn = Turn.NEW if pair.pid is None else Turn.GONE
            yield _difference(
                Topic.TASK, turn, pair, "", _task_words(self.dump, pair.pid), _task_words(self.other, pair.other_pid)
            )
            return
        for found in self.memory(pair).differences:
            yield Difference(
                Topic.VMA, found.turn, *pair, self._vma_name(pair, found), vma_words(found.before),
                vma_words(found.after), found.span, found.other_span,
            )  # fmt: skip
        yield from _of_files(
            pair, open_files(self.dump, pair.pid, called), open_files(self.other, pair.other_pid, other_called)
        )
        alike = task_facts.alike(self.dump, pair.pid, self.other, pair.other_pid)
        ours = task_facts.facts(self.dump, pair.pid, called, alike)
        theirs = task_facts.facts(self.other, pair.other_pid, other_called, alike)
        for known, other in task_facts.handed_over(self.dump, pair.pid, self.other, pair.other_pid):
            ours += known
            theirs += other
        if ours != theirs:
            yield from _of_facts(pair, task_facts.by_name(ours), task_facts.by_name(theirs))

    def _vma_name(self, pair: TaskPair, found: VmaDifference) -> str:
        dump, pid, vma = self.dump, pair.pid, next(iter(found.before), None)
        if vma is None:
            dump, pid, vma = self.other, pair.other_pid, found.after[0]
        kind = dump.address_space(pid or 0).kind(vma).value
        path = dump.path_of(vma)
        return f"{kind} {path}" if path else kind


def vma_words(vmas: Sequence[Vma]) -> str:
    """VMAs as /proc/PID/maps has them, several one behind the other."""
    told = [f"{address(vma.start)}-{address(vma.end)} {prot_text(vma.prot)} {size(vma.size)}" for vma in vmas]
    if len(told) > PIECES_TOLD:
        return ", ".join((*told[:PIECES_TOLD], f"{counted(len(told) - PIECES_TOLD, 'VMA')} more"))
    return ", ".join(told)


def _task_words(dump: Dump, pid: int | None) -> str:
    if pid is None:
        return ""
    return f"{pid} {dump.core(pid).comm or '?'} {program(dump, pid) or ''}".strip()


def _difference(topic: Topic, turn: Turn, pair: TaskPair, name: str, before: str, after: str) -> Difference:
    return Difference(topic, turn, *pair, name, before, after)


def _turn(before: str | None, after: str | None) -> Turn:
    return Turn.CHANGED if before and after else Turn.GONE if before else Turn.NEW


def _of_files(pair: TaskPair, ours: Mapping[int, OpenAs], theirs: Mapping[int, OpenAs]) -> Iterator[Difference]:
    for fd in sorted(ours.keys() | theirs.keys()):
        before, after = ours.get(fd), theirs.get(fd)
        if before == after:
            continue
        if before is None or after is None or before.what != after.what:
            was, now = ("" if each is None else each.what for each in (before, after))
            yield _difference(Topic.FILE, _turn(was, now), pair, f"fd {fd}", was, now)
            continue
        own, other = dict(before.aspects), dict(after.aspects)
        names = [name for name in sorted(own.keys() | other.keys()) if own.get(name) != other.get(name)]
        was, now = ("; ".join(f"{name} {each.get(name, 'none')}" for name in names) for each in (own, other))
        yield _difference(Topic.FILE, Turn.CHANGED, pair, f"fd {fd} {before.what}", was, now)


def _of_facts(pair: TaskPair, ours: Mapping[FactName, str], theirs: Mapping[FactName, str]) -> Iterator[Difference]:
    """Facts that differ; of a thread or settings that are new or gone only that, of registers one line a thread."""
    names = {name: None for name in (*ours, *theirs) if ours.get(name, "") != theirs.get(name, "")}
    registers: dict[str, list[FactName]] = {}
    for name in names:
        if name.whole in names:
            continue
        if name.topic is Topic.REGISTERS:
            thread = task_facts.LEADER if name.whole is None else name.whole.name
            registers.setdefault(thread, []).append(name)
            continue
        before, after = ours.get(name, ""), theirs.get(name, "")
        yield _difference(name.topic, _turn(before, after), pair, name.name, before, after)
    for thread, found in registers.items():
        before, after = (
            " ".join(f"{name.name.removeprefix(thread).strip()} {side.get(name, '')}" for name in found)
            for side in (ours, theirs)
        )
        yield _difference(Topic.REGISTERS, Turn.CHANGED, pair, thread, before, after)
