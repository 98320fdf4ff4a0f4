"""Tables that a pane shows one after another: what they are called, and the columns that most of them have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from criu_tui.core.base.units import counted, size
from criu_tui.core.tables.table import Column, Table, Tint, Tone, widest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.report.report import Report

WIDTH_ROWS = 1000
"""Rows that are looked at for the width of a column."""


class Section(NamedTuple):
    """One of the tables of a pane."""

    id: str
    """In JSON."""
    title: str
    table: Callable[[Report], Table[Any]]
    json: Callable[[Report], Json]


def column(
    title: str,
    text: Callable[[Any], str],
    rows: Sequence[Any],
    weight: int = 0,
    tint: Callable[[Any], Tint] | None = None,
) -> Column[Any]:
    """A column of text as wide as its widest cell."""
    return Column(title, text, widest(title, {text(row) for row in rows[:WIDTH_ROWS]}), weight=weight, tint=tint)


def bytes_column(title: str, amount: Callable[[Any], int], weight: int = 0, most: int = 0) -> Column[Any]:
    """A column of sizes in bytes; nothing for 0. With bars where the most that there is is given."""
    return Column(
        title,
        lambda row: size(amount(row)) if amount(row) else "",
        max(9, len(title)),
        right=True,
        sort=amount,
        weight=weight,
        part=(lambda row: amount(row) / most) if most else None,
        whole=f"→{size(most).replace(' ', '')}" if most else "",
    )


def plain(title: str, columns: tuple[Column[Any], ...], rows: Sequence[Any], noun: str) -> Table[Any]:
    """A table whose rows belong to no task and no address."""
    return Table(
        title,
        columns,
        rows,
        lambda _: (None, None),
        lambda _: Tone.PLAIN,
        total=counted(len(rows), noun),
        empty=f"no {noun}s in this dump",
    )


def sections_text(sections: Sequence[Section], report: Report) -> Iterator[str]:
    """Those of the sections that hold anything, one after another, each with an empty line before it."""
    for section in sections:
        made = section.table(report)
        if made.rows:
            yield ""
            yield from made.titled_text()
