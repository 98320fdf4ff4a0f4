"""Dumps that are short on disk and large in what they claim, and what each view of them costs.

`python -m tests.fuzz.compositions [--runs N] [--seed N] [--seconds N]`: hard links to few files under many names,
holes, and names that are repeated, put together at random. Each view runs in a process of its own, whose memory and
processor time are held against the bytes on disk: a copy of one that has all modules loaded, and where that takes too
much, the program itself. The first seed is a fresh one; that of what is found makes it again with `--runs 1`.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.cli import main as print_view
from criu_tui.core.dump.vma import VmaStatus
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import U32, encode, framed, head_of
from criu_tui.core.images.images import read_entries
from criu_tui.core.images.schema import cgroup_pb2, fdinfo_pb2, mm_pb2, pagemap_pb2, pstree_pb2

from tests.conftest import DUMPS
from tests.fuzz.views import HOST, PANES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SECONDS = 20.0
"""Of processor time that a view may take."""
MEMORY = 200 << 20
"""Bytes above those on disk that a view may take."""

EXIT_UNTOLD = 99
"""Of a view that has not come to an end of its own."""


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


def _words(directory: Path, view: Sequence[str]) -> list[str]:
    return ["--print", *view, "--host", HOST, str(directory)]


def _cost_of(run: Callable[[int], object]) -> Cost:
    """What a process comes to that runs this, and tells its peak in KiB through the descriptor that it is given."""
    reads, writes = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        # One that takes far too long is killed, by the clock only where it does not even use its processor.
        resource.setrlimit(resource.RLIMIT_CPU, (int(6 * SECONDS), int(6 * SECONDS) + 5))
        signal.alarm(int(60 * SECONDS))
        run(writes)
        os._exit(EXIT_UNTOLD)
    os.close(writes)
    with os.fdopen(reads) as told:
        peak = told.read()
    _, status, used = os.wait4(child, 0)
    return Cost(used.ru_utime + used.ru_stime, int(peak or 0) << 10, os.waitstatus_to_exitcode(status))


def cost(directory: Path, view: Sequence[str]) -> Cost:
    """What one view comes to, the start of the program included."""

    def run(writes: int) -> None:
        os.dup2(writes, 3)
        os.execv(sys.executable, [sys.executable, "-c", MEASURED, "3", *_words(directory, view)])

    return _cost_of(run)


def cost_of_copy(directory: Path, view: Sequence[str]) -> Cost:
    """What one view comes to in a copy of this process, which has all that it needs: a start takes longer than most."""

    def run(writes: int) -> None:
        status = EXIT_UNTOLD
        try:
            status = print_view(_words(directory, view))
            sys.stdout.flush()
        finally:
            with Path("/proc/self/status").open(encoding="ascii") as words:
                peak = next(line.split()[1] for line in words if line.startswith("VmHWM:"))
            os.write(writes, peak.encode())
            os._exit(status)

    return _cost_of(run)


def on_disk(directory: Path) -> int:
    """Bytes that the files below a directory take, each counted once."""
    found = {(s.st_dev, s.st_ino): s.st_blocks * 512 for s in (path.lstat() for path in directory.rglob("*"))}
    return sum(found.values())


# What a dump is made to be

TASKS = (2, 2, 2, 5, 5, 5, 10, 10, 10, 30, 30, 100, 400)
"""How many: those that take long are the few."""


def many_tasks(directory: Path, random: Random) -> None:
    """Many tasks, all with the images of the one that is there: hard links to a few files."""
    first = next(iter(sorted(directory.glob("mm-*.img")))).stem.removeprefix("mm-")
    pids = range(1000, 1000 + random.choice(TASKS))
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


def long_paths(directory: Path, random: Random) -> None:
    """Files with long names, one of which is mapped and open many times."""
    image = directory / "files.img"
    entries = list(read_entries(image, kinds.FILES, fdinfo_pb2.file_entry).entries) if image.exists() else []
    named = [entry for entry in entries if entry.HasField("reg")]
    if not named:
        return
    for entry in random.sample(named, min(len(named), random.choice((1, 1, 20)))):
        entry.reg.name = "/" + random.choice(("n", "n/", "é")) * random.choice((4000, 50_000, 300_000))
        longest = entry
    image.unlink()
    image.write_bytes(encode(kinds.FILES, entries))
    times = random.choice((10, 300, 3000, 30_000))
    mm = random.choice(sorted(directory.glob("mm-*.img")))
    space = read_entries(mm, kinds.MM, mm_pb2.mm_entry).entries
    mapped = [vma for each in space for vma in each.vmas if vma.status & VmaStatus.FILE_PRIVATE]
    if mapped:
        one = mapped[-1]
        at = max(vma.end for vma in space[0].vmas if vma.end < 1 << 47) + (1 << 20)
        one.shmid = longest.id
        for number in range(times):
            one.start, one.end = at + number * 8192, at + number * 8192 + 4096
            space[0].vmas.append(one)
        space[0].vmas.sort(key=lambda vma: vma.start)
        mm.unlink()
        mm.write_bytes(encode(kinds.MM, space))
    for fdinfo in sorted(directory.glob("fdinfo-*.img"))[:1]:
        opened = [fdinfo_pb2.fdinfo_entry(id=longest.id, flags=0, type=fdinfo_pb2.REG, fd=fd) for fd in range(times)]
        fdinfo.unlink()
        fdinfo.write_bytes(encode(kinds.FDINFO, opened))


COMPOSED: tuple[Callable[[Path, Random], None], ...] = (
    *(many_tasks, many_entries, claims_more, pagemap_claims_more, sparse, long_names, long_paths),
)


def compose(directory: Path, random: Random) -> list[str]:
    """Does one to three of these to a copy of a dump, entries before the links to them; their names."""
    chosen = random.sample(COMPOSED, random.choice((1, 2, 3)))
    chosen.sort(key=(long_paths, many_entries, long_names, claims_more, pagemap_claims_more, many_tasks, sparse).index)
    for do in chosen:
        do(directory, random)
    return [do.__name__ for do in chosen]


def _load_all(dump: Path) -> None:
    """Runs each view once, so that copies of this process have all modules."""
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        for view in PANES:
            print_view(_words(dump, view))
    gc.collect()
    gc.freeze()


def _too_much(found: Cost, most: int) -> bool:
    return found.seconds > SECONDS or found.peak > most or found.status not in (0, 2)


def main() -> int:
    """Exit status 1 when a view took more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.compositions")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, help="of the first; default: a fresh one, which is printed")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no other after so long")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}", flush=True)
    dumps = sorted(path / "dump" for path in DUMPS.iterdir() if any((path / "dump").glob("pagemap-*.img")))
    _load_all(dumps[0])
    started, runs, over = time.monotonic(), 0, 0
    for number in range(seed, seed + options.runs):
        if time.monotonic() - started > options.seconds:
            break
        runs += 1
        random = Random(number)
        with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
            directory = Path(folder) / "dump"
            dump = random.choice(dumps)
            shutil.copytree(dump, directory, symlinks=True)
            names = compose(directory, random)
            view = random.choice(PANES)
            most = MEMORY + on_disk(directory)
            found = cost_of_copy(directory, view)
            if _too_much(found, most):
                found = cost(directory, view)
        if _too_much(found, most):
            over += 1
            said = f"{found.seconds:.1f} s, {found.peak >> 20} of {most >> 20} MiB, status {found.status}"
            print(f"seed {number}: {dump.parent.name} {names} {' '.join(view)}: {said}", flush=True)
    print(f"{runs} runs, {over} over the budget, {time.monotonic() - started:.0f} s")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
