"""The command line; imports Textual only to show a screen."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.plan import Criu
    from criu_tui.core.report import Report
    from criu_tui.core.report.json_type import Json
    from criu_tui.core.search import Pattern, Where

PRINTED = ("summary", "maps", "coverage", "plan", "ids", "log", "findings")
SEARCH = "search"
"""Printed when there is something to look for."""
SHOWN = ("maps", "coverage", "plan", "ids", "log", "findings")
DEMOS = ("boundary", "fork", "trailing", "userns", "userns-mapped")

EXIT_FINE, EXIT_USAGE = 0, 2

_PANE_OF_DEMO = {"boundary": "plan", "fork": "plan", "trailing": "plan", "userns": "findings", "userns-mapped": "ids"}


class UsageError(Exception):
    """One clear line for standard error; exit status 2."""


def parser() -> argparse.ArgumentParser:
    """The options; the README's list of them is tested against it."""
    made = argparse.ArgumentParser(
        prog="criu-tui",
        description="Explore a CRIU dump: memory maps, page coverage, the restore's write plan, id maps.",
        epilog="With neither a DUMP nor --demo, the directory you are in is opened.",
        allow_abbrev=False,
    )
    made.add_argument("dump", nargs="?", metavar="DUMP", help="an images directory")
    made.add_argument(
        "--demo",
        nargs="?",
        const="boundary",
        choices=DEMOS,
        metavar="NAME",
        help=f"a built-in dump: {', '.join(DEMOS)} (default: boundary)",
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
    made.add_argument("--lazy", action="store_true", help="plan a restore with --lazy-pages")
    made.add_argument("--task", type=_pid, metavar="PID", help="start at, or print only, this task")
    made.add_argument("--goto", type=_address, metavar="ADDRESS", help="start at this address (hexadecimal)")
    made.add_argument("--pane", choices=SHOWN, metavar="PANE", help=f"start in one of {', '.join(SHOWN)}")
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
    options = parser().parse_args(arguments)
    # What is imported and read now stays until the end: looking for garbage in it only takes time. The app looks again.
    gc.disable()
    try:
        with ExitStack() as stack:
            return _run(options, stack)
    except UsageError as error:
        print(f"criu-tui: {error}", file=sys.stderr)
        return EXIT_USAGE
    except BrokenPipeError:
        # What reads standard output has left; keep the interpreter's last flush quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FINE
    except KeyboardInterrupt:
        return 130
    finally:
        gc.enable()


def _run(options: argparse.Namespace, stack: ExitStack) -> int:
    report = _report(options, stack)
    if options.task is not None and options.task not in report.dump.pids:
        raise UsageError(f"task {options.task} is not in this dump; it holds {_some_pids(report)}")
    if (options.against or options.counters) and options.printed != "plan":
        raise UsageError("--against and --counters go with --print plan")
    if (options.printed == SEARCH) != (options.pattern is not None or options.strings is not None):
        raise UsageError("--print search goes with --pattern or --strings")
    if options.contents and options.printed != "coverage":
        raise UsageError("--contents goes with --print coverage")
    if options.printed is not None:
        _print(report, options)
        return EXIT_FINE
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("no terminal to show a screen on; --print PANE writes to standard output")
    from criu_tui.app import CriuTui

    pane = options.pane or _PANE_OF_DEMO.get(options.demo, "maps")
    app = CriuTui(report, pane, options.task, options.goto)
    app.run()
    return app.return_code or EXIT_FINE


def _report(options: argparse.Namespace, stack: ExitStack) -> Report:
    from criu_tui.core import overcommit
    from criu_tui.core.dump import Dump, NotADumpError
    from criu_tui.core.plan import NEWEST
    from criu_tui.core.report import Report

    if options.demo is not None and options.dump is not None:
        raise UsageError("give a DUMP or --demo, not both")
    chosen = _criu(options.criu or NEWEST)
    try:
        here = overcommit.this_host()
        host = overcommit.parse_host(options.host, here) if options.host else here
    except ValueError as error:
        raise UsageError(str(error)) from None
    try:
        dump = Dump(_directory(options, stack))
        if options.demo is not None:
            dump.shown_path = Path("demo") / options.demo
    except NotADumpError as error:
        raise UsageError(str(error)) from None
    given = None if options.log is None else Path(options.log)
    return Report(dump, chosen, host, lazy=options.lazy, given_log=given)


def _criu(version: str) -> Criu:
    from criu_tui.core.plan import criu

    try:
        return criu(version)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _directory(options: argparse.Namespace, stack: ExitStack) -> Path:
    if options.demo is None:
        return Path(options.dump or ".")
    import tempfile

    from criu_tui.core import demo

    made = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="criu-tui-demo-")))
    demo.write(demo.demo(options.demo), made)
    return made


def _some_pids(report: Report) -> str:
    pids = [str(pid) for pid in report.dump.pids]
    if not pids:
        return "no tasks"
    return ", ".join(pids[:8]) + (f" and {len(pids) - 8} more" if len(pids) > 8 else "")


def _print(report: Report, options: argparse.Namespace) -> None:
    from criu_tui.core.search import PatternError

    report.dump.load()
    try:
        _write(report, options)
    except PatternError as error:
        raise UsageError(str(error)) from None
    sys.stdout.flush()


def _write(report: Report, options: argparse.Namespace) -> None:
    if options.format == "json":
        import json

        json.dump(_json(report, options), sys.stdout)
        sys.stdout.write("\n")
    else:
        for line in _encodable(_text(report, options)):
            print(line)


def _json(report: Report, options: argparse.Namespace) -> dict[str, Json]:
    from criu_tui.core.report import printed

    if options.printed == SEARCH:
        return printed.search_json(report, *_query(options))
    against = None if options.against is None else _criu(options.against)
    return printed.json(
        report,
        options.printed,
        options.task,
        with_counters=options.counters,
        with_contents=options.contents,
        against=against,
    )


def _text(report: Report, options: argparse.Namespace) -> Iterator[str]:
    from criu_tui.core.report import printed

    if options.printed == SEARCH:
        return printed.search_text(report, *_query(options))
    against = None if options.against is None else _criu(options.against)
    return printed.text(
        report,
        options.printed,
        options.task,
        with_counters=options.counters,
        with_contents=options.contents,
        against=against,
    )


def _query(options: argparse.Namespace) -> tuple[Pattern, Where]:
    from criu_tui.core.search import Form, Where, pattern, prot_of, span_of

    form = Form.EXPRESSION if options.regex else Form.BYTES if options.hex else Form.TEXT
    if options.strings is not None:
        form = Form.STRINGS
    wanted = pattern(form, options.strings if options.strings is not None else options.pattern)
    return wanted, Where(
        options.task,
        span_of(options.range) if options.range else None,
        prot_of(options.prot) if options.prot else 0,
        options.type or "",
    )


def _encodable(lines: Iterator[str]) -> Iterator[str]:
    """Lines with what the terminal's encoding lacks written as escapes."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        yield line.encode(encoding, "backslashreplace").decode(encoding)
