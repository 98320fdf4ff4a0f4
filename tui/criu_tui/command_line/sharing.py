"""What a command line asks of a session: opened, joined, listed, recorded, replayed, its marks printed."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui import terminal
from criu_tui.command_line.opening import release
from criu_tui.command_line.options import UsageError
from criu_tui.command_line.output import encodable, write
from criu_tui.core.base.text import display_safe
from criu_tui.core.report import export, issue, printed
from criu_tui.core.report.redaction import hiding
from criu_tui.core.report.remote import RemoteDump, RemoteReport
from criu_tui.core.restore.releases import NEWEST
from criu_tui.share import sockets
from criu_tui.share.company import Company
from criu_tui.share.fields import LABEL_SIZE, NAME_SIZE, safe
from criu_tui.share.identity import identity
from criu_tui.share.protocol import Hello
from criu_tui.share.recording import Recording, moves, session_of
from criu_tui.share.sockets import SharingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from criu_tui.command_line.options import Options
    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.report.report import Report
    from criu_tui.share.recording import Move


def print_sessions(options: Options) -> None:
    """Writes the sessions that can be joined, a line each. Raises UsageError and OutputError."""
    try:
        found = list(sockets.sessions(_group(options)))
    except SharingError as error:
        raise UsageError(str(error)) from None
    lines = [f"{each.name}  {each.hello.title}  with {each.hello.name}" for each in found]
    with terminal.output():
        for line in encodable(iter(lines or ["no session is here: --share opens one"])):
            print(line)


def company(options: Options, dump: Dump) -> Company:
    """The session that the options ask for. Raises UsageError where it cannot be opened, joined or played."""
    try:
        return _company(options, dump)
    except (SharingError, export.ExportError) as error:
        raise UsageError(str(error)) from None


def without_checkpoint(options: Options) -> tuple[RemoteReport, Company]:
    """A report of which the rows come from the host of a session, and that session.

    Raises UsageError where there is none.
    """
    try:
        path = sockets.the_session(options.join or "", _group(options))
        host = sockets.answering(path, _group(options))
        dump = RemoteDump(host.title)
        me = Hello(_own_name(), host.checkpoint, host.title, read_only=options.read_only, rows=True)
        made = Company(me, joining=path)
        if options.record is not None:
            made = made._replace(recording=Recording(export.outside(options.record, dump), me))
    except (SharingError, export.ExportError) as error:
        raise UsageError(str(error)) from None
    opened_with = ("--join", str(path.absolute()), "--rows")
    return RemoteReport(dump, release(options.criu or NEWEST), opened_with), made


def _company(options: Options, dump: Dump) -> Company:
    title = safe(str(dump.shown_path), LABEL_SIZE) or "a checkpoint"
    me = Hello(_own_name(), identity(dump), title, read_only=options.read_only and options.join is not None)
    gid = _group(options)
    made = Company(me, gid=gid, read_only=options.read_only)
    if options.replay is not None:
        made = made._replace(replayed=_moves(options.replay, me.checkpoint))
    if options.join is not None:
        path = sockets.the_session(options.join, gid)
        host = sockets.answering(path, gid)
        if host.checkpoint != me.checkpoint:
            raise SharingError(
                f"{host.name} shares {host.title}, another checkpoint: its images differ from {title}; "
                "--rows joins without one"
            )
        made = made._replace(joining=path)
    if options.record is not None:
        made = made._replace(recording=Recording(export.outside(options.record, dump), me))
    if options.share is not None:
        made = made._replace(hosting=sockets.listening(options.share or str(os.getpid()), gid))
    return made


def _group(options: Options) -> int | None:
    return None if options.group is None else sockets.group_id(options.group)


def _own_name() -> str:
    """Of the user; by the kernel's word, not by the environment's."""
    try:
        name = safe(pwd.getpwuid(os.geteuid()).pw_name[:NAME_SIZE], NAME_SIZE)
    except KeyError:
        name = ""
    return name or str(os.geteuid())


def _moves(name: str, checkpoint: str) -> Sequence[Move]:
    """What a file has. Raises SharingError, also when it is of another checkpoint."""
    found = moves(Path(name))
    first = found[0].line.message
    if isinstance(first, Hello) and first.checkpoint != checkpoint:
        raise SharingError(f"{display_safe(name)}: is of another checkpoint, {first.title or first.checkpoint}")
    return found


def print_report(report: Report, options: Options) -> None:
    """Writes the report for an issue with the marks of a recording. Raises UsageError and OutputError."""
    try:
        session = session_of(_moves(options.replay or "", identity(report.dump)))
    except SharingError as error:
        raise UsageError(str(error)) from None
    hide = hiding(report, issue.log_of(report)) if options.redact else str
    marks = [
        issue.MarkedPlace(mark.place.pane, mark.place.task, mark.place.address, hide(mark.label), hide(mark.note))
        for _, mark in session.marks
    ]

    asked = printed.Asked(redacted=options.redact)

    def text() -> Iterator[str]:
        yield from printed.text(report, "report", asked=asked)
        yield from issue.marks_text(marks)

    def json() -> Mapping[str, Json]:
        return {**printed.json(report, "report", asked=asked), "marks": issue.marks_json(marks)}

    write(report, options, json, text)
