"""Sorting and filtering a table on a screen, against fewer rows and against Textual's DataTable of as many."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from criu_tui.core.dump.dump import Dump
from criu_tui.core.report import maps
from criu_tui.core.report.report import Report
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.filter import parse
from criu_tui.core.tables.view import Sort, View
from criu_tui.widgets.virtual_table import VirtualTable
from textual.app import App
from textual.widgets import DataTable

from tests.bench import generate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from criu_tui.core.report.maps import MapRow
    from criu_tui.core.tables.table import Table
    from criu_tui.core.tables.terms import Filter
    from textual.app import ComposeResult

WORDS = "rw-"
"""What a third of the generated rows have."""


class Shown(App[None]):
    """One table and nothing else."""

    def __init__(self, made: VirtualTable | DataTable[str]) -> None:
        super().__init__()
        self.made = made

    def compose(self) -> ComposeResult:
        yield self.made


def rows(directory: Path) -> Table[MapRow]:
    """The maps of a generated dump."""
    host = Host(Mode.HEURISTIC, mem=1 << 40, swap=0, limit=0, committed=0)
    return maps.table(Report(Dump(directory), criu("4.2.1"), host), generate.PID)


async def ours(table: Table[Any], rounds: int) -> dict[str, list[float]]:
    """Seconds until a new order is painted, by what was asked for; texts and keys are known from the first time on."""
    shown = VirtualTable()
    some = parse(WORDS, table)
    async with Shown(shown).run_test(size=(120, 40)) as pilot:
        shown.show(View(table))
        await pilot.pause()

        def arrange(sort: Sort | None, filter_: Filter[Any] | None) -> Callable[[], Awaitable[None]]:
            async def work() -> None:
                assert shown.view is not None
                shown.show(shown.view.arranged(sort, filter_))
                await pilot.pause()

            return work

        return await _timed({"sort": arrange(Sort(2, descending=True), None), "filter": arrange(None, some)}, rounds)


async def data_table(table: Table[Any], rounds: int) -> dict[str, list[float]]:
    """The same with DataTable, which filters by being filled again."""
    shown: DataTable[str] = DataTable()
    cells = [table.cells(index) for index in range(len(table.rows))]
    some = [row for row in cells if any(WORDS in cell for cell in row)]
    async with Shown(shown).run_test(size=(120, 40)) as pilot:
        columns = shown.add_columns(*(column.title for column in table.columns))
        shown.add_rows(cells)
        await pilot.pause()

        async def sort() -> None:
            shown.sort(columns[2], reverse=True)
            await pilot.pause()

        async def filter_() -> None:
            shown.clear()
            shown.add_rows(some)
            await pilot.pause()

        return await _timed({"sort": sort, "filter": filter_}, rounds)


async def _timed(works: dict[str, Callable[[], Awaitable[None]]], rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name, work in works.items():
        for _ in range(rounds):
            start = time.perf_counter()
            await work()
            found.setdefault(name, []).append(time.perf_counter() - start)
    return found


def measure(large: Path, sixty: Path, rounds: int) -> dict[tuple[str, str], tuple[list[float], float]]:
    """By (what, against): how many times as long each round of ours took, and its median in seconds."""
    tables = {"large": rows(large), "sixty": rows(sixty)}
    own = asyncio.run(ours(tables["large"], rounds))
    others = {
        "the same in 60 rows": asyncio.run(ours(tables["sixty"], rounds)),
        "Textual's DataTable of as many rows": asyncio.run(data_table(tables["large"], min(rounds, 3))),
    }
    count = f"{len(tables['large'].rows):,}"
    return {
        (f"{what} {count} rows", against): (
            [mine / other for mine, other in zip(own[what], found[what], strict=False)],
            sorted(own[what])[rounds // 2],
        )
        for against, found in others.items()
        for what in own
    }
