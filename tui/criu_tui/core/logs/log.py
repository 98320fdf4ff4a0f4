"""A log read once, from end to end: its header, how it ends, its errors, and why the run failed.

A log is read in blocks of whole lines; of one of any length only where its blocks begin, and its first
errors, are kept.
"""

from __future__ import annotations

import enum
import re
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

from criu_tui.core.dump.idmap import MOST_EXTENTS, Check, Extent, IdMap
from criu_tui.core.logs.blocks import (
    LINES_KEPT,
    LONGEST,
    LogTooLongError,
    blocks,
    line_count,
    selected,
    text_of_line,
)
from criu_tui.core.logs.cause import choose
from criu_tui.core.logs.line import Level, LogLine, messages, parse_line
from criu_tui.core.logs.userns import failed_check, possible_maps
from criu_tui.core.logs.wrapping import Wrapping, take_off
from criu_tui.core.restore.releases import numbers
from criu_tui.core.source.directory import open_regular
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from criu_tui.core.source.directory import Where

_VERSION = re.compile(r"Version: (\S+)")
_KERNEL = re.compile(r"Running on (\S+) Linux (\S+)")
_RUN_ID = re.compile(r"(Dump )?CRIU run id = (\S+)")
_EXTENT = re.compile(r"id_map: (-?\d{1,10}) (-?\d{1,10}) (-?\d{1,10})$", re.ASCII)

KEPT_ERRORS = 1000
"""Of errors and of warnings each."""
PARSED_ERRORS = 20_000
"""Lines with an error or a warning that are taken apart; a log with more repeats itself."""
KEPT_EXTENTS = 2 * MOST_EXTENTS
"""Extents of one log: it names those of two maps."""
SAMPLE = 400
"""Lines at a log's beginning that tell what all lines have around them."""


class Result(enum.Enum):
    """How a log ends."""

    SUCCESS = "success"
    FAILED = "failed"
    CUT = "cut"
    """Without a last word: CRIU crashed, or is still running, or the log was cut."""


class Run(enum.Enum):
    """What CRIU was asked to do."""

    DUMP = "dump"
    PRE_DUMP = "pre-dump"
    RESTORE = "restore"
    LAZY_PAGES = "lazy-pages daemon"
    PAGE_SERVER = "page server"


@dataclass(slots=True)
class Log:
    """One log file as it was when read."""

    path: Where
    dumping: bool
    """Of `criu dump`; else of `criu restore`."""
    run: Run | None = None
    """None where neither its name nor its lines tell."""
    criu: str | None = None
    kernel: str | None = None
    host: str | None = None
    run_id: str | None = None
    """The run that wrote the images, as the log has it."""
    result: Result = Result.CUT
    cause: LogLine | None = None
    """The line that says why the run failed; the errors after it are its consequences."""
    evidence: tuple[LogLine, ...] = ()
    """The cause and up to four lines that show it, in order."""
    errors: list[LogLine] = field(default_factory=list)
    """The first errors and warnings, noise included."""
    extents: list[Extent] = field(default_factory=list)
    """From `id_map:` lines: those of uid_map, then those of gid_map."""
    count: int = 0
    """Lines in the file."""
    timed: bool = False
    """Its lines have times: it was written from -v3 on, and has more than errors and warnings."""
    detailed: bool = False
    """It has lines that only -v4 writes."""
    wrappings: tuple[Wrapping, ...] = ()
    """What most of its lines have around them, the outermost first."""
    starts: array[int] = field(default_factory=lambda: array("Q"))
    """Byte offset of each block of lines."""
    firsts: array[int] = field(default_factory=lambda: array("Q"))
    """Lines before each block."""
    mappings: array[int] = field(default_factory=lambda: array("Q"))
    """Blocks that say what a restore mapped or read, see `restore_log`."""
    problem: ImageError | None = None

    @property
    def lines(self) -> Lines:
        """Its lines, read again when they are looked at."""
        return Lines(self)

    def of_run(self, run_id: str) -> bool | None:
        """Whether it is of the run that wrote images with this run id; None when either is not known."""
        return self.run_id == run_id if run_id and self.run_id else None

    @property
    def id_maps(self) -> tuple[IdMap, IdMap] | None:
        """uid and gid extents recovered from the log; None when they cannot be told apart."""
        found = self.possible_maps
        return found[0] if len(found) == 1 else None

    @property
    def possible_maps(self) -> list[tuple[IdMap, IdMap]]:
        """Every uid map and gid map that would leave such a log, see `userns.splits`.

        Where the dump failed on the check of id 0 they fail it too, where it succeeded they pass.
        """
        succeeded = self.dumping and self.result is Result.SUCCESS
        passed = False if self._failed_on_root else True if succeeded else None
        return possible_maps(self.extents, passed=passed)

    @property
    def _failed_on_root(self) -> bool:
        return self.dumping and any("Unable to convert uid or gid" in line.text for line in self.errors)

    @property
    def root_check(self) -> Check | None:
        """CRIU's check on id 0 replayed on the recovered extents; None when the log has no such failure."""
        return failed_check(self.extents) if self._failed_on_root else None

    @property
    def cleanup_crashed(self) -> bool | None:
        """Whether this CRIU's clean-up freed the parsed maps twice; None when its version is unknown.

        Before 4.1 the error path freed them and the final clean-up did so again; with no
        extent parsed there was nothing to free (criu/namespaces.c, fixed in 4.1).
        """
        version = numbers(self.criu)
        return None if version is None else version < (4, 1) and bool(self.extents)


class Lines(Sequence[LogLine]):
    """The lines of a log, a block at a time read from the file when they are looked at."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._held: tuple[int, list[bytes]] = -1, []
        """The block read last, since the next line looked at is most often in it."""

    def __len__(self) -> int:
        return self._log.count

    @overload
    def __getitem__(self, index: int) -> LogLine: ...
    @overload
    def __getitem__(self, index: slice) -> list[LogLine]: ...
    def __getitem__(self, index: int | slice) -> LogLine | list[LogLine]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        log = self._log
        block = bisect_right(log.firsts, index) - 1
        held, lines = self._held
        if held != block:
            lines = self._read(block)
            self._held = block, lines
        position = index - log.firsts[block]
        # A file that has shrunk since has no such line any more.
        raw = text_of_line(lines[position]) if position < len(lines) else ""
        return parse_line(index + 1, raw, log.wrappings)

    def _read(self, block: int) -> list[bytes]:
        return read_block(self._log, block).split(b"\n")


def read_block(log: Log, block: int) -> bytes:
    """The bytes of a block of lines; empty where they cannot be read any more."""
    start = log.starts[block]
    end = log.starts[block + 1] if block + 1 < len(log.starts) else start + LONGEST
    try:
        with open_regular(log.path) as file:
            return file.read_at(start, min(end - start, LONGEST))
    except (ImageError, OSError):
        return b""


def read_log(path: Where, *, dumping: bool | None = None) -> Log:
    """Reads a log once, from end to end; a file that cannot be read is a Log with only a problem."""
    log = Log(path, dumping="dump" in path.name if dumping is None else dumping)
    kept = _Kept()
    try:
        with open_regular(path) as file:
            for offset, data in blocks(file):
                if offset == 0:
                    log.wrappings = _wrappings(data)
                for index, raw in selected(data, _OF_THE_RUN if kept.full else _WANTED):
                    for line in messages(log.count + index + 1, text_of_line(raw), log.wrappings):
                        _take(log, kept, line)
                if any(word in data for word in _MAPPINGS):
                    log.mappings.append(len(log.starts))
                log.timed = log.timed or b"(0" in data
                log.detailed = log.detailed or any(word in data for word in _DETAILS)
                log.starts.append(offset)
                log.firsts.append(log.count)
                log.count += line_count(data)
                if log.count > LINES_KEPT:
                    raise LogTooLongError(offset)
    except ImageError as error:
        log.problem = error
    except LogTooLongError as error:
        log.problem = ImageError(path.name, error.args[0], "a log as long as this is not read to its end")
    except OSError as error:
        log.problem = ImageError(path.name, None, reason_of(error))
    if log.problem is None or log.count:
        _conclude(log, kept)
    return log


_MAPPINGS = (b"\tmmap(0x", b"\tpremap 0x", b" nr_", b"`- render ")
_DETAILS = (b"fdinfo ", b"__fetched msg", b"vdso: Parsing", b"\tpremap ", b"\tmmap(", b"Found task size")
_OF_THE_RUN = (b"ersion: ", b"Running on ", b"run id = ", b"id_map: ", b"finished success", b"FAILED")
_WANTED = (b"Error", b"Warn", *_OF_THE_RUN)


class _Kept:
    """What is counted while a log is read."""

    def __init__(self) -> None:
        self.by_level: Counter[Level] = Counter()
        self.finished = 0
        """Number of the line that says so."""
        self.failed = False

    @property
    def full(self) -> bool:
        """No further error or warning is taken apart."""
        errors, warnings = self.by_level[Level.ERROR], self.by_level[Level.WARNING]
        return errors + warnings >= PARSED_ERRORS or min(errors, warnings) >= KEPT_ERRORS


def _wrappings(data: bytes) -> tuple[Wrapping, ...]:
    """What most of the lines at a log's beginning that hold something of CRIU's have around it."""
    found = Counter[tuple[Wrapping, ...]]()
    for raw in data.split(b"\n", SAMPLE)[:SAMPLE]:
        inner, taken = take_off(text_of_line(raw).removesuffix("\r").removeprefix("\ufeff"))
        if inner is not None:
            found[taken] += 1
    return found.most_common(1)[0][0] if found else ()


def _take(log: Log, kept: _Kept, line: LogLine) -> None:
    """Keeps what a line says of the whole run."""
    if line.level is not Level.INFO:
        kept.by_level[line.level] += 1
        if kept.by_level[line.level] <= KEPT_ERRORS:
            log.errors.append(line)
    if "FAILED" in line.text and (found := _FAILED.search(line.text)):
        kept.failed = True
        log.run = _RUNS[found[1]]
    elif "finished successfully" in line.text:
        kept.finished = line.number
        log.run = next((run for word, run in _RUNS.items() if word in line.text), log.run)
    elif found := _EXTENT.match(line.text):
        # Printed as signed numbers: 4294967295 appears as -1.
        if len(log.extents) < KEPT_EXTENTS:
            log.extents.append(Extent(*(int(number) % (1 << 32) for number in found.groups())))
    elif found := _VERSION.match(line.text):
        log.criu = log.criu or found[1]
    elif found := _KERNEL.match(line.text):
        log.host, log.kernel = log.host or found[1], log.kernel or found[2]
    elif found := _RUN_ID.match(line.text):
        # A restore's own id is not the dump's, which it prints as "Dump CRIU run id".
        if found[1]:
            log.dumping, log.run_id = False, found[2]
        elif log.dumping:
            log.run_id = log.run_id or found[2]


_FAILED = re.compile(r"(Pre-dumping|Dumping|Restoring|Lazy pages transfer) FAILED")
_RUNS = {
    "Pre-dumping": Run.PRE_DUMP,
    "Dumping": Run.DUMP,
    "Restoring": Run.RESTORE,
    "Restore": Run.RESTORE,
    "Lazy pages transfer": Run.LAZY_PAGES,
}
_OF_A_DUMP = ("cr-dump.c", "parasite", "infect", "seize.c", "proc_parse.c")
_OF_A_RESTORE = ("cr-restore.c", "restorer.c")


def _conclude(log: Log, kept: _Kept) -> None:
    """How the run ended, which run it was, and why it failed."""
    if log.run is None:
        log.run = _run_by_name(log.path.name) or _run_by_lines(log.errors)
    if log.run is not None:
        log.dumping = log.run in (Run.DUMP, Run.PRE_DUMP)
    # CRIU logs its success once the images are read; the death of a task that could not start comes after that.
    undone = any(line.level is Level.ERROR and not line.noise and line.number > kept.finished for line in log.errors)
    if kept.failed or (kept.finished and undone and log.run is Run.RESTORE):
        log.result = Result.FAILED
    elif kept.finished:
        log.result = Result.SUCCESS
    chosen = choose(log.errors, log.lines)
    if chosen is not None:
        log.cause, log.evidence = chosen.line, chosen.evidence


def _run_by_name(name: str) -> Run | None:
    """By the names that CRIU, runtimes and CRaC give."""
    for word, run in (
        ("lazy", Run.LAZY_PAGES),
        ("page-server", Run.PAGE_SERVER),
        ("pre-dump", Run.PRE_DUMP),
        ("predump", Run.PRE_DUMP),
        ("dump", Run.DUMP),
        ("checkpoint", Run.DUMP),
        ("restore", Run.RESTORE),
    ):
        if word in name:
            return run
    return None


def _run_by_lines(errors: Sequence[LogLine]) -> Run | None:
    """By the sources of CRIU that only one of the runs goes through."""
    for line in errors:
        if any(word in line.source for word in _OF_A_RESTORE):
            return Run.RESTORE
        if any(word in line.source for word in _OF_A_DUMP):
            return Run.DUMP
        if line.source.endswith("uffd.c") or "uffd.c:" in line.source:
            return Run.LAZY_PAGES
    return None
