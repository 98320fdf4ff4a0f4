"""Changes of the container's root file system that its engine kept beside the images, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, size
from criu_tui.core.dump.root_files import DIFF
from criu_tui.core.report.section import column
from criu_tui.core.tables.table import Column, Table, Tone

if TYPE_CHECKING:
    from criu_tui.core.base.json import Json
    from criu_tui.core.report.report import Report

LISTED = 1000
"""Paths that are listed in JSON."""


class RootRow(NamedTuple):
    """A path that was changed, made or deleted since the container's image."""

    change: str
    path: str
    size: int | None
    link: str = ""


def table(report: Report) -> Table[RootRow]:
    """What is in rootfs-diff.tar, then the paths of deleted.files."""
    found = report.root_files
    rows: tuple[RootRow, ...] = ()
    notes: list[tuple[Tone, str]] = []
    if found is not None:
        rows = (
            *(RootRow("changed", each.path, each.size, each.link) for each in found.changed),
            *(RootRow("deleted", path, None) for path in found.deleted),
        )
        total = size(sum(each.size for each in found.changed))
        said = f"{counted(len(found.changed), 'file')} changed or made, {total}; {len(found.deleted)} deleted"
        notes = [(Tone.PLAIN, said), *((Tone.WARNING, str(problem)) for problem in found.problems)]
    return Table(
        "Root file system",
        (
            Column("Change", lambda r: r.change, 7),
            Column("Size", lambda r: "" if r.size is None else size(r.size), 9, right=True, sort=lambda r: r.size or 0),
            column("Path", _path, rows),
        ),
        rows,
        lambda r: (None, None),
        lambda r: Tone.PLAIN,
        notes=tuple(notes),
        empty="no engine kept changes of a root file system here",
    )


def _path(row: RootRow) -> str:
    path = display_safe(row.path)
    return f"{path} -> {display_safe(row.link)}" if row.link else path


def json(report: Report) -> Json:
    """Null where no engine kept any; sizes in bytes."""
    found = report.root_files
    if found is None:
        return None
    return {
        "bytes": dict(found.archives).get(DIFF, 0),
        "changed": [
            {"path": display_safe(each.path), "bytes": each.size, "link": display_safe(each.link) or None}
            for each in found.changed[:LISTED]
        ],
        "deleted": [display_safe(path) for path in found.deleted[:LISTED]],
        "changed_count": len(found.changed),
        "deleted_count": len(found.deleted),
        "archives": {display_safe(name): length for name, length in found.archives},
        "problems": [str(problem) for problem in found.problems],
    }
