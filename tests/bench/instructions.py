"""Counts the instructions of Python's own machine that representative commands take in this program's code.

Not times, so nothing else on a machine changes them; nor a processor's instructions, which other builds of Python and
of libraries have more or fewer of, and which many machines do not count. A loop that became quadratic, or work done
once more for each row, shows; what a library does in C does not. `tests/bench/budgets.tsv` says how many each may take.

    python -m tests.bench.instructions [--write]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import criu_tui

from tests.bench import generate, logs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

    Trace = Callable[[FrameType, str, Any], Any]

BUDGETS = Path(__file__).parent / "budgets.tsv"
TOLERANCE = 0.05
PROGRAM = str(Path(criu_tui.__file__).parent)
VERSION = (3, 11)
"""Python of the budgets: another one compiles to other instructions."""
HOST = ("--host", "mem=16G,overcommit=0")
COMMANDS = {
    "summary of the boundary demo": (*HOST, "--demo", "boundary", "--print", "summary"),
    "maps of 1,000 VMAs": ("--print", "maps", "{large}"),
    "plan of 1,000 VMAs, 10,000 entries": (*HOST, "--print", "plan", "{large}"),
    "the same as JSON": (*HOST, "--print", "plan", "--format", "json", "{large}"),
    "the same with counters": (*HOST, "--print", "plan", "--counters", "{large}"),
    "coverage of 1,000 VMAs": ("--print", "coverage", "{large}"),
    "plan of 200 tasks": (*HOST, "--print", "plan", "{tasks}"),
    "findings of 200 tasks": (*HOST, "--no-host-checks", "--print", "findings", "{tasks}"),
    "checks of 200 tasks": (*HOST, "--no-host-checks", "--print", "checks", "{tasks}"),
    "facts of 200 tasks": (*HOST, "--print", "task", "{tasks}"),
    "files of 100 tasks": ("--print", "files", "{files}"),
    "overview of 200 tasks": (*HOST, "--no-host-checks", "--print", "overview", "{tasks}"),
    "differences of 200 tasks": (*HOST, "--no-host-checks", "--print", "diff", "--against", "{copy}", "{tasks}"),
    "differences of 200 tasks that have all grown": (
        *HOST,
        "--no-host-checks",
        "--print",
        "diff",
        "--against",
        "{grown}",
        "{tasks}",
    ),
    "fields of all images of 200 tasks": ("--print", "image", "{tasks}"),
    "log of 20,000 lines": ("--print", "log", "{log}"),
    "strings of 1 MiB": ("--print", "search", "--strings", "8", "{pages}"),
    "an expression over 1 MiB": ("--print", "search", "--regex", "--pattern", "[a-z]+ 7[0-9]* of memory", "{pages}"),
}


def dumps(scratch: Path) -> dict[str, str]:
    """What the commands are about, by name."""
    generate.one_task(scratch / "large", 1_000, 10_000)
    generate.many_tasks(scratch / "tasks", 200)
    generate.many_tasks(scratch / "copy", 200)
    generate.many_tasks(scratch / "grown", 200, pages=3)
    generate.many_descriptors(scratch / "files", 100)
    (scratch / "log").mkdir()
    logs.generate(scratch / "log" / "restore.log", 20_000, "of a restore with -v4")
    generate.sparse_pages(scratch / "pages", 1 << 20, 16)
    words = b"".join(b"line %d of memory\n\0\xff" % number for number in range(1 << 14))
    (scratch / "pages" / "pages-1.img").write_bytes((words * ((1 << 20) // len(words) + 1))[: 1 << 20])
    return {name: str(scratch / name) for name in ("large", "tasks", "copy", "grown", "files", "log", "pages")}


def counted(words: Sequence[str]) -> int:
    """Instructions that a command takes in this program's modules, loading them included."""
    count = 0

    def each(frame: FrameType, event: str, argument: Any) -> Trace:
        nonlocal count
        count += event == "opcode"
        return each

    def entered(frame: FrameType, event: str, argument: Any) -> Trace | None:
        if not frame.f_code.co_filename.startswith(PROGRAM):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return each

    threading.settrace(entered)
    sys.settrace(entered)
    from criu_tui.cli import main as program

    status = program(list(words))
    sys.settrace(None)
    assert status == 0, (status, words)
    return count


def measured(words: Sequence[str]) -> int:
    """`counted` in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.instructions", "--", *words],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return int(ran.stderr.split()[-1])


def budgets() -> dict[str, int]:
    lines = (line.split("\t") for line in BUDGETS.read_text(encoding="ascii").splitlines())
    return {what: int(count) for what, count in lines}


def main() -> int:
    if sys.argv[1:2] == ["--"]:
        print(counted(sys.argv[2:]), file=sys.stderr)
        return 0
    options = argparse.ArgumentParser(prog="python -m tests.bench.instructions", description=__doc__)
    options.add_argument("--write", action="store_true", help="take what is counted now for the budgets")
    chosen = options.parse_args()
    if sys.version_info[:2] != VERSION:
        print(f"the budgets are of Python {VERSION[0]}.{VERSION[1]}; this one's instructions are not counted")
        return 0
    with tempfile.TemporaryDirectory(prefix="criu-tui-instructions-") as scratch:
        places = dumps(Path(scratch))
        found = {what: measured([word.format(**places) for word in words]) for what, words in COMMANDS.items()}
    if chosen.write:
        BUDGETS.write_text("".join(f"{what}\t{count}\n" for what, count in found.items()), encoding="ascii")
    allowed = budgets()
    assert allowed.keys() == COMMANDS.keys(), "budgets.tsv is not of these commands: --write"
    over = {what for what, count in found.items() if count > allowed[what] * (1 + TOLERANCE)}
    for what, count in found.items():
        print(f"{count / allowed[what]:6.3f} of {allowed[what]:11,d}  {what}{'  TOO MANY' if what in over else ''}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
