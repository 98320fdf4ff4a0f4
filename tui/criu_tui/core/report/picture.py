"""A step drawn: the VMA, the pagemap entry that decided, and what each rule makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import address, size
from criu_tui.core.dump.vma import prot_text
from criu_tui.core.restore.releases import NEEDED, RULES, of_rule
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.span import Span
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.releases import Criu
    from criu_tui.core.restore.steps import Step


def prepare(report: Report) -> None:
    """Plans what `lines` compares, which takes a while for a large dump."""
    for criu in _compared(report):
        report.planned(criu)


def lines(report: Report, step: Step) -> list[tuple[Tone, str]]:
    """The VMA and the deciding pagemap entry drawn to the same end, and what each rule makes of them."""
    drawn: list[tuple[Tone, str]] = []
    if step.entry is not None:
        drawn += [(Tone.PLAIN, line) for line in _draw(step.vma, step.entry)]
    for criu in _compared(report):
        made, charges = report.planned(criu)
        rule = criu.rule
        other = made.by_pid[step.pid].steps.of(step.index)
        charged = charges.of(other)
        outcome = f"charged {size(charged.charged)}" if charged.charged else "charged 0"
        if charged.refusal is not None:
            outcome = f"charged {size(charged.refusal.needed)} > {size(charged.refusal.limit)}: ENOMEM"
        name = "needed" if criu is NEEDED else f"CRIU {rule.releases}"
        here = "▸" if rule is report.criu.rule else " "
        verdict = prot_text(other.requested_prot) if other.maps_anew else other.action.value
        drawn.append(
            (
                Tone.ERROR if charged.refusal else Tone.PLAIN,
                f"{here}{name:<14} {rule.comparison:<22} {verdict} {outcome}",
            )
        )
    return drawn


def _compared(report: Report) -> tuple[Criu, ...]:
    """One CRIU for each rule, the chosen one for its own; the oldest rule only when it is the chosen one's."""
    chosen = report.criu
    rules = (*(rule for rule in RULES[:1] if rule is chosen.rule), *RULES[1:])
    return (*(chosen if rule is chosen.rule else of_rule(rule) for rule in rules), NEEDED)


_LABEL = "pagemap entry  "


def _draw(vma: Vma, entry: Span) -> Iterator[str]:
    """Two spans on one scale of order, not of size: which begins first, and whether they share an address."""
    above = f"[{address(vma.start)} ──────── {address(vma.end)})"
    below = f"[{address(entry.start)} ─ {address(entry.end)})"
    note = f"  {prot_text(vma.prot)} {size(vma.size)}"
    if entry.overlaps(vma.span):
        lead, words = (0 if entry.start <= vma.start else 6), "overlaps: these pages lie inside"
        top = 2 if entry.start < vma.start else 0
    elif entry.start == vma.end:
        lead, words, top = len(above) - 1, "touches, does not overlap", 0
    elif entry.start > vma.end:
        lead, words, top = len(above) + 3, "lies above", 0
    else:
        lead, words, top = 0, "lies below; no entry above", len(below) + 2
        if entry.end == vma.start:
            words, top = "touches from below; no entry above", len(below) - 1
    yield f"{'VMA':>{len(_LABEL) - 2}}  {' ' * top}{above}{note}"
    yield f"{_LABEL}{' ' * lead}{below}"
    yield f"{' ' * (len(_LABEL) + lead)}▲ {words}"
