"""Seconds and memory of work done in this process or another, and ratios between interleaved runs."""

from __future__ import annotations

import statistics
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from tests.pseudo_terminal import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Work: TypeAlias = "Callable[[], float]"
"""Does something and says how much of it there was: seconds, bytes."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as much one work is as another, over rounds in which both took turns."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.least:.2f} to {self.most:.2f})"


def compare(ours: Work, others: Mapping[str, Work], rounds: int) -> dict[str, tuple[Ratio, float, float]]:
    """Each other work divided by ours, with the median of either; all take turns, round by round."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in others}
    for _ in range(rounds):
        own = ours()
        for name, other in others.items():
            found[name].append((own, other()))
    return {
        name: (
            ratio([other / own for own, other in pairs]),
            statistics.median(own for own, _ in pairs),
            statistics.median(other for _, other in pairs),
        )
        for name, pairs in found.items()
    }


def ratio(values: Sequence[float]) -> Ratio:
    return Ratio(statistics.median(values), min(values), max(values))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(command: Sequence[str]) -> float:
    """Seconds that a command takes, its output thrown away; raises CalledProcessError when it fails."""
    start = time.perf_counter()
    subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
        check=True,
    )
    return time.perf_counter() - start


def output(command: Sequence[str]) -> str:
    """What a command prints."""
    return subprocess.run(command, env=environment(), check=True, capture_output=True, text=True).stdout
