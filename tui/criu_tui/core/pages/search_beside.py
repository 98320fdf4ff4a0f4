"""Search in the bytes that a dump keeps beside memory, as in those of its pages."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.dump.beside_memory import kept_bytes
from criu_tui.core.dump.payloads import read
from criu_tui.core.pages.contents import CHUNK, Advance
from criu_tui.core.pages.query import Where
from criu_tui.core.pages.scan import Scan
from criu_tui.core.pages.search import search
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.dump.beside_memory import KeptBytes, Part
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.pages.pattern import Pattern
    from criu_tui.core.pages.scan import Match, Matches
    from criu_tui.core.pages.search import Hit, Unread


_AT = attrgetter("at")


class BesideHit(NamedTuple):
    """A match in what is kept of an object: where in its bytes, these bytes and a few around them."""

    kept: KeptBytes
    offset: int
    data: bytes
    before: bytes
    after: bytes

    @property
    def part(self) -> Part:
        """The piece that the match begins in."""
        return self.kept.parts[max(0, bisect_right(self.kept.parts, self.offset, key=_AT) - 1)]

    @property
    def image_offset(self) -> int:
        """The byte of the image at which the match begins."""
        return self.part.payload.offset + self.offset - self.part.at


@dataclass(frozen=True, slots=True)
class BesideUnread:
    """A piece that could not be searched, and why."""

    kept: KeptBytes
    part: Part
    error: ImageError


def search_all(
    dump: Dump, wanted: Pattern, where: Where | None = None
) -> Iterator[Hit | Unread | BesideHit | BesideUnread | Advance]:
    """What `search` finds in memory, then what is found beside it; the Advance of both together."""
    beside = _length(_searched(dump, where or Where()))
    memory = 0
    for item in search(dump, wanted, where):
        if isinstance(item, Advance):
            memory = item.total
            yield Advance(item.done, memory + beside)
        else:
            yield item
    for found in search_beside(dump, wanted, where):
        yield Advance(memory + found.done, memory + beside) if isinstance(found, Advance) else found


def search_beside(
    dump: Dump, wanted: Pattern, where: Where | None = None
) -> Iterator[BesideHit | BesideUnread | Advance]:
    """Matches by object and offset. None where only some addresses, or some VMAs, are searched: these have neither.

    Raises PatternError as `search` does.
    """
    objects = _searched(dump, where or Where())
    done, total = 0, _length(objects)
    for kept in objects:
        scan = Scan(wanted)
        for part in kept.parts:
            for at in range(0, part.payload.length, CHUNK):
                length = min(CHUNK, part.payload.length - at)
                piece = part.payload._replace(offset=part.payload.offset + at, length=length)
                try:
                    data = read(dump, piece)
                except ImageError as error:
                    yield BesideUnread(kept, part._replace(payload=piece), error)
                else:
                    yield from _hits(kept, scan.feed(part.at + at, data))
                done += length
                yield Advance(done, total)
            if kept.apart:
                yield from _hits(kept, scan.flush())
        yield from _hits(kept, scan.flush())


def _searched(dump: Dump, where: Where) -> list[KeptBytes]:
    if where.span is not None or where.prot or where.kind:
        return []
    return [kept for kept in kept_bytes(dump) if where.pid is None or where.pid in kept.pids]


def _length(objects: Iterable[KeptBytes]) -> int:
    return sum(part.payload.length for kept in objects for part in kept.parts)


def _hits(kept: KeptBytes, found: Iterable[Matches]) -> Iterator[BesideHit]:
    matches: Iterator[Match] = (match for each in found for match in each.around())
    return (BesideHit(kept, match.address, match.data, match.before, match.after) for match in matches)
