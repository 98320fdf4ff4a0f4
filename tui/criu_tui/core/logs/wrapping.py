r"""What others have put around CRIU's lines: stamps, prefixes, quotes, JSON, escapes.

Each kind is known by its form and taken off until a line of CRIU's is left; they lie in one another,
as a CI's stamp, then b'...', then the line.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEPTH = 5
"""Wrappings in one another that are taken off."""


class Wrapping(NamedTuple):
    """One kind of wrapping; `take_off` gives what lies within, None of a line that has no such wrapping."""

    name: str
    take_off: Callable[[str], str | None]


def _prefix(name: str, pattern: str) -> Wrapping:
    compiled = expression(pattern, re.ASCII)

    def take_off(text: str) -> str | None:
        match = compiled.match(text)
        return text[match.end() :] if match is not None else None

    return Wrapping(name, take_off)


_COLOURS = expression(
    r"\x1b(?:\[[0-9;?]{0,40}[ -/]?[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[()][0-9A-B])|\^\[\[[0-9;]{0,20}m"
)
_BYTES = expression(r"""[ \t]*b(?:'(.*)'|"(.*)")[,\]]?[ \t]*$""", re.DOTALL)
_LOGRUS = expression(r'(?:.{0,200}?\s)?(?:msg|message|log)="((?:[^"\\]|\\.)*)"', re.DOTALL)
_QUOTE_BEGINS = expression(r"""["'`](?=\(\d{1,6}\.\d{6}\) |pie: |(?:Error|Warn) {0,4}\()""")
_ESCAPE = expression(r"""\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[tnr\\"'])""")
_ESCAPES = {"t": "\t", "n": "\\n", "r": "", "\\": "\\", '"': '"', "'": "'"}
"""An escaped end of line stays one: what follows it is another message, on the same line of the file."""
_DECODER = json.JSONDecoder()
_JSON_KEYS = ("log", "msg", "message", "MESSAGE", "line", "text", "textPayload")


def _without_escapes(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        what = match[1]
        return chr(int(what[1:], 16)) if what[0] in "xu" else _ESCAPES[what]

    return _ESCAPE.sub(character, text) if "\\" in text else text


def _colours(text: str) -> str | None:
    return _COLOURS.sub("", text) if _COLOURS.search(text) else None


def without_colours(text: str) -> str:
    """A line without what tells a terminal its colours, which stands in the middle of a line too."""
    return _COLOURS.sub("", text) if "\x1b" in text or "^[[" in text else text


def _bytes(text: str) -> str | None:
    match = _BYTES.match(text)
    return None if match is None else _without_escapes(match[1] if match[1] is not None else match[2])


def _quoted(text: str) -> str | None:
    # The end is looked at first: from each quote to look for one at the end is slow where there are many.
    said = text.rstrip(" \t")
    said = said[:-1] if said.endswith((",", "]")) else said
    if not said.endswith(('"', "'", "`")):
        return None
    begins = _QUOTE_BEGINS.search(said, 0, len(said) - 1)
    return None if begins is None else _without_escapes(said[begins.end() : -1])


def _logrus(text: str) -> str | None:
    match = _LOGRUS.match(text)
    return None if match is None else _without_escapes(match[1])


def _json(text: str) -> str | None:
    start = text.find("{")
    if start < 0 or start > 200 or '"' not in text:
        return None
    try:
        found, _ = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    said = next((found[key] for key in _JSON_KEYS if isinstance(found.get(key), str)), None)
    # The end of line that docker keeps; one inside the text stays an escape, as above.
    return None if said is None else said.rstrip("\r\n").replace("\r", "").replace("\n", "\\n")


_ENTITY = expression(r"&(?:gt|lt|amp|quot|#39|#x27|apos);")


def without_entities(text: str) -> str:
    """A line as a page of the web showed it: quotes and angle brackets may stand as entities within one of CRIU's."""
    return html.unescape(text) if "&" in text and _ENTITY.search(text) else text


_CLOCK = r"\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"

WRAPPINGS = (
    Wrapping("colours", _colours),
    _prefix("quotes of an answer (>)", r"[ \t]*>(?:[ \t]?>){0,8} ?"),
    _prefix(
        "a time stamp",
        rf"[ \t]*\[?\d{{4}}[-/]\d\d[-/]\d\d[T _]{_CLOCK}(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?\]?:?(?:[ \t]|$)",
    ),
    _prefix("the stream's name (CRI)", r"[ \t]*(?:stdout|stderr) [FP](?:[ \t]|$)"),
    _prefix(
        "syslog",
        rf"[ \t]*(?:<\d{{1,3}}>)?(?:\d+ )?{_MONTH} [ \d]\d (?:\d{{4}} )?{_CLOCK} \S{{1,255}} "
        r"[\w./@:-]{1,200}(?:\[\d+\])?: ?",
    ),
    _prefix("syslog", r"[ \t]*<\d{1,3}>1 \S{1,60} \S{1,255} \S{1,200} \S{1,60} \S{1,60} (?:-|\[[^\]]{0,500}\]) ?"),
    _prefix("the journal's host and program", r"[ \t]*[\w.:-]{1,255} [\w./@()-]{1,200}\[\d{1,10}\]: ?"),
    _prefix("a log of Kubernetes", rf"[ \t]*[IWEF]\d{{4}} {_CLOCK} +\d+ [\w./-]{{1,200}}:\d+\] ?"),
    _prefix("the runtime's level", r"[ \t]*(?:ERRO|WARN|INFO|DEBU|FATA|TRAC|PANI)\[[\w:.+-]{1,40}\][ \t]*"),
    _prefix("a container's name", r"[ \t]*[\w.:/-]{1,200}[ \t]*\|[ \t]?"),
    _prefix("a time in brackets", rf"[ \t]*\[[ \t]*(?:\d{{1,9}}\.\d{{1,9}}|{_CLOCK}|[\w-]{{0,20}}Z?)\][ \t]?"),
    _prefix("a name in brackets", r"[ \t]*\[[\w./@: -]{1,200}\]:?[ \t]"),
    _prefix("a time of day", rf"[ \t]*{_CLOCK}[ \t]+"),
    _prefix("a test's output (#)", r"[ \t]*#+[ \t]?"),
    _prefix(
        "names and numbers of lines (grep)",
        r"[ \t]*(?:[\w./+@-]{1,200}\.(?:log|txt)[:-])?(?:\d{1,9}[:-])?(?=\(\d|pie: |Error|Warn|\s)",
    ),
    _prefix("numbers of lines", r"[ \t]*\d{1,9}(?:\t|[ \t]{2,}|: |\| ?)"),
    _prefix(
        "a level", r"[ \t]*(?:\[)?(?:ERROR|WARNING|WARN|INFO|DEBUG|error|warning|info|debug)(?:\])?(?::[ \t]*|[ \t]+)"
    ),
    _prefix("a list's mark", r"[ \t]*[-*+|][ \t]"),
    Wrapping("bytes as Python prints them (b'…')", _bytes),
    Wrapping("JSON", _json),
    Wrapping("a structured message (msg=…)", _logrus),
    Wrapping("quotes", _quoted),
)
BEGINNING = expression(
    r"[ \t]*(?:\(\d{1,12}\.\d{1,9}\)|pie: |(?:\d{1,10}: )?(?:Error|Warn) {0,4}\([\w./+-]{1,200}\.[chS]:\d{1,6}\): ?)",
    re.ASCII,
)
"""How a line of CRIU's begins."""
_HINT = expression(r"\d\.\d{1,9}\)|pie: |(?:Error|Warn) {0,4}\(", re.ASCII)
"""What every line of CRIU's has; most that have something around them and lack it are told by this alone."""


_RECORD = frozenset(
    [
        "a time stamp",
        "syslog",
        "the journal's host and program",
        "a log of Kubernetes",
        "the runtime's level",
        "a time in brackets",
    ]
)
"""Wrappings that stand before whatever a program says at once."""
_RECORDS = tuple(wrapping for wrapping in WRAPPINGS if wrapping.name in _RECORD)


_ALL_AROUND = ("quotes of an answer (>)", "JSON", "the stream's name (CRI)")
"""Wrappings of a text that are taken off where no line of it is of CRIU: no program prints them before each line."""
_WHOLE_LINE = expression(r'"(?:log|MESSAGE)" ?:')
"""In JSON that holds nothing but a line and who printed it when: other programs' has the reason beside the message."""


def around_all(lines: Sequence[str]) -> tuple[Wrapping, ...]:
    """What each line of a text that is not empty has around it, the outermost first."""
    lines = [line for line in lines if line.strip()]
    taken: list[Wrapping] = []
    while lines and len(taken) < DEPTH:
        for wrapping in WRAPPINGS:
            within = [inner for line in lines if (inner := wrapping.take_off(line)) is not None]
            whole = wrapping.name != "JSON" or all(_WHOLE_LINE.search(line) is not None for line in lines)
            if len(within) == len(lines) and whole:
                taken.append(wrapping)
                lines = within
                break
        else:
            break
    last = max((at for at, one in enumerate(taken, 1) if one.name in _ALL_AROUND), default=0)
    return tuple(taken[:last])


def begins_a_record(text: str) -> bool:
    """Whether a line begins a message of CRIU's, or one that somebody else has stamped."""
    if take_off(text)[0] is not None:
        return True
    inner = next((within for one in WRAPPINGS[:2] if (within := one.take_off(text)) is not None), text)
    return any(wrapping.take_off(inner) is not None for wrapping in _RECORDS)


def unwrapped(text: str, known: Sequence[Wrapping] = ()) -> str:
    """What CRIU wrote of a line that may have something around it.

    A line that holds nothing of CRIU's loses only the `known` wrappings: a time stamp before the output of a
    tool is as little part of it as before CRIU's own lines.
    """
    inner = text
    for wrapping in known:
        within = wrapping.take_off(inner)
        inner = inner if within is None else within
    if known and BEGINNING.match(inner) is not None:
        # By far the most lines of a log have the same around them.
        return inner
    found, _ = take_off(text)
    return inner if found is None else found


def take_off(text: str) -> tuple[str | None, tuple[Wrapping, ...]]:
    """What CRIU wrote and the wrappings that lay around it, the outermost first; None where nothing is of CRIU."""
    taken: list[Wrapping] = []
    if (bare := without_colours(text)) != text:
        # Around the very words by which it is known.
        text = bare
        taken.append(WRAPPINGS[0])
    if _HINT.search(text) is None:
        return None, ()
    while len(taken) <= DEPTH:
        if BEGINNING.match(text) is not None:
            return text, tuple(taken)
        for wrapping in WRAPPINGS:
            within = wrapping.take_off(text)
            if within is not None and within != text:
                text = within
                taken.append(wrapping)
                break
        else:
            return None, ()
    return None, ()
