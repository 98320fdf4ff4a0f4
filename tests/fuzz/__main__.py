"""`python -m tests.fuzz damage`: every damage to every dump through every view, with the figures."""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.conftest import DUMPS
from tests.fuzz import damage
from tests.fuzz.views import BrokenPromiseError, print_all


def run_damage(only: list[str], *, pages: bool, every: int) -> int:
    """Tries every damage, or each `every`-th; returns how many broke a promise."""
    broken: dict[str, tuple[int, str]] = {}
    tried = views = 0
    before = time.monotonic()
    for dump in sorted(path for path in DUMPS.iterdir() if path.is_dir() and (not only or path.name in only)):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            directory = damage.copy(dump, Path(folder) / dump.name)
            for number, one in enumerate(damage.damages(directory, pages=pages)):
                if number % every:
                    continue
                tried += 1
                with damage.damaged(directory, one):
                    try:
                        views += print_all(directory)
                    except BrokenPromiseError as error:
                        where = traceback.extract_tb((error.__cause__ or error).__traceback__)[-1]
                        key = f"{where.filename}:{where.lineno} {str(error)[:120]}"
                        count, first = broken.get(key, (0, f"{dump.name}: {one}"))
                        broken[key] = count + 1, first
        print(f"{dump.name}: {tried} damages so far, {len(broken)} kinds of failure", file=sys.stderr)
    for key, (count, first) in broken.items():
        print(f"{count} x {key}\n    first: {first}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{tried} damages, {views} views, {sum(c for c, _ in broken.values())} broken promises, "
        f"{time.monotonic() - before:.0f} s, peak {peak} MiB"
    )
    return len(broken)


def main() -> int:
    """Reads the command line; exit status 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    commands = parser.add_subparsers(dest="command", required=True)
    damage_ = commands.add_parser("damage", help="every damage to every dump")
    damage_.add_argument("dump", nargs="*")
    damage_.add_argument("--pages", action="store_true", help="cut and zero files of pages too (hours)")
    damage_.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th damage")
    options = parser.parse_args()
    return 1 if run_damage(options.dump, pages=options.pages, every=options.every) else 0


if __name__ == "__main__":
    sys.exit(main())
