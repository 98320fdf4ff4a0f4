"""Lines of the overview, and those of them that the first screen shows: these take next to no reading."""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.span import Span
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number
from criu_tui.core.dump.dump import NO_IMAGES
from criu_tui.core.dump.task import Task
from criu_tui.core.dump.tree import TREE, tree_comes
from criu_tui.core.tables.table import Column, Table, Tint, Tone

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report

TASKS_SHOWN = 8
"""Further ones are counted."""


class OverviewLine(NamedTuple):
    """One line; texts are safe to show."""

    subject: str
    """What it is about, in a word; empty when it goes on with the line before."""
    text: str
    leads: str
    """Id of the pane that shows more."""
    tone: Tone = Tone.PLAIN
    pid: int | None = None
    address: int | None = None
    tint: Tint = Tint.PLAIN
    command: str = ""
    """The command line that it gives."""


def first(report: "Report") -> Iterator[OverviewLine]:
    """What is known once the tree of tasks is."""
    yield from named("what", what(report))
    yield from named("tasks", tasks(report))


def named(subject: str, found: Iterable[OverviewLine]) -> Iterator[OverviewLine]:
    """Lines of one subject: the first one names it."""
    for position, line in enumerate(found):
        yield line if position else line._replace(subject=subject)


def what(report: "Report", more: str = "") -> Iterator[OverviewLine]:
    """What is looked at, and where; with more of the dump in words."""
    dump = report.dump
    count = counted(len(dump.tasks), "task")
    if dump.source.running:
        text = f"{count} that run: process {dump.path.name} and all below; no dump has been made"
        yield OverviewLine("", text, "files")
        return
    yield OverviewLine("", f"{count}{more}  {display_safe(str(dump.shown_path))}", "images")


def tasks(report: "Report", more: Callable[[Task], list[str]] = lambda _: []) -> Iterator[OverviewLine]:
    """The first tasks, with more of each in words, and how many there are beside them."""
    found = report.dump.tasks
    for task in found[:TASKS_SHOWN]:
        words = [f"{'  ' * min(task.depth, 8)}{task.pid}", report.comm(task.pid), *more(task)]
        yield OverviewLine("", "  ".join(words), "task", Tone.PLAIN, task.pid)
    if len(found) > TASKS_SHOWN:
        yield OverviewLine("", f"and {number(len(found) - TASKS_SHOWN)} more: T shows all", "task", Tone.DIM)
    wrong = next((problem for problem in report.dump.problems if problem.file == TREE), None)
    if wrong is not None and TREE in report.dump.files_listed:
        yield OverviewLine("", str(wrong), "findings", Tone.WARNING)
    if tree_comes(report.dump):
        yield OverviewLine("", "their tree has not come yet: others may follow", "findings", Tone.NOTE)
    if not found:
        none = "none in these images" if report.dump.has_images else f"not known: {NO_IMAGES}"
        yield OverviewLine("", none, "findings", Tone.WARNING)


def table_of(lines: Iterable[OverviewLine]) -> Table[OverviewLine]:
    """Lines as rows."""
    return Table(
        "Overview",
        (
            Column("About", lambda r: r.subject, 9),
            Column("What", lambda r: r.text, 60, tint=lambda r: r.tint),
        ),
        list(lines),
        lambda r: (r.pid, None if r.address is None else Span(r.address, r.address + 1)),
        lambda r: r.tone,
        empty="",
        command=lambda r: r.command,
    )
