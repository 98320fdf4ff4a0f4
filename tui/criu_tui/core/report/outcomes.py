"""What becomes of a restore of each of two checkpoints, and why they part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import size
from criu_tui.core.pages.differences.difference import Difference, Topic, Turn
from criu_tui.core.restore.preflight.verdict import Outcome
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.preflight.check import Check
    from criu_tui.core.restore.preflight.verdict import Verdict


_SIGNS = {Outcome.FAILS: "✗", Outcome.WORKING: "…", Outcome.RESTORES: "✓", Outcome.UNKNOWN: "!"}


def settle(report: Report, cancelled: Callable[[], bool] = lambda: False) -> None:
    """Makes the checks before a restore of both, where they are not made."""
    for one in _both(report):
        if one.dump.tasks:
            one.checking.finish(cancelled)


def _both(report: Report) -> tuple[Report, ...]:
    return (report,) if report.against is None else (report, report.against.report)


def place_words(report: Report) -> str:
    """Where a checkpoint lies."""
    return display_safe(str(report.dump.shown_path))


def outcome(report: Report) -> tuple[Tone, str]:
    """What becomes of a restore, and what its plan charges; empty until the checks are made."""
    if not report.dump.tasks or not report.checking.done:
        return Tone.PLAIN, ""
    found = report.checking.verdict
    tone = Tone.ERROR if found.outcome is Outcome.FAILS else Tone.PLAIN
    return tone, f"{found.line}; charges {size(report.budget.charged)}"


def sign(report: Report) -> str:
    """What becomes of a restore, as one character: "…" until the checks are made."""
    if not report.dump.tasks or not report.checking.done:
        return "…"
    return _SIGNS[report.checking.verdict.outcome]


def reason(report: Report) -> str | None:
    """Why a restore of these images fails; None where no check says that it does."""
    if not report.dump.tasks or not report.checking.done:
        return None
    failing = report.checking.verdict.failing
    return failing[0].what if failing else None


def verdict(report: Report) -> Difference | None:
    """Whether one of them restores and the other fails, or they fail for different reasons."""
    if report.against is None or not all(one.dump.tasks and one.checking.done for one in _both(report)):
        return None
    ours, theirs = (one.checking.verdict for one in _both(report))
    reasons = [set(map(_reason, each.failing)) for each in (ours, theirs)]
    if reasons[0] == reasons[1]:
        return None
    before, after = _apart(ours, reasons[1]), _apart(theirs, reasons[0])
    return Difference(Topic.VERDICT, Turn.CHANGED, None, None, report.criu.name, before, after)


def _apart(found: Verdict, others: set[str]) -> str:
    """What one verdict says that the other does not."""
    own = found._replace(failing=tuple(check for check in found.failing if _reason(check) not in others))
    if not own.failing:
        return "fails, but not for that" if found.failing else found.line
    return f"fails: {own.failing[0].what}{own.and_more}"


def _reason(check: Check) -> str:
    """What fails, wherever and however much it is."""
    return re.sub(r"[0-9a-f]*[0-9][0-9a-f,.]*", "", f"{check.id} {check.what}")
