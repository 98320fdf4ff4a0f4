"""Runs the workloads, each beside its floor and its peers in turn, and prints median ratios as a Markdown table."""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.dump.dump import Dump
from criu_tui.core.pages.pagemaps import pagemap_of, read_all
from criu_tui.core.restore.plan import plan
from criu_tui.core.restore.releases import criu

from tests.bench import generate, logs, tables
from tests.bench.measure import Work, compare, output, ratio, run, seconds
from tests.pseudo_terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

HERE = Path(__file__).parent
SMALLEST = HERE.parent / "dumps" / "trailing-reservation" / "dump"
VMAS, ENTRIES, TASKS, CHAINED, LINES = 65_530, 1_000_000, 5_000, 5, 1_000_000
MIB = 1 << 20
FIRST_ROW = f"{generate.BASE:012x}"
"""On the screen when the generated VMAs are."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a workload, what it is held against, their ratio in words, and what ours took."""

    what: str
    against: str
    ratio: str
    ours: str


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the generated dumps lie, and what to measure against."""

    scratch: Path
    rounds: int
    scale: int
    peers: dict[str, list[str]]
    """Command lines of crit by name."""

    def dump(self, name: str, make: Callable[[Path], Path]) -> Path:
        """A generated dump, made when first asked for."""
        made = self.scratch / name
        return made if made.exists() else make(made)

    @property
    def large(self) -> Path:
        return self.dump("large", lambda at: generate.one_task(at, VMAS // self.scale, ENTRIES // self.scale))

    @property
    def tenth(self) -> Path:
        return self.dump(
            "tenth", lambda at: generate.one_task(at, VMAS // 10 // self.scale, ENTRIES // 10 // self.scale)
        )

    @property
    def sixty(self) -> Path:
        return self.dump("sixty", lambda at: generate.one_task(at, 60, 600))

    @property
    def tasks(self) -> Path:
        return self.dump("tasks", lambda at: generate.many_tasks(at, max(2, TASKS // self.scale)))


def decode(bench: Bench) -> Iterator[Line]:
    """1,000,000 pagemap entries, whole process."""
    image = str(bench.large / f"pagemap-{generate.PID}.img")
    ours = [sys.executable, "-m", "tests.bench.decode", image]
    read = [sys.executable, "-c", "import sys; open(sys.argv[1], 'rb').read()", image]
    others = {"reading the file": timed(read)}
    for name, crit in bench.peers.items():
        others[f"{name} decode"] = timed([*crit, "decode", "-i", image, "-o", "/dev/null"])
    yield from _beside_peers("decode 1,000,000 pagemap entries", timed(ours), others, bench.rounds)
    peak = int(output(ours).split()[0])
    yield Line("the same, peak memory", "", "", f"{peak / 1024:.0f} MiB")


def planning(bench: Bench) -> Iterator[Line]:
    """The write plan of 65,530 VMAs with 1,000,000 entries."""
    ours = [sys.executable, "-m", "criu_tui", "--print", "plan", str(bench.large)]
    others = {f"{name} x rss": timed([*crit, "x", str(bench.large), "rss"]) for name, crit in bench.peers.items()}
    if others:
        yield from _beside_peers("--print plan of 65,530 VMAs, 1,000,000 entries", timed(ours), others, bench.rounds)
    small, large, newest = Dump(bench.tenth), Dump(bench.large), criu("4.2.1")
    for dump in (small, large):
        read_all(dump)
    parts: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "decoding VMAs and entries": (lambda: plan(large, newest), lambda: _decoded(bench.large)),
        "a tenth of the VMAs and entries": (lambda: plan(large, newest), lambda: plan(small, newest)),
    }
    for against, (work, other) in parts.items():
        found = ratio([seconds(work) / seconds(other) for _ in range(bench.rounds)])
        yield Line("planning alone", against, f"ours takes {found} times as long", "")


def _decoded(directory: Path) -> None:
    dump = Dump(directory)
    assert len(tuple(dump.address_space(generate.PID).vmas)) == len(dump.address_space(generate.PID).vmas)
    pagemap_of(dump, generate.PID)


def paint(bench: Bench) -> Iterator[Line]:
    """From the start of the process until rows of the dump are on a screen of 120x40."""
    ours = [sys.executable, "-m", "criu_tui"]
    maps = [*ours, "--pane", "maps"]
    empty = partial(_shown, [sys.executable, str(HERE / "empty_app.py")], "ready")
    for what, command, row in (
        ("the smallest dump", [*ours, str(SMALLEST)], "enter leads to more"),
        ("the smallest dump's maps", [*maps, str(SMALLEST)], "000000400000"),
        ("65,530 VMAs", [*maps, str(bench.large)], FIRST_ROW),
        ("5,000 tasks", [*ours, str(bench.tasks)], "    116"),
    ):
        yield from _over_floor(f"first paint of {what}", partial(_shown, command, row), empty, bench.rounds)
    table = partial(_shown, [sys.executable, str(HERE / "empty_app.py"), str(VMAS // bench.scale)], FIRST_ROW)
    works = {"Textual's DataTable of as many rows": table}
    yield from _beside_peers(
        "first paint of 65,530 VMAs", partial(_shown, [*maps, str(bench.large)], FIRST_ROW), works, min(bench.rounds, 3)
    )


def _shown(command: Sequence[str], text: str) -> float:
    with Terminal(command, (120, 40)) as terminal:
        return terminal.shows(text)


def cursor(bench: Bench) -> Iterator[Line]:
    """Cursor down and up, on a screen of 80x24, once everything has been computed."""
    commands = {
        "65,530": [sys.executable, "-m", "criu_tui", "--pane", "maps", str(bench.large)],
        "60": [sys.executable, "-m", "criu_tui", "--pane", "maps", str(bench.sixty)],
        "DataTable": [sys.executable, str(HERE / "empty_app.py"), str(VMAS // bench.scale)],
    }
    moves: dict[str, list[tuple[float, int]]] = {}
    with ExitStack() as stack:
        terminals = {name: stack.enter_context(Terminal(command)) for name, command in commands.items()}
        for terminal in terminals.values():
            terminal.shows(FIRST_ROW)
            terminal.settle(3.0)
        for key in ["\x1b[B", "\x1b[A"] * (3 * bench.rounds):
            for name, terminal in terminals.items():
                moves.setdefault(name, []).append(terminal.answer(key))
    for against in ("60", "DataTable"):
        pairs = list(zip(moves["65,530"], moves[against], strict=True))
        time = ratio([own[0] / other[0] for own, other in pairs])
        size = ratio([own[1] / other[1] for own, other in pairs])
        name = "the same in 60 rows" if against == "60" else "Textual's DataTable of as many rows"
        yield Line("cursor move in 65,530 rows, time", name, f"ours takes {time} times as long", "")
        yield Line(
            "cursor move in 65,530 rows, bytes", name, f"ours are {size} times as many", f"{pairs[-1][0][1]} bytes"
        )


def arranging(bench: Bench) -> Iterator[Line]:
    """Sort and filter by words until painted, on a screen of 120x40; the first time of each apart."""
    for (what, against), (ratios, own) in tables.measure(bench.large, bench.sixty, bench.rounds).items():
        yield Line(what, against, f"ours takes {ratio(ratios)}", f"{own:.3f} s")


def sparse(bench: Bench) -> Iterator[Line]:
    """Memory with a pages file of 64 GiB beside the images, against the same dump without it."""
    with_file = bench.dump("sparse", generate.sparse_pages)
    without = bench.scratch / "sparse-without"
    if not without.exists():
        shutil.copytree(with_file, without, ignore=shutil.ignore_patterns("pages-*.img"))
    resident = {}
    for directory in (with_file, without):
        with Terminal([sys.executable, "-m", "criu_tui", "--pane", "coverage", str(directory)], (120, 40)) as terminal:
            terminal.shows(FIRST_ROW)
            terminal.settle(1.0)
            for key in "127":
                terminal.answer(key)
            resident[directory] = terminal.resident()
    more = (resident[with_file] - resident[without]) / MIB
    yield Line("maps, coverage and bytes with a pages file of 64 GiB", "without it", f"{more:+.1f} MiB", "")


def chain(bench: Bench) -> Iterator[Line]:
    """Five incremental dumps of 100,000 entries, every page followed to where its bytes lie."""
    dumps = bench.dump("chain", lambda at: generate.chain(at, CHAINED, 100_000 // bench.scale).parent)
    ours, first = (
        timed([sys.executable, "-m", "criu_tui", "--print", "findings", str(dumps / str(level))])
        for level in (CHAINED - 1, 0)
    )
    yield from _over_floor("--print findings of a chain of five", ours, first, bench.rounds, "its first dump")


def log(bench: Bench) -> Iterator[Line]:
    """Logs of 1,000,000 lines, beside splitting and matching one compiled expression per line."""
    lines = LINES // bench.scale
    for shape in logs.SHAPES:
        path = logs.generate(bench.scratch / "restore.log", lines, shape)
        found, own = logs.measure(path, lines, bench.rounds)
        yield Line(
            f"reading a log of 1,000,000 lines, {shape}",
            "splitting and matching each line",
            f"ours takes {found} times as long",
            f"{own:.2f} s",
        )


def printing(bench: Bench) -> Iterator[Line]:
    """Panes as text, each beside its JSON and beside the maps; counters beside the plan; all lines of a log."""
    ours = [sys.executable, "-m", "criu_tui", "--print"]
    for what, dump in (("5,000 tasks", bench.tasks), ("65,530 VMAs", bench.large)):
        maps = timed([*ours, "maps", str(dump)])
        for pane in ("plan", "coverage", "maps"):
            text, as_json = (timed([*ours, pane, "--format", form, str(dump)]) for form in ("text", "json"))
            yield from _over_floor(f"--print {pane} of {what}", text, as_json, bench.rounds, "its JSON")
            if pane != "maps":
                yield from _over_floor(f"--print {pane} of {what}", text, maps, bench.rounds, "maps")
    plan_alone, counters = (timed([*ours, "plan", *more, str(bench.large)]) for more in ((), ("--counters",)))
    yield from _over_floor("--print plan --counters", counters, plan_alone, bench.rounds, "the plan")
    logged = bench.scratch / "logged"
    logged.mkdir(exist_ok=True)
    logs.generate(logged / "restore.log", LINES // bench.scale, "of a restore with -v4")
    whole, read = (timed([*ours, pane, str(logged)]) for pane in ("log", "findings"))
    yield from _over_floor("--print log of 1,000,000 lines", whole, read, bench.rounds, "reading it")


def searching(bench: Bench) -> Iterator[Line]:
    """Dumped bytes searched, beside grep, strings and cat over the pages file, whole processes."""
    dump = bench.dump("full", lambda at: generate.full_pages(at, max(16, 64 // bench.scale * 16) * MIB))
    pages = str(dump / "pages-1.img")
    ours = [sys.executable, "-m", "criu_tui", "--print"]
    searched = [*ours, "search", str(dump)]
    for what, command, name, peer in (
        (
            "text",
            [*searched, "--pattern", "needle-in-memory"],
            "grep -acF",
            ["grep", "-acF", "needle-in-memory", pages],
        ),
        (
            "an expression",
            [*searched, "--regex", "--pattern", "worker7.*zzzz"],
            "grep -acE",
            ["grep", "-acE", "worker7.*zzzz", pages],
        ),
        ("strings", [*searched, "--strings", "8"], "strings -n 8", ["strings", "-n", "8", pages]),
        (
            "equal pages",
            [*ours, "coverage", "--contents", str(dump)],
            "cat | b2sum",
            ["sh", "-c", 'cat "$1" | b2sum', "sh", pages],
        ),
    ):
        yield from _over_floor(f"{what} in 1 GiB of pages", timed(command), timed(peer), bench.rounds, name)


def comparing(bench: Bench) -> Iterator[Line]:
    """Two dumps of 1 GiB whose last byte differs, beside cmp over their pages files; in long runs and page by page."""
    size = max(16, 64 // bench.scale * 16) * MIB
    for what, name, make in (
        ("two dumps of 1 GiB", "pair", generate.full_pages),
        ("the same in entries of a page each", "pieces", generate.single_pages),
    ):
        first, second = (bench.dump(f"{name}-{side}", partial(make, size=size)) for side in "ab")
        files = [str(dump / "pages-1.img") for dump in (first, second)]
        with open(files[1], "r+b") as file:  # noqa: PTH123
            file.seek(-1, 2)
            file.write(b"\xff")
        ours = timed([sys.executable, "-m", "criu_tui", "--print", "diff", "--against", str(second), str(first)])
        floor = timed(["sh", "-c", 'cmp "$@" || true', "sh", *files])
        yield from _over_floor(f"differences of {what}", ours, floor, bench.rounds, "cmp")


def timed(command: Sequence[str]) -> Work:
    return lambda: run(command)


def _beside_peers(what: str, ours: Work, others: Mapping[str, Work], rounds: int) -> Iterator[Line]:
    for against, (found, own, _) in compare(ours, others, rounds).items():
        yield Line(what, against, f"takes {found} times as long", f"{own:.2f} s")


def _over_floor(what: str, ours: Work, floor: Work, rounds: int, name: str = "an empty Textual app") -> Iterator[Line]:
    pairs = [(ours(), floor()) for _ in range(rounds)]
    found = ratio([own / least for own, least in pairs])
    yield Line(
        what, name, f"ours takes {found} times as long", f"{sorted(own for own, _ in pairs)[len(pairs) // 2]:.2f} s"
    )


WORKLOADS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    "decode": decode,
    "plan": planning,
    "paint": paint,
    "cursor": cursor,
    "arranging": arranging,
    "sparse": sparse,
    "chain": chain,
    "log": log,
    "print": printing,
    "search": searching,
    "compare": comparing,
}


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    options.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(WORKLOADS)}; default: all")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--scale", type=int, default=1, help="divide every workload by this, to try the bench itself")
    options.add_argument("--crit", action="append", default=[], metavar="COMMAND", help="CRIU's crit (default: crit)")
    options.add_argument("--go-crit", metavar="COMMAND", help="go-criu's crit")
    chosen = options.parse_args()
    unknown = set(chosen.workloads) - WORKLOADS.keys()
    if unknown:
        options.error(f"no such workload: {', '.join(sorted(unknown))}")
    peers, notes = _peers(chosen.crit or ["crit"], chosen.go_crit)
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="criu-tui-bench-") as scratch:
        bench = Bench(Path(scratch), chosen.rounds, chosen.scale, peers)
        for name in chosen.workloads or WORKLOADS:
            for line in WORKLOADS[name](bench):
                print(f"{line.what}: {line.against} {line.ratio} {line.ours}", file=sys.stderr)
                lines.append(line)
    print("| what | against | median ratio (spread) | ours |\n|---|---|---|---|")
    for line in lines:
        print(f"| {line.what} | {line.against} | {line.ratio} | {line.ours} |")
    print(f"\n{chosen.rounds} rounds, taking turns. {' '.join(notes)}")
    return 0


def _peers(crits: Sequence[str], go_crit: str | None) -> tuple[dict[str, list[str]], list[str]]:
    """Command lines of the peers that are here, by name, and a note on each that is not."""
    peers: dict[str, list[str]] = {}
    notes = []
    for command in crits:
        words = shlex.split(command)
        if shutil.which(words[0]) is None:
            notes.append(f"`{command}` is not here.")
        else:
            peers[Path(words[0]).name if len(crits) > 1 else "crit"] = words
    if go_crit is None:
        notes.append("go-criu's crit is not here (--go-crit).")
    else:
        peers["go-criu crit"] = shlex.split(go_crit)
    return peers, notes


if __name__ == "__main__":
    sys.exit(main())
