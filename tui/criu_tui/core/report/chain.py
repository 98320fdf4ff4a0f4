"""The chain of an incremental dump as a timeline, the oldest first: what each wrote, what a restore reads of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import PAGE, counted, moment, number, size
from criu_tui.core.pages.chain import flattened, levels
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.pages.chain import ChainedDump
    from criu_tui.core.report.report import Report

BAR = 20
"""Characters of the longest bar."""


def table(report: Report) -> Table[ChainedDump]:
    """A row for each dump, the oldest first."""
    found = _levels(report)
    most = max((level.written for level in found), default=0)

    def count(title: str, get: Callable[[ChainedDump], int], weight: int = 0) -> Column[ChainedDump]:
        cells = {number(get(level)) for level in found}
        return Column(title, lambda r: number(get(r)), widest(title, cells), right=True, sort=get, weight=weight)

    return Table(
        "Chain",
        (
            Column("Up", lambda r: str(r.depth), 2, right=True, sort=lambda r: r.depth),
            Column("Taken", _taken, 19, weight=3),
            Column("Size", lambda r: size(r.stored), 9, right=True, sort=lambda r: r.stored),
            Column("Written", lambda r: _bar(r.written, most), BAR, weight=4, sort=lambda r: r.written),
            count("New", lambda r: r.new),
            count("Rewritten", lambda r: r.rewritten),
            count("Inherited", lambda r: r.inherited),
            count("Read", lambda r: r.read),
            count("Never read", lambda r: r.never_read, 1),
            Column(
                "Holes", lambda r: size(r.holes) if r.holes else "", 9, right=True, sort=lambda r: r.holes, weight=2
            ),
            # Dumps of a chain have the beginning of their paths in common.
            Column("Where", _where, widest("Where", set(map(_where, found))), least=32),
        ),
        found,
        lambda r: (None, None),
        lambda r: Tone.ERROR if r.lost else Tone.NOTE if r.may_go else Tone.PLAIN,
        notes=tuple(notes(report, found)),
        empty="no dump",
    )


def _levels(report: Report) -> tuple[ChainedDump, ...]:
    return tuple(reversed(report.dump.once("chain", lambda: levels(report.dump))))


def _taken(level: ChainedDump) -> str:
    taken = None if level.taken is None else moment(level.taken)
    return "" if taken is None else f"{taken:%Y-%m-%d %H:%M:%S}"


def _bar(count: int, most: int) -> str:
    """The working set of an interval against the largest one."""
    return "█" * (-(-count * BAR // most) if most else 0)


def _where(level: ChainedDump) -> str:
    return display_safe(str(level.dump.shown_path))


def notes(report: Report, found: tuple[ChainedDump, ...]) -> Iterator[tuple[Tone, str]]:
    """What one dump in their place would be, and which of them could go."""
    if len(found) == 1:
        missing = " that can be opened" if report.dump.incremental else ""
        yield Tone.PLAIN, f"a dump without a parent{missing}: {counted(found[0].written, 'page')}"
        return
    one = flattened(found)
    less = f"{size(one.saved)} less than" if one.saved >= 0 else f"{size(-one.saved)} more than"
    yield (
        Tone.PLAIN,
        f"{counted(len(found), 'dump')}; flattened: {counted(one.pages, 'page')}, {size(one.pages * PAGE)}, {less} now",
    )
    for level in found:
        if level.lost:
            yield Tone.ERROR, f"{counted(level.lost, 'page')} should be in {_where(level)}, and are not"
        elif level.may_go:
            past = "have none" if level.depth == len(found) - 1 else "lead to its parent"
            yield Tone.NOTE, f"{_where(level)} could go: nothing of it is read; the link `parent` would then {past}"
        elif level.never_read * PAGE > level.holes:
            waste = size(level.never_read * PAGE - level.holes)
            yield Tone.DIM, f"{_where(level)}: {waste} are never read again; criu dedup would give them back"


def text(report: Report, only: int | None) -> Iterator[str]:
    """The timeline."""
    yield from table(report).titled_text()


def json(report: Report, only: int | None) -> dict[str, Json]:
    """Each dump of the chain, the oldest first, and what one dump in their place would be."""
    found = _levels(report)
    one = flattened(found)
    return {
        "levels": [
            {
                "depth": level.depth,
                "path": _where(level),
                "taken": None if level.taken is None else int(level.taken),
                "stored": level.stored,
                "holes": level.holes,
                "written": level.written,
                "new": level.new,
                "rewritten": level.rewritten,
                "inherited": level.inherited,
                "read": level.read,
                "never_read": level.never_read,
                "lost": level.lost,
                "may_go": level.may_go,
            }
            for level in found
        ],
        "flattened": {"pages": one.pages, "bytes": one.pages * PAGE, "saved": one.saved},
    }
