"""The command line; imports Textual only to show a screen."""

from __future__ import annotations

import gc
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui import options as command_line
from criu_tui import terminal
from criu_tui.core.base.text import display_safe
from criu_tui.core.demos import DEMOS
from criu_tui.options import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.options import Options

EXIT_FINE, EXIT_BUG, EXIT_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    # What is imported and read now stays until the end: looking for garbage in it only takes time. The app looks again.
    gc.disable()
    try:
        options = command_line.read(arguments)
        with terminal.ended_by_signals(), ExitStack() as stack:
            return _run(options, stack)
    except UsageError as error:
        print(f"criu-tui: {error}", file=sys.stderr)
        return EXIT_USAGE
    except BrokenPipeError:
        # What reads standard output has left.
        terminal.leave_output()
        return EXIT_FINE
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        from criu_tui import bugs

        if bugs.traceback_wanted():
            raise
        print(f"criu-tui: {bugs.line(error)}", file=sys.stderr)
        return EXIT_BUG
    finally:
        gc.enable()


def _run(options: Options, stack: ExitStack) -> int:
    chosen = _chosen(options)
    if chosen is None:
        return EXIT_FINE
    from criu_tui.opening import opened

    report = opened(chosen, stack)
    if chosen.printed is not None:
        from criu_tui.printing import print_pane

        print_pane(report, chosen)
        return EXIT_FINE
    missing = terminal.why_no_screen()
    if missing is not None:
        raise UsageError(f"{missing}; --print PANE writes to standard output")
    terminal.load_asyncio()
    from criu_tui.app import CriuTui
    from criu_tui.encoding import why_ascii

    pane = chosen.pane or (DEMOS[chosen.demo].pane if chosen.demo else "maps")
    because = why_ascii() if chosen.ascii is None else None
    app = CriuTui(report, pane, chosen.task, chosen.goto, ascii_only=bool(chosen.ascii or because))
    app.ascii_because = because
    with terminal.screen_ended_by_signals(lambda status: app.exit(return_code=status), stack.close):
        app.run(mouse=not chosen.no_mouse)
    return app.return_code or EXIT_FINE


def _chosen(options: Options) -> Options | None:
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
        return _asked(options, given)
    if found.dumps:
        from criu_tui.opening import some_paths

        raise UsageError(f"{display_safe(str(given))}: is no dump; {some_paths(found.dumps)} below it are")
    return options


def _asked(options: Options, given: Path) -> Options | None:
    from criu_tui.encoding import why_ascii
    from criu_tui.screens.open import OpenApp

    ascii_only = why_ascii() is not None if options.ascii is None else options.ascii
    app = OpenApp(given, ascii_only=ascii_only)
    with terminal.screen_ended_by_signals(lambda status: app.exit(return_code=status), lambda: None):
        choice = app.run(mouse=not options.no_mouse)
    if choice is None:
        return None
    return options._replace(demo=choice.demo, dump=None if choice.directory is None else str(choice.directory))
