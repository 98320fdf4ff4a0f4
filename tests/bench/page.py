"""The page of figures in tui/docs: chapters of tables, of which a run writes anew those that it measured."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import peers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.bench.workload import Line

PAGE = Path(__file__).parents[2] / "tui" / "docs" / "performance.md"
BEGINNING = """# Performance

Large dumps are what it is for. Pagemaps are decoded many entries at a time, the first screen reads one image of one
task, and the plan and the findings follow behind it without holding up a key. What follows is written by

    .venv/bin/python -m tests.bench --write --crit 'python3 -m crit' --go-crit path/to/go-criu/crit

which says in each chapter when it was measured and with what. Ratios are medians, with the least and the most in
parentheses, of rounds in which all took turns: below 1 ours is quicker, and "it takes 12" means 12 times as long as
ours. "Time" is what passes on a clock, which other programs on the machine lengthen; "processor time" that of all
threads. The peers need not be there; `--help` names the chapters and options.

What a change may cost is held without a clock: `python -m tests.bench.instructions` counts the instructions of Python's
machine that fifteen commands take, and fails where one takes 5 % more than `tests/bench/budgets.tsv` allows; `--write`
takes the counts of now.
"""
_CHAPTER = re.compile(r"^## (.*)\n", re.MULTILINE)


def table(head: Line, lines: Iterable[Line]) -> str:
    """Lines as a Markdown table; columns that none has are left out, a name that is repeated stands once."""
    rows = list(lines)
    kept = [column for column in range(len(head)) if any(row[column] for row in rows)]
    made = [[head[column] for column in kept], ["---"] * len(kept)]
    before = ""
    for row in rows:
        made.append(["" if column == 0 and row[0] == before else row[column] for column in kept])
        before = row[0]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in made)


def chapter(table_: str, about: str, rounds: int, notes: Sequence[str]) -> str:
    """The text below a title."""
    return f"\n{about}\n\n{table_}\n{_when(rounds, notes)}\n"


def write(chapters: dict[str, str], order: Sequence[str]) -> None:
    """Puts chapters into the page, in an order; those that are there and were not measured stay."""
    parts = _CHAPTER.split(PAGE.read_text(encoding="utf-8"))
    kept = dict(zip(parts[1::2], parts[2::2], strict=True)) | chapters
    text = BEGINNING + "".join(f"\n## {title}\n{kept[title].rstrip()}\n" for title in order if title in kept)
    PAGE.write_text(text, encoding="utf-8")


def _when(rounds: int, notes: Sequence[str]) -> str:
    commit = _said("git", "-C", str(PAGE.parent), "rev-parse", "--short", "HEAD")
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30)
    often = f"{rounds} rounds" if rounds > 1 else "each once"
    load, *_ = os.getloadavg()
    machine = f"{os.cpu_count()} x {model[1] if model else platform.machine()}, {memory:.0f} GiB"
    versions = ", ".join(f"{name} {version}" for name, version in peers.versions().items())
    said = (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}; {often}; {machine}, Linux {platform.release()}, "
        f"where {load:.1f} programs were running on average; {versions}"
    )
    return f"*{said}.{''.join(f' {note}' for note in notes)}*"


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
