"""How many pages of each VMA are in the dump, and of which kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.span import SpanIndex, merged
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import PAGE, address, counted, number, size
from criu_tui.core.drawings.strip import CHARGED, DUMPED
from criu_tui.core.pages.entries import Coverage
from criu_tui.core.pages.pagemaps import coverages_of, pagemap_of, shared_pagemap_of
from criu_tui.core.pages.places import absent_pages, backing, coverage_of, stored_of
from criu_tui.core.pages.totals import ContentFacts, content_facts
from criu_tui.core.report.columns import fields, kind_column, locate, share, share_text, span_columns
from criu_tui.core.report.titles import titled
from criu_tui.core.tables.table import Column, Table, Tint, Tone, Unit, widest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.base.span import Span
    from criu_tui.core.dump.vma import Vma, VmaKind
    from criu_tui.core.pages.pagemap import Pagemap
    from criu_tui.core.pages.places import AbsentContents
    from criu_tui.core.report.report import Report

STRIP_VMAS = 1000
"""VMAs whose pages and charges are looked for below the strip, between two keys."""
SHARED_SHOWN = 4
"""VMAs of a shared memory that its line names."""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A VMA and how much of it is in the dump."""

    pid: int
    vma: Vma
    kind: VmaKind
    coverage: Coverage
    absent: AbsentContents
    """What the restored task finds in absent pages."""
    image: str
    """The pagemap that has its pages."""


def table(report: Report, pid: int) -> Table[CoverageRow]:
    """How many pages of each VMA are in the dump, and of which kind."""
    rows, space = _rows(report, pid), report.dump.address_space(pid)

    def weight(get: Callable[[CoverageRow], int]) -> int:
        # A kind of pages that no VMA has is not worth its room; absent ones are those that are left over.
        return 4 if not any(map(get, rows)) else 3 if get is _absent else 0

    columns: tuple[Column[CoverageRow], ...] = (
        *span_columns(space.outline.highest_end, lambda r: r.vma),
        *(
            Column(title, _count_cell(get), _count_width(title, rows, get), right=True, sort=get, weight=weight(get))
            for title, get in _COUNTS
        ),
        Column(
            "Dumped",
            lambda r: share_text(r.coverage),
            6,
            right=True,
            sort=lambda r: share(r.coverage),
            weight=1,
            unit=Unit.SHARE,
            names=("cover", "coverage"),
            part=lambda r: share(r.coverage) / 10_000,
            shade=Tint.PRESENT,
        ),
        Column("Absent are", _absent_cell, widest("Absent are", {_absent_cell(r) for r in rows}), weight=5),
        kind_column({r.kind for r in rows}, lambda r: r.kind, weight=2),
        *(report.against.of_pages(pid, lambda r: r.vma) if report.against else ()),
    )
    return Table(
        titled(report, "Coverage", pid),
        columns,
        rows,
        lambda r: (r.pid, r.vma.span),
        lambda r: Tone.PLAIN if r.coverage.dumped else Tone.DIM,
        notes=tuple(notes(report, pid)),
        total=total_line(report, pid) if len(rows) == len(space.vmas) else "",
        empty=report.no_memory(pid),
        locate=locate(pid, space) if len(rows) == len(space.vmas) else None,
        hidden=fields(report, pid, lambda r: r.vma, columns),
    )


def notes(report: Report, pid: int) -> Iterator[tuple[Tone, str]]:
    """What the bytes of a task come to, where they have been read."""
    if pid in report.contents:
        yield from content_notes(report.contents[pid])


def total_line(report: Report, pid: int) -> str:
    """Pages of a task, of each kind that there is."""
    pagemap = pagemap_of(report.dump, pid)
    total = pagemap.total()
    shown = {backing(report.dump, pid, vma).shmid for vma in report.dump.address_space(pid).vmas}
    shared = sum(shared_pagemap_of(report.dump, shmid).total().present for shmid in shown if shmid is not None)
    elsewhere = ((total.parent, "in parent"), (total.lazy, "lazy"))
    pages = [
        f"{counted(total.present, 'page')} present ({on_disk(total.present * PAGE, pagemap.stored)})",
        *(f"{number(count)} {where}" for count, where in elsewhere if count),
    ]
    of_shared = (f"{number(shared)} in shared memory",) if shared else ()
    return "; ".join((", ".join(pages), f"pagemap entries: {number(len(pagemap))}", *of_shared))


def strip_signs(report: Report, pid: int, cells: Sequence[Span]) -> str:
    """What stands below each cell of the strip: DUMPED, CHARGED once the plan has been made, or a blank.

    None where VMAs are so many that telling would take long.
    """
    space = report.dump.address_space(pid)
    if len(space.vmas) > STRIP_VMAS:
        return ""
    pagemap = pagemap_of(report.dump, pid)
    # Pages of shared memory are in pagemaps of their own.
    shared = _index(
        vma.span
        for vma in space.vmas
        if backing(report.dump, pid, vma).shmid is not None and coverage_of(report.dump, pid, vma).present
    )
    # Findings are made with the plan.
    amounts = () if report.findings_so_far is None else report.budget.amounts(pid)
    charged = _index(vma.span for vma, amount in zip(space.vmas, amounts, strict=False) if amount)

    def sign(cell: Span) -> str:
        if pagemap.coverage(cell).present or _any_in(shared, cell):
            return DUMPED
        return CHARGED if _any_in(charged, cell) else " "

    return "".join(map(sign, cells))


def _index(spans: Iterable[Span]) -> SpanIndex:
    found = merged(spans)
    return SpanIndex([span.start for span in found], [span.end for span in found])


def _any_in(index: SpanIndex, span: Span) -> bool:
    """Whether one of the spans overlaps this one."""
    return index.at(span.start) is not None or index.gap(span.start).end < span.end


def on_disk(pages: int, stored: int) -> str:
    """Bytes of pages and how many of them the pages file takes, where these are not the same."""
    if pages == stored:
        return f"{size(pages)} on disk"
    ratio = f", {stored / pages:.0%}" if pages else ""
    return f"{size(pages)}, compressed to {size(stored)} on disk{ratio}"


def _rows(report: Report, pid: int) -> list[CoverageRow]:
    space, own = report.dump.address_space(pid), coverages_of(report.dump, pid)
    rows = []
    for index, vma in enumerate(space.vmas):
        source = backing(report.dump, pid, vma)
        if report.dump.arriving and source.image not in report.dump.files_listed:
            # Which of its pages there are is not known yet: none would be said to be absent.
            continue
        covered = own[index] if source.shmid is None else coverage_of(report.dump, pid, vma)
        rows.append(CoverageRow(pid, vma, space.kind(vma), covered, absent_pages(vma), source.image))
    return rows


@dataclass(frozen=True, slots=True)
class SharedMemory:
    """A shared memory with an image of its own, and the VMAs that map it, each with its task."""

    id: int
    pages: Coverage
    mapped: tuple[tuple[int, Vma], ...]


def shared_memory(report: Report) -> list[SharedMemory]:
    """Every shared memory that a VMA shows, by id."""
    mapped: dict[int, list[tuple[int, Vma]]] = {}
    for pid in report.dump.pids:
        for vma in report.dump.address_space(pid).vmas:
            shmid = report.dump.shared_memory_of(vma)
            if shmid is not None:
                mapped.setdefault(shmid, []).append((pid, vma))
    return [
        SharedMemory(shmid, shared_pagemap_of(report.dump, shmid).total(), tuple(mapped[shmid]))
        for shmid in sorted(mapped)
    ]


def whole(report: Report) -> Coverage:
    """Pages of all tasks and of shared memory together."""
    totals = [pagemap_of(report.dump, pid).total() for pid in report.dump.pids]
    return sum((*totals, *(shared.pages for shared in shared_memory(report))), Coverage())


def whole_lines(report: Report) -> Iterator[str]:
    """The same in words, and each shared memory with those who map it."""
    for shared in shared_memory(report):
        where = ", ".join(f"task {pid} at {address(vma.start)}" for pid, vma in shared.mapped[:SHARED_SHOWN])
        more = len(shared.mapped) - SHARED_SHOWN
        where += f" and {more} more" if more > 0 else ""
        yield f"shared memory {shared.id}: {counted(shared.pages.present, 'page')} present, mapped by {where}"
    total = whole(report)
    yield (
        f"all of the dump: {counted(total.present, 'page')} present ({size(total.present * PAGE)}), "
        f"{number(total.parent)} in parent, {number(total.lazy)} lazy"
    )


def content_facts_of(report: Report, pid: int) -> ContentFacts:
    """What the task's bytes come to; reads every dumped page."""
    *_, facts = content_facts(report.dump, pid)
    assert isinstance(facts, ContentFacts)
    return facts


def content_lines(report: Report, pid: int) -> Iterator[str]:
    """The same in words."""
    yield from (line for _, line in content_notes(content_facts_of(report, pid)))


def content_notes(facts: ContentFacts) -> Iterator[tuple[Tone, str]]:
    """Zero, equal and shareable pages, and how much a restore reads."""
    yield (
        Tone.PLAIN,
        f"a restore reads {size(facts.pages * PAGE)}: {counted(facts.pages, 'page')}, "
        f"{number(facts.zero)} of them zero, {number(facts.duplicates)} equal to an earlier one, "
        f"{number(facts.same_as_parent)} as in the parent task",
    )
    if facts.error is not None:
        yield Tone.WARNING, f"{counted(facts.unread, 'page')} not read: {display_safe(str(facts.error))}"


def json(report: Report, only: int | None, *, with_contents: bool = False) -> dict[str, Json]:
    """Counts of pages by VMA, by task and of the whole dump, for programs."""
    total = whole(report)
    return {
        "tasks": [
            _task_json(report, pid) | ({"contents": _contents_json(report, pid)} if with_contents else {})
            for pid in report.pids(only)
        ],
        "shared": [
            {
                "id": shared.id,
                "present": shared.pages.present,
                "parent": shared.pages.parent,
                "vmas": [{"pid": pid, "start": vma.start, "end": vma.end} for pid, vma in shared.mapped],
            }
            for shared in shared_memory(report)
        ],
        "present": total.present,
        "parent": total.parent,
        "lazy": total.lazy,
        "bytes": total.present * PAGE,
        "stored": sum(pagemap.stored for pagemap in _pagemaps(report)),
    }


def _pagemaps(report: Report) -> Iterator[Pagemap]:
    """Of all tasks, and of shared memory."""
    yield from (pagemap_of(report.dump, pid) for pid in report.dump.pids)
    yield from (shared_pagemap_of(report.dump, shared.id) for shared in shared_memory(report))


def _contents_json(report: Report, pid: int) -> Json:
    facts = content_facts_of(report, pid)
    return {
        "pages": facts.pages,
        "bytes": facts.pages * PAGE,
        "zero": facts.zero,
        "duplicates": facts.duplicates,
        "same_as_parent": facts.same_as_parent,
        "unread": facts.unread,
    }


def _task_json(report: Report, pid: int) -> dict[str, Json]:
    pagemap = pagemap_of(report.dump, pid)
    total = pagemap.total()
    return {
        "pid": pid,
        "comm": report.comm(pid),
        "vmas": [
            {
                "start": row.vma.start,
                "end": row.vma.end,
                "pages": row.coverage.pages,
                "present": row.coverage.present,
                "parent": row.coverage.parent,
                "lazy": row.coverage.lazy,
                "absent": row.coverage.absent,
                "absent_are": row.absent.value,
                "image": row.image,
                "stored": stored_of(report.dump, pid, row.vma),
            }
            for row in _rows(report, pid)
        ],
        "present": total.present,
        "parent": total.parent,
        "lazy": total.lazy,
        "bytes": total.present * PAGE,
        "stored": pagemap.stored,
    }


def _absent(row: CoverageRow) -> int:
    return row.coverage.absent


_COUNTS: tuple[tuple[str, Callable[[CoverageRow], int]], ...] = (
    ("Pages", lambda r: r.coverage.pages),
    ("Present", lambda r: r.coverage.present),
    ("Parent", lambda r: r.coverage.parent),
    ("Lazy", lambda r: r.coverage.lazy),
    ("Absent", _absent),
)


def _absent_cell(row: CoverageRow) -> str:
    return row.absent.value if row.coverage.absent else ""


def _count_cell(get: Callable[[CoverageRow], int]) -> Callable[[CoverageRow], str]:
    return lambda row: number(get(row))


def _count_width(title: str, rows: Sequence[CoverageRow], get: Callable[[CoverageRow], int]) -> int:
    return max(len(title), len(number(max(map(get, rows), default=0))))
