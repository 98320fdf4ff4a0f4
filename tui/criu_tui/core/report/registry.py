"""The panes, each named once: what the app, --print, --pane, --help, the palette and the README read.

A pane's content is imported when it is built or printed: the names alone are needed by every start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from criu_tui.core.report.pane_kind import PaneKind

if TYPE_CHECKING:
    from criu_tui.core.report.pane_kind import PrintedByTask, PrintedWhole
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table


def _summary() -> PrintedWhole:
    from criu_tui.core.report import summary

    return summary


def _overview() -> PrintedWhole:
    from criu_tui.core.report import overview

    return overview


def _overview_table(report: Report, _: int) -> Table[Any]:
    from criu_tui.core.report import overview

    return overview.table(report)


def _overview_first(report: Report, _: int) -> Table[Any]:
    from criu_tui.core.report import overview_lines

    return overview_lines.table_of(overview_lines.first(report))


def _maps() -> PrintedByTask:
    from criu_tui.core.report import maps

    return maps


def _maps_first(report: Report, pid: int) -> Table[Any]:
    from criu_tui.core.report import maps

    return maps.table(report, pid, sketched=True)


def _coverage() -> PrintedByTask:
    from criu_tui.core.report import coverage

    return coverage


def _plan() -> PrintedByTask:
    from criu_tui.core.report import plan

    return plan


def _plan_table(report: Report, pid: int) -> Table[Any]:
    """The rows, and the plans that the picture below them needs: both are drawn together."""
    from criu_tui.core.report import picture, plan

    if report.dump.arriving:
        return plan.later()
    picture.prepare(report)
    return plan.table(report, pid)


def _ids() -> PrintedWhole:
    from criu_tui.core.report import ids

    return ids


def _ids_table(report: Report, _: int) -> Table[Any]:
    from criu_tui.core.report import ids

    return ids.table(report)


def _issue() -> PrintedWhole:
    from criu_tui.core.report import issue

    return issue


def _log() -> PrintedWhole:
    from criu_tui.core.report import log

    return log


def _log_table(report: Report, _: int) -> Table[Any]:
    """The rows, and the phases that are drawn above them."""
    from criu_tui.core.report import log, log_timeline

    log_timeline.prepare(report)
    return log.table(report)


def _findings() -> PrintedWhole:
    from criu_tui.core.report import findings

    return findings


def _findings_table(report: Report, _: int) -> Table[Any]:
    from criu_tui.core.report import findings

    return findings.table(report)


def _checks() -> PrintedWhole:
    from criu_tui.core.report import checks

    return checks


def _task() -> PrintedByTask:
    from criu_tui.core.report import task

    return task


def _task_table(report: Report, pid: int) -> Table[Any]:
    """Without the values of the environment: the screen may be shared."""
    from criu_tui.core.report import task

    return task.table(report, pid, values=False)


def _files() -> PrintedWhole:
    from criu_tui.core.report import files

    return files


def _files_table(report: Report, pid: int) -> Table[Any]:
    from criu_tui.core.report import files

    return files.table(report, pid)


def _images() -> PrintedWhole:
    from criu_tui.core.report import images

    return images


def _images_table(report: Report, _: int) -> Table[Any]:
    from criu_tui.core.report import images

    return images.table(report)


def _memory() -> PrintedWhole:
    from criu_tui.core.report import memory

    return memory


def _memory_table(report: Report, _: int) -> Table[Any]:
    from criu_tui.core.report import memory

    return memory.table(report)


def compare_pages(report: Report) -> None:
    """Reads all pages, so that the memory's tables say which are the same."""
    from criu_tui.core.report import memory

    for _ in memory.read_identical(report):
        pass


def _diff() -> PrintedWhole:
    from criu_tui.core.report import diff

    return diff


def _chain() -> PrintedWhole:
    from criu_tui.core.report import chain

    return chain


def _diff_table(report: Report, _: int) -> Table[Any]:
    """Without the values of the environment: the screen may be shared."""
    from criu_tui.core.report import diff

    return diff.table(report, values=False)


def _hits_table(report: Report, _: int) -> Table[Any]:
    """No hits: nothing has been searched yet."""
    from criu_tui.core.report import search

    return search.table(report, ())


def _tasks_table(report: Report, _: int) -> Table[Any]:
    from criu_tui.core.report import tasks

    return tasks.table(report)


PANES = {
    kind.id: kind
    for kind in (
        PaneKind("summary", "", "Summary", "summary", "A dump in a few lines", "summary", whole=_summary),
        PaneKind(
            "overview", "0", "Overview", "overview", "what it is, whether it restores", "overview",
            tells_news=True, table=_overview_table, first=_overview_first, whole=_overview,
        ),
        PaneKind(
            "maps", "1", "Maps", "maps", "every VMA of the task", "maps",
            of_task=True, addresses=True, table=lambda report, pid: _maps().table(report, pid),
            first=_maps_first, by_task=_maps,
        ),
        PaneKind(
            "coverage", "2", "Coverage", "coverage", "which pages are in the dump", "coverage",
            of_task=True, addresses=True, table=lambda report, pid: _coverage().table(report, pid),
            by_task=_coverage,
        ),
        PaneKind(
            "plan", "3", "Write plan", "write plan", "what a restore maps, and why", "plan",
            of_task=True, addresses=True, table=_plan_table, by_task=_plan,
        ),
        PaneKind(
            "ids", "4", "Ids", "ids", "user-namespace maps, who uses which id", "ids",
            table=_ids_table, whole=_ids,
        ),
        PaneKind(
            "log", "5", "Log", "log", "dump.log and restore.log, the first cause", "log",
            table=_log_table, whole=_log,
        ),
        PaneKind(
            "findings", "6", "Findings", "findings", "what is wrong, and the way out", "findings",
            table=_findings_table, whole=_findings,
        ),
        PaneKind(
            "bytes", "7", "Bytes", "bytes", "what is in memory here, and search in it",
            of_task=True, addresses=True, table=_hits_table,
        ),
        PaneKind(
            "task", "8", "Task", "task", "all about the task: who, threads, limits", "task",
            of_task=True, table=_task_table, by_task=_task,
        ),
        PaneKind(
            "files", "9", "Files", "files", "descriptors, sockets, pipes, mounts", "files",
            of_task=True, table=_files_table, whole=_files,
        ),
        PaneKind("checks", "", "Checks", "checks", "Whether it will restore here", "checks", whole=_checks),
        PaneKind(
            "diff", "d", "Diff", "differences", "how another checkpoint differs", "diff",
            table=_diff_table, whole=_diff,
        ),
        PaneKind("chain", "", "Chain", "chain", "A dump and its parents as a timeline", "chain", whole=_chain),
        PaneKind("report", "", "Report", "report", "A report for an issue, in Markdown", "report", whole=_issue),
        PaneKind(
            "images", "I", "Images", "images", "every image: entries, fields, problems", "images",
            table=_images_table, whole=_images,
        ),
        PaneKind(
            "memory", "U", "Memory", "memory use", "where the bytes go, whose they are", "memory",
            table=_memory_table, whole=_memory,
        ),
    )
}  # fmt: skip
"""Every pane by its id, in the order of --print."""

_TELL_THEMSELVES = frozenset(("overview", "plan", "findings", "bytes", "diff"))
"""Panes that say themselves what waits for all of an archive."""


def rows(report: Report, name: str, pid: int) -> Table[Any]:
    """The rows of a pane of the app for a task; of an archive that is still being read with words that say so."""
    made = SHOWN[name].build(report, pid)
    if not report.dump.arriving or name in _TELL_THEMSELVES:
        return made
    from criu_tui.core.report.arriving import so_far

    return so_far(report, pid, made)


TASKS = PaneKind("tasks", "", "Tasks", "tasks", "the task tree", table=_tasks_table)
"""Beside the panes, not one of them: no number leads to it."""

SHOWN = {kind.id: kind for kind in PANES.values() if kind.key}
"""Those of the app, in the order of their keys."""

PRINTED = {kind.printed: kind for kind in PANES.values() if kind.printed}
"""Those of --print, by the names that it takes; a search has options of its own."""

OF_TASK = tuple(kind.id for kind in SHOWN.values() if kind.of_task)

LOGGED, UNCONVERTED = WITHOUT_TASKS = "what the logs tell", "which ids have none"
"""The layouts of a dump without tasks."""
LAYOUTS = {
    "memory": ("maps", "coverage", "bytes"),
    "why it fails": ("maps", "plan", "findings"),
    "whose it is": ("ids", "task", "files"),
    LOGGED: ("log", "findings"),
    UNCONVERTED: ("ids", "findings", "log"),
}
"""Panes that stand side by side on a large screen, by the question that they answer; the last one below the others.
Two stand above each other, since lines of a log are long."""


def layout_of(pane: str, now: str | None, *, tasks: bool) -> str | None:
    """The layout to show with this pane in front: the one shown now where it has it; None: it stands alone.

    Without `tasks` the panes that would have nothing are left out.
    """
    fitting = [name for name, panes in LAYOUTS.items() if pane in panes and (name not in WITHOUT_TASKS) is tasks]
    return now if now in fitting else next(iter(fitting), None)
