"""A command line that ends on a screen: the app, a session without the checkpoint, and what is asked before that.

Each runs to its end, which may come from outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui import terminal
from criu_tui.command_line.options import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from criu_tui.app import CriuTui
    from criu_tui.command_line.options import Options
    from criu_tui.command_line.scratch import Scratch
    from criu_tui.core.report.listing import Listed
    from criu_tui.core.report.report import Report
    from criu_tui.core.source.arriving import Arrival, Search
    from criu_tui.core.source.places import Places
    from criu_tui.screens.open import Choice


def show(report: Report, options: Options, ends: terminal.Ends, beside: Sequence[Listed], scratch: Scratch) -> int:
    """Shows a checkpoint, and runs to the end of that; the status to exit with. Raises UsageError without a screen."""
    missing = terminal.why_no_screen()
    if missing is not None:
        raise UsageError(f"{missing}; --print PANE writes to standard output")
    from criu_tui.app import CriuTui
    from criu_tui.encoding import why_ascii
    from criu_tui.remembered import Kept

    first = "overview" if options.goto is None else "maps"
    story = None
    if options.demo is not None:
        from criu_tui.command_line.telling import story_of
        from criu_tui.core.demos import DEMOS

        first = DEMOS[options.demo].pane
        story = story_of(options, scratch)
    pane = options.pane or ("diff" if options.against else first)
    because = why_ascii() if options.ascii is None else None
    plain = bool(options.ascii or because)
    company = None
    if any(each is not None for each in (options.share, options.join, options.record, options.replay)):
        from criu_tui.command_line import sharing

        company = sharing.company(options, report.dump)
    kept = Kept.of_user()
    app = CriuTui(report, pane, options.task, options.goto, ascii_only=plain, beside=beside, story=story, kept=kept)
    app.ascii_because, app.company = because, company
    return _run_app(app, options, ends)


def _run_app(app: CriuTui, options: Options, ends: terminal.Ends) -> int:
    """Runs the app to its end, and leaves its session; the status to exit with."""
    try:
        with ends.screen(app.end):
            app.run(mouse=not options.no_mouse)
    finally:
        if app.company is not None:
            app.company.close()
    return ends.status or app.return_code or 0


def show_rows(options: Options, ends: terminal.Ends) -> int:
    """Shows what the host of a session sends, as `show` does."""
    missing = terminal.why_no_screen()
    if missing is not None:
        raise UsageError(f"{missing}; a session goes with a screen")
    from criu_tui.app import CriuTui
    from criu_tui.command_line.sharing import without_checkpoint
    from criu_tui.remembered import Kept

    report, company = without_checkpoint(options)
    pane = options.pane or ("overview" if options.goto is None else "maps")
    app = CriuTui(report, pane, options.task, options.goto, ascii_only=_ascii(options), kept=Kept.of_user())
    app.company = company
    return _run_app(app, options, ends)


def look_through(options: Options, begun: Arrival | Search, given: str, ends: terminal.Ends) -> Places | None:
    """What a place holds that is being looked through, on a screen if that takes long; None when it was given up."""
    from criu_tui.command_line import choosing
    from criu_tui.core.source.holding import images_of

    # What all see in a session is one dump, and an address alone may be of any task.
    early = options.share is None and options.join is None and (options.goto is None or options.task is not None)
    needed = frozenset() if options.task is None else images_of(options.task)
    found = choosing.at_once(begun, given, early=early, needed=needed)
    if found is not None:
        return found
    from criu_tui.remembered import Kept
    from criu_tui.screens.opening import OpeningApp

    app = OpeningApp(begun, early=early, needed=needed, ascii_only=_ascii(options), kept=Kept.of_user())
    with ends.screen(app.end):
        found = app.run(mouse=not options.no_mouse)
    if ends.status is not None:
        begun.close()
        raise SystemExit(ends.status)
    return choosing.ended(begun, given) if app.error is not None else found


def ask(options: Options, given: Path, found: Places, ends: terminal.Ends) -> tuple[Choice | None, Sequence[Listed]]:
    """What is chosen of what a place holds, None for nothing; and the checkpoints that it was chosen from."""
    from criu_tui.core.report.listing import listed
    from criu_tui.remembered import Kept
    from criu_tui.screens.open import OpenApp

    beside = list(listed(found))
    app = OpenApp(given, beside, ascii_only=_ascii(options), kept=Kept.of_user())
    with ends.screen(app.end):
        choice = app.run(mouse=not options.no_mouse)
    if ends.status is not None:
        raise SystemExit(ends.status)
    return choice, beside


def _ascii(options: Options) -> bool:
    """Whether ASCII alone is drawn, because it was asked for or the terminal needs it."""
    from criu_tui.encoding import why_ascii

    return why_ascii() is not None if options.ascii is None else options.ascii
