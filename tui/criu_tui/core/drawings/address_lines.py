"""Address spaces drawn line by line, each line found from an address alone.

A task has up to 2^47 bytes: nobody can count its lines beforehand. So a line is asked
for by an address in it, and the next and the previous one by where it ends and starts;
each costs a few binary searches. Holes are one line, however long.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.span import Span


class AddressLine(Protocol):
    """What a line shows of the addresses in its span."""

    @property
    def span(self) -> Span:
        """The addresses that it stands for."""


L = TypeVar("L", bound=AddressLine)


class AddressLines(ABC, Generic[L]):
    """Lines that follow one another without a gap through all addresses of `span`."""

    def __init__(self, span: Span) -> None:
        self.span = span

    @abstractmethod
    def line_at(self, address: int) -> L:
        """The line that holds an address of `span`; the same for every address in it."""

    def nearest(self, address: int) -> int:
        """The address of `span` that is nearest to an address."""
        return max(self.span.start, min(address, self.span.end - 1))

    def after(self, line: L) -> L | None:
        """The next line; None at the end."""
        return self.line_at(line.span.end) if line.span.end < self.span.end else None

    def before(self, line: L) -> L | None:
        """The previous line; None at the start."""
        return self.line_at(line.span.start - 1) if line.span.start > self.span.start else None

    def forward(self, address: int, count: int) -> Iterator[L]:
        """The line at an address and those after it, at most `count`."""
        line: L | None = self.line_at(self.nearest(address)) if self.span.size else None
        while line is not None and count > 0:
            yield line
            line, count = self.after(line), count - 1

    def moved(self, address: int, lines: int) -> L:
        """The line so many lines below the one at an address, above it when negative; stops at the ends."""
        line = self.line_at(self.nearest(address))
        while lines:
            beyond = self.after(line) if lines > 0 else self.before(line)
            if beyond is None:
                break
            line, lines = beyond, lines - (1 if lines > 0 else -1)
        return line
