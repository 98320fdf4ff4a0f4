"""The boundary bug: two reservations, one comparison, and what later releases made of it."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from criu_tui.core.base.units import PAGE, address, counted, size
from criu_tui.core.dump.vma import prot_text
from criu_tui.core.report.plan import first_place
from criu_tui.core.report.stories.scene import SAVES, WIDTH, Scene, bars, plain
from criu_tui.core.restore.releases import ACCOUNTING, RULES, Mark, of_rule
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.report.report import Report
    from criu_tui.core.report.stories.scene import Line, ReportOf
    from criu_tui.core.restore.commit_charge import Charge
    from criu_tui.core.restore.releases import Criu
    from criu_tui.core.restore.steps import Step

CLOSED, HALF_OPEN, ACCOUNTED = (
    of_rule(next(rule for rule in RULES if rule.mark is mark and rule.accounting is accounting))
    for mark, accounting in ((Mark.CLOSED, False), (Mark.HALF_OPEN, False), (Mark.HALF_OPEN, True))
)


def _reserved(report_of: ReportOf) -> Scene:
    report = report_of("boundary", CLOSED)
    pid, space = _only_task(report)
    part = [vma for vma in space if vma.start >= _first_large(space).start][:5]
    total = sum(vma.size for vma in part if not vma.prot)
    pages = sum(step.pages for step in report.plan.by_pid[pid].steps)
    return Scene(
        "Eight hundred gigabytes of nothing",
        (
            plain(SAVES),
            plain(""),
            plain("A program reserves 400 GiB of addresses, twice. Many runtimes do, to grow."),
            plain("It may neither read nor write them (---), and they cost nothing: no page."),
            plain("In the middle of each it opens a window of 10 MiB and writes one page."),
            plain(""),
            plain(_to_scale(part)),
            plain(f"{address(part[0].start)}{address(part[-1].end):>{WIDTH - 12}}"),
            (Tone.DIM, f"░ reserved, {size(total)}      █ windows, 10 MiB each, drawn wider than they are"),
            plain(""),
            plain(f"The dump holds {counted(pages, 'page')}, {size(pages * PAGE)}. So little must be read back."),
            plain("Watch what a restore asks for."),
        ),
        report,
        "maps",
        (pid, part[0].start),
    )


def _refused(report_of: ReportOf) -> Scene:
    report = report_of("boundary", CLOSED)
    charge = _failing(report)
    vma, asked = charge.step.vma, prot_text(charge.step.requested_prot)
    return Scene(
        f"{CLOSED.name} restores it, and dies",
        (
            plain("The last words of its restore.log:"),
            (Tone.ERROR, f"pie: {charge.step.pid}: Error: Can't restore 0x{vma.start:x} mapping with"),
            (Tone.ERROR, f"    0x{(1 << 64) - errno.ENOMEM:x}"),
            plain(f"That number is -{errno.ENOMEM}: ENOMEM, the kernel would not promise so much memory."),
            plain(""),
            plain("In the dump the mapping is unwritable. The restore asked for it writable:"),
            plain(f"    {address(vma.start)}-{address(vma.end)}   {size(vma.size)}   {prot_text(vma.prot)} → {asked}"),
            plain(""),
            *bars(report.budget.charged, ((f"asked by {CLOSED.version}", report.budget.charged, True),)),
            *bars(report.budget.charged, (("the machine has", report.host.mem or 0, None),)),
            plain(""),
            plain("What may be written must be promised. Why was it asked for writable?"),
            *_behind(report, charge.step),
        ),
        report,
        "plan",
        (charge.step.pid, vma.start),
    )


def _touching(report_of: ReportOf) -> Scene:
    report = report_of("boundary", CLOSED)
    step = _failing(report).step
    vma, entry = step.vma, step.entry
    assert entry is not None
    left, right = WIDTH // 2, WIDTH // 2 - 1
    return Scene(
        "Two addresses that are the same",
        (
            plain(f"The reservation ends at    {address(vma.end)}"),
            plain(f"The next dumped page is    {address(entry.start)}"),
            plain(""),
            plain(f"{f'{size(vma.size)} reserved, never used':^{left}}{'10 MiB with data':^{right}}"),
            plain("─" * (left - 1) + ")[" + "─" * (right - 1)),
            plain(f"{'▲':>{left}}"),
            plain(f"{'the same address':>{left + 8}}"),
            plain(""),
            plain(f"CRIU {CLOSED.rule.releases} asked      {CLOSED.rule.comparison} ?      no"),
            (Tone.ERROR, f"    so the page must lie inside: map {size(vma.size)} writable, to read it"),
            plain(""),
            plain("[start, end) does not hold its end: the two touch, they do not overlap."),
            *_behind(report, step),
        ),
        report,
        "plan",
        (step.pid, vma.start),
    )


def _one_character(report_of: ReportOf) -> Scene:
    before, after = report_of("boundary", CLOSED), report_of("boundary", HALF_OPEN)
    step = _failing(before).step
    most = before.budget.charged
    return Scene(
        "One character",
        (
            (Tone.ERROR, f"{_rule(CLOSED)}   no  → inside  → writable  ✗"),
            (Tone.GOOD, f"{_rule(HALF_OPEN)}   yes → outside → kept ---  ✓"),
            plain(""),
            plain("What the kernel is asked to promise:"),
            *bars(
                most,
                (
                    (f"CRIU {CLOSED.version}", most, True),
                    (f"CRIU {HALF_OPEN.version}", after.budget.charged, False),
                    ("the machine has", before.host.mem or 0, None),
                ),
            ),
            plain(""),
            plain(f"From {size(most)} to {size(after.budget.charged)}, for one equals sign: it restores."),
            *_behind(after, step),
        ),
        after,
        "plan",
        (step.pid, step.vma.start),
    )


def _forked(report_of: ReportOf) -> Scene:
    before, after = report_of("fork", HALF_OPEN), report_of("fork", ACCOUNTED)
    step = _failing(before).step
    return Scene(
        "The same program, forked",
        (
            plain("A child inherits these mappings, so CRIU makes them before it forks, and"),
            plain("makes every one of them writable, whatever the dump says. For both tasks:"),
            plain(""),
            *bars(
                before.budget.peak,
                (
                    (f"CRIU {HALF_OPEN.version}", before.budget.peak, True),
                    (f"CRIU {ACCOUNTED.version}", after.budget.peak, False),
                    ("the machine has", before.host.mem or 0, None),
                ),
            ),
            plain(""),
            plain(f"{ACCOUNTING.later} leaves a reservation alone that the kernel never charged"),
            plain("for. Only the dump can tell it so, by a mark that no earlier release writes:"),
            (Tone.NOTE, f"dump again with {ACCOUNTED.name}; with the old dump vm.overcommit_memory=1 helps."),
            *_behind(before, step),
        ),
        before,
        "plan",
        (step.pid, step.vma.start),
    )


def _trailing(report_of: ReportOf) -> Scene:
    report = report_of("trailing", ACCOUNTED)
    charge = _failing(report)
    vma, entry = charge.step.vma, charge.step.entry
    ends = "nowhere" if entry is None else address(entry.end)
    return Scene(
        "What every release still does",
        (
            plain("Another program, with nothing dumped above its reservation:"),
            plain(""),
            plain(f"The last dumped page ends at     {ends}"),
            plain(f"Above it lies a reservation at   {address(vma.start)}, {size(vma.size)}, {prot_text(vma.prot)}"),
            plain(""),
            plain("A restore maps memory writable, and takes that back where the next dumped"),
            plain("page lies above it. Here no page is left, so it stays writable."),
            plain(""),
            *bars(
                report.budget.charged,
                (
                    (f"CRIU {ACCOUNTED.version}", report.budget.charged, True),
                    ("the machine has", report.host.mem or 0, None),
                ),
            ),
            plain(""),
            (Tone.NOTE, "The way out: vm.overcommit_memory=1 while it restores, or enough swap."),
            plain("In your own dump f goes to the mapping that fails, if one does."),
            *_behind(report, charge.step),
        ),
        report,
        "plan",
        (charge.step.pid, vma.start),
    )


def _rule(criu: Criu) -> str:
    """The releases of its rule, and what they compare."""
    return f"CRIU {criu.rule.releases:<10} {criu.rule.comparison}"


def _behind(report: Report, step: Step) -> Iterator[Line]:
    """The write plan around a step, as its pane has it."""
    steps = report.plan.by_pid[step.pid].steps
    chosen = steps.position(next(i for i, vma in enumerate(steps.vmas) if vma.start == step.vma.start))
    shown = range(chosen, min(chosen + 3, len(steps)))
    yield plain("")
    yield Tone.DIM, f"─ behind this: {len(shown)} of {len(steps)} steps of {report.criu.name} ".ljust(WIDTH, "─")
    yield Tone.DIM, f"{'Start':<12}  {'End':<12}  {'Size':>9}  {'Prot':<9}  {'Charged':>9}"
    for at in shown:
        charge = report.budget.of(steps[at])
        vma, asked = charge.step.vma, prot_text(charge.step.requested_prot)
        charged = size(charge.charged) if charge.charged else "0"
        tone = Tone.PLAIN if charge.refusal is None else Tone.ERROR
        sign = "" if charge.refusal is None else "✗ ENOMEM"
        row = f"{address(vma.start)}  {address(vma.end)}  {size(vma.size):>9}  {prot_text(vma.prot)} → {asked}"
        yield tone, f"{row}  {charged:>9}  {sign}".rstrip()


def _only_task(report: Report) -> tuple[int, Sequence[Vma]]:
    task = report.dump.tasks[0]
    return task.pid, report.dump.address_space(task.pid).vmas


def _first_large(space: Sequence[Vma]) -> Vma:
    return next(vma for vma in space if vma.size >= 1 << 35)


def _failing(report: Report) -> Charge:
    """The step where the restore stops, charged."""
    place = first_place(report)
    assert place is not None
    pid, start = place
    steps = report.plan.by_pid[pid].steps
    return report.budget.of(next(step for step in steps if step.vma.start == start))


def _to_scale(part: Sequence[Vma]) -> str:
    """Neighbours on one line, as wide as they are large; what is too small to be seen has one character."""
    first, last = part[0].start, part[-1].end
    drawn = ["░"] * WIDTH
    for vma in part:
        if vma.prot:
            drawn[min(WIDTH - 1, (vma.start - first) * WIDTH // (last - first))] = "█"
    return "".join(drawn)


SCENES = (_reserved, _refused, _touching, _one_character, _forked, _trailing)
"""In order."""
