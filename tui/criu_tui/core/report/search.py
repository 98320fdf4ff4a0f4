"""Hits of a search in dumped bytes, and in those beside memory, as rows, text and JSON."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from criu_tui.core.base.second_thread import in_order
from criu_tui.core.base.span import Span
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import address, counted, number, size
from criu_tui.core.pages.search import Hit, Hits, Unread, hits, search
from criu_tui.core.pages.search_beside import BesideHit, BesideUnread, search_beside
from criu_tui.core.report.queued import ROW, hex_lines, printable
from criu_tui.core.tables.table import Column, Table, Tone, form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.pages.pattern import Pattern
    from criu_tui.core.pages.query import Where
    from criu_tui.core.pages.scan import Match
    from criu_tui.core.report.report import Report

HITS_KEPT = 100_000
TOGETHER = 16
"""Hits in one piece of memory from which on their lines are made at once."""
SHOWN = 48
"""Bytes of a long match that a row shows."""
BEFORE = 256
"""Bytes before a match that are shown with it."""


def table(
    report: Report, rows: Sequence[Hit | BesideHit], notes: tuple[tuple[Tone, str], ...] = ()
) -> Table[Hit | BesideHit]:
    """Hits found so far: those in memory by address, those beside it by what holds them and the offset there."""
    return Table(
        "Bytes",
        (
            Column("Address", _where, 12, sort=lambda r: r.address if isinstance(r, Hit) else r.offset),
            Column("Task", lambda r: str(_task(r) or ""), 7, right=True, sort=lambda r: _task(r) or 0, weight=2),
            Column("Kind", lambda r: _kind(report, r), 12, weight=1),
            Column("Length", lambda r: str(len(r.data)), 6, right=True, sort=lambda r: len(r.data), weight=3),
            Column("Match, and what is around it", _context, 50),
        ),
        rows,
        lambda r: (_task(r), Span(r.address, r.address + max(1, len(r.data))) if isinstance(r, Hit) else None),
        lambda r: Tone.PLAIN,
        notes=notes,
        empty="nothing found",
    )


def _where(row: Hit | BesideHit) -> str:
    """An address, or an offset into what an object holds."""
    return address(row.address) if isinstance(row, Hit) else f"+{row.offset:#x}"


def _task(row: Hit | BesideHit) -> int | None:
    """The task, or the first of those that have the object open."""
    return row.pid if isinstance(row, Hit) else next(iter(row.kept.pids), None)


def text(report: Report, wanted: Pattern, where: Where) -> Iterator[str]:
    """Hits as they are found, then what could not be read and how many there were; lines, or several in one."""
    unread: list[Unread | BesideUnread] = []
    counts: list[int] = []
    rows = table(report, ())
    in_columns = form(rows.columns)

    def works() -> Iterator[Callable[[], str]]:
        for item in hits(report.dump, wanted, where):
            if isinstance(item, Hits):
                counts.append(len(item.matches.spans))
                yield partial(_lines, report, item, in_columns)
            elif isinstance(item, Unread):
                unread.append(item)

    yield from in_order(works())
    for beside in search_beside(report.dump, wanted, where):
        if isinstance(beside, BesideHit):
            counts.append(1)
            yield (in_columns % tuple(column.text(beside) for column in rows.columns)).rstrip()
        elif isinstance(beside, BesideUnread):
            unread.append(beside)
    yield from (f"warning: {words}" for words in map(unread_words, unread))
    yield outcome(sum(counts), wanted)


def _lines(report: Report, found: Hits, in_columns: str) -> str:
    """Hits as the table has them."""
    space = report.dump.address_space(found.pid)
    base, data, spans = found.matches
    vma = found.vma(base + next(iter(spans))[0])
    low, high, kind = vma.start, vma.end, space.kind(vma).value
    if len(spans) >= TOGETHER and base + len(data) <= high:
        from criu_tui.core.report import hit_rows

        if high <= hit_rows.ADDRESSES and len(data) < hit_rows.LENGTHS:
            template = in_columns % (hit_rows.PLACE, found.pid, kind, hit_rows.COUNT, "")
            return hit_rows.lines(found.matches, template, SHOWN)
    made: list[str] = []
    for match in found.matches.around():
        if not low <= match.address < high:
            vma = found.vma(match.address)
            low, high, kind = vma.start, vma.end, space.kind(vma).value
        where, length = f"{match.address:012x}", len(match.data)
        made.append((in_columns % (where, found.pid, kind, length, _context(match))).rstrip())
    return "\n".join(made)


def outcome(found: int, wanted: Pattern) -> str:
    """How many matches of what."""
    return f"{counted(found, 'hit')} for {wanted.form.value} {display_safe(wanted.source, 80)}"


class Gathered:
    """Hits of a search as they come: the first HITS_KEPT to list, the others counted."""

    def __init__(self, wanted: Pattern) -> None:
        self._wanted = wanted
        self._hits: list[Hit | BesideHit] = []
        self._found = 0
        self._unread = 0

    def take(self, item: Hit | Unread | BesideHit | BesideUnread) -> None:
        """Adds what the search has come upon."""
        if isinstance(item, Unread | BesideUnread):
            self._unread += item.span.size if isinstance(item, Unread) else item.part.payload.length
            return
        self._found += 1
        if self._found <= HITS_KEPT:
            self._hits.append(item)

    def __len__(self) -> int:
        """How many are listed."""
        return len(self._hits)

    def table(self, report: Report) -> Table[Hit | BesideHit]:
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


def unread_words(unread: Unread | BesideUnread) -> str:
    """What could not be searched, and why."""
    reason = display_safe(str(unread.error))
    if isinstance(unread, BesideUnread):
        return f"{size(unread.part.payload.length)} of {unread.kept.name} not searched: {reason}"
    start, length = unread.span.start, unread.span.size
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
    return {
        "pattern": wanted.source,
        "form": wanted.form.value,
        "hits": hits,
        "unread": unread,
        "beside": _beside_json(report, wanted, where),
    }


def _beside_json(report: Report, wanted: Pattern, where: Where) -> Json:
    """What was found beside memory, and what could not be searched there."""
    hits: list[Json] = []
    unread: list[Json] = []
    for item in search_beside(report.dump, wanted, where):
        if isinstance(item, BesideHit):
            hits.append(hit_json(report, item))
        elif isinstance(item, BesideUnread):
            unread.append({"of": item.kept.name, "offset": item.part.at, "reason": display_safe(str(item.error))})
    return {"hits": hits, "unread": unread}


def hit_json(report: Report, hit: Hit | BesideHit) -> dict[str, Json]:
    """One hit, for programs."""
    if isinstance(hit, BesideHit):
        return {
            "of": hit.kept.name,
            "pids": list(hit.kept.pids),
            "offset": hit.offset,
            "length": len(hit.data),
            "data": hit.data.hex(),
            "text": printable(hit.data),
            "image": display_safe(hit.part.payload.image),
            "image_offset": hit.image_offset,
        }
    return {
        "pid": hit.pid,
        "address": hit.address,
        "length": len(hit.data),
        "data": hit.data.hex(),
        "text": printable(hit.data),
        "kind": _kind(report, hit),
        "vma": hit.vma.start,
    }


def beside_lines(report: Report, hit: BesideHit) -> list[tuple[Tone, str]]:
    """Where a hit beside memory is, and the row of bytes that it begins in."""
    offset = hit.offset - hit.part.at
    lines = list(hex_lines(report.dump, hit.kept.name, hit.part.payload, offset - offset % ROW))
    where = f"{hit.kept.name} {_where(hit)}: {display_safe(hit.part.payload.image)} at byte {number(hit.image_offset)}"
    held = f", of {counted(len(hit.kept.pids), 'task')}: {_task(hit)}" if hit.kept.pids else ""
    return [(Tone.PLAIN, f"{where}{held}"), *lines[1:2]]


def beside_detail(report: Report, hit: BesideHit) -> list[tuple[Tone, str]]:
    """The bytes of the piece that a hit beside memory begins in, from a little before it on."""
    offset = max(0, hit.offset - hit.part.at - BEFORE)
    return [*hex_lines(report.dump, hit.kept.name, hit.part.payload, offset - offset % ROW)]


def _kind(report: Report, hit: Hit | BesideHit) -> str:
    if isinstance(hit, BesideHit):
        return hit.kept.name
    return report.dump.address_space(hit.pid).kind(hit.vma).value


def _context(hit: Hit | BesideHit | Match) -> str:
    shown = printable(hit.data[:SHOWN]) + ("…" if len(hit.data) > SHOWN else "")
    return f"{printable(hit.before):>16}[{shown}]{printable(hit.after)}"
