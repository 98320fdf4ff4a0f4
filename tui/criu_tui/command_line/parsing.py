"""The command line's parser, and what makes no sense together.

A command line of one place and PLAIN options does without: see `plainly` of options.py.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from criu_tui import terminal
from criu_tui.command_line import session_options, values
from criu_tui.command_line.options import CHECKS, DIFF, IMAGE, MARKDOWN, PLAN, SEARCH, Options, UsageError
from criu_tui.core.base.text import display_safe
from criu_tui.core.demos import DEMOS
from criu_tui.core.report.registry import PRINTED, SHOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from _typeshed import SupportsWrite

HELP = ("-h", "--help")
CONTENTS = ("coverage", "memory")
"""Printed with what all pages hold, when that is asked for."""

_ONLY_PRINTED = {
    PLAN: ("counters",),
    "log": ("level", "subsystem"),
    "report": ("redact",),
    IMAGE: ("image", "pretty"),
    SEARCH: ("pattern", "regex", "hex", "strings", "range", "prot", "type"),
}
"""Options that mean something only when this pane is printed."""


def read(arguments: Sequence[str] | None = None) -> Options:
    """The options of a command line, by default this process's own.

    Raises UsageError for what is no option or means nothing together; prints and raises
    SystemExit for --help.
    """
    words = sys.argv[1:] if arguments is None else arguments
    named = {word.partition("=")[0] for word in words}
    try:
        found, beyond = parser(named if named.isdisjoint(HELP) else None).parse_known_args(words)
    except terminal.OutputError as error:
        raise UsageError(str(error)) from None
    if beyond:
        raise UsageError(_beyond(beyond))
    options = Options(**vars(found))
    if options.check and options.printed is None:
        options = options._replace(printed=CHECKS)
    if not options.version:
        _check(options)
    return options


def _beyond(words: Sequence[str]) -> str:
    """What is wrong with words that are neither an option nor the one place to open."""
    for word in words:
        if word.startswith("-"):
            return f"{display_safe(word)}: no such option; criu-tui --help lists them"
    return f"{display_safe(words[0])}: a second DUMP; --against takes the other one of two to compare"


def parser(named: Collection[str] | None = None) -> argparse.ArgumentParser:
    """The options; help, completions, the manual page and the README list the same.

    With `named` only options of these names: to make all of them takes longer than reading a small dump.
    """
    made = OneLineParser(
        named,
        prog="criu-tui",
        description="Explore a CRIU dump: memory maps, page coverage, the restore's write plan, id maps.",
        epilog="criu-tui encode FILE.json writes images from their JSON, see criu-tui encode --help. "
        "With neither a DUMP nor --demo, the directory you are in is opened; where that is no dump, "
        "a screen shows what can be opened. Of a directory that holds a single dump further down, that dump is opened.",
        allow_abbrev=False,
    )
    made.option(
        "dump",
        nargs="?",
        metavar="DUMP",
        help="a directory of images, an archive, an OCI layout or a stream; - for standard input",
    )
    made.option(
        "--demo",
        nargs="?",
        const=next(iter(DEMOS)),
        choices=DEMOS,
        metavar="NAME",
        help=f"a built-in dump: {', '.join(DEMOS)} (default: {next(iter(DEMOS))})",
    )
    made.option(
        "--auto",
        type=values.seconds,
        metavar="SECONDS",
        help="with --demo boundary or userns: the story plays by itself, so many seconds a scene, and ends",
    )
    made.option(
        "--print",
        dest="printed",
        choices=(*PRINTED, IMAGE, SEARCH),
        metavar="PANE",
        help=f"print one of {', '.join(PRINTED)}, image, search and exit",
    )
    made.option("--format", choices=("text", "json", MARKDOWN), default="text", help="of --print (default: text)")
    made.option(
        "--criu",
        metavar="VERSION",
        help="the CRIU that will restore: 3.1, 3.19, 4.3 ... or needed (default: the newest release)",
    )
    made.option(
        "--host",
        metavar="SPEC",
        help="the host that will restore, default this one: its memory as "
        "overcommit=0|1|2,mem=24684084K,swap=0K,limit=12333848K,committed=161152K, or a file from --host-facts",
    )
    made.option(
        "--host-facts", action="store_true", help="print facts of this machine for --host FILE elsewhere, and exit"
    )
    made.option(
        "--against",
        metavar="OTHER",
        help="another checkpoint to compare with; or, with --print plan, a CRIU version: only what it does differently",
    )
    made.option(
        "--counters",
        action="store_true",
        help="with --print plan: the restore's page counters and preadv batches",
    )
    made.option("--pattern", metavar="TEXT", help="with --print search: what to look for in dumped bytes")
    made.option("--regex", action="store_true", help="the pattern is a regular expression")
    made.option("--hex", action="store_true", help="the pattern is bytes in hexadecimal")
    made.option(
        "--strings", metavar="N", nargs="?", const="", help="with --print search: printable text of at least N bytes"
    )
    made.option("--range", metavar="START-END", help="with --print search: only these addresses")
    made.option("--prot", metavar="RWX", help="with --print search: only VMAs with this protection")
    made.option("--type", metavar="KIND", help="with --print search: only VMAs of this kind")
    made.option("--contents", action="store_true", help="with --print coverage or memory: read and compare all pages")
    made.option("--image", metavar="GLOB", help="with --print image: only those of this name (default: all)")
    made.option(
        "--pretty",
        action="store_true",
        help="with --print image --format json: numbers as crit decode --pretty has them",
    )
    made.option(
        "--log",
        metavar="FILE",
        help="a dump.log or restore.log that lies elsewhere; without a DUMP it is opened itself",
    )
    made.option("--level", choices=("error", "warning"), help="with --print log: only lines of this level or worse")
    made.option("--subsystem", metavar="NAME", help="with --print log: only lines of this one, such as net or pie")
    made.option(
        "--redact", action="store_true", help="with --print report: names of hosts, paths, addresses and ids replaced"
    )
    made.option("--lazy", action="store_true", help="plan a restore with --lazy-pages")
    made.option("--follow-links", action="store_true", help="read images that are links out of the dump, too")
    made.option(
        "--pid",
        type=values.pid,
        metavar="PID",
        help="a running process and all below it: whether it can be dumped, and what prevents that",
    )
    made.option("--task", type=values.pid, metavar="PID", help="start at, or print only, this task")
    made.option("--goto", type=values.address, metavar="ADDRESS", help="start at this address (hexadecimal)")
    made.option("--pane", choices=SHOWN, metavar="PANE", help=f"start in one of {', '.join(SHOWN)}")
    made.option(
        "--ascii",
        action=argparse.BooleanOptionalAction,
        help="draw with ASCII characters alone (default: where the locale or tmux's client is not UTF-8)",
    )
    made.option(
        "--extract",
        metavar="WHAT",
        help="take bytes out of the dump and exit: core:PID (an ELF core for gdb), memory:PID:START-END, ghost:ID, "
        "pipe:NUMBER, socket:ID, ipc:KIND:ID, bpf:ID, tty:ID",
    )
    made.option("--to", metavar="FILE", help="with --extract: the new file, outside the dump")
    made.option(
        "--images-with",
        metavar="DIR",
        help="a directory or archive with the images that are not in DUMP, such as those of a page server",
    )
    made.option(
        "--check",
        action="store_true",
        help="print the checks, or another PANE, and exit with status 3 where a restore would fail; "
        "with --print diff where the checkpoints differ",
    )
    made.option(
        "--root", metavar="DIR", help="where the restore's file system lies, for checks and symbols (default: /)"
    )
    made.option(
        "--no-host-checks", action="store_true", help="check the images alone: neither this machine nor its files"
    )
    made.option(
        "--ask-criu",
        metavar="COMMAND",
        help="run this command, such as criu, to ask CRIU its version and what it can do here; else nothing is run",
    )
    made.option(
        "--list",
        action="store_true",
        help="print the checkpoints below DUMP, by default where engines keep them, and exit",
    )
    session_options.add(made)
    made.option("--no-mouse", action="store_true", help="leave the mouse to the terminal, for its own selection")
    made.option("--version", action="store_true", help="print the version and exit")
    return made


class OneLineParser(argparse.ArgumentParser):
    """Help goes to standard output or is an error; what is wrong is said in text that is safe to show.

    A shell may have expanded names from a dump. `named` are the options that a command line names: no other is made.
    """

    def __init__(self, named: Collection[str] | None = None, **how: Any) -> None:
        super().__init__(**how)
        self._named = named

    def option(self, name: str, **how: Any) -> None:
        """Adds an argument as `add_argument` does; an option only where it is named, or its opposite."""
        named = self._named
        if named is None or not name.startswith("-") or name in named or f"--no-{name[2:]}" in named:
            self.add_argument(name, **how)

    def error(self, message: str) -> NoReturn:
        raise UsageError(display_safe(message))

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        with terminal.output():
            print(self.format_help(), end="", file=file)


def _check(options: Options) -> None:
    """Raises UsageError for options that would mean nothing together."""
    for pane, names in _ONLY_PRINTED.items():
        given = [f"--{name}" for name in names if getattr(options, name) not in (None, False)]
        if given and options.printed != pane:
            raise UsageError(f"{' and '.join(given)} {'goes' if len(given) == 1 else 'go'} with --print {pane}")
    if options.root is not None and options.no_host_checks:
        raise UsageError("--root says where the files lie, --no-host-checks that none is looked at: give one of them")
    if options.ask_criu is not None and (options.no_host_checks or options.host is not None or options.pid is not None):
        raise UsageError("--ask-criu runs a CRIU where a dump is restored, on this machine: not with --host or --pid")
    if options.contents and options.printed not in CONTENTS:
        raise UsageError(f"--contents goes with --print {' or '.join(CONTENTS)}")
    if options.printed == DIFF and options.against is None:
        raise UsageError("--print diff goes with --against, another checkpoint")
    if options.demo is not None and options.dump is not None:
        raise UsageError("give a DUMP or --demo, not both")
    if options.pid is not None and (options.dump is not None or options.demo is not None or options.list):
        raise UsageError("--pid looks at a process that runs: give neither a DUMP nor --demo nor --list with it")
    if options.auto is not None and (options.demo is None or options.printed is not None):
        raise UsageError("--auto goes with --demo, on a screen")
    if options.printed == SEARCH and options.pattern is None and options.strings is None:
        raise UsageError("--print search goes with --pattern or --strings")
    if (options.extract is None) != (options.to is None):
        raise UsageError("--extract WHAT and --to FILE go together")
    if options.extract is not None and options.printed is not None:
        raise UsageError("--extract and --print are two things: give one of them")
    if options.printed is None and not options.list and options.format != "text":
        raise UsageError("--format goes with --print or --list")
    if options.format == MARKDOWN and options.printed in (None, IMAGE, SEARCH):
        raise UsageError("--format markdown goes with --print PANE, other than image and search")
    if options.list and (options.printed is not None or options.demo is not None):
        raise UsageError("--list goes neither with --print nor with --demo")
    if (reason := session_options.why_not(options)) is not None:
        raise UsageError(reason)
    if options.printed is not None and (options.goto is not None or options.pane is not None):
        raise UsageError("--goto and --pane say where a screen starts: not with --print")
