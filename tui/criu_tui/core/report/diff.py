"""What differs between a checkpoint and the one that it is compared with: one row a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.progress import Measure, Progress
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import PAGE, address, counted, number, size
from criu_tui.core.dump.vma import prot_text
from criu_tui.core.pages.differences.checkpoints import vma_words
from criu_tui.core.pages.differences.difference import Difference, Topic, Turn
from criu_tui.core.pages.differences.pages import page_differences, totals
from criu_tui.core.pages.differences.vmas import pieces
from criu_tui.core.report import diff_json, two_logs
from criu_tui.core.report.outcomes import outcome, place_words, settle, sign, verdict
from criu_tui.core.report.task import HIDDEN
from criu_tui.core.tables.table import Column, Table, Tone, Unit, widest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.base.span import Span
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.differences.checkpoints import TwoCheckpoints
    from criu_tui.core.pages.differences.pages import PageDifferences
    from criu_tui.core.report.report import Report

NOTHING_TO_COMPARE = "no other checkpoint to compare with: C asks for one, as --against PATH gives one"
NO_PAGES = "no pages to compare: no task that is in both has any"
VALUE_SHOWN = 300
"""Characters of one side."""
ARROW = " → "
_PLACES = {
    Topic.VERDICT: "findings",
    Topic.VMA: "maps",
    Topic.PAGES: "bytes",
    Topic.FILE: "files",
    Topic.MOUNT: "files",
    Topic.NAMESPACE: "ids",
    Topic.ID_MAP: "ids",
    Topic.LOG: "log",
}
"""The pane that shows more of a difference, by its id; the others are the task's."""
_TONES = {Turn.NEW: Tone.NOTE, Turn.GONE: Tone.WARNING}
_SETTLED = frozenset({Topic.INVENTORY, Topic.ENGINE, Topic.REGISTERS, Topic.LOG})
"""What differs between any two runs and seldom means anything."""


class DiffRow(NamedTuple):
    """One difference, its text safe to show."""

    difference: Difference
    name: str
    before: str
    after: str
    pages: PageDifferences | None = None

    @property
    def what(self) -> str:
        """Both sides in one."""
        return f"{self.before}{ARROW}{self.after}" if self.before and self.after else self.before or self.after

    @property
    def span(self) -> Span | None:
        """Where it is: in the first, or where the first has nothing in the second."""
        return self.difference.span or self.difference.other_span


def table(report: Report, *, values: bool = True) -> Table[DiffRow]:
    """Every difference known so far; those of pages are there once the pages have been read.

    `values` shows those of the environment too.
    """
    two = _two(report)
    found = () if two is None else tuple(rows(report, two, values=values))
    tasks = {row.difference.pid or row.difference.other_pid for row in found}
    columns: tuple[Column[DiffRow], ...] = (
        Column("What", _topic, widest("What", set(map(_topic, found)))),
        Column("Change", _change, widest("Change", set(map(_change, found)))),
        Column("Task", _task, 7, right=True, sort=lambda r: r.difference.pid or r.difference.other_pid or 0, weight=2),
        Column(
            "At", lambda r: "" if r.span is None else address(r.span.start), 12, weight=1,
            sort=lambda r: 0 if r.span is None else r.span.start, unit=Unit.ADDRESS,
        ),
        Column("Name", lambda r: r.name, min(32, widest("Name", {row.name for row in found})), names=("path",)),
        Column(f"A{ARROW}B", lambda r: r.what, widest("A → B", {row.what for row in found})),
    )  # fmt: skip
    if len(tasks - {None}) < 2:
        columns = tuple(column for column in columns if column.title != "Task")
    return Table(
        "Differences",
        columns,
        found,
        lambda r: (r.difference.pid, r.difference.span),
        _tone,
        notes=tuple(notes(report)),
        brief=_brief(report),
        empty=NOTHING_TO_COMPARE
        if report.against is None
        else "compared once all of the archive has been read"
        if two is None
        else "no difference"
        if two.pages is not None
        else "no difference so far",
        hidden=(
            Column("A", lambda r: r.before, 1),
            Column("B", lambda r: r.after, 1),
            Column("Pages", lambda r: number(_changed(r)), 5, sort=_changed),
            Column("Task", _task, 7, sort=lambda r: r.difference.pid or 0, names=("pid",)),
        ),
    )


def _two(report: Report) -> TwoCheckpoints | None:
    return None if report.against is None or report.dump.arriving else report.against.checkpoints


def _topic(row: DiffRow) -> str:
    return row.difference.topic.value


def _change(row: DiffRow) -> str:
    return row.difference.turn.words


def _task(row: DiffRow) -> str:
    pid, other = row.difference.pid, row.difference.other_pid
    if pid is None or other is None or pid == other:
        return str(pid or other or "")
    return f"{pid}{ARROW.strip()}{other}"


def _tone(row: DiffRow) -> Tone:
    topic, turn = row.difference.topic, row.difference.turn
    if topic is Topic.VERDICT:
        return Tone.ERROR
    return Tone.DIM if topic in _SETTLED else _TONES.get(turn, Tone.PLAIN)


def _changed(row: DiffRow) -> int:
    found = row.pages
    return 0 if found is None else found.changed.pages + found.appeared.pages + found.gone.pages


def rows(report: Report, two: TwoCheckpoints, *, values: bool) -> Iterator[DiffRow]:
    """The verdict first, then tasks with their pages behind their VMAs, then what tasks share."""
    found = verdict(report)
    if found is not None:
        yield _row(found, values=values)
    pages = _by_pair(two.pages)
    following = ""
    for difference in two.differences:
        pair = (difference.pid, difference.other_pid)
        if difference.topic is not Topic.VMA and following != str(pair):
            following = str(pair)
            yield from (_page_row(two, one) for one in pages.pop(pair, ()))
        yield _row(difference, values=values)
    for left in pages.values():
        yield from (_page_row(two, one) for one in left)
    yield from (_row(each, values=values) for each in two_logs.differences(report))


def _by_pair(found: Sequence[PageDifferences] | None) -> dict[tuple[int | None, int | None], list[PageDifferences]]:
    made: dict[tuple[int | None, int | None], list[PageDifferences]] = {}
    for one in found or ():
        if one.differ and not one.again:
            made.setdefault((one.pair.pid, one.pair.other_pid), []).append(one)
    return made


def _row(difference: Difference, *, values: bool) -> DiffRow:
    hide = difference.topic is Topic.ENVIRONMENT and not values
    before, after = (
        HIDDEN if hide and side else display_safe(side, VALUE_SHOWN) for side in (difference.before, difference.after)
    )
    return DiffRow(difference, display_safe(difference.name, VALUE_SHOWN), before, after)


def _page_row(two: TwoCheckpoints, one: PageDifferences) -> DiffRow:
    pair, vma = one.pair, one.shared.vma
    counts = (("changed", one.changed.pages), ("appeared", one.appeared.pages), ("gone", one.gone.pages))
    words = [f"{number(count)} {name}" for name, count in counts if count]
    if one.unread:
        words.append(f"{number(one.unread)} not read: {display_safe(str(one.error))}")
    first = min((next(iter(spans)) for spans in (one.changed, one.appeared, one.gone) if len(spans)), default=None)
    span = one.shared.span if first is None else first
    what = f"{', '.join(words)} of {number(one.shared.span.size // PAGE)}"
    turn = Turn.CHANGED if len(one.changed) or one.unread else Turn.NEW if len(one.appeared) else Turn.GONE
    space = two.dump.address_space(pair.pid or 0)
    path = two.dump.path_of(vma)
    name = display_safe(f"{space.kind(vma).value} {path or ''}".strip(), VALUE_SHOWN)
    other = type(span)(span.start + one.shared.distance, span.end + one.shared.distance)
    return DiffRow(Difference(Topic.PAGES, turn, *pair, name, what, "", span, other), name, what, "", one)


def notes(report: Report) -> Iterator[tuple[Tone, str]]:
    """Which checkpoint is which, what would become of each, and how much of the memory is the same."""
    two = _two(report)
    if report.against is None or two is None:
        return
    for name, one in (("A", report), ("B", report.against.report)):
        tone, words = outcome(one)
        yield tone, ": ".join(filter(None, (name, place_words(one), words)))
    if not report.dump.tasks:
        return
    if two.pages is None:
        yield Tone.DIM, "pages: not compared yet"
        return
    found = totals(two.pages)
    if not any(found):
        yield Tone.DIM, NO_PAGES
        return
    differ = f"{number(found.changed)} changed, {number(found.appeared)} appeared, {number(found.gone)} gone"
    unread = f", {number(found.unread)} not read" if found.unread else ""
    yield Tone.PLAIN, f"pages: {number(found.same)} the same ({size(found.same * PAGE)}), {differ}{unread}"


def _brief(report: Report) -> str:
    """The same on one line: what becomes of each, and how many pages differ."""
    two = _two(report)
    if report.against is None or two is None or not report.dump.tasks:
        return ""
    both = (("A", report), ("B", report.against.report))
    words = [f"{name} {sign(one)} charges {size(one.budget.charged)}" for name, one in both if one.checking.done]
    if two.pages is not None:
        found = totals(two.pages)
        differ = found.changed + found.appeared + found.gone
        differing = f"{number(differ)} of {counted(differ + found.same, 'page')} differ"
        words.append(differing if any(found) else NO_PAGES)
    return "   ".join(words)


def read_pages(report: Report, progress: Progress | None = None) -> None:
    """Reads and compares the pages of both, and makes the checks of both, once. Raises CancelledError."""
    two = _two(report)
    if two is None:
        return
    progress = progress or Progress("comparing pages", Measure.BYTES)
    settle(report, lambda: progress.cancelled)
    if two.pages is None:
        two.pages = page_differences(two.dump, two.other, two.places, progress)


def equal(report: Report) -> bool:
    """Whether nothing differs, pages included."""
    read_pages(report)
    return diff_json.equal(report)


def pane_of(row: DiffRow) -> str:
    """Id of the pane that shows more of a difference."""
    return _PLACES.get(row.difference.topic, "task")


def text(report: Report, only: int | None) -> Iterator[str]:
    """Every difference, of all tasks or of one; reads all pages."""
    read_pages(report)
    made = table(report)
    if only is not None:
        made = made.of([row for row in made.rows if only in (row.difference.pid, row.difference.other_pid)])
    yield from made.titled_text()


def json(report: Report, only: int | None) -> dict[str, Json]:
    """Every difference, for programs; reads all pages."""
    if report.against is not None:
        read_pages(report)
    return diff_json.differences(report, only)


def lines(report: Report, row: DiffRow) -> list[tuple[Tone, str]]:
    """A difference in full, one fact a line: both sides, of VMAs piece by piece, of pages where they lie."""
    two, difference = _two(report), row.difference
    found = [(_tone(row), f"{difference.topic.value} {difference.turn.words}: {row.name}".rstrip(": "))]
    if row.pages is not None:
        for name in ("changed", "appeared", "gone"):
            spans = getattr(row.pages, name)
            told = [
                f"{address(span.start)} {counted(span.size // PAGE, 'page')}"
                for span, _ in zip(spans, range(8), strict=False)
            ]
            if told:
                more = f" and {number(len(spans) - len(told))} more" if len(spans) > len(told) else ""
                found.append((Tone.PLAIN, f"{name:<9} {', '.join(told)}{more}"))
        return found
    found += ((Tone.PLAIN, f"{side}  {words or 'nothing'}") for side, words in (("A", row.before), ("B", row.after)))
    if difference.topic is Topic.VMA and two is not None:
        pair = two.by_pid.get(difference.pid or 0)
        own = () if pair is None else two.memory(pair).differences
        one = next(
            (each for each in own if each.span == difference.span and vma_words(each.after) == difference.after), None
        )
        found += [] if one is None or len(one.before) + len(one.after) < 3 else map(_piece_line, pieces(one))
    return found


def _piece_line(piece: tuple[Span, Vma | None, Vma | None]) -> tuple[Tone, str]:
    span, ours, theirs = piece
    sides = ARROW.join("not mapped" if vma is None else prot_text(vma.prot) for vma in (ours, theirs))
    return Tone.PLAIN, f"   {address(span.start)}-{address(span.end)} {sides}"
