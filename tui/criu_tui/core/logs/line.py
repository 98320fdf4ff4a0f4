"""One line of a log, taken apart (criu/log.c, criu/pie/log.c).

A line is "(seconds) [pie: ][PID: ][Warn |Error (file:line): ][subsystem: ]text". The time is printed from -v3 on,
and never by code that runs inside a task where that has no clock. Whoever runs CRIU may have wrapped each line.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from criu_tui.core.base.expressions import expression
from criu_tui.core.logs.wrapping import Wrapping, unwrapped, without_colours, without_entities

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SOURCE = r"[\w./+-]{1,200}\.[chS]: {0,4}\d{1,6}"
_LINE = expression(
    r"[ \t]*(?:\((?P<time>\d{1,12}\.\d{1,9})\) ?)?[ \t]*(?P<pie>pie: )?[ \t]*(?:(?P<pid>\d+): )?"
    r"(?:(?P<level>Warn|Error) {0,4}\((?P<source>[^()\n]{0,300}: {0,4}\d{1,9})\): ?)?(?P<text>.*)",
    re.DOTALL | re.ASCII,
)
_MARKED = expression(
    r"(?:\((?P<time>\d{1,12}\.\d{1,9})\)[ \t]*)?(?:(?P<pie>pie: )[ \t]*)?(?:(?P<pid>\d{1,10}): [ \t]*)?"
    rf"(?P<level>Warn|Error) {{0,4}}\((?P<source>{_SOURCE})\): ?(?P<text>.*)",
    re.DOTALL | re.ASCII,
)
"""A message of CRIU anywhere in a line of something else."""
_MARK = expression(r"(?:Error|Warn) {0,4}\(")
_JOINT = expression(
    r"(?:\\r)?\\n(?=\(\d{1,6}\.\d{6}\)|pie: |(?:Error|Warn) {0,4}\()|(?<=\S)[ \t]*(?=\(\d{2,6}\.\d{6}\) )"
    rf"|(?<=[^\s:])(?<!\.\d{{6}}\))[ \t]+(?=(?:pie: )?(?:\d{{1,10}}: )?(?:Error|Warn) {{0,4}}\({_SOURCE}\): )",
    re.ASCII,
)
"""Between messages that something has put on one line: an escaped end of line, or the time or the mark of the next."""
SUBSYSTEM = r"([a-z][a-z-]{1,14}(?:v2)?|sk unix): "
"""How the text of a message begins that names one."""
_SUBSYSTEM = expression(SUBSYSTEM)
_NOISE = expression(
    r"cgroupd: recv req error|Can't remove the directory /tmp/\.criu\.mntns|Unable to wait \d+: No child"
    r"|daemon exits|daemon exited|/proc/self/loginuid failed|Restore original /proc/self/loginuid"
    r"|Can't keep kdat cache|cannot get dev's number|RTNETLINK answers: File exists"
    r"|Only file size could be stored|No \S+\.img image|Can't setup RLIMIT_NOFILE for self"
    r"|Restoring FAILED|umping FAILED|Lazy pages transfer FAILED|Can't load /run/criu\.kdat"
    r"|Failed to open parent directory|with interrupted system call|early log isn't empty|Set CLONE_PARENT \|"
    r"|Can't unlink stale socket|binary rewriting of apparmor"
)
"""What follows any failure, or does no harm; never the cause."""
MESSAGES_LOOKED_AT = 64
"""Of those that stand on one line."""


class Level(enum.Enum):
    """How CRIU marks a line."""

    ERROR = "error"
    WARNING = "warning"
    INFO = ""


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
    source: str = ""
    """Where in CRIU it was printed, as "criu/mem.c:964"; only errors and warnings say it."""
    understood: bool = True
    """False: no line of CRIU's, such as what a tool that it ran has printed."""


def parse_line(number: int, raw: str, wrappings: Sequence[Wrapping] = ()) -> LogLine:
    """A line taken apart, the first of its messages; one that is none of CRIU's is all text.

    `wrappings` are those that lines of this log have around them.
    """
    return next(messages(number, raw, wrappings))


def messages(number: int, raw: str, wrappings: Sequence[Wrapping] = ()) -> Iterator[LogLine]:
    """Every message that stands on one line of a file, most often one."""
    text = without_entities(raw.removesuffix("\r").removeprefix("\ufeff"))
    match = _LINE.match(text)
    if match is not None and match["level"] is None and "\x1b" in text:
        # Those around the mark of an error hide it.
        match = _LINE.match(without_colours(text))
    if match is None or not _is_criu(match):
        # Only such a line can be one with something around it: most logs are as CRIU wrote them.
        text = unwrapped(text, wrappings)
        match = _LINE.match(text)
    if match is None or not _is_criu(match):
        # The mark is looked for first: what may stand before it is slow to look for everywhere.
        match = _MARKED.search(text) if _MARK.search(text) is not None else None
    if match is None:
        yield LogLine(number, "", None, Level.INFO, "", without_colours(text), understood=False)
        return
    text = match["text"]
    first, *more = _JOINT.split(text, MESSAGES_LOOKED_AT) if "\\n" in text or ") " in text or "): " in text else (text,)
    yield _line(number, match, first)
    for rest in more:
        if rest and (one := _LINE.match(rest)) is not None:
            yield _line(number, one, one["text"])


def _is_criu(match: re.Match[str]) -> bool:
    return match["time"] is not None or match["pie"] is not None or match["level"] is not None


def _line(number: int, match: re.Match[str], text: str) -> LogLine:
    subsystem = _SUBSYSTEM.match(text)
    level = {"Warn": Level.WARNING, "Error": Level.ERROR}.get(match["level"], Level.INFO)
    if match["level"] is None and text.startswith("Error ("):
        level = Level.ERROR
    return LogLine(
        number,
        match["time"] or "",
        int(match["pid"]) if match["pid"] and len(match["pid"]) < 11 else None,
        level,
        "pie" if match["pie"] else subsystem[1] if subsystem else "",
        text,
        level is not Level.INFO and bool(_NOISE.search(text[:LOOKED_AT])),
        match["source"] or "",
    )


LOOKED_AT = 4096
"""Characters of a line that are searched for what it means."""

_HEX = expression(r"(?<![\w.])(?:0x)?([0-9a-f]{6,16})(?![\w.])")
_NUMBER = expression(r"(?<![\w.:])\d{1,10}(?![\w.])", re.ASCII)
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
