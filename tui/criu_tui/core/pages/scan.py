"""Finds what matches a pattern in bytes that come piece by piece; those that adjoin are searched as one."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from criu_tui.core.base.limits import PATTERN_SECONDS
from criu_tui.core.pages.pattern import LONGEST, Pattern, PatternError, PatternForm

CONTEXT = 16
"""Bytes kept before and after a match."""
TELLING = 3
"""Bytes that every match must begin with for it to pay to look for them first."""

Spans: TypeAlias = list[tuple[int, int]]
"""Half-open, by index into a piece."""


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
            self._find = self._begun if len(wanted.literal) >= TELLING else self._expressions

    def feed(self, address: int, data: bytes) -> list[Match]:
        """Matches that are certain now, by address."""
        found: list[Match] = []
        if address != self._base + len(self._buffer):
            found = self.flush()
            self._base = address
        self._buffer += data
        found += self._matches(last=False)
        kept = max(0, self._fresh - CONTEXT)
        self._buffer, self._base, self._fresh = self._buffer[kept:], self._base + kept, self._fresh - kept
        return found

    def flush(self) -> list[Match]:
        """Matches in what is left, when no more bytes adjoin."""
        found = self._matches(last=True)
        self._buffer, self._fresh = b"", 0
        return found

    def _matches(self, *, last: bool) -> list[Match]:
        buffer, base = self._buffer, self._base
        found, self._fresh = self._find(buffer, self._fresh, last)
        return [
            Match(base + start, buffer[start:end], buffer[max(0, start - CONTEXT) : start], buffer[end : end + CONTEXT])
            for start, end in found
        ]

    # Each takes bytes, the index from which on they are not done with and whether none follow; and gives the matches
    # from there on, and the index from which on the next may begin once more bytes come.

    def _literals(self, buffer: bytes, fresh: int, last: bool) -> tuple[Spans, int]:
        literal = self._pattern.literal
        found: Spans = []
        while (start := buffer.find(literal, fresh)) >= 0:
            fresh = start + len(literal)
            found.append((start, fresh))
        return found, max(fresh, len(buffer) if last else len(buffer) - len(literal) + 1)

    def _strings(self, buffer: bytes, fresh: int, last: bool) -> tuple[Spans, int]:
        found, tail = self._runs(buffer, fresh, self._pattern.shortest)
        if last or len(buffer) - tail >= LONGEST:
            return found, len(buffer)
        return [span for span in found if span[0] < tail], tail

    def _begun(self, buffer: bytes, fresh: int, last: bool) -> tuple[Spans, int]:
        """Of an expression whose matches all begin with the same bytes: it is tried only where those are."""
        beginning, expression = self._pattern.literal, self._pattern.expression
        found: Spans = []
        assert expression is not None
        try:
            while (start := buffer.find(beginning, fresh)) >= 0:
                match = expression.match(buffer, start, partial=not last, timeout=PATTERN_SECONDS)
                if match is None:
                    fresh = start + 1
                    continue
                end = match.end()
                if not last and end == len(buffer) and end - start < LONGEST:
                    return found, start
                if not match.partial:
                    found.append((start, end))
                fresh = max(end, start + 1)
        except TimeoutError:
            raise _too_slow() from None
        return found, max(fresh, len(buffer) if last else len(buffer) - len(beginning) + 1)

    def _expressions(self, buffer: bytes, fresh: int, last: bool) -> tuple[Spans, int]:
        """A match that more bytes could change or lengthen is left for then."""
        expression = self._pattern.expression
        found: Spans = []
        assert expression is not None
        try:
            for match in expression.finditer(buffer, fresh, partial=not last, timeout=PATTERN_SECONDS):
                start, end = match.span()
                if not last and end == len(buffer) and end - start < LONGEST:
                    return found, start
                if start < end and not match.partial:
                    found.append((start, end))
        except TimeoutError:
            raise _too_slow() from None
        return found, len(buffer)


def _too_slow() -> PatternError:
    return PatternError(f"the expression takes more than {PATTERN_SECONDS:.0f} s over a few hundred KiB")
