"""Damaged dumps through every view: a thinned run of what `python -m tests.fuzz damage` does completely."""

from __future__ import annotations

import os
import shutil
import struct
from itertools import cycle, islice
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base.limits import NESTED_LIMIT, UNKNOWN_LIMIT, VMA_LIMIT
from criu_tui.core.dump.credentials import credentials_of
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.listed import unknown_images
from criu_tui.core.findings.finding import Severity
from criu_tui.core.images import framing, images, kinds, messages, wire
from criu_tui.core.images.schema import (
    cgroup_pb2,
    core_pb2,
    fdinfo_pb2,
    inventory_pb2,
    memfd_pb2,
    mm_pb2,
    pagemap_pb2,
    pstree_pb2,
    vma_pb2,
)
from criu_tui.core.images.unknown_fields import UnknownField, all_known, unknown_fields
from criu_tui.core.pages.pagemaps import pagemap_of, read_all
from criu_tui.core.report import detail, plan
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.source.error import ImageError

from tests.conftest import DUMPS
from tests.fuzz import damage
from tests.fuzz.mutate import frames_of
from tests.fuzz.views import FORMATS, VIEWS, print_all, print_view

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host

TRIED = 18
"""Damages of each dump, spread over all of them."""
VIEWED = 3
"""Views of each damage; every view comes round."""


@pytest.mark.parametrize("name", sorted(path.name for path in DUMPS.iterdir() if path.is_dir()))
def test_every_view_of_a_damaged_dump_keeps_its_promises(tmp_path: Path, name: str) -> None:
    directory = damage.copy(DUMPS / name, tmp_path / name)
    all_damages = list(damage.damages(directory, pages=False))
    views = cycle((*view, "--format", form) for view in VIEWS for form in FORMATS)
    for one in all_damages[:: max(1, len(all_damages) // TRIED)]:
        with damage.damaged(directory, one):
            for view in islice(views, VIEWED):
                print_view(directory, *view)


@pytest.mark.parametrize("image", ["pstree.img", "mm-24417.img", "core-24417.img", "files.img", "pagemap-24417.img"])
def test_a_cut_image_is_named_with_its_byte_and_the_rest_is_shown(
    tmp_path: Path, recorded_host: Host, image: str
) -> None:
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump")
    path = tmp_path / "dump" / image
    length = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(length - 1)
    report = Report(Dump(tmp_path / "dump"), criu("4.2.1"), recorded_host)
    (error,) = [problem for problem in [*report.findings, *report.dump.problems] if image in str(problem)][-1:]
    assert isinstance(error, ImageError)
    assert error.offset is not None
    assert 0 < error.offset < length
    print_all(tmp_path / "dump")


# What is older, newer, or of another make than the CRIU that we know


def test_images_of_2013_are_read(tmp_path: Path, recorded_host: Host) -> None:
    """No common magic, VMAs in an image of their own (before 1.2), credentials too (before 2.0)."""
    source = DUMPS / "prot-none-1g" / "dump"
    for path in source.glob("*.img"):
        data = path.read_bytes()
        (tmp_path / path.name).write_bytes(data[4:] if data[:4] == b"\x19\x43\x56\x54" else data)
    (inventory,) = images.decode(
        (source / "inventory.img").read_bytes(), kinds.INVENTORY, "", inventory_pb2.inventory_entry
    ).entries
    inventory.img_version = 1
    (tmp_path / "inventory.img").write_bytes(framing.encode(kinds.INVENTORY, [inventory]))
    (memory,) = images.decode((source / "mm-24417.img").read_bytes(), kinds.MM, "", mm_pb2.mm_entry).entries
    vmas = framing.encode(kinds.VMAS, memory.vmas)[4:]
    del memory.vmas[:]
    (tmp_path / "mm-24417.img").write_bytes(framing.encode(kinds.MM, [memory])[4:])
    (tmp_path / "vmas-24417.img").write_bytes(vmas)
    (core,) = images.decode((source / "core-24417.img").read_bytes(), kinds.CORE, "", core_pb2.core_entry).entries
    (tmp_path / "creds-24417.img").write_bytes(framing.encode(kinds.CREDS, [core.thread_core.creds])[4:])
    core.thread_core.ClearField("creds")
    (tmp_path / "core-24417.img").write_bytes(framing.encode(kinds.CORE, [core])[4:])
    old, new = Dump(tmp_path), Dump(source)
    assert list(old.address_space(24417).vmas) == list(new.address_space(24417).vmas)
    assert old.address_space(24417).start_stack == new.address_space(24417).start_stack
    assert credentials_of(old, 24417) == credentials_of(new, 24417)
    assert list(pagemap_of(old, 24417)) == list(pagemap_of(new, 24417))
    assert old.problems == ()
    print_all(tmp_path)


def test_pages_of_an_unknown_image_version_are_never_read(tmp_path: Path, recorded_host: Host) -> None:
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump")
    path = tmp_path / "dump" / "inventory.img"
    (entry,) = images.decode(path.read_bytes(), kinds.INVENTORY, "", inventory_pb2.inventory_entry).entries
    entry.img_version = 4
    path.write_bytes(framing.encode(kinds.INVENTORY, [entry]))
    report = Report(Dump(tmp_path / "dump"), criu("4.2.1"), recorded_host)
    assert [finding.id for finding in report.findings] == ["version-unknown"]
    _, found = print_view(tmp_path / "dump", "search", "--pattern", "ELF")
    assert "how pages of image version 4 are stored is not known" in found
    print_all(tmp_path / "dump")


def test_encrypted_images_are_recognised_and_never_read(tmp_path: Path, recorded_host: Host) -> None:
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump")
    (tmp_path / "dump" / "cipher.img").write_bytes(b"anything")
    dump = Dump(tmp_path / "dump")
    report = Report(dump, criu("4.2.1"), recorded_host)
    assert [finding.id for finding in report.findings] == ["encrypted"]
    assert (dump.inventory, dump.tasks, dump.files) == (None, (), {})
    print_all(tmp_path / "dump")


def test_unknown_images_and_fields_are_named_and_not_fatal(tmp_path: Path, recorded_host: Host) -> None:
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump")
    (tmp_path / "dump" / "luo-7.img").write_bytes(b"a kind of image to come")
    path = tmp_path / "dump" / "mm-24417.img"
    magics, (payload,), _ = frames_of(path.read_bytes())
    # Field 900, a varint: two bytes of tag, one of value.
    payload += b"\xa0\x38\x01"
    path.write_bytes(magics + len(payload).to_bytes(4, "little") + payload)
    report = Report(Dump(tmp_path / "dump"), criu("4.2.1"), recorded_host)
    found = {finding.id: finding.why for finding in report.findings}
    assert found == {"image-unknown": "luo-7.img", "field-unknown": "field 900 of mm_entry in mm-24417.img"}
    assert len(report.dump.address_space(24417).vmas) == 16


def test_every_recorded_image_has_a_known_name_and_known_fields(recorded_host: Host) -> None:
    for path in DUMPS.glob("*/dump"):
        dump = Dump(path)
        read_all(dump)
        assert (unknown_images(dump), dump.unknown_fields) == ((), {})


def test_a_file_of_an_unknown_type_does_not_hide_the_others(tmp_path: Path) -> None:
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump")
    path = tmp_path / "dump" / "files.img"
    magics, payloads, _ = frames_of(path.read_bytes())
    # {type 90, id 99}: a type that no CRIU has.
    payloads.insert(0, b"\x08\x5a\x10\x63")
    path.write_bytes(magics + b"".join(len(p).to_bytes(4, "little") + p for p in payloads))
    dump = Dump(tmp_path / "dump")
    assert len(dump.files) == len(Dump(DUMPS / "prot-none-1g" / "dump").files) + 1
    assert dump.problems == ()


def test_a_namespace_without_its_image_is_found(tmp_path: Path, recorded_host: Host) -> None:
    shutil.copytree(DUMPS / "userns-three-extents" / "dump", tmp_path / "dump")
    for name in ("utsns-11.img", "userns-13.img", "mountpoints-12.img", "ipcns-var-10.img"):
        (tmp_path / "dump" / name).unlink()
    report = Report(Dump(tmp_path / "dump"), criu("4.2.1"), recorded_host)
    found = sorted(finding.title for finding in report.findings if finding.id == "namespace-missing")
    assert found == [
        f"{kind} namespace {number} is not in the dump"
        for kind, number in (("ipc", 10), ("mnt", 12), ("user", 13), ("uts", 11))
    ]


@pytest.mark.parametrize("kind", ["mnt", "net"])
def test_a_namespace_below_a_first_task_without_one(tmp_path: Path, recorded_host: Host, kind: str) -> None:
    """4.2.1 and 4.3 dump it, and their restores say “Can't restore sub-task in NS” (criu/pstree.c)."""
    shutil.copytree(DUMPS / "growsdown-fork" / "dump", tmp_path / "dump")
    path = tmp_path / "dump" / "ids-24366.img"
    ids = core_pb2.task_kobj_ids_entry()
    data = path.read_bytes()
    ids.ParseFromString(data[12:])
    setattr(ids, f"{kind}_ns_id", 99)
    said = ids.SerializeToString()
    path.write_bytes(data[:8] + len(said).to_bytes(4, "little") + said)
    report = Report(Dump(tmp_path / "dump"), criu("4.3"), recorded_host)
    found = [finding.title for finding in report.findings if finding.id.startswith("namespace-")]
    assert found == [f"task 24366 is in a {kind} namespace of its own, and the first task in none"]


# Found by fuzzing, and limits


def test_names_that_are_not_utf_8_are_text(tmp_path: Path) -> None:
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump")
    path = tmp_path / "dump" / "core-24417.img"
    data = path.read_bytes()
    path.write_bytes(data.replace(b"hole", b"h\xff\x1be"))
    assert Dump(tmp_path / "dump").core(24417).comm == "h\udcff\x1be"
    assert "h\\xff\\x1be" in print_view(tmp_path / "dump", "maps")[1]


def test_a_message_without_what_it_must_have_is_damage() -> None:
    data = framing.encode(kinds.MM, []) + (4).to_bytes(4, "little") + b"\x72\x02\x08\x01"
    error = images.decode(data, kinds.MM, "mm-1.img", mm_pb2.mm_entry).error
    assert str(error) == "mm-1.img: byte 12 (entry 0): a mm_entry message without its mm_start_code"


def test_what_grows_fiftyfold_in_memory_is_refused_before_it_is_parsed() -> None:
    # Empty rings, field 16.
    payload = b"\x82\x01\x00" * (NESTED_LIMIT + 1)
    data = framing.encode(kinds.MM, []) + len(payload).to_bytes(4, "little") + payload
    error = images.decode(data, kinds.MM, "mm-1.img", mm_pb2.mm_entry).error
    assert error is not None
    assert "messages within one mm_entry: more than is read" in error.reason


def test_of_too_many_vmas_the_first_are_decoded_and_all_else() -> None:
    """The same as protobuf has of all of them, with the last ones taken away."""
    vma = vma_pb2.vma_entry(start=1, end=2, pgoff=0, shmid=0, prot=1, flags=2, status=1, fd=-1).SerializeToString()
    short = b"\x72" + wire.write_varint(len(vma)) + vma
    # With a field that nobody knows, longer than a length of one byte; a tag and a length that could be shorter.
    long = b"\x72" + wire.write_varint(len(vma) + 203) + vma + b"\xfa\x07" + wire.write_varint(199) + bytes(199)
    odd = b"\xf2\x00" + bytes((len(vma) | 0x80, 0)) + vma
    head = mm_pb2.mm_entry()
    for field in head.DESCRIPTOR.fields:
        if field.is_required:
            setattr(head, field.name, 5)
    behind = mm_pb2.mm_entry(mm_saved_auxv=[7, 8], dumpable=3).SerializePartialToString()
    group = b"\xf3\x07" + short + b"\xf4\x07"
    payload = (
        long + head.SerializeToString() + short * (VMA_LIMIT - 1) + odd + behind + group + short * 3 + long + behind
    )
    data = framing.encode(kinds.MM, []) + len(payload).to_bytes(4, "little") + payload
    found = images.decode(data, kinds.MM, "mm-1.img", mm_pb2.mm_entry)
    whole = mm_pb2.mm_entry.FromString(payload)
    del whole.vmas[VMA_LIMIT:]
    assert list(found.entries[0].vmas) == list(whole.vmas)
    assert found.entries[0].dumpable == 3
    assert found.entries[0].mm_saved_auxv == [7, 8, 7, 8]
    assert found.entries[0].mm_brk == 5
    assert str(found.error).startswith("mm-1.img (entry 0): 65,5")


def test_messages_within_a_message_are_counted_not_guessed() -> None:
    """Every id and address of these VMAs has bytes that also begin a VMA's field: 0x72 and 0xf2."""
    one = vma_pb2.vma_entry(
        start=0x7272727272000, end=0x7272727273000, pgoff=0, shmid=0x727272, prot=1, flags=2, status=0x41, fd=-1
    )
    count = NESTED_LIMIT // 3
    payload = mm_pb2.mm_entry(vmas=[one]).SerializePartialToString() * count
    rest = mm_pb2.mm_entry()
    for field in rest.DESCRIPTOR.fields:
        if field.is_required:
            setattr(rest, field.name, 1)
    payload += rest.SerializeToString()
    assert payload.count(b"\x72") + payload.count(b"\xf2") > NESTED_LIMIT
    assert len(messages.parse(payload, mm_pb2.mm_entry, "mm-1.img", 0, 0).vmas) == count


def test_messages_that_nest_deeply_count_at_every_depth() -> None:
    inner = cgroup_pb2.cgroup_dir_entry(dir_name="d", children=[cgroup_pb2.cgroup_dir_entry(dir_name="e")] * 1023)
    whole = cgroup_pb2.cgroup_dir_entry(dir_name="r", children=[inner] * 1024)
    # 1024 * (1 + 1023) is the limit itself, and one more is beyond it.
    assert messages.parse(whole.SerializePartialToString(), cgroup_pb2.cgroup_dir_entry, "x", 0, 0) is not None
    whole.children.add(dir_name="s")
    with pytest.raises(ImageError, match=r"more than 1,048,576 messages within one cgroup_dir_entry"):
        messages.parse(whole.SerializePartialToString(), cgroup_pb2.cgroup_dir_entry, "x", 0, 0)


def test_a_sparse_image_is_not_kept_in_memory(tmp_path: Path) -> None:
    """Names of 32 MiB, all of them holes: the file takes a few blocks and says it has half a GiB."""
    path = tmp_path / "memfd.img"
    length = 32 << 20
    with path.open("wb") as file:
        file.write(framing.encode(kinds.MEMFD_INODE, []))
        rest = memfd_pb2.memfd_inode_entry(
            uid=1, gid=1, size=1, shmid=1, seals=0, inode_id=1
        ).SerializePartialToString()
        for _ in range(16):
            # Field 1, the name: its length, then a hole; what follows makes the message a whole one.
            head = b"\x0a" + bytes((length >> shift & 0x7F) | (0x80 if shift < 21 else 0) for shift in (0, 7, 14, 21))
            file.write(struct.pack("<I", len(head) + length + len(rest)) + head)
            file.seek(length, os.SEEK_CUR)
            file.write(rest)
    image = images.read_entries(path, kinds.MEMFD_INODE, memfd_pb2.memfd_inode_entry)
    assert image.error is not None
    assert image.error.entry == len(image.entries) == 0
    assert "more than 1" in image.error.reason
    assert "of its disk: the rest is not read" in image.error.reason


def test_a_required_enum_of_a_value_that_a_later_release_has_added() -> None:
    """protobuf keeps it among the unknown fields, and counts the message as one that lacks it."""
    later = fdinfo_pb2.fdinfo_entry.FromString(b"\x08\x04\x10\x00\x18\x63\x20\x01")
    assert not later.IsInitialized()
    assert unknown_fields(later, length=8) == set()
    assert not all_known([later])


def test_unknown_fields_without_end_are_not_all_looked_at(tmp_path: Path) -> None:
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump")
    path = tmp_path / "dump" / "pstree.img"
    entry = pstree_pb2.pstree_entry(pid=1, ppid=0, pgid=1, sid=1).SerializeToString()
    data = framing.encode(kinds.PSTREE, [])
    for first in range(1000, 101000, 1000):
        # Varint fields of ever new numbers: three bytes of tag, one of value.
        tags = (number << 3 for number in range(first, first + 1000))
        more = b"".join(bytes((t & 0x7F | 0x80, t >> 7 & 0x7F | 0x80, t >> 14, 0)) for t in tags)
        data += struct.pack("<I", len(entry + more)) + entry + more
    path.write_bytes(data)
    dump = Dump(tmp_path / "dump")
    assert len(dump.unknown_fields) == UNKNOWN_LIMIT
    assert max(field.number for field in dump.unknown_fields) < 1000 + 4 * 1000
    # One field again and again, a MiB and more of it: no object is made of each.
    again = pstree_pb2.pstree_entry.FromString(entry + b"\xc0\x3e\x00" * (1 << 19))
    assert unknown_fields(again) == set()
    # As long, but with as many VMAs as that takes: a newer CRIU's field in it is found.
    vma = vma_pb2.vma_entry(start=1 << 46, end=1 << 46, pgoff=0, shmid=1, prot=1, flags=2, status=3, fd=-1)
    vma.MergeFromString(b"\xc0\x3e\x00")
    mm = mm_pb2.mm_entry(vmas=[vma] * (1 << 16))
    assert len(mm.SerializePartialToString()) > 1 << 20
    assert unknown_fields(mm) == {UnknownField("vma_entry", 1000)}


@pytest.mark.parametrize("pages", [1 << 32, (1 << 64) - 1])
def test_page_counts_beyond_the_address_space(tmp_path: Path, recorded_host: Host, pages: int) -> None:
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump")
    path = tmp_path / "dump" / "pagemap-24417.img"
    head = pagemap_pb2.pagemap_head(pages_id=1)
    entry = pagemap_pb2.pagemap_entry(vaddr=1 << 63, compat_nr_pages=1, nr_pages=pages, flags=4)
    path.write_bytes(framing.encode(kinds.PAGEMAP, [head, entry]))
    report = Report(Dump(tmp_path / "dump"), criu("4.2.1"), recorded_host)
    found = {finding.id for finding in report.findings}
    # 2^63 bytes hold 2^51 pages: the first fits, far above any VMA; the second does not.
    assert ("page-outside-vma" in found) == (pages == 1 << 32)
    assert ("image-unreadable" in found) == (pages > 1 << 51)
    print_all(tmp_path / "dump")


def test_a_cut_pagemap_refuses_nothing(tmp_path: Path, recorded_host: Host) -> None:
    """Where dumped pages lie is not known any more; only that the image cannot be read is."""
    directory = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-400g" / "dump", directory)
    pagemap = next(directory.glob("pagemap-[0-9]*.img"))
    with pagemap.open("r+b") as file:
        file.truncate(82)
    report = Report(Dump(directory), criu("4.2.1"), recorded_host)
    assert report.budget.failure is not None
    found = report.findings
    assert any(pagemap.name in finding.title for finding in found if finding.severity is Severity.ERROR)
    assert not any("mapped writable" in finding.title for finding in found)
    assert "are cut" in "\n".join(line for _, line in plan.table(report, report.dump.tasks[0].pid).notes)


def test_a_guard_is_named_where_it_lies_in_another_vma() -> None:
    report = Report(Dump(DUMPS / "every-kind" / "dump"), criu("4.2.1"))
    pid = report.dump.tasks[0].pid
    inside, outside = 0x7F7FBF3B6000, 0x7F7FBF3B8000
    words = "guard 7f7fbf3b6000-7f7fbf3b8000"
    assert words in detail.lines(report, pid, inside)[0][1]
    assert words in "\n".join(line for _, line in detail.everything(report, pid, inside))
    assert words not in detail.lines(report, pid, outside)[0][1]
