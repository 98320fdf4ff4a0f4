"""Search in dumped bytes: across page and run borders, a piece at a time, so that it can be stopped.

Only what a dump holds is searched: absent pages match nothing.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.address_space import MappedVmas
from criu_tui.core.dump.vma import VmaKind
from criu_tui.core.pages.contents import PageBytes, backing
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import regex

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma

CHUNK = 1 << 20
"""Bytes read at once."""
LONGEST = 1 << 16
"""Bytes that a match of an expression may have across a border of chunks; what is longer is cut there."""
CONTEXT = 16
"""Bytes kept before and after a hit."""
STRINGS_SHORTEST = 4
TIME_LIMIT = 5.0
"""Seconds that an expression may take over one chunk."""


class PatternError(ValueError):
    """What is wrong with a pattern, in one line."""


class Form(enum.Enum):
    """How a pattern is written."""

    TEXT = "text"
    BYTES = "hex"
    EXPRESSION = "re"
    STRINGS = "strings"


@dataclass(frozen=True, slots=True)
class Pattern:
    """What to look for; made by `pattern`."""

    form: Form
    source: str
    """As given, without its form."""
    literal: bytes = b""
    """For TEXT and BYTES: exactly these."""
    expression: regex.Pattern[bytes] | None = None


def pattern(form: Form, source: str) -> Pattern:
    """A pattern of a form: UTF-8 text, hexadecimal bytes, an expression, or the shortest length of strings.

    Raises PatternError, whose message says what is wrong.
    """
    match form:
        case Form.TEXT:
            literal = source.encode("utf-8", "surrogateescape")
        case Form.BYTES:
            try:
                literal = bytes.fromhex(source.removeprefix("0x"))
            except ValueError:
                raise PatternError(f"{source!r} is not bytes in hexadecimal, such as 7f454c46") from None
        case Form.EXPRESSION:
            return Pattern(form, source, expression=_compiled(source.encode("utf-8", "surrogateescape")))
        case Form.STRINGS:
            text = source or str(STRINGS_SHORTEST)
            if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= LONGEST):
                raise PatternError(f"the shortest length of strings is a number from 1 to {LONGEST}, not {source!r}")
            return Pattern(form, text, expression=_compiled(rb"[\t\x20-\x7e]{%d,}" % int(text)))
    if not literal:
        raise PatternError("nothing to search for")
    return Pattern(form, source, literal)


def _compiled(source: bytes) -> regex.Pattern[bytes]:
    # Unlike the standard library's, this engine gives other threads their turn, has a time
    # limit, and knows a match that the end of the data has cut. It loads only for a search.
    import regex

    if not source:
        raise PatternError("nothing to search for")
    try:
        return regex.compile(source)
    except (regex.error, OverflowError, RecursionError) as error:
        raise PatternError(f"not a regular expression: {error}") from None


@dataclass(frozen=True, slots=True)
class Where:
    """What is searched: every task or one, and only VMAs that fit."""

    pid: int | None = None
    span: Span | None = None
    """Addresses."""
    prot: int = 0
    """PROT_* bits that a VMA must have."""
    kind: str = ""
    """The name of its kind, or the beginning of it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A match: its address, its bytes and a few around them."""

    pid: int
    vma: Vma
    address: int
    data: bytes
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Advance:
    """How far a search has come, in bytes."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Unread:
    """A stretch that could not be searched, and why."""

    pid: int
    span: Span
    error: ImageError


def search(dump: Dump, wanted: Pattern, where: Where | None = None) -> Iterator[Hit | Unread | Advance]:
    """Hits by task and address, with what could not be read and a Advance after each chunk.

    Matches do not overlap. Whoever iterates may stop at any time. Raises PatternError when an
    expression takes longer than TIME_LIMIT over one chunk.
    """
    scope = where or Where()
    pids = [pid for pid in dump.pids if scope.pid in (None, pid)]
    total = sum(_dumped(dump, pid, vma, part) for pid in pids for vma, part in _parts(dump, pid, scope))
    done = 0
    yield Advance(0, total)
    with PageBytes(dump) as contents:
        for pid in pids:
            scan = _Scan(wanted, pid, MappedVmas(dump.address_space(pid).vmas))
            for vma, part in _parts(dump, pid, scope):
                for run in contents.runs(pid, vma, part):
                    at = run.span.start
                    try:
                        if run.broken is not None:
                            raise run.broken
                        for at, data in contents.chunks(run, CHUNK):
                            yield from scan.feed(at, data)
                            done += len(data)
                            at += len(data)
                            yield Advance(done, total)
                    except ImageError as error:
                        done += run.span.end - at
                        yield Unread(pid, Span(at, run.span.end), error)
            yield from scan.flush()
    yield Advance(total, total)


def _parts(dump: Dump, pid: int, where: Where) -> Iterator[tuple[Vma, Span]]:
    """The VMAs that are searched, and how much of each."""
    space = dump.address_space(pid)
    for vma in MappedVmas(space.vmas).vmas:
        if vma.prot & where.prot != where.prot or not space.kind(vma).value.startswith(where.kind):
            continue
        part = vma.span if where.span is None else vma.span.intersection(where.span)
        if part.size:
            yield vma, part


def _dumped(dump: Dump, pid: int, vma: Vma, part: Span) -> int:
    source = backing(dump, pid, vma)
    return source.pagemap(dump).coverage(source.inside(part)).dumped * PAGE


class _Scan:
    """Finds matches in bytes that come by address; those that adjoin are searched as one."""

    def __init__(self, wanted: Pattern, pid: int, vmas: MappedVmas) -> None:
        self._find = self._literals if wanted.expression is None else self._expressions
        self._pattern = wanted
        self._pid = pid
        self._vmas = vmas
        self._buffer = b""
        """Up to CONTEXT bytes that are done with, then those that are not, from `_fresh` on."""
        self._base = 0
        """Address of the buffer's first byte."""
        self._fresh = 0

    def feed(self, address: int, data: bytes) -> Iterator[Hit]:
        """Hits that are certain now."""
        if address != self._base + len(self._buffer):
            yield from self.flush()
            self._base = address
        self._buffer += data
        yield from self._hits(last=False)
        kept = max(0, self._fresh - CONTEXT)
        self._buffer, self._base, self._fresh = self._buffer[kept:], self._base + kept, self._fresh - kept

    def flush(self) -> Iterator[Hit]:
        """Hits in what is left, when no more bytes adjoin."""
        yield from self._hits(last=True)
        self._buffer, self._fresh = b"", 0

    def _hits(self, *, last: bool) -> Iterator[Hit]:
        buffer = self._buffer
        found, self._fresh = self._find(buffer, self._fresh, last)
        for start, end in found:
            at = self._base + start
            vma = self._vmas.at(at)
            assert vma is not None
            before, after = buffer[max(0, start - CONTEXT) : start], buffer[end : end + CONTEXT]
            yield Hit(self._pid, vma, at, buffer[start:end], before, after)

    def _literals(self, buffer: bytes, fresh: int, last: bool) -> tuple[list[tuple[int, int]], int]:
        """Matches from an index on, and the index where the next may begin once more bytes come."""
        literal, found = self._pattern.literal, []
        while (start := buffer.find(literal, fresh)) >= 0:
            fresh = start + len(literal)
            found.append((start, fresh))
        return found, max(fresh, len(buffer) if last else len(buffer) - len(literal) + 1)

    def _expressions(self, buffer: bytes, fresh: int, last: bool) -> tuple[list[tuple[int, int]], int]:
        """The same; a match that more bytes could change or lengthen is left for then."""
        expression = self._pattern.expression
        found: list[tuple[int, int]] = []
        assert expression is not None
        try:
            for match in expression.finditer(buffer, fresh, partial=not last, timeout=TIME_LIMIT):
                start, end = match.span()
                if not last and end == len(buffer) and end - start < LONGEST:
                    return found, start
                if start < end and not match.partial:
                    found.append((start, end))
        except TimeoutError:
            raise PatternError(f"the expression takes more than {TIME_LIMIT:.0f} s over {CHUNK >> 20} MiB") from None
        return found, len(buffer)


_WORDS = re.compile(r"(\w+):(\S*)\s*")


def parse_query(text: str, pid: int | None, vma: Vma | None) -> tuple[Pattern, Where]:
    """A line that someone typed: terms that narrow, then the pattern with its form.

    Terms are `in:vma`, `in:task` or `in:dump`, `addr:START-END`, `prot:rw`, `type:heap`; forms are
    `hex:`, `re:` and `strings:`, else it is text. `pid` and `vma` are where the person is.
    Raises PatternError.
    """
    rest, where = text.lstrip(), Where(pid)
    while (term := _WORDS.match(rest)) and term[1] in _TERMS:
        where = _TERMS[term[1]](where, term[2], vma)
        rest = rest[term.end() :]
    for form in (Form.BYTES, Form.EXPRESSION, Form.STRINGS):
        if rest.startswith(f"{form.value}:"):
            return pattern(form, rest.removeprefix(f"{form.value}:")), where
    return pattern(Form.TEXT, rest), where


def _in(where: Where, value: str, vma: Vma | None) -> Where:
    match value:
        case "vma" if vma is not None:
            return replace(where, span=vma.span)
        case "task":
            return where
        case "dump":
            return replace(where, pid=None)
    raise PatternError("in: takes vma, task or dump")


def span_of(text: str) -> Span:
    """Two hexadecimal addresses START-END as a span. Raises PatternError."""
    start, dash, end = text.partition("-")
    try:
        found = Span(int(start, 16), int(end, 16))
    except ValueError:
        found = Span(0, 0)
    if not dash or not found.size:
        raise PatternError(f"{text!r} is not START-END in hexadecimal, such as 7f00-7fff")
    return found


def prot_of(text: str) -> int:
    """PROT_* bits of letters r, w, x. Raises PatternError."""
    if not text or set(text) - set("rwx-"):
        raise PatternError(f"{text!r} is not a protection of r, w and x")
    return sum({"r": 1, "w": 2, "x": 4}[letter] for letter in set(text) - {"-"})


def kind_of(text: str) -> str:
    """The beginning of the name of a kind of VMA. Raises PatternError when none begins so."""
    if not any(kind.value.startswith(text) for kind in VmaKind):
        raise PatternError(f"no kind of VMA is called {text!r}; they are {', '.join(kind.value for kind in VmaKind)}")
    return text


_TERMS: dict[str, Callable[[Where, str, Vma | None], Where]] = {
    "in": _in,
    "addr": lambda where, value, _: replace(where, span=span_of(value)),
    "prot": lambda where, value, _: replace(where, prot=prot_of(value)),
    "type": lambda where, value, _: replace(where, kind=kind_of(value)),
}
