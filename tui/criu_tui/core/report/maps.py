"""Every VMA of a task."""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.units import counted, size
from criu_tui.core.dump.vma import Vma, VmaKind
from criu_tui.core.report.columns import (
    fields,
    flags_text,
    kind_column,
    locate,
    path_column,
    prot_column,
    size_column,
    span_columns,
    span_numbers,
)
from criu_tui.core.report.titles import titled
from criu_tui.core.tables.rows import Rows
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.address_space import Outline
    from criu_tui.core.report.report import Report


class MapRow(NamedTuple):
    pid: int
    vma: Vma
    kind: VmaKind
    path: str
    """Safe to show; empty without a file."""


def table(report: "Report", pid: int, *, sketched: bool = False) -> Table[MapRow]:
    """Every VMA of a task in image order; widths and totals of a large space take a look at each, unless `sketched`."""
    space = report.dump.address_space(pid)
    outline = space.sketch if sketched else space.outline

    def row(index: int) -> MapRow:
        vma = space.vmas[index]
        return MapRow(pid, vma, space.kind(vma), report.path(vma))

    rows = Rows(len(space.vmas), row)
    columns: tuple[Column[MapRow], ...] = (
        *span_columns(outline.highest_end, lambda r: r.vma),
        size_column(lambda r: r.vma.size),
        prot_column(lambda r: r.vma.prot),
        kind_column(outline.kinds, lambda r: r.kind, weight=1),
        Column(
            "Flags",
            lambda r: flags_text(r.vma),
            widest("Flags", {flags_text(vma) for vma in outline.samples}),
            weight=4,
        ),
        path_column({report.path(vma) for vma in outline.samples}, lambda r: r.path),
        *(report.against.of_vmas(pid, lambda r: r.vma) if report.against else ()),
    )
    return Table(
        titled(report, "Maps", pid),
        columns,
        rows,
        lambda r: (r.pid, r.vma.span),
        lambda r: _KIND_TONES.get(r.kind, Tone.PLAIN),
        total=_total(outline, len(rows)),
        empty=report.no_memory(pid),
        locate=locate(pid, space),
        hidden=fields(report, pid, lambda r: r.vma, columns),
        numbers=span_numbers(space),
    )


def _total(outline: "Outline", count: int) -> str:
    vmas = counted(count, "VMA")
    return vmas if outline.size is None else f"{vmas}, {size(outline.size)} of addresses"


def json(report: "Report", only: int | None) -> dict[str, "Json"]:
    """Every VMA of the tasks, for programs."""
    return {"tasks": [_task_json(report, pid) for pid in report.pids(only)]}


def _task_json(report: "Report", pid: int) -> dict[str, "Json"]:
    rows = table(report, pid).rows
    core = report.dump.core(pid)
    task = report.dump.tasks[report.dump.pids[pid]]
    return {
        "pid": pid,
        "ppid": task.ppid,
        "comm": report.comm(pid),
        "state": core.state_name,
        "vmas": [
            {
                "start": row.vma.start,
                "end": row.vma.end,
                "prot": row.vma.prot,
                "flags": row.vma.flags,
                "status": row.vma.status,
                "kind": row.kind.value,
                "path": row.path or None,
                "pgoff": row.vma.pgoff,
            }
            for row in rows
        ],
    }


_KIND_TONES = {VmaKind.GUARD: Tone.DIM, VmaKind.VSYSCALL: Tone.DIM}
