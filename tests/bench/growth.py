"""Every pane of --print on five sizes of a dump: the power of its size that the time grows with.

Each size is printed up to three times, of which the least counts: a machine's kernel takes up to ten times as long to
hand out memory at one time as at another. The power is of what is more than at the smallest size, in processor time:
what starting takes does not grow. A power of 1 is linear. The largest sizes are those that the kernel allows (VMAs,
extents) or that the program reads (links; it reads 16,384 tasks), or more than anybody has.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.bench import generate
from tests.bench.measure import exponent, run
from tests.bench.printing import PANES, asked
from tests.bench.workload import Bench, Line, log_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

STEPS = (81, 27, 9, 3, 1)
"""What the largest amount is divided by."""
TRIES, LONG = 3, 4.0
"""How often a size is printed, and the seconds of processor time from which on it is printed once."""
HEAD = Line("pane", "of", "power: text", "power: JSON", "the largest: text, JSON")
FORMS = ("text", "json")


def tasks(bench: Bench) -> Iterator[Line]:
    """By tasks, each with a mapping; a power of 1 is linear, and is of what is more than at the smallest size.

    Of a size that takes less than four seconds the least of its rounds counts; a longer one is printed once.
    """
    return _powers(bench, 10_000, "tasks", generate.many_tasks, PANES)


def vmas(bench: Bench) -> Iterator[Line]:
    """By VMAs of one task, ten pagemap entries to each."""

    def make(at: Path, amount: int) -> Path:
        return generate.one_task(at, amount, 10 * amount)

    return _powers(bench, 65_000, "VMAs", make, PANES)


def entries(bench: Bench) -> Iterator[Line]:
    """By pagemap entries of 60 VMAs; the least of up to three rounds counts."""

    def make(at: Path, amount: int) -> Path:
        return generate.one_task(at, 60, amount)

    panes = ("summary", "coverage", "plan", "findings", "memory", "images")
    yield from _powers(bench, 10_000_000, "pagemap entries", make, panes)
    # All fields of all entries: nobody prints them of ten million.
    yield from _powers(bench, 1_000_000, "pagemap entries", make, ("image",))


def lines(bench: Bench) -> Iterator[Line]:
    """By lines of a restore.log."""
    return _powers(bench, 10_000_000, "lines", log_of, ("summary", "log", "findings"))


def extents(bench: Bench) -> Iterator[Line]:
    """By extents of an id map, of which the kernel takes 340."""
    return _powers(bench, 340, "extents", generate.many_extents, ("summary", "ids", "findings", "images"))


def links(bench: Bench) -> Iterator[Line]:
    """By dumps in a chain of parents, of 10,000 entries each."""
    panes = ("summary", "coverage", "plan", "findings", "chain", "memory")
    # A chain of one dump tells nothing.
    return _powers(bench, 100, "links", lambda at, amount: generate.chain(at, amount, 10_000), panes, (16, 8, 4, 2, 1))


def _powers(
    bench: Bench,
    most: int,
    unit: str,
    make: Callable[[Path, int], Path],
    panes: Sequence[str],
    steps: Sequence[int] = STEPS,
) -> Iterator[Line]:
    amounts = [max(2, most // bench.scale // step) for step in steps]
    dumps = [bench.dump(f"{unit}-{amount}", partial(_made, make, amount)) for amount in amounts]
    for pane in panes:
        found = [_printed(pane, form, dumps) for form in FORMS]
        powers = (exponent(amounts, seconds) for seconds in found)
        text, as_json = (f"{power:.2f}" if power is not None else "too quick to tell" for power in powers)
        largest = ", ".join(f"{seconds[-1]:.2f} s" for seconds in found)
        yield Line(pane, f"{amounts[-1]:,} {unit}", text, as_json, largest)


def _made(make: Callable[[Path, int], Path], amount: int, at: Path) -> Path:
    return make(at, amount)


def _printed(pane: str, form: str, dumps: Sequence[Path]) -> list[float]:
    return [_least(asked(pane, dump, form)) for dump in dumps]


def _least(command: Sequence[str]) -> float:
    """The least processor time that a command takes of TRIES; of one when that takes long."""
    first = run(command).processor
    return first if first > LONG else min(first, *(run(command).processor for _ in range(TRIES - 1)))
