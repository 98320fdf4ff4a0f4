"""Writes the pages of tui/docs that the program itself knows: `python -m tests.documents`."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from criu_tui import commands
from criu_tui.cli import main
from criu_tui.command_line.building import built
from criu_tui.command_line.opening import opened
from criu_tui.command_line.options import Options
from criu_tui.command_line.scratch import Scratch
from criu_tui.core.report.registry import PRINTED, SHOWN
from criu_tui.core.report.report import Report
from criu_tui.core.restore.preflight.table import SUBJECTS

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.commands import Command

DOCS = Path(__file__).parent.parent / "tui" / "docs"
PARTS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    ("Everywhere", commands.MAIN + commands.PANES + commands.BORDERS),
    ("In every pane", commands.PANE),
    ("In tables", commands.TABLE),
    ("Overview", commands.OVERVIEW),
    ("Coverage", commands.COVERAGE),
    ("Heat map", commands.HEAT),
    ("Ids", commands.IDS),
    ("Log", commands.LOG),
    ("Findings", commands.FINDINGS),
    ("Bytes", commands.BYTES + commands.HEX),
    ("Task", commands.TASK),
    ("Files", commands.FILES),
    ("Diff", commands.DIFF),
    ("Images", commands.IMAGES),
    ("Memory", commands.MEMORY),
    ("In a session of several people", commands.SESSION),
    ("Where several containers lie beside each other", commands.CONTAINERS),
    ("In panes over rows that a host sends", commands.REMOTE),
    ("Start screen", commands.OPEN),
    ("While an archive is read", commands.OPENING),
    ("Any time", commands.TERMINAL),
)
"""Every command, where it is within reach."""


def keys_page() -> str:
    """All keys, with the sentence that the palette says of each."""
    return "\n".join(_keys_lines())


def _keys_lines() -> Iterator[str]:
    yield "# Keys"
    yield ""
    yield "Written by `python -m tests.documents` from what the program binds. A pane may take a key of the wider"
    yield "places for a command of its own. `?` says the same of the pane in front, `:` finds commands by their words."
    for title, scope in PARTS:
        yield ""
        yield f"## {title}"
        yield ""
        yield "| Key | Command | |"
        yield "|---|---|---|"
        for command in scope:
            keys = " ".join(f"`{key}`" for key in command.shown.split()) or f"`:{command.label}`"
            yield f"| {keys} | {command.label} | {command.help.replace('|', '')} |"
    yield ""


MARK = "<!-- Below: python -m tests.documents -->\n"
"""What the program knows stands below it, to the end of a page that is otherwise written by hand."""
TOLD_ELSEWHERE = frozenset({"image", "search"})
"""Printed panes whose JSON is crit's, or asks for more than a dump."""
EXAMPLES = (
    ("--demo", "boundary"), ("--demo", "userns"), ("--demo", "userns-mapped"), ("--demo", "fork"),
    *((str(DUMPS / name / "dump"),) for name in ("every-kind", "incremental", "random-2-fork", "userns-three-extents")),
)  # fmt: skip
"""Dumps whose JSON is told of."""
ANYWHERE = ("--no-host-checks", "--host", "overcommit=0,mem=24684084K,swap=0K")
"""Leaves out what differs from one machine to another."""


def _check_lines() -> Iterator[str]:
    yield "| Id | What is looked at |"
    yield "|---|---|"
    for subject in SUBJECTS:
        yield f"| `{subject.id}` | {subject.what} |"


def _filter_lines() -> Iterator[str]:
    yield "| Pane | Columns |"
    yield "|---|---|"
    with Scratch() as scratch:
        report = opened(Options(demo="boundary"), built("boundary", scratch))
        assert isinstance(report, Report)
        for kind in SHOWN.values():
            columns = kind.build(report, 4242).columns
            # What a term can name: a title without blanks, or how it begins.
            names = (re.match(r"[a-z]\w*", column.title.lower().replace(" ", "")) for column in columns)
            if len(columns) > 1:
                yield f"| {kind.name} | {' '.join(f'`{name[0]}`' for name in names if name)} |"


def _json_lines() -> Iterator[str]:
    for name in PRINTED:
        if name in TOLD_ELSEWHERE:
            continue
        found: dict[str, set[str]] = {}
        other = ("--against", str(DUMPS / "random-1" / "dump")) if name == "diff" else ()
        for example in EXAMPLES:
            printed = io.StringIO()
            with redirect_stdout(printed):
                status = main(["--print", name, "--format", "json", *ANYWHERE, *other, *example])
            if status == 0:
                _note_shape(json.loads(printed.getvalue()), "", found)
        yield f"## {name}"
        yield ""
        yield "```"
        yield from (f"{path}  {' | '.join(sorted(kinds)) or 'list'}" for path, kinds in found.items())
        yield "```"
        yield ""


_KINDS = {bool: "true or false", int: "number", float: "number", str: "text", type(None): "null"}


def _note_shape(value: Any, path: str, found: dict[str, set[str]]) -> None:
    """Adds the kinds of all values below a path, in the order in which they are met."""
    if isinstance(value, dict):
        for key, each in value.items():
            name = key if key.isidentifier() else "*"
            _note_shape(each, f"{path}.{name}" if path else name, found)
    elif isinstance(value, list):
        found.setdefault(f"{path}[]", set())
        for each in value:
            _note_shape(each, f"{path}[]", found)
    else:
        found.setdefault(path, set()).add(_KINDS[type(value)])


WRITTEN: dict[str, Callable[[], Iterator[str]]] = {
    "checks.md": _check_lines,
    "filters.md": _filter_lines,
    "json.md": _json_lines,
}
"""Pages with a part that the program knows."""


def page(name: str) -> str:
    """A page of WRITTEN as it should be: what is written by hand, and what the program knows today."""
    by_hand, _, _ = (DOCS / name).read_text(encoding="utf-8").partition(MARK)
    return by_hand + MARK + "\n" + "\n".join(WRITTEN[name]()).rstrip() + "\n"


if __name__ == "__main__":
    (DOCS / "keys.md").write_text(keys_page(), encoding="utf-8")
    for each in WRITTEN:
        (DOCS / each).write_text(page(each), encoding="utf-8")
