"""The one line above all panes: whether it restores, or whether running processes will dump, as far as is known now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from criu_tui.core.base.units import address
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from criu_tui.core.base.json import Json
    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.preflight.check import Check
    from criu_tui.core.restore.preflight.verdict import Verdict

AFTER_DUMP = frozenset({"memory", "images"})
"""Subjects that speak of a restore, also of processes that have not been dumped."""
FAILS = ": the restore fails"
"""What goes without saying behind a sign of what fails."""
NAMED = 4
"""At most so many subjects are named where there is no room for all."""


def verdict_line(report: Report, width: int = 0) -> tuple[Tone, str]:
    """What is known so far, in a number of characters where one is given; safe to show. It never waits."""
    if report.elsewhere:
        return Tone.NOTE, "rows from the host, which has the checkpoint; 0 says whether it restores"
    arrival = report.dump.source.arrival
    if arrival is not None:
        return Tone.NOTE, f"… not known yet: the archive is still being read, {arrival.progress.share} so far"
    checking = report.checking_so_far
    if checking is None:
        return Tone.NOTE, "… checking"
    found = checking.verdict
    if found.failing and not report.dump.tasks and (failed := _has_failed(report)) is not None:
        # Nothing is left that could be tried again.
        return Tone.ERROR, f"✗ HAS FAILED: {failed.title}"
    if found.failing:
        ways = [f"✗ {line}{_working(found)}" for line in _fails(report, found)]
        return Tone.ERROR, next((line for line in ways if len(line) <= width), ways[-1]) if width else ways[0]
    if found.done < found.total:
        return Tone.NOTE, f"… {_working(found).removeprefix('; ')}"
    failed = _has_failed(report)
    if failed is not None:
        return Tone.ERROR, f"✗ HAS FAILED: {failed.title}; nothing else was found to fail"
    good = found.restores and not found.unknown
    tone = Tone.GOOD if good else Tone.PLAIN if found.restores else Tone.WARNING
    sign = "✓" if good else "!"
    whole = f"{sign} {_checked(found, len(found.fine), found.rest)}"
    if not width or len(whole) <= width:
        return tone, whole
    # What is not known stands at the end, and must not be cut off by what is.
    left = (f"not known: {', '.join(found.unknown)}" if found.unknown else "", _more(len(found.skipped)))
    rest = "; ".join(filter(None, left))
    most = min(NAMED, len(found.fine))
    shorter = [f"{sign} {_checked(found, named, rest)}" for named in range(most, 0, -1)]
    return tone, next((line for line in shorter if len(line) <= width), (shorter or [whole])[-1])


def _working(found: Verdict) -> str:
    return f"; checking {found.done + 1} of {found.total}" if found.done < found.total else ""


def _fails(report: Report, found: Verdict) -> list[str]:
    """What fails, in ever fewer words: without what goes without saying, then without task and release, told above.

    Addresses are then told by where they begin.
    """
    first = found.failing[0]
    more = found.and_more
    will = _will(report, first)
    by_release = f"{will} with {report.criu.name}"
    brief = first.what.removesuffix(FAILS)
    if first.start is not None:
        brief = re.sub(rf"({address(first.start)})-[0-9a-f]+", r"\1", brief)
    return [
        f"{by_release}: {first.what}{_where(first)}{more}",
        f"{by_release}: {brief}{_where(first)}{more}",
        f"{by_release}: {brief}{more}",
        f"{will}: {brief}{more}",
    ]


def _will(report: Report, first: Check) -> str:
    return "WILL NOT DUMP" if report.dump.source.running and first.id not in AFTER_DUMP else "WILL FAIL"


def _where(check: Check) -> str:
    """The task, unless the words name it already."""
    return "" if check.pid is None or f"task {check.pid}" in check.what else f", task {check.pid}"


def _has_failed(report: Report) -> Finding | None:
    """What a log tells of a run that has failed."""
    errors = (each for each in report.findings_so_far or () if each.is_error)
    return next((each for each in errors if each.log is not None), None)


def _checked(found: Verdict, named: int, rest: str) -> str:
    """What it rests on, so many subjects by their names, and what it does not rest on."""
    also = f"; {rest}" if rest else ""
    if not found.restores:
        return f"not known whether it {found.does}{also}"
    return f"{found.does}, as far as checked: {_few(found.fine, named)}{also}"


def _few(names: tuple[str, ...], named: int) -> str:
    more = len(names) - named
    return ", ".join(names[:named]) + (f" and {more} more" if more > 0 else "")


def _more(skipped: int) -> str:
    return f"{skipped} not checked" if skipped else ""


def json(report: Report) -> dict[str, Json]:
    """The verdict once all checks are made, for programs."""
    report.checking.finish()
    found = report.checking.verdict
    return {
        "outcome": found.outcome.value,
        "line": verdict_line(report)[1],
        "checked": list(found.fine),
        "unknown": list(found.unknown),
        "skipped": list(found.skipped),
    }
