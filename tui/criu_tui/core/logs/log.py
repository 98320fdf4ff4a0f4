"""dump.log and restore.log: lines, header, outcome and first cause (criu/log.c).

A line is "(seconds) [pie: ][PID: ][Warn |Error (file:line): ][subsystem: ]text". A log is read in
blocks of whole lines; of one of any length only where its blocks begin, and its first errors,
are kept.
"""

from __future__ import annotations

import enum
import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, overload

from criu_tui.core.dump.idmap import MOST_EXTENTS, Check, Extent, IdMap, check_root
from criu_tui.core.restore.releases import numbers
from criu_tui.core.source.directory import Directory, located, open_regular
from criu_tui.core.source.error import ImageError, reason_of
from criu_tui.core.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from pathlib import Path

    from criu_tui.core.base.span import Span
    from criu_tui.core.source.directory import Where
    from criu_tui.core.source.source import OpenFile, SourceFile

_LINE = re.compile(
    r"\((?P<time>\d{1,12}\.\d{1,9})\) ?\s*(?P<pie>pie: )?(?:(?P<pid>\d+): )?"
    r"(?:(?P<level>Warn|Error) +\((?P<source>[^)]*)\): )?(?P<text>.*)",
    re.DOTALL | re.ASCII,
)
_SUBSYSTEM = re.compile(r"([a-z][a-z-]{1,14}(?:v2)?|sk unix): ")
_VERSION = re.compile(r"Version: (\S+)")
_KERNEL = re.compile(r"Running on (\S+) Linux (\S+)")
_RUN_ID = re.compile(r"(Dump )?CRIU run id = (\S+)")
_EXTENT = re.compile(r"id_map: (-?\d{1,10}) (-?\d{1,10}) (-?\d{1,10})$", re.ASCII)
_NOISE = re.compile(
    r"cgroupd: recv req error|Can't remove the directory /tmp/\.criu\.mntns|Unable to wait \d+: No child"
    r"|killed by signal 9|daemon exits|Restoring FAILED|Dumping FAILED|/proc/self/loginuid failed"
    r"|Can't keep kdat cache|cannot get dev's number|RTNETLINK answers: File exists"
    r"|Only file size could be stored|No \S+\.img image|Can't setup RLIMIT_NOFILE for self"
)
"""What follows any failure, or does no harm; never the cause."""

KEPT_ERRORS = 1000
KEPT_EXTENTS = 2 * MOST_EXTENTS
"""A log names those of two maps."""
LINE_LIMIT = 1 << 16
"""Bytes of a line that are looked at."""
LINES_KEPT = 1 << 22
LOG_LIMIT = 1 << 30
"""Bytes of a log that are read."""
_BLOCK = 1 << 16
"""Bytes read at once."""
_LONGEST = _BLOCK + LINE_LIMIT
"""Bytes of a block: what was read at once, and the beginning of a line left from before."""


class Level(enum.Enum):
    """How CRIU marks a line."""

    ERROR = "error"
    WARNING = "warning"
    INFO = ""


class Result(enum.Enum):
    """How a log ends."""

    SUCCESS = "success"
    FAILED = "failed"
    CUT = "cut"
    """Without a last word: CRIU crashed, or is still running, or the log was cut."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line; `number` counts from 1. Text is as in the log: make it safe before showing it."""

    number: int
    time: str
    pid: int | None
    level: Level
    subsystem: str
    text: str
    noise: bool = False


def parse_line(number: int, raw: str) -> LogLine:
    """A line taken apart; one that is none of CRIU's is all text."""
    match = _LINE.match(raw)
    if match is None:
        return LogLine(number, "", None, Level.INFO, "", raw)
    text = match["text"]
    subsystem = _SUBSYSTEM.match(text)
    level = {"Warn": Level.WARNING, "Error": Level.ERROR}.get(match["level"], Level.INFO)
    if match["level"] is None and text.startswith("Error ("):
        level = Level.ERROR
    return LogLine(
        number,
        match["time"],
        int(match["pid"]) if match["pid"] and len(match["pid"]) < 11 else None,
        level,
        "pie" if match["pie"] else subsystem[1] if subsystem else "",
        text,
        level is not Level.INFO and bool(_NOISE.search(text)),
    )


@dataclass(slots=True)
class Log:
    """One log file as it was when read."""

    path: Where
    dumping: bool
    """Of `criu dump`; else of `criu restore`."""
    criu: str | None = None
    kernel: str | None = None
    host: str | None = None
    run_id: str | None = None
    """The run that wrote the images, as the log has it."""
    result: Result = Result.CUT
    cause: LogLine | None = None
    """The first error that is not noise; what follows it follows from it."""
    errors: list[LogLine] = field(default_factory=list)
    """The first errors and warnings, noise included."""
    extents: list[Extent] = field(default_factory=list)
    """From `id_map:` lines: those of uid_map, then those of gid_map."""
    count: int = 0
    """Lines in the file."""
    starts: array[int] = field(default_factory=lambda: array("Q"))
    """Byte offset of each block of lines."""
    firsts: array[int] = field(default_factory=lambda: array("Q"))
    """Lines before each block."""
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
        """Every uid map and gid map that would leave such a log, see `splits`.

        Where the dump failed on the check of id 0 they fail it too, where it succeeded they pass.
        """
        if self._failed_on_root:
            passes = False
        elif self.dumping and self.result is Result.SUCCESS:
            passes = True
        else:
            return splits(self.extents)
        return [maps for maps in splits(self.extents) if check_root(*maps).ok is passes]

    @property
    def _failed_on_root(self) -> bool:
        return self.dumping and any("Unable to convert uid or gid" in line.text for line in self.errors)

    @property
    def root_check(self) -> Check | None:
        """CRIU's check on id 0 replayed on the recovered extents; None when the log has no such failure."""
        if not self._failed_on_root:
            return None
        checks = {check_root(*maps) for maps in self.possible_maps}
        return checks.pop() if len(checks) == 1 else _UNCERTAIN

    @property
    def cleanup_crashed(self) -> bool | None:
        """Whether this CRIU's clean-up freed the parsed maps twice; None when its version is unknown.

        Before 4.1 the error path freed them and the final clean-up did so again; with no
        extent parsed there was nothing to free (criu/namespaces.c, fixed in 4.1).
        """
        version = numbers(self.criu)
        return None if version is None else version < (4, 1) and bool(self.extents)


_UNCERTAIN = Check(
    ok=False,
    reason="uid 0 or gid 0 has no mapping, the log does not tell which: CRIU stops with “Unable to convert uid or gid”",
)


def splits(extents: Sequence[Extent]) -> list[tuple[IdMap, IdMap]]:
    """Every uid map and gid map that a log may have printed one after the other, with no mark between.

    CRIU parses uid_map whole, then gid_map (criu/namespaces.c: dump_user_ns); either may be empty, and
    the kernel lets no two extents of one map overlap on either side.
    """
    count = len(extents)
    before, after = _apart(extents), _apart(extents[::-1])
    return [
        (tuple(extents[:index]), tuple(extents[index:]))
        for index in range(max(0, count - after), min(count, before) + 1)
    ]


def _apart(extents: Sequence[Extent]) -> int:
    """How many of the first extents can be those of one map."""
    insides: list[Span] = []
    outsides: list[Span] = []
    for index, extent in enumerate(extents[:MOST_EXTENTS]):
        if not (_insert_apart(insides, extent.inside) and _insert_apart(outsides, extent.outside)):
            return index
    return min(len(extents), MOST_EXTENTS)


def _insert_apart(spans: list[Span], span: Span) -> bool:
    """Puts a span among sorted ones; False when it overlaps one of them."""
    at = bisect_right(spans, span)
    if any(span.overlaps(neighbour) for neighbour in spans[max(0, at - 1) : at + 1]):
        return False
    if span.size:
        spans.insert(at, span)
    return True


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
        return parse_line(index + 1, _text(lines[position]) if position < len(lines) else "")

    def _read(self, block: int) -> list[bytes]:
        log = self._log
        start = log.starts[block]
        end = log.starts[block + 1] if block + 1 < len(log.starts) else start + _LONGEST
        try:
            with open_regular(log.path) as file:
                return file.read_at(start, min(end - start, _LONGEST)).split(b"\n")
        except (ImageError, OSError):
            return []


def _text(raw: bytes) -> str:
    return raw[:LINE_LIMIT].decode("utf-8", "surrogateescape")


class LogTooLongError(Exception):
    """A log goes on beyond what is read of one; the argument is the byte offset."""


def _blocks(opened: OpenFile) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines, each with the bytes from the first one's beginning to its own.

    A line beyond LINE_LIMIT ends its block and is cut there; the rest of it is passed over. Raises
    LogTooLongError beyond `_limit`.
    """
    limit = _limit(opened)
    file = opened.stream
    offset = 0
    held = b""
    while chunk := file.read(_BLOCK):
        held += chunk
        end = held.rfind(b"\n") + 1
        if end:
            yield offset, held[:end]
            held = held[end:]
            offset += end
            if offset > limit:
                raise LogTooLongError(offset)
        if len(held) >= LINE_LIMIT:
            yield offset, held[:LINE_LIMIT]
            offset += len(held)
            held = b""
            while chunk := file.read(_BLOCK):
                end = chunk.find(b"\n") + 1
                offset += end or len(chunk)
                if offset > limit:
                    raise LogTooLongError(offset)
                if end:
                    held = chunk[end:]
                    break
    if held:
        yield offset, held


def _limit(file: OpenFile) -> int:
    """Bytes of a log that are read: those before the first hole, which CRIU never leaves and which may be long."""
    try:
        hole = file.hole_from(0)
    except OSError:
        # A file system that cannot say.
        return LOG_LIMIT
    return min(LOG_LIMIT, hole) if hole is not None and hole < file.size else LOG_LIMIT


def selected_lines(path: Where, words: Sequence[bytes]) -> Iterator[tuple[int, str]]:
    """Number, from 1 on, and text of the lines that hold one of these words, in order, as far as a log is read.

    Raises ImageError when the file cannot be read.
    """
    first = 1
    try:
        with open_regular(path) as file:
            for _, data in _blocks(file):
                yield from ((first + index, _text(raw)) for index, raw in _selected(data, words))
                first += _line_count(data)
    except LogTooLongError:
        return
    except OSError as error:
        raise ImageError(path.name, None, reason_of(error)) from error


def _selected(data: bytes, words: Sequence[bytes]) -> list[tuple[int, bytes]]:
    """Index in the block and bytes of the lines that hold one of these words, in order."""
    # Most lines hold none: finding the words is far cheaper than splitting lines.
    starts: set[int] = set()
    for word in words:
        at = data.find(word)
        while at >= 0:
            starts.add(data.rfind(b"\n", 0, at) + 1)
            after = data.find(b"\n", at)
            at = data.find(word, after) if after >= 0 else -1
    found: list[tuple[int, bytes]] = []
    before = index = 0
    for start in sorted(starts):
        index += data.count(b"\n", before, start)
        before = start
        end = data.find(b"\n", start)
        found.append((index, data[start : end if end >= 0 else None]))
    return found


def _line_count(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n"))


def read_log(path: Where, *, dumping: bool | None = None) -> Log:
    """Reads a log once, from end to end; a file that cannot be read is a Log with only a problem."""
    log = Log(path, dumping="dump" in path.name if dumping is None else dumping)
    try:
        with open_regular(path) as file:
            for offset, data in _blocks(file):
                full = len(log.errors) >= KEPT_ERRORS and log.cause is not None
                for index, raw in _selected(data, _OF_THE_RUN if full else _WANTED):
                    _take(log, parse_line(log.count + index + 1, _text(raw)))
                log.starts.append(offset)
                log.firsts.append(log.count)
                log.count += _line_count(data)
                if log.count > LINES_KEPT:
                    raise LogTooLongError(offset)
    except ImageError as error:
        log.problem = error
    except LogTooLongError as error:
        log.problem = ImageError(path.name, error.args[0], "a log as long as this is not read to its end")
    except OSError as error:
        log.problem = ImageError(path.name, None, reason_of(error))
    return log


_OF_THE_RUN = (b"ersion: ", b"Running on ", b"run id = ", b"id_map: ", b"finished success", b"FAILED")
_WANTED = (b"Error", b"Warn", *_OF_THE_RUN)


def _take(log: Log, line: LogLine) -> None:
    """Keeps what a line says of the whole run."""
    if line.level is not Level.INFO:
        if len(log.errors) < KEPT_ERRORS:
            log.errors.append(line)
        if log.cause is None and line.level is Level.ERROR and not line.noise:
            log.cause = line
    if "FAILED" in line.text and ("Dumping FAILED" in line.text or "Restoring FAILED" in line.text):
        log.result = Result.FAILED
        log.dumping = "Dumping" in line.text
    elif "finished successfully" in line.text:
        log.result = Result.SUCCESS
        log.dumping = "Dumping" in line.text
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


NAMES = ("dump.log", "restore.log", "criu-dump.log", "criu-restore.log", "checkpoint.log")


def find_logs(images: Path | Source, given: Path | None = None) -> list[Log]:
    """Logs among the images, beside them in the usual places, and the one given; each once."""
    source = images if isinstance(images, Source) else Directory(images)
    found: list[SourceFile] = [] if given is None else [located(given)]
    # runc and docker keep them in a work directory, podman one level above the images.
    for folder in (source, source.above, _work(source.above), _work(source)):
        if folder is not None:
            found += (folder.file(name) for name in NAMES if folder.is_regular(name))
    logs: dict[Hashable, Log] = {}
    for file in found:
        try:
            identity = file.source.status(file.name).identity
        except ValueError:
            logs[len(logs)] = Log(file, dumping=True, problem=ImageError(file.name, None, "not a name of a file"))
            continue
        except OSError as error:
            logs[len(logs)] = Log(file, dumping=True, problem=ImageError(file.name, None, reason_of(error)))
            continue
        if identity not in logs:
            logs[identity] = read_log(file)
    return list(logs.values())


def _work(source: Source | None) -> Source | None:
    """Where runc and docker let CRIU write its logs."""
    if source is None:
        return None
    try:
        return source.sub("criu.work")
    except (OSError, ValueError):
        return None


_HEX = re.compile(r"(?<![\w.])(?:0x)?([0-9a-f]{6,16})(?![\w.])")
_NUMBER = re.compile(r"(?<![\w.:])\d{1,10}(?![\w.])", re.ASCII)
NUMBERS_LOOKED_AT = 16
"""Of each kind in one line; CRIU prints at most four."""


def addresses_in(line: LogLine) -> Iterator[int]:
    """What may be addresses in a line's text, in order."""
    return (int(found[1], 16) for found in islice(_HEX.finditer(line.text), NUMBERS_LOOKED_AT))


def pids_in(line: LogLine) -> Iterator[int]:
    """The task that a line is of, then whatever numbers its text holds that may be PIDs."""
    if line.pid is not None:
        yield line.pid
    yield from (int(found[0]) for found in islice(_NUMBER.finditer(line.text), NUMBERS_LOOKED_AT))
