"""The logs line by line, what they come to, and the restore against the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, overload

from criu_tui.core.base.limits import PRINTED_LIMIT
from criu_tui.core.base.span import Span
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import address, number
from criu_tui.core.logs.comparison import ComparedLine, Likeness
from criu_tui.core.logs.fields import Fields, fields
from criu_tui.core.logs.line import Level, addresses_in, pids_in
from criu_tui.core.logs.log import Result
from criu_tui.core.report import ids, log_notes, log_search, log_timeline
from criu_tui.core.tables.table import Column, Table, Tone, form, widest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.logs.comparison import Comparison, NotLogged
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log
    from criu_tui.core.report.report import Report


TASKS_LOOKED_AT = 8
"""Tasks whose address spaces are looked through for an address in a line that names no task."""


@dataclass(frozen=True, slots=True)
class LogRow:
    log: Log
    line: LogLine


class LogRows(Sequence[LogRow]):
    """The lines of several logs after one another, read when looked at."""

    def __init__(self, logs: list[Log]) -> None:
        self._logs = [(log, log.lines) for log in logs]

    def __len__(self) -> int:
        return sum(len(lines) for _, lines in self._logs)

    @overload
    def __getitem__(self, index: int) -> LogRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[LogRow]: ...
    def __getitem__(self, index: int | slice) -> LogRow | list[LogRow]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        index += len(self) if index < 0 else 0
        for log, lines in self._logs if index >= 0 else ():
            if index < len(lines):
                return LogRow(log, lines[index])
            index -= len(lines)
        raise IndexError(index)


def table(report: Report) -> Table[LogRow]:
    """Every line of every log, with a summary above."""
    logs = report.logs
    rows = LogRows(logs)
    against_plan: list[Column[LogRow]] = [Column("Plan", lambda r: _plan_words(_matched(report, r)), 15)]
    names = {display_safe(found.path.name, 40) for found in logs}
    of_which: list[Column[LogRow]] = [
        Column("Log", lambda r: display_safe(r.log.path.name, 40), widest("Log", names), weight=4)
    ]
    return Table(
        "Log",
        (
            *(of_which if len(logs) > 1 else ()),
            Column("Line", lambda r: str(r.line.number), 7, right=True, sort=lambda r: r.line.number),
            Column("Time", lambda r: r.line.time, 10, right=True, weight=3),
            Column(
                "Task",
                lambda r: "" if r.line.pid is None else str(r.line.pid),
                7,
                right=True,
                sort=lambda r: -1 if r.line.pid is None else r.line.pid,
            ),
            Column(log_search.LEVEL, lambda r: r.line.level.value, 7, sort=lambda r: list(Level).index(r.line.level)),
            Column("Subsystem", lambda r: r.line.subsystem, 12, weight=2),
            *(against_plan if report.restores else ()),
            Column("Text", lambda r: _text(r.line), 44),
        ),
        rows,
        lambda r: _place(report, r),
        lambda r: _log_tone(report, r),
        notes=tuple(log_notes.notes(report)),
        empty="no log in or beside this dump; give one with --log",
        linked=False,
        search=log_search.LogSearch(rows, [_cells(report, found) for found in logs]),
    )


def _cells(report: Report, found: Log) -> log_search.LogCells:
    """What the columns of the table show of the lines of a log, without making its rows."""
    compared = report.restores.get(found.path)
    several, planned = len(report.logs) > 1, bool(report.restores)
    name = display_safe(found.path.name, 40)

    def named(line_number: int, fields: Fields) -> dict[str, str]:
        time, pid, level, subsystem, said = fields
        cells = {"Log": name} if several else {}
        cells |= {"Line": str(line_number), "Time": time, "Task": pid, "Level": level, "Subsystem": subsystem}
        if planned:
            cells["Plan"] = _plan_words(_match(compared, line_number))
        return cells | {"Text": _safe(said)}

    beside = {} if compared is None else {number: _plan_words(match) for number, match in compared.matches.items()}
    return log_search.LogCells(found, named, (name,) if several else (), beside)


def _text(line: LogLine, limit: int = 4096) -> str:
    return _safe(line.text, limit)


def _safe(text: str, limit: int = 4096) -> str:
    return display_safe(text.replace("\t", "  "), limit)


def first_row(report: Report) -> int:
    """Index of the row to look at first: the first cause, else the first line."""
    before = 0
    for found in report.logs:
        if found.cause is not None and found.result is not Result.SUCCESS:
            return before + found.cause.number - 1
        before += found.count
    return 0


def row_quoted(report: Report, finding: Finding) -> int | None:
    """Index among the rows of all logs of the line that a finding quotes; None for one that quotes none."""
    before = 0
    for found in report.logs:
        if finding.line is not None and display_safe(found.path.name) == finding.log:
            return before + finding.line - 1 if 0 < finding.line <= found.count else None
        before += found.count
    return None


def index_of(report: Report, row: LogRow) -> int:
    """Index of a row among those of all logs."""
    before = 0
    for found in report.logs:
        if found.path == row.log.path:
            break
        before += found.count
    return before + row.line.number - 1


def marked_rows(report: Report) -> list[LogRow]:
    """The errors and warnings alone: the first of each log, which are kept."""
    return [LogRow(found, line) for found in report.logs for line in found.errors]


def _matched(report: Report, row: LogRow) -> ComparedLine | None:
    return _match(report.restores.get(row.log.path), row.line.number)


def _match(compared: Comparison | None, line: int) -> ComparedLine | None:
    return None if compared is None else compared.matches.get(line)


def _plan_words(match: ComparedLine | None) -> str:
    if match is None:
        return ""
    return match.verdict.value if match.number is None else f"{match.number} {match.verdict.value}"


def lines(report: Report, row: LogRow) -> list[tuple[Tone, str]]:
    """A line in full, what the plan has for it, and where in the dump it leads."""
    shown = [(_level_tone(row.line), _text(row.line, 1000).strip())]
    compared = report.restores.get(row.log.path)
    match = _matched(report, row)
    if compared is not None and match is not None:
        tone = _VERDICT_TONES[match.verdict]
        if match.verdict is Likeness.DIFFERENT:
            shown.append((tone, f"logged {match.logged}; the plan has {match.predicted}"))
        if match.step is not None:
            step = compared.plan.reason(match.step)
            shown.append((tone, f"step {match.number} of task {match.pid}, {match.verdict.value}: {step}"))
    pid, span = _place(report, row)
    if span is not None:
        shown.append((Tone.DIM, f"enter: VMA at {address(span.start)} of task {pid} in the maps"))
    elif pid is not None:
        shown.append((Tone.DIM, f"enter: task {pid} in the maps"))
    return shown


def _place(report: Report, row: LogRow) -> tuple[int | None, Span | None]:
    """The task and the address that a line is about: its step's, else those that it names and the dump has."""
    match = _matched(report, row)
    if match is not None and match.step is not None:
        return match.pid, match.step.vma.span
    pids = [pid for pid in pids_in(row.line) if pid in report.dump.pids]
    for where in addresses_in(row.line):
        for pid in pids or islice(report.dump.pids, TASKS_LOOKED_AT):
            if report.dump.address_space(pid).at(where) is not None:
                return pid, Span(where, where + 1)
    return (pids[0] if pids else None), None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines to print; None for any."""

    pid: int | None = None
    level: str | None = None
    """At least as bad as this: "error" or "warning"."""
    subsystem: str | None = None

    def __contains__(self, line: Fields) -> bool:
        _, pid, level, subsystem, _ = line
        return (
            (self.pid is None or pid == str(self.pid))
            and (self.level is None or level in (Level.ERROR.value, self.level))
            and self.subsystem in (None, subsystem)
        )


def text(report: Report, only: int | None, wanted: Wanted | None = None) -> Iterator[str]:
    """The summary of the logs, then their lines: all, or those wanted."""
    made = table(report)
    yield from made.note_lines()
    if not made.rows:
        yield made.empty
        return
    if wanted in (None, Wanted()):
        yield from log_timeline.text(report)
    yield made.header(range(len(made.columns)))
    yield from _all_lines(report, made, wanted or Wanted(only))
    left_out = len(made.rows) - PRINTED_LIMIT
    if left_out > 0:
        yield f"{number(left_out)} more lines are left out here; the app shows them all"


def _all_lines(report: Report, made: Table[LogRow], wanted: Wanted) -> Iterator[str]:
    """The wanted ones of the first PRINTED_LIMIT lines as the table has them, without making its rows."""
    in_columns = form(made.columns)
    every, planned = wanted == Wanted(), bool(report.restores)
    left = PRINTED_LIMIT
    for found in report.logs:
        name = (display_safe(found.path.name, 40),) if len(report.logs) > 1 else ()
        compared = report.restores.get(found.path)
        line_number = 0
        for block in fields(found):
            for line in block[:left]:
                line_number += 1
                if every or line in wanted:
                    time, pid, level, subsystem, said = line
                    shown = _safe(said)
                    cells: tuple[int | str, ...] = line_number, time, pid, level, subsystem, shown
                    if planned:
                        cells = (*cells[:-1], _plan_words(_match(compared, line_number)), shown)
                    yield (in_columns % (name + cells if name else cells)).rstrip()
            left = max(0, left - len(block))


def json(report: Report, only: int | None) -> dict[str, Json]:
    """Each log with its header, outcome, cause and errors, and a restore against the plan, for programs."""
    return {"files": [_log_json(report, found) for found in report.logs]}


def _log_json(report: Report, found: Log) -> dict[str, Json]:
    maps = found.id_maps
    uid_map, gid_map = (None, None) if maps is None else map(ids.map_json, maps)
    compared = report.restores.get(found.path)
    return {
        "name": display_safe(found.path.name),
        "criu": found.criu and display_safe(found.criu, 40),
        "kernel": found.kernel and display_safe(found.kernel, 60),
        "dump": found.dumping,
        "result": found.result.value,
        "cause": None
        if found.cause is None
        else {
            "pid": found.cause.pid,
            "text": display_safe(found.cause.text),
            "line": found.cause.number,
        },
        "evidence": [{"text": display_safe(line.text), "line": line.number} for line in found.evidence],
        "wrapped": list(found.taken_off),
        "lines": found.count,
        "phases": log_timeline.json(report, found),
        "run_id": found.run_id and display_safe(found.run_id, 60),
        "belongs": report.belongs(found),
        "plan": None if compared is None else _comparison_json(compared),
        "extents": ids.map_json(found.extents),
        "uid_map": uid_map,
        "gid_map": gid_map,
        "check": None if found.root_check is None else {"ok": found.root_check.ok, "reason": found.root_check.reason},
        "cleanup_crashed": None if found.root_check is None else found.cleanup_crashed,
    }


def _comparison_json(compared: Comparison) -> dict[str, Json]:
    """A restore against the plan; every line that differs, and where it stopped."""
    return {
        "criu": compared.plan.criu.version,
        "mappings": list(compared.mappings),
        "counters": list(compared.counted),
        "different": [_match_json(match) for match in compared.different],
        "uncounted": list(compared.uncounted),
        "absent": [_absent_json(absent) for absent in compared.absent],
        "refused": None if compared.refused is None else _match_json(compared.refused),
    }


def _absent_json(absent: NotLogged) -> dict[str, Json]:
    return {"pid": absent.pid, "predicted": absent.predicted, "step": absent.number}


def _match_json(match: ComparedLine) -> dict[str, Json]:
    step = match.step
    return {
        "line": match.line,
        "pid": match.pid,
        "logged": match.logged,
        "predicted": match.predicted,
        "step": match.number,
        "start": None if step is None else step.vma.start,
        "end": None if step is None else step.vma.end,
    }


def _level_tone(line: LogLine) -> Tone:
    if line.noise:
        return Tone.DIM
    return {Level.ERROR: Tone.ERROR, Level.WARNING: Tone.WARNING}.get(line.level, Tone.PLAIN)


def _log_tone(report: Report, row: LogRow) -> Tone:
    match = _matched(report, row)
    return _level_tone(row.line) if match is None else _VERDICT_TONES[match.verdict]


_VERDICT_TONES = {
    Likeness.SAME: Tone.PLAIN,
    Likeness.DIFFERENT: Tone.WARNING,
    Likeness.REFUSED: Tone.ERROR,
    Likeness.FAILED: Tone.ERROR,
}
