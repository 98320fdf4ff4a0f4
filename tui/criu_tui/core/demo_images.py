"""The built-in dumps as images, through our own encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.vma import MapFlag, VmaStatus
from criu_tui.core.images.framing import encode
from criu_tui.core.images.kinds import CORE, FILES, IDS, INVENTORY, MM, PSTREE, USERNS
from criu_tui.core.images.schema import core_pb2, fdinfo_pb2, inventory_pb2, mm_pb2, pstree_pb2, userns_pb2
from criu_tui.core.pages.entries import PageFlag
from criu_tui.core.pages.reader import encode_pagemap

if TYPE_CHECKING:
    from criu_tui.core.demos import DemoDump, DemoTask

EXE = 1
"""Id of the one file, the program itself."""


def images(dump: DemoDump) -> dict[str, bytes]:
    """The images of a dump with tasks, by name."""
    ids = core_pb2.task_kobj_ids_entry(vm_id=1, files_id=1, fs_id=1, sighand_id=1, user_ns_id=9 if dump.uid_map else 7)
    own = core_pb2.task_kobj_ids_entry(vm_id=1, files_id=1, fs_id=1, sighand_id=1, user_ns_id=7)
    content = {
        "inventory.img": encode(
            INVENTORY,
            (
                inventory_pb2.inventory_entry(
                    img_version=2, fdinfo_per_id=True, ns_per_id=True, root_ids=own, root_cg_set=1
                ),
            ),
        ),
        "pstree.img": encode(
            PSTREE,
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
        "files.img": encode(FILES, (_executable(dump.tasks[0].comm),)),
    }
    for number, task in enumerate(dump.tasks, start=1):
        content[f"core-{task.pid}.img"] = encode(CORE, (_core(task),))
        content[f"ids-{task.pid}.img"] = encode(IDS, (ids,))
        content[f"mm-{task.pid}.img"] = encode(MM, (_mm(task),))
        addresses = [address for mapping in task.mappings for address in mapping.pages]
        entries = [(address, 1, int(PageFlag.PRESENT)) for address in addresses]
        content[f"pagemap-{task.pid}.img"] = encode_pagemap(number, entries)
        content[f"pages-{number}.img"] = b"".join(address.to_bytes(8, "little") * (PAGE // 8) for address in addresses)
    if dump.uid_map:
        content["userns-9.img"] = encode(
            USERNS,
            (userns_pb2.userns_entry(uid_map=_extents(dump.uid_map), gid_map=_extents(dump.gid_map)),),
        )
    return content


def _extents(extents: tuple[tuple[int, int, int], ...]) -> list[userns_pb2.uid_gid_extent]:
    return [userns_pb2.uid_gid_extent(first=first, lower_first=lower, count=count) for first, lower, count in extents]


def _executable(comm: str) -> fdinfo_pb2.file_entry:
    entry = fdinfo_pb2.file_entry(type=fdinfo_pb2.REG, id=EXE)
    entry.reg.id, entry.reg.flags, entry.reg.pos = EXE, 0, 0
    entry.reg.name, entry.reg.size, entry.reg.mode = f"/usr/local/bin/{comm}", 0xAA000, 0o100755
    fown = entry.reg.fown
    fown.uid = fown.euid = fown.signum = fown.pid_type = fown.pid = 0
    return entry


def _core(task: DemoTask) -> core_pb2.core_entry:
    entry = core_pb2.core_entry(mtype=core_pb2.core_entry.X86_64)
    entry.tc.task_state, entry.tc.exit_code, entry.tc.personality, entry.tc.flags = 1, 0, 0, 0
    entry.tc.blk_sigset, entry.tc.comm = 0, task.comm
    entry.thread_core.futex_rla = entry.thread_core.futex_rla_len = 0
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
        exe_file_id=EXE,
    )
    offset = 0
    for mapping in task.mappings:
        file = bool(mapping.status & VmaStatus.FILE_PRIVATE)
        entry.vmas.add(
            start=mapping.start,
            end=mapping.end,
            pgoff=offset if file else 0,
            shmid=EXE if file else 0,
            prot=mapping.prot,
            flags=mapping.flags,
            status=mapping.status,
            fd=-1,
        )
        offset += mapping.size if file else 0
    return entry
