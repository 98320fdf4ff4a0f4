"""The CRIUs to choose from: what changes at each, and what a restore under it comes to here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.units import size
from criu_tui.core.restore.releases import stand_ins
from criu_tui.core.tables.table import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.releases import Criu


class Candidate(NamedTuple):
    """One CRIU; None stands for none, to compare with."""

    criu: Criu | None
    chosen: bool = False
    """Whether it is the one now."""
    here: str = ""
    """What a restore under it comes to here; empty until that has been worked out."""
    fails: bool = False


def choices(report: Report, against: Criu | None, *, comparing: bool) -> list[Candidate]:
    """One CRIU for each rule; to compare with, those of another rule, and none."""
    rule = report.criu.rule
    if not comparing:
        return [Candidate(each, each.rule is rule) for each in stand_ins()]
    others = [Candidate(each, each == against) for each in stand_ins() if each.rule is not rule]
    return [*others, Candidate(None)]


def with_outcome(report: Report, choice: Candidate) -> Candidate:
    """What a restore under it charges, and whether the kernel grants that; makes its plan."""
    if choice.criu is None or report.dump.arriving or not report.dump.tasks:
        return choice
    _, charges = report.planned(choice.criu)
    said = f"charges {size(charges.charged)}"
    return choice._replace(here=f"{said}: FAILS" if charges.failure else said, fails=charges.failure is not None)


def chosen(shown: Sequence[Candidate]) -> int:
    """Index of the one that is chosen now; the first where none is."""
    return next((i for i, each in enumerate(shown) if each.chosen), 0)


def table(shown: Sequence[Candidate]) -> Table[Candidate]:
    """The newest release first; each stands for all of its rule."""
    return Table(
        "CRIU",
        (
            Column("CRIU", lambda each: "none" if each.criu is None else each.criu.version, 6),
            Column("Stands for", lambda each: "" if each.criu is None else each.criu.rule.releases, 10, weight=2),
            Column("", lambda each: "chosen" if each.chosen else "", 6, weight=3),
            Column("Here", lambda each: each.here, 25, weight=1),
        ),
        shown,
        lambda _: (None, None),
        lambda each: Tone.ERROR if each.fails else Tone.PLAIN,
    )


def lines(choice: Candidate) -> list[tuple[Tone, str]]:
    """What changes at it."""
    if choice.criu is None:
        return [(Tone.NOTE, "the plan alone, nothing beside it")]
    return [(Tone.NOTE, f"{choice.criu.version}: {choice.criu.rule.changes}")]
