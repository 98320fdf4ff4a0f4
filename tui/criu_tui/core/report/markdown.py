"""A pane as Markdown, for an issue report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from criu_tui.core.base.units import number
from criu_tui.core.report import place

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.view import View

R = TypeVar("R")


def text(report: Report, pane: str, pid: int | None, where: int | None, view: View[R], limit: int) -> str:
    """Title, command line and rows in a fence that nothing in them can close; at most `limit` characters of rows."""
    lines: list[str] = []
    room = limit
    left_out = 0
    for line in view.text():
        room -= len(line) + 1
        if room >= 0:
            lines.append(line)
        else:
            left_out += 1
    if left_out:
        lines.append(f"... {number(left_out)} more lines")
    body = "\n".join(lines)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", body)), default=0))
    command = place.command_line(report, pane, pid, where)
    tilde = "~" * max(3, 1 + max((len(run) for run in re.findall("~+", command)), default=0))
    return (
        f"### {_escaped(view.table.title)} ({view.count})\n\n"
        f"{tilde}sh\n{command}\n{tilde}\n\n"
        f"{fence}text\n{body}\n{fence}\n"
    )


def _escaped(title: str) -> str:
    """Punctuation that Markdown or HTML could act on, made inert; a comm is the dump's own text."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|&~@-])", r"\\\1", title)
