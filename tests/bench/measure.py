"""What work done in this process or another takes, and ratios between interleaved runs."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable
from math import log
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tests.pseudo_terminal import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Spent(NamedTuple):
    """Seconds that something took."""

    elapsed: float
    processor: float
    """Of all its threads and of processes that it waited for; what other programs do hardly changes it."""


Work: TypeAlias = Callable[[], Spent]


class Ratio(NamedTuple):
    """How many times as much one work is as another, over rounds in which both took turns."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.least:.2f} to {self.most:.2f})"


class Compared(NamedTuple):
    """A work beside another."""

    elapsed: Ratio
    """How many times as long ours takes."""
    processor: Ratio
    own: Spent
    """Medians of ours."""


def compare(ours: Work, others: Mapping[str, Work], rounds: int) -> dict[str, Compared]:
    """Ours beside each other work; all take turns, round by round."""
    found: dict[str, list[tuple[Spent, Spent]]] = {name: [] for name in others}
    for _ in range(rounds):
        own = ours()
        for name, other in others.items():
            found[name].append((own, other()))
    return {name: _compared(pairs) for name, pairs in found.items()}


def _compared(pairs: Sequence[tuple[Spent, Spent]]) -> Compared:
    return Compared(
        ratio(own.elapsed / other.elapsed for own, other in pairs),
        ratio(own.processor / max(other.processor, 1e-3) for own, other in pairs),
        Spent(*(statistics.median(column) for column in zip(*(own for own, _ in pairs), strict=True))),
    )


def ratio(values: Iterable[float]) -> Ratio:
    found = list(values)
    return Ratio(statistics.median(found), min(found), max(found))


def within(work: Callable[[], object]) -> Spent:
    """What some work in this process takes."""
    start, before = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - start, time.process_time() - before)


def run(command: Sequence[str]) -> Spent:
    """What a command takes, its output thrown away; raises CalledProcessError when it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    _, status, used = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Spent(elapsed, used.ru_utime + used.ru_stime)


def output(command: Sequence[str]) -> str:
    """What a command prints."""
    return subprocess.run(command, env=environment(), check=True, capture_output=True, text=True).stdout


def exponent(amounts: Sequence[int], seconds: Sequence[float], least: float = 0.1) -> float | None:
    """The power of an amount that seconds grow with: the slope of a straight line through their logarithms.

    Of what is more than at the smallest amount, since what is always the same does not grow; and of that what is at
    least `least` seconds, as less is not told from chance. None where fewer than two are.
    """
    pairs = zip(amounts, seconds, strict=True)
    fewest, start = next(pairs)
    more = [(amount - fewest, value - start) for amount, value in pairs if value - start >= least and amount > fewest]
    if len({amount for amount, _ in more}) < 2:
        return None
    return statistics.linear_regression([log(amount) for amount, _ in more], [log(value) for _, value in more])[0]
