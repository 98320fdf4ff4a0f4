"""A million of each: `python -m tests.fuzz.scale [--divide N] [KIND ...]`.

Dumps and logs that are as large as they can be, each opened by every view that a person would ask for, and by the app
until it is at rest: held to 200 MiB above the bytes on disk and 20 s of processor time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core import demos
from criu_tui.core.dump.vma import Prot
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode, framed, head_of
from criu_tui.core.images.schema import mm_pb2, pstree_pb2, userns_pb2, vma_pb2

from tests.bench import logs
from tests.fuzz.compositions import MEMORY, SECONDS, cost, on_disk
from tests.pseudo_terminal import ALTERNATE_SCREEN, OURS, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = 0x100000000000
PID = 7
LAST = 0xFFFFFFFF


class Scale(NamedTuple):
    """What is made in large numbers."""

    most: int
    make: Callable[[Path, int], None]
    views: tuple[str, ...]
    """Besides the summary and the findings: the panes that show it."""


def small(directory: Path) -> None:
    """A dump of one task."""
    mapping = demos.Mapping(BASE, 4096, Prot.READ | Prot.WRITE, pages=(BASE,))
    demos.write(demos.DemoDump("one", (demos.DemoTask(PID, 0, "one", (mapping,)),)), directory)


def tasks(directory: Path, count: int) -> None:
    """Tasks in the tree, eight children to each; the images of the first are there."""
    small(directory)
    with (directory / "pstree.img").open("wb") as file:
        file.write(head_of(kinds.PSTREE))
        for number in range(count):
            pid = PID + number
            above = 0 if number == 0 else PID + (number - 1) // 8
            entry = pstree_pb2.pstree_entry(pid=pid, ppid=above, pgid=PID, sid=PID, threads=[pid])
            file.write(framed(entry.SerializeToString()))


def threads(directory: Path, count: int) -> None:
    """Threads of one task; the image of the first is there."""
    small(directory)
    entry = pstree_pb2.pstree_entry(pid=PID, ppid=0, pgid=PID, sid=PID, threads=range(PID, PID + count))
    (directory / "pstree.img").write_bytes(encode(kinds.PSTREE, [entry]))


def vmas(directory: Path, count: int) -> None:
    """Mappings of one task, in one message."""
    small(directory)
    path = directory / f"mm-{PID}.img"
    data = path.read_bytes()
    mm = mm_pb2.mm_entry.FromString(data[12:])
    one = vma_pb2.vma_entry()
    one.CopyFrom(mm.vmas[0])
    parts = [mm.SerializeToString()]
    for number in range(1, count):
        one.start, one.end = BASE + number * 8192, BASE + number * 8192 + 4096
        one.prot = (0, 1, 3)[number % 3]
        parts.append(mm_pb2.mm_entry(vmas=[one]).SerializePartialToString())
    path.write_bytes(head_of(kinds.MM) + framed(b"".join(parts)))


def files(directory: Path, count: int) -> None:
    """Files in the directory: images of file descriptors, and others that are none."""
    small(directory)
    for number in range(count):
        if number % 2:
            (directory / f"fdinfo-{number}.img").write_bytes(head_of(kinds.FDINFO))
        else:
            (directory / f"file-{number}").touch()


def extents(directory: Path, count: int) -> None:
    """Extents of both id maps."""
    small(directory)
    extent = [userns_pb2.uid_gid_extent(first=number, lower_first=LAST - number, count=1) for number in range(count)]
    entry = userns_pb2.userns_entry(uid_map=extent, gid_map=extent)
    (directory / "userns-9.img").write_bytes(encode(kinds.USERNS, [entry]))


def long_line(directory: Path, count: int) -> None:
    """A log with one line of so many bytes, between others."""
    small(directory)
    with (directory / "dump.log").open("wb") as file:
        file.write(b"(00.000068) Version: 4.2.1 (gitid 0)\n(00.000070) ")
        for _ in range(count >> 20):
            file.write(b"x" * (1 << 20))
        file.write(b"\n(00.000071) Error (criu/files-reg.c:2353): File is gone\n")


def lines(directory: Path, count: int) -> None:
    """Lines of a log."""
    small(directory)
    logs.generate(directory / "restore.log", count, next(iter(logs.SHAPES)))


SCALES = {
    "tasks": Scale(1_000_000, tasks, ("task", "maps", "plan")),
    "threads": Scale(1_000_000, threads, ("task",)),
    "vmas": Scale(1_000_000, vmas, ("maps", "coverage", "plan", "task")),
    "files": Scale(100_000, files, ("images", "files")),
    "extents": Scale(100_000, extents, ("ids",)),
    "long-line": Scale(1 << 30, long_line, ("log",)),
    "lines": Scale(10_000_000, lines, ("log",)),
}


def painted(directory: Path, pane: str) -> tuple[float, int]:
    """Seconds of processor time and bytes of memory at most, up to a whole screen at rest."""
    with Terminal([*OURS, "--pane", pane, str(directory)], (120, 40)) as terminal:
        terminal.wait_for(ALTERNATE_SCREEN)
        started = time.monotonic()
        before = -1.0
        while (used := _processor(terminal.process.pid)) != before and time.monotonic() - started < 6 * SECONDS:
            before = used
            # At rest once no processor time has passed for so long.
            end = time.monotonic() + 1.5
            while time.monotonic() < end:
                terminal.read(0.1)
            assert terminal.process.poll() is None
        status = Path(f"/proc/{terminal.process.pid}/status").read_text(encoding="ascii")
        assert b"a bug in criu-tui" not in terminal.output
    return used, int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) << 10


def _processor(pid: int) -> float:
    # proc(5): user and system time are the fourteenth and fifteenth field.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return round((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), 1)


def main() -> int:
    """Exit status 1 when something took more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.scale")
    parser.add_argument("kind", nargs="*", choices=[[], *SCALES], help=f"of {', '.join(SCALES)}; default: all")
    parser.add_argument("--divide", type=int, default=1, help="make so many times fewer, to try the script itself")
    options = parser.parse_args()
    over = 0
    for name in options.kind or SCALES:
        kind = SCALES[name]
        folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
        try:
            directory = folder / "dump"
            directory.mkdir()
            kind.make(directory, kind.most // options.divide)
            disk = on_disk(directory)
            for view in ("summary", "findings", *kind.views):
                found = cost(directory, (view,))
                over += _told(f"{name}: --print {view}", found.seconds, found.peak, disk, found.status)
            pane = kind.views[0] if kind.views[0] not in ("images",) else "files"
            for each in (pane, "overview"):
                over += _told(f"{name}: the app, at {each}", *painted(directory, each), disk, 0)
        finally:
            shutil.rmtree(folder)
    return int(over > 0)


def _told(what: str, seconds: float, peak: int, disk: int, status: int) -> bool:
    over = seconds > SECONDS or peak > disk + MEMORY or status != 0
    words = f"{seconds:.1f} s, {peak >> 20} of {disk + MEMORY >> 20} MiB"
    print(f"{'OVER ' if over else ''}{what}: {words}, exit status {status}", flush=True)
    return over


if __name__ == "__main__":
    sys.exit(main())
