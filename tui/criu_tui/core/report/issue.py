"""What a maintainer asks for first, in Markdown, for an issue; nothing is sent anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import number
from criu_tui.core.findings.finding import Severity
from criu_tui.core.logs.log import Result
from criu_tui.core.report.findings import NONE
from criu_tui.core.report.redaction import hiding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log
    from criu_tui.core.report.report import Report

BEFORE, AFTER = 15, 5
"""Lines of the log shown around the cause."""
SHOWN = 20
"""Findings that are listed."""


def text(report: Report, only: int | None = None, *, redacted: bool = False) -> Iterator[str]:
    """The report as lines of Markdown; with `redacted` hosts, paths, addresses and ids of containers are replaced."""
    log = log_of(report)
    errors = [found for found in report.findings if found.severity is not Severity.NOTE]
    hide = hiding(report, log) if redacted else _kept
    yield "### What happened"
    yield ""
    yield _escaped(hide(errors[0].title if errors else "no findings"))
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, value in _facts(report, log):
        yield f"| {name} | {_escaped(hide(value))} |"
    if log is not None and log.cause is not None:
        yield from _cause(log, log.cause, hide)
    yield ""
    yield "### Checks"
    yield ""
    for found in report.findings[:SHOWN]:
        yield f"- {found.severity.value}: {_escaped(hide(found.title))}"
        if errors and found is errors[0]:
            yield f"  - {_escaped(hide(found.why))}"
            yield f"  - tried, or to try: {_escaped(hide(found.advice))}"
    if not report.findings:
        yield f"- {NONE}"
    yield ""
    yield "### To add"
    yield ""
    yield "- the whole log, written with `-v4`, as an attachment rather than pasted"
    yield "- the command line, with every option, or the runtime's and its version"
    yield "- distribution, `criu --version`, `uname -a`, `criu check --all`"
    yield "- whether it fails every time, and the last release or kernel with which it worked"


def json(report: Report, only: int | None = None, *, redacted: bool = False) -> dict[str, Json]:
    """The same text, and the facts apart."""
    log = log_of(report)
    hide = hiding(report, log) if redacted else _kept
    facts = {name: hide(value) for name, value in _facts(report, log)}
    return {"markdown": "\n".join(text(report, only, redacted=redacted)), "facts": dict(facts)}


def _kept(words: str) -> str:
    """Nothing is replaced."""
    return words


def log_of(report: Report) -> Log | None:
    """The log of a run that failed, else the first."""
    failed = (log for log in report.logs if log.problem is None and log.result is not Result.SUCCESS)
    return next(failed, next((log for log in report.logs if log.problem is None), None))


def _facts(report: Report, log: Log | None) -> Iterator[tuple[str, str]]:
    if log is None:
        yield "CRIU", f"unknown; looked at for {report.criu.name}"
        return
    yield "CRIU", display_safe(log.criu or "unknown: the log does not say", 60)
    yield "kernel", display_safe(log.kernel or "unknown: the log does not say", 80)
    told = "unknown: the log does not say" if log.distribution is None else f"{log.distribution}, by its kernel's name"
    yield "distribution", display_safe(told, 80)
    yield "command line", "unknown: no log says it"
    yield "run", "unknown" if log.run is None else log.run.value
    yield "result", log.result.value
    yield (
        "log",
        f"{display_safe(log.path.name, 80)}, {number(log.count)} lines"
        + ("" if log.detailed else ", not written with -v4"),
    )


def _cause(log: Log, cause: LogLine, hide: Callable[[str], str]) -> Iterator[str]:
    yield ""
    yield f"### Cause (line {number(cause.number)} of {display_safe(log.path.name, 80)})"
    yield ""
    yield "```"
    for line in log.lines[max(0, cause.number - 1 - BEFORE) : cause.number + AFTER]:
        time = f"({line.time}) " if line.time else ""
        task = "" if line.pid is None else f"{line.pid}: "
        level = f"{line.level.value.title()} ({line.source}): " if line.source else ""
        # A fence within would end the one around it.
        yield hide(display_safe(f"{time}{task}{level}{line.text}".replace("\t", "  "), 400)).replace("```", "'''")
    yield "```"


class MarkedPlace(NamedTuple):
    """A place that somebody found worth coming back to."""

    pane: str
    task: int | None
    address: int | None
    label: str
    note: str = ""


def marks_text(marks: Sequence[MarkedPlace]) -> Iterator[str]:
    """The marks of a session as lines of Markdown, to stand below the report; none without marks."""
    if not marks:
        return
    yield ""
    yield "### Marks"
    yield ""
    for pane, task, address, label, note in marks:
        where = [pane, *([] if task is None else [f"task {task}"]), *([] if address is None else [f"{address:x}"])]
        yield f"- {_escaped(label)} ({', '.join(where)}){f': {_escaped(note)}' if note else ''}"


def marks_json(marks: Sequence[MarkedPlace]) -> Json:
    """The same for programs."""
    return [dict(mark._asdict()) for mark in marks]


def _escaped(words: str) -> str:
    """Text that no Markdown reads as marks: of paths and names in it none is known."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", words)
