"""What the tasks of a dump have open: descriptors of every kind, both ends of pipes and sockets, mounts."""

from __future__ import annotations

import shutil
import struct
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.core.dump import descriptors, ghosts, mounts, payloads, peers, pipes, sockets
from criu_tui.core.dump.described import described
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode
from criu_tui.core.images.kinds import ImageKind
from criu_tui.core.images.message_classes import class_of
from criu_tui.core.images.schema import fdinfo_pb2, inventory_pb2, regfile_pb2
from criu_tui.core.report import file_sections, files
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import Tone

from tests.conftest import DUMPS
from tests.core.test_owners import fill

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host
    from google.protobuf.message import Message

IMAGES = DUMPS.parent / "images"


def what(name: str, pid: int, fd: int) -> str:
    """What the pane says of a descriptor, kind and path."""
    table = files.table(Report(Dump(IMAGES / name), criu("4.2.1")), pid)
    index = next(i for i, row in enumerate(table.rows) if row.fd == fd)
    return " ".join(table.cells(index)[1:4]).strip()


def tone(name: str, pid: int, fd: int) -> Tone:
    table = files.table(Report(Dump(IMAGES / name), criu("4.2.1")), pid)
    return next(table.tone(row) for row in table.rows if row.fd == fd)


@pytest.mark.parametrize(
    ("signal", "type_", "words"),
    # fcntl(2): F_OWNER_TID, F_OWNER_PID, F_OWNER_PGRP; SIGIO is 29, and what is sent where F_SETSIG says nothing.
    [(10, 0, "SIGUSR1 to thread 5"), (29, 1, "SIGIO to process 5"), (0, 2, "SIGIO to process group 5")],
)
def test_who_is_told_that_a_file_is_ready(tmp_path: Path, signal: int, type_: int, words: str) -> None:
    shutil.copytree(IMAGES / "pipe00", tmp_path / "dump")
    entries = Dump(IMAGES / "pipe00").entries("files.img", kinds.FILES, fdinfo_pb2.file_entry)
    entry = next(entry for entry in entries if entry.type == fdinfo_pb2.PIPE)
    assert "signals" not in dict(described(Dump(tmp_path / "dump"), entry.id, "PIPE").facts)
    entry.pipe.fown.signum, entry.pipe.fown.pid_type, entry.pipe.fown.pid = signal, type_, 5
    (tmp_path / "dump/files.img").write_bytes(encode(kinds.FILES, entries))
    assert dict(described(Dump(tmp_path / "dump"), entry.id, "PIPE").facts)["signals"] == words


def test_the_ends_of_pipes_are_found_in_every_task() -> None:
    assert what("pipe00", 5, 4) == "pipe pipe:[469198] reads, writer fd 5, 6:5 RDONLY"
    assert what("pipe00", 5, 12) == "pipe pipe:[469199] reads, writer 6:11 RDONLY"
    dump = Dump(IMAGES / "pipe00")
    pipe = pipes.pipes(dump)[469199]
    assert pipe.readers == (descriptors.Holder(5, 12),)
    assert pipe.writers == (descriptors.Holder(6, 11),)
    assert pipe.data is not None
    # TEST_STRING of pipe00.c, with its NUL.
    assert payloads.read(dump, pipe.data.payload) == b"Hello world\0"
    assert pipe.data.capacity == 65536
    assert not pipe.peer_outside


def test_a_descriptor_in_flight_holds_its_file() -> None:
    assert what("scm00", 5, 6) == "pipe pipe:[1186543] writes, reader in flight to 0xd WRONLY"
    dump = Dump(IMAGES / "scm00")
    by_id = sockets.sockets(dump)
    (receiver,) = (found for found in by_id.values() if sockets.queue_of(dump, found))
    (packet,) = sockets.queue_of(dump, receiver)
    assert payloads.read(dump, packet.payload) == b"\0"
    (flying,) = packet.files
    assert dump.files[flying].type == "PIPE"
    peer = peers.peer_of(dump, receiver)
    assert peer is not None
    assert peer.file_id in by_id


def test_an_ipv4_connection_of_an_ipv6_server_has_both_ends() -> None:
    assert what("socket-tcp4v6-fin-wait2", 5, 4).startswith(
        "inet6 tcp fin-wait-2 [::ffff:127.0.0.1]:8880 -> [::ffff:127.0.0.1]:57964 (6:5)"
    )
    assert tone("socket-tcp4v6-fin-wait2", 5, 4) is Tone.PLAIN
    # Its parent has closed the writing end, and nobody else in the dump holds one.
    assert tone("socket-tcp4v6-fin-wait2", 6, 4) is Tone.WARNING


def test_an_epoll_file_says_what_it_watches_and_a_pty_which_side_it_is() -> None:
    watched = what("epoll01", 5, 4)
    assert watched.startswith("eventpoll watches ")
    assert set(watched.split()[2:7]) == {"5", "7", "9", "11", "13"}
    assert what("pty01", 5, 4) == "tty /dev/pts/ptmx pty 0 master RDWR"
    assert what("pty01", 5, 5) == "tty /dev/pts/0 pty 0 slave RDWR"


def test_a_deleted_file_leads_to_its_contents() -> None:
    dump = Dump(IMAGES / "unlink_fstat04")
    (ghost,) = ghosts.ghosts(dump)
    assert ghost.path is not None
    assert ghost.path.endswith('\n"un%linkfstat00')
    held = next(each for each in descriptors.descriptors(dump, 5) if each.fd == 4)
    assert ("deleted", "contents in ghost-file-1.img") in described(dump, held.file_id, held.type).facts
    assert "un%linkfstat00 (deleted) " in what("unlink_fstat04", 5, 4)
    # unlink_fstat04.c makes a file of 1000 bytes.
    assert sum(chunk.payload.length for chunk in ghosts.chunks(dump, ghost.id)) == 1000


def test_locks_belong_to_the_descriptors_that_took_them() -> None:
    dump = Dump(IMAGES / "file_locks01")
    held = {place: str(lock) for place, (lock,) in descriptors.locks(dump).items()}
    # file_locks01.c takes LOCK_SH on its first file, LOCK_EX on its second.
    assert held == {(5, 4): "flock read [0, end)", (5, 5): "flock write [0, end)"}


def test_mounts_are_a_tree_with_external_keys_and_propagation() -> None:
    found = mounts.mounts(Dump(IMAGES / "mnt_ext_master"))
    assert [(each.depth, each.point) for each in found if each.point.startswith("/dev")] == [
        (1, "/dev"),
        (2, "/dev/pts"),
    ]
    (external,) = (each for each in found if each.point == "/ext_mounts")
    assert external.external == "CRIU:AUTOGENERATED"
    assert external.propagation == "master:1"


def test_mounts_in_a_ring_are_all_told_once(tmp_path: Path) -> None:
    mnt = class_of("mnt_entry")
    entries = [mnt(mnt_id=1, parent_mnt_id=2, mountpoint="./a"), mnt(mnt_id=2, parent_mnt_id=1, mountpoint="./b")]
    write(tmp_path, "mountpoints-3.img", kinds.MNTS, *entries)
    assert sorted(each.id for each in mounts.mounts(Dump(tmp_path))) == [1, 2]


def write(directory: Path, name: str, kind: ImageKind, *messages: Message) -> None:
    for message in messages:
        fill(message)
    (directory / name).write_bytes(encode(kind, messages))
    if not (directory / "inventory.img").exists():
        inventory = inventory_pb2.inventory_entry(img_version=2)
        (directory / "inventory.img").write_bytes(encode(kinds.INVENTORY, [inventory]))


EVERY_KIND: tuple[tuple[str, str, str, dict[str, Any], str], ...] = (
    ("REG", "reg_file_entry", "reg", {"name": "/bin/true"}, "regular /bin/true"),
    ("PIPE", "pipe_entry", "pipe", {"pipe_id": 7}, "pipe pipe:[7]"),
    ("EVENTFD", "eventfd_file_entry", "efd", {"counter": 3}, "eventfd counter 3"),
    ("SIGNALFD", "signalfd_entry", "sgfd", {"sigmask": 1 << 14 | 1}, "signalfd SIGHUP SIGTERM"),
    (
        "TIMERFD",
        "timerfd_entry",
        "tfd",
        {"clockid": 1, "vsec": 2, "vnsec": 500000000},
        "timerfd monotonic, expires in 2.5 s",
    ),
    ("TUNF", "tunfile_entry", "tunf", {"netdev": "tap0"}, "tun tap0"),
    ("NS", "ns_file_entry", "nsf", {"ns_id": 9, "ns_cflag": 0x40000000}, "namespace net namespace 9"),
    ("PIDFD", "pidfd_entry", "pidfd", {"nspid": 12}, "pidfd of task 12"),
    ("EXT", "ext_file_entry", "ext", {}, "external given by a plugin, id 0x1"),
    ("BPFMAP", "bpfmap_file_entry", "bpf", {"map_name": "hits"}, "bpf map hits"),
    ("UNIXSK", "unix_sk_entry", "usk", {"type": 1, "state": 10, "name": b"\0abstract"}, "unix stream listen @abstract"),
    (
        "INETSK",
        "inet_sk_entry",
        "isk",
        {"family": 10, "type": 1, "proto": 6, "state": 10, "src_port": 80, "src_addr": [0, 0, 0, 1 << 24]},
        "inet6 tcp listen [::1]:80",
    ),
    ("PACKETSK", "packet_sock_entry", "psk", {"type": 3, "protocol": 0x0300, "ifindex": 2}, "packet all device 2"),
    ("NETLINKSK", "netlink_sk_entry", "nlsk", {"protocol": 0, "portid": 4}, "netlink route port 4"),
)
"""What a kind of file says, from proc(5), signal(7) and the numbers of <linux/socket.h>."""


@pytest.mark.parametrize(("type_name", "message", "field", "given", "expected"), EVERY_KIND)
def test_every_kind_of_file_says_what_it_is(
    tmp_path: Path, type_name: str, message: str, field: str, given: dict[str, Any], expected: str
) -> None:
    made = class_of(message)(id=1, **given)
    fill(made)
    entry = fdinfo_pb2.file_entry(type=type_name, id=1)
    getattr(entry, field).CopyFrom(made)
    write(tmp_path, "files.img", kinds.FILES, entry)
    found = described(Dump(tmp_path), 1, type_name)
    assert f"{found.kind} {found.what}" == expected


LEGACY = {
    "REG": ("reg-files.img", 0x50363636),
    "PIPE": ("pipes.img", 0x56513555),
    "EVENTFD": ("eventfd.img", 0x44523722),
    "SIGNALFD": ("signalfd.img", 0x57323820),
    "TIMERFD": ("timerfd.img", 0x50493712),
    "TUNF": ("tunfile.img", 0x57143751),
    "NS": ("ns-files.img", 0x61394011),
    "EXT": ("ext-files.img", 0x59255641),
    "UNIXSK": ("unixsk.img", 0x54373943),
    "INETSK": ("inetsk.img", 0x56443851),
    "PACKETSK": ("packetsk.img", 0x60454618),
    "NETLINKSK": ("netlinksk.img", 0x58005614),
}
"""The images that held them before CRIU 3.4, with their magics (criu/include/magic.h)."""


@pytest.mark.parametrize(
    ("type_name", "message", "given", "expected"),
    [
        (type_name, message, given, expected)
        for type_name, message, _, given, expected in EVERY_KIND
        if type_name in LEGACY
    ],
)
def test_the_same_from_images_of_their_own(
    tmp_path: Path, type_name: str, message: str, given: dict[str, Any], expected: str
) -> None:
    write(tmp_path, "reg-files.img", kinds.REG_FILES)
    name, magic = LEGACY[type_name]
    write(tmp_path, name, ImageKind("", magic, name.removesuffix(".img")), class_of(message)(id=1, **given))
    found = described(Dump(tmp_path), 1, type_name)
    assert f"{found.kind} {found.what}" == expected


def test_watches_of_old_images_join_their_files(tmp_path: Path) -> None:
    write(tmp_path, "reg-files.img", kinds.REG_FILES)
    write(tmp_path, "eventpoll.img", kinds.EVENTPOLL_FILE, class_of("eventpoll_file_entry")(id=4))
    watch = class_of("eventpoll_tfd_entry")(id=4, tfd=11, events=1)
    write(tmp_path, "eventpoll-tfd.img", kinds.EVENTPOLL_TFD, watch)
    assert described(Dump(tmp_path), 4, "EVENTPOLL").what == "watches 11"


def test_a_descriptor_without_its_file_says_so_and_the_rest_is_there(tmp_path: Path) -> None:
    shutil.copytree(IMAGES / "pipe00", tmp_path / "dump")
    (tmp_path / "dump" / "files.img").unlink()
    report = Report(Dump(tmp_path / "dump"), criu("4.2.1"))
    table = files.table(report, 5)
    assert sum(row.fd is not None for row in table.rows) == 8
    assert all(table.tone(row) is Tone.ERROR for row in table.rows)
    assert any("not in files.img" in line for line in table.text())


@pytest.mark.parametrize("cut", [3, 20, 41, 60])
def test_cut_queues_are_a_problem_and_no_more(tmp_path: Path, cut: int) -> None:
    shutil.copytree(IMAGES / "pipe00", tmp_path / "dump")
    image = tmp_path / "dump" / "pipes-data.img"
    image.write_bytes(image.read_bytes()[:-cut])
    dump = Dump(tmp_path / "dump")
    report = Report(dump, criu("4.2.1"))
    assert list(files.text(report, None))
    assert [problem for problem in dump.problems if problem.file == "pipes-data.img"]


def test_a_length_beyond_the_file_is_not_believed(tmp_path: Path) -> None:
    packet = class_of("sk_packet_entry")(id_for=1, length=1 << 31)
    write(tmp_path, "sk-queues.img", kinds.SK_QUEUES, packet)
    dump = Dump(tmp_path)
    assert not list(sockets.files_in_flight(dump))
    (problem,) = (found for found in dump.problems if found.file == "sk-queues.img")
    assert "raw bytes follow" in problem.reason


def test_names_are_made_safe(tmp_path: Path) -> None:
    reg = regfile_pb2.reg_file_entry(id=1, name="/tmp/\x1b[31m")
    fill(reg)
    entry = fdinfo_pb2.file_entry(type="REG", id=1)
    entry.reg.CopyFrom(reg)
    shutil.copytree(IMAGES / "pipe00", tmp_path / "dump")
    write(tmp_path / "dump", "files.img", kinds.FILES, entry)
    assert not any("\x1b" in line for line in files.text(Report(Dump(tmp_path / "dump"), criu("4.2.1")), None))


def test_json_has_what_design_promises(recorded_host: Host) -> None:
    report = Report(Dump(IMAGES / "scm00"), criu("4.2.1"), recorded_host)
    found = files.json(report, None)
    assert {"tasks", "sockets", "pipes", "mounts"} <= set(found)
    assert set(found) == {"tasks", *(section.id for section in file_sections.SECTIONS)}
    (task,) = (task for task in found["tasks"] if isinstance(task, dict) and task["pid"] == 5)  # type: ignore[union-attr]
    held = task["files"]
    assert isinstance(held, list)
    assert {"fd", "type", "path", "flags", "pos"} <= set(held[0])  # type: ignore[arg-type]


def test_every_entry_of_fdinfo_has_a_row() -> None:
    for place in (image.parent for image in IMAGES.glob("*/fdinfo-2.img")):
        dump = Dump(place)
        report = Report(dump, criu("4.2.1"))
        for pid in dump.pids:
            if not dump.core(pid).alive:
                continue
            number = struct_id(place, pid)
            raw = (place / f"fdinfo-{number}.img").read_bytes()
            shown = {row.fd for row in files.table(report, pid).rows if row.fd is not None}
            assert len(shown) == frames(raw)


def struct_id(place: Path, pid: int) -> int:
    """files_id of ids-PID.img: the second field, a varint (protobuf.dev/programming-guides/encoding)."""
    raw = (place / f"ids-{pid}.img").read_bytes()[12:]
    assert raw[0] == 0x08
    at = 2
    while raw[at - 1] & 0x80:
        at += 1
    assert raw[at] == 0x10
    return raw[at + 1]


def frames(raw: bytes) -> int:
    at, count = 8, 0
    while at < len(raw):
        at += 4 + int(struct.unpack_from("<I", raw, at)[0])
        count += 1
    return count
