"""What somebody without the checkpoint asks of one who has it, and what comes back: rows, not images."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.tables.table import Tint, Tone

if TYPE_CHECKING:
    from criu_tui.core.base.span import Span

ROWS = 100
"""Rows of one answer."""
LINES = 100
"""Lines of text of one answer."""
COLUMNS = 24
"""Columns of a table."""
COUNT_MAX = 1 << 24
"""Rows of a table; of a longer one the others are not told of."""


class Sought(enum.Enum):
    """What a question asks for."""

    TASKS = "tasks"
    """A row for each task: name, state, parent, depth."""
    TABLE = "table"
    """The columns, the notes and the number of rows, and the rows around the address."""
    ROWS = "rows"
    """Further rows of the same table."""
    EXPLAINED = "explained"
    """What stands below a table of the row at `first`."""
    DETAIL = "detail"
    """Everything known of that row."""
    PLACE = "place"
    """The task and address that `text` leads to."""


class Question(NamedTuple):
    """One question; what a table is told from others by stands in it, so that nobody keeps anything between two."""

    sought: Sought
    pane: str
    """One of SHOWN."""
    task: int | None = None
    """A PID."""
    address: int | None = None
    """The selected one: the rows of a TABLE are those around it, and of the bytes those of its page."""
    release: str = ""
    """As --criu takes it; empty: that of who answers."""
    section: int = 0
    """Which of the tables of a pane, 0 being the one that it opens with."""
    text: str = ""
    """A filter as people type it; of a PLACE what people type to go there."""
    column: int | None = None
    """Index of the column that rows are sorted by; None: the table's own order."""
    descending: bool = False
    values: bool = False
    """Whether the values of the environment are sought."""
    first: int = 0
    """Position of a row in that order."""
    most: int = ROWS
    """Rows at most."""


class ColumnHead(NamedTuple):
    """One column."""

    title: str
    width: int
    """Characters."""
    right: bool = False
    weight: int = 0
    least: int | None = None


class Row(NamedTuple):
    """One row as it is shown."""

    at: int
    """Its position."""
    cells: tuple[str, ...]
    tone: Tone = Tone.PLAIN
    tints: tuple[Tint, ...] = ()
    """Of each cell; PLAIN where it has none."""
    task: int | None = None
    span: Span | None = None
    leads: str = ""
    """Id of the pane that shows more; empty: none does."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back; of what was not asked for nothing."""

    reason: str = ""
    """Why there is no more; empty: all that was asked for is here."""
    title: str = ""
    total: str = ""
    """What all rows come to."""
    empty: str = ""
    """What is said where there are no rows."""
    count: int = 0
    """Rows of the table."""
    at: int | None = None
    """Position of the row at the address."""
    columns: tuple[ColumnHead, ...] = ()
    rows: tuple[Row, ...] = ()
    lines: tuple[tuple[Tone, str], ...] = ()
    """Notes of a table, or what is told of a row."""
    task: int | None = None
    address: int | None = None
    """Of a PLACE."""


def unknown_row(at: int, columns: int) -> Row:
    """Stands for a row until it has come."""
    return Row(at, ("…",) + ("",) * (columns - 1))
