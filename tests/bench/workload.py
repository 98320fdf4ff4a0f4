"""What every workload has: the generated dumps, the peers, and lines of a table."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.bench import generate, logs
from tests.bench.measure import Ratio, compare, run
from tests.pseudo_terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.bench.measure import Compared, Work

HERE = Path(__file__).parent
SMALLEST = HERE.parent / "dumps" / "trailing-reservation" / "dump"
OURS = (sys.executable, "-m", "criu_tui")
HOST = ("--host", "mem=64G,overcommit=0")
"""The machine that the bench runs on changes no plan."""
PRINT = (*OURS, *HOST, "--print")
VMAS, ENTRIES, TASKS, LINES = 65_530, 1_000_000, 5_000, 1_000_000
MIB = 1 << 20
FIRST_ROW = f"{generate.BASE:012x}"
"""On the screen when the generated VMAs are."""
OTHERWISE = 0.5
"""Below this ratio a line says how many times as long the other takes."""


class Line(NamedTuple):
    """One line of a table: a workload, what it is held against, and what ours took."""

    what: str
    against: str = ""
    elapsed: str = ""
    processor: str = ""
    ours: str = ""


HEAD = Line("what", "held against", "time", "processor time", "ours")


class Workload(NamedTuple):
    """A part of the page."""

    title: str
    measure: Callable[[Bench], Iterator[Line]]
    head: Line = HEAD
    rounds: int = 0
    """How often each of its lines is measured, whatever is asked for; 0: as often as is asked for."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the generated dumps lie, and what to measure against."""

    scratch: Path
    rounds: int
    scale: int
    """Every amount is divided by this."""
    peers: Mapping[str, Sequence[str]]
    """Command lines of crit by name."""

    def dump(self, name: str, make: Callable[[Path], Path]) -> Path:
        """A generated dump, made when first asked for."""
        made = self.scratch / name
        return made if made.exists() else make(made)

    def scaled(self, amount: int) -> int:
        return max(2, amount // self.scale)

    @property
    def large(self) -> Path:
        """One task of many VMAs and entries."""
        return self.dump("large", lambda at: generate.one_task(at, self.scaled(VMAS), self.scaled(ENTRIES)))

    @property
    def tenth(self) -> Path:
        """A tenth of the large one: what takes as long as DataTable does is held against fewer rows."""
        amounts = self.scaled(VMAS // 10), self.scaled(ENTRIES // 10)
        return self.dump("tenth", lambda at: generate.one_task(at, *amounts))

    @property
    def sixty(self) -> Path:
        return self.dump("sixty", lambda at: generate.one_task(at, 60, 600))

    @property
    def tasks(self) -> Path:
        return self.dump("tasks", lambda at: generate.many_tasks(at, self.scaled(TASKS)))

    @property
    def grown(self) -> Path:
        """The tasks, in a later dump: each has grown by two pages."""
        return self.dump("grown", lambda at: generate.many_tasks(at, self.scaled(TASKS), pages=3))

    @property
    def files(self) -> Path:
        """Tasks with descriptors."""
        return self.dump("files", lambda at: generate.many_descriptors(at, self.scaled(TASKS // 5)))

    @property
    def logged(self) -> Path:
        """A restore.log alone."""
        return self.dump("logged", lambda at: log_of(at, self.scaled(LINES)))


def log_of(at: Path, lines: int) -> Path:
    """A directory with a restore.log."""
    at.mkdir()
    logs.generate(at / "restore.log", lines, "of a restore with -v4")
    return at


def timed(command: Sequence[str | Path]) -> Work:
    words = [str(word) for word in command]
    return lambda: run(words)


def beside(bench: Bench, what: str, ours: Work, others: Mapping[str, Work], rounds: int = 0) -> Iterator[Line]:
    """Ours beside others, in turn."""
    for against, found in compare(ours, others, rounds or bench.rounds).items():
        yield line(what, against, found)


def line(what: str, against: str, found: Compared) -> Line:
    return Line(what, against, words(found.elapsed), words(found.processor), f"{found.own.processor:.2f} s")


def words(found: Ratio) -> str:
    """A ratio as a reader takes it in: which of both takes longer, and how many times as long."""
    if found.median >= OTHERWISE or not found.least:
        return f"{found.median:.2f} ({found.least:.2f} to {found.most:.2f})"
    return f"it takes {1 / found.median:.1f} ({1 / found.most:.1f} to {1 / found.least:.1f})"


def shown(command: Sequence[str], text: str, size: tuple[int, int] = (120, 40)) -> Terminal:
    """A program on a terminal, once it has shown a text."""
    terminal = Terminal(command, size)
    terminal.shows(text)
    return terminal
