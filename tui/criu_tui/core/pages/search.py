"""Search in dumped bytes: across page and run borders, a piece at a time, so that it can be stopped.

Only what a dump holds is searched: absent pages match nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.address_space import MappedVmas
from criu_tui.core.pages.contents import CHUNK, Advance, PageBytes
from criu_tui.core.pages.places import backing
from criu_tui.core.pages.query import Where
from criu_tui.core.pages.scan import Scan
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.span import Span
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.pattern import Pattern
    from criu_tui.core.pages.scan import Matches


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
    here: Vma | None
    """The VMA that most of them begin in."""
    matches: Matches

    def vma(self, address: int) -> Vma:
        """The VMA that a match begins in."""
        found = self.here if self.here is not None and address in self.here.span else self.vmas.at(address)
        assert found is not None
        return found


def search(dump: Dump, wanted: Pattern, where: Where | None = None) -> Iterator[Hit | Unread | Advance]:
    """Hits by task and address, with what could not be read and an Advance after each chunk.

    Matches do not overlap. Whoever iterates may stop at any time. Raises PatternError when an
    expression takes longer than PATTERN_SECONDS over one chunk.
    """
    for item in hits(dump, wanted, where):
        if isinstance(item, Hits):
            for match in item.matches.around():
                yield Hit(item.pid, item.vma(match.address), match.address, match.data, match.before, match.after)
        else:
            yield item


def hits(dump: Dump, wanted: Pattern, where: Where | None = None) -> Iterator[Hits | Unread | Advance]:
    """The same as `search`, for who takes the matches out of the bytes of a chunk at once."""
    scope = where or Where()
    pids = [pid for pid in dump.pids if scope.pid in (None, pid)]
    total = sum(_dumped(dump, pid, vma, part) for pid in pids for vma, part in _parts(dump, pid, scope))
    done = 0
    yield Advance(0, total)
    with PageBytes(dump) as contents:
        for pid in pids:
            scan, vmas = Scan(wanted), MappedVmas(dump.address_space(pid).vmas)
            for vma, part in _parts(dump, pid, scope):
                for run in contents.runs(pid, vma, part):
                    for span, data in contents.pieces(run, CHUNK):
                        done += span.size
                        if isinstance(data, ImageError):
                            yield Unread(pid, span, data)
                            continue
                        yield from (Hits(pid, vmas, vma, found) for found in scan.feed(span.start, data))
                        yield Advance(done, total)
            yield from (Hits(pid, vmas, None, found) for found in scan.flush())
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
