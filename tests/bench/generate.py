"""Writes large dumps, through our own encoder.

Pages files are sparse: as long as their pagemap says, and empty.
"""

from __future__ import annotations

import random
import struct
from typing import TYPE_CHECKING

from criu_tui.core import demos
from criu_tui.core.dump.vma import TASK_SIZE_X86_64, MapFlag, Prot, VmaStatus
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode
from criu_tui.core.images.schema import (
    core_pb2,
    events_pb2,
    fdinfo_pb2,
    fown_pb2,
    pipe_pb2,
    regfile_pb2,
    sk_opts_pb2,
    sk_unix_pb2,
)
from criu_tui.core.pages.entries import PageFlag
from criu_tui.core.pages.reader import encode_pagemap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PAGE = 4096
GIB = 1 << 30
BASE = 0x100000000000
PROGRAM = 0x400000
PID = 7
RW = Prot.READ | Prot.WRITE
PRESENT, LAZY_TOO, LAZY = PageFlag.PRESENT, PageFlag.PRESENT | PageFlag.LAZY, PageFlag.LAZY

VSYSCALL = demos.Mapping(
    0xFFFFFFFFFF600000, PAGE, Prot.READ | Prot.EXEC, MapFlag.PRIVATE, VmaStatus.REGULAR | VmaStatus.VSYSCALL
)
"""Last in every real list; some peers fail without a VMA above the last entry."""

_FILE = VmaStatus.REGULAR | VmaStatus.FILE_PRIVATE
_SLOT = 256
"""Pages from the start of one run to that of the next."""
_COUNTS = (1, 2, 3, 1, 7, 1, 130, 1, 16, 2, 1)
"""Pages of a run, in turn: most are short, some need two bytes to encode."""
_FLAGS = (PRESENT, PRESENT, LAZY_TOO, PRESENT, PRESENT, LAZY, PRESENT)
_PROTS = (RW, Prot.READ, Prot.NONE)


def one_task(directory: Path, vmas: int, entries: int) -> Path:
    """One task of `vmas` mappings of alternating protection, the vsyscall page among them, and `entries` page runs."""
    own = vmas - 1
    runs_each = -(-entries // own)
    length = (runs_each * _SLOT + 1) * PAGE
    mappings = [demos.Mapping(BASE + n * length, length, _PROTS[n % len(_PROTS)]) for n in range(own)]
    assert mappings[-1].end < TASK_SIZE_X86_64
    runs = [
        (
            mappings[n * own // entries].start + n % runs_each * _SLOT * PAGE,
            _COUNTS[n % len(_COUNTS)],
            int(_FLAGS[n % len(_FLAGS)]),
        )
        for n in range(entries)
    ]
    return _write(directory, mappings, sorted(runs))


def sparse_pages(directory: Path, size: int = 64 * GIB, runs: int = 4096) -> Path:
    """One task with one mapping of `size` bytes, dumped whole: every page has its place in the pages file."""
    each = size // runs
    mapping = demos.Mapping(BASE, size, RW)
    return _write(directory, [mapping], [(BASE + n * each, each // PAGE, int(PRESENT)) for n in range(runs)])


def large_memory(directory: Path, size: int, vmas: int = 4096) -> Path:
    """One task with `size` bytes in mappings that adjoin, dumped whole: every page has its place in the pages file."""
    each = size // vmas
    mappings = [demos.Mapping(BASE + n * each, each, (RW, Prot.READ)[n % 2]) for n in range(vmas)]
    return _write(directory, mappings, [(mapping.start, each // PAGE, int(PRESENT)) for mapping in mappings])


def forked(directory: Path, tasks: int, vmas: int) -> Path:
    """A task and its children, which have all its mappings."""
    directory.mkdir(parents=True, exist_ok=True)
    mappings = tuple(demos.Mapping(BASE + n * 2 * PAGE, PAGE, RW) for n in range(vmas))
    made = (demos.DemoTask(100 + n, 0 if n == 0 else 100, f"task-{n}", mappings) for n in range(tasks))
    demos.write(demos.DemoDump("forked", tuple(made)), directory)
    return directory


def many_extents(directory: Path, extents: int) -> Path:
    """Two tasks in a user namespace that maps so many single ids."""
    directory.mkdir(parents=True, exist_ok=True)
    ids = tuple((n, 100_000 + 2 * n, 1) for n in range(extents))
    tasks = tuple(demos.DemoTask(100 + n, 100 * n, f"task-{n}", (demos.Mapping(BASE, PAGE, RW),)) for n in range(2))
    demos.write(demos.DemoDump("extents", tasks, ids, ids), directory)
    return directory


def full_pages(directory: Path, size: int = GIB) -> Path:
    """`sparse_pages` with something in them: of five pieces of a MiB one of zeros, two random, lines, numbers."""
    sparse_pages(directory, size)
    chance = random.Random(1)
    lines = b"".join(b"worker%d handled request %d in %d ms\n" % (n % 9, n, n % 77) for n in range(30_000))[: 1 << 20]
    numbers = struct.pack(f"<{1 << 17}Q", *(chance.randrange(1 << 40) for _ in range(1 << 17)))
    with (directory / "pages-1.img").open("wb") as file:
        for number in range(size >> 20):
            piece = bytearray((bytes(1 << 20), None, lines, None, numbers)[number % 5] or chance.randbytes(1 << 20))
            if number % 100 == 7:
                piece[5000:5029] = b"worker7 needle-in-memory zzzz"
            file.write(piece)
    return directory


def single_pages(directory: Path, size: int = GIB) -> Path:
    """`full_pages` in a mapping of twice the size that has every other page, an entry for each."""
    full_pages(directory, size)
    pages = [(BASE + n * 2 * PAGE, 1, int(PRESENT)) for n in range(size // PAGE)]
    contents = (directory / "pages-1.img").rename(directory / "filled")
    _write(directory, [demos.Mapping(BASE, 2 * size, RW)], pages)
    contents.rename(directory / "pages-1.img")
    return directory


def chain(directory: Path, levels: int = 5, entries: int = 100_000) -> Path:
    """Incremental dumps 0 to levels - 1, each the parent of the next; returns the last.

    Level 0 has every page; in each later one every `levels`th run was written again and the rest lies in the parent.
    """
    mapping = demos.Mapping(BASE, entries * 4 * PAGE, RW)
    for level in range(levels):
        runs = [
            (BASE + n * 4 * PAGE, 2, int(PRESENT if level in (0, n % levels) else PageFlag.PARENT))
            for n in range(entries)
        ]
        made = _write(directory / str(level), [mapping], runs)
        if level:
            (made / "parent").symlink_to(f"../{level - 1}")
    return directory / str(levels - 1)


def many_tasks(directory: Path, count: int, *, program: bool = False, pages: int = 1) -> Path:
    """A tree of `count` tasks, eight children to each, every one with core, ids, mm, pagemap and pages.

    With `program` each also maps its program, as all real ones do; `pages` are those of its own mapping, all dumped.
    """
    code = (demos.Mapping(PROGRAM, 16 * PAGE, Prot.READ | Prot.EXEC, MapFlag.PRIVATE, _FILE),) if program else ()
    directory.mkdir(parents=True, exist_ok=True)
    tasks = tuple(
        demos.DemoTask(
            100 + number,
            0 if number == 0 else 100 + (number - 1) // 8,
            f"task-{number}",
            (*code, demos.Mapping(at, pages * PAGE, RW, pages=tuple(range(at, at + pages * PAGE, PAGE)))),
        )
        for number in range(count)
        for at in (BASE + number * PAGE,)
    )
    demos.write(demos.DemoDump("many", tasks), directory)
    return directory


def many_descriptors(directory: Path, tasks: int, each: int = 20) -> Path:
    """`many_tasks`, each with `each` descriptors: of ten, five files, two pipe ends, two sockets, an eventfd."""
    many_tasks(directory, tasks, program=True)
    files: list[fdinfo_pb2.file_entry] = []
    for task in range(tasks):
        pid, table = 100 + task, 10 + task
        held: list[fdinfo_pb2.fdinfo_entry] = []
        for fd in range(each):
            files.append(_file(2 + len(files), task, fd))
            held.append(fdinfo_pb2.fdinfo_entry(id=files[-1].id, flags=0, type=files[-1].type, fd=fd))
        ids = core_pb2.task_kobj_ids_entry(vm_id=table, files_id=table, fs_id=table, sighand_id=table, user_ns_id=7)
        (directory / f"ids-{pid}.img").write_bytes(encode(kinds.IDS, (ids,)))
        (directory / f"fdinfo-{table}.img").write_bytes(encode(kinds.FDINFO, held))
    program = (directory / "files.img").read_bytes()
    (directory / "files.img").write_bytes(program + encode(kinds.FILES, files)[8:])
    return directory


def _file(number: int, task: int, fd: int) -> fdinfo_pb2.file_entry:
    """The file of a descriptor: pipes and sockets lead from each even task to the odd one after it."""
    made = fdinfo_pb2.file_entry(id=number)
    owner = fown_pb2.fown_entry(uid=0, euid=0, signum=0, pid_type=0, pid=0)
    pair, right = (task // 2 * 100 + fd) * 2 + 1000, task % 2
    match fd % 10:
        case 3 | 4:
            made.type = fdinfo_pb2.PIPE
            made.pipe.CopyFrom(pipe_pb2.pipe_entry(id=number, pipe_id=pair, flags=right, fown=owner))
        case 5 | 6:
            made.type = fdinfo_pb2.UNIXSK
            made.usk.CopyFrom(
                sk_unix_pb2.unix_sk_entry(
                    id=number, ino=pair + right, type=1, state=1, flags=2, uflags=0, backlog=0, peer=pair + 1 - right,
                    fown=owner, opts=sk_opts_pb2.sk_opts_entry(
                        so_sndbuf=212992, so_rcvbuf=212992, so_snd_tmo_sec=0, so_snd_tmo_usec=0, so_rcv_tmo_sec=0,
                        so_rcv_tmo_usec=0,
                    ), name=b"",
                )
            )  # fmt: skip
        case 7:
            made.type = fdinfo_pb2.EVENTFD
            made.efd.CopyFrom(events_pb2.eventfd_file_entry(id=number, flags=2, fown=owner, counter=fd))
        case _:
            made.type = fdinfo_pb2.REG
            made.reg.CopyFrom(
                regfile_pb2.reg_file_entry(
                    id=number, flags=2, pos=fd, fown=owner, name=f"/var/lib/service-{task}/data/{fd}.db", size=4096,
                    mode=0o100644,
                )
            )  # fmt: skip
    return made


def _write(directory: Path, mappings: Sequence[demos.Mapping], runs: list[tuple[int, int, int]]) -> Path:
    """A dump of one task with these mappings and (address, pages, flags) of its pagemap."""
    directory.mkdir(parents=True, exist_ok=True)
    task = demos.DemoTask(PID, 0, "large", (*mappings, VSYSCALL))
    demos.write(demos.DemoDump("large", (task,)), directory)
    (directory / f"pagemap-{PID}.img").write_bytes(encode_pagemap(1, runs))
    with (directory / "pages-1.img").open("wb") as file:
        file.truncate(PAGE * sum(pages for _, pages, flags in runs if flags & PRESENT))
    return directory
