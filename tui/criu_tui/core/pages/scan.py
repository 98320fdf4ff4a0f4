"""Finds what matches a pattern in bytes that come piece by piece; those that adjoin are searched as one."""

from __future__ import annotations

from time import monotonic, thread_time
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from criu_tui.core.base.limits import PATTERN_SECONDS
from criu_tui.core.pages.pattern import LONGEST, Pattern, PatternError, PatternForm
from criu_tui.core.pages.required import TELLING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.pages.strings import FoundStrings

CONTEXT = 16
"""Bytes kept before and after a match."""
SOON = 0.2
"""Seconds in which no chunk has used up its time: that of a thread is asked of the kernel, which takes its own."""

Found: TypeAlias = list[tuple[int, int]]
Spans: TypeAlias = "Found | FoundStrings"
"""Half-open, by index into a piece."""


class Matches(NamedTuple):
    """Where bytes that begin at an address match."""

    address: int
    data: bytes
    spans: Spans

    def around(self) -> Iterator[Match]:
        """Each match with a few bytes around it."""
        data = self.data
        for start, end in self.spans:
            yield Match(
                self.address + start, data[start:end], data[max(0, start - CONTEXT) : start], data[end : end + CONTEXT]
            )


class Match(NamedTuple):
    """Bytes that match, where they are, and a few around them."""

    address: int
    data: bytes
    before: bytes
    after: bytes


class Scan:
    """Matches of one pattern, which do not overlap."""

    def __init__(self, wanted: Pattern) -> None:
        self._pattern = wanted
        self._buffer = b""
        """Up to CONTEXT bytes that are done with, then those that are not, from `_fresh` on."""
        self._base = 0
        """Address of the buffer's first byte."""
        self._fresh = 0
        if wanted.form is PatternForm.STRINGS:
            from criu_tui.core.pages.strings import runs

            self._runs = runs
            self._find = self._strings
        elif wanted.expression is None:
            self._find = self._literals
        else:
            self._tried = self._begun if len(wanted.literal) >= TELLING else self._expressions
            self._find = self._tried
            if wanted.required.literals:
                self._find = self._lines if wanted.required.within_lines else self._promising

    def feed(self, address: int, data: bytes) -> list[Matches]:
        """Matches that are certain now, by address."""
        found: list[Matches] = []
        if address != self._base + len(self._buffer):
            found = self.flush()
            self._base = address
        self._buffer += data
        found += self._matches(last=False)
        kept = max(0, self._fresh - CONTEXT)
        self._buffer, self._base, self._fresh = self._buffer[kept:], self._base + kept, self._fresh - kept
        return found

    def flush(self) -> list[Matches]:
        """Matches in what is left, when no more bytes adjoin."""
        found = self._matches(last=True)
        self._buffer, self._fresh = b"", 0
        return found

    def _matches(self, *, last: bool) -> list[Matches]:
        spans, self._fresh = self._find(self._buffer, self._fresh, last)
        return [Matches(self._base, self._buffer, spans)] if len(spans) else []

    # Each takes bytes, the index from which on they are not done with and whether none follow; and gives the matches
    # from there on, and the index from which on the next may begin once more bytes come.

    def _literals(self, buffer: bytes, fresh: int, last: bool) -> tuple[Spans, int]:
        literal = self._pattern.literal
        found: Found = []
        while (start := buffer.find(literal, fresh)) >= 0:
            fresh = start + len(literal)
            found.append((start, fresh))
        return found, max(fresh, len(buffer) if last else len(buffer) - len(literal) + 1)

    def _strings(self, buffer: bytes, fresh: int, last: bool) -> tuple[Spans, int]:
        found, tail = self._runs(buffer, fresh, self._pattern.shortest)
        if last or len(buffer) - tail >= LONGEST:
            return found, len(buffer)
        return found.before(tail), tail

    def _promising(self, buffer: bytes, fresh: int, last: bool) -> tuple[Found, int]:
        """Of an expression whose matches all hold some literals: it is tried only on bytes that have them."""
        if all(buffer.find(literal, fresh) >= 0 for literal in self._pattern.required.literals):
            return self._tried(buffer, fresh, last)
        return [], len(buffer) if last else max(fresh, len(buffer) - LONGEST)

    def _lines(self, buffer: bytes, fresh: int, last: bool) -> tuple[Spans, int]:
        """The same of one whose matches hold no end of line: it is tried only on lines that have the literals."""
        literals, expression = self._pattern.required.literals, self._pattern.expression
        assert expression is not None
        whole = len(buffer) if last else max(fresh, buffer.rfind(b"\n", fresh) + 1)
        found: Found = []
        end_of_time, soon = thread_time() + PATTERN_SECONDS, monotonic() + SOON
        seconds = PATTERN_SECONDS
        if all(buffer.find(literal, fresh, whole) >= 0 for literal in literals):
            first, *others = literals
            try:
                while (at := buffer.find(first, fresh, whole)) >= 0:
                    start, end = max(fresh, buffer.rfind(b"\n", fresh, at) + 1), buffer.find(b"\n", at, whole)
                    fresh = whole if end < 0 else end
                    if all(buffer.find(literal, start, fresh) >= 0 for literal in others):
                        if monotonic() > soon:
                            seconds = _left(end_of_time)
                        matches = expression.finditer(buffer, start, fresh, timeout=seconds)
                        found += (match.span() for match in matches)
            except TimeoutError:
                raise _too_slow() from None
        if last or len(buffer) - whole < LONGEST:
            return found, whole
        # A line that is longer than what is kept of any.
        more, fresh = self._promising(buffer, whole, last)
        return found + more, fresh

    def _begun(self, buffer: bytes, fresh: int, last: bool) -> tuple[Found, int]:
        """Of an expression whose matches all begin with the same bytes: it is tried only where those are."""
        beginning, expression = self._pattern.literal, self._pattern.expression
        found: Found = []
        certain = _certain(buffer, last)
        end_of_time, soon = thread_time() + PATTERN_SECONDS, monotonic() + SOON
        seconds = PATTERN_SECONDS
        assert expression is not None
        try:
            while (start := buffer.find(beginning, fresh)) >= 0:
                if start >= certain:
                    return found, start
                if monotonic() > soon:
                    seconds = _left(end_of_time)
                match = expression.match(buffer, start, partial=not last, timeout=seconds)
                if match is None:
                    fresh = start + 1
                    continue
                end = match.end()
                if not match.partial:
                    found.append((start, end))
                fresh = max(end, start + 1)
        except TimeoutError:
            raise _too_slow() from None
        return found, max(fresh, len(buffer) if last else len(buffer) - len(beginning) + 1)

    def _expressions(self, buffer: bytes, fresh: int, last: bool) -> tuple[Found, int]:
        """A match that more bytes could change or lengthen is left for then."""
        expression = self._pattern.expression
        found: Found = []
        certain = _certain(buffer, last)
        assert expression is not None
        try:
            for match in expression.finditer(buffer, fresh, partial=not last, timeout=PATTERN_SECONDS):
                start, end = match.span()
                if start >= certain:
                    return found, start
                if start < end and not match.partial:
                    found.append((start, end))
        except TimeoutError:
            raise _too_slow() from None
        return found, len(buffer)


def _certain(buffer: bytes, last: bool) -> int:
    """Index from which on a match may be another once more bytes come: one may go on where it seems to end."""
    return len(buffer) + 1 if last else max(0, len(buffer) - LONGEST)


def _left(end: float) -> float:
    """Seconds that all places of a chunk have until a time of the thread. Raises TimeoutError where none are left."""
    left = end - thread_time()
    if left <= 0:
        raise TimeoutError
    return left


def _too_slow() -> PatternError:
    return PatternError(f"the expression takes more than {PATTERN_SECONDS:.0f} s over a few hundred KiB")
