"""dump.log and restore.log: lines, header, outcome and first cause (criu/log.c).

A line is "(seconds) [pie: ][PID: ][Warn |Error (file:line): ][subsystem: ]text". Lines are read
one by one; a log of any length costs its line offsets and the errors kept of it.
"""

from __future__ import annotations

import enum
import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, overload

from criu_tui.core.idmap import Check, Extent, IdMap, check_root
from criu_tui.core.images import ImageError, is_regular, open_regular, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from criu_tui.core.span import Span

_LINE = re.compile(
    r"\((?P<time>\d{1,10}\.\d{1,10})\) ?\s*(?P<pie>pie: )?(?:(?P<pid>\d+): )?"
    r"(?:(?P<level>Warn|Error) +\((?P<source>[^)]*)\): )?(?P<text>.*)",
    re.DOTALL | re.ASCII,
)
_SUBSYSTEM = re.compile(r"([a-z][a-z-]{1,14}(?:v2)?|sk unix): ")
_VERSION = re.compile(r"Version: (\S+)")
_KERNEL = re.compile(r"Running on (\S+) Linux (\S+)")
_RUN_ID = re.compile(r"(Dump )?CRIU run id = (\S+)")
_EXTENT = re.compile(r"id_map: (-?\d{1,10}) (-?\d{1,10}) (-?\d{1,10})", re.ASCII)
_NOISE = re.compile(
    r"cgroupd: recv req error|Can't remove the directory /tmp/\.criu\.mntns|Unable to wait \d+: No child"
    r"|killed by signal 9|daemon exits|Restoring FAILED|Dumping FAILED|/proc/self/loginuid failed"
    r"|Can't keep kdat cache|cannot get dev's number|RTNETLINK answers: File exists"
    r"|Only file size could be stored|No \S+\.img image|Can't setup RLIMIT_NOFILE for self"
)
"""What follows any failure, or does no harm; never the cause."""

KEPT_ERRORS = 1000
KEPT_EXTENTS = 2 * 340
"""Extents that are kept of a log: the kernel takes 340 in one id map, and there are two."""
LINE_LIMIT = 1 << 16
"""Bytes of a line that are looked at."""
OVERLONG_KEPT = 64
"""Lines of at least LINE_LIMIT bytes, which CRIU never writes; a hole in a file is made of them."""
LINES_KEPT = 1 << 22
LOG_LIMIT = 1 << 30
"""Bytes of a log that are read."""


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

    path: Path
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
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    """Byte offset of each line."""
    problem: ImageError | None = None

    @property
    def lines(self) -> Lines:
        return Lines(self.path, self.offsets)

    @property
    def id_maps(self) -> tuple[IdMap, IdMap]:
        """uid and gid extents recovered from the log, see `split_extents`."""
        return split_extents(self.extents)

    @property
    def root_check(self) -> Check | None:
        """CRIU's check on id 0 replayed on the recovered extents; None when the log has no such failure."""
        if not any("Unable to convert uid or gid" in line.text for line in self.errors):
            return None
        return check_root(*self.id_maps)

    @property
    def cleanup_crashed(self) -> bool | None:
        """Whether this CRIU's clean-up freed the parsed maps twice; None when its version is unknown.

        Before 4.1 the error path freed them and the final clean-up did so again; with no
        extent parsed there was nothing to free (criu/namespaces.c, fixed in 4.1).
        """
        version = numbers(self.criu)
        return None if version is None else version < (4, 1) and bool(self.extents)


def numbers(version: str | None) -> tuple[int, ...] | None:
    """(4, 2, 1) of "4.2.1"; None for what is no version."""
    if version is None or not re.fullmatch(r"v?\d{1,4}(\.\d{1,4}){1,3}", version, re.ASCII):
        return None
    return tuple(map(int, version.removeprefix("v").split(".")))


def split_extents(extents: list[Extent]) -> tuple[IdMap, IdMap]:
    """Takes uid and gid extents apart, which a log prints one after the other with no mark between.

    Within one map extents may not overlap, so the second map begins at the latest where
    one does; two equal halves are two equal maps.
    """
    half, odd = divmod(len(extents), 2)
    if not odd and extents[:half] == extents[half:]:
        return tuple(extents[:half]), tuple(extents[half:])
    insides: list[Span] = []
    outsides: list[Span] = []
    for index, extent in enumerate(extents):
        if not (_insert_apart(insides, extent.inside) and _insert_apart(outsides, extent.outside)):
            return tuple(extents[:index]), tuple(extents[index:])
    return tuple(extents[:half]), tuple(extents[half:])


def _insert_apart(spans: list[Span], span: Span) -> bool:
    """Puts a span among sorted ones; False when it overlaps one of them."""
    at = bisect_right(spans, span)
    if any(span.overlaps(neighbour) for neighbour in spans[max(0, at - 1) : at + 1]):
        return False
    if span.size:
        spans.insert(at, span)
    return True


class Lines(Sequence[LogLine]):
    """The lines of a log, read from the file when they are looked at."""

    def __init__(self, path: Path, offsets: array[int]) -> None:
        self._path = path
        self._offsets = offsets

    def __len__(self) -> int:
        return len(self._offsets)

    @overload
    def __getitem__(self, index: int) -> LogLine: ...
    @overload
    def __getitem__(self, index: slice) -> list[LogLine]: ...
    def __getitem__(self, index: int | slice) -> LogLine | list[LogLine]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        try:
            with open_regular(self._path) as file:
                file.seek(self._offsets[index])
                raw = file.readline(LINE_LIMIT)
        except (ImageError, OSError):
            raw = b""
        return parse_line(index % len(self) + 1, _text(raw))


def _text(raw: bytes) -> str:
    return raw.rstrip(b"\n").decode("utf-8", "surrogateescape")


def raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a log, each at most LINE_LIMIT bytes long: what is longer comes in several."""
    while raw := file.readline(LINE_LIMIT):
        yield raw


def read_log(path: Path, *, dumping: bool | None = None) -> Log:
    """Reads a log once, from end to end; a file that cannot be read is a Log with only a problem."""
    log = Log(path, dumping="dump" in path.name if dumping is None else dumping)
    try:
        with open_regular(path) as file:
            offset = 0
            overlong = 0
            for raw in raw_lines(file):
                overlong += len(raw) == LINE_LIMIT
                if len(log.offsets) == LINES_KEPT or offset >= LOG_LIMIT:
                    raise ImageError(path.name, offset, "a log as long as this is not read to its end")
                if overlong > OVERLONG_KEPT:
                    raise ImageError(path.name, offset, "lines as long as these are no log: the rest is not read")
                log.offsets.append(offset)
                offset += len(raw)
                _take(log, raw)
    except ImageError as error:
        log.problem = error
    except OSError as error:
        log.problem = ImageError(path.name, None, reason_of(error))
    return log


HEADER_LINES = 200


def header(path: Path) -> Log:
    """What the first lines of a log say; empty when it cannot be read."""
    log = Log(path, dumping=True)
    try:
        with open_regular(path) as file:
            for _ in range(HEADER_LINES):
                raw = file.readline(LINE_LIMIT)
                if not raw or (log.criu and log.kernel):
                    break
                _take(log, raw)
    except (ImageError, OSError) as error:
        log.problem = error if isinstance(error, ImageError) else ImageError(path.name, None, reason_of(error))
    return log


_WANTED = (b"Error", b"Warn", b"ersion: ", b"Running on ", b"run id = ", b"id_map: ", b"finished success", b"FAILED")


def _take(log: Log, raw: bytes) -> None:
    # Most lines say nothing that is kept: a plain search is far cheaper than the grammar.
    if not any(word in raw for word in _WANTED):
        return
    line = parse_line(len(log.offsets), _text(raw))
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


def find_logs(directory: Path, given: Path | None = None) -> list[Log]:
    """Logs in a dump directory, beside it in the usual places, and the one given; each once."""
    found: list[Path] = [] if given is None else [given]
    # runc and docker keep them in a work directory, podman one level above the images.
    for folder in (directory, directory.parent, directory.parent / "criu.work", directory / "criu.work"):
        found += (folder / name for name in NAMES if is_regular(folder / name))
    logs: dict[tuple[int, int], Log] = {}
    for path in found:
        try:
            status = path.stat()
        except ValueError:
            logs[0, len(logs)] = Log(path, dumping=True, problem=ImageError(path.name, None, "not a name of a file"))
            continue
        except OSError as error:
            logs[0, len(logs)] = Log(path, dumping=True, problem=ImageError(path.name, None, reason_of(error)))
            continue
        if (status.st_dev, status.st_ino) not in logs:
            logs[status.st_dev, status.st_ino] = read_log(path)
    return list(logs.values())


_ADDRESS = re.compile(r"(?:0x)?\b([0-9a-f]{6,16})\b")


ADDRESSES_LOOKED_AT = 16
"""Of one line; CRIU prints at most four."""


def place_in(line: LogLine, spans: Sequence[Span]) -> int | None:
    """The first address named by a line that lies in one of these spans, which are sorted and apart."""
    for match in islice(_ADDRESS.finditer(line.text), ADDRESSES_LOOKED_AT):
        address = int(match[1], 16)
        index = bisect_right(spans, address, key=lambda span: span.start) - 1
        if index >= 0 and address in spans[index]:
            return address
    return None
