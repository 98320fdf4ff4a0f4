"""The command line; imports Textual only to show a screen."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui import options as command_line
from criu_tui import terminal
from criu_tui.core.base.text import display_safe
from criu_tui.core.demos import DEMOS
from criu_tui.options import SEARCH, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.report.report import Report
    from criu_tui.options import Options

EXIT_FINE, EXIT_BUG, EXIT_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    # What is imported and read now stays until the end: looking for garbage in it only takes time. The app looks again.
    gc.disable()
    ends = terminal.Ends()
    try:
        with ends.by_signals():
            return _run(command_line.read(arguments), ends)
    except UsageError as error:
        print(f"criu-tui: {error}", file=sys.stderr)
        return EXIT_USAGE
    except BrokenPipeError:
        # What reads standard output has left.
        terminal.leave_output()
        return EXIT_FINE
    except Exception as error:
        if ends.status is not None:
            # What breaks while a signal takes all down.
            return ends.status
        from criu_tui import bugs

        if bugs.traceback_wanted():
            raise
        print(f"criu-tui: {bugs.line(error)}", file=sys.stderr)
        return EXIT_BUG
    finally:
        gc.enable()


def _run(options: Options, ends: terminal.Ends) -> int:
    chosen = _chosen(options, ends)
    if chosen is None:
        return EXIT_FINE
    from criu_tui.opening import Scratch, opened

    with Scratch() as scratch:
        ends.clean = scratch.remove
        report = opened(chosen, scratch)
        if chosen.printed is None:
            return _show(report, chosen, ends)
        try:
            if chosen.printed == SEARCH:
                from criu_tui.searching import print_search

                print_search(report, chosen)
            else:
                from criu_tui.printing import print_pane

                print_pane(report, chosen)
        except terminal.OutputError as error:
            raise UsageError(str(error)) from None
    return EXIT_FINE


def _show(report: Report, options: Options, ends: terminal.Ends) -> int:
    missing = terminal.why_no_screen()
    if missing is not None:
        raise UsageError(f"{missing}; --print PANE writes to standard output")
    terminal.load_asyncio()
    from criu_tui.app import CriuTui
    from criu_tui.encoding import why_ascii

    pane = options.pane or (DEMOS[options.demo].pane if options.demo else "maps")
    because = why_ascii() if options.ascii is None else None
    app = CriuTui(report, pane, options.task, options.goto, ascii_only=bool(options.ascii or because))
    app.ascii_because = because
    with ends.screen(app.end):
        app.run(mouse=not options.no_mouse)
    return ends.status or app.return_code or EXIT_FINE


def _chosen(options: Options, ends: terminal.Ends) -> Options | None:
    """The same options with the dump that is meant, by asking where there is a terminal; None when the user has none.

    A directory that is no dump but has one further down stands for it. Raises UsageError when there are
    several and nobody can be asked.
    """
    from criu_tui.core.source.holding import Holding, holding

    given = Path(options.dump or ".")
    if options.demo is not None or holding(given) is not Holding.OTHER or not given.is_dir():
        return options
    from criu_tui.core.source.dumps_below import dumps_below

    found = dumps_below(given)
    if len(found.dumps) == 1 and found.complete:
        return options._replace(dump=str(found.dumps[0]))
    if options.printed is None and terminal.why_no_screen() is None and (found.dumps or options.dump is None):
        return _asked(options, given, ends)
    if found.dumps:
        from criu_tui.opening import some_paths

        raise UsageError(f"{display_safe(str(given))}: is no dump; {some_paths(found.dumps)} below it are")
    return options


def _asked(options: Options, given: Path, ends: terminal.Ends) -> Options | None:
    from criu_tui.encoding import why_ascii
    from criu_tui.screens.open import OpenApp

    ascii_only = why_ascii() is not None if options.ascii is None else options.ascii
    app = OpenApp(given, ascii_only=ascii_only)
    with ends.screen(app.end):
        choice = app.run(mouse=not options.no_mouse)
    if ends.status is not None:
        raise SystemExit(ends.status)
    if choice is None:
        return None
    return options._replace(demo=choice.demo, dump=None if choice.directory is None else str(choice.directory))
