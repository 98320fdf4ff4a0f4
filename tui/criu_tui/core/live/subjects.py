"""The checks of a dump that has not been made: what CRIU refuses, what it takes an option for, what cannot be seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.units import counted
from criu_tui.core.live import refusals
from criu_tui.core.live.options import EXTERNAL, command, needed
from criu_tui.core.live.source import Live
from criu_tui.core.restore.preflight.check import Check, Needs, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.live.process import Process
    from criu_tui.core.live.refusals import Undumpable
    from criu_tui.core.live.tree import LiveTree
    from criu_tui.core.restore.preflight.attempt import Attempt
    from criu_tui.core.restore.preflight.check import Subject


def tree_of(attempt: Attempt) -> LiveTree:
    """The processes that are looked at; only a report of such asks."""
    assert isinstance(attempt.dump.source, Live)
    return attempt.dump.source.tree


class _OfTasks:
    """A check that concerns any process, and needs nothing but /proc."""

    needs: ClassVar[Needs] = Needs.IMAGES

    def concerns(self, dump: Dump) -> bool:
        """Always."""
        return True


def _or_fine(checks: Iterator[Check], fine: Check) -> Iterator[Check]:
    """All checks, and what is fine where none of them fails."""
    failing = False
    for check in checks:
        failing = failing or check.state is State.FAILS
        yield check
    if not failing:
        yield fine


def _failing(about: str, tree: LiveTree, task: Process, found: Undumpable, where: str = "") -> Check:
    what = f"{tree.shown(task)}{where}: {found.what}"
    return Check(about, what, State.FAILS, found.why, found.advice, tree.inner(task), found.path)


class SeenCheck(_OfTasks):
    """Whether all of each task may be looked at."""

    id: ClassVar[str] = "seen"
    what: ClassVar[str] = "what may be seen of the tasks"

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """A check for each task of which something may not be seen."""
        tree = tree_of(attempt)
        for task in tree.tasks:
            if task.alive:
                tree.mappings(task)
                tree.files(task)
        for task in tree.tasks:
            reason = tree.unseen.get(task.pid)
            if reason is not None:
                what = f"{tree.shown(task)} may not be looked at"
                yield Check(
                    self.id, what, State.UNKNOWN, reason, "look as root, or as who started it", tree.inner(task)
                )
            elif task.alive and tree.pages(task) is None:
                why = "this kernel does not tell the pages of a process in one call (Linux 6.7 does): none are counted"
                yield Check(self.id, f"pages of {tree.shown(task)}", State.UNKNOWN, why, "", tree.inner(task))
        if not tree.unseen:
            yield Check(self.id, f"{counted(len(tree.tasks), 'task')}, in /proc", State.OK)


class TasksCheck(_OfTasks):
    """Who traces them, their sessions, namespaces and mounts."""

    id: ClassVar[str] = "tasks"
    what: ClassVar[str] = "tracers, sessions, namespaces and mounts of the tasks"

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """A check for each thing that is refused."""
        tree = tree_of(attempt)
        what = f"{counted(len(tree.tasks), 'task')}: tracers, sessions, namespaces, mounts"
        return _or_fine(self._refused(tree), Check(self.id, what, State.OK))

    def _refused(self, tree: LiveTree) -> Iterator[Check]:
        yield from (_failing(self.id, tree, tree.root, each) for each in refusals.of_users(tree))
        yield from (_failing(self.id, tree, tree.root, each) for each in refusals.of_mounts(tree))
        for task in tree.tasks:
            yield from (_failing(self.id, tree, task, each) for each in refusals.of_task(tree, task))


class MappingsCheck(_OfTasks):
    """Mappings that are neither plain memory nor a file."""

    id: ClassVar[str] = "mappings"
    what: ClassVar[str] = "mapped devices and objects of the kernel"

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """A check for each mapping that is refused."""
        tree = tree_of(attempt)
        total = sum(len(tree.mappings(task)) for task in tree.tasks)
        refused = (
            _failing(self.id, tree, task, each) for task in tree.tasks for each in refusals.of_memory(tree, task)
        )
        return _or_fine(refused, Check(self.id, f"{counted(total, 'mapping')} of kinds that CRIU dumps", State.OK))


class DescriptorsCheck(_OfTasks):
    """Files and sockets of kinds that cannot be dumped."""

    id: ClassVar[str] = "descriptors"
    what: ClassVar[str] = "open files and sockets"

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """A check for each descriptor that is refused."""
        tree = tree_of(attempt)
        total = sum(len(tree.files(task)) for task in tree.tasks)
        fine = Check(self.id, f"{counted(total, 'descriptor')} of kinds that CRIU dumps", State.OK)
        return _or_fine(self._refused(tree), fine)

    def _refused(self, tree: LiveTree) -> Iterator[Check]:
        for task in tree.tasks:
            for opened, each in (*refusals.of_files(tree, task), *refusals.of_sockets(tree, task)):
                yield _failing(self.id, tree, task, each, f" descriptor {opened.fd}")
            for opened, each in refusals.of_build(tree, task):
                check = _failing(self.id, tree, task, each, f" descriptor {opened.fd}")
                yield replace(check, state=State.UNKNOWN)


class OptionsCheck(_OfTasks):
    """What is dumped with an option alone."""

    id: ClassVar[str] = "options"
    what: ClassVar[str] = "what takes an option"

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """A check for each option, with the first thing that takes it, each that is named; and the command line."""
        tree = tree_of(attempt)
        found = list(needed(tree))
        said: set[str] = set()
        for each in found:
            name = each.option.partition(" ")[0]
            if name not in said or name == EXTERNAL:
                said.add(name)
                yield Check(
                    self.id, f"{each.what}: it takes {each.option}", State.OK, each.why, "", each.pid, each.path
                )
        yield Check(self.id, command(tree, found), State.OK, "the command line that the tasks need")


DUMP_SUBJECTS: tuple[Subject, ...] = (
    SeenCheck(), TasksCheck(), DescriptorsCheck(), MappingsCheck(), OptionsCheck(),
)  # fmt: skip
"""In the order in which they are made: quick ones first."""
