"""Hits of a search in dumped bytes, as rows, text and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import address, counted, number, size
from criu_tui.core.pages.scan import CONTEXT
from criu_tui.core.pages.search import Hit, Hits, Unread, hits, search
from criu_tui.core.tables.table import Column, Table, Tone, form

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.pages.pattern import Pattern
    from criu_tui.core.pages.query import Where
    from criu_tui.core.report.report import Report

HITS_KEPT = 100_000
SHOWN = 48
"""Bytes of a long match that a row shows."""


def table(report: Report, rows: Sequence[Hit], notes: tuple[tuple[Tone, str], ...] = ()) -> Table[Hit]:
    """Hits found so far."""
    return Table(
        "Search",
        (
            Column("Address", lambda r: address(r.address), 12, sort=lambda r: r.address),
            Column("Task", lambda r: str(r.pid), 7, right=True, sort=lambda r: r.pid, weight=2),
            Column("Kind", lambda r: _kind(report, r), 12, weight=1),
            Column("Length", lambda r: str(len(r.data)), 6, right=True, sort=lambda r: len(r.data), weight=3),
            Column("Match, and what is around it", _context, 50),
        ),
        rows,
        lambda r: (r.pid, Span(r.address, r.address + max(1, len(r.data)))),
        lambda r: Tone.PLAIN,
        notes=notes,
        empty="nothing found",
    )


def text(report: Report, wanted: Pattern, where: Where) -> Iterator[str]:
    """Hits as they are found, then what could not be read and how many there were."""
    found = 0
    unread: list[Unread] = []
    in_columns = form(table(report, ()).columns)
    for item in hits(report.dump, wanted, where):
        if isinstance(item, Hits):
            found += len(item.matches.spans)
            yield from _lines(report, item, in_columns)
        elif isinstance(item, Unread):
            unread.append(item)
    yield from (f"warning: {words}" for words in map(unread_words, unread))
    yield outcome(found, wanted)


def _lines(report: Report, found: Hits, in_columns: str) -> Iterator[str]:
    """Hits as the table has them; their bytes are made safe all at once."""
    space = report.dump.address_space(found.pid)
    base, data, spans = found.matches
    shown = printable(data)
    vma = found.vma(base + spans[0][0])
    low, high, kind = vma.start, vma.end, space.kind(vma).value
    for start, end in spans:
        where, length = base + start, end - start
        if not low <= where < high:
            vma = found.vma(where)
            low, high, kind = vma.start, vma.end, space.kind(vma).value
        said = shown[start:end] if length <= SHOWN else f"{shown[start : start + SHOWN]}…"
        context = f"{shown[max(0, start - CONTEXT) : start]:>16}[{said}]{shown[end : end + CONTEXT]}"
        yield (in_columns % (f"{where:012x}", found.pid, kind, length, context)).rstrip()


def outcome(found: int, wanted: Pattern) -> str:
    """How many matches of what."""
    return f"{counted(found, 'hit')} for {wanted.form.value} {display_safe(wanted.source, 80)}"


class Gathered:
    """Hits of a search as they come: the first HITS_KEPT to list, the others counted."""

    def __init__(self, wanted: Pattern) -> None:
        self._wanted = wanted
        self._hits: list[Hit] = []
        self._found = 0
        self._unread = 0

    def take(self, item: Hit | Unread) -> None:
        """Adds what the search has come upon."""
        if isinstance(item, Unread):
            self._unread += item.span.size
            return
        self._found += 1
        if self._found <= HITS_KEPT:
            self._hits.append(item)

    def __len__(self) -> int:
        """How many are listed."""
        return len(self._hits)

    def table(self, report: Report) -> Table[Hit]:
        """Those listed so far."""
        return table(report, tuple(self._hits))

    def note(self, *, cancelled: bool) -> tuple[Tone, str]:
        """What the search has come to."""
        words = outcome(self._found, self._wanted)
        if len(self) < self._found:
            words += f", the first {number(len(self))} listed"
        if self._unread:
            words += f"; {size(self._unread)} could not be read"
        if cancelled:
            words += "; cancelled before the end"
        return Tone.WARNING if self._unread or cancelled or not self._found else Tone.NOTE, words


def unread_words(unread: Unread) -> str:
    """What could not be searched, and why."""
    start, length = unread.span.start, unread.span.size
    reason = display_safe(str(unread.error))
    return f"{size(length)} at {address(start)} of task {unread.pid} not searched: {reason}"


def json(report: Report, wanted: Pattern, where: Where) -> dict[str, Json]:
    """Every hit and what could not be searched, for programs."""
    hits: list[Json] = []
    unread: list[Json] = []
    for item in search(report.dump, wanted, where):
        if isinstance(item, Hit):
            hits.append(hit_json(report, item))
        elif isinstance(item, Unread):
            unread.append(
                {
                    "pid": item.pid,
                    "start": item.span.start,
                    "end": item.span.end,
                    "reason": display_safe(str(item.error)),
                }
            )
    return {"pattern": wanted.source, "form": wanted.form.value, "hits": hits, "unread": unread}


def hit_json(report: Report, hit: Hit) -> dict[str, Json]:
    """One hit, for programs."""
    return {
        "pid": hit.pid,
        "address": hit.address,
        "length": len(hit.data),
        "data": hit.data.hex(),
        "text": printable(hit.data),
        "kind": _kind(report, hit),
        "vma": hit.vma.start,
    }


def printable(data: bytes) -> str:
    """Bytes as text, a dot for each that is not printable ASCII."""
    return data.translate(_PRINTABLE).decode("ascii")


_PRINTABLE = bytes(byte if 0x20 <= byte < 0x7F else ord(".") for byte in range(256))


def _kind(report: Report, hit: Hit) -> str:
    return report.dump.address_space(hit.pid).kind(hit.vma).value


def _context(hit: Hit) -> str:
    shown = printable(hit.data[:SHOWN]) + ("…" if len(hit.data) > SHOWN else "")
    return f"{printable(hit.before):>16}[{shown}]{printable(hit.after)}"
