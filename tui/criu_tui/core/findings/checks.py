"""Checks before a restore that rest on findings: what the images say of themselves, and memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.units import counted, size
from criu_tui.core.dump.listed import by_stem
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.findings.refusals import stops
from criu_tui.core.restore.host import describe
from criu_tui.core.restore.preflight.check import Check, Needs, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.commit_charge import Budget
    from criu_tui.core.restore.plan import Plan
    from criu_tui.core.restore.preflight.attempt import Attempt

WILL_NOT_DUMP = "will-not-dump"
CHECKED = frozenset({"huge-pages", WILL_NOT_DUMP})
"""Findings that are made from the check of their subject."""


class MemoryCheck:
    """The write plan of the chosen CRIU against the memory of the host: commit charge, arena, reads."""

    id: ClassVar[str] = "memory"
    what: ClassVar[str] = "memory that the write plan asks for"
    needs: ClassVar[Needs] = Needs.IMAGES

    def __init__(self, planned: Callable[[], tuple[Plan, Budget]]) -> None:
        self._planned = planned

    def concerns(self, dump: Dump) -> bool:
        """Whether there is a task."""
        return bool(dump.tasks)

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Each mapping that is refused, and whatever else stops the plan."""
        plan, budget = self._planned()
        failing = stops(attempt.dump, plan, budget)
        yield from (from_finding(self.id, finding) for finding in failing)
        if failing:
            return
        host = budget.host
        what = f"{size(budget.charged)} charged by {attempt.criu.name}, {size(budget.peak)} at a time"
        if host.can_tell:
            yield Check(self.id, what, State.OK, describe(host))
        else:
            yield Check(self.id, what, State.UNKNOWN, describe(host), "give the host's memory with --host")


class ImagesCheck:
    """What the images and the release say alone."""

    id: ClassVar[str] = "images"
    what: ClassVar[str] = "images, as the chosen CRIU reads them"
    needs: ClassVar[Needs] = Needs.IMAGES

    def __init__(self, found: Callable[[], Sequence[Finding]], planned: Callable[[], tuple[Plan, Budget]]) -> None:
        self._found, self._planned = found, planned

    def concerns(self, dump: Dump) -> bool:
        """Always: there is something to read."""
        return True

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every error that no other check names; what a log tells is of a run that has been.

        Without a task there is nothing to restore, and its log says why.
        """
        tasks = attempt.dump.tasks
        named = stops(attempt.dump, *self._planned()) if tasks else ()
        errors = [
            each
            for each in self._found()
            if each.severity is Severity.ERROR
            and (each.log is None or not tasks)
            and each.id not in CHECKED
            and each not in named
        ]
        yield from (from_finding(self.id, each) for each in errors)
        if not errors and not tasks:
            yield Check(self.id, "no task to restore", State.UNKNOWN, "there are no images of any task here")
        elif not errors:
            images = sum(map(len, by_stem(attempt.dump).values()))
            yield Check(self.id, f"{counted(images, 'image')}, as {attempt.criu.name} reads them", State.OK)


def to_finding(check: Check) -> Finding:
    """A check of running processes that fails, as a finding."""
    return Finding(WILL_NOT_DUMP, Severity.ERROR, check.what, check.why, check.advice, pid=check.pid)


def from_finding(subject: str, finding: Finding) -> Check:
    """A finding of level error as the check that fails."""
    return Check(
        subject,
        finding.title,
        State.FAILS,
        finding.why,
        finding.advice,
        pid=finding.pid,
        start=finding.start,
    )
