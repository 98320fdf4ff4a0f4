"""Keys one after another on large dumps: what each takes until the program sleeps again, at a pseudo-terminal.

    python -m tests.bench.keys [--at DIR] [--rounds N] [vmas descriptors log]

Prints for each group of keys the median and the slowest of: processor time of the thread that takes keys, processor
time of all threads, milliseconds until the first and the last byte of the answer, bytes of it. The kernel counts
processor time in nanoseconds (schedstat, proc(5)), so that other programs disturb the first two little.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.bench import generate, logs
from tests.pseudo_terminal import ESCAPE, OURS, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VMAS, ENTRIES, TASKS, EACH, LINES = 65_530, 1_000_000, 5_000, 20, 1_000_000
SIZE = (120, 40)
STARTED = 1.5
"""Seconds of sleep after which all that the start begins is done."""
ESC, ENTER, ERASE, DOWN, UP, PAGE, HOME, END = "\x1b", "\r", "\x7f", "\x1b[B", "\x1b[A", "\x1b[6~", "\x1b[H", "\x1b[F"
_NAMED = {ESC: "esc", ENTER: "enter", ERASE: "erase"}
MOVES = ("moves", (DOWN, DOWN, UP, PAGE, PAGE, END, HOME))


class Key(NamedTuple):
    """What one key took, in milliseconds and bytes."""

    key: str
    taking: float
    """Processor time of the thread that takes keys."""
    all: float
    """Processor time of all threads."""
    first: float
    last: float
    """Until the last byte of the answer; with no answer, 0."""
    bytes: int


class Script(NamedTuple):
    """A dump, how it is opened, and keys by group; they are pressed in this order."""

    make: Callable[[Path], object]
    pane: str
    before: str
    """Keys that lead to the rows, not measured."""
    groups: tuple[tuple[str, tuple[str, ...]], ...]


def _log(at: Path) -> None:
    at.mkdir()
    logs.generate(at / "restore.log", LINES, "of a restore with -v4")


SCRIPTS = {
    "vmas": Script(
        lambda at: generate.one_task(at, VMAS, ENTRIES),
        "maps",
        "",
        (
            MOVES,
            ("first words", ("/", "r", "w", "-", ERASE, ERASE, "-", ESC)),
            ("words", ("/", "1", "0", "0", "a", ERASE, " ", "p", "r", ENTER, ESC)),
            ("text term", ("/", *"prot:r", ENTER, ESC)),
            ("number term", ("/", *"size:>1M", ENTER, ESC)),
            ("plan's words", ("3", "/", *"rw-", ENTER, "n", ESC)),
            ("plan's term", ("/", *"pages:>7", ENTER, ESC)),
            ("CRIUs", ("v", DOWN, DOWN, ENTER, "v", ESC, "V", "V")),
            ("orders", ("1", "s", "s", "s", "S", ESC)),
        ),
    ),
    "descriptors": Script(
        lambda at: generate.many_descriptors(at, TASKS, EACH),
        "files",
        "m",
        (
            MOVES,
            ("first words", ("/", *"serv", ERASE, "v", "i", ESC)),
            ("words", ("/", *"4999", ERASE, " ", "d", ENTER, ESC)),
            ("column's word", ("/", *"what:data/9", ENTER, ESC)),
            ("column's number", ("/", *"size:>1K", ENTER, ESC)),
            ("hidden column", ("/", *"shared:>1", ENTER, ESC)),
            ("orders", ("s", "s", "S", ESC)),
        ),
    ),
    "log": Script(
        _log,
        "log",
        "",
        (
            MOVES,
            ("common words", ("/", *"premap", ENTER, ESC)),
            ("rare words", ("/", *"gone", ENTER, "n", ESC)),
            ("term", ("/", *"level:err", ENTER, ESC)),
        ),
    ),
}


def _processor(pid: int, thread: int | None = None) -> float:
    """Milliseconds that a thread, or all that run, have had of a processor."""
    tasks = Path(f"/proc/{pid}/task")
    found = [tasks / str(thread)] if thread is not None else list(tasks.iterdir())
    nanoseconds = 0
    for task in found:
        try:
            nanoseconds += int((task / "schedstat").read_bytes().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            # A thread that ended since.
            continue
    return nanoseconds / 1e6


def press(terminal: Terminal, key: str) -> Key:
    """Presses a key and waits until the program sleeps."""
    pid = terminal.process.pid
    taking, all_ = _processor(pid, pid), _processor(pid)
    before, start = len(terminal.output), time.perf_counter()
    os.write(terminal.master, key.encode())
    first = last = quiet = 0.0
    limit = ESCAPE if key == ESC else 0.1
    while quiet < limit:
        came = terminal.read(0.02)
        now = time.perf_counter()
        if came:
            first, last = first or now - start, now - start
        quiet = 0.0 if came or not terminal._sleeps() else quiet + 0.02
        assert now - start < 120, f"no sleep after {key!r}"
    return Key(
        _NAMED.get(key, key), _processor(pid, pid) - taking, _processor(pid) - all_, first * 1000, last * 1000,
        len(terminal.output) - before,
    )  # fmt: skip


def measure(script: Script, at: Path, rounds: int) -> Iterator[tuple[str, list[Key]]]:
    """What each key of each group took; the first time of each apart, then so many rounds of each group."""
    with Terminal([*OURS, "--pane", script.pane, str(at)], SIZE) as terminal:
        terminal.wait_for(b"?")
        terminal.settle(STARTED)
        for key in script.before:
            terminal.press(key)
            terminal.settle(STARTED)
        for group, keys in script.groups:
            yield f"{group}, first time", [press(terminal, key) for key in keys]
        for group, keys in script.groups if rounds else ():
            yield group, [press(terminal, key) for _ in range(rounds) for key in keys]
        print(f"memory at the end: {terminal.resident() >> 20} MiB", file=sys.stderr)


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench.keys", description=__doc__)
    options.add_argument("dumps", nargs="*", metavar="DUMP", help=f"of {', '.join(SCRIPTS)}; default: all")
    options.add_argument("--at", type=Path, help="keep the dumps here, and take those that are there")
    options.add_argument("--rounds", type=int, default=3, help="of each group of keys, after its first time")
    options.add_argument("--every", action="store_true", help="print every key")
    chosen = options.parse_args()
    unknown = set(chosen.dumps) - SCRIPTS.keys()
    if unknown:
        options.error(f"no such dump: {', '.join(sorted(unknown))}")
    print(
        "| dump | keys | taking: median | slowest | all threads | slowest | first byte | last byte | slowest | bytes |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="criu-tui-keys-") as scratch:
        for name in chosen.dumps or SCRIPTS:
            at = (chosen.at or Path(scratch)) / name
            if not at.exists():
                SCRIPTS[name].make(at)
            for group, keys in measure(SCRIPTS[name], at, chosen.rounds):
                slowest = max(keys, key=lambda key: key.taking)
                print(
                    f"| {name} | {group} | {_median(keys, 'taking'):.0f} | {slowest.taking:.0f} ({slowest.key}) "
                    f"| {_median(keys, 'all'):.0f} | {_most(keys, 'all')} | {_median(keys, 'first'):.0f} "
                    f"| {_median(keys, 'last'):.0f} | {_most(keys, 'last')} | {max(key.bytes for key in keys)} |",
                    flush=True,
                )
                if chosen.every:
                    for key in keys:
                        print(f"    {key.key!r:10} " + " ".join(f"{value:7.0f}" for value in key[1:]))
    return 0


def _median(keys: list[Key], what: str) -> float:
    return float(statistics.median(getattr(key, what) for key in keys))


def _most(keys: list[Key], what: str) -> str:
    most = max(keys, key=lambda key: getattr(key, what))
    return f"{getattr(most, what):.0f} ({most.key})"


if __name__ == "__main__":
    sys.exit(main())
