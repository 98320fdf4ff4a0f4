"""What can be opened: the built-in dumps, and the directories here with the dumps marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.demos import DEMOS
from criu_tui.core.source.dumps_below import entries
from criu_tui.core.source.error import reason_of
from criu_tui.core.source.holding import Holding
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.source.dumps_below import Entry


@dataclass(frozen=True, slots=True)
class StartRow:
    """Something to open, or a directory to look into."""

    name: str
    what: str
    tone: Tone
    demo: str | None = None
    directory: Path | None = None
    dump: bool = False
    """The directory is a dump: it opens."""


def table(directory: Path) -> Table[StartRow]:
    """Dumps of a directory, an absolute path, first; then the built-in ones, then where to look further."""
    notes: list[tuple[Tone, str]] = [
        (Tone.PLAIN, "criu-tui opens a CRIU dump: memory maps, dumped pages, what a restore would map,"),
        (Tone.PLAIN, "and what will fail, where and why. Nothing is ever written into a dump."),
    ]
    try:
        found = entries(directory)
    except OSError as error:
        notes.append((Tone.WARNING, f"{display_safe(str(directory))}: {reason_of(error)}"))
        found = []
    here = [_row(entry) for entry in found]
    demos = [StartRow(f"demo {demo.name}", demo.title, Tone.NOTE, demo=demo.name) for demo in DEMOS.values()]
    rows = [
        *(row for row in here if row.dump),
        *demos,
        StartRow("..", "the directory above", Tone.DIM, directory=directory.parent),
        *(row for row in here if not row.dump),
    ]
    notes.append((Tone.NOTE, f"In {display_safe(str(directory))}:"))
    width = min(40, widest("Open", {row.name for row in rows}))
    return Table(
        "Open",
        (
            Column("Open", lambda row: row.name, width),
            Column("What it is", lambda row: row.what, 40),
        ),
        rows,
        lambda row: (None, None),
        lambda row: row.tone,
        notes=tuple(notes),
    )


def _row(entry: Entry) -> StartRow:
    if entry.holding is Holding.DUMP:
        what = f"dump of {counted(entry.tasks, 'task')}" if entry.tasks else "dump"
    elif entry.dumps:
        what = f"{counted(entry.dumps, 'dump')} inside"
    else:
        what = entry.holding.value
    is_dump = entry.holding is not Holding.OTHER
    name = f"{display_safe(entry.path.name, 80)}/"
    return StartRow(name, what, Tone.PLAIN if what else Tone.DIM, directory=entry.path, dump=is_dump)
