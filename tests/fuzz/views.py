"""Every view of a dump that --print has, run in this process and held to what it promises.

Exit status 0, or 2 with one line; no exception; nothing that could act on a terminal;
JSON that parses. What a view may cost is in `limits`.
"""

from __future__ import annotations

import contextlib
import io
import json
from typing import TYPE_CHECKING

from criu_tui.cli import EXIT_FINE, EXIT_USAGE, PRINTED, main

from tests.fuzz.hostile import inert

if TYPE_CHECKING:
    from pathlib import Path

HOST = "overcommit=0,mem=24684084K,swap=0K"
PANES: tuple[tuple[str, ...], ...] = (
    *((pane,) for pane in PRINTED),
    ("plan", "--counters"),
    ("search", "--pattern", "ELF"),
)
VIEWS = (
    *PANES,
    ("plan", "--against", "3.19"),
    ("plan", "--lazy", "--criu", "needed"),
    ("coverage", "--contents"),
    ("search", "--pattern", "[a-z]{3}\\d", "--regex", "--prot", "r"),
    ("search", "--strings", "40", "--type", "anon"),
)
FORMATS = ("text", "json")


class BrokenPromiseError(AssertionError):
    """A view did what it must not; the message names the view."""


def print_view(directory: Path, *view: str) -> tuple[int, str]:
    """Exit status and standard output of one --print; raises BrokenPromiseError."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(["--print", *view, "--host", HOST, str(directory)])
    except Exception as error:
        raise BrokenPromiseError(f"--print {' '.join(view)}: {error!r}") from error
    _promise(status in (EXIT_FINE, EXIT_USAGE), view, f"exit status {status}")
    _promise(inert(out.getvalue()) and inert(err.getvalue()), view, "text that is not inert")
    if status == EXIT_FINE:
        _promise(not err.getvalue(), view, f"words on standard error: {err.getvalue()[:200]}")
        _promise(bool(out.getvalue()), view, "nothing printed")
    else:
        _promise(not out.getvalue() and err.getvalue().count("\n") == 1, view, "more or less than one line")
    return status, out.getvalue()


def print_all(directory: Path, views: tuple[tuple[str, ...], ...] = VIEWS) -> int:
    """These views as text and as JSON; the number of them. Raises BrokenPromiseError."""
    for view in views:
        for form in FORMATS:
            status, out = print_view(directory, *view, "--format", form)
            if form == "json" and status == EXIT_FINE:
                try:
                    found = json.loads(out)
                except ValueError as error:
                    raise BrokenPromiseError(f"--print {view[0]}: not JSON: {error}") from error
                _promise(all(map(inert, _strings(found))), view, "JSON with text that is not inert")
    return len(views) * len(FORMATS)


def _strings(value: object) -> list[str]:
    """All strings in a JSON document."""
    found: list[str] = []
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict):
            rest += [*item, *item.values()]
        elif isinstance(item, list):
            rest += item
    return found


def _promise(kept: bool, view: tuple[str, ...], words: str) -> None:
    if not kept:
        raise BrokenPromiseError(f"--print {' '.join(view)}: {words}")
