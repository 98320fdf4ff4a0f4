"""Where the bytes go: memory by kind, file and task, whose each pages file is, which pages tasks have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import PAGE, address, counted, number, size, some
from criu_tui.core.drawings.signs import VMAS
from criu_tui.core.pages.identical import IdenticalPages, Stretch, identical_pages
from criu_tui.core.pages.memory_use import MemoryUse, Use, memory_uses
from criu_tui.core.pages.pages_files import PagesFile, PagesOwner, pages_files
from criu_tui.core.report.section import Section, bytes_column, column, sections_text
from criu_tui.core.tables.table import Column, Table, Tint, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.vma import VmaKind
    from criu_tui.core.pages.contents import Advance
    from criu_tui.core.report.report import Report

UNMAPPED = "in no VMA"
"""For pages that no task maps."""
OWNERS_SHOWN = 4
IDENTICAL = "identical pages"
"""Under which the dump keeps what its pages have in common."""


# By kind, by file, by task


def table(report: Report) -> Table[MemoryUse[VmaKind | None]]:
    """The memory of all tasks by kind of VMA."""
    uses = memory_uses(report.dump)
    rows = uses.kinds
    return _table(
        "Memory by kind",
        (
            column("Kind", lambda r: kind_text(r.of), rows, tint=lambda r: kind_tint(r.of)),
            *_use_columns(rows),
            *_count_columns(),
        ),
        rows,
        _whole_notes(report, uses.total),
        lambda _: (None, None),
    )


def kind_text(kind: VmaKind | None) -> str:
    """What a kind of memory is called."""
    return UNMAPPED if kind is None else kind.value


def kind_tint(kind: VmaKind | None) -> Tint:
    """The colour that a kind of memory has everywhere."""
    return Tint.PLAIN if kind is None else VMAS[kind].tint


def file_table(report: Report) -> Table[MemoryUse[str]]:
    """Mapped files by their path, memory files by their name."""
    rows = memory_uses(report.dump).files
    return _table(
        "Memory by file",
        (*_use_columns(rows), *_count_columns(), column("File", lambda r: display_safe(r.of), rows)),
        rows,
        [(Tone.PLAIN, counted(len(rows), "mapped file"))],
        lambda _: (None, None),
    )


def task_table(report: Report) -> Table[MemoryUse[int]]:
    """What each task maps; shared memory counts for every task that maps it."""
    rows = memory_uses(report.dump).tasks
    return _table(
        "Memory by task",
        (
            Column("Task", lambda r: str(r.of), 7, right=True, sort=lambda r: r.of),
            column("Name", lambda r: report.comm(r.of), rows),
            *_use_columns(rows),
            Column("VMAs", lambda r: number(r.vmas), 6, right=True, sort=lambda r: r.vmas, weight=2),
        ),
        rows,
        [(Tone.PLAIN, "shared memory counts for every task that maps it, so that the tasks do not add up")],
        lambda r: (r.of, None),
    )


def _use_columns(rows: Sequence[MemoryUse[Any]]) -> tuple[Column[Any], ...]:
    most = max((row.dumped for row in rows), default=0)
    return (
        bytes_column("Reserved", lambda r: r.reserved),
        bytes_column("Dumped", lambda r: r.dumped, most=most),
        bytes_column("Private", lambda r: r.private.dumped, 1),
        bytes_column("Shared", lambda r: r.shared.dumped, 1),
        bytes_column("In parent", lambda r: r.private.parent + r.shared.parent, 2),
        bytes_column("Shared reserved", lambda r: r.shared.reserved, 4),
    )


def _count_columns() -> tuple[Column[Any], ...]:
    return (
        Column("VMAs", lambda r: number(r.vmas), 6, right=True, sort=lambda r: r.vmas, weight=3),
        Column("Tasks", lambda r: number(r.tasks), 6, right=True, sort=lambda r: r.tasks, weight=3),
    )


def _whole_notes(report: Report, total: Use) -> list[tuple[Tone, str]]:
    stored = sum(file.size or 0 for file in pages_files(report.dump))
    packed = "" if stored == total.present else f", {size(stored)} in its pages files"
    left = f", {size(total.parent)} left to the parent" if total.parent else ""
    return [
        (
            Tone.PLAIN,
            f"{size(total.reserved)} of addresses; {size(total.present)} of pages in this dump{packed}{left}; "
            "what tasks map together counts once",
        )
    ]


def _table(
    title: str,
    columns: tuple[Column[Any], ...],
    rows: Sequence[Any],
    notes: Sequence[tuple[Tone, str]],
    place: Callable[[Any], tuple[int | None, None]],
) -> Table[Any]:
    return Table(
        title,
        columns,
        rows,
        place,
        lambda r: Tone.PLAIN if r.dumped else Tone.DIM,
        notes=tuple(notes),
        empty="no memory in this dump",
    )


# Pages files


def pages_table(report: Report) -> Table[PagesFile]:
    """Every pages-N.img, and whose pages it holds."""
    rows = pages_files(report.dump)
    return Table(
        "Pages files",
        (
            column("File", lambda r: display_safe(r.name), rows),
            Column("Size", lambda r: "not there" if r.size is None else size(r.size), 9, right=True, sort=_size),
            Column(
                "Pages", lambda r: number(sum(owner.pages for owner in r.owners)), 9, right=True,
                sort=lambda r: sum(owner.pages for owner in r.owners), weight=1,
            ),
            column("Whose", lambda r: owners_text(report, r.owners), rows),
            column("Named by", lambda r: some([display_safe(o.image) for o in r.owners], OWNERS_SHOWN), rows, 2),
        ),
        rows,
        lambda r: (next((owner.pid for owner in r.owners if owner.pid is not None), None), None),
        _pages_tone,
        total=f"{counted(len(rows), 'pages file')}, {size(sum(map(_size, rows)))}",
        empty="no pages files in this dump",
    )  # fmt: skip


def _size(file: PagesFile) -> int:
    return file.size or 0


def _pages_tone(file: PagesFile) -> Tone:
    if file.size is None or file.size < file.stored:
        return Tone.ERROR
    return Tone.PLAIN if file.owners and file.size == file.stored else Tone.WARNING


def owners_text(report: Report, owners: Sequence[PagesOwner]) -> str:
    """ "task 7 nginx", "shared memory 12 of 7, 8": whose pages a file holds."""
    if not owners:
        return "no pagemap names it"
    return some([_owner_text(report, owner) for owner in owners], OWNERS_SHOWN)


def _owner_text(report: Report, owner: PagesOwner) -> str:
    if owner.pid is not None:
        return f"task {owner.pid} {report.comm(owner.pid)}"
    return f"shared memory {owner.shmid}"


# The same pages


def identical_so_far(report: Report) -> IdenticalPages | None:
    """The pages that tasks have alike, once they have been read."""
    return report.dump.once(IDENTICAL, _not_read) if report.dump.once.known(IDENTICAL) else None


def _not_read() -> IdenticalPages:
    raise AssertionError("asked for only once it is known")


def read_identical(report: Report) -> Iterator[Advance]:
    """Reads every page of the dump, unless that has been done, and keeps what they have in common."""
    if report.dump.once.known(IDENTICAL):
        return
    found = None
    for item in identical_pages(report.dump):
        if isinstance(item, IdenticalPages):
            found = item
        else:
            yield item
    report.dump.once(IDENTICAL, lambda: found)


def identical_table(report: Report) -> Table[Stretch]:
    """Addresses at which several tasks have the same bytes; without rows until the pages have been read."""
    found = identical_so_far(report)
    rows = () if found is None else found.stretches
    return Table(
        "Same pages",
        (
            Column("Start", lambda r: address(r.span.start), 12, sort=lambda r: r.span.start),
            Column("End", lambda r: address(r.span.end), 12, sort=lambda r: r.span.end, weight=1),
            Column("Pages", lambda r: number(r.span.size // PAGE), 9, right=True, sort=lambda r: r.span.size),
            bytes_column("Spare", lambda r: r.spare),
            column("Tasks", lambda r: some(r.pids), rows),
        ),
        rows,
        lambda r: (r.pids[0], r.span),
        lambda _: Tone.PLAIN,
        notes=tuple(() if found is None else identical_notes(found)),
        empty="not read yet: i reads and compares all pages" if found is None else "no page is the same in two tasks",
    )


def identical_notes(found: IdenticalPages) -> Iterator[tuple[Tone, str]]:
    """What the private pages of all tasks have in common."""
    alike = sum(task.same_address for task in found.tasks)
    elsewhere = sum(task.elsewhere for task in found.tasks)
    yield (
        Tone.PLAIN,
        f"{counted(found.pages, 'private page')} of all tasks, {number(found.zero)} of them zero; "
        f"{number(alike)} as in another task at the same address, {number(elsewhere)} at another one",
    )
    yield (
        Tone.PLAIN,
        f"{counted(found.spare, 'page')} ({size(found.spare * PAGE)}) are in the dump again: CRIU dumps what forked "
        "tasks share once for each of them",
    )
    if found.error is not None:
        yield Tone.WARNING, f"{counted(found.unread, 'page')} not read: {display_safe(str(found.error))}"


# All of it


def _use_json(use: Use) -> dict[str, Json]:
    return {"reserved": use.reserved, "present": use.present, "parent": use.parent}


def _uses_json(name: str, rows: Sequence[MemoryUse[Any]], of: Callable[[Any], Json]) -> Json:
    return [
        {
            name: of(row.of),
            "private": _use_json(row.private),
            "shared": _use_json(row.shared),
            "vmas": row.vmas,
            "tasks": row.tasks,
        }
        for row in rows
    ]


def _pages_json(report: Report) -> Json:
    return [
        {
            "name": display_safe(file.name),
            "size": file.size,
            "stored": file.stored,
            "owners": [owner._asdict() | {"image": display_safe(owner.image)} for owner in file.owners],
        }
        for file in pages_files(report.dump)
    ]


def _kinds_json(report: Report) -> Json:
    return _uses_json("kind", memory_uses(report.dump).kinds, kind_text)


def _files_json(report: Report) -> Json:
    return _uses_json("path", memory_uses(report.dump).files, display_safe)


def _tasks_json(report: Report) -> Json:
    return _uses_json("pid", memory_uses(report.dump).tasks, lambda pid: pid)


def _identical_json(report: Report) -> Json:
    found = identical_so_far(report)
    if found is None:
        return None
    return {
        "pages": found.pages,
        "zero": found.zero,
        "distinct": found.distinct,
        "spare": found.spare,
        "unread": found.unread,
        "tasks": [task._asdict() for task in found.tasks],
        "stretches": [
            {"start": each.span.start, "end": each.span.end, "pids": list(each.pids)} for each in found.stretches
        ],
    }


SECTIONS = (
    Section("files", "memory by file", file_table, _files_json),
    Section("tasks", "memory by task", task_table, _tasks_json),
    Section("pages_files", "pages files", pages_table, _pages_json),
    Section("identical", "same pages", identical_table, _identical_json),
)
"""After the table by kind, in the order of the pane and of --print memory."""


def text(report: Report, only: int | None) -> Iterator[str]:
    """Every table; of the whole dump also when one task is asked for, since tasks share memory."""
    yield from table(report).titled_text()
    yield from sections_text(SECTIONS, report)


def json(report: Report, only: int | None) -> dict[str, Json]:
    """Every table for programs; bytes as numbers, "identical" null until all pages have been read."""
    return {
        "total": _use_json(memory_uses(report.dump).total),
        "kinds": _kinds_json(report),
        **{section.id: section.json(report) for section in SECTIONS},
    }
