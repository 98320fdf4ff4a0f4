"""Stretches of a pages file that are read as one, however many pagemap entries they are made of."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.pages.places import PageLocation, PageRun, backing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.contents import PageBytes
    from criu_tui.core.pages.pagemap import Pagemap
    from criu_tui.core.source.source import SourceFile


class Strip(NamedTuple):
    """Pages of one pagemap that follow one another in its pages file, in the order of their addresses."""

    file: SourceFile
    start: int
    """Offset of the first byte."""
    end: int
    pagemap: Pagemap
    bias: int
    """What the addresses of the pagemap lack to be the task's."""

    def goes_on(self, pagemap: Pagemap, bias: int, start: int) -> bool:
        """Whether what begins at an offset of a pagemap's pages file follows at once."""
        return self.pagemap is pagemap and self.bias == bias and self.end == start

    def runs(self, start: int, end: int) -> Iterator[PageRun]:
        """What lies at the offsets [start, end) of the file; entries that adjoin in memory are one run."""
        befores, starts = self.pagemap.present_before, self.pagemap.starts
        index = bisect_right(befores, start // PAGE) - 1
        at = start
        while at < end:
            first, address = at, starts[index] + at - befores[index] * PAGE
            while at < end and starts[index] + at - befores[index] * PAGE == address + at - first:
                at = min(end, befores[index + 1] * PAGE)
                index += 1
                # Entries without bytes here lie between.
                while at < end and befores[index + 1] * PAGE <= at:
                    index += 1
            span = Span(address + self.bias, address + self.bias + at - first)
            yield PageRun(span, PageKind.PRESENT, PageLocation(self.file, first, 0))


def strips(dump: Dump, contents: PageBytes, pid: int, parts: Iterable[tuple[Vma, Span]]) -> Iterator[Strip | PageRun]:
    """All pages of parts of VMAs that have bytes, by address: strips of this dump's files, else single runs.

    Those are of what lies in parent dumps, is compressed, cannot be read, or of entries out of order.
    """
    held: Strip | None = None
    for vma, part in parts:
        source = backing(dump, pid, vma)
        pagemap = source.pagemap(dump)
        found = None if dump.unreadable_pages is not None else pagemap.in_file(source.inside(part))
        if found is not None and not found.size:
            continue
        if found is not None and held is not None and held.goes_on(pagemap, source.bias, found.start):
            held = held._replace(end=found.end)
            continue
        if held is not None:
            yield held
        held = None
        if found is None:
            yield from contents.runs(pid, vma, part)
        else:
            file = dump.source.file(pagemap.pages_name)
            held = Strip(file, found.start, found.end, pagemap, source.bias)
    if held is not None:
        yield held
