"""What --print writes of each pane, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.report import coverage, differences, findings, ids, log, maps, plan, summary
from criu_tui.core.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.plan import Criu
    from criu_tui.core.report.json_type import Json
    from criu_tui.core.report.report import Report

SCHEMA = 1

_OF_DUMP = {"summary": summary, "ids": ids, "log": log, "findings": findings}
_OF_TASK = {"maps": maps, "coverage": coverage, "plan": plan}
PRINTED = ("summary", *_OF_TASK, "ids", "log", "findings")


def json(
    report: Report, pane: str, only: int | None = None, *, with_counters: bool = False, against: Criu | None = None
) -> dict[str, Json]:
    """What a pane shows, for programs: numbers as numbers, lists in image order.

    `with_counters` adds counters and batches to the plan; `against` compares it with another CRIU's.
    """
    if pane == "plan":
        content = (
            plan.json(report, only, with_counters=with_counters)
            if against is None
            else differences.json(report, only, against)
        )
    else:
        content = (_OF_DUMP | _OF_TASK)[pane].json(report, only)
    return {"schema": SCHEMA, **content, "problems": [str(problem) for problem in report.dump.problems]}


def text(
    report: Report,
    pane: str,
    only: int | None = None,
    *,
    with_counters: bool = False,
    against: Criu | None = None,
    wanted: log.Wanted | None = None,
) -> Iterator[str]:
    """What a pane shows, as lines of plain text; `wanted` narrows the log."""
    for problem in report.dump.problems if report.dump.has_images else ():
        yield f"warning: {display_safe(str(problem))}"
    if pane == "log":
        yield from log.text(report, only, wanted)
        return
    if pane in _OF_DUMP:
        yield from _OF_DUMP[pane].text(report, only)
        return
    if not report.dump.tasks:
        yield "no tasks in this dump; --print findings says what is wrong"
    for position, pid in enumerate(report.pids(only)):
        if position:
            yield ""
        if against is not None:
            yield from differences.table(report, pid, against).titled_text()
        else:
            yield from _OF_TASK[pane].table(report, pid).titled_text()
        if with_counters:
            yield from plan.counter_lines(report, pid)
