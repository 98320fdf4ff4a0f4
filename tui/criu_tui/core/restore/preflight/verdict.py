"""What the checks come to, in one line that claims nothing they did not look at."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.units import counted
from criu_tui.core.restore.preflight.check import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.restore.preflight.check import Check, Checked


class Outcome(enum.Enum):
    """What is said of the restore."""

    FAILS = "fails"
    WORKING = "checking"
    """Not all has been looked at yet."""
    RESTORES = "restores"
    """As far as checked."""
    UNKNOWN = "unknown"
    """Nothing of what it needs could be looked at."""


class Verdict(NamedTuple):
    """What is known so far; subjects by their ids, in the order of the table of checks."""

    outcome: Outcome
    done: int
    total: int
    failing: tuple[Check, ...] = ()
    fine: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    does: str = "restores"
    """ "dumps" of processes that run."""

    @property
    def restores(self) -> bool:
        """Whether it does, as far as checked."""
        return self.outcome is Outcome.RESTORES

    @property
    def rest(self) -> str:
        """What the verdict does not rest on: "not known: cpu; not checked: ports"; empty when all was checked."""
        groups = (("not known", self.unknown), ("not checked", self.skipped))
        return "; ".join(f"{words}: {', '.join(names)}" for words, names in groups if names)

    @property
    def and_more(self) -> str:
        """What fails beside the first: " and 1 more mapping", " and 2 more failures" of several kinds; else empty."""
        more = len(self.failing) - 1
        noun = "more mapping" if all(check.start is not None for check in self.failing) else "more failure"
        return f" and {counted(more, noun)}" if more > 0 else ""

    @property
    def line(self) -> str:
        """ "fails: /bin/x is missing and 2 more", "restores, as far as checked: files, pids"."""
        working = f"checking {self.done + 1} of {self.total} …" if self.done < self.total else ""
        match self.outcome:
            case Outcome.FAILS:
                return "; ".join(filter(None, (f"fails: {self.failing[0].what}{self.and_more}", working)))
            case Outcome.WORKING:
                return working
            case Outcome.RESTORES:
                words = f"{self.does}, as far as checked: {', '.join(self.fine)}"
                return f"{words}; {self.rest}" if self.rest else words
        return f"not known whether it {self.does}{f'; {self.rest}' if self.rest else ''}"


def verdict(checked: Sequence[Checked], total: int) -> Verdict:
    """What so many of all subjects come to.

    A subject that the images do not need has no checks, and is named nowhere.
    """
    failing = tuple(check for each in checked for check in each.checks if check.state is State.FAILS)
    by_state: dict[State, list[str]] = {state: [] for state in State}
    for each in checked:
        if each.checks:
            by_state[each.state].append(each.subject.id)
    if failing:
        outcome = Outcome.FAILS
    elif len(checked) < total:
        outcome = Outcome.WORKING
    else:
        outcome = Outcome.RESTORES if by_state[State.OK] else Outcome.UNKNOWN
    return Verdict(
        outcome,
        len(checked),
        total,
        failing,
        tuple(by_state[State.OK]),
        tuple(by_state[State.UNKNOWN]),
        tuple(by_state[State.SKIPPED]),
    )
