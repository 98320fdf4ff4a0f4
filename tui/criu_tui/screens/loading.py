"""What a thread builds behind the screen: tables, the plan, the findings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.message import Message

from criu_tui.core.report.registry import SHOWN, rows
from criu_tui.screens import garbage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.report.listing import Listed
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection


PATIENCE = 0.5
"""Seconds to wait for the first paint; after that all else is made without it."""
ROWS_PATIENCE = 3.0
"""Seconds to wait for the rows in front, unless a key asks for another pane."""


class Arrived(Message):
    """More, or all, has come of the archive that is shown."""

    namespace = "loading"

    def __init__(self, dump: Dump, beside: Sequence[Listed] = ()) -> None:
        super().__init__()
        self.dump = dump
        self.beside = beside
        """All checkpoints of the archive, when there are several."""


class Planned(Message):
    """The plan, or the findings, of a report are there."""

    namespace = "loading"


class CheckMade(Message):
    """One more of the checks has been made."""

    namespace = "loading"


class Loaded(Message):
    """Tables that have been built for a task, by id of their panes, and the address found worth looking at."""

    namespace = "loading"

    def __init__(self, report: Report, pid: int, tables: dict[str, Table[Any]], address: int | None = None) -> None:
        super().__init__()
        self.report = report
        self.pid = pid
        self.tables = tables
        self.address = address


def built(
    selection: Selection, panes: Sequence[str], in_front: Callable[[], str], cancelled: Callable[[], bool]
) -> Iterator[Loaded | Planned | CheckMade]:
    """Builds tables for a selection, or for the first place there is; then the plan, the findings, the checks.

    Each is told of as soon as it is there; who no longer waits stops asking. `in_front` says which pane is by then.
    """
    report = selection.report
    if report is None:
        return
    yield from tables(selection, panes, in_front)
    if report.dump.arriving or report.elsewhere:
        return
    for make in (lambda: report.budget, lambda: report.findings):
        make()
        yield Planned()
    yield from _again(selection, in_front)
    for _ in report.checking.steps(cancelled):
        yield CheckMade()
        yield from _again(selection, in_front)
    if SHOWN[in_front()].tells_news:
        _ = report.memory_uses
        yield from _again(selection, in_front)
    garbage.search()


def _again(selection: Selection, in_front: Callable[[], str]) -> Iterator[Loaded]:
    """The rows in front anew, where they tell of what has become known since they were made."""
    report, name = selection.report, in_front()
    if SHOWN[name].tells_news and report is not None and selection.pid is not None:
        yield Loaded(report, selection.pid, {name: rows(report, name, selection.pid)})


def tables(
    selection: Selection,
    panes: Sequence[str],
    in_front: Callable[[], str],
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Loaded]:
    """Builds tables for a selection, or for the first place there is."""
    report, pid, address = selection.report, selection.pid, selection.address
    if report is None:
        return
    if pid is None:
        plans = in_front() == "plan" and address is None and not report.dump.arriving
        place = report.first_place() if plans else None
        pid, address = (next(iter(report.dump.pids), None), address) if place is None else place
    for name in panes:
        if cancelled():
            return
        # Of no task too: a pane without rows has words for that.
        yield Loaded(report, pid or 0, {name: rows(report, name, pid or 0)}, address)
    if pid is None:
        yield Loaded(report, 0, {})


async def a_moment(painted: asyncio.Event, shown: asyncio.Event, asked: asyncio.Event) -> None:
    """Waits for the first paint and the rows in front: to make the other panes would take their time from them.

    Not for ever: a screen above keeps this from being painted, and a key may ask for another pane.
    """
    await _either(PATIENCE, painted)
    await _either(ROWS_PATIENCE, shown, asked)


async def _either(seconds: float, *events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()


Make = Callable[
    ["Selection", "Sequence[str]", Callable[[], str], Callable[[], bool]], "Iterator[Loaded | Planned | CheckMade]"
]
"""`built`, or `tables` alone."""
