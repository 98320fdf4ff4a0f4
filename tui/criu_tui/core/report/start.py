"""What can be opened: the built-in dumps, and the directories here with the dumps marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.demos import DEMOS
from criu_tui.core.source.entries import archives, entries
from criu_tui.core.source.error import reason_of
from criu_tui.core.source.holding import Holding
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from criu_tui.core.report.listing import Listed
    from criu_tui.core.source.entries import DirectoryEntry
    from criu_tui.core.source.source import Source


@dataclass(frozen=True, slots=True)
class StartRow:
    """Something to open, or a directory to look into."""

    name: str
    what: str
    tone: Tone
    demo: str | None = None
    directory: Path | None = None
    dump: bool = False
    """The directory, or the archive at this path, is a dump: it opens."""
    source: Source | None = None
    """A checkpoint that has been found already, such as one in an archive."""


def table(directory: Path, found: Sequence[Listed] = ()) -> Table[StartRow]:
    """What was found below a directory, an absolute path, then its dumps; then built-in ones, then where to look."""
    notes: list[tuple[Tone, str]] = [
        (Tone.PLAIN, "criu-tui opens a CRIU dump: memory maps, dumped pages, what a restore would map,"),
        (Tone.PLAIN, "and what will fail, where and why. Nothing is ever written into a dump."),
    ]
    here: list[StartRow] = []
    packed: list[StartRow] = []
    if directory.is_dir():
        try:
            here = [_row(entry) for entry in entries(directory)]
            packed = [_archive(path) for path in archives(directory)]
        except OSError as error:
            notes.append((Tone.WARNING, f"{display_safe(str(directory))}: {reason_of(error)}"))
    if found:
        # They are those of this directory too, and say more.
        here, packed = [row for row in here if not row.dump], []
    demos = [StartRow(f"demo {demo.name}", demo.title, Tone.NOTE, demo=demo.name) for demo in DEMOS.values()]
    rows = [
        *(_checkpoint(each, directory) for each in found),
        *(row for row in here if row.dump),
        *packed,
        *demos,
        StartRow("..", "the directory above", Tone.DIM, directory=directory.parent),
        *(row for row in here if not row.dump),
    ]
    place = display_safe(str(directory))
    count = sum(1 for row in rows if row.dump)
    inside = any(not row.dump and row.what for row in here)
    if count or inside:
        notes.append((Tone.NOTE, f"In {place}:"))
    else:
        notes.append((Tone.WARNING, f"No checkpoint in {place}, nor in the directories there."))
        notes.append((Tone.NOTE, "Enter on a demo shows what this program does; a directory leads to what is in it."))
    width = min(40, widest("Open", {row.name for row in rows}))
    return Table(
        "Open",
        (
            Column("Open", lambda row: row.name, width),
            Column("What it is", lambda row: row.what, widest("What it is", {row.what for row in rows})),
        ),
        rows,
        lambda row: (None, None),
        lambda row: row.tone,
        notes=tuple(notes),
        total=f"{counted(count, 'checkpoint')}, {counted(len(demos), 'demo')}",
    )


def _checkpoint(found: Listed, directory: Path) -> StartRow:
    name = display_safe(str(found.path.relative_to(directory) if found.path.is_relative_to(directory) else found.path))
    tone = Tone.WARNING if found.lacks else Tone.PLAIN
    return StartRow(name, found.what, tone, directory=found.path, dump=True, source=found.source)


def _archive(path: Path) -> StartRow:
    return StartRow(display_safe(path.name, 80), "archive", Tone.PLAIN, directory=path, dump=True)


def _row(entry: DirectoryEntry) -> StartRow:
    if entry.holding is Holding.DUMP:
        what = f"dump of {counted(entry.tasks, 'task')}" if entry.tasks else "dump"
    elif entry.dumps:
        what = f"{counted(entry.dumps, 'dump')} inside"
    else:
        what = entry.holding.value
    is_dump = entry.holding is not Holding.OTHER
    name = f"{display_safe(entry.path.name, 80)}/"
    return StartRow(name, what, Tone.PLAIN if what else Tone.DIM, directory=entry.path, dump=is_dump)
