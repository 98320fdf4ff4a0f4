"""Which checkpoint a command line means: in a directory, an archive, an OCI layout, a stream, standard input."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.command_line.opening import LOOKED_AT, is_text
from criu_tui.command_line.options import UsageError
from criu_tui.core.base.limits import LOG_LIMIT
from criu_tui.core.base.progress import Measure, Progress
from criu_tui.core.base.text import display_safe
from criu_tui.core.dump.dump import Dump, NotADumpError
from criu_tui.core.report.against import compared
from criu_tui.core.source.archive import NotAnArchiveError, opened
from criu_tui.core.source.arriving import Arrival, Search
from criu_tui.core.source.decompress import PIECE, START, compression
from criu_tui.core.source.directory import Directory, located, opened_descriptor
from criu_tui.core.source.error import ImageError, reason_of
from criu_tui.core.source.holding import Holding, holding
from criu_tui.core.source.lone import LoneLog
from criu_tui.core.source.pipe import Piped
from criu_tui.core.source.places import HOMES, Checkpoint, Places, checkpoints, lone_archive, root
from criu_tui.core.source.spool import spooled
from criu_tui.core.source.streamer import is_stream
from criu_tui.core.source.tar import is_tar
from criu_tui.core.source.together import Together

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.command_line.options import Options
    from criu_tui.command_line.scratch import Scratch
    from criu_tui.core.report.report import Report
    from criu_tui.core.source.source import OpenFile, Source

LONG = 1 << 18
"""Bytes of a compressed archive from which reading it may take so long that a screen should show it."""
AT_ONCE = 0.15
"""Seconds for which an archive is waited for without a screen."""
SHOWN = 8
"""Places that are named when there are several."""


def places(given: str, progress: Progress) -> Places:
    """The checkpoints that a path holds. Raises UsageError and CancelledError."""
    return _searched(lambda: checkpoints(root(Path(given), progress), progress), given)


def within(held: OpenFile, progress: Progress) -> Places:
    """The checkpoints of an archive from standard input. Raises UsageError."""
    held = spooled(held, progress) if isinstance(held, Piped) else held
    return _searched(lambda: checkpoints(opened(held, Path(held.name), progress), progress), held.name)


def _searched(search: Callable[[], Places], given: str) -> Places:
    try:
        return search()
    except (NotAnArchiveError, ImageError) as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{display_safe(given)}: {reason_of(error)}") from None
    except ValueError:
        raise UsageError(f"{display_safe(given)}: not a name of a file") from None


def one_of(found: Places, given: str) -> Source:
    """The only checkpoint of a place. Raises UsageError where there is none, or where there are several."""
    shown = display_safe(given)
    names = [str(each.source.path) for each in found.found]
    names += (str(file.source.path / file.name) for file in found.closed)
    if len(names) == 1 and found.found and found.complete:
        return found.found[0].source
    if not names:
        wrong = f"; {found.problems[0]}" if found.problems else ""
        raise UsageError(f"{shown}: holds no CRIU images, and none lie further down{wrong}")
    some = ", ".join(display_safe(name) for name in names[:SHOWN])
    more = len(names) - SHOWN
    raise UsageError(f"{shown}: is no dump; {some}{f' and {more} more' if more > 0 else ''} below it are")


def with_images(source: Source | None, options: Options) -> Source:
    """The images of a dump and those of another place. Raises UsageError."""
    other = options.images_with or ""
    progress = opening(other)
    path = Path(other)
    more: Source = Directory(path) if path.is_dir() else one_of(places(other, progress), other)
    return Together(source or Directory(Path(options.dump or ".")), more)


def compared_with(report: Report, given: str, progress: Progress) -> Report:
    """A report, compared with the checkpoint that a path holds. Raises UsageError and CancelledError."""
    try:
        path = Path(given).expanduser()
    except RuntimeError:
        raise UsageError(f"{display_safe(given)}: no such user") from None
    if holding(path) is Holding.DUMP:
        source: Source = Directory(path)
    elif is_text(path):
        source = LoneLog(path)
    else:
        source = one_of(places(str(path), progress), given)
    try:
        dump = Dump(source)
    except NotADumpError as error:
        raise UsageError(str(error)) from None
    return compared(report, dump, path if source.lone else None)


def engines_places(progress: Progress) -> Places:
    """What lies where engines keep checkpoints, as far as it can be read. Raises CancelledError."""
    whole = Places()
    for home in map(Path, HOMES):
        try:
            found = checkpoints(Directory(home), progress)
        except OSError:
            continue
        whole.found += found.found
        whole.closed += found.closed
        whole.complete &= found.complete
    return whole


def opening(given: str) -> Progress:
    """How far the reading of an archive has come."""
    return Progress(f"opening {display_safe(Path(given).name, 60)}", Measure.BYTES)


def begun(given: str, progress: Progress) -> Arrival | Search:
    """A place that is being looked through from now on, a large compressed archive as far as it has come."""
    path = Path(given)
    with suppress(OSError, ValueError, ImageError, NotAnArchiveError):
        place: Source = Directory(path)
        if path.is_file():
            file = located(path).open()
            if compression(file.read_at(0, START)) is not None:
                if file.size >= LONG:
                    return Arrival(file, path, progress)
                file.close()
                return Search(lambda: checkpoints(root(path, progress), progress), progress)
            place = opened(file, path, progress)
        packed = lone_archive(place)
        if packed is not None:
            file, path_within = packed.file.open(), packed.file.source.path / packed.file.name
            if file.size >= LONG and compression(file.read_at(0, START)) is not None:
                return Arrival(file, path_within, progress, packed.annotations)
            file.close()
        return Search(lambda: checkpoints(place, progress), progress)
    return Search(lambda: checkpoints(root(path, progress), progress), progress)


def begun_from(held: OpenFile, progress: Progress) -> Arrival | Search:
    """An archive from standard input that is being read from now on, where it is compressed or piped as it comes."""
    if isinstance(held, Piped) or compression(held.read_at(0, START)) is not None:
        return Arrival(held, Path(held.name), progress)
    return Search(lambda: checkpoints(opened(held, Path(held.name), progress), progress), progress)


def ended(found: Arrival | Search, given: str) -> Places:
    """All checkpoints of a place, waited for. Raises UsageError."""
    return _searched(found.places, given)


def at_once(found: Arrival | Search, given: str, *, early: bool, needed: frozenset[str]) -> Places | None:
    """What a place holds that is known in an instant, with `early` a dump of which what is needed has come.

    None when it takes longer. Raises UsageError.
    """
    if found.done(AT_ONCE):
        return ended(found, given)
    dump = found.dump_so_far(needed) if early and isinstance(found, Arrival) else None
    return None if dump is None else Places([Checkpoint(dump, Holding.DUMP)])


def standard_input() -> OpenFile:
    """What is redirected or piped here; the terminal takes its place, for the keys of a screen.

    Raises UsageError where there is nothing to read.
    """
    try:
        if os.isatty(0):
            raise UsageError("standard input is a terminal: pipe an archive or a log into it")
        regular = stat.S_ISREG(os.fstat(0).st_mode)
        name, descriptor = "standard input", os.dup(0)
        held = opened_descriptor(name, descriptor) if regular else Piped(descriptor, name)
    except OSError as error:
        raise UsageError(f"standard input: {reason_of(error)}") from None
    _terminal_for_keys()
    return held


def is_archive(held: OpenFile) -> bool:
    """Whether an open file is an archive or a stream of images, compressed or not."""
    start = held.read_at(0, LOOKED_AT)
    return compression(start) is not None or is_tar(start) or is_stream(start)


def as_log(held: OpenFile, scratch: Scratch) -> Path:
    """A log from standard input as a file, no more of it than is read of any log.

    Raises UsageError for what is none.
    """
    made = scratch.directory("criu-tui-log-") / "standard-input.log"
    with held, made.open("wb") as file:
        at = 0
        while at < LOG_LIMIT and (data := held.read_at(at, min(PIECE, LOG_LIMIT - at))):
            file.write(data)
            at += len(data)
    if at == 0:
        raise UsageError("standard input: is empty")
    if not is_text(made):
        raise UsageError("standard input: neither an archive or a stream of images nor a log")
    return made


def _terminal_for_keys() -> None:
    try:
        descriptor = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    os.dup2(descriptor, 0)
    os.close(descriptor)
