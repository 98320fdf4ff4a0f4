"""How many pages of each VMA are in the dump, and of which kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.report.columns import fields, kind_column, share, share_text, span_columns
from criu_tui.core.table import Column, Table, Tone, Unit
from criu_tui.core.text import PAGE, counted, number, size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from criu_tui.core.memory import Kind, Vma
    from criu_tui.core.pages import Coverage
    from criu_tui.core.report.json_type import Json
    from criu_tui.core.report.report import Report


@dataclass(frozen=True, slots=True)
class CoverageRow:
    pid: int
    vma: Vma
    kind: Kind
    coverage: Coverage


def table(report: Report, pid: int) -> Table[CoverageRow]:
    """How many pages of each VMA are in the dump, and of which kind."""
    space, pagemap = report.dump.address_space(pid), report.dump.pagemap(pid)
    rows = [CoverageRow(pid, vma, space.kind(vma), pagemap.coverage(vma.span)) for vma in space.vmas]
    total = pagemap.total()
    note = (
        f"{counted(total.present, 'page')} present ({size(total.present * PAGE)} on disk), "
        f"{number(total.parent)} in parent, {number(total.lazy)} lazy; "
        f"pagemap entries: {number(len(pagemap))}"
    )
    columns: tuple[Column[CoverageRow], ...] = (
        *span_columns(rows, lambda r: r.vma),
        *(
            Column(title, _count_cell(get), _count_width(title, rows, get), right=True, sort=get)
            for title, get in _COUNTS
        ),
        Column(
            "Dumped",
            lambda r: share_text(r.coverage),
            6,
            right=True,
            sort=lambda r: share(r.coverage),
            weight=2,
            unit=Unit.SHARE,
            names=("cover", "coverage"),
        ),
        kind_column({r.kind for r in rows}, lambda r: r.kind, weight=1),
    )
    return Table(
        f"Coverage of {pid} {report.comm(pid)}",
        columns,
        rows,
        lambda r: (r.pid, r.vma.span),
        lambda r: Tone.PLAIN if r.coverage.dumped else Tone.DIM,
        notes=((Tone.PLAIN, note),),
        empty=report.no_memory(pid),
        hidden=fields(report, pid, lambda r: r.vma, columns),
    )


def json(report: Report, only: int | None) -> dict[str, Json]:
    return {"tasks": [_task_json(report, pid) for pid in report.pids(only)]}


def _task_json(report: Report, pid: int) -> dict[str, Json]:
    total = report.dump.pagemap(pid).total()
    return {
        "pid": pid,
        "comm": report.comm(pid),
        "vmas": [
            {
                "start": row.vma.start,
                "end": row.vma.end,
                "pages": row.coverage.pages,
                "present": row.coverage.present,
                "parent": row.coverage.parent,
                "lazy": row.coverage.lazy,
                "absent": row.coverage.absent,
            }
            for row in table(report, pid).rows
        ],
        "present": total.present,
        "parent": total.parent,
        "lazy": total.lazy,
        "bytes": total.present * PAGE,
    }


_COUNTS: tuple[tuple[str, Callable[[CoverageRow], int]], ...] = (
    ("Pages", lambda r: r.coverage.pages),
    ("Present", lambda r: r.coverage.present),
    ("Parent", lambda r: r.coverage.parent),
    ("Lazy", lambda r: r.coverage.lazy),
    ("Absent", lambda r: r.coverage.absent),
)


def _count_cell(get: Callable[[CoverageRow], int]) -> Callable[[CoverageRow], str]:
    return lambda row: number(get(row))


def _count_width(title: str, rows: Sequence[CoverageRow], get: Callable[[CoverageRow], int]) -> int:
    return max(len(title), len(number(max(map(get, rows), default=0))))
