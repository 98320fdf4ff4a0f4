"""What a command line names, opened as a report."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.command_line.options import UsageError
from criu_tui.core.base.encoding import as_utf8
from criu_tui.core.base.limits import FACTS_LIMIT
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import some
from criu_tui.core.dump.dump import Dump, NotADumpError
from criu_tui.core.report.report import Report, described_machine, described_memory
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.releases import NEWEST, criu
from criu_tui.core.source.directory import Directory, open_regular
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.holding import Holding, holding
from criu_tui.core.source.lone import LoneLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.command_line.options import Options
    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.preflight.machine import Machine
    from criu_tui.core.restore.releases import Criu
    from criu_tui.core.source.source import Source

LOOKED_AT = 4096
"""Bytes at the beginning of a file that tell what it is: text, an archive, a stream."""


def opened(options: Options, source: Source | None = None) -> Report:
    """What the options name, or a source that was found or made for them, as a report.

    Raises UsageError for what cannot be opened.
    """
    chosen = release(options.criu or NEWEST)
    host, machine = _described(options.host) if options.host else (None, None)
    try:
        where, log = _place(Path(options.dump or ".")) if source is None else (source, None)
        where = Directory(where) if isinstance(where, Path) else where
        if isinstance(where, Directory):
            where.follow_links = options.follow_links
        dump = Dump(where)
        if options.root is not None:
            dump.mapped_below = (Path(options.root), *dump.mapped_below)
        if options.demo is not None:
            dump.shown_path = Path("demo") / options.demo
    except NotADumpError as error:
        here = "; give a DUMP, or --demo for a built-in one" if options.dump is None and source is None else ""
        raise UsageError(f"{error}{here}") from None
    given = log if options.log is None else _readable(Path(options.log))
    report = Report(
        dump,
        chosen,
        host,
        lazy=options.lazy,
        given_log=given,
        opened_with=tuple(_opened_with(options, dump)),
        around=_around(options, machine),
    )
    if options.task is not None and options.task not in dump.pids and options.printed != "log":
        raise UsageError(f"task {options.task} is not in this dump; it holds {_some_pids(report)}")
    return report


def _around(options: Options, described: Machine | None) -> Callable[[Host], Surroundings]:
    """Where the restore would run: here, unless another machine is described or this one is left out."""

    try:
        named = tuple(shlex.split(options.ask_criu or ""))
    except ValueError as error:
        raise UsageError(f"--ask-criu: {error}") from None

    def around(host: Host) -> Surroundings:
        if options.no_host_checks or (options.demo is not None and options.host is None):
            # A built-in dump has no program anywhere, but may be held against a machine that is described.
            return Surroundings(host)
        root = None if options.root is None else Path(options.root)
        if options.host is not None:
            return Surroundings(host, None if described is None else lambda: described, root=root)
        return Surroundings(host, here=True, root=root, criu=named)

    return around


def release(version: str) -> Criu:
    """The CRIU of a version. Raises UsageError."""
    try:
        return criu(version)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _readable(log: Path) -> Path:
    """A log that was asked for by name. Raises UsageError when there is none to read."""
    try:
        open_regular(log).close()
    except ImageError as error:
        raise UsageError(f"{display_safe(str(log))}: {error.reason}") from None
    return log


def _absolute(path: Path) -> str:
    try:
        return str(path.absolute())
    except OSError:
        # The directory that this was started in is gone.
        return str(path)


def _opened_with(options: Options, dump: Dump) -> Iterator[str]:
    """The words of this command line that decide what is seen, the CRIU version and the place apart."""
    if options.pid is not None:
        yield from ("--pid", str(options.pid))
    elif options.demo is not None:
        yield from ("--demo", options.demo)
    else:
        yield _absolute(dump.path)
    if options.host is not None:
        yield from ("--host", options.host)
    if options.log is not None:
        yield from ("--log", _absolute(Path(options.log)))
    if options.root is not None:
        yield from ("--root", _absolute(Path(options.root)))
    if options.no_host_checks:
        yield "--no-host-checks"
    if options.ask_criu is not None:
        yield from ("--ask-criu", options.ask_criu)
    if options.against is not None:
        yield from ("--against", _absolute(Path(options.against)))
    if options.lazy:
        yield "--lazy"
    if options.follow_links:
        yield "--follow-links"


def _described(spec: str) -> tuple[Host, Machine | None]:
    """A host that a specification, or a file from --host-facts, describes. Raises UsageError."""
    try:
        if "=" in spec and not Path(spec).exists():
            return described_memory(spec), None
    except ValueError as error:
        raise UsageError(str(error)) from None
    shown = display_safe(spec)
    try:
        with open_regular(Path(spec)) as file:
            if file.size > FACTS_LIMIT:
                raise UsageError(f"{shown}: too long for facts of a host")
            machine, host = described_machine(file.read_at(0, file.size))
    except ImageError as error:
        raise UsageError(f"{shown}: {error.reason}") from None
    except ValueError as error:
        raise UsageError(f"{shown}: {display_safe(str(error))}") from None
    return host, machine


def _place(path: Path) -> tuple[Path | Source, Path | None]:
    """Where the images lie and, when a log is opened rather than them, that log."""
    if not is_text(path):
        return path, None
    # Images beside it say more of what it tells.
    return (path.parent if holding(path.parent) is Holding.DUMP else LoneLog(path)), path


def is_text(path: Path) -> bool:
    """Whether a path leads to a file that may be a log: one without the zeros of images and archives."""
    try:
        with open_regular(path) as file:
            return file.size > 0 and b"\0" not in as_utf8(file.read_at(0, LOOKED_AT))
    except (ImageError, OSError):
        return False


def _some_pids(report: Report) -> str:
    return some(list(report.dump.pids)) or "no tasks"
