"""The command line; imports Textual only to show a screen."""

from __future__ import annotations

import argparse
import gc
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from criu_tui import terminal
from criu_tui.core.base.text import display_safe
from criu_tui.core.demos import DEMOS
from criu_tui.core.report.registry import PRINTED, SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.pages.search import Pattern, Where
    from criu_tui.core.report.printed import Asked
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.releases import Criu

SEARCH = "search"
"""Printed when there is something to look for."""

EXIT_FINE, EXIT_BUG, EXIT_USAGE = 0, 1, 2

_ONLY_PRINTED = {
    "plan": ("against", "counters"),
    "log": ("level", "subsystem"),
    "coverage": ("contents",),
    SEARCH: ("pattern", "regex", "hex", "strings", "range", "prot", "type"),
}
"""Options that mean something only when this pane is printed."""


class UsageError(Exception):
    """One clear line for standard error; exit status 2."""


class Options(argparse.ArgumentParser):
    """Says what is wrong in text that is safe to show: a shell may have expanded names from a dump."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(display_safe(message))


def parser() -> argparse.ArgumentParser:
    """The options; the README lists the same."""
    made = Options(
        prog="criu-tui",
        description="Explore a CRIU dump: memory maps, page coverage, the restore's write plan, id maps.",
        epilog="With neither a DUMP nor --demo, the directory you are in is opened; where that is no dump, "
        "a screen shows what can be opened. A directory that holds one dump further down stands for it.",
        allow_abbrev=False,
    )
    made.add_argument("dump", nargs="?", metavar="DUMP", help="an images directory")
    made.add_argument(
        "--demo",
        nargs="?",
        const=next(iter(DEMOS)),
        choices=DEMOS,
        metavar="NAME",
        help=f"a built-in dump: {', '.join(DEMOS)} (default: {next(iter(DEMOS))})",
    )
    made.add_argument(
        "--print",
        dest="printed",
        choices=(*PRINTED, SEARCH),
        metavar="PANE",
        help=f"print one of {', '.join(PRINTED)}, search and exit",
    )
    made.add_argument("--format", choices=("text", "json"), default="text", help="of --print (default: text)")
    made.add_argument(
        "--criu",
        metavar="VERSION",
        help="the CRIU that will restore: 3.1, 3.19, 4.2.1 ... or needed (default: the newest release)",
    )
    made.add_argument(
        "--host",
        metavar="SPEC",
        help="memory of the host that will restore, default this one: "
        "overcommit=0|1|2,mem=24684084K,swap=0K,limit=12333848K,committed=161152K",
    )
    made.add_argument("--against", metavar="VERSION", help="with --print plan: only what another CRIU does differently")
    made.add_argument(
        "--counters",
        action="store_true",
        help="with --print plan: the restore's page counters and preadv batches",
    )
    made.add_argument("--pattern", metavar="TEXT", help="with --print search: what to look for in dumped bytes")
    made.add_argument("--regex", action="store_true", help="the pattern is a regular expression")
    made.add_argument("--hex", action="store_true", help="the pattern is bytes in hexadecimal")
    made.add_argument(
        "--strings", metavar="N", nargs="?", const="", help="with --print search: printable text of at least N bytes"
    )
    made.add_argument("--range", metavar="START-END", help="with --print search: only these addresses")
    made.add_argument("--prot", metavar="RWX", help="with --print search: only VMAs with this protection")
    made.add_argument("--type", metavar="KIND", help="with --print search: only VMAs of this kind")
    made.add_argument("--contents", action="store_true", help="with --print coverage: read and compare all pages")
    made.add_argument("--log", metavar="FILE", help="a dump.log or restore.log that lies elsewhere")
    made.add_argument("--level", choices=("error", "warning"), help="with --print log: only lines at least as bad")
    made.add_argument(
        "--subsystem", metavar="NAME", help="with --print log: only lines of this one, such as net or pie"
    )
    made.add_argument("--lazy", action="store_true", help="plan a restore with --lazy-pages")
    made.add_argument("--task", type=_pid, metavar="PID", help="start at, or print only, this task")
    made.add_argument("--goto", type=_address, metavar="ADDRESS", help="start at this address (hexadecimal)")
    made.add_argument("--pane", choices=SHOWN, metavar="PANE", help=f"start in one of {', '.join(SHOWN)}")
    made.add_argument("--ascii", action="store_true", help="draw with ASCII characters alone")
    made.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal, for its own selection")
    made.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    return made


class _Version(argparse.Action):
    """Looks the version up only when asked for it: that takes as long as opening a small dump."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        parser.exit(message=f"criu-tui {version('criu-tui')}\n")


def _pid(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 11):
        raise argparse.ArgumentTypeError("a PID is a decimal number")
    return int(text)


def _address(text: str) -> int:
    try:
        value = int(text.removeprefix("0x"), 16)
    except ValueError:
        raise argparse.ArgumentTypeError("an address is hexadecimal, such as 7eb861200000") from None
    if not 0 <= value < 1 << 64:
        raise argparse.ArgumentTypeError("an address has at most 64 bits")
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    # What is imported and read now stays until the end: looking for garbage in it only takes time. The app looks again.
    gc.disable()
    try:
        options = parser().parse_args(arguments)
        _check(options)
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


def _check(options: argparse.Namespace) -> None:
    """Raises UsageError for options that would mean nothing together."""
    for pane, names in _ONLY_PRINTED.items():
        given = [f"--{name}" for name in names if getattr(options, name) not in (None, False)]
        if given and options.printed != pane:
            raise UsageError(f"{' and '.join(given)} {'goes' if len(given) == 1 else 'go'} with --print {pane}")
    if options.printed == SEARCH and options.pattern is None and options.strings is None:
        raise UsageError("--print search goes with --pattern or --strings")
    if options.printed is None and options.format != "text":
        raise UsageError("--format goes with --print")
    if options.printed is not None and (options.goto is not None or options.pane is not None):
        raise UsageError("--goto and --pane say where a screen starts: not with --print")


def _run(options: argparse.Namespace, stack: ExitStack) -> int:
    if not _chosen(options):
        return EXIT_FINE
    report = opened(options, stack)
    if options.task is not None and options.task not in report.dump.pids and options.printed != "log":
        raise UsageError(f"task {options.task} is not in this dump; it holds {_some_pids(report)}")
    if options.printed is not None:
        print_pane(report, options)
        return EXIT_FINE
    missing = terminal.why_no_screen()
    if missing is not None:
        raise UsageError(f"{missing}; --print PANE writes to standard output")
    terminal.load_asyncio()
    from criu_tui.app import CriuTui

    pane = options.pane or (DEMOS[options.demo].pane if options.demo else "maps")
    app = CriuTui(report, pane, options.task, options.goto, ascii_only=options.ascii)
    with terminal.screen_ended_by_signals(lambda status: app.exit(return_code=status), stack.close):
        app.run(mouse=not options.no_mouse)
    return app.return_code or EXIT_FINE


def _chosen(options: argparse.Namespace) -> bool:
    """Settles which dump is meant, by asking where there is a terminal; False when the user has none to open.

    A directory that is no dump but has one further down stands for it. Raises UsageError when there are
    several and nobody can be asked.
    """
    from criu_tui.core.source.holding import Holding, holding

    given = Path(options.dump or ".")
    if options.demo is not None or holding(given) is not Holding.OTHER or not given.is_dir():
        return True
    from criu_tui.core.source.dumps_below import dumps_below

    found = dumps_below(given)
    if len(found.dumps) == 1 and found.complete:
        options.dump = str(found.dumps[0])
        return True
    if options.printed is None and terminal.why_no_screen() is None and (found.dumps or options.dump is None):
        return _asked(options, given)
    if found.dumps:
        raise UsageError(f"{display_safe(str(given))}: is no dump; {_some_paths(found.dumps)} below it are")
    return True


def _asked(options: argparse.Namespace, given: Path) -> bool:
    from criu_tui.screens.open import OpenApp

    app = OpenApp(given, ascii_only=options.ascii)
    with terminal.screen_ended_by_signals(lambda status: app.exit(return_code=status), lambda: None):
        choice = app.run(mouse=not options.no_mouse)
    if choice is None:
        return False
    options.demo = choice.demo
    options.dump = None if choice.directory is None else str(choice.directory)
    return True


def _some_paths(paths: tuple[Path, ...]) -> str:
    shown = [display_safe(str(path)) for path in paths[:8]]
    more = len(paths) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def opened(options: argparse.Namespace, stack: ExitStack) -> Report:
    """What the options name, as a report; a built-in dump lies on disk as long as the stack is open.

    Raises UsageError for what cannot be opened.
    """
    from criu_tui.core.dump.dump import Dump, NotADumpError
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.releases import NEWEST

    if options.demo is not None and options.dump is not None:
        raise UsageError("give a DUMP or --demo, not both")
    chosen = _criu(options.criu or NEWEST)
    host = _host(options.host) if options.host else None
    try:
        dump = Dump(_directory(options, stack))
        if options.demo is not None:
            dump.shown_path = Path("demo") / options.demo
    except NotADumpError as error:
        raise UsageError(str(error)) from None
    given = None if options.log is None else _readable(Path(options.log))
    return Report(
        dump, chosen, host, lazy=options.lazy, given_log=given, opened_with=tuple(_opened_with(options, dump))
    )


def _readable(log: Path) -> Path:
    """A log that was asked for by name. Raises UsageError when there is none to read."""
    from criu_tui.core.source.directory import open_regular
    from criu_tui.core.source.error import ImageError

    try:
        open_regular(log).close()
    except ImageError as error:
        raise UsageError(f"{display_safe(str(log))}: {error.reason}") from None
    return log


def _opened_with(options: argparse.Namespace, dump: Dump) -> Iterator[str]:
    """The words of this command line that decide what is seen, the CRIU version and the place apart."""
    if options.demo is not None:
        yield from ("--demo", options.demo)
    else:
        yield str(dump.path.absolute())
    if options.host is not None:
        yield from ("--host", options.host)
    if options.log is not None:
        yield from ("--log", str(Path(options.log).absolute()))
    if options.lazy:
        yield "--lazy"


def _criu(version: str) -> Criu:
    from criu_tui.core.restore.releases import criu

    try:
        return criu(version)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _host(spec: str) -> Host:
    from criu_tui.core.restore.host import parse_host, this_host

    try:
        return parse_host(spec, this_host())
    except ValueError as error:
        raise UsageError(str(error)) from None


def _directory(options: argparse.Namespace, stack: ExitStack) -> Path:
    if options.demo is None:
        return Path(options.dump or ".")
    import tempfile

    from criu_tui.core import demos

    made = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="criu-tui-demo-")))
    demos.write(demos.demo(options.demo), made)
    return made


def _some_pids(report: Report) -> str:
    pids = [str(pid) for pid in report.dump.pids]
    if not pids:
        return "no tasks"
    return ", ".join(pids[:8]) + (f" and {len(pids) - 8} more" if len(pids) > 8 else "")


def print_pane(report: Report, options: argparse.Namespace) -> None:
    """Writes one pane to standard output; raises UsageError where that is closed or what is asked means nothing."""
    from criu_tui.core.pages.search import PatternError
    from criu_tui.core.source.error import reason_of

    report.read_all()
    if sys.stdout is None:
        raise UsageError("standard output is closed")
    try:
        _write(report, options)
    except PatternError as error:
        raise UsageError(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        terminal.leave_output()
        raise UsageError(f"standard output: {reason_of(error)}") from error


def _write(report: Report, options: argparse.Namespace) -> None:
    from criu_tui.core.base.ascii import to_ascii

    if options.format == "json":
        import json

        json.dump(_json(report, options), sys.stdout)
        sys.stdout.write("\n")
    else:
        for line in _encodable(_text(report, options)):
            print(to_ascii(line) if options.ascii else line)
    sys.stdout.flush()


def _json(report: Report, options: argparse.Namespace) -> dict[str, Json]:
    from criu_tui.core.report import printed

    if options.printed == SEARCH:
        return printed.search_json(report, *_query(options))
    return printed.json(report, options.printed, options.task, _asked_of(options))


def _text(report: Report, options: argparse.Namespace) -> Iterator[str]:
    from criu_tui.core.report import printed

    if options.printed == SEARCH:
        return printed.search_text(report, *_query(options))
    return printed.text(report, options.printed, options.task, _asked_of(options))


def _asked_of(options: argparse.Namespace) -> Asked:
    from criu_tui.core.report import log, printed

    return printed.Asked(
        counters=options.counters,
        against=None if options.against is None else _criu(options.against),
        contents=options.contents,
        lines=log.Wanted(options.task, options.level, options.subsystem),
    )


def _query(options: argparse.Namespace) -> tuple[Pattern, Where]:
    from criu_tui.core.pages.search import Form, Where, kind_of, pattern, prot_of, span_of

    form = Form.EXPRESSION if options.regex else Form.BYTES if options.hex else Form.TEXT
    if options.strings is not None:
        form = Form.STRINGS
    wanted = pattern(form, options.strings if options.strings is not None else options.pattern)
    return wanted, Where(
        options.task,
        span_of(options.range) if options.range else None,
        prot_of(options.prot) if options.prot else 0,
        kind_of(options.type) if options.type else "",
    )


def _encodable(lines: Iterator[str]) -> Iterator[str]:
    """Lines with what the terminal's encoding lacks written as escapes."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        yield line.encode(encoding, "backslashreplace").decode(encoding)
