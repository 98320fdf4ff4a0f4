"""The lines by which somebody without the checkpoint asks for what the panes show, and those that answer.

A question is one line. An answer is many: the table, its columns, its rows, lines of text, and an end; all of them have
the number of the question.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.span import Span
from criu_tui.core.report.questions import (
    COLUMNS,
    COUNT_MAX,
    ROWS,
    Answer,
    ColumnHead,
    Question,
    Row,
    Sought,
)
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.tables.table import Tint, Tone
from criu_tui.share.fields import ADDRESS_MAX, LABEL_SIZE, NAME_SIZE, PID_MAX, TEXT_SIZE, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from criu_tui.share.fields import Fields

NUMBER_MAX = 1 << 31
"""Numbers of questions."""
SECTION_MAX = 64
WIDTH_MAX = 1000
"""Characters of a column, and weights."""
CELL_SIZE = 1000
"""Characters of a cell, or of a line of text."""
TEXT_BYTES = 2800
"""Bytes that the texts of one line take as JSON: what is left of a line is enough for all else."""
_TONES = {each.value: each for each in Tone}
_TINTS = {each.value: each for each in Tint}
_SOUGHT = {each.value: each for each in Sought}


class RowsAsked(NamedTuple):
    """A question of a guest."""

    id: int
    question: Question


class Tabled(NamedTuple):
    """What a table is; its columns, rows and notes come in lines of their own."""

    id: int
    title: str
    total: str
    empty: str
    rows: int
    at: int | None


class Titled(NamedTuple):
    """The next column."""

    id: int
    head: ColumnHead


class Rowed(NamedTuple):
    """A row."""

    id: int
    row: Row


class RowsTold(NamedTuple):
    """A line of text."""

    id: int
    tone: Tone
    text: str


class Ended(NamedTuple):
    """The end of an answer; of a place the place."""

    id: int
    reason: str = ""
    task: int | None = None
    address: int | None = None


RowLine = RowsAsked | Tabled | Titled | Rowed | RowsTold | Ended

ROW_KINDS: Mapping[type[RowLine], str] = {
    RowsAsked: "ask",
    Tabled: "table",
    Titled: "column",
    Rowed: "row",
    RowsTold: "line",
    Ended: "end",
}


def fields_of(message: RowLine) -> dict[str, object]:
    """The fields of a line, without its kind."""
    fields: dict[str, object] = {"id": message.id}
    match message:
        case RowsAsked(_, question):
            fields |= question._asdict()
            fields["sought"] = question.sought.value
        case Titled(_, head):
            fields |= head._asdict()
        case Rowed(_, row):
            fields |= {"at": row.at, "cells": row.cells, "tone": row.tone.value, "task": row.task, "leads": row.leads}
            fields["tints"] = [each.value for each in row.tints]
            if row.span is not None:
                fields |= {"start": row.span.start, "end": row.span.end}
        case RowsTold(_, tone, text):
            fields |= {"tone": tone.value, "text": text}
        case Tabled() | Ended():
            fields |= message._asdict()
    return fields


def row_line(kind: str, fields: Fields) -> RowLine:
    """The line of a kind. Raises ProtocolError."""
    number = fields.counted("id", NUMBER_MAX)
    match kind:
        case "ask":
            return RowsAsked(number, _question(fields))
        case "table":
            title, total, empty = (fields.text(name, TEXT_SIZE) for name in ("title", "total", "empty"))
            rows, at = fields.counted("rows", COUNT_MAX + 1), fields.number("at", COUNT_MAX)
            return Tabled(number, title, total, empty, rows, at)
        case "column":
            widths = (fields.counted("width", WIDTH_MAX), fields.flag("right"), fields.counted("weight", WIDTH_MAX))
            return Titled(
                number, ColumnHead(fields.text("title", LABEL_SIZE), *widths, fields.number("least", WIDTH_MAX))
            )
        case "row":
            return Rowed(number, _row(fields))
        case "line":
            return RowsTold(number, _TONES[fields.one_of("tone", _TONES)], fields.cell("text", CELL_SIZE))
        case _:
            place = fields.number("task", PID_MAX), fields.number("address", ADDRESS_MAX)
            return Ended(number, fields.text("reason", TEXT_SIZE), *place)


def _question(fields: Fields) -> Question:
    return Question(
        _SOUGHT[fields.one_of("sought", _SOUGHT)],
        fields.one_of("pane", SHOWN),
        fields.number("task", PID_MAX),
        fields.number("address", ADDRESS_MAX),
        fields.text("release", NAME_SIZE),
        fields.counted("section", SECTION_MAX),
        fields.text("text", TEXT_SIZE),
        fields.number("column", COLUMNS),
        fields.flag("descending"),
        fields.flag("values"),
        fields.counted("first", COUNT_MAX),
        fields.counted("most", ROWS + 1),
    )


def _row(fields: Fields) -> Row:
    start, end = fields.number("start", ADDRESS_MAX), fields.number("end", ADDRESS_MAX + 1)
    tints = fields.cells("tints", COLUMNS, NAME_SIZE)
    if not all(each in _TINTS for each in tints):
        raise ProtocolError("a tint that is not here")
    return Row(
        fields.counted("at", COUNT_MAX),
        fields.cells("cells", COLUMNS, CELL_SIZE),
        _TONES[fields.one_of("tone", _TONES)],
        tuple(_TINTS[each] for each in tints),
        fields.number("task", PID_MAX),
        None if start is None or end is None else Span(start, end),
        "" if not fields.text("leads", NAME_SIZE) else fields.one_of("leads", SHOWN),
    )


def lines_of(number: int, answer: Answer) -> Iterator[RowLine]:
    """An answer as lines, its end last; texts are cut to what a line holds."""
    if answer.columns:
        title, total, empty = fitting((answer.title, answer.total, answer.empty), TEXT_SIZE)
        yield Tabled(number, title, total, empty, answer.count, answer.at)
        yield from (
            Titled(number, head._replace(title=head.title[:LABEL_SIZE], width=min(head.width, WIDTH_MAX - 1)))
            for head in answer.columns
        )
    elif answer.count:
        yield Tabled(number, "", "", "", answer.count, None)
    yield from (Rowed(number, row._replace(cells=fitting(row.cells))) for row in answer.rows)
    yield from (RowsTold(number, tone, fitting((text,))[0]) for tone, text in answer.lines)
    yield Ended(number, fitting((answer.reason,), TEXT_SIZE)[0], answer.task, answer.address)


def fitting(texts: Sequence[str], size: int = CELL_SIZE) -> tuple[str, ...]:
    """Texts of at most `size` characters that all together fit into a line, the longest cut first."""
    cut = [text if len(text) <= size else f"{text[: size - 1]}…" for text in texts]
    while sum(len(json.dumps(text)) for text in cut) > TEXT_BYTES:
        longest = max(range(len(cut)), key=lambda at: len(json.dumps(cut[at])))
        cut[longest] = f"{cut[longest][: len(cut[longest]) // 2]}…"
    return tuple(cut)
