"""The fields of all lines of a log, for who goes through all of it: a block's lines are taken apart at once.

Says of each line what `parse_line` says of it. One expression over a block takes the plain lines apart, which are by
far the most; every other line is left to `parse_line`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from criu_tui.core.base.expressions import expression
from criu_tui.core.logs.blocks import text_of_line
from criu_tui.core.logs.line import SUBSYSTEM, Level, parse_line
from criu_tui.core.logs.log import read_block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.logs.log import Log

_PLAIN = expression(
    # As the expression of `line`, and then: the PID as an int would print it, only what is shown as it stands, nothing
    # that may be an entity, an escaped end of line or a cut. What follows is all of the line, so that there is no other
    # way to take it apart, and none is tried.
    r"[ \t]*+(?:\((\d{1,12}\.\d{1,9})\) ?+)?+[ \t]*+(pie: )?+[ \t]*+(?!0\d|\d{11})(?:(\d+): )?+"
    r"(?:(Warn|Error) {0,4}\([^()\n&]{0,300}:\d{1,9}\): ?+)?+"
    rf"(?=(?:{SUBSYSTEM})?+)(?!Error \()([\t\x20-%'-\[\]-~]{{0,2000}}+)\n"
    r"|[^\n]*\n",
    re.ASCII,
)
_LEVELS = {"": Level.INFO.value, "Warn": Level.WARNING.value, "Error": Level.ERROR.value}


Fields: TypeAlias = tuple[str, str, str, str, str]
"""Of one line as `LogLine` has them: time; PID, empty for None; the value of its level; subsystem; text.

A plain tuple: of a million lines a record of each would cost as much as taking it apart.
"""


def fields(log: Log) -> Iterator[list[Fields]]:
    """The fields of every line of a log, block by block: as many as the log had when it was read."""
    for block, first in enumerate(log.firsts):
        end = log.firsts[block + 1] if block + 1 < len(log.firsts) else log.count
        yield _of_block(log, read_block(log, block), first, end - first)


def fields_of(log: Log, lines: Sequence[tuple[int, bytes]]) -> list[Fields]:
    """The fields of some lines, each with its number in the log, counted from 1."""
    joined = b"\n".join([raw for _, raw in lines]).decode("utf-8", "surrogateescape")
    plain = _taken_apart(f"{joined}\n") if lines else []
    return [found or _parsed(log, raw, number) for found, (number, raw) in zip(plain, lines, strict=True)]


def _of_block(log: Log, data: bytes, first: int, count: int) -> list[Fields]:
    """The fields of `count` lines, before which there are `first`."""
    text = data.decode("utf-8", "surrogateescape")
    plain = _taken_apart(text if text.endswith("\n") else f"{text}\n")[:count]
    # A file that has shrunk since has no such lines any more.
    plain += [None] * (count - len(plain))
    raw = data.split(b"\n") if None in plain else []
    return [
        found or _parsed(log, raw[index] if index < len(raw) else b"", first + index + 1)
        for index, found in enumerate(plain)
    ]


def _taken_apart(text: str) -> list[Fields | None]:
    """The fields of whole lines; None of one that is left to `parse_line`."""
    return [
        # One line may hold several messages, of which the later begin with a time or a mark.
        (time, pid, _LEVELS[level], "pie" if pie else subsystem, said)
        if (time or level or pie) and ") " not in said and "): " not in said
        else None
        for time, pie, pid, level, subsystem, said in _PLAIN.findall(text)
    ]


def _parsed(log: Log, raw: bytes, number: int) -> Fields:
    line = parse_line(number, text_of_line(raw), log.wrappings)
    return line.time, "" if line.pid is None else str(line.pid), line.level.value, line.subsystem, line.text
