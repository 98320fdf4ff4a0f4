"""Runs the workloads, interleaved, and prints median ratios with their spread."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.dump import Dump
from criu_tui.core.pages import decode_pagemap
from criu_tui.core.plan import criu, plan

from tests.bench.generate import many_tasks, one_task

if TYPE_CHECKING:
    from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratios(work: Callable[[], object], reference: Callable[[], object], rounds: int) -> list[float]:
    """How many times as long as the reference the work takes, round by round."""
    return [seconds(work) / seconds(reference) for _ in range(rounds)]


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--scale", type=int, default=1, help="divide every workload by this")
    chosen = options.parse_args()
    rounds, scale = chosen.rounds, chosen.scale
    with tempfile.TemporaryDirectory() as scratch:
        small = loaded(one_task(Path(scratch, "small"), 6553 // scale, 100_000 // scale))
        large = loaded(one_task(Path(scratch, "large"), 65_530 // scale, 1_000_000 // scale))
        forest = many_tasks(Path(scratch, "tasks"), max(1, 5000 // scale))
        data = (large.path / "pagemap-7.img").read_bytes()
        newest = criu("4.2.1")
        rows = {
            "plan, ten times the VMAs and entries, against one": (
                lambda: plan(large, newest),
                lambda: plan(small, newest),
            ),
            "plan of 65,530 VMAs and 1,000,000 entries, against decoding them": (
                lambda: plan(large, newest),
                lambda: (Dump(large.path).address_space(7), decode_pagemap(data, "pagemap-7.img")),
            ),
            "open 5,000 tasks, against reading inventory and pstree": (
                lambda: Dump(forest),
                lambda: [(forest / name).read_bytes() for name in ("inventory.img", "pstree.img")],
            ),
        }
        for title, (work, reference) in rows.items():
            found = sorted(ratios(work, reference, rounds))
            print(f"{statistics.median(found):8.2f}x  [{found[0]:.2f}, {found[-1]:.2f}]  {title}")
    return 0


def loaded(directory: Path) -> Dump:
    dump = Dump(directory)
    dump.load()
    return dump


if __name__ == "__main__":
    sys.exit(main())
