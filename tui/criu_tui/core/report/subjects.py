"""Which checks are made of a report: those before a restore, and before them, of running processes, those of a dump."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from criu_tui.core.findings.checks import ImagesCheck, MemoryCheck, to_finding
from criu_tui.core.restore.preflight.attempt import Attempt
from criu_tui.core.restore.preflight.check import State
from criu_tui.core.restore.preflight.checking import Checking
from criu_tui.core.restore.preflight.machine import this_machine
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.preflight.table import SUBJECTS

if TYPE_CHECKING:
    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.commit_charge import Budget
    from criu_tui.core.restore.plan import Plan
    from criu_tui.core.restore.preflight.check import Subject


def checking_of(report: Report, around: Surroundings | None) -> Checking:
    """The checks of a report, none of them made; without surroundings of its own nothing but memory is looked at."""

    def planned() -> tuple[Plan, Budget]:
        return report.planned(report.criu)

    around = around or Surroundings(report.host)
    if around.here and around.facts is None:
        around = around._replace(facts=functools.cache(this_machine))
    attempt = Attempt(report.dump, report.criu, around)
    memory, images = MemoryCheck(planned), ImagesCheck(lambda: report.findings, planned)
    before: tuple[Subject, ...] = ()
    after = SUBJECTS
    if report.dump.source.running:
        from criu_tui.core.live.subjects import DUMP_SUBJECTS

        # Where it will be restored nobody knows yet.
        before, after = DUMP_SUBJECTS, ()
    elif not report.dump.arriving and "inventory.img" not in report.dump.files_listed:
        # A dump that failed leaves nothing to restore: what that would want of this machine is no way out of it.
        after = ()
    return Checking(attempt, (*before, memory, *after, images))


def refused(attempt: Attempt) -> list[Finding]:
    """What keeps running processes from being dumped."""
    from criu_tui.core.live.subjects import DUMP_SUBJECTS

    found = (each for subject in DUMP_SUBJECTS for each in subject.look(attempt))
    return [to_finding(each) for each in found if each.state is State.FAILS]
