"""A pane as Markdown, for an issue report; pasted into a shell by mistake it runs the command line alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from criu_tui.core.base.units import number
from criu_tui.core.report import place, shell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.view import View

R = TypeVar("R")


def text(report: Report, pane: str, pid: int | None, where: int | None, view: View[R], limit: int) -> str:
    """Command line, title and rows; at most `limit` characters of rows.

    All that comes from the dump stands in fences that nothing in it can close, where neither links nor
    mentions nor HTML are made, on lines that do nothing when they are pasted into a shell.
    """
    lines = [shell.comment(f"{view.table.title} ({view.count})")]
    room = limit
    left_out = 0
    for line in view.text():
        shown = shell.comment(line)
        room -= len(shown) + 1
        if room >= 0:
            lines.append(shown)
        else:
            left_out += 1
    if left_out:
        lines.append(shell.comment(f"... {number(left_out)} more lines"))
    body = "\n".join(lines)
    command = place.command_line(report, pane, pid, where)
    fence = _fence(command + body)
    return f"### criu-tui {pane}\n\n{fence}sh\n{command}\n{fence}\n\n{fence}text\n{body}\n{fence}\n"


def lines(report: Report, pane: str, pid: int | None, made: Iterator[str]) -> Iterator[str]:
    """A pane that is printed: the command line that opens it, then its lines, made safe as in `text`."""
    command = place.command_line(report, pane, pid, None)
    # Lines of the pane begin with "# " each: only the command could close a fence.
    fence = _fence(command)
    yield from (f"### criu-tui {pane}", "", f"{fence}sh", command, fence, "", f"{fence}text")
    yield from map(shell.comment, made)
    yield fence


def _fence(text: str) -> str:
    """A fence that nothing in a text closes; not of backticks, between which a shell would run the rows."""
    return "~" * max(3, 1 + max((len(run) for run in re.findall("~+", text)), default=0))
