"""Dumped bytes searched and compared, beside the tools that do no more than that to a file."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING

from tests.bench import generate
from tests.bench.workload import MIB, PRINT, SMALLEST, Bench, Line, beside, timed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.measure import Work

COUNTED = '"$@" | cat'
"""Shows a shell what a command prints: to /dev/null grep prints nothing, and so ends at its first match."""
NEEDLE, EXPRESSION = "needle-in-memory", "worker7.*zzzz"


def searching(bench: Bench) -> Iterator[Line]:
    """1 GiB of pages: a fifth zeros, a fifth lines of text, a fifth numbers, the rest random."""
    dump = bench.dump("full", lambda at: generate.full_pages(at, _size(bench)))
    pages = str(dump / "pages-1.img")
    searched = [*PRINT, "search", str(dump)]
    for what, command, peers in (
        ("text", ["--pattern", NEEDLE], (["grep", "-acF", NEEDLE], ["rg", "-acF", NEEDLE])),
        (
            "an expression",
            ["--regex", "--pattern", EXPRESSION],
            (["grep", "-acE", EXPRESSION], ["rg", "-ac", EXPRESSION]),
        ),
        ("strings of 8", ["--strings", "8"], (["strings", "-n", "8"],)),
    ):
        others: dict[str, Work] = {
            f"`{' '.join(peer)}`": timed(["sh", "-c", COUNTED, "sh", *peer, pages])
            for peer in peers
            if shutil.which(peer[0]) is not None
        }
        others["in the smallest dump"] = timed([*PRINT, "search", SMALLEST, *command])
        yield from beside(bench, f"search for {what} in 1 GiB", timed([*searched, *command]), others)
    hashed = timed(["sh", "-c", 'cat "$1" | b2sum', "sh", pages])
    equal = timed([*PRINT, "coverage", "--contents", dump])
    yield from beside(bench, "--contents of 1 GiB", equal, {"`cat` into `b2sum`": hashed})


def comparing(bench: Bench) -> Iterator[Line]:
    """Two dumps of 1 GiB whose last byte differs, beside cmp over their pages files; in long runs and page by page."""
    for what, name, make in (
        ("two dumps of 1 GiB", "pair", generate.full_pages),
        ("the same in entries of a page each", "pieces", generate.single_pages),
    ):
        first, second = (bench.dump(f"{name}-{side}", partial(make, size=_size(bench))) for side in "ab")
        files = [str(dump / "pages-1.img") for dump in (first, second)]
        with open(files[1], "r+b") as file:  # noqa: PTH123
            file.seek(-1, 2)
            file.write(b"\xff")
        ours = timed([*PRINT, "diff", "--against", second, first])
        floor = timed(["sh", "-c", 'cmp "$@" || true', "sh", *files])
        yield from beside(bench, f"--print diff of {what}", ours, {"cmp": floor})
        for dump in (first, second):
            shutil.rmtree(dump)


def _size(bench: Bench) -> int:
    return max(16, 1024 // bench.scale) * MIB
