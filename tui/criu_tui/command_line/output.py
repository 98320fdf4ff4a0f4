"""Text or JSON on standard output, as it is made."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from criu_tui import terminal
from criu_tui.core.base.ascii import to_ascii

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.command_line.options import Options
    from criu_tui.core.base.json import Json, Member
    from criu_tui.core.report.report import Report

    Content = Mapping[str, Json | Iterator[Json] | Iterator[Iterator[Member]]]
    """Lists may be made item by item while they are written, and these items member by member."""


HELD = 128
"""Lines, or items of an item's list, that are written at once."""


def write(
    report: Report,
    options: Options,
    content: Callable[[], Content],
    lines: Callable[[], Iterator[str]],
) -> None:
    """Writes content or lines, as the options ask, once every image is read. Raises OutputError."""
    report.read_all()
    put(options, content, lines)


def put(options: Options, content: Callable[[], Content], lines: Callable[[], Iterator[str]]) -> None:
    """Writes content or lines, as the options ask, as they are made. Raises OutputError."""
    with terminal.output():
        if options.format == "json":
            write_json(content())
        else:
            made = lines()
            for text in encodable(_together(map(to_ascii, made) if options.ascii else made)):
                sys.stdout.write(text)


def write_json(content: Content) -> None:
    """As json.dump writes it, list item by list item: a whole item is encoded in C, what is dumped to a file is not."""
    before = "{"
    for name, value in content.items():
        sys.stdout.write(f"{before}{json.dumps(name)}: ")
        before = ", "
        if isinstance(value, (list, Iterator)):
            sys.stdout.write("[")
            for position, item in enumerate(value):
                if position:
                    sys.stdout.write(", ")
                if isinstance(item, Iterator):
                    _write_members(item)
                else:
                    sys.stdout.write(json.dumps(item))
            sys.stdout.write("]")
        else:
            sys.stdout.write(json.dumps(value))
    sys.stdout.write("}\n")


def _write_members(members: Iterator[Member]) -> None:
    """An object whose members, and the items of their lists, are made while it is written."""
    before = "{"
    for name, value in members:
        sys.stdout.write(f"{before}{json.dumps(name)}: ")
        before = ", "
        if isinstance(value, Iterator):
            comma = "["
            while held := [*itertools.islice(value, HELD)]:
                sys.stdout.write(f"{comma}{json.dumps(held)[1:-1]}")
                comma = ", "
            sys.stdout.write("]" if comma == ", " else "[]")
        else:
            sys.stdout.write(json.dumps(value))
    sys.stdout.write("}")


def _together(lines: Iterator[str]) -> Iterator[str]:
    """Lines with their ends, about as many in one as a file holds back anyway; one by one where somebody watches."""
    many = 1 if sys.stdout.isatty() else HELD
    while held := [*itertools.islice(lines, many)]:
        yield "\n".join((*held, ""))


def encodable(lines: Iterator[str]) -> Iterator[str]:
    """Lines with what the terminal's encoding lacks written as escapes."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        yield line if line.isascii() else line.encode(encoding, "backslashreplace").decode(encoding)
