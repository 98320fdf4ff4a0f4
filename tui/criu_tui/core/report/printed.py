"""What --print writes of each pane, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.report import coverage, differences, findings, ids, log, maps, plan, search, summary
from criu_tui.core.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.plan import Criu
    from criu_tui.core.report.json_type import Json
    from criu_tui.core.report.report import Report
    from criu_tui.core.search import Pattern, Where

SCHEMA = 1

_OF_DUMP = {"summary": summary, "ids": ids, "log": log, "findings": findings}
OF_TASK = {"maps": maps, "coverage": coverage, "plan": plan}
PRINTED = ("summary", *OF_TASK, "ids", "log", "findings")


def json(
    report: Report,
    pane: str,
    only: int | None = None,
    *,
    with_counters: bool = False,
    with_contents: bool = False,
    against: Criu | None = None,
) -> dict[str, Json]:
    """What a pane shows, for programs: numbers as numbers, lists in image order.

    `with_counters` adds counters and batches to the plan; `against` compares it with another CRIU's;
    `with_contents` adds to the coverage what its bytes come to.
    """
    if pane == "plan":
        content = (
            plan.json(report, only, with_counters=with_counters)
            if against is None
            else differences.json(report, only, against)
        )
    elif pane == "coverage":
        content = coverage.json(report, only, with_contents=with_contents)
    else:
        content = (_OF_DUMP | OF_TASK)[pane].json(report, only)
    return {"schema": SCHEMA, **content, "problems": _problems(report)}


def text(
    report: Report,
    pane: str,
    only: int | None = None,
    *,
    with_counters: bool = False,
    with_contents: bool = False,
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
            yield from OF_TASK[pane].table(report, pid).titled_text()
        if with_counters:
            yield from plan.counter_lines(report, pid)
        if with_contents:
            yield from coverage.content_lines(report, pid)
    if pane == "coverage" and only is None:
        yield ""
        yield from coverage.whole_lines(report)


def search_json(report: Report, wanted: Pattern, where: Where) -> dict[str, Json]:
    """Every hit in dumped bytes. Raises PatternError when an expression takes too long."""
    return {"schema": SCHEMA, **search.json(report, wanted, where), "problems": _problems(report)}


def search_text(report: Report, wanted: Pattern, where: Where) -> Iterator[str]:
    """The same as lines of text, as they are found."""
    yield from search.text(report, wanted, where)


def _problems(report: Report) -> list[Json]:
    return [display_safe(str(problem)) for problem in report.dump.problems]
