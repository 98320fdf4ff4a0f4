"""What --print writes of each pane, as text and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.report import changes, registry
from criu_tui.core.report.printed_json import complete
from criu_tui.core.report.registry import PRINTED
from criu_tui.core.report.report import NO_TASKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.report.log import Wanted
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.releases import Criu


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a pane beyond all that it shows."""

    counters: bool = False
    """Of the plan: also counters and batches."""
    against: Criu | None = None
    """Of the plan: only what another CRIU does differently."""
    contents: bool = False
    """Of the coverage: also what its bytes come to. Of memory: also which pages are the same."""
    lines: Wanted | None = None
    """Of the log, as text: only these."""
    redacted: bool = False
    """Of the report for an issue: without what tells whose it is."""


def json(report: Report, pane: str, only: int | None = None, asked: Asked | None = None) -> dict[str, Json]:
    """What a pane shows of all tasks or one, for programs: numbers as numbers, lists in image order."""
    asked = asked or Asked()
    if asked.against is not None:
        from criu_tui.core.report import two_releases

        content = two_releases.json(report, only, asked.against)
    elif pane == "plan":
        from criu_tui.core.report import plan

        content = plan.json(report, only, with_counters=asked.counters)
    elif pane == "coverage":
        from criu_tui.core.report import coverage

        content = coverage.json(report, only, with_contents=asked.contents)
    elif pane == "report":
        from criu_tui.core.report import issue

        content = issue.json(report, redacted=asked.redacted)
    else:
        if pane == "memory" and asked.contents:
            registry.compare_pages(report)
        module = PRINTED[pane].module()
        content = {} if module is None else module.json(report, only)
    return complete(report, content)


def text(report: Report, pane: str, only: int | None = None, asked: Asked | None = None) -> Iterator[str]:
    """The same as lines of plain text."""
    yield from _text(report, pane, only, asked or Asked())
    if (changed := changes.looked_for(report)) is not None:
        yield f"warning: {changed}"


def _text(report: Report, pane: str, only: int | None, asked: Asked) -> Iterator[str]:
    for problem in report.dump.problems if report.dump.has_images else ():
        yield f"warning: {display_safe(str(problem))}"
    if pane == "log":
        from criu_tui.core.report import log

        yield from log.text(report, only, asked.lines)
        return
    if pane == "report":
        from criu_tui.core.report import issue

        yield from issue.text(report, redacted=asked.redacted)
        return
    if pane == "memory" and asked.contents:
        registry.compare_pages(report)
    kind = PRINTED[pane]
    if kind.whole is not None:
        yield from kind.whole().text(report, only)
        return
    if not report.dump.tasks:
        yield NO_TASKS
    for position, pid in enumerate(report.pids(only)):
        if position:
            yield ""
        if asked.against is not None:
            from criu_tui.core.report import two_releases

            yield from two_releases.table(report, pid, asked.against).titled_text()
        elif kind.by_task is not None:
            yield from kind.by_task().table(report, pid).titled_text()
        if asked.counters:
            from criu_tui.core.report import plan

            yield from plan.counter_lines(report, pid)
        if asked.contents:
            from criu_tui.core.report import coverage

            yield from coverage.content_lines(report, pid)
    if pane == "coverage" and only is None:
        from criu_tui.core.report import coverage

        yield ""
        yield from coverage.whole_lines(report)
