"""The checkpoint that a report is compared with, and what differs, computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import number
from criu_tui.core.pages.differences.checkpoints import TwoCheckpoints, vma_words
from criu_tui.core.pages.differences.difference import Topic, Turn
from criu_tui.core.tables.table import Column

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.differences.pages import PageDifferences
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.releases import Criu

R = TypeVar("R")
GONE = "nothing"
WIDTH = 10
"""Characters that the column asks for; what is longer runs on, since nothing stands behind it."""
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


class Against:
    """Another checkpoint, which the same CRIU would restore on the same host."""

    def __init__(self, report: Report, checkpoints: TwoCheckpoints) -> None:
        self.report = report
        self.checkpoints = checkpoints

    def restored_by(self, chosen: Criu) -> Against:
        """The same under another CRIU, sharing what was computed."""
        return Against(self.report.restored_by(chosen), self.checkpoints)

    def of_vmas(self, pid: int, vma: Callable[[R], Vma]) -> tuple[Column[R], ...]:
        """A column at the end of a table: what became of a row's VMA."""
        found: dict[Vma, str] = {}
        pair = self.checkpoints.by_pid.get(pid)
        for difference in () if pair is None else self.checkpoints.memory(pair).differences:
            words = f"{difference.turn.words}: {vma_words(difference.after)}" if difference.after else GONE
            found.update(dict.fromkeys(difference.before, words))
        return (_column(lambda row: found.get(vma(row), "")),)

    def of_pages(self, pid: int, vma: Callable[[R], Vma]) -> tuple[Column[R], ...]:
        """How many pages of a row's VMA are others, once they have been compared."""
        by_vma: dict[Vma, list[PageDifferences]] = {}

        def words(row: R) -> str:
            if not by_vma:
                for one in self.checkpoints.pages or ():
                    if one.pair.pid == pid:
                        by_vma.setdefault(one.shared.vma, []).append(one)
            told = by_vma.get(vma(row), ())
            counts = [(name, sum(getattr(one, name).pages for one in told)) for name in ("changed", "appeared", "gone")]
            return ", ".join(f"{number(count)} {name}" for name, count in counts if count)

        return (_column(words),)

    def of_descriptors(self, key: Callable[[R], tuple[int, str]]) -> tuple[Column[R], ...]:
        """What a row's descriptor, by task and number, is there; or what a task has as "cwd", "root" or "exe"."""
        found: dict[tuple[int | None, str], str] = {
            (each.pid, each.name.split(" ")[1] if each.topic is Topic.FILE else each.name): GONE
            if each.turn is Turn.GONE
            else display_safe(each.after, 200)
            for each in self.checkpoints.differences
            if each.topic is Topic.FILE or (each.topic is Topic.TASK and each.name in ("cwd", "root", "exe"))
        }
        return (_column(lambda row: found.get(key(row), "")),)

    def of_facts(self, pid: int, key: Callable[[R], tuple[str, str]], *, hidden: str | None) -> tuple[Column[R], ...]:
        """The value of a row's fact, by its group and name; `hidden` stands for those of the environment."""
        found = {
            (_GROUPS[each.topic], display_safe(each.name)): GONE
            if not each.after
            else hidden
            if hidden and each.topic is Topic.ENVIRONMENT
            else display_safe(each.after, 1000)
            for each in self.checkpoints.differences
            if each.pid == pid and each.topic in _GROUPS
        }
        return (_column(lambda row: found.get(key(row), "")),)


def compared(report: Report, dump: Dump, given_log: Path | None = None) -> Report:
    """The same report, compared with another checkpoint."""
    made = report.restored_by(report.criu)
    made.against = Against(report.compared_with(dump, given_log), TwoCheckpoints(report.dump, dump))
    return made


def _column(text: Callable[[R], str]) -> Column[R]:
    return Column("In B", text, WIDTH, names=("b", "other"))
