"""`python -m tests.fuzz damage`: every damage to every dump through every view, with the figures.

`python -m tests.fuzz mutate TARGET --runs N`: mutated inputs, without guidance; `tests.fuzz.guided` has it.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from criu_tui.command_line.options import SEARCH
from criu_tui.core.dump.dump import Dump
from criu_tui.core.pages.pagemaps import pagemap_of

from tests.conftest import DUMPS
from tests.fuzz import damage, plain
from tests.fuzz.limits import bounded_time
from tests.fuzz.targets import targets
from tests.fuzz.views import FORMATS, PANES, BrokenPromiseError, print_all, print_opened_once

if TYPE_CHECKING:
    from collections.abc import Iterator

Views: TypeAlias = tuple[tuple[str, ...], ...]


def run_damage(only: list[str], *, pages: bool, every: int, first: int, start: int) -> int:
    """Tries every damage, or each `every`-th from `first` on, of each dump from the `start`-th on.

    Returns how many broke a promise.
    """
    broken: dict[str, tuple[int, str]] = {}
    tried = views = 0
    before = time.monotonic()
    for dump in sorted(path for path in DUMPS.iterdir() if path.is_dir() and (not only or path.name in only)):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            directory = damage.copy(dump, Path(folder) / dump.name)
            of_pages: dict[str, Views] = {}
            if pages:
                with _counted(broken, f"{dump.name}: files of pages cut or zeroed as a whole"):
                    of_pages = {deed: _views_of_pages(directory, deed) for deed in ("cut", "zero")}
            tasks = _tasks_of_pages(directory)
            for number, one in enumerate(damage.damages(directory, pages=pages)):
                if number < start or number % every != first:
                    continue
                tried += 1
                with damage.damaged(directory, one), _counted(broken, f"{dump.name}: {one}"):
                    views += _print_damaged(
                        directory, one, of_pages, tasks.get(one.image), FORMATS[number // (2 * every) % 2]
                    )
        print(f"{dump.name}: {tried} damages so far, {len(broken)} kinds of failure", file=sys.stderr)
    for key, (count, met) in broken.items():
        print(f"{count} x {key}\n    first: {met}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{tried} damages, {views} views, {sum(c for c, _ in broken.values())} broken promises, "
        f"{time.monotonic() - before:.0f} s, peak {peak} MiB"
    )
    return len(broken)


@contextmanager
def _counted(broken: dict[str, tuple[int, str]], what: str) -> Iterator[None]:
    """Counts a broken promise by the place where it was, with the first damage that led there."""
    try:
        yield
    except BrokenPromiseError as error:
        where = traceback.extract_tb((error.__cause__ or error).__traceback__)[-1]
        key = f"{where.filename}:{where.lineno} {str(error)[:120]}"
        count, met = broken.get(key, (0, what))
        broken[key] = count + 1, met


def _views_of_pages(directory: Path, deed: str) -> Views:
    """Views that print something else when files of pages are cut, or zeroed; to all others they are nothing."""
    with bounded_time():
        whole = print_opened_once(directory, PANES)
    seen: set[tuple[str, ...]] = set()
    for path in sorted(directory.glob("pages-*.img")):
        length = path.stat().st_size
        for start in (0, length // 2 + 1):
            with damage.damaged(directory, damage.Damage(path.name, deed, start, length)), bounded_time():
                found = print_opened_once(directory, PANES)
            seen |= {view[:-1] for view, text in found.items() if text != whole[view]}
    return tuple(view for view in PANES if view in seen)


def _tasks_of_pages(directory: Path) -> dict[str, int]:
    """Files of pages that are those of one task, with its PID."""
    dump = Dump(directory)
    return {f"pages-{pagemap_of(dump, pid).pages_id}.img": pid for pid in dump.pids if len(pagemap_of(dump, pid))}


def _print_damaged(directory: Path, one: damage.Damage, of_pages: dict[str, Views], pid: int | None, form: str) -> int:
    """All views that the damage can show in; the number of them.

    Of a pages file there are so many cuts that the dump is opened once for all views, each is printed
    in one format, the other one at the next cut, and only the task whose pages they are is searched.
    """
    if one.image.startswith("pages-") and one.deed in of_pages:
        with bounded_time():
            views = tuple(
                (*view, "--task", str(pid)) if pid is not None and view[0] == SEARCH else view
                for view in of_pages[one.deed]
            )
            return len(print_opened_once(directory, views, (form,)))
    count = 0
    for view in PANES:
        with bounded_time():
            count += print_all(directory, (view,))
    return count


def run_mutate(names: list[str], runs: int, seed: int) -> int:
    """Throws inputs at targets; returns the number of kinds of find."""
    found = 0
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        known = targets(Path(folder))
        for name in names or known:
            result = plain.run(known[name], runs, seed)
            for place, (count, data) in result.finds.items():
                print(f"{count} x {place}\n    {data[:400]!r}")
            print(f"{name}: {result.inputs} inputs, {len(result.finds)} kinds of find, {result.seconds:.0f} s")
            found += len(result.finds)
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
    return found


def main() -> int:
    """Reads the command line; exit status 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    commands = parser.add_subparsers(dest="command", required=True)
    damage_ = commands.add_parser("damage", help="every damage to every dump")
    damage_.add_argument("dump", nargs="*")
    damage_.add_argument("--pages", action="store_true", help="cut and zero files of pages too (hours)")
    damage_.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th damage")
    damage_.add_argument("--first", type=int, default=0, metavar="K", help="with --every: from the K-th on, from 0")
    damage_.add_argument("--start", type=int, default=0, metavar="N", help="of each dump only from the N-th damage on")
    mutate = commands.add_parser("mutate", help="mutated inputs")
    mutate.add_argument("target", nargs="*")
    mutate.add_argument("--runs", type=int, default=1000)
    mutate.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.command == "damage" and not 0 <= options.first < options.every:
        parser.error("--first goes with --every: from 0 up to, but not including, that")
    if options.command == "mutate":
        return 1 if run_mutate(options.target, options.runs, options.seed) else 0
    return (
        1
        if run_damage(options.dump, pages=options.pages, every=options.every, first=options.first, start=options.start)
        else 0
    )


if __name__ == "__main__":
    sys.exit(main())
