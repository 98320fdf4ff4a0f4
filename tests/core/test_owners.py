"""Which objects carry ids, and which namespaces a dump has of its own."""

from __future__ import annotations

import shutil
import struct
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.idmap import OVERFLOW_ID
from criu_tui.core.dump.namespaces import clocks, namespaces
from criu_tui.core.dump.owners import Owner, capability_names, owners
from criu_tui.core.images import framing, kinds
from criu_tui.core.images.schema import (
    autofs_pb2,
    cgroup_pb2,
    core_pb2,
    fdinfo_pb2,
    fown_pb2,
    ghost_file_pb2,
    inventory_pb2,
    ipc_desc_pb2,
    ipc_msg_pb2,
    ipc_sem_pb2,
    ipc_shm_pb2,
    memfd_pb2,
    mnt_pb2,
    netdev_pb2,
    pstree_pb2,
    sysctl_pb2,
    timens_pb2,
    tty_pb2,
    utsns_pb2,
)
from criu_tui.core.pages.pagemaps import shared_pagemap_of

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    from google.protobuf.message import Message


def ids_of(owner: Owner) -> list[tuple[str, str, int]]:
    return [(found.role, found.kind.value, found.number) for found in owner.ids]


def fill(message: Message) -> None:
    """Sets the required fields that are not set, to zero or nothing."""
    for field in message.DESCRIPTOR.fields:
        if field.message_type is None:
            if field.is_required and not message.HasField(field.name):
                setattr(message, field.name, field.default_value)
        elif field.is_repeated:
            for item in getattr(message, field.name):
                fill(item)
        elif field.is_required or message.HasField(field.name):
            getattr(message, field.name).SetInParent()
            fill(getattr(message, field.name))


def write(folder: Path, name: str, kind: kinds.ImageKind, *entries: Message) -> Path:
    """An image in a directory that holds a task tree; required fields that the test leaves out are zero."""
    if not (folder / "pstree.img").exists():
        (folder / "pstree.img").write_bytes(framing.encode(kinds.PSTREE, []))
    for entry in entries:
        fill(entry)
    payloads = [entry.SerializeToString() for entry in entries]
    (folder / name).write_bytes(framing.encode(kind, []) + b"".join(struct.pack("<I", len(p)) + p for p in payloads))
    return folder


def test_objects_of_a_real_dump() -> None:
    dump = Dump(DUMPS / "every-kind" / "dump")
    assert [owner.object for owner in owners(dump)] == ["task 16884", "memfd mfd", "memfd /dev/zero", "sysv shm 0"]
    assert dump.problems == ()


def test_namespaces_of_real_dumps() -> None:
    # As dump.log says: "Add pid ns 9", "Add ipc ns 10", "Add uts ns 11", "Add mnt ns 12", "Add user ns 13".
    found = namespaces(Dump(DUMPS / "userns-three-extents" / "dump"))
    own = [(n.kind, n.id) for n in found if not n.shared_with_criu]
    assert own == [("pid", 9), ("ipc", 10), ("uts", 11), ("mnt", 12), ("user", 13)]
    assert all(n.pids == (1,) for n in found)
    assert [n.kind for n in namespaces(Dump(DUMPS / "random-1" / "dump")) if not n.shared_with_criu] == []


def desc(number: int) -> ipc_desc_pb2.ipc_desc_entry:
    return ipc_desc_pb2.ipc_desc_entry(key=1, uid=10 + number, gid=20, cuid=30, cgid=OVERFLOW_ID, mode=0o600, id=number)


def framed(message: ipc_msg_pb2.ipc_msg) -> bytes:
    payload = message.SerializeToString()
    return struct.pack("<I", len(payload)) + payload


def test_raw_bytes_between_system_v_entries_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pstree.img").write_bytes(framing.encode(kinds.PSTREE, []))
    shm, sem, msg = b"", b"", b""
    for number in range(2):
        shm += framing.encode(kinds.IPCNS_SHM, [ipc_shm_pb2.ipc_shm_entry(desc=desc(number), size=4097)])[8:]
        shm += b"\xff" * 4100
        sem += framing.encode(kinds.IPCNS_SEM, [ipc_sem_pb2.ipc_sem_entry(desc=desc(number), nsems=3)])[8:]
        sem += b"\xff" * 8
        msg += framing.encode(kinds.IPCNS_MSG, [ipc_msg_pb2.ipc_msg_entry(desc=desc(number), qbytes=1, qnum=1)])[8:]
        msg += framed(ipc_msg_pb2.ipc_msg(mtype=1, msize=9)) + b"\xff" * 16
    for name, kind, data in (
        ("ipcns-shm-5.img", kinds.IPCNS_SHM, shm),
        ("ipcns-sem-5.img", kinds.IPCNS_SEM, sem),
        ("ipcns-msg-5.img", kinds.IPCNS_MSG, msg),
    ):
        (tmp_path / name).write_bytes(framing.encode(kind, []) + data)
    dump = Dump(tmp_path)
    assert [(owner.object, ids_of(owner)) for owner in owners(dump)] == [
        (
            f"sysv {kind} {number}",
            [("uid", "uid", 10 + number), ("gid", "gid", 20), ("cuid", "uid", 30), ("cgid", "gid", OVERFLOW_ID)],
        )
        for kind in ("shm", "sem", "msg")
        for number in range(2)
    ]
    assert dump.problems[0].file in ("files.img", "inventory.img")


def test_damage_between_system_v_entries_is_named_by_byte_and_entry(tmp_path: Path) -> None:
    (tmp_path / "pstree.img").write_bytes(framing.encode(kinds.PSTREE, []))
    entry = framing.encode(kinds.IPCNS_SHM, [ipc_shm_pb2.ipc_shm_entry(desc=desc(1), size=4097)])
    (tmp_path / "ipcns-shm-5.img").write_bytes(entry + b"\xff" * 4099)
    queue = framing.encode(kinds.IPCNS_MSG, [ipc_msg_pb2.ipc_msg_entry(desc=desc(2), qbytes=1, qnum=2)])
    queue += framed(ipc_msg_pb2.ipc_msg(mtype=1, msize=9)) + b"\xff" * 16
    # The third entry of the image, the queue's second message: field number 0 is none.
    (tmp_path / "ipcns-msg-5.img").write_bytes(queue + struct.pack("<I", 2) + b"\0\0")
    dump = Dump(tmp_path)
    assert [owner.object for owner in owners(dump)] == ["sysv shm 1", "sysv msg 2"]
    found = {problem.file: problem for problem in dump.problems}
    # 4097 bytes take 4100, in words of four.
    assert str(found["ipcns-shm-5.img"]) == (
        f"ipcns-shm-5.img: byte {len(entry)} (entry 0): "
        "4100 raw bytes follow the entry, but only 4099 are left in the file"
    )
    assert str(found["ipcns-msg-5.img"]) == (f"ipcns-msg-5.img: byte {len(queue) + 4} (entry 2): not a ipc_msg message")


def test_nothing_is_read_of_an_encrypted_dump(tmp_path: Path) -> None:
    shutil.copytree(DUMPS / "every-kind" / "dump", tmp_path / "dump")
    plain = Dump(tmp_path / "dump")
    (shmid, *_) = (
        int(name.removeprefix("pagemap-shmem-").removesuffix(".img"))
        for name in sorted(plain.files_listed)
        if name.startswith("pagemap-shmem-")
    )
    assert len(shared_pagemap_of(plain, shmid))
    (tmp_path / "dump" / "cipher.img").touch()
    dump = Dump(tmp_path / "dump")
    assert list(owners(dump)) == []
    assert len(shared_pagemap_of(dump, shmid)) == 0
    assert [problem.file for problem in dump.problems] == ["cipher.img"]


def test_terminals_have_owners_since_they_say_so(tmp_path: Path) -> None:
    tty = tty_pb2.tty_info_entry(id=3, type=tty_pb2.PTY, sid=1, pgrp=1, rdev=0, uid=1000, gid=5)
    old = tty_pb2.tty_info_entry(id=4, type=tty_pb2.PTY, sid=1, pgrp=1, rdev=0)
    write(tmp_path, "tty-info.img", kinds.TTY_INFO, tty, old)
    (found,) = owners(Dump(tmp_path))
    assert (found.object, ids_of(found)) == ("tty 3", [("uid", "uid", 1000), ("gid", "gid", 5)])


def test_every_id_and_capability_of_each_thread(tmp_path: Path) -> None:
    write(tmp_path, "pstree.img", kinds.PSTREE, pstree_pb2.pstree_entry(pid=7, ppid=0, pgid=7, sid=7, threads=[7, 8]))
    for tid in (7, 8):
        entry = core_pb2.core_entry(mtype=core_pb2.core_entry.X86_64)
        creds = entry.thread_core.creds
        for number, field in enumerate(("uid", "gid", "euid", "egid", "suid", "sgid", "fsuid", "fsgid")):
            setattr(creds, field, tid * 100 + number)
        creds.groups.extend((27, 100))
        for number, words in enumerate((creds.cap_eff, creds.cap_prm, creds.cap_inh, creds.cap_bnd, creds.cap_amb)):
            words.extend((1 << number, 1))
        if tid == 7:
            entry.tc.task_state, entry.tc.comm, entry.tc.loginuid = 1, "t", OVERFLOW_ID
        write(tmp_path, f"core-{tid}.img", kinds.CORE, entry)
    task, thread = owners(Dump(tmp_path))
    assert (task.object, task.pid, thread.object, thread.pid) == ("task 7", 7, "thread 8", 7)
    assert {(role, number) for role, _, number in ids_of(thread)} == {
        ("uid", 800), ("gid", 801), ("euid", 802), ("egid", 803), ("suid", 804), ("sgid", 805), ("fsuid", 806),
        ("fsgid", 807), ("group", 27), ("group", 100),
    }  # fmt: skip
    assert {kind for role, kind, _ in ids_of(thread) if role.endswith("uid")} == {"uid"}
    assert ids_of(task)[-1] == ("loginuid", "uid", OVERFLOW_ID)
    # Never set is not the same as not mapped.
    assert not any(found.unmapped for found in task.ids)
    held = task.capabilities
    assert held is not None
    # The second word holds bits 32 and above.
    assert (held.effective, held.permitted, held.inheritable, held.bounding, held.ambient) == tuple(
        (1 << 32) + (1 << bit) for bit in range(5)
    )


def test_an_autofs_mount_has_the_owner_that_it_was_given(tmp_path: Path) -> None:
    write(tmp_path, "autofs-12.img", kinds.AUTOFS, autofs_pb2.autofs_entry(uid=7, gid=-1))
    (found,) = owners(Dump(tmp_path))
    assert (found.object, ids_of(found)) == ("autofs autofs-12.img", [("uid", "uid", 7)])


def test_files_and_sockets(tmp_path: Path) -> None:
    memfd = memfd_pb2.memfd_inode_entry(name="m", uid=1, gid=2)
    write(tmp_path, "memfd.img", kinds.MEMFD_INODE, memfd)
    write(tmp_path, "ghost-file-5.img", kinds.GHOST_FILE, ghost_file_pb2.ghost_file_entry(uid=OVERFLOW_ID, gid=4))
    named = fdinfo_pb2.file_entry(type=fdinfo_pb2.UNIXSK, id=1)
    named.usk.name = b"/run/x\xff"
    named.usk.file_perms.uid, named.usk.file_perms.gid = 5, 6
    silent = fdinfo_pb2.file_entry(type=fdinfo_pb2.PIPE, id=2)
    silent.pipe.fown.CopyFrom(fown_pb2.fown_entry(uid=0, euid=0, signum=0, pid_type=0, pid=0))
    signalled = fdinfo_pb2.file_entry(type=fdinfo_pb2.INETSK, id=3)
    signalled.isk.fown.CopyFrom(fown_pb2.fown_entry(uid=7, euid=8, signum=29, pid_type=1, pid=42))
    named.usk.fown.CopyFrom(silent.pipe.fown)
    for field in ("id", "ino", "type", "state", "flags"):
        setattr(named.usk, field, 1)
    named.usk.file_perms.mode = 0o600
    write(tmp_path, "files.img", kinds.FILES, named, silent, signalled)
    found = {owner.object: ids_of(owner) for owner in owners(Dump(tmp_path))}
    assert found == {
        "memfd m": [("uid", "uid", 1), ("gid", "gid", 2)],
        "ghost file ghost-file-5.img": [("uid", "uid", OVERFLOW_ID), ("gid", "gid", 4)],
        "unix socket /run/x\udcff": [("uid", "uid", 5), ("gid", "gid", 6)],
        "signal owner of file 3": [("uid", "uid", 7), ("euid", "uid", 8)],
    }


def test_devices_mounts_and_the_groups_that_may_ping(tmp_path: Path) -> None:
    anyone, owned = (
        netdev_pb2.net_device_entry(name=f"tun{owner}", tun=netdev_pb2.tun_link_entry(flags=1, owner=owner, group=-1))
        for owner in (-1, 1000)
    )
    write(tmp_path, "netdev-2.img", kinds.NETDEV, anyone, owned)
    settings = [
        sysctl_pb2.sysctl_entry(type=sysctl_pb2.CTL_STR, sarg="0\t2147483647\n"),
        sysctl_pb2.sysctl_entry(iarg=1),
    ]
    write(tmp_path, "netns-2.img", kinds.NETNS, netdev_pb2.netns_entry(ipv4_sysctl=settings[:1]))
    mounts = [
        mnt_pb2.mnt_entry(mnt_id=1, parent_mnt_id=0, mountpoint="./run", options="size=1k,uid=1000,gid=1001"),
        mnt_pb2.mnt_entry(mnt_id=2, parent_mnt_id=1, mountpoint="./x", options="xuid=3,gid=5x"),
    ]
    write(tmp_path, "mountpoints-3.img", kinds.MNTS, *mounts)
    found = {owner.object: ids_of(owner) for owner in owners(Dump(tmp_path))}
    assert found == {
        "tun device tun1000": [("uid", "uid", 1000)],
        "ping_group_range of netns-2": [("gid", "gid", 0), ("last gid", "gid", 2147483647)],
        "mount ./run": [("uid", "uid", 1000), ("gid", "gid", 1001)],
    }


def test_cgroups_keep_ids_from_outside(tmp_path: Path) -> None:
    def perms(uid: int) -> cgroup_pb2.cgroup_perms:
        return cgroup_pb2.cgroup_perms(mode=0o755, uid=uid, gid=0)

    child = cgroup_pb2.cgroup_dir_entry(
        dir_name="b",
        dir_perms=perms(100000),
        properties=[
            cgroup_pb2.cgroup_prop_entry(name="tasks", value="", perms=perms(100000)),
            cgroup_pb2.cgroup_prop_entry(name="cgroup.procs", value="", perms=perms(7)),
        ],
    )
    above = cgroup_pb2.cgroup_dir_entry(dir_name="/a", dir_perms=perms(0), children=[child])
    controller = cgroup_pb2.cg_controller_entry(cnames=["cpu", "cpuacct"], dirs=[above])
    write(tmp_path, "cgroup.img", kinds.CGROUP, cgroup_pb2.cgroup_entry(controllers=[controller]))
    found = list(owners(Dump(tmp_path)))
    assert all(owner.outside for owner in found)
    assert [(owner.object, owner.ids[0].number) for owner in found] == [
        ("cgroup cpu,cpuacct:/a", 0),
        ("cgroup cpu,cpuacct:/a/b", 100000),
        ("cgroup cpu,cpuacct:/a/b cgroup.procs", 7),
    ]


def test_tasks_that_share_a_namespace_and_those_that_do_not(tmp_path: Path) -> None:
    trees = [pstree_pb2.pstree_entry(pid=pid, ppid=0, pgid=1, sid=1, threads=[pid]) for pid in (1, 2, 3)]
    write(tmp_path, "pstree.img", kinds.PSTREE, *trees)
    for pid, uts in ((1, 10), (2, 11), (3, 10)):
        ids = core_pb2.task_kobj_ids_entry(vm_id=1, files_id=1, fs_id=1, sighand_id=1, uts_ns_id=uts, time_ns_id=12)
        write(tmp_path, f"ids-{pid}.img", kinds.IDS, ids)
    write(tmp_path, "utsns-10.img", kinds.UTSNS, utsns_pb2.utsns_entry(nodename="node", domainname="dom"))
    read = timens_pb2.timens_entry(
        monotonic=timens_pb2.timespec(tv_sec=5, tv_nsec=6), boottime=timens_pb2.timespec(tv_sec=7, tv_nsec=8)
    )
    write(tmp_path, "timens-0.img", kinds.TIMENS, read)
    found = [(n.kind, n.id, n.pids, n.detail) for n in namespaces(Dump(tmp_path))]
    assert found == [
        ("uts", 10, (1, 3), "host name node, domain dom"),
        ("uts", 11, (2,), ""),
        ("time", 12, (1, 2, 3), ""),
    ]
    assert clocks(Dump(tmp_path)) == ((5, 6), (7, 8))
    # Without inventory.img nothing says which of them CRIU was in.
    assert {n.shared_with_criu for n in namespaces(Dump(tmp_path))} == {None}
    inventory = inventory_pb2.inventory_entry(img_version=2)
    inventory.root_ids.uts_ns_id = 10
    write(tmp_path, "inventory.img", kinds.INVENTORY, inventory)
    assert [(n.id, n.shared_with_criu) for n in namespaces(Dump(tmp_path))] == [(10, True), (11, False), (12, None)]


@pytest.mark.parametrize(
    ("mask", "names"),
    [
        (0, "none"),
        ((1 << 41) - 1, "all"),
        ((1 << 41) - 1 - (1 << 24), "all but sys_resource"),
        (1 << 21 | 1 << 7, "setuid sys_admin"),
        (1 << 50, "0x4000000000000"),
    ],
)
def test_capabilities_by_name(mask: int, names: str) -> None:
    assert capability_names(mask) == names
