"""Pagemaps decoded, plans made and logs read, beside crit and beside the least that each of them is."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from criu_tui.core.dump.dump import Dump
from criu_tui.core.logs.reading import read_log
from criu_tui.core.pages.pagemaps import pagemap_of, read_all
from criu_tui.core.restore.plan import plan
from criu_tui.core.restore.releases import criu

from tests.bench import generate, logs
from tests.bench.measure import output, within
from tests.bench.workload import LINES, PRINT, Bench, Line, beside, timed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def decode(bench: Bench) -> Iterator[Line]:
    """1,000,000 pagemap entries, whole process."""
    image = str(bench.large / f"pagemap-{generate.PID}.img")
    ours = [sys.executable, "-m", "tests.bench.decode", image]
    read = [sys.executable, "-c", "import sys; open(sys.argv[1], 'rb').read()", image]
    others = {"Python that reads the file": timed(read)}
    for name, crit in bench.peers.items():
        others[f"{name} decode"] = timed([*crit, "decode", "-i", image, "-o", "/dev/null"])
    yield from beside(bench, "decode 1,000,000 pagemap entries", timed(ours), others)
    peak = int(output(ours).split()[0])
    yield Line("the same, most memory", ours=f"{peak / 1024:.0f} MiB")


def planning(bench: Bench) -> Iterator[Line]:
    """The write plan of 65,530 VMAs with 1,000,000 entries."""
    others = {f"{name} x rss": timed([*crit, "x", str(bench.large), "rss"]) for name, crit in bench.peers.items()}
    if others:
        ours = timed([*PRINT, "plan", bench.large])
        yield from beside(bench, "--print plan of 65,530 VMAs, 1,000,000 entries", ours, others)
    small, large, newest = Dump(bench.tenth), Dump(bench.large), criu("4.2.1")
    for dump in (small, large):
        read_all(dump)
    others = {
        "decoding VMAs and entries": lambda: within(lambda: _decoded(bench.large)),
        "planning a tenth of the VMAs and entries": lambda: within(lambda: plan(small, newest)),
    }
    yield from beside(bench, "planning alone", lambda: within(lambda: plan(large, newest)), others)


def _decoded(directory: Path) -> None:
    dump = Dump(directory)
    assert len(tuple(dump.address_space(generate.PID).vmas)) == len(dump.address_space(generate.PID).vmas)
    pagemap_of(dump, generate.PID)


def reading(bench: Bench) -> Iterator[Line]:
    """Logs of 1,000,000 lines read, beside splitting and matching one compiled expression per line."""
    lines = bench.scaled(LINES)
    for shape in logs.SHAPES:
        path = logs.generate(bench.scratch / "restore.log", lines, shape)
        log = read_log(path)
        assert (log.count, log.problem) == (lines, None)
        works = {"splitting and matching each line": partial(within, partial(logs.matched, path))}
        yield from beside(bench, f"a log {shape}", partial(within, partial(read_log, path)), works)
