"""What a checkpoint is, whether it restores, what is in it: a screen of lines, each of which leads to more.

Made of what is known so far: nothing here is waited for, and what is still worked on says so.
"""

from __future__ import annotations

from itertools import islice
from textwrap import wrap
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, size
from criu_tui.core.drawings.signs import VMAS
from criu_tui.core.dump.descriptors import descriptors
from criu_tui.core.dump.dump import NO_IMAGES
from criu_tui.core.dump.tree import tree_comes
from criu_tui.core.findings.finding import Severity
from criu_tui.core.pages.memory_use import memory_uses, memory_uses_so_far
from criu_tui.core.report import checks, container
from criu_tui.core.report.memory import kind_text
from criu_tui.core.report.overview_lines import OverviewLine, named, table_of, tasks, what
from criu_tui.core.report.summary import facts_of
from criu_tui.core.report.verdict_line import FAILS, verdict_line
from criu_tui.core.report.verdict_line import json as verdict_json
from criu_tui.core.restore.preflight.check import State
from criu_tui.core.tables.table import Table, Tint, Tone, share_bar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.task import Task
    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.pages.memory_use import MemoryUses
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.preflight.check import Check

KINDS_SHOWN, CHECKS_SHOWN, FINDINGS_SHOWN = 4, 3, 2
"""Lines of each; further ones are counted."""
ADVICE = 64
"""Characters of a line of advice, as there is room for at 80 columns."""
ONCE_READ = "once all of the archive has been read"
"""When what needs images that have not come is said."""
BAR = 20
"""Cells of the longest bar."""
_SIGNS = {State.FAILS: "✗", State.UNKNOWN: "!", State.OK: "✓", State.SKIPPED: "-"}
_TONES = {State.FAILS: Tone.ERROR, State.UNKNOWN: Tone.WARNING, State.OK: Tone.PLAIN, State.SKIPPED: Tone.DIM}
_OF_SEVERITY = {
    Severity.ERROR: ("✗", Tone.ERROR),
    Severity.WARNING: ("!", Tone.WARNING),
    Severity.NOTE: ("-", Tone.NOTE),
}
_PANES = {
    "memory": "plan",
    "images": "findings",
    "id-maps": "ids",
    "capabilities": "task",
    "huge-pages": "maps",
    "mappings": "maps",
    "seen": "task",
    "tasks": "task",
    "pids": "task",
    "limits": "task",
    "seccomp": "task",
    "lsm": "task",
}
"""Which pane has the objects of a check; those of all others are files."""


def lines(report: Report) -> Iterator[OverviewLine]:
    """All lines, as far as they are known."""
    yield from named("what", _what(report))
    yield from named("restores?", _checks(report))
    uses = memory_uses_so_far(report.dump)
    yield from named("memory", _memory(report, uses))
    yield from named("tasks", _tasks(report, uses))
    yield from named("found", _findings(report))
    yield from named("log", _logs(report))
    yield _parent(report)


def _what(report: Report) -> Iterator[OverviewLine]:
    dump = report.dump
    if dump.source.running:
        yield from what(report)
        return
    facts = dump.once("overview", lambda: facts_of(report))
    so_far = " so far" if dump.arriving else ""
    yield from what(report, f", {counted(facts.files, 'file')}, {size(facts.size)}{so_far}")
    if facts.criu or facts.kernel:
        yield OverviewLine("", f"written by CRIU {facts.criu or 'unknown'} on Linux {facts.kernel or 'unknown'}", "log")
    for line in islice(container.text(report) if report.container is not None else (), 3):
        yield OverviewLine("", " ".join(line.split()), "task")


def _checks(report: Report) -> Iterator[OverviewLine]:
    """What fails, then what cannot be told, then what is fine and what was left out, in a line each."""
    if report.dump.arriving:
        yield OverviewLine("", f"… checked {ONCE_READ}", "findings", Tone.NOTE)
        return
    checking = report.checking
    made = checking.verdict
    if not made.failing:
        tone, line = verdict_line(report)
        yield OverviewLine("", line, "findings", tone)
    unsure = [check for checked in checking.so_far for check in checked.checks if check.state is State.UNKNOWN]
    # Tasks often lack the same thing.
    shown = list({(check.id, check.what): check for check in reversed([*made.failing, *unsure])}.values())[::-1]
    advised: set[str] = set()
    for check in shown[:CHECKS_SHOWN]:
        found = _check(report, check)
        yield found
        if check.state is State.FAILS and check.advice and check.advice not in advised:
            # What helps several is said once.
            advised.add(check.advice)
            first, *others = wrap(f"way out: {check.advice}", ADVICE)
            yield from (
                found._replace(text=text, tone=Tone.PLAIN)
                for text in (f"  {first}", *(f"    {each}" for each in others))
            )
    if len(shown) > CHECKS_SHOWN:
        yield OverviewLine(
            "",
            f"  and {counted(len(shown) - CHECKS_SHOWN, 'more check')}; --print checks shows all",
            "findings",
            Tone.DIM,
        )
    if made.failing and made.fine:
        yield OverviewLine("", f"{_SIGNS[State.OK]} {', '.join(made.fine)}", "findings")
    if made.failing and made.done < made.total:
        yield OverviewLine("", f"… checking {made.done + 1} of {made.total}", "findings", Tone.NOTE)
    if made.done == made.total and report.dump.tasks and not report.dump.source.running:
        words = checks.command(report)
        if words is not None:
            yield OverviewLine("", f"{'then: ' if made.failing else ''}{words}", "plan", Tone.NOTE, command=words)


def check_text(report: Report, check: Check) -> str:
    """What a line says of a check behind its sign: the subject too, unless a log is all that can be told of."""
    what = check.what.removesuffix(FAILS)
    return f"{check.id}: {what}" if report.dump.has_images else what


def _check(report: Report, check: Check) -> OverviewLine:
    return OverviewLine(
        "",
        f"{_SIGNS[check.state]} {check_text(report, check)}",
        _PANES.get(check.id, "files"),
        _TONES[check.state],
        check.pid,
        check.start,
    )


def _memory(report: Report, uses: MemoryUses | None) -> Iterator[OverviewLine]:
    if not report.dump.tasks:
        return
    if report.dump.arriving:
        yield OverviewLine("", f"… counted {ONCE_READ}", "memory", Tone.NOTE)
        return
    if uses is None:
        yield OverviewLine("", "… counting", "memory", Tone.NOTE)
        return
    yield OverviewLine("", f"{size(uses.total.reserved)} of addresses, {size(uses.total.dumped)} dumped", "memory")
    most = max((kind.dumped for kind in uses.kinds), default=0)
    for kind in uses.kinds[:KINDS_SHOWN]:
        if kind.dumped:
            text = f"{bar(kind.dumped, most)} {size(kind.dumped):>9}  {kind_text(kind.of)}"
            tint = Tint.PLAIN if kind.of is None else VMAS[kind.of].tint
            yield OverviewLine("", f"{text}, {size(kind.reserved)} of addresses", "memory", tint=tint)


def bar(amount: int, most: int) -> str:
    """A bar of up to BAR cells, as long as an amount is of the most there is; anything has a part of a cell."""
    return share_bar(amount, most, BAR).ljust(BAR)


def _tasks(report: Report, uses: MemoryUses | None) -> Iterator[OverviewLine]:
    of_task = {} if uses is None else {use.of: use for use in uses.tasks}

    def more(task: Task) -> list[str]:
        use = of_task.get(task.pid)
        used = [] if use is None else [f"{size(use.reserved)}, {size(use.dumped)} dumped"]
        return [*_of_task(report, task), *used]

    return tasks(report, more)


def _of_task(report: Report, task: Task) -> list[str]:
    core = report.dump.core(task.pid)
    if not core.alive:
        return [core.state_name]
    held, threads = len(descriptors(report.dump, task.pid)), len(report.dump.threads(task.pid))
    words = [core.state_name]
    if held or not report.dump.arriving:
        words.append(f"{held} fds")
    return words if tree_comes(report.dump) else [*words, counted(threads, "thread")]


def finding_text(finding: Finding) -> str:
    """What a line says of a finding behind its sign."""
    return finding.title.removesuffix(FAILS)


def _findings(report: Report) -> Iterator[OverviewLine]:
    found = report.findings_so_far
    if report.dump.arriving:
        yield OverviewLine("", f"… looked for {ONCE_READ}", "findings", Tone.NOTE)
        return
    if found is None:
        yield OverviewLine("", "… looking through every image", "findings", Tone.NOTE)
        return
    for finding in found[:FINDINGS_SHOWN]:
        sign, tone = _OF_SEVERITY[finding.severity]
        yield OverviewLine("", f"{sign} {finding_text(finding)}", "findings", tone, finding.pid, finding.start)
    if len(found) > FINDINGS_SHOWN:
        yield OverviewLine("", f"and {counted(len(found) - FINDINGS_SHOWN, 'more finding')}", "findings", Tone.DIM)
    if not found:
        yield OverviewLine("", "no findings in images, plan and logs", "findings", Tone.DIM)


def _logs(report: Report) -> Iterator[OverviewLine]:
    for log in report.logs[:2]:
        text = f"{display_safe(log.path.name)}: {log.run_name} {log.result.value}, {counted(len(log.lines), 'line')}"
        yield OverviewLine("", text, "log")
    if not report.logs and report.dump.arriving:
        yield OverviewLine("", "none among what has come so far", "log", Tone.NOTE)
    elif not report.logs and not report.dump.source.running:
        yield OverviewLine("", "none in or beside the images", "log", Tone.DIM)


def _parent(report: Report) -> OverviewLine:
    if not report.dump.incremental and report.dump.arriving:
        return OverviewLine("parent", f"… known {ONCE_READ}", "coverage", Tone.NOTE)
    if not report.dump.has_images:
        return OverviewLine("parent", f"not known: {NO_IMAGES}", "log", Tone.DIM)
    if not report.dump.incremental:
        return OverviewLine("parent", "none: all pages are here", "coverage", Tone.DIM)
    above = len(list(report.dump.chain())) - 1
    return OverviewLine("parent", f"incremental: {counted(above, 'parent dump')} can be opened", "coverage")


def table(report: Report) -> Table[OverviewLine]:
    """The lines as rows, as far as they are known."""
    return table_of(lines(report))


def finish(report: Report) -> None:
    """Waits for all that the lines draw on."""
    report.checking.finish()
    if report.dump.tasks:
        memory_uses(report.dump)
    _ = report.findings


def text(report: Report, only: int | None) -> Iterator[str]:
    """All lines, of the whole dump; everything is waited for."""
    finish(report)
    yield f"{'verdict':9}  {verdict_line(report)[1]}"
    yield from (f"{line.subject:9}  {line.text}".rstrip() for line in lines(report))


def json(report: Report, only: int | None) -> dict[str, Json]:
    """The same for programs: the verdict, and each line with where it leads."""
    finish(report)
    return {
        "verdict": verdict_json(report),
        "lines": [
            {"subject": line.subject, "text": line.text, "pane": line.leads, "pid": line.pid, "address": line.address}
            for line in lines(report)
        ],
    }
