"""Runs the workloads, each beside its floor and its peers in turn, and prints median ratios as Markdown tables."""

from __future__ import annotations

import argparse
import sys
import tempfile
from inspect import cleandoc
from pathlib import Path

from tests.bench import archives, decoding, growth, moves, page, printing, screens, searching
from tests.bench.peers import peers, tools
from tests.bench.workload import Bench, Workload

WORKLOADS = {
    "decode": Workload("Decoding", decoding.decode),
    "plan": Workload("Planning", decoding.planning),
    "paint": Workload("First rows", screens.paint),
    "line": Workload("A slow line", screens.slow_line, screens.SLOW_LINE_HEAD, rounds=1),
    "cursor": Workload("A cursor's moves", screens.cursor),
    "moves": Workload("What a move writes", moves.moves, moves.MOVES_HEAD, rounds=1),
    "arranging": Workload("Sorting and filtering", screens.arranging),
    "idle": Workload("Nobody touches it", screens.idle, rounds=1),
    "memory": Workload("Memory", screens.memory, rounds=1),
    "search": Workload("Searching", searching.searching),
    "diff": Workload("Comparing", searching.comparing),
    "log": Workload("Logs", decoding.reading),
    "print": Workload("Printing many tasks", printing.printing),
    "large": Workload("Printing what is large", printing.large),
    "others": Workload("Images, files, checks", printing.others),
    "archives": Workload("Archives", archives.archives),
    "tasks": Workload("Growth by tasks", growth.tasks, growth.HEAD, growth.TRIES),
    "vmas": Workload("Growth by VMAs", growth.vmas, growth.HEAD, growth.TRIES),
    "entries": Workload("Growth by pagemap entries", growth.entries, growth.HEAD, growth.TRIES),
    "lines": Workload("Growth by lines of a log", growth.lines, growth.HEAD, growth.TRIES),
    "extents": Workload("Growth by extents of an id map", growth.extents, growth.HEAD, growth.TRIES),
    "links": Workload("Growth by links of a chain", growth.links, growth.HEAD, growth.TRIES),
}


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    options.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(WORKLOADS)}; default: all")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--scale", type=int, default=1, help="divide every workload by this, to try the bench itself")
    options.add_argument("--crit", action="append", default=[], metavar="COMMAND", help="CRIU's crit (default: crit)")
    options.add_argument("--go-crit", metavar="COMMAND", help="go-criu's crit")
    options.add_argument("--write", action="store_true", help=f"write what was measured into {page.PAGE.name}")
    chosen = options.parse_args()
    unknown = set(chosen.workloads) - WORKLOADS.keys()
    if unknown:
        options.error(f"no such workload: {', '.join(sorted(unknown))}")
    found, notes = peers(chosen.crit or ["crit"], chosen.go_crit)
    chapters: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="criu-tui-bench-") as scratch:
        bench = Bench(Path(scratch), chosen.rounds, chosen.scale, found)
        for name in chosen.workloads or WORKLOADS:
            title, measure, head, rounds = WORKLOADS[name]
            lines = []
            for line in measure(bench):
                print(": ".join(filter(None, line)), file=sys.stderr, flush=True)
                lines.append(line)
            about = cleandoc(measure.__doc__ or "")
            table = page.table(head, lines)
            told = notes if name in _BESIDE_CRIT else [f"{tool}." for tool in tools()] if name in _BESIDE_TOOLS else []
            chapters[title] = page.chapter(table, about, rounds or chosen.rounds, told)
            print(f"## {title}\n{chapters[title]}")
            if chosen.write:
                page.write(chapters, [workload.title for workload in WORKLOADS.values()])
    return 0


_BESIDE_CRIT = frozenset(("decode", "plan", "others"))
_BESIDE_TOOLS = frozenset(("search", "diff", "archives"))
"""Workloads whose chapters say what they are held against."""

if __name__ == "__main__":
    sys.exit(main())
