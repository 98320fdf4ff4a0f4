"""The options of a session of several people: what they are, and what makes no sense together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from criu_tui.command_line.options import Options
    from criu_tui.command_line.parsing import OneLineParser

REPORT = "report"
"""Printed with the marks of a recording, when one is given."""


def add(made: OneLineParser) -> None:
    """Adds them to a parser."""
    made.option(
        "--share",
        nargs="?",
        const="",
        metavar="NAME",
        help="let others look at the same checkpoint, each in a terminal of their own; they join by this name",
    )
    made.option(
        "--join",
        nargs="?",
        const="",
        metavar="SESSION",
        help="join a session, by its name or socket, with the same checkpoint as DUMP (default: the only session here)",
    )
    made.option(
        "--group",
        metavar="GROUP",
        help="with --share: members of this group may join; with --join and --list-sessions: look for such sessions",
    )
    made.option(
        "--read-only", action="store_true", help="with --share: guests only look and point; with --join: you do"
    )
    made.option(
        "--rows",
        action="store_true",
        help="with --join: without the checkpoint; the host sends the rows of the panes, bytes only if it allows it",
    )
    made.option("--list-sessions", action="store_true", help="print the sessions here that can be joined, and exit")
    made.option("--record", metavar="FILE", help="record where you and the others go in a new file, for --replay")
    made.option(
        "--replay",
        metavar="FILE",
        help="play what --record wrote, over the same checkpoint; with --print report: add its marks",
    )


def why_not(options: Options) -> str | None:
    """Why they mean nothing together; None when they do."""
    live = [f"--{name}" for name in ("share", "join", "record", "replay") if getattr(options, name) is not None]
    if "--share" in live and "--join" in live:
        return "--share opens a session and --join joins one: give one of them"
    if "--replay" in live and len(live) > 1:
        return f"--replay plays what was: not with {' or '.join(live[:-1])}"
    if options.printed is not None or options.extract is not None or options.list or options.list_sessions:
        on_screen = [each for each in live if not (each == "--replay" and options.printed == REPORT)]
        if on_screen:
            return f"{on_screen[0]} goes with a screen"
    if live and options.pid is not None:
        return f"{live[0]} goes with a checkpoint, not with --pid: what runs is never the same twice"
    if options.read_only and options.share is None and options.join is None:
        return "--read-only goes with --share or --join"
    if options.rows and options.join is None:
        return "--rows goes with --join"
    if options.rows and (options.dump is not None or options.demo is not None):
        return "--rows joins without a checkpoint: give none"
    if options.group is not None and options.share is None and options.join is None and not options.list_sessions:
        return "--group goes with --share, --join or --list-sessions"
    return None
