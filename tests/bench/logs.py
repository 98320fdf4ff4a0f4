"""A restore.log of any length, and what reading it takes beside reading the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.logs.reading import read_log

from tests.bench.measure import Ratio, compare, seconds

if TYPE_CHECKING:
    from pathlib import Path

_EVERY = 1000
"""Lines from one error to the next."""


def generate(path: Path, lines: int) -> Path:
    """Lines such as -v4 gives of the memory work; one in a thousand is an error."""
    with path.open("w", encoding="ascii") as file:
        file.write("(00.000068) Version: 4.2.1 (gitid 0)\n")
        for number in range(1, lines):
            time, start = f"({number // 10**6:02}.{number % 10**6:06})", 0x7E0000000000 + number * 0x2000
            text = (
                "Error (criu/files-reg.c:2353): File is gone"
                if number % _EVERY == 0
                else f"\tpremap {start:#016x}-{start + 0x1000:#016x} -> {start:016x}"
            )
            file.write(f"{time}  11824: {text}\n")
    return path


def measure(path: Path, lines: int, rounds: int) -> tuple[Ratio, float]:
    """How many times as long as reading the file reading it as a log takes, and the median seconds of the latter."""

    log = read_log(path)
    assert (log.count, log.problem) == (lines, None)
    found, _, own = compare(
        lambda: seconds(path.read_bytes), {"as a log": lambda: seconds(lambda: read_log(path))}, rounds
    )["as a log"]
    return found, own
