"""The logs of two checkpoints against each other: durations, and where they part."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.logs.two_logs import compare_logs
from criu_tui.core.pages.differences.difference import Difference, Topic, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log
    from criu_tui.core.logs.two_logs import TwoLogs
    from criu_tui.core.report.report import Report

LONGEST = 200
"""Characters of a line that are shown."""


def pairs(report: Report) -> Iterator[tuple[Log, Log, TwoLogs]]:
    """The logs of one kind of run that both have, the first of each kind."""
    if report.against is None:
        return
    others = report.against.report.logs
    for dumping in (True, False):
        ours = next((log for log in report.logs if log.dumping is dumping and log.problem is None), None)
        theirs = next((log for log in others if log.dumping is dumping and log.problem is None), None)
        if ours is not None and theirs is not None:
            found = report.dump.once(("two logs", theirs.path), partial(compare_logs, ours, theirs))
            yield ours, theirs, found


def apart(report: Report) -> bool:
    """Whether any of them ends otherwise or says something else, at whatever times."""
    return any(log.result is not other.result or found.parting is not None for log, other, found in pairs(report))


def differences(report: Report) -> Iterator[Difference]:
    """Where two logs part; and how long each phase took, where one run failed or nothing but logs is compared."""
    for log, other, found in pairs(report):
        run = log.run_name
        if log.result is not other.result:
            yield _difference(f"{run}: outcome", log.result.value, other.result.value)
        if found.parting is not None:
            yield _difference(f"{run}: first line apart", _line(found.parting.line), _line(found.parting.other))
        if log.result is not other.result or not report.dump.tasks:
            for phase in found.phases:
                if phase.seconds != phase.other_seconds:
                    yield _difference(f"{run}: {phase.name}", _seconds(phase.seconds), _seconds(phase.other_seconds))


def _difference(name: str, before: str, after: str) -> Difference:
    turn = Turn.CHANGED if before and after else Turn.GONE if before else Turn.NEW
    return Difference(Topic.LOG, turn, None, None, name, before, after)


def _line(line: LogLine | None) -> str:
    if line is None:
        return "the end"
    level = f"{line.level.value}: " if line.level.value else ""
    return f"line {line.number}: {level}{line.text.strip()[:LONGEST]}"


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.6f} s"


def json(report: Report) -> list[Json]:
    """Each pair of logs, for programs."""
    return [
        {
            "log": display_safe(log.path.name),
            "against_log": display_safe(other.path.name),
            "result": log.result.value,
            "against_result": other.result.value,
            "phases": [
                {"name": phase.name, "microseconds": _micro(phase.seconds),
                 "against_microseconds": _micro(phase.other_seconds)}
                for phase in found.phases
            ],
            "parting": None if found.parting is None else {
                "line": _line_json(found.parting.line), "against_line": _line_json(found.parting.other),
            },
        }
        for log, other, found in pairs(report)
    ]  # fmt: skip


def _micro(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1e6)


def _line_json(line: LogLine | None) -> Json:
    return None if line is None else {"number": line.number, "text": display_safe(line.text)}
