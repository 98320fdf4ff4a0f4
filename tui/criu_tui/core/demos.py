"""Writes the built-in dumps, through our own encoder, into a directory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from criu_tui.core.base.text import PAGE
from criu_tui.core.dump.vma import MapFlag, Prot, Status
from criu_tui.core.images import images
from criu_tui.core.images.images import encode
from criu_tui.core.images.schema import core_pb2, fdinfo_pb2, inventory_pb2, mm_pb2, pstree_pb2, userns_pb2
from criu_tui.core.pages.pagemap import PageFlag, encode_pagemap

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30
MIB = 1 << 20

_PRIVATE = MapFlag.PRIVATE | MapFlag.ANONYMOUS
_ANON = Status.REGULAR | Status.ANON_PRIVATE
_EXE = 1
_ROOT_PID = 4242


@dataclass(frozen=True, slots=True)
class Mapping:
    """A VMA to write, with the pages in it that hold data."""

    start: int
    size: int
    prot: Prot
    flags: MapFlag = _PRIVATE
    status: Status = _ANON
    pages: tuple[int, ...] = ()
    """Addresses, each of one dumped page."""

    @property
    def end(self) -> int:
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class DemoTask:
    """One task to write; mappings sorted by start."""

    pid: int
    ppid: int
    comm: str
    mappings: tuple[Mapping, ...]
    creds: tuple[int, int] = (0, 0)
    """uid and gid inside the namespace."""


@dataclass(frozen=True, slots=True)
class DemoDump:
    """What a demo shows and what it is made of."""

    title: str
    tasks: tuple[DemoTask, ...] = ()
    uid_map: tuple[tuple[int, int, int], ...] = ()
    gid_map: tuple[tuple[int, int, int], ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    """Text files beside the images."""


def _program() -> tuple[Mapping, ...]:
    """The program's own file mappings, with the pages that a run of it leaves written."""
    file = Status.REGULAR | Status.FILE_PRIVATE
    return (
        Mapping(0x400000, 0x1000, Prot.READ, MapFlag.PRIVATE, file),
        Mapping(0x401000, 0x7A000, Prot.READ | Prot.EXEC, MapFlag.PRIVATE, file),
        Mapping(0x4A7000, 0x3000, Prot.READ | Prot.WRITE, MapFlag.PRIVATE, file, (0x4A7000, 0x4A8000)),
        Mapping(0x4AA000, 0x22000, Prot.READ | Prot.WRITE, status=_ANON | Status.HEAP, pages=(0x4AA000, 0x4AB000)),
    )


def _stack(start: int = 0x7FFC5DB96000) -> Mapping:
    pages = (start + 0x1F000, start + 0x20000)
    return Mapping(start, 0x21000, Prot.READ | Prot.WRITE, _PRIVATE | MapFlag.GROWSDOWN, _ANON, pages)


def _reservations(base: int = 0x7E8661200000) -> tuple[Mapping, ...]:
    """Two 400 GiB PROT_NONE reservations, a 10 MiB writable window in the middle of each.

    The kernel merges what lies between the windows into one VMA, since the reservations adjoin.
    """
    first, second = base + 200 * GIB, base + 600 * GIB
    window = 10 * MIB
    return (
        Mapping(base, 200 * GIB, Prot.NONE),
        Mapping(first, window, Prot.READ | Prot.WRITE, pages=(first,)),
        Mapping(first + window, 400 * GIB - window, Prot.NONE),
        Mapping(second, window, Prot.READ | Prot.WRITE, pages=(second,)),
        Mapping(second + window, 200 * GIB - window, Prot.NONE),
    )


def _boundary() -> DemoDump:
    return DemoDump(
        "two 400 GiB PROT_NONE reservations, a writable window with data in each",
        (DemoTask(_ROOT_PID, 0, "reserve", (*_program(), *_reservations(), _stack())),),
    )


def _fork() -> DemoDump:
    space = (*_program(), *_reservations(), _stack())
    return DemoDump(
        "the two reservations in a process that has forked: COW pairs, writable on every release",
        (DemoTask(_ROOT_PID, 0, "reserve", space), DemoTask(_ROOT_PID + 1, _ROOT_PID, "reserve", space)),
    )


def _trailing() -> DemoDump:
    stack = _stack(0x7F0000000000)
    return DemoDump(
        "a 400 GiB PROT_NONE reservation above the last dumped page: writable on every release",
        (DemoTask(_ROOT_PID, 0, "reserve", (*_program(), stack, Mapping(0x7F1000000000, 400 * GIB, Prot.NONE))),),
    )


def _userns() -> DemoDump:
    log = """\
(00.000000) CRIU run id = 3f0c9d5e-6b2a-4c1e-9d1b-0f7a5f3c2b11
(00.000071) Version: 3.19 (gitid 0)
(00.000077) Running on host Linux 6.8.0-45-generic #45-Ubuntu SMP PREEMPT_DYNAMIC x86_64
(00.001962) Found task size of 7ffffffff000
(00.048210) Seized task 4242, state 1
(00.048301) Will take user namespace in the image
(00.048302) Add user ns 13 pid 4242
(00.048412) id_map: 1000 1000 1
(00.048427) id_map: 1000 1000 1
(00.048590) Error (criu/namespaces.c:893): Unable to convert uid or gid
(00.049127) Error (criu/namespaces.c:959): One or more namespaces doesn't belong to the target user namespace
"""
    return DemoDump("a dump that failed in a user namespace without id 0", files={"dump.log": log})


def _userns_mapped() -> DemoDump:
    uid_map = ((0, 100000, 1000), (1000, 1000, 1), (1001, 101001, 64535))
    return DemoDump(
        "two tasks in a user namespace of three uid extents",
        (
            DemoTask(1, 0, "init", (*_program(), _stack())),
            DemoTask(2, 1, "inner", (*_program(), _stack()), creds=(1000, 1000)),
        ),
        uid_map,
        ((0, 100000, 65536),),
    )


_DEMOS = {
    "boundary": _boundary,
    "fork": _fork,
    "trailing": _trailing,
    "userns": _userns,
    "userns-mapped": _userns_mapped,
}

NAMES = tuple(_DEMOS)


def demo(name: str) -> DemoDump:
    """The built-in dump of a name; KeyError for another."""
    return _DEMOS[name]()


def write(dump: DemoDump, directory: Path) -> None:
    """Writes the files of a demo into an existing directory."""
    for name, text in dump.files.items():
        (directory / name).write_text(text, encoding="utf-8")
    if dump.tasks:
        _write_images(dump, directory)


def _write_images(dump: DemoDump, directory: Path) -> None:
    ids = core_pb2.task_kobj_ids_entry(vm_id=1, files_id=1, fs_id=1, sighand_id=1, user_ns_id=9 if dump.uid_map else 7)
    own = core_pb2.task_kobj_ids_entry(vm_id=1, files_id=1, fs_id=1, sighand_id=1, user_ns_id=7)
    content = {
        "inventory.img": encode(
            images.INVENTORY,
            (
                inventory_pb2.inventory_entry(
                    img_version=2, fdinfo_per_id=True, ns_per_id=True, root_ids=own, root_cg_set=1
                ),
            ),
        ),
        "pstree.img": encode(
            images.PSTREE,
            (
                pstree_pb2.pstree_entry(
                    pid=task.pid,
                    ppid=task.ppid,
                    pgid=dump.tasks[0].pid,
                    sid=dump.tasks[0].pid,
                    threads=[task.pid],
                )
                for task in dump.tasks
            ),
        ),
        "files.img": encode(images.FILES, (_executable(dump.tasks[0].comm),)),
    }
    for number, task in enumerate(dump.tasks, start=1):
        content[f"core-{task.pid}.img"] = encode(images.CORE, (_core(task),))
        content[f"ids-{task.pid}.img"] = encode(images.IDS, (ids,))
        content[f"mm-{task.pid}.img"] = encode(images.MM, (_mm(task),))
        addresses = [address for mapping in task.mappings for address in mapping.pages]
        entries = [(address, 1, int(PageFlag.PRESENT)) for address in addresses]
        content[f"pagemap-{task.pid}.img"] = encode_pagemap(number, entries)
        content[f"pages-{number}.img"] = b"".join(address.to_bytes(8, "little") * (PAGE // 8) for address in addresses)
    if dump.uid_map:
        content["userns-9.img"] = encode(
            images.USERNS,
            (userns_pb2.userns_entry(uid_map=_extents(dump.uid_map), gid_map=_extents(dump.gid_map)),),
        )
    for name, data in content.items():
        (directory / name).write_bytes(data)


def _extents(extents: tuple[tuple[int, int, int], ...]) -> list[userns_pb2.uid_gid_extent]:
    return [userns_pb2.uid_gid_extent(first=first, lower_first=lower, count=count) for first, lower, count in extents]


def _executable(comm: str) -> fdinfo_pb2.file_entry:
    entry = fdinfo_pb2.file_entry(type=fdinfo_pb2.REG, id=_EXE)
    entry.reg.id, entry.reg.flags, entry.reg.pos = _EXE, 0, 0
    entry.reg.name, entry.reg.size, entry.reg.mode = f"/usr/local/bin/{comm}", 0xAA000, 0o100755
    fown = entry.reg.fown
    fown.uid = fown.euid = fown.signum = fown.pid_type = fown.pid = 0
    return entry


def _core(task: DemoTask) -> core_pb2.core_entry:
    entry = core_pb2.core_entry(mtype=core_pb2.core_entry.X86_64)
    entry.tc.task_state, entry.tc.exit_code, entry.tc.personality, entry.tc.flags = 1, 0, 0, 0
    entry.tc.comm = task.comm
    uid, gid = task.creds
    creds = entry.thread_core.creds
    creds.uid = creds.euid = creds.suid = creds.fsuid = uid
    creds.gid = creds.egid = creds.sgid = creds.fsgid = gid
    creds.secbits = 0
    return entry


def _mm(task: DemoTask) -> mm_pb2.mm_entry:
    entry = mm_pb2.mm_entry(
        mm_start_code=0x401000,
        mm_end_code=0x47B000,
        mm_start_data=0x4A7000,
        mm_end_data=0x4AA000,
        mm_start_stack=next(
            (m.end - 0x1000 for m in task.mappings if m.flags & MapFlag.GROWSDOWN), task.mappings[-1].start
        ),
        mm_start_brk=0x4AA000,
        mm_brk=0x4CC000,
        mm_arg_start=0,
        mm_arg_end=0,
        mm_env_start=0,
        mm_env_end=0,
        exe_file_id=_EXE,
    )
    offset = 0
    for mapping in task.mappings:
        file = bool(mapping.status & Status.FILE_PRIVATE)
        entry.vmas.add(
            start=mapping.start,
            end=mapping.end,
            pgoff=offset if file else 0,
            shmid=_EXE if file else 0,
            prot=mapping.prot,
            flags=mapping.flags,
            status=mapping.status,
            fd=-1,
        )
        offset += mapping.size if file else 0
    return entry
