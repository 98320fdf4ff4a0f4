"""Search in dumped bytes: across page and run borders, a piece at a time, so that it can be stopped.

Only what a dump holds is searched: absent pages match nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.address_space import MappedVmas
from criu_tui.core.pages.contents import CHUNK, Advance, PageBytes
from criu_tui.core.pages.pattern import LONGEST
from criu_tui.core.pages.places import backing
from criu_tui.core.pages.query import Where
from criu_tui.core.pages.scan import CONTEXT, Scan
from criu_tui.core.pages.sieve import Sieve
from criu_tui.core.pages.strips import Strip, strips
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.pattern import Pattern
    from criu_tui.core.pages.places import PageRun
    from criu_tui.core.pages.scan import Matches

STRETCH = 64 << 20
"""Bytes after which a search says how far it has come."""


class Hit(NamedTuple):
    """A match: its address, its bytes and a few around them."""

    pid: int
    vma: Vma
    address: int
    data: bytes
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Unread:
    """A stretch that could not be searched, and why."""

    pid: int
    span: Span
    error: ImageError


class Hits(NamedTuple):
    """The matches of a task in some bytes, not yet taken out of them."""

    pid: int
    vmas: MappedVmas
    matches: Matches

    def vma(self, address: int) -> Vma:
        """The VMA that a match begins in."""
        found = self.vmas.at(address)
        assert found is not None
        return found


def search(dump: Dump, wanted: Pattern, where: Where | None = None) -> Iterator[Hit | Unread | Advance]:
    """Hits by task and address, with what could not be read and an Advance after each chunk.

    Matches do not overlap. Whoever iterates may stop at any time. Raises PatternError when an
    expression takes longer than PATTERN_SECONDS over one chunk.
    """
    for item in hits(dump, wanted, where):
        if isinstance(item, Hits):
            vma: Vma | None = None
            for address, *rest in item.matches.around():
                if vma is None or not vma.start <= address < vma.end:
                    vma = item.vma(address)
                yield Hit(item.pid, vma, address, *rest)
        else:
            yield item


def hits(dump: Dump, wanted: Pattern, where: Where | None = None) -> Iterator[Hits | Unread | Advance]:
    """The same as `search`, for who takes the matches out of the bytes of a chunk at once."""
    scope = where or Where()
    pids = [pid for pid in dump.pids if scope.pid in (None, pid)]
    total = sum(_dumped(dump, pid, vma, part) for pid in pids for vma, part in _parts(dump, pid, scope))
    done = 0
    sieve = _sieve(wanted)
    yield Advance(0, total)
    with PageBytes(dump) as contents:
        for pid in pids:
            task = _Task(pid, MappedVmas(dump.address_space(pid).vmas), Scan(wanted))
            for item in strips(dump, contents, pid, _parts(dump, pid, scope)):
                if isinstance(item, Strip) and sieve is not None:
                    for part in _sifted(contents, item, sieve):
                        if isinstance(part, int):
                            done += part
                            yield Advance(done, total)
                        else:
                            yield from task.hits(contents.pieces(part, CHUNK))
                    continue
                for run in item.runs(item.start, item.end) if isinstance(item, Strip) else (item,):
                    for span, data in contents.pieces(run, CHUNK):
                        yield from task.hits(((span, data),))
                        done += span.size
                        yield Advance(done, total)
            yield from task.last_hits()
    yield Advance(total, total)


class _Task(NamedTuple):
    """A task while its bytes are searched."""

    pid: int
    vmas: MappedVmas
    scan: Scan

    def hits(self, pieces: Iterable[tuple[Span, bytes | ImageError]]) -> Iterator[Hits | Unread]:
        """What some pieces of its memory, by address, add."""
        for span, data in pieces:
            if isinstance(data, ImageError):
                yield Unread(self.pid, span, data)
            else:
                yield from (Hits(self.pid, self.vmas, found) for found in self.scan.feed(span.start, data))

    def last_hits(self) -> Iterator[Hits]:
        """What is left when no more pieces come."""
        yield from (Hits(self.pid, self.vmas, found) for found in self.scan.flush())


def _sieve(wanted: Pattern) -> Sieve | None:
    """What tells stretches without a match at once; None where that takes looking at each byte."""
    if wanted.expression is not None:
        needles = wanted.required.literals
        return Sieve(needles, LONGEST, LONGEST) if needles else None
    return Sieve((wanted.literal,), 0, len(wanted.literal) - 1) if wanted.literal else None


def _sifted(contents: PageBytes, strip: Strip, sieve: Sieve) -> Iterator[PageRun | int]:
    """The runs of a strip that may hold matches, with a few bytes around them; between them how many bytes are done."""
    whole, fed = Span(strip.start, strip.end), strip.start
    for start in range(strip.start, strip.end, STRETCH):
        stretch = Span(start, min(start + STRETCH, strip.end))
        try:
            found = sieve.through(contents.opened(strip.file), stretch, whole)
        except ImageError:
            # Whoever reads it is told why.
            found = iter((whole,))
        for part in found:
            end = max(fed, min(part.end + CONTEXT, strip.end))
            yield from strip.runs(max(fed, part.start - CONTEXT), end)
            fed = end
        if fed == strip.end:
            # So it is where the file ends long before what a pagemap claims.
            yield strip.end - start
            return
        yield stretch.size


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
