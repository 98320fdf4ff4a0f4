"""The logs line by line, what they come to, and the restore against the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from criu_tui.core import log as logs
from criu_tui.core.images import ImageError, open_regular, text_of
from criu_tui.core.restore_log import compare_restore, parse_restore
from criu_tui.core.span import Span, merged
from criu_tui.core.table import Column, Table, Tone
from criu_tui.core.text import counted, display_safe, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.log import Log, LogLine
    from criu_tui.core.report.json_type import Json
    from criu_tui.core.report.report import Report


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
        for log, lines in self._logs:
            if index < len(lines):
                return LogRow(log, lines[index])
            index -= len(lines)
        raise IndexError(index)


def table(report: Report) -> Table[LogRow]:
    """Every line of every log, with what they come to above."""
    rows = LogRows(report.logs)
    spans = merged(vma.span for pid in report.dump.pids for vma in report.dump.address_space(pid).vmas)
    return Table(
        "Log",
        (
            Column("Line", lambda r: str(r.line.number), 7, right=True, sort=lambda r: r.line.number),
            Column("Time", lambda r: r.line.time, 10, right=True, weight=2),
            Column("Task", lambda r: "" if r.line.pid is None else str(r.line.pid), 7, right=True),
            Column("Level", lambda r: r.line.level.value, 7),
            Column("Subsystem", lambda r: r.line.subsystem, 12, weight=1),
            Column("Text", lambda r: display_safe(r.line.text), 40),
        ),
        rows,
        lambda r: (r.line.pid if r.line.pid in report.dump.pids else None, _first_span(r.line, spans)),
        _log_tone,
        notes=tuple(notes(report)),
        empty="no log in or beside this dump; give one with --log",
        linked=False,
    )


def notes(report: Report) -> Iterator[tuple[Tone, str]]:
    """Each log's header, outcome and first cause; and the restore against the plan."""
    for found in report.logs:
        name = display_safe(found.path.name)
        if found.problem is not None:
            yield Tone.ERROR, display_safe(str(found.problem))
            continue
        version = display_safe(found.criu or "unknown", 40)
        kernel = display_safe(found.kernel or "unknown", 60)
        what = "dump" if found.dumping else "restore"
        yield (
            Tone.PLAIN,
            f"{name}: {what} by CRIU {version} on Linux {kernel}, {_RESULTS[found.result]}, "
            f"{counted(len(found.lines), 'line')}",
        )
        if found.cause is not None:
            cause = found.cause
            task = "" if cause.pid is None else f" (task {cause.pid})"
            yield (
                Tone.WARNING if found.result is logs.Result.SUCCESS else Tone.ERROR,
                f"first cause, line {number(cause.number)}{task}: {display_safe(cause.text, 300)}",
            )
        if not found.dumping and report.dump.tasks:
            yield from restore_notes(report, found)


def restore_notes(report: Report, found: Log) -> Iterator[tuple[Tone, str]]:
    """How far a restore.log agrees with the plan."""
    try:
        with open_regular(found.path) as file:
            lines = (raw.rstrip(b"\n").decode("utf-8", "surrogateescape") for raw in logs.raw_lines(file))
            compared = compare_restore(report.plan, parse_restore(lines))
    except (ImageError, OSError) as error:
        yield Tone.ERROR, display_safe(str(error))
        return
    tone = Tone.PLAIN if not compared.different else Tone.WARNING
    yield tone, f"{compared.same} of {compared.logged} mappings as predicted for {report.criu.name}"
    for line in compared.different[:3]:
        yield Tone.WARNING, line


def text(report: Report, only: int | None) -> Iterator[str]:
    """The same for all tasks: the logs belong to the whole dump."""
    yield from table(report).text()


def json(report: Report, only: int | None) -> dict[str, Json]:
    return {"files": [_log_json(report, found) for found in report.logs]}


def _log_json(report: Report, found: Log) -> dict[str, Json]:
    inventory = report.dump.inventory
    uid_map, gid_map = found.id_maps
    own = text_of(inventory.dump_criu_run_id) if inventory is not None else ""
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
        "lines": len(found.lines),
        "belongs": found.run_id == own if own and found.run_id else None,
        "uid_map": [[e.first, e.lower_first, e.count] for e in uid_map],
        "gid_map": [[e.first, e.lower_first, e.count] for e in gid_map],
    }


def _first_span(line: LogLine, spans: Sequence[Span]) -> Span | None:
    where = logs.place_in(line, spans)
    return None if where is None else Span(where, where + 1)


def _log_tone(row: LogRow) -> Tone:
    if row.line.noise:
        return Tone.DIM
    return {logs.Level.ERROR: Tone.ERROR, logs.Level.WARNING: Tone.WARNING}.get(row.line.level, Tone.PLAIN)


_RESULTS = {
    logs.Result.SUCCESS: "finished successfully",
    logs.Result.FAILED: "failed",
    logs.Result.CUT: "without a last word: it crashed, was killed, or still runs",
}
