"""Every view of a dump that --print has, run in this process and held to what it promises.

Exit status 0, or 2 with one line; no exception; nothing that could act on a terminal;
JSON that parses. What a view may cost is in `limits`.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import TYPE_CHECKING

from criu_tui.cli import EXIT_FINE, EXIT_USAGE, main
from criu_tui.command_line.image_printing import print_images
from criu_tui.command_line.opening import opened
from criu_tui.command_line.options import DIFF, IMAGE, SEARCH, Options, UsageError
from criu_tui.command_line.parsing import read
from criu_tui.command_line.printing import print_pane
from criu_tui.command_line.searching import print_search
from criu_tui.core.report.registry import PRINTED

from tests.fuzz.hostile import inert

if TYPE_CHECKING:
    from collections.abc import Callable
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
    return _held(view, lambda: main(_words(directory, view)))


def print_all(directory: Path, views: tuple[tuple[str, ...], ...] = VIEWS) -> int:
    """These views as text and as JSON; the number of them. Raises BrokenPromiseError."""
    for view in views:
        for form in FORMATS:
            _check_json(view, form, *print_view(directory, *view, "--format", form))
    return len(views) * len(FORMATS)


def print_opened_once(
    directory: Path, views: tuple[tuple[str, ...], ...], forms: tuple[str, ...] = FORMATS
) -> dict[tuple[str, ...], str]:
    """The same, from a dump that is opened once for all of them; what they print. Raises BrokenPromiseError.

    What differs from another checkpoint is not among them: there is only one.
    """
    printed = {}
    try:
        report = opened(read(_words(directory, PANES[0])))
    except UsageError as error:
        raise BrokenPromiseError(f"cannot be opened: {error}") from error
    for view in (view for view in views if view[0] != DIFF):
        for form in forms:
            options = read(_words(directory, (*view, "--format", form)))

            def run(options: Options = options, view: tuple[str, ...] = view) -> int:
                try:
                    _PRINTERS.get(view[0], print_pane)(report, options)
                except UsageError as error:
                    print(error, file=sys.stderr)
                    return EXIT_USAGE
                return EXIT_FINE

            status, printed[(*view, form)] = _held(view, run)
            _check_json(view, form, status, printed[(*view, form)])
    return printed


_PRINTERS = {SEARCH: print_search, IMAGE: print_images}
"""Views that have more options than a pane takes."""


def _words(directory: Path, view: tuple[str, ...]) -> list[str]:
    return ["--print", *view, "--host", HOST, str(directory)]


def _held(view: tuple[str, ...], run: Callable[[], int]) -> tuple[int, str]:
    """Exit status and standard output of what prints a view; raises BrokenPromiseError."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = run()
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


def _check_json(view: tuple[str, ...], form: str, status: int, out: str) -> None:
    if form != "json" or status != EXIT_FINE:
        return
    try:
        found = json.loads(out)
    except ValueError as error:
        raise BrokenPromiseError(f"--print {view[0]}: not JSON: {error}") from error
    _promise(all(map(inert, _strings(found))), view, "JSON with text that is not inert")


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
