"""A step drawn: the VMA, the pagemap entry that decided, and what each rule makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import address, counted, size
from criu_tui.core.dump.vma import prot_text
from criu_tui.core.restore.releases import NEEDED, RULES, of_rule
from criu_tui.core.restore.steps import Cause
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


def lines(report: Report, step: Step, room: int | None = None) -> list[tuple[Tone, str]]:
    """The VMA and the deciding pagemap entry drawn to the same end, and what each rule makes of them.

    As many lines for each step, so that nothing moves as one goes from step to step. In so little room that some are
    left out the chosen rule is not.
    """
    drawing = _undecided(step) if step.entry is None else _draw(step.vma, step.entry)
    drawn = [(Tone.PLAIN, line) for line in drawing]
    compared = _compared(report)
    if room is not None:
        chosen = [criu for criu in compared if criu.rule is report.criu.rule]
        others = [criu for criu in compared if criu not in chosen]
        kept = [*chosen, *others][: max(1, room - len(drawn))]
        compared = tuple(criu for criu in compared if criu in kept)
    for criu in compared:
        made, charges = report.planned(criu)
        rule = criu.rule
        other = made.by_pid[step.pid].steps.of(step.index)
        charged = charges.of(other)
        outcome = f"charged {size(charged.charged)}" if charged.charged else "charged 0"
        if charged.refusal is not None:
            outcome = f"charged {size(charged.refusal.needed)} > {size(charged.refusal.limit)}: ENOMEM"
        name = "needed" if criu is NEEDED else f"CRIU {rule.releases}"
        here = "▸" if rule is report.criu.rule else " "
        asked = rule.comparison if criu is NEEDED or other.cause in _COMPARED else "not compared"
        verdict = prot_text(other.requested_prot) if other.maps_anew else other.action.value
        drawn.append(
            (
                Tone.ERROR if charged.refusal else Tone.PLAIN,
                f"{here}{name:<14} {asked:<22} {verdict} {outcome}",
            )
        )
    return drawn


def _compared(report: Report) -> tuple[Criu, ...]:
    """One CRIU for each rule, the chosen one for its own; the oldest rule only when it is the chosen one's."""
    chosen = report.criu
    rules = (*(rule for rule in RULES[:1] if rule is chosen.rule), *RULES[1:])
    return (*(chosen if rule is chosen.rule else of_rule(rule) for rule in rules), NEEDED)


_COMPARED = {Cause.DATA, Cause.TOUCH, Cause.TRAILING, Cause.ALWAYS, Cause.NO_DATA, Cause.NO_DATA_LEFT}
"""Causes that come of what a rule compares."""
_LABEL = "pagemap entry  "


def _vma(drawn: str) -> str:
    return f"{'VMA':>{len(_LABEL) - 2}}  {drawn}"


def _span(vma: Vma, length: int = 8) -> str:
    return f"[{address(vma.start)} {'─' * length} {address(vma.end)})"


def _note(vma: Vma) -> str:
    return f"  {prot_text(vma.prot)} {size(vma.size)}"


def _undecided(step: Step) -> Iterator[str]:
    """A VMA that is mapped as it is whatever pages there are."""
    why = "writable in the dump already" if step.cause is Cause.WRITABLE else "no page decides how this VMA is mapped"
    yield _vma(f"{_span(step.vma)}{_note(step.vma)}")
    yield f"{_LABEL}not asked for: {why}"
    yield f"{' ' * len(_LABEL)}{counted(step.pages, 'page') if step.pages else 'nothing'} to read into it"


def _draw(vma: Vma, entry: Span) -> Iterator[str]:
    """Two spans on one scale of order, not of size: which begins first, and whether they share an address.

    80 columns hold the addresses of both.
    """
    above, note = _span(vma), _note(vma)
    below = f"[{address(entry.start)} ─ {address(entry.end)})"
    if entry.overlaps(vma.span):
        lead, words = (0 if entry.start <= vma.start else 6), "overlaps: these pages lie inside"
        top = 2 if entry.start < vma.start else 0
    elif entry.start == vma.end:
        lead, words, top = len(above) - 1, "touches, does not overlap", 0
    elif entry.start > vma.end:
        above = _span(vma, 4)
        lead, words, top = len(above) + 3, "lies above", 0
    else:
        above, lead, words, top = _span(vma, 2), 0, "lies below; no entry above", len(below) + 2
        if entry.end == vma.start:
            words, top = "touches from below; no entry above", len(below) - 1
    under = f"▲ {words}"
    if entry.end <= vma.start:
        under, note = f"{under:<{top}}{note}", ""
    yield _vma(f"{' ' * top}{above}{note}")
    yield f"{_LABEL}{' ' * lead}{below}"
    yield f"{' ' * (len(_LABEL) + lead)}{under}"
