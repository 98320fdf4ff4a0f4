"""Which objects carry ids, and which namespaces a dump has of its own."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import images
from criu_tui.core.dump import Dump
from criu_tui.core.idmap import OVERFLOW_ID
from criu_tui.core.namespaces import namespaces
from criu_tui.core.owners import capability_names, owners
from criu_tui.core.schema import ipc_desc_pb2, ipc_msg_pb2, ipc_sem_pb2, ipc_shm_pb2, tty_pb2

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path


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
    (tmp_path / "pstree.img").write_bytes(images.encode(images.PSTREE, []))
    shm, sem, msg = b"", b"", b""
    for number in range(2):
        shm += images.encode(images.IPCNS_SHM, [ipc_shm_pb2.ipc_shm_entry(desc=desc(number), size=4097)])[8:]
        shm += b"\xff" * 4100
        sem += images.encode(images.IPCNS_SEM, [ipc_sem_pb2.ipc_sem_entry(desc=desc(number), nsems=3)])[8:]
        sem += b"\xff" * 8
        msg += images.encode(images.IPCNS_MSG, [ipc_msg_pb2.ipc_msg_entry(desc=desc(number), qbytes=1, qnum=1)])[8:]
        msg += framed(ipc_msg_pb2.ipc_msg(mtype=1, msize=9)) + b"\xff" * 16
    for name, kind, data in (
        ("ipcns-shm-5.img", images.IPCNS_SHM, shm),
        ("ipcns-sem-5.img", images.IPCNS_SEM, sem),
        ("ipcns-msg-5.img", images.IPCNS_MSG, msg),
    ):
        (tmp_path / name).write_bytes(images.encode(kind, []) + data)
    dump = Dump(tmp_path)
    found = [(owner.object, owner.uid, owner.other_gids) for owner in owners(dump)]
    assert found == [
        (f"sysv {kind} {number}", 10 + number, (("cgid", OVERFLOW_ID),))
        for kind in ("shm", "sem", "msg")
        for number in range(2)
    ]
    assert dump.problems[0].file in ("files.img", "inventory.img")


def test_terminals_have_owners_since_they_say_so(tmp_path: Path) -> None:
    (tmp_path / "pstree.img").write_bytes(images.encode(images.PSTREE, []))
    tty = tty_pb2.tty_info_entry(id=3, type=tty_pb2.PTY, sid=1, pgrp=1, rdev=0, uid=1000, gid=5)
    old = tty_pb2.tty_info_entry(id=4, type=tty_pb2.PTY, sid=1, pgrp=1, rdev=0)
    payloads = [entry.SerializePartialToString() for entry in (tty, old)]
    data = images.encode(images.TTY_INFO, []) + b"".join(struct.pack("<I", len(p)) + p for p in payloads)
    (tmp_path / "tty-info.img").write_bytes(data)
    assert [(o.object, o.uid, o.gid) for o in owners(Dump(tmp_path))] == [("tty 3", 1000, 5)]


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
