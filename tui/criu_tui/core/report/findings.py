"""What is wrong or risky, as a table and in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import counted
from criu_tui.core.findings.finding import Severity
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.report.report import Report

SEVERITY_TONES = {Severity.ERROR: Tone.ERROR, Severity.WARNING: Tone.WARNING, Severity.NOTE: Tone.NOTE}

RELEASES = 28
"""Characters that suffice to show releases: longer ones reach beyond, to the end of the line."""
NOTHING = "no findings in images, plan and logs"
NONE = f"{NOTHING}; the checks say what else was compared"


def table(report: Report) -> Table[Finding]:
    """Everything found, errors first."""
    rows = report.findings
    counts = ", ".join(counted(sum(row.severity is severity for row in rows), severity.value) for severity in Severity)
    return Table(
        "Findings",
        (
            Column("Severity", lambda r: r.severity.value, 8),
            Column("Finding", lambda r: r.title, widest("Finding", {row.title for row in rows})),
            Column("Task", lambda r: "" if r.pid is None else str(r.pid), 7, right=True, weight=1),
            Column(
                "Releases",
                lambda r: r.releases,
                min(RELEASES, widest("Releases", {row.releases for row in rows})),
                weight=2,
            ),
        ),
        rows,
        lambda r: (r.pid, None if r.start is None else Span(r.start, max(r.start + 1, r.end or 0))),
        lambda r: SEVERITY_TONES[r.severity],
        total=counts,
        empty=f"{NOTHING}; 0 has what the checks compared",
        in_full=lambda r: [text for _, text in lines(r)],
    )


def lines(finding: Finding) -> list[tuple[Tone, str]]:
    """A finding in full: what, why, and what helps."""
    lines = [(SEVERITY_TONES[finding.severity], finding.title), (Tone.PLAIN, f"why: {finding.why}")]
    if finding.advice:
        lines.append((Tone.PLAIN, f"way out: {finding.advice}"))
    if finding.releases:
        lines.append((Tone.PLAIN, f"releases: {finding.releases}"))
    return lines


def text(report: Report, only: int | None) -> Iterator[str]:
    """Every finding in full."""
    shown = [finding for finding in report.findings if only in (None, finding.pid)]
    for position, finding in enumerate(shown):
        if position:
            yield ""
        (_, title), *rest = lines(finding)
        yield f"{finding.severity.value}: {title}"
        yield from (f"  {line}" for _, line in rest)
    if not shown:
        yield NONE


def json(report: Report, only: int | None) -> dict[str, Json]:
    """Every finding, for programs."""
    return {"findings": [_finding_json(found) for found in report.findings if only in (None, found.pid)]}


def _finding_json(finding: Finding) -> dict[str, Json]:
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "title": finding.title,
        "pid": finding.pid,
        "start": finding.start,
        "end": finding.end,
        "why": finding.why,
        "advice": finding.advice,
        "releases": finding.releases,
        "log": finding.log,
        "line": finding.line,
        "confidence": None if finding.confidence is None else finding.confidence.value,
    }
