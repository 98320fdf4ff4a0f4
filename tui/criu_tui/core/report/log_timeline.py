"""Where a run spent its time and where it failed: its phases as bars on one scale of time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import number
from criu_tui.core.logs.log import Result
from criu_tui.core.logs.phases import phases
from criu_tui.core.tables.table import Tone, share_bar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.logs.log import Log
    from criu_tui.core.logs.phases import Phase
    from criu_tui.core.report.report import Report

CELLS = 32
"""Characters of the whole run."""


def prepare(report: Report) -> None:
    """Reads the phases of all logs, which are then kept."""
    for log in report.logs:
        _phases(report, log)


def lines(report: Report, log: Log) -> list[tuple[Tone, str]]:
    """A line for each phase that the run came to; none where there are no times.

    A phase has its name, its bar where it lies in the run, how long it took and its first line; the one that
    the first cause lies in, or that a log without a last word stops in, is marked.
    """
    found = _phases(report, log)
    if len(found) < 2:
        return []
    begin, whole = found[0].start, found[-1].start + found[-1].seconds - found[0].start
    wide = max(len(phase.name) for phase in found)
    stopped = _stopped(log, found)
    name = display_safe(log.path.name, 40)
    shown = [(Tone.DIM, f"{name}: {seconds(whole)} from the first line to the last, by phase")]
    for index, phase in enumerate(found):
        start = min(int((phase.start - begin) * CELLS / whole) if whole else 0, CELLS - 1)
        drawn = (" " * start + share_bar(phase.seconds, whole, CELLS))[:CELLS]
        text = f"{phase.name:<{wide}}  {drawn:<{CELLS}}  {seconds(phase.seconds):>9}  line {number(phase.line)}"
        shown.append((Tone.ERROR, f"{text}  {_why(log)}") if index == stopped else (Tone.PLAIN, text))
    return shown


def _phases(report: Report, log: Log) -> tuple[Phase, ...]:
    return report.dump.once(("phases", log.path), partial(phases, log))


def _stopped(log: Log, found: tuple[Phase, ...]) -> int | None:
    """Which phase the run failed in; None for one that did not."""
    if log.result is Result.SUCCESS:
        return None
    if log.result is Result.CUT or log.cause is None:
        return len(found) - 1
    cause = log.cause.number
    return max((index for index, phase in enumerate(found) if phase.line <= cause), default=0)


def _why(log: Log) -> str:
    if log.result is Result.CUT:
        return "✗ nothing after this"
    return "✗ failed" if log.cause is None else f"✗ failed here, line {number(log.cause.number)}"


def seconds(count: float) -> str:
    """A time as people compare it: "1.23 s", "0.45 ms"."""
    return f"{count:.2f} s" if count >= 1 else f"{count * 1000:.2f} ms"


def text(report: Report) -> Iterator[str]:
    """The phases of all logs."""
    for log in report.logs:
        for _, line in lines(report, log):
            yield line.rstrip()


def json(report: Report, log: Log) -> list[Json]:
    """The phases of a log, for programs; `line` is the number of the first line."""
    return [
        {
            "name": phase.name,
            "line": phase.line,
            "start_microseconds": round(phase.start * 1e6),
            "microseconds": round(phase.seconds * 1e6),
        }
        for phase in _phases(report, log)
    ]
