"""What the checkpoint that a report is compared with has in place of a row: a column at the end of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import number
from criu_tui.core.pages.differences.checkpoints import vma_words
from criu_tui.core.pages.differences.difference import Topic, Turn
from criu_tui.core.tables.table import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.differences.pages import PageDifferences
    from criu_tui.core.report.report import Report

R = TypeVar("R")
GONE = "nothing"
WIDTH = 10
"""Characters that the column asks for; what is longer runs on, since nothing stands behind it."""


def of_vmas(report: Report, pid: int, vma: Callable[[R], Vma]) -> tuple[Column[R], ...]:
    """What became of a row's VMA; no column where nothing is compared."""
    found: dict[Vma, str] = {}
    against = report.against
    if against is None:
        return ()
    pair = against.checkpoints.by_pid.get(pid)
    for difference in () if pair is None else against.checkpoints.memory(pair).differences:
        words = f"{difference.turn.words}: {vma_words(difference.after)}" if difference.after else GONE
        found.update(dict.fromkeys(difference.before, words))
    return (_column(lambda row: found.get(vma(row), "")),)


def of_pages(report: Report, pid: int, vma: Callable[[R], Vma]) -> tuple[Column[R], ...]:
    """How many pages of a row's VMA are others, once they have been compared; no column where nothing is."""
    if report.against is None:
        return ()
    checkpoints = report.against.checkpoints
    by_vma: dict[Vma, list[PageDifferences]] = {}

    def words(row: R) -> str:
        if not by_vma:
            for one in checkpoints.pages or ():
                if one.pair.pid == pid:
                    by_vma.setdefault(one.shared.vma, []).append(one)
        told = by_vma.get(vma(row), ())
        counts = [(name, sum(getattr(one, name).pages for one in told)) for name in ("changed", "appeared", "gone")]
        return ", ".join(f"{number(count)} {name}" for name, count in counts if count)

    return (_column(words),)


def of_descriptors(report: Report, key: Callable[[R], tuple[int, int | None]]) -> tuple[Column[R], ...]:
    """What a row's descriptor, by task and number, is there; no column where nothing is compared."""
    if report.against is None:
        return ()
    found = {
        (each.pid, int(each.name.split(" ")[1])): GONE if each.turn is Turn.GONE else display_safe(each.after, 200)
        for each in report.against.checkpoints.differences
        if each.topic is Topic.FILE
    }
    return (_column(lambda row: found.get(_numbered(key(row)), "")),)


def _numbered(key: tuple[int, int | None]) -> tuple[int | None, int]:
    return key[0], -1 if key[1] is None else key[1]


_GROUPS = {
    Topic.TASK: "task",
    Topic.ENVIRONMENT: "environment",
    Topic.CREDENTIALS: "credentials",
    Topic.LIMIT: "limits",
    Topic.SIGNAL: "signals",
    Topic.TIMER: "timers",
    Topic.CGROUP: "cgroups",
}
"""What the Task pane calls them."""


def of_facts(
    report: Report, pid: int, key: Callable[[R], tuple[str, str]], *, hidden: str | None
) -> tuple[Column[R], ...]:
    """The value of a row's fact, by its group and name; `hidden` stands for those of the environment."""
    if report.against is None:
        return ()
    found = {
        (_GROUPS[each.topic], display_safe(each.name)): GONE
        if not each.after
        else hidden
        if hidden and each.topic is Topic.ENVIRONMENT
        else display_safe(each.after, 1000)
        for each in report.against.checkpoints.differences
        if each.pid == pid and each.topic in _GROUPS
    }
    return (_column(lambda row: found.get(key(row), "")),)


def _column(text: Callable[[R], str]) -> Column[R]:
    return Column("In B", text, WIDTH, names=("b", "other"))
