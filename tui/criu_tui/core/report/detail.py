"""Everything known about the VMA at an address."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import PAGE, address, counted, number, size
from criu_tui.core.drawings.signs import VMAS
from criu_tui.core.dump.mapped_file import elf_place
from criu_tui.core.dump.vma import Prot, VmaKind, flag_names, prot_text, status_names
from criu_tui.core.pages.elf_at_hand import build_id_at_hand
from criu_tui.core.pages.places import backing, coverage_of
from criu_tui.core.pages.symbols import symbol_text
from criu_tui.core.report.columns import share_text
from criu_tui.core.report.place import guard_words, vma_line
from criu_tui.core.report.plan import LATER, PlanRow, step_at, tone_of
from criu_tui.core.restore.releases import NEEDED, stand_ins
from criu_tui.core.source.error import NOT_YET
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table

R = TypeVar("R")

ENTRIES_SHOWN = 12


class SelectionDetail(NamedTuple):
    """What is said of a selection on every screen."""

    facts: list[tuple[Tone, str]]
    """Two lines, and a third with the first problem of the dump when there is one."""
    reason: list[tuple[Tone, str]]
    """Why a restore maps it so; empty until the plan is made."""
    has_problem: bool


def described(report: Report, pid: int | None, where: int | None) -> SelectionDetail:
    """The VMA at an address of a task, its pages, its step, and what could not be read of the dump."""
    said = lines(report, pid, where) if pid is not None and pid in report.dump.pids else []
    problems = report.dump.problems if report.dump.has_images else ()
    facts = said[:2]
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        facts.append((Tone.WARNING, f"{display_safe(str(problems[0]), 300)}{more}"))
    return SelectionDetail(facts, said[2:], bool(problems))


def lines(report: Report, pid: int, where: int | None) -> list[tuple[Tone, str]]:
    """What the VMA at an address is, its pages, its step: a few lines; the first of them until the plan is made."""
    space = report.dump.address_space(pid)
    index = None if where is None else space.at(where)
    if index is None:
        return [] if where is None else [(Tone.DIM, f"no VMA at {address(where)}")]
    if not report.is_planned:
        return [(Tone.PLAIN, vma_line(report, pid, where))]
    vma = space.vmas[index]
    covered = coverage_of(report.dump, pid, vma)
    names = " ".join(flag_names(vma.flags))
    bits = " ".join(status_names(vma.status))
    lines = [
        (Tone.PLAIN, vma_line(report, pid, where)),
        (
            Tone.PLAIN,
            f"{counted(covered.present, 'page')} present, {number(covered.parent)} in parent, "
            f"{number(covered.absent)} absent of {number(covered.pages)}; {names}; {bits}",
        ),
    ]
    step = step_at(report, pid, index)
    if step is not None:
        lines.append((tone_of(PlanRow(step, report.budget.of(step))), report.plan.reason(step)))
    return lines


def everything(report: Report, pid: int, where: int | None) -> Iterator[tuple[Tone, str]]:
    """All that the images and the plan say of the VMA at an address, one fact a line; nothing without a VMA."""
    space = report.dump.address_space(pid)
    index = None if where is None else space.at(where)
    if index is None:
        return
    vma = space.vmas[index]
    yield Tone.NOTE, "VMA"
    for name, value in _vma_facts(report, pid, vma, where):
        yield Tone.PLAIN, _fact(name, value)
    guard = None if where is None else space.guard_at(where)
    if guard is not None:
        yield Tone.PLAIN, _fact("in it here", f"{guard_words(space.vmas[guard])}: {VMAS[VmaKind.GUARD].meaning}")
    yield Tone.NOTE, "Pages"
    for name, value in _page_facts(report, pid, vma):
        yield Tone.PLAIN, _fact(name, value)
    yield Tone.NOTE, "Restore"
    if report.dump.arriving:
        yield Tone.NOTE, _fact("reason", LATER)
    else:
        yield from _restore_facts(report, pid, index)


def of_row(report: Report, table: Table[R], index: int) -> list[tuple[Tone, str]]:
    """Everything known of what a row is about: of a VMA all that the dump says, else its cells."""
    pid, span = table.place(table.rows[index])
    if pid is not None and span is not None and pid in report.dump.pids:
        known = list(everything(report, pid, span.start))
        if known:
            return known
    return list(row(table, index))


def row(table: Table[R], index: int) -> Iterator[tuple[Tone, str]]:
    """Every cell of a row in full, also of columns that the screen has no room for."""
    found = table.rows[index]
    for column in table.columns:
        text = column.text(found).strip()
        if text:
            yield Tone.PLAIN, _fact(column.title.lower() or "mark", text)


def _fact(name: str, value: str) -> str:
    return f"{name:<13} {value}"


def _vma_facts(report: Report, pid: int, vma: Vma, where: int | None) -> Iterator[tuple[str, str]]:
    kind = report.dump.address_space(pid).kind(vma)
    yield "addresses", f"[{address(vma.start)}, {address(vma.end)})"
    yield "size", f"{size(vma.size)} = {number(vma.size)} bytes"
    words = [
        name for bit, name in ((Prot.READ, "read"), (Prot.WRITE, "write"), (Prot.EXEC, "execute")) if vma.prot & bit
    ]
    yield "protection", f"{prot_text(vma.prot)}  {', '.join(words) or 'no access'}"
    yield "type", f"{kind.value}: {VMAS[kind].meaning}"
    yield "flags", " ".join(f"MAP_{name}" for name in flag_names(vma.flags)) or "none"
    yield "status", " ".join(status_names(vma.status)) or "none"
    path = report.path(vma)
    if path:
        yield "path", path
    if vma.traits.file:
        yield "file offset", f"{vma.pgoff:#x}"
    place = None if where is None else elf_place(report.dump, pid, vma, where)
    if place is not None:
        yield "here", f"{display_safe(place.name)}+{place.offset:#x}, as addr2line takes it"
        symbol = symbol_text(report.dump, place)
        if symbol:
            yield "symbol", display_safe(symbol)
        build_id = build_id_at_hand(report.dump, place)
        if build_id:
            yield "build id", build_id
        if place.kept is not None:
            yield "its bytes", "in the dump itself"
    if vma.shmid:
        yield ("file id" if vma.traits.file else "shmid"), f"{vma.shmid:#x}"
    if vma.madv:
        yield "madvise", f"advice {', '.join(str(bit) for bit in range(64) if vma.madv >> bit & 1)}"
    yield "private", "restored page by page" if vma.is_private(report.dump.task_size) else "no: mapped as a whole"


def _page_facts(report: Report, pid: int, vma: Vma) -> Iterator[tuple[str, str]]:
    source = backing(report.dump, pid, vma)
    if report.dump.arriving and source.image not in report.dump.files_listed:
        yield "pages", NOT_YET
        return
    pagemap, span = source.pagemap(report.dump), source.inside(vma.span)
    covered = pagemap.coverage(span)
    dumped = f", {share_text(covered)} of them dumped" if covered.dumped else ", none of them dumped"
    yield "pages", f"{number(covered.pages)}{dumped}"
    for name, count in (
        ("present", covered.present),
        ("in parent", covered.parent),
        ("lazy", covered.lazy),
        ("absent", covered.absent),
    ):
        if count:
            yield name, number(count)
    if source.shmid is not None:
        yield "pagemap", source.image
    for entry in islice(pagemap.within(span), ENTRIES_SHOWN):
        offset = pagemap.offset(entry.start)
        at = "" if offset is None else f", pages-{pagemap.pages_id}.img at {offset:#x}"
        yield (
            f"entry {entry.index}",
            f"{address(entry.start + source.bias)}-{address(entry.end + source.bias)} "
            f"{counted(entry.span.size // PAGE, 'page')} {entry.kind.value}{at}",
        )
    more = len(pagemap.overlapping(span)) - ENTRIES_SHOWN
    if more > 0 and pagemap.ordered:
        yield "", f"and {number(more)} more entries"
    following = pagemap.first_after(span.end - 1) if source.shmid is None else len(pagemap)
    if following < len(pagemap) and (after := pagemap.entry(following)).start >= vma.end:
        where = "touches this VMA's end" if after.start == vma.end else f"{size(after.start - vma.end)} above its end"
        yield "next entry", f"{address(after.start)}: {where}"


def _restore_facts(report: Report, pid: int, index: int) -> Iterator[tuple[Tone, str]]:
    step = step_at(report, pid, index)
    if step is None:
        yield Tone.DIM, "no step: nothing maps it"
        return
    yield tone_of(PlanRow(step, report.budget.of(step))), _fact("reason", report.plan.reason(step))
    for stand_in in sorted(stand_ins(), key=lambda criu: criu.numbers or (1 << 32,)):
        rule = stand_in.rule
        made, charges = report.planned(report.criu if rule is report.criu.rule else stand_in)
        other = made.by_pid[pid].steps.of(index)
        charge = charges.of(other)
        refused = "" if charge.refusal is None else f"; refused: {charge.refusal.arithmetic}"
        name = "needed" if stand_in is NEEDED else rule.releases
        here = "  <- chosen" if rule is report.criu.rule else ""
        asked = f"{prot_text(other.requested_prot)} {other.action.value}"
        yield (
            Tone.ERROR if charge.refusal else Tone.PLAIN,
            _fact(name, f"{asked}, charged {size(charge.charged) if charge.charged else 0}{refused}{here}"),
        )
