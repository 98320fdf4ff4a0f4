"""The namespaces that the tasks are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import number, some
from criu_tui.core.dump.namespaces import KINDS, clocks
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.namespaces import Namespace
    from criu_tui.core.report.report import Report

_WHOSE = {True: "CRIU's own", False: "the dump's", None: "unknown"}


def table(report: Report) -> Table[Namespace]:
    """Every namespace by kind and id: which tasks are in it, and whether CRIU was too."""
    rows = report.namespaces
    tasks = len(report.dump.pids)
    return Table(
        "Namespaces",
        (
            Column("Kind", lambda r: r.kind, 6, sort=lambda r: KINDS.index(r.kind)),
            Column("Id", lambda r: str(r.id), 4, right=True, sort=lambda r: r.id),
            Column("Whose", lambda r: _WHOSE[r.shared_with_criu], 10),
            Column("Tasks", lambda r: _members(r, tasks), widest("Tasks", {_members(r, tasks) for r in rows})),
            Column("Says", lambda r: display_safe(r.detail, 200), 30, weight=1),
        ),
        rows,
        lambda r: (r.pids[0] if r.pids else None, None),
        lambda r: Tone.DIM if r.shared_with_criu else Tone.PLAIN,
        notes=tuple(_notes(report)),
        empty="no ids-PID.img says which namespaces the tasks are in",
    )


def json(report: Report, only: int | None) -> list[Json]:
    """The namespaces of all tasks or of one."""
    return [
        {
            "kind": n.kind,
            "id": n.id,
            "tasks": list(n.pids),
            "own": None if n.shared_with_criu is None else not n.shared_with_criu,
            "detail": display_safe(n.detail),
        }
        for n in report.namespaces
        if only is None or only in n.pids
    ]


def _members(row: Namespace, tasks: int) -> str:
    if len(row.pids) == tasks > 1:
        return f"all {number(tasks)}, shared"
    return f"{some(row.pids, 6)}{', shared' if len(row.pids) > 1 else ''}"


def _notes(report: Report) -> Iterator[tuple[Tone, str]]:
    kinds = [kind for kind in KINDS if sum(row.kind == kind for row in report.namespaces) > 1]
    if kinds:
        yield Tone.NOTE, f"the tasks are not all in one namespace of these kinds: {', '.join(kinds)}"
    read = clocks(report.dump)
    if read is not None:
        (monotonic, _), (boot, _) = read
        yield (
            Tone.PLAIN,
            f"clocks when dumped, where a restored time namespace goes on: monotonic {number(monotonic)} s, "
            f"boot {number(boot)} s",
        )
