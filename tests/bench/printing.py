"""Every pane of --print on large dumps: its text beside its JSON and beside the maps; and what has its own figures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from criu_tui.core.report.registry import PRINTED

from tests.bench import generate
from tests.bench.measure import Compared, Spent, compare, ratio
from tests.bench.workload import PRINT, Bench, Line, beside, line, timed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PANES = (*PRINTED, "image", "search")


def asked(pane: str, dump: Path, form: str = "text", other: Path | None = None) -> Sequence[str]:
    """The command line that prints a pane of a dump; the differences are those to itself, or to another one."""
    more = {"diff": ["--against", str(other or dump)], "search": ["--pattern", "needle"]}.get(pane, [])
    return [*PRINT, pane, *more, "--format", form, str(dump)]


def printing(bench: Bench) -> Iterator[Line]:
    """Of 5,000 tasks; differences, which read two dumps and check the restore of each, beside the maps of both."""
    rounds = min(bench.rounds, 3)
    maps = timed(asked("maps", bench.tasks))
    for pane in PANES:
        others = {"its JSON": timed(asked(pane, bench.tasks, "json"))}
        if pane == "diff":
            others["maps of both"] = lambda: Spent(*map(sum, zip(maps(), maps(), strict=True)))
        elif pane != "maps":
            others["maps"] = maps
        yield from beside(bench, f"--print {pane} of 5,000 tasks", timed(asked(pane, bench.tasks)), others, rounds)
    grown, own = timed(asked("maps", bench.grown)), timed(asked("diff", bench.tasks, other=bench.grown))
    both = {"maps of both": lambda: Spent(*map(sum, zip(maps(), grown(), strict=True)))}
    yield from beside(bench, "--print diff of 5,000 tasks, each of which has grown", own, both, rounds)


def large(bench: Bench) -> Iterator[Line]:
    """Of 65,530 VMAs with 1,000,000 entries, of forks, and of a log of 1,000,000 lines."""
    rounds = min(bench.rounds, 3)
    for pane in ("plan", "coverage", "maps", "memory"):
        others = {"its JSON": timed(asked(pane, bench.large, "json"))}
        yield from beside(bench, f"--print {pane} of 65,530 VMAs", timed(asked(pane, bench.large)), others, rounds)
    plan = timed(asked("plan", bench.large))
    counters = timed([*PRINT, "plan", "--counters", bench.large])
    yield from beside(bench, "--print plan --counters", counters, {"--print plan": plan}, rounds)
    each = bench.scaled(65_000)
    alone, forks = (bench.dump(f"forked-{count}", partial(generate.forked, tasks=count, vmas=each)) for count in (1, 8))
    found = compare(timed(asked("plan", forks)), {"one": timed(asked("plan", alone))}, rounds)["one"]
    yield line("--print plan of 8 tasks that share 65,000 VMAs, each", "of one task", _eighth(found))
    read = timed(asked("findings", bench.logged))
    whole = timed(asked("log", bench.logged))
    yield from beside(bench, "--print log of 1,000,000 lines", whole, {"--print findings of it": read}, rounds)


def _eighth(found: Compared) -> Compared:
    elapsed, processor = (ratio(value / 8 for value in each) for each in (found.elapsed, found.processor))
    return Compared(elapsed, processor, Spent(*(value / 8 for value in found.own)))


def others(bench: Bench) -> Iterator[Line]:
    """Images, descriptors and checks."""
    rounds = min(bench.rounds, 3)
    image = f"pagemap-{generate.PID}.img"
    printed = timed([*PRINT, "image", "--image", image, "--format", "json", bench.large])
    shown = {
        f"{name} decode": timed([*crit, "decode", "-i", str(bench.large / image), "-o", "/dev/null"])
        for name, crit in bench.peers.items()
    }
    shown["--print coverage"] = timed(asked("coverage", bench.large))
    yield from beside(bench, "--print image, JSON of 1,000,000 pagemap entries", printed, shown, rounds)
    files = bench.files
    for pane in ("files", "images", "checks", "findings"):
        as_json = timed(asked(pane, files, "json"))
        what = f"--print {pane} of 1,000 tasks with 20 descriptors each"
        yield from beside(bench, what, timed(asked(pane, files)), {"its JSON": as_json}, rounds)
