"""Bytes taken out of a dump: what is written, and where nothing is."""

from __future__ import annotations

import stat
import struct
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode, framed
from criu_tui.core.images.schema import bpfmap_pb2, ipc_desc_pb2, ipc_msg_pb2
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.report.export import ExportError
from criu_tui.core.report.extract import extract

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

IMAGES = DUMPS.parent / "images"
DESC = ipc_desc_pb2.ipc_desc_entry(id=7, key=0, uid=0, gid=0, cuid=0, cgid=0, mode=0o600)


def taken(dump: Dump, what: str, path: Path) -> bytes:
    extract(dump, what, str(path))
    return path.read_bytes()


def test_a_deleted_file(tmp_path: Path) -> None:
    # unlink_fstat04.c: 1000 bytes.
    assert len(taken(Dump(IMAGES / "unlink_fstat04"), "ghost:1", tmp_path / "ghost")) == 1000


def test_queues_of_pipes_and_sockets(tmp_path: Path) -> None:
    assert taken(Dump(IMAGES / "pipe00"), "pipe:469199", tmp_path / "pipe") == b"Hello world\0"
    assert taken(Dump(IMAGES / "scm00"), "socket:13", tmp_path / "socket") == b"\0"


def test_a_segment_whose_bytes_are_pages(tmp_path: Path) -> None:
    # Four pages, of which the program wrote four bytes.
    found = taken(Dump(DUMPS / "every-kind" / "dump"), "ipc:shm:0", tmp_path / "segment")
    assert found == b"sysv".ljust(4 * PAGE, b"\0")


def test_messages_and_what_a_bpf_map_holds(tmp_path: Path) -> None:
    queue = ipc_msg_pb2.ipc_msg_entry(desc=DESC, qbytes=16384, qnum=2)
    messages = [b"first", b"the second"]
    encoded = [framed(ipc_msg_pb2.ipc_msg(mtype=1, msize=len(each)).SerializeToString()) for each in messages]
    (tmp_path / "ipcns-msg-9.img").write_bytes(
        encode(kinds.IPCNS_MSG, [queue])
        + b"".join(head + each + bytes(-len(each) % 8) for head, each in zip(encoded, messages, strict=True))
    )
    held = bpfmap_pb2.bpfmap_data_entry(map_id=4, keys_bytes=4, values_bytes=8, count=1)
    (tmp_path / "bpfmap-data.img").write_bytes(encode(kinds.BPFMAP_DATA, [held]) + b"\1\0\0\0" + b"value\0\0\0")
    dump = Dump(tmp_path)
    (tmp_path.parent / "out").mkdir(exist_ok=True)
    assert taken(dump, "ipc:msg:7", tmp_path.parent / "out" / "messages") == b"firstthe second"
    assert taken(dump, "bpf:4", tmp_path.parent / "out" / "map") == b"\1\0\0\0value\0\0\0"
    for what in ("ipc:msg:8", "ipc:shm:7", "bpf:5"):
        with pytest.raises(ExportError, match="in this dump"):
            extract(dump, what, str(tmp_path.parent / "out" / "none"))


def test_memory_as_the_pages_have_it(tmp_path: Path) -> None:
    dump = Dump(DUMPS / "every-kind" / "dump")
    vma = next(vma for vma in dump.address_space(16884).vmas if vma.traits.kind.value == "heap")
    with PageBytes(dump) as pages:
        first = pages.read(16884, vma.start)
    found = taken(dump, f"memory:16884:{vma.start:x}-{vma.start + 100:x}", tmp_path / "heap")
    assert first is not None
    assert found == first[:100]


def test_a_core_has_each_dumped_page_at_its_address(tmp_path: Path) -> None:
    for name in ("every-kind", "incremental", "random-2-fork"):
        dump = Dump(DUMPS / name / "dump")
        for pid in dump.pids:
            path = tmp_path / f"{name}-{pid}"
            data = taken(dump, f"core:{pid}", path)
            segments = loads(data)
            pages = 0
            with PageBytes(dump) as contents:
                for vma in dump.address_space(pid).vmas:
                    if vma.traits.guard:
                        continue
                    for run in contents.runs(pid, vma):
                        for at, piece in contents.chunks(run, 4096):
                            start, offset = next((s, o) for s, size, o in segments if s <= at < s + size)
                            assert data[offset + at - start :][: len(piece)] == piece
                            pages += 1
            assert pages


def loads(data: bytes) -> list[tuple[int, int, int]]:
    """Address, bytes and offset of each segment with bytes (elf(5))."""
    assert data[:4] == b"\x7fELF"
    assert struct.unpack_from("<H", data, 16)[0] == 4
    at, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    headers = [struct.unpack_from("<IIQQQQQQ", data, at + size * index) for index in range(count)]
    return [(header[3], header[5], header[2]) for header in headers if header[0] == 1 and header[5]]


def test_a_core_is_for_its_owner_alone_and_never_over_another_file(tmp_path: Path) -> None:
    dump = Dump(DUMPS / "every-kind" / "dump")
    extract(dump, "core:16884", str(tmp_path / "core"))
    assert stat.S_IMODE((tmp_path / "core").stat().st_mode) & 0o077 == 0
    with pytest.raises(ExportError, match="is there already"):
        extract(dump, "core:16884", str(tmp_path / "core"))
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ExportError):
        extract(dump, "core:16884", str(tmp_path / "link"))
    assert not (tmp_path / "elsewhere").exists()


def test_a_core_of_a_reservation_takes_what_is_dumped(tmp_path: Path) -> None:
    """800 GiB of addresses, 20 MiB of pages."""
    dump = Dump(DUMPS / "prot-none-400g" / "dump")
    extract(dump, f"core:{dump.tasks[0].pid}", str(tmp_path / "core"))
    found = (tmp_path / "core").stat()
    assert found.st_size < 200 << 20
    assert found.st_blocks * 512 < 40 << 20


@pytest.mark.parametrize("inside", ["x", "sub/../x"])
def test_nothing_is_written_into_a_dump(tmp_path: Path, inside: str) -> None:
    place = tmp_path / "dump"
    place.mkdir()
    (place / "sub").mkdir()
    for image in (IMAGES / "pipe00").iterdir():
        (place / image.name).write_bytes(image.read_bytes())
    before = sorted(place.iterdir())
    with pytest.raises(ExportError, match="lies in the dump"):
        extract(Dump(place), "pipe:469199", str(place / inside))
    assert sorted(place.iterdir()) == before


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("everything", "one of core:PID"),
        ("core:7777777", "is not in this dump"),
        ("core:x", "not a PID"),
        ("memory:16884:0-1000", "nothing is mapped"),
        ("memory:16884:1000", "not an address"),
        ("memory:16884:2000-1000", "not START-END"),
        ("ghost:9", "no ghost-file-9.img"),
        ("pipe:1", "no pipe 1"),
        ("socket:1", "is no socket"),
    ],
)
def test_what_is_not_there_leaves_no_file(tmp_path: Path, what: str, why: str) -> None:
    with pytest.raises(ExportError, match=why):
        extract(Dump(DUMPS / "every-kind" / "dump"), what, str(tmp_path / "out"))
    assert not list(tmp_path.iterdir())


def test_a_zombie_has_no_core(tmp_path: Path) -> None:
    dump = Dump(IMAGES / "zombie00")
    dead = next(pid for pid in dump.pids if not dump.core(pid).alive)
    with pytest.raises(ExportError, match="no registers"):
        extract(dump, f"core:{dead}", str(tmp_path / "core"))
