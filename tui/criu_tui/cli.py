"""The command line; imports Textual only to show a screen."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.plan import Criu
    from criu_tui.core.report import Report

PRINTED = ("summary", "maps", "coverage", "plan", "ids", "log", "findings")
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
        choices=PRINTED,
        metavar="PANE",
        help=f"print one of {', '.join(PRINTED)} and exit",
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
    made.add_argument("--log", metavar="FILE", help="a dump.log or restore.log that lies elsewhere")
    made.add_argument("--level", choices=("error", "warning"), help="with --print log: only lines at least as bad")
    made.add_argument(
        "--subsystem", metavar="NAME", help="with --print log: only lines of this one, such as net or pie"
    )
    made.add_argument("--lazy", action="store_true", help="plan a restore with --lazy-pages")
    made.add_argument("--task", type=_pid, metavar="PID", help="start at, or print only, this task")
    made.add_argument("--goto", type=_address, metavar="ADDRESS", help="start at this address (hexadecimal)")
    made.add_argument("--pane", choices=SHOWN, metavar="PANE", help=f"start in one of {', '.join(SHOWN)}")
    made.add_argument("--version", action="version", version=f"criu-tui {version('criu-tui')}")
    return made


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


def _run(options: argparse.Namespace, stack: ExitStack) -> int:
    report = _report(options, stack)
    if options.task is not None and options.task not in report.dump.pids and options.printed != "log":
        raise UsageError(f"task {options.task} is not in this dump; it holds {_some_pids(report)}")
    if (options.against or options.counters) and options.printed != "plan":
        raise UsageError("--against and --counters go with --print plan")
    if (options.level or options.subsystem) and options.printed != "log":
        raise UsageError("--level and --subsystem go with --print log")
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
    from criu_tui.core.report import log, printed

    against = None if options.against is None else _criu(options.against)
    report.dump.load()
    if options.format == "json":
        import json

        json.dump(
            printed.json(report, options.printed, options.task, with_counters=options.counters, against=against),
            sys.stdout,
        )
        sys.stdout.write("\n")
    else:
        lines = printed.text(
            report,
            options.printed,
            options.task,
            with_counters=options.counters,
            against=against,
            wanted=log.Wanted(options.task, options.level, options.subsystem),
        )
        for line in _encodable(lines):
            print(line)
    sys.stdout.flush()


def _encodable(lines: Iterator[str]) -> Iterator[str]:
    """Lines with what the terminal's encoding lacks written as escapes."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        yield line.encode(encoding, "backslashreplace").decode(encoding)
