"""What was compared before a restore: each check with its outcome, and the command line that the restore needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.report.by_engine import by_engine
from criu_tui.core.report.shell import UnpastableError, word
from criu_tui.core.restore.preflight.check import State
from criu_tui.core.restore.preflight.command import options, restore_command
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.preflight.check import Check

TONES = {
    State.OK: Tone.PLAIN,
    State.FAILS: Tone.ERROR,
    State.UNKNOWN: Tone.WARNING,
    State.SKIPPED: Tone.DIM,
}


def found(report: Report, only: int | None = None) -> list[Check]:
    """Every check, those that fail first, else in the order of the table. Makes those that are not done."""
    checks = [check for checked in report.checking.finish() for check in checked.checks]
    order = (State.FAILS, State.UNKNOWN, State.OK, State.SKIPPED)
    return sorted(
        (check for check in checks if only is None or check.pid in (None, only)),
        key=lambda check: order.index(check.state),
    )


def table(report: Report) -> Table[Check]:
    """Every check, a row each."""
    rows = found(report)
    return Table(
        "Checks",
        (
            Column("State", lambda r: r.state.value, 7),
            Column("Check", lambda r: r.id, widest("Check", {row.id for row in rows})),
            Column("Compared", lambda r: r.what, widest("Compared", {row.what for row in rows})),
            Column("Task", lambda r: "" if r.pid is None else str(r.pid), 7, right=True, weight=1),
        ),
        rows,
        lambda r: (r.pid, None),
        lambda r: TONES[r.state],
        notes=((Tone.PLAIN, report.checking.verdict.line),),
        empty="",
    )


def lines(check: Check) -> list[tuple[Tone, str]]:
    """A check in full: what, why, and what helps."""
    told = [(TONES[check.state], f"{check.state.value}: {check.id}: {check.what}")]
    if check.why:
        told.append((Tone.PLAIN, f"why: {check.why}"))
    if check.advice:
        told.append((Tone.PLAIN, f"way out: {check.advice}"))
    return told


def command(report: Report) -> str | None:
    """The command line that a restore needs, safe to paste; None where no shell can be told its words."""
    try:
        return " ".join(map(word, restore_command(report.checking.attempt)))
    except UnpastableError:
        return None


def text(report: Report, only: int | None) -> Iterator[str]:
    """The verdict, then every check in full."""
    checks = found(report, only)
    yield report.checking.verdict.line
    yield ""
    for check in checks:
        (_, first), *rest = lines(check)
        task = "" if check.pid is None else f" (task {check.pid})"
        yield f"{first}{task}"
        yield from (f"  {line}" for _, line in rest)
    if only is None and report.dump.tasks:
        yield ""
        when = "once that is mended, restore with" if report.checking.verdict.failing else "restore with"
        yield f"{when}: {command(report) or 'a path here cannot be written in a command line'}"
        for option in options(report.checking.attempt):
            yield f"  {display_safe(' '.join(option.words))}: {display_safe(option.why)}"
        engine = by_engine(report)
        if engine is not None:
            yield f"or by what made it, which names root, mounts and namespaces itself: {engine}"


def json(report: Report, only: int | None) -> dict[str, Json]:
    """The verdict and every check, for programs."""
    checks = found(report, only)
    verdict = report.checking.verdict
    return {
        "verdict": verdict.outcome.value,
        "line": verdict.line,
        "checks": [_check_json(check) for check in checks],
        "restore_command": command(report),
        "engine_command": by_engine(report),
        "restore_options": [
            {
                "words": [display_safe(each) for each in option.words],
                "why": display_safe(option.why),
                "complete": option.named,
            }
            for option in options(report.checking.attempt)
        ],
    }


def _check_json(check: Check) -> dict[str, Json]:
    return {
        "id": check.id,
        "what": check.what,
        "state": check.state.value,
        "why": check.why,
        "advice": check.advice,
        "pid": check.pid,
        "path": check.path,
        "start": check.start,
    }
