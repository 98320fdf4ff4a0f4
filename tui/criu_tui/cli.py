"""The command line; imports Textual only to show a screen."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui import terminal
from criu_tui.command_line.options import DIFF, IMAGE, PLAN, SEARCH, Options, UsageError, plainly
from criu_tui.core.report.registry import SHOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.command_line.scratch import Scratch
    from criu_tui.core.report.listing import Listed
    from criu_tui.core.report.report import Report
    from criu_tui.core.source.places import Places
    from criu_tui.core.source.source import Source

STANDARD_INPUT = "-"
ENCODE = "encode"
"""What stands before a file whose images are to be written."""
EXIT_FINE, EXIT_BUG, EXIT_USAGE, EXIT_FAILS = 0, 1, 2, 3


class _Meant:
    """What a command line means."""

    def __init__(self, options: Options, source: Source | None = None, beside: Sequence[Listed] = ()) -> None:
        self.options, self.source = options, source
        """The source is a checkpoint that was found or made; None: what the options name."""
        self.beside = beside
        """The checkpoints of the place in which it was chosen."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    ends = terminal.Ends()
    try:
        words = sys.argv[1:] if arguments is None else list(arguments)
        with ends.by_signals():
            # A directory of this name opens as any other when it stands alone.
            if words[:1] == [ENCODE] and len(words) > 1:
                return _encode(words[1:])
            return _run(_asked_for(words), ends)
    except (UsageError, terminal.OutputError) as error:
        _say(str(error))
        return EXIT_USAGE
    except BrokenPipeError:
        # What reads standard output has left.
        terminal.leave_output(sys.stdout.fileno())
        return EXIT_FINE
    except Exception as error:
        if ends.status is not None:
            # What breaks while a signal takes all down.
            return ends.status
        from criu_tui import bugs

        if bugs.traceback_wanted():
            raise
        lacking = bugs.lacking(error)
        _say(lacking or bugs.line(error))
        return EXIT_BUG if lacking is None else EXIT_USAGE


def _say(why: str) -> None:
    """The one line of an end that is not fine; where even that finds no room, the exit status is left."""
    with suppress(OSError):
        print(f"criu-tui: {why}", file=sys.stderr, flush=True)


def _asked_for(words: list[str]) -> Options:
    """The options of a command line. Raises UsageError."""
    if (plain := plainly(words)) is not None and plain.pane in (None, *SHOWN):
        return plain
    from criu_tui.command_line.parsing import read

    return read(words)


def _run(options: Options, ends: terminal.Ends) -> int:
    if options.version:
        _print_version()
        return EXIT_FINE
    from criu_tui.command_line.scratch import Scratch

    if options.host_facts:
        _print_facts()
        return EXIT_FINE
    if options.list:
        from criu_tui.command_line.listing import print_list

        print_list(options)
        return EXIT_FINE
    if options.list_sessions:
        from criu_tui.command_line.sharing import print_sessions

        print_sessions(options)
        return EXIT_FINE
    with Scratch() as scratch:
        ends.clean = scratch.remove
        if _joins_without(options):
            from criu_tui import showing

            return showing.show_rows(options, ends)
        found = _chosen(options, ends, scratch)
        if found is None:
            return EXIT_FINE
        from criu_tui.command_line.opening import opened

        chosen, source, beside = found.options, found.source, found.beside
        if chosen.images_with is not None:
            from criu_tui.command_line.choosing import with_images

            source = with_images(source, chosen)
        report = opened(chosen, source)
        if chosen.against is not None and chosen.printed != PLAN:
            from criu_tui.command_line.choosing import compared_with, opening

            report = compared_with(report, chosen.against, opening(chosen.against))
        if chosen.extract is not None:
            from criu_tui.command_line.extracting import extract

            extract(report, chosen)
            return EXIT_FINE
        if chosen.printed is None:
            from criu_tui import showing

            return showing.show(report, chosen, ends, beside, scratch)
        if chosen.printed == SEARCH:
            from criu_tui.command_line.searching import print_search

            print_search(report, chosen)
        elif chosen.printed == IMAGE:
            from criu_tui.command_line.image_printing import print_images

            print_images(report, chosen)
        elif chosen.replay is not None:
            from criu_tui.command_line.sharing import print_report

            print_report(report, chosen)
        else:
            from criu_tui.command_line.printing import print_pane

            print_pane(report, chosen)
        if chosen.check and (not _equal(report) if chosen.printed == DIFF else _fails(report)):
            return EXIT_FAILS
    return EXIT_FINE


def _equal(report: Report) -> bool:
    from criu_tui.core.report import diff

    return diff.equal(report)


def _print_version() -> None:
    # Looked up only now: that takes as long as opening a small dump.
    from importlib.metadata import version

    with terminal.output():
        print(f"criu-tui {version('criu-tui')}")


def _print_facts() -> None:
    import json

    from criu_tui.core.restore.host import this_host
    from criu_tui.core.restore.preflight.machine import this_machine
    from criu_tui.core.restore.preflight.machine_json import to_json

    with terminal.output():
        print(json.dumps(to_json(this_machine(), this_host()), indent=1))


def _fails(report: Report) -> bool:
    """Whether a check fails."""
    report.checking.finish()
    return bool(report.checking.verdict.failing)


def _encode(words: Sequence[str]) -> int:
    from criu_tui.command_line.encode import run

    run(words)
    return EXIT_FINE


def _joins_without(options: Options) -> bool:
    """Whether a session is joined without the checkpoint: that is asked for, or there is none here."""
    if options.join is None:
        return False
    from criu_tui.core.source.holding import Holding, holding

    given = options.dump is not None or options.demo is not None
    return options.rows or (not given and holding(Path()) is not Holding.DUMP)


def _chosen(options: Options, ends: terminal.Ends, scratch: Scratch) -> _Meant | None:
    """The dump that is meant, by asking where there is a terminal; None when the user chose none.

    Of a place that is no dump, a single one further down is opened. Raises UsageError when there are several and
    nobody can be asked.
    """
    from criu_tui.core.source.holding import Holding, holding

    if options.pid is not None:
        from criu_tui.command_line.running import running

        return _Meant(options, running(options.pid))
    if options.demo is not None:
        from criu_tui.command_line.building import built

        return _Meant(options, built(options.demo, scratch))
    given = options.dump or "."
    if given != STANDARD_INPUT and holding(Path(given)) is Holding.DUMP:
        return _Meant(options)
    if options.dump is None and options.log is not None:
        return _Meant(options._replace(dump=options.log))
    from criu_tui import showing
    from criu_tui.command_line import choosing
    from criu_tui.command_line.opening import is_text

    progress = choosing.opening("standard input" if given == STANDARD_INPUT else given)
    if given == STANDARD_INPUT:
        held = choosing.standard_input()
        if not choosing.is_archive(held):
            return _Meant(options._replace(dump=str(choosing.as_log(held, scratch))))
        if _on_screen(options):
            found = showing.look_through(options, choosing.begun_from(held, progress), held.name, ends)
        else:
            found = choosing.within(held, progress)
    elif is_text(Path(given)):
        return _Meant(options)
    elif _on_screen(options):
        found = showing.look_through(options, choosing.begun(given, progress), given, ends)
    else:
        found = choosing.places(given, progress)
    if found is None:
        return None
    several = len(found.found) + len(found.closed) > 1 or not found.complete
    nothing = not found.found and not found.closed
    if _on_screen(options) and (several or (nothing and options.dump is None)):
        return _asked(options, Path(given), found, ends, scratch)
    return _Meant(options, None if nothing and Path(given).is_dir() else choosing.one_of(found, given))


def _asked(options: Options, given: Path, found: Places, ends: terminal.Ends, scratch: Scratch) -> _Meant | None:
    """What the user chooses of a place that has several checkpoints, or none."""
    from criu_tui import showing

    choice, beside = showing.ask(options, given, found, ends)
    if choice is None:
        return None
    if choice.demo is not None:
        return _chosen(options._replace(demo=choice.demo, dump=None), ends, scratch)
    if choice.source is not None:
        return _Meant(options, choice.source, beside)
    meant = _chosen(options._replace(dump=str(choice.path)), ends, scratch)
    if meant is not None and any(choice.path == each.path for each in beside):
        meant.beside = meant.beside or beside
    return meant


def _on_screen(options: Options) -> bool:
    return options.printed is None and options.extract is None and terminal.why_no_screen() is None
