"""Reads a log once, from end to end, in blocks of whole lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from criu_tui.core.base.encoding import SAMPLE as BEGINNING
from criu_tui.core.base.encoding import encoding_of
from criu_tui.core.base.expressions import expression
from criu_tui.core.dump.idmap import MOST_EXTENTS, Extent
from criu_tui.core.logs.blocks import (
    LINES_KEPT,
    LogTooLongError,
    blocks,
    last_selected,
    line_count,
    selected,
    text_of_line,
)
from criu_tui.core.logs.cause import Weight, choose, weight
from criu_tui.core.logs.copied import broken_at
from criu_tui.core.logs.line import Level, LogLine, messages
from criu_tui.core.logs.log import Log, Result, RunKind, lines_with
from criu_tui.core.logs.wrapping import Wrapping, around_all, take_off
from criu_tui.core.source.directory import open_regular
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.source.directory import Where

_VERSION = expression(r"(?:[\w ]{1,30}: ?)?Version: (\S+)(?: \(gitid (\S{1,80}-\d{1,6}-g[0-9a-f]{4,40})\S{0,20}\))?")
"""The build behind it only where commits lie between it and a release, as "v4.2-120-g90dd8ae"."""
_KERNEL = expression(r"Running on (\S+) Linux (\S+)(.{0,300})")
_UNAME = expression(r"(?:[\w ]{1,30}: ?)?Linux (\S{1,80}) (\d\S{0,80}) (#.{0,200}) GNU/Linux$")
"""What `uname -a` prints, which those paste whose CRIU, before 3.7, does not name the kernel."""
_RUN_ID = expression(r"(Dump )?CRIU run id = (\S+)")
_EXTENT = expression(r"id_map: (-?\d{1,10}) (-?\d{1,10}) (-?\d{1,10})$", re.ASCII)
KEPT_ERRORS = 1000
"""Of errors and of warnings each; a log with more repeats itself."""
PARSED_LINES = 20_000
"""Lines that are taken apart; after these the last of each block."""
LOOK_ALIKES = 5000
"""Lines that look like an error or a warning of CRIU's and are none, after which no more are looked at."""
KEPT_EXTENTS = 2 * MOST_EXTENTS
"""Extents of one log: it names those of two maps."""
SAMPLE = 400
"""Lines at a log's beginning that tell what all lines have around them."""
EARLY = 16
"""Blocks at a log's beginning that are searched for all that is known."""
DETAILS_WITHIN = 64
"""Blocks with times among which a log written with -v4 has lines that only such a log has."""


def read_log(path: Where, *, dumping: bool | None = None) -> Log:
    """Reads a log once, from end to end; a file that cannot be read is a Log with only a problem."""
    log = Log(path, dumping="dump" in path.name if dumping is None else dumping)
    kept = _Kept()
    try:
        with open_regular(path) as file:
            log.encoding = encoding_of(file.read_at(0, BEGINNING))
            for offset, raw in blocks(file, log.encoding):
                if offset == 0:
                    log.broken = broken_at(log.as_written(raw))
                data = log.as_written(raw)
                if offset == 0:
                    log.wrappings = _wrappings(data)
                _read_block(log, kept, data)
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


_ERROR = expression(rb"Error[^(\n]{0,40}\([^()\n]{0,300}: {0,4}\d")
_WARNING = expression(rb"Warn[^(\n]{0,40}\([^()\n]{0,300}: {0,4}\d")
_TIME = expression(rb"\(\d{1,12}\.\d{1,9}\)")
_MAPPINGS = (b"\tmmap(0x", b"\tpremap 0x", b" nr_", b"`- render ")
_DETAILS = (b"fdinfo ", b"__fetched msg", b"vdso: Parsing", b"\tpremap ", b"\tmmap(", b"Found task size")
_ENDS = (b"finished success", b"FAILED")
_BEGINS = (b"Dumping processes (pid", b"Reading image tree")
_HEADER = (b"ersion: ", b"Running on ", b"run id = ", b" GNU/Linux")
"""These stand beside one another, in the words of any run."""
_CHECKED = (b"ook good", b"ooks good")
"""How `criu check` ends, badly or well."""
_VERSION_LINE = b" (gitid "


class _Kept:
    """What is counted while a log is read, and what of it is still looked for.

    Each word that is looked for in every block costs as much as a part of splitting it into lines. So only the first
    blocks are searched for all of them.
    """

    def __init__(self) -> None:
        self.by_level: Counter[Level] = Counter()
        self.parsed = 0
        """Lines that were taken apart."""
        self.look_alikes = 0
        self.begun = 0
        """Number of the line that the run proper begins at: what comes before asks what the kernel can do."""
        self.finished = 0
        """Number of the line that says so."""
        self.failed = False
        self.in_time = 0
        """Blocks with times."""
        self.pasted = False
        """The kernel is known from what somebody pasted along with the log alone."""
        self.header = EARLY
        """Blocks that are still searched for the lines that say which run this is."""

    def words(self, log: Log, data: bytes, *, timed: bool) -> Iterator[bytes]:
        """What a line of this block may hold to say something of the whole run."""
        if _VERSION_LINE in data:
            self.header = max(self.header, 2)
        if not timed and not self.header:
            # Without times CRIU prints errors and warnings alone, its last word among them.
            yield b"FAILED"
            return
        yield from _ENDS
        if len(log.extents) < KEPT_EXTENTS:
            yield b"id_map: "
        if not self.begun:
            yield from _BEGINS
        if self.header:
            self.header -= 1
            yield from (*_HEADER, *_CHECKED)

    def marks(self) -> Iterator[re.Pattern[bytes]]:
        """How errors and warnings begin, as long as more of them are kept."""
        if self.look_alikes < LOOK_ALIKES:
            yield from (
                mark
                for mark, level in ((_ERROR, Level.ERROR), (_WARNING, Level.WARNING))
                if self.by_level[level] < KEPT_ERRORS
            )


def _read_block(log: Log, kept: _Kept, data: bytes) -> None:
    timed = _TIME.search(data) is not None
    words = tuple(kept.words(log, data, timed=timed))
    # Of a text that says it over and over the last counts.
    over = kept.parsed >= PARSED_LINES
    found = dict(selected(data, () if over else words, tuple(kept.marks())))
    if over:
        found |= last_selected(data, words)
    for index, raw in sorted(found.items()):
        kept.parsed += 1
        for line in messages(log.count + index + 1, text_of_line(raw), log.wrappings):
            _take(log, kept, line)
    if timed:
        log.timed = True
        kept.in_time += 1
        if any(word in data for word in _MAPPINGS):
            log.mappings.append(len(log.starts))
        if not log.detailed and kept.in_time <= DETAILS_WITHIN:
            log.detailed = any(word in data for word in _DETAILS)


def _wrappings(data: bytes) -> tuple[Wrapping, ...]:
    """What most of the lines at a log's beginning that hold something of CRIU's have around it."""
    found = Counter[tuple[Wrapping, ...]]()
    lines = [text_of_line(raw).removesuffix("\r").removeprefix("\ufeff") for raw in data.split(b"\n", SAMPLE)[:SAMPLE]]
    for line in lines:
        inner, taken = take_off(line)
        if inner is not None:
            found[taken] += 1
    return found.most_common(1)[0][0] if found else around_all(lines)


def _take(log: Log, kept: _Kept, line: LogLine) -> None:
    """Keeps what a line says of the whole run."""
    kept.look_alikes += not line.understood
    if line.level is not Level.INFO:
        kept.by_level[line.level] += 1
        if kept.by_level[line.level] <= KEPT_ERRORS:
            log.errors.append(line)
    if line.level is Level.ERROR and ("Could not initialize kernel features" in line.text or "config.c" in line.source):
        # The last that CRIU says before it gives up, whatever it was to do; of its options each refusal ends it.
        kept.failed = True
    if "FAILED" in line.text and (found := _FAILED.search(line.text)):
        kept.failed = True
        log.run = _RUNS[found[1]]
    elif "Dumping processes (pid" in line.text or "Reading image tree" in line.text:
        kept.begun = kept.begun or line.number
    elif "ook good" in line.text:
        kept.failed, kept.finished = "not look" in line.text, line.number
        log.run = RunKind.CHECK
    elif "ooks good" in line.text:
        # Of a check that somebody ran beside a run that failed it says nothing of that run.
        if not kept.failed and not kept.begun and _run_by_lines(log.errors) not in (RunKind.DUMP, RunKind.RESTORE):
            kept.finished, log.run = line.number, RunKind.CHECK
    elif "finished successfully" in line.text:
        kept.finished = line.number
        log.run = next((run for word, run in _RUNS.items() if word in line.text), log.run)
    elif found := _EXTENT.match(line.text):
        # Printed as signed numbers: 4294967295 appears as -1.
        if len(log.extents) < KEPT_EXTENTS:
            log.extents.append(Extent(*(int(number) % (1 << 32) for number in found.groups())))
    elif found := _VERSION.match(line.text):
        log.criu, log.build = log.criu or found[1], log.build or found[2]
    elif found := _KERNEL.match(line.text):
        if log.kernel is None or kept.pasted:
            log.host, log.kernel, log.system = found[1], found[2], found[3].strip()
            kept.pasted = False
    elif found := _UNAME.match(line.text):
        if log.kernel is None:
            log.host, log.kernel, log.system = found[1], found[2], found[3].strip()
            kept.pasted = True
    elif found := _RUN_ID.match(line.text):
        # A restore's own id is not the dump's, which it prints as "Dump CRIU run id".
        if found[1]:
            log.dumping, log.run_id = False, found[2]
        elif log.dumping:
            log.run_id = log.run_id or found[2]


_FAILED = expression(r"(Pre-dumping|Dumping|Restoring|Lazy pages transfer) FAILED")
_RUNS = {
    "Pre-dumping": RunKind.PRE_DUMP,
    "Dumping": RunKind.DUMP,
    "Restoring": RunKind.RESTORE,
    "Restore": RunKind.RESTORE,
    "Lazy pages transfer": RunKind.LAZY_PAGES,
}
_STEPS = (
    b"Writing image inventory",
    b"Dumping pages (",
    b"Collecting mappings",
    b"Obtaining task ",
    b"Dumping core",
)
"""What a dump goes on to where nothing has failed; the first is its last."""
_OF_A_DUMP = ("cr-dump.c", "parasite", "infect", "seize.c", "proc_parse.c")
_OF_A_RESTORE = ("cr-restore.c", "restorer.c")


def _conclude(log: Log, kept: _Kept) -> None:
    """How the run ended, which run it was, and why it failed."""
    if log.run is None:
        log.run = _run_by_name(log.path.name) or _run_by_lines(log.errors)
    if log.run is not None:
        log.dumping = log.run in (RunKind.DUMP, RunKind.PRE_DUMP)
    # CRIU logs its success once the images are read; the death of a task that could not start comes after that.
    undone = any(line.level is Level.ERROR and not line.noise and line.number > kept.finished for line in log.errors)
    if kept.failed or (kept.finished and undone and log.run is RunKind.RESTORE):
        log.result = Result.FAILED
    elif kept.finished:
        log.result = Result.SUCCESS
    if log.run is RunKind.CHECK:
        kept.begun = next((line.number for line in log.errors if "cr-check.c" in line.source), 0)
    chosen = choose(log.errors, log.lines, kept.begun)
    if chosen is not None:
        log.cause, log.evidence = chosen.line, chosen.evidence
        if log.run is RunKind.DUMP and log.timed and log.result is Result.CUT:
            log.went_on = kept.by_level[Level.ERROR] <= KEPT_ERRORS and _steps_after(log, _last_error(log), _STEPS)
        if log.run is RunKind.DUMP and log.timed and log.result is Result.SUCCESS and kept.begun:
            ended = weight(chosen.line, kept.begun) is Weight.SPECIFIC
            log.mistaken = ended and not _steps_after(log, chosen.line, _STEPS[:1])
    if log.mistaken:
        log.result = Result.FAILED


def _last_error(log: Log) -> LogLine:
    return next(line for line in reversed(log.errors) if line.level is Level.ERROR or line is log.cause)


def _steps_after(log: Log, error: LogLine, steps: Sequence[bytes]) -> bool:
    """Whether a dump went on to one of these steps after an error that may have ended it."""
    first = bisect_right(log.firsts, error.number - 1) - 1
    taken = lines_with(log, steps, range(first, len(log.firsts)))
    return any(number > error.number for number, _ in taken)


def _run_by_name(name: str) -> RunKind | None:
    """By the names that CRIU, runtimes and CRaC give."""
    for word, run in (
        ("lazy", RunKind.LAZY_PAGES),
        ("page-server", RunKind.PAGE_SERVER),
        ("pre-dump", RunKind.PRE_DUMP),
        ("predump", RunKind.PRE_DUMP),
        ("dump", RunKind.DUMP),
        ("checkpoint", RunKind.DUMP),
        ("restore", RunKind.RESTORE),
        ("check", RunKind.CHECK),
    ):
        if word in name:
            return run
    return None


def _run_by_lines(errors: Sequence[LogLine]) -> RunKind | None:
    """By the sources of CRIU that only one of the runs goes through."""
    for line in errors:
        if any(word in line.source for word in _OF_A_RESTORE):
            return RunKind.RESTORE
        if any(word in line.source for word in _OF_A_DUMP):
            return RunKind.DUMP
        if "cr-check.c" in line.source:
            return RunKind.CHECK
        if line.source.endswith("uffd.c") or "uffd.c:" in line.source:
            return RunKind.LAZY_PAGES
    return None
