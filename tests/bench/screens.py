"""What is seen on a terminal: the first rows, a cursor's moves, sorting; what stays in memory, what a line carries."""

from __future__ import annotations

import shutil
import sys
import time
from bisect import bisect_left
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.report.registry import SHOWN

from tests.bench import generate, tables
from tests.bench.measure import Spent, compare, ratio
from tests.bench.workload import FIRST_ROW, HERE, MIB, OURS, SMALLEST, VMAS, Bench, Line, shown, words
from tests.pseudo_terminal import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.bench.measure import Work
    from tests.pseudo_terminal import Terminal

SIZES = ((80, 24), (200, 60))
RATE, DELAY = 1_000_000, 0.05
"""Bits a second of a slow line, and the seconds that each byte is on its way."""
SLOW_LINE_HEAD = Line("what", ours="bytes written; delay + bytes = time")
IDLE = 10.0
"""Seconds in which wake-ups are counted."""


def paint(bench: Bench) -> Iterator[Line]:
    """From the start of the process until rows of the dump are on a screen of 120x40."""
    empty = _until([sys.executable, str(HERE / "empty_app.py")], "ready")
    maps = [*OURS, "--pane", "maps"]
    for what, command, row in (
        ("the smallest dump", [*OURS, str(SMALLEST)], "About      What"),
        ("the smallest dump's maps", [*maps, str(SMALLEST)], "000000400000"),
        ("65,530 VMAs", [*maps, str(bench.large)], FIRST_ROW),
        ("5,000 tasks", [*OURS, str(bench.tasks)], "    116"),
    ):
        yield _elapsed(f"first rows of {what}", "an empty Textual app", _until(command, row), empty, bench.rounds)
    table = _until([sys.executable, str(HERE / "empty_app.py"), str(bench.scaled(VMAS // 10))], FIRST_ROW)
    yield _elapsed(
        "first rows of 6,553 VMAs",
        "Textual's DataTable of as many rows",
        _until([*maps, str(bench.tenth)], FIRST_ROW),
        table,
        min(bench.rounds, 3),
    )


def _elapsed(what: str, against: str, ours: Work, other: Work, rounds: int) -> Line:
    found = compare(ours, {against: other}, rounds)[against]
    return Line(what, against, words(found.elapsed), "", f"{found.own.elapsed:.2f} s")


def _until(command: Sequence[str], text: str) -> Work:
    def work() -> Spent:
        with shown(command, text) as terminal:
            return Spent(terminal.shows(text), 1.0)

    return work


def cursor(bench: Bench) -> Iterator[Line]:
    """Cursor down and up, once everything has been computed; on a screen of 80x24 where no other is named."""
    commands = {
        "65,530": [*OURS, "--pane", "maps", str(bench.large)],
        "60": [*OURS, "--pane", "maps", str(bench.sixty)],
        "DataTable": [sys.executable, str(HERE / "empty_app.py"), str(bench.scaled(VMAS // 10))],
    }
    moves: dict[str, list[tuple[float, int]]] = {}
    with ExitStack() as stack:
        terminals = {
            name: stack.enter_context(shown(command, FIRST_ROW, (80, 24))) for name, command in commands.items()
        }
        for terminal in terminals.values():
            terminal.settle(3.0)
        for key in ["\x1b[B", "\x1b[A"] * (3 * bench.rounds):
            for name, terminal in terminals.items():
                moves.setdefault(name, []).append(terminal.answer(key))
    sizes = sorted(size for _, size in moves["65,530"])
    written = f"{sizes[len(sizes) // 2]} bytes, at most {sizes[-1]}"
    for against, name in (("60", "the same in 60 rows"), ("DataTable", "Textual's DataTable of a tenth")):
        pairs = list(zip(moves["65,530"], moves[against], strict=True))
        yield Line(
            "cursor move in 65,530 rows", name, words(ratio(own[0] / other[0] for own, other in pairs)), "",
            written,
        )  # fmt: skip
    columns, lines = SIZES[-1]
    for what, before in (("one pane alone", "z"), ("with Coverage and Bytes beside it, which follow", "")):
        with shown(commands["65,530"], FIRST_ROW, (columns, lines)) as terminal:
            terminal.settle(3.0)
            if before:
                terminal.press(before)
            own = sorted(len(terminal.press(key)) for key in ["\x1b[B", "\x1b[A"] * (3 * bench.rounds))
        yield Line(f"at {columns}x{lines}, {what}", ours=f"{own[len(own) // 2]} bytes, at most {own[-1]}")


def arranging(bench: Bench) -> Iterator[Line]:
    """Sort and filter by words until painted, on a screen of 120x40; the first time of each apart."""
    for (what, against), (ratios, own) in tables.measure(bench.large, bench.sixty, bench.rounds).items():
        yield Line(f"{what}, until painted", against, words(ratio(ratios)), "", f"{own:.3f} s")


def memory(bench: Bench) -> Iterator[Line]:
    """What stays in memory, pages of files left out, as one pane after another is looked at."""
    with shown([*OURS, "--pane", "maps", str(bench.large)], FIRST_ROW) as terminal:
        terminal.settle(3.0)
        yield Line("65,530 VMAs with 1,000,000 entries: at the start", ours=_mib(terminal))
        for kind in SHOWN.values():
            if kind.id == "diff":
                continue
            terminal.press(kind.key)
            terminal.settle(1.0)
            yield Line(f"then {kind.name}", ours=_mib(terminal))
    with_file = bench.dump("sparse", generate.sparse_pages)
    without = bench.scratch / "sparse-without"
    if not without.exists():
        shutil.copytree(with_file, without, ignore=shutil.ignore_patterns("pages-*.img"))
    resident = []
    for directory in (with_file, without):
        with shown([*OURS, "--pane", "coverage", str(directory)], FIRST_ROW) as terminal:
            terminal.settle(1.0)
            for key in "127":
                terminal.answer(key)
            resident.append(terminal.resident())
    more = (resident[0] - resident[1]) / MIB
    yield Line(
        "Maps, Coverage and Bytes with a pages file of 64 GiB", "the same dump without it", ours=f"{more:+.1f} MiB"
    )


def _mib(terminal: Terminal) -> str:
    return f"{terminal.resident() / MIB:.0f} MiB"


def idle(bench: Bench) -> Iterator[Line]:
    """How often a program that nobody touches wakes up: the kernel's count of voluntary switches of its threads."""
    for what, command, text in (
        ("the boundary demo", [*OURS, "--demo", "boundary", "--pane", "plan"], "touches"),
        ("65,530 VMAs", [*OURS, "--pane", "maps", str(bench.large)], FIRST_ROW),
    ):
        with shown(command, text) as terminal:
            terminal.settle(5.0)
            before, written = _switches(terminal), len(terminal.output)
            time.sleep(IDLE)
            more = _switches(terminal) - before
            terminal.read(0.1)
            yield Line(
                f"idle, {what}", ours=f"{more / IDLE:.1f} wake-ups a second, {len(terminal.output) - written} bytes"
            )


def _switches(terminal: Terminal) -> int:
    counts = 0
    for status in Path(f"/proc/{terminal.process.pid}/task").glob("*/status"):
        lines = status.read_text(encoding="ascii").splitlines()
        counts += sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))
    return counts


def slow_line(bench: Bench) -> Iterator[Line]:
    """What the start writes, and how long a line of 1 Mbit/s that delays all by 50 ms takes for it."""
    half_tebibyte = bench.dump("half-tebibyte", lambda at: generate.large_memory(at, 512 * generate.GIB))
    for what, command, text in (
        ("the smallest dump", [*OURS, str(SMALLEST)], "About      What"),
        ("512 GiB in 4,096 VMAs", [*OURS, "--pane", "maps", str(half_tebibyte)], FIRST_ROW),
        ("512 GiB, the overview", [*OURS, str(half_tebibyte)], "About      What"),
    ):
        for size in SIZES:
            with shown(command, text, size) as terminal:
                terminal.settle(5.0)
                output = bytes(terminal.output)
            first = _length_until(output, text)
            yield Line(f"{what} at {size[0]}x{size[1]}, first row", ours=_carried(first))
            yield Line("until it is quiet", ours=_carried(len(output)))


def _length_until(output: bytes, text: str) -> int:
    """Bytes that have come once a text stands there."""
    return bisect_left(range(len(output)), 1, key=lambda length: text.encode() in plain(output[:length]))


def _carried(length: int) -> str:
    seconds = DELAY + length * 8 / RATE
    return f"{length:,} bytes, {DELAY * 1000:.0f} ms + {length * 8 / RATE * 1000:.0f} ms = {seconds * 1000:.0f} ms"
