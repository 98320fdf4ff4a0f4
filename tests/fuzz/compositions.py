"""Dumps that are short on disk and large in what they claim, and what each view of them costs.

`python -m tests.fuzz.compositions [--runs N] [--seed N]`: hard links to few files under many names, holes, and names
that are repeated, put together at random. Each view runs in a process of its own, whose memory and processor time
are held against the bytes on disk.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.images import kinds
from criu_tui.core.images.framing import U32, encode, framed, head_of
from criu_tui.core.images.schema import cgroup_pb2, pagemap_pb2, pstree_pb2

from tests.conftest import DUMPS
from tests.fuzz.views import HOST, PANES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SECONDS = 20.0
"""Of processor time that a view may take."""
MEMORY = 200 << 20
"""Bytes above those on disk that a view may take."""


class Cost(NamedTuple):
    """What a view came to."""

    seconds: float
    """Of processor time, user and system."""
    peak: int
    """Bytes of memory, the interpreter included."""
    status: int


MEASURED = """
import os, sys
from criu_tui.cli import main
try:
    status = main(sys.argv[2:])
finally:
    with open("/proc/self/status", encoding="ascii") as words:
        peak = next(line.split()[1] for line in words if line.startswith("VmHWM:"))
    os.write(int(sys.argv[1]), peak.encode())
sys.exit(status)
"""
"""A view that tells its own peak in KiB: what wait4 tells begins with the memory of the process that started it."""


def cost(directory: Path, view: Sequence[str]) -> Cost:
    """Runs one view in a process of its own; one that takes far too long is killed."""
    reads, writes = os.pipe()
    command = [sys.executable, "-c", MEASURED, "3", "--print", *view, "--host", HOST, str(directory)]
    child = os.fork()
    if child == 0:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        os.dup2(writes, 3)
        signal.alarm(int(6 * SECONDS))
        os.execv(sys.executable, command)
    os.close(writes)
    with os.fdopen(reads) as told:
        peak = told.read()
    _, status, used = os.wait4(child, 0)
    return Cost(used.ru_utime + used.ru_stime, int(peak or 0) << 10, os.waitstatus_to_exitcode(status))


def on_disk(directory: Path) -> int:
    """Bytes that the files below a directory take, each counted once."""
    found = {(s.st_dev, s.st_ino): s.st_blocks * 512 for s in (path.lstat() for path in directory.rglob("*"))}
    return sum(found.values())


# What a dump is made to be


def many_tasks(directory: Path, random: Random) -> None:
    """Many tasks, all with the images of the one that is there: hard links to a few files."""
    first = next(iter(sorted(directory.glob("mm-*.img")))).stem.removeprefix("mm-")
    pids = range(1000, 1000 + random.choice((2, 10, 100, 400)))
    entries = [pstree_pb2.pstree_entry(pid=pid, ppid=0, pgid=pid, sid=pid, threads=[pid]) for pid in pids]
    (directory / "pstree.img").write_bytes(encode(kinds.PSTREE, entries))
    for pid in pids:
        for stem in ("core", "mm", "pagemap", "fs", "ids"):
            image = directory / f"{stem}-{first}.img"
            if image.exists():
                os.link(image, directory / f"{stem}-{pid}.img")


def many_entries(directory: Path, random: Random) -> None:
    """An image repeats its last entries until it is some 900 KiB long."""
    image = random.choice([*directory.glob("mm-*.img"), *directory.glob("pagemap-*.img"), directory / "files.img"])
    if not image.exists():
        return
    data = image.read_bytes()
    size = U32.unpack_from(data, 8)[0]
    last = data[12 + size :] or data[8:]
    longer = data + last * (random.choice((100_000, 900_000)) // max(1, len(last)))
    image.unlink()
    image.write_bytes(longer)


def claims_more(directory: Path, random: Random) -> None:
    """A file is mostly a hole, and its first entry claims all of it."""
    image = random.choice(sorted(path for path in directory.glob("*.img") if not path.name.startswith("pages-")))
    head = image.read_bytes()[:8]
    claimed = random.choice((60 << 20, 900 << 20))
    image.unlink()
    image.write_bytes(head + U32.pack(claimed))
    os.truncate(image, 12 + claimed)


def pagemap_claims_more(directory: Path, random: Random) -> None:
    """The head of a pagemap is as it should be; the entry behind it is a hole."""
    image = random.choice(sorted(directory.glob("pagemap-*.img")))
    claimed = random.choice((60 << 20, 900 << 20))
    head = head_of(kinds.PAGEMAP) + framed(pagemap_pb2.pagemap_head(pages_id=1).SerializeToString())
    image.unlink()
    image.write_bytes(head + U32.pack(claimed))
    os.truncate(image, len(head) + 4 + claimed)


def sparse(directory: Path, random: Random) -> None:
    """A file becomes longer by a hole."""
    image = random.choice(sorted(path for path in directory.iterdir() if path.is_file() and not path.is_symlink()))
    os.truncate(image, image.stat().st_size + random.choice((1 << 20, 1 << 30, 1 << 40)))


def long_names(directory: Path, random: Random) -> None:
    """A cgroup with a long name and many below it, each of whose paths has that name."""
    name = "n" * random.choice((1000, 100_000, 1 << 20))
    perms = cgroup_pb2.cgroup_perms(mode=0o755, uid=0, gid=0)
    below = [
        cgroup_pb2.cgroup_dir_entry(dir_name=str(number), dir_perms=perms)
        for number in range(random.choice((30, 3000)))
    ]
    top = cgroup_pb2.cgroup_dir_entry(dir_name=name, children=below, dir_perms=perms)
    for _ in range(random.choice((0, 0, 60))):
        top = cgroup_pb2.cgroup_dir_entry(dir_name=name[:1000], children=[top], dir_perms=perms)
    entry = cgroup_pb2.cgroup_entry(controllers=[cgroup_pb2.cg_controller_entry(cnames=["cpu"], dirs=[top])])
    (directory / "cgroup.img").unlink(missing_ok=True)
    (directory / "cgroup.img").write_bytes(encode(kinds.CGROUP, [entry]))


COMPOSED: tuple[Callable[[Path, Random], None], ...] = (
    *(many_tasks, many_entries, claims_more, pagemap_claims_more, sparse, long_names),
)


def compose(directory: Path, random: Random) -> list[str]:
    """Does one to three of these to a copy of a dump, entries before the links to them; their names."""
    chosen = random.sample(COMPOSED, random.choice((1, 2, 3)))
    chosen.sort(key=(many_entries, long_names, claims_more, pagemap_claims_more, many_tasks, sparse).index)
    for do in chosen:
        do(directory, random)
    return [do.__name__ for do in chosen]


def main() -> int:
    """Exit status 1 when a view took more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.compositions")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started, over = time.monotonic(), 0
    dumps = sorted(path / "dump" for path in DUMPS.iterdir() if any((path / "dump").glob("pagemap-*.img")))
    for number in range(options.seed, options.seed + options.runs):
        random = Random(number)
        with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
            directory = Path(folder) / "dump"
            dump = random.choice(dumps)
            shutil.copytree(dump, directory, symlinks=True)
            names = compose(directory, random)
            view = random.choice(PANES)
            found, most = cost(directory, view), MEMORY + on_disk(directory)
        if found.seconds > SECONDS or found.peak > most or found.status not in (0, 2):
            over += 1
            said = f"{found.seconds:.1f} s, {found.peak >> 20} of {most >> 20} MiB, status {found.status}"
            print(f"seed {number}: {dump.parent.name} {names} {' '.join(view)}: {said}", flush=True)
    print(f"{options.runs} runs, {over} over the budget, {time.monotonic() - started:.0f} s")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
