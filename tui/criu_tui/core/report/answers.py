"""Answers to somebody without the checkpoint: what the panes show of it here, row by row.

Bytes of the dump are what this program keeps from guests unless they are allowed: memory as hex, data on its way, the
values of the environment, and a filter that would find them.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from criu_tui.core.base.units import PAGE
from criu_tui.core.drawings.hexdump import HexDump
from criu_tui.core.dump.owners import Owner
from criu_tui.core.findings.finding import Finding
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.report import (
    chain,
    contents,
    detail,
    diff,
    files,
    findings,
    ids,
    log,
    memory,
    namespaces,
    overview,
    picture,
    place,
    task,
)
from criu_tui.core.report.coverage import CoverageRow
from criu_tui.core.report.diff import DiffRow
from criu_tui.core.report.file_bytes import bytes_lines
from criu_tui.core.report.file_rows import FileRow
from criu_tui.core.report.log import LogRow
from criu_tui.core.report.maps import MapRow
from criu_tui.core.report.overview_lines import OverviewLine
from criu_tui.core.report.plan import PlanRow
from criu_tui.core.report.questions import COLUMNS, COUNT_MAX, LINES, ROWS, Answer, ColumnHead, Question, Row, Sought
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.filter import parse
from criu_tui.core.tables.table import Tint, Tone
from criu_tui.core.tables.view import Sort, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from criu_tui.core.base.progress import Progress
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table

KEPT = 8
"""Tables in an order that are kept for the next question."""
RELEASES = 4
"""Releases whose plans are kept beside the chosen one's."""
ABOVE = 20
"""Rows above the one at the address that come with it."""

NOT_ALLOWED = "bytes stay with the host, who allows them with W"
"""Why there are none."""

SECTIONS: Mapping[str, Sequence[Callable[[Report], Table[Any]]]] = {
    "files": [section.table for section in files.SECTIONS],
    "memory": [section.table for section in memory.SECTIONS],
    "ids": [namespaces.table],
    "diff": [chain.table],
}
"""The tables that keys of a pane lead on to, by its id."""


class _Kept(NamedTuple):
    """What tells a table in an order from others."""

    report: Report
    pane: str
    pid: int
    section: int
    allowed: bool
    values: bool
    page: int
    text: str = ""
    sort: Sort | None = None


class Answers:
    """Answers one question at a time, on any thread but that of the screen. `current` is the report shown by then."""

    def __init__(self, current: Callable[[], Report]) -> None:
        self._current = current
        self._dump: Dump = current().dump
        """The one that the session is about."""
        self._views: OrderedDict[_Kept, View[Any]] = OrderedDict()
        self._releases: OrderedDict[str, tuple[Report, Report]] = OrderedDict()
        """By version: whose, and that under this release."""

    def answer(self, asked: Question, progress: Progress, *, allowed: bool) -> Answer:
        """What is asked for, or why not. `allowed`: bytes of the dump may leave it.

        Raises CancelledError when nobody waits for it any more.
        """
        report = self._current()
        if report.dump is not self._dump:
            return Answer("the host looks at another checkpoint by now")
        try:
            return self._answer(self._under(report, asked.release), asked, progress, allowed=allowed)
        except ValueError as error:
            # A filter, a place, or a release that means nothing.
            return Answer(str(error))

    def _under(self, report: Report, release: str) -> Report:
        if release in ("", report.criu.version):
            return report
        known = self._releases.get(release)
        if known is not None and known[0] is report:
            return known[1]
        made = report.restored_by(criu(release))
        self._releases[release] = report, made
        while len(self._releases) > RELEASES:
            self._releases.popitem(last=False)
        return made

    def _answer(self, report: Report, asked: Question, progress: Progress, *, allowed: bool) -> Answer:
        if asked.sought is Sought.TASKS:
            return _tasks(report, asked)
        if asked.task is not None and asked.task not in report.dump.pids:
            return Answer(f"no task {asked.task} in this dump")
        if asked.sought is Sought.PLACE:
            found = place.go_to(report, asked.task or 0, asked.text, asked.address)
            return Answer(task=found.pid, address=found.address)
        if asked.pane == "bytes" and not allowed:
            return Answer(NOT_ALLOWED)
        view = self._view(report, asked, progress, allowed=allowed)
        if asked.sought is Sought.TABLE:
            return _table(view, asked)
        if asked.sought is Sought.ROWS:
            return Answer(rows=tuple(_rows(view, asked.first, asked.most)))
        if asked.first >= len(view):
            return Answer("no such row")
        full = asked.sought is Sought.DETAIL
        lines = _lines(report, view.table, view.order[asked.first], full=full, allowed=allowed)
        return Answer(lines=tuple(islice(lines, LINES)))

    def _view(self, report: Report, asked: Question, progress: Progress, *, allowed: bool) -> View[Any]:
        """The rows asked for in their order; a table without filter and order is made anew: more may be known."""
        page = (asked.address or 0) & -PAGE if asked.pane == "bytes" else 0
        own = SHOWN[asked.pane].of_task
        plain = _Kept(
            report, asked.pane, (asked.task or 0) if own else 0, asked.section, allowed, allowed and asked.values, page
        )
        sort = None if asked.column is None else Sort(asked.column, asked.descending)
        key = plain._replace(text=asked.text.strip(), sort=sort)
        kept = self._views.get(key)
        if kept is not None and (asked.sought is not Sought.TABLE or key != plain):
            self._views.move_to_end(key)
            return kept
        whole = self._views.get(plain) if key != plain else None
        if whole is None:
            whole = self._keep(plain, View(_made(report, asked, allowed=allowed)))
        if key == plain:
            return whole
        if sort is not None and sort.column >= len(whole.table.columns):
            raise ValueError("no such column")
        return self._keep(key, whole.arranged(sort, parse(key.text, whole.table) if key.text else None, progress))

    def _keep(self, key: _Kept, view: View[Any]) -> View[Any]:
        self._views[key] = view
        self._views.move_to_end(key)
        while len(self._views) > KEPT:
            self._views.popitem(last=False)
        return view


def _made(report: Report, asked: Question, *, allowed: bool) -> Table[Any]:
    """The table of a pane; without leave, one that nothing of the bytes is found by."""
    table = _built(report, asked, allowed=allowed)
    if allowed:
        return table
    refused = ((Tone.WARNING, NOT_ALLOWED),) if asked.values else ()
    return table._replace(hidden=(), notes=(*table.notes, *refused))


def _built(report: Report, asked: Question, *, allowed: bool) -> Table[Any]:
    pid = asked.task or 0
    if asked.section:
        others = SECTIONS.get(asked.pane, ())
        if asked.section > len(others):
            raise ValueError("no such table")
        return others[asked.section - 1](report)
    if asked.pane == "bytes":
        return _page(report, pid, asked.address)
    if asked.pane == "task":
        return task.table(report, pid, values=allowed and asked.values)
    if asked.pane == "overview":
        overview.finish(report)
    return SHOWN[asked.pane].build(report, pid)


def _page(report: Report, pid: int, address: int | None) -> Table[Any]:
    """The hex lines of the page of an address, or of the hole in which that is."""
    if address is None or not report.dump.address_space(pid).vmas:
        raise ValueError("no address is selected")
    with PageBytes(report.dump) as pages:
        view, lines, at = HexDump(report.dump, pid, pages), [], address & -PAGE
        while at < (address & -PAGE) + PAGE:
            lines.append(view.line_at(at))
            at = max(lines[-1].span.end, at + 1)
    return contents.bytes_table(report, pid, lines)


def _tasks(report: Report, asked: Question) -> Answer:
    found = report.dump.tasks[asked.first : asked.first + min(asked.most, ROWS)]
    rows = [
        Row(
            asked.first + index,
            (report.comm(each.pid), str(report.dump.core(each.pid).state or ""), str(each.ppid), str(each.depth)),
            task=each.pid,
        )
        for index, each in enumerate(found)
    ]
    return Answer(rows=tuple(rows), count=min(len(report.dump.tasks), COUNT_MAX))


def _table(view: View[Any], asked: Question) -> Answer:
    table = view.table
    row = view.find(asked.task, asked.address) if asked.address is not None else None
    at = None if row is None else view.position(row)
    if at is not None and at >= COUNT_MAX:
        at = None
    columns = [
        ColumnHead(column.title, column.width, column.right, column.weight, column.least)
        for column in table.columns[:COLUMNS]
    ]
    return Answer(
        title=table.title,
        total=view.footer,
        empty=table.empty,
        count=min(len(view), COUNT_MAX),
        at=at,
        columns=tuple(columns),
        rows=tuple(_rows(view, max(0, (at or 0) - ABOVE), asked.most)),
        lines=table.notes[:LINES],
    )


def _rows(view: View[Any], first: int, count: int) -> Iterator[Row]:
    table = view.table
    columns = table.columns[:COLUMNS]
    for position in range(first, min(first + min(count, ROWS), len(view), COUNT_MAX)):
        row = table.rows[view.order[position]]
        pid, span = table.place(row)
        tints = [Tint.PLAIN if column.tint is None else column.tint(row) for column in columns]
        tinted = tuple(tints) if any(tint is not Tint.PLAIN for tint in tints) else ()
        cells = tuple(column.text(row) for column in columns)
        yield Row(position, cells, table.tone(row), tinted, pid, span, _leads(row))


def _leads(row: object) -> str:
    if isinstance(row, OverviewLine):
        return row.leads
    return diff.pane_of(row) if isinstance(row, DiffRow) else ""


def _lines(report: Report, table: Table[Any], index: int, *, full: bool, allowed: bool) -> Iterator[tuple[Tone, str]]:
    """What the pane says of a row below its rows, or in `full` all that is known of it."""
    row = table.rows[index]
    match row:
        case FileRow():
            yield from files.lines(report, row, few=not full)
        case DiffRow():
            yield from diff.lines(report, row)
        case Finding():
            yield from findings.lines(row)
        case LogRow():
            yield from log.lines(report, row)
        case Owner():
            yield from ids.lines(report, row)
        case PlanRow() if not full:
            yield from picture.lines(report, row.step)
        case MapRow() | CoverageRow() if not full:
            pid, span = table.place(row)
            yield from detail.lines(report, pid or 0, None if span is None else span.start)
        case _ if full:
            yield from detail.of_row(report, table, index)
    if full and allowed:
        yield from bytes_lines(report, row)
