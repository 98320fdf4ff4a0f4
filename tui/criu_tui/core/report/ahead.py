"""What a line of the overview leads to, before one goes there: a finding in full, and the first rows of the pane.

Takes as long as the pane itself to be built; touches no widget, so that any thread may do it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import counted
from criu_tui.core.report import findings, log, picture
from criu_tui.core.report.overview import check_text, finding_text
from criu_tui.core.report.plan import step_at
from criu_tui.core.report.registry import rows
from criu_tui.core.tables.table import GAP, Tone
from criu_tui.core.tables.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.report.overview_lines import OverviewLine
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.preflight.check import Check
    from criu_tui.core.tables.table import Table

NOTES_SHOWN = 4
"""Lines above the rows that are shown at most."""
LEAST = 4
"""Lines that rows below a finding are worth."""
PICTURE = 4
"""Lines of a step's picture: two spans, how they lie, and the chosen rule."""


def lines(report: Report, line: OverviewLine, width: int, room: int) -> list[tuple[Tone, str]]:
    """What to read next, in rows of so many characters, about as many lines as there is room for."""
    pid = report.dump.tasks[0].pid if line.pid is None and report.dump.tasks else line.pid or 0
    told = _told(report, line)
    left = room - sum(len(text) // width + 1 for _, text in told) - 1 if width else 0
    if told and left < LEAST:
        return told
    table = rows(report, line.leads, pid)
    if not told:
        return list(_first(report, table, line, width, room))
    return [*told, (Tone.PLAIN, ""), *_first(report, table, line, width, left, notes=0)]


def _told(report: Report, line: OverviewLine) -> list[tuple[Tone, str]]:
    """In full the finding or the check that a line tells of; nothing for any other line."""
    finding = _finding(report, line)
    if finding is not None:
        return [*findings.lines(finding), *_picture(report, finding.pid, finding.start)]
    check = _check(report, line)
    if check is None:
        return []
    more = (("why", check.why), ("way out", check.advice))
    told = [(line.tone, check.what), *((Tone.PLAIN, f"{name}: {text}") for name, text in more if text)]
    return [*told, *_picture(report, check.pid, check.start)]


def _finding(report: Report, line: OverviewLine) -> Finding | None:
    """The finding that a line tells of, by its words or by its place; None before all are known."""
    among = [each for each in report.findings_so_far or () if each.pid == line.pid and each.start == line.address]
    titled = next((each for each in among if line.text.endswith(finding_text(each))), None)
    return titled or (next(iter(among), None) if line.address is not None else None)


def _check(report: Report, line: OverviewLine) -> Check | None:
    made = (check for checked in report.checking.so_far for check in checked.checks)
    return next((each for each in made if line.text.endswith(check_text(report, each))), None)


def _picture(report: Report, pid: int | None, start: int | None) -> list[tuple[Tone, str]]:
    """What decided the step at an address, where a page did."""
    index = None if pid is None or start is None else report.dump.address_space(pid).at(start)
    step = None if pid is None or index is None else step_at(report, pid, index)
    if step is None or step.entry is None:
        return []
    picture.prepare(report)
    return [(Tone.PLAIN, ""), *picture.lines(report, step, PICTURE)]


def _first(
    report: Report, table: Table[object], line: OverviewLine, width: int, room: int, notes: int = NOTES_SHOWN
) -> Iterator[tuple[Tone, str]]:
    """Some notes of a table, its titles, and its rows from the line's place on."""
    yield from table.notes[:notes]
    if not table.rows:
        yield Tone.DIM, table.empty or table.total
        return
    fit = table.fit(width)
    yield Tone.DIM, table.fitted_header(fit)
    at = View(table).find(line.pid, line.address) or 0
    if line.leads == "log":
        # Where nothing failed, how it ended.
        at = log.first_row(report) or len(table.rows)
    room = max(1, room - len(table.notes[:notes]) - 1)
    at = max(0, min(at, len(table.rows) - room))
    follow = len(table.rows) - at - room
    end = at + room - 1 if follow > 0 else len(table.rows)
    for index in range(at, end):
        row = GAP.join(table.fitted(index, fit)).rstrip()
        yield table.tone(table.rows[index]), row if len(row) <= width else f"{row[: width - 1]}…"
    if follow > 0:
        yield Tone.DIM, f"… {counted(len(table.rows) - end, 'more row')}: enter"
