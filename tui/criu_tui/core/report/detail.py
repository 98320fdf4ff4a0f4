"""Everything known about the VMA at an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.contents import coverage_of
from criu_tui.core.memory import flag_names, prot_text, status_names
from criu_tui.core.report.plan import PlanRow, step_at, tone_of
from criu_tui.core.table import Tone
from criu_tui.core.text import address, counted, number, size

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report


def lines(report: Report, pid: int, where: int | None) -> list[tuple[Tone, str]]:
    """Everything known about the VMA at an address: what it is, its pages, its step."""
    space = report.dump.address_space(pid)
    index = None if where is None else space.at(where)
    if index is None:
        return [(Tone.DIM, "no VMA here")]
    vma = space.vmas[index]
    covered = coverage_of(report.dump, pid, vma)
    names = " ".join(flag_names(vma.flags))
    bits = " ".join(status_names(vma.status))
    lines = [
        (
            Tone.PLAIN,
            f"{address(vma.start)}-{address(vma.end)} {prot_text(vma.prot)} {size(vma.size)} "
            f"{space.kind(vma).value} {report.path(vma)}".rstrip(),
        ),
        (
            Tone.PLAIN,
            f"{counted(covered.present, 'page')} present, {number(covered.parent)} in parent, "
            f"{number(covered.absent)} absent of {number(covered.pages)}; {names}; {bits}",
        ),
    ]
    step = step_at(report, pid, index)
    if step is not None:
        lines.append((tone_of(PlanRow(step, report.budget.of(step))), report.plan.reason(step)))
    return lines
