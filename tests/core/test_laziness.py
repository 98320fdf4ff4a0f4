"""What is read when, and what is given back."""

from __future__ import annotations

import gc
import shutil
import struct
import threading
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.core.dump import cache, problems
from criu_tui.core.dump import unknown as unknown_module
from criu_tui.core.dump.address_space import AddressSpace
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.namespaces import ids_of
from criu_tui.core.dump.vma import Vma, VmaKind
from criu_tui.core.images import images, kinds
from criu_tui.core.images import unknown_fields as unknown_fields_module
from criu_tui.core.images.schema import fdinfo_pb2, memfd_pb2
from criu_tui.core.images.unknown_fields import UnknownField
from criu_tui.core.pages.pagemaps import pagemap_of, read_all
from criu_tui.core.report import maps, tasks
from criu_tui.core.report.report import Report
from criu_tui.core.restore.plan import plan
from criu_tui.core.restore.releases import criu
from criu_tui.core.source.directory import Directory
from criu_tui.core.source.error import ImageError
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import generate
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host
    from criu_tui.core.source.source import OpenFile

REAL = sorted(path.parent for path in DUMPS.glob("*/**/inventory.img"))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files opened so far, to be read in pieces or at once."""
    names: list[str] = []
    original, read_at_once = Directory.open, Directory.read_small

    def open_file(self: Directory, name: str) -> OpenFile:
        names.append(name)
        return original(self, name)

    def read_small(self: Directory, name: str, most: int) -> bytes | None:
        data = read_at_once(self, name, most)
        if data is not None:
            names.append(name)
        return data

    monkeypatch.setattr(Directory, "open", open_file)
    monkeypatch.setattr(Directory, "read_small", read_small)
    return names


def test_opening_and_the_task_list_read_what_is_on_screen(
    tmp_path: Path, opened: list[str], recorded_host: Host
) -> None:
    report = Report(Dump(generate.many_tasks(tmp_path, 200)), criu("4.2.1"), recorded_host)
    assert opened == ["inventory.img", "pstree.img"]
    table = tasks.table(report)
    assert opened == ["inventory.img", "pstree.img"]
    assert [table.cells(row) for row in (0, 9)] == [("100", "task-0"), ("    109", "task-9")]
    assert opened[2:] == ["core-100.img", "core-109.img"]
    maps.table(report, 109)
    assert opened[4:] == ["mm-109.img"]


@pytest.mark.parametrize("name", ["random-2-fork", "every-kind"])
def test_no_image_is_decoded_twice(opened: list[str], recorded_host: Host, name: str) -> None:
    report = Report(Dump(DUMPS / name / "dump"), criu("4.2.1"), recorded_host)
    assert report.findings is not None
    assert report.owners is not None
    assert report.budget.charged
    read_often = ("core-", "mm-", "pagemap-", "files.img", "memfd.img")
    assert [name for name, times in Counter(opened).items() if name.startswith(read_often) and times > 1] == []


def test_images_that_are_kept_decoded_have_a_bound(
    tmp_path: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(DUMPS / "every-kind" / "dump", tmp_path / "dump")
    dump = Dump(tmp_path / "dump")

    def read(name: str) -> int:
        before = len(opened)
        kind, message = {
            "files.img": (kinds.FILES, fdinfo_pb2.file_entry),
            "memfd.img": (kinds.MEMFD_INODE, memfd_pb2.memfd_inode_entry),
        }[name]
        assert dump.entries(name, kind, message)
        return len(opened) - before

    assert [read("files.img"), read("memfd.img"), read("files.img"), read("memfd.img")] == [1, 1, 0, 0]
    # Room for the longer of the two, and for it alone.
    files = dump.entries("files.img", kinds.FILES, fdinfo_pb2.file_entry)
    room = sum(entry.ByteSize() + cache.MESSAGE_COST for entry in files)
    monkeypatch.setattr(cache, "MESSAGES_KEPT", room)
    dump = Dump(tmp_path / "dump")
    assert [read("memfd.img"), read("files.img"), read("files.img"), read("memfd.img")] == [1, 1, 0, 1]


def test_problems_that_are_left_out_are_counted_by_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "PROBLEM_LIMIT", 1)
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump")
    dump = Dump(tmp_path / "dump")
    for _ in range(2):
        for name in ("a", "b", "c"):
            dump.note_problem(name, ImageError(name, None, "cut"))
    assert [str(problem) for problem in dump.problems] == ["a: cut", "other images: 2 more problems"]


def test_reading_many_images_costs_each_of_them_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is gone over again for those that follow, were it only to see how much waits."""
    weighed = 0
    weigh = cache.cost

    def counting(image: images.Image[Any]) -> int:
        nonlocal weighed
        weighed += 1
        return weigh(image)

    monkeypatch.setattr(cache, "cost", counting)
    monkeypatch.setattr(unknown_module, "cost", counting)
    for count in (20, 200):
        weighed = 0
        directory = generate.many_tasks(tmp_path / str(count), count)
        for pid in range(100, 100 + count, 2):
            (directory / f"core-{pid}.img").write_bytes(b"")
        read_all(Dump(directory))
        assert weighed < 10 * count


def test_no_unknown_field_is_looked_for_before_somebody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were it only because much waits: that is read again when somebody asks, and each image is looked at once."""
    looked = 0
    look = unknown_fields_module.unknown_fields

    def counting(message: Any, length: int | None = None) -> Any:
        nonlocal looked
        looked += 1
        return look(message, length)

    monkeypatch.setattr(unknown_fields_module, "unknown_fields", counting)
    seen = []
    for kept in (unknown_module.UNLOOKED, 0):
        monkeypatch.setattr(unknown_module, "UNLOOKED", kept)
        looked = 0
        dump = Dump(DUMPS / "prot-none-1g" / "dump")
        read_all(dump)
        assert looked == 0
        found = dump.unknown_fields
        seen.append((looked, found))
        assert looked > 0
        read_all(dump)
        assert (dump.unknown_fields, looked) == seen[-1][::-1]
    assert seen[0] == seen[1]


def test_an_unknown_field_is_found_among_many_images_without_one(tmp_path: Path) -> None:
    dump = generate.many_tasks(tmp_path, 300)
    for name in ("ids-250.img", "ids-390.img"):
        image = tmp_path / name
        encoded = image.read_bytes()
        (length,) = struct.unpack_from("<I", encoded, 8)
        # Field 1000, a varint of 1.
        image.write_bytes(encoded[:8] + struct.pack("<I", length + 3) + encoded[12:] + b"\xc0\x3e\x01")
    read = Dump(dump)
    for pid in read.pids:
        assert ids_of(read, pid) is not None
    assert read.unknown_fields == {UnknownField("task_kobj_ids_entry", 1000): "ids-250.img"}


def test_who_asks_for_unknown_fields_waits_for_who_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump")
    dump = Dump(tmp_path / "dump")
    read_all(dump)
    looking, go_on = threading.Event(), threading.Event()

    def slowly(message: object, length: int | None = None) -> set[UnknownField]:
        looking.set()
        assert go_on.wait(10)
        return {UnknownField("mm_entry", 1000)}

    monkeypatch.setattr(unknown_fields_module, "unknown_fields", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(lambda: dump.unknown_fields)
        assert looking.wait(10)
        second = pool.submit(lambda: dump.unknown_fields)
        go_on.set()
        assert set(first.result()) == set(second.result()) == {UnknownField("mm_entry", 1000)}


def test_a_pagemap_is_given_back_when_its_task_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "ENTRIES_KEPT", 3)
    dump = Dump(generate.many_tasks(tmp_path, 5))
    made = plan(dump, criu("4.2.1"))
    kept = [weakref.ref(pagemap_of(dump, pid)) for pid in (100, 101, 102, 103)]
    gc.collect()
    assert [reference() is not None for reference in kept] == [False, True, True, True]
    assert made.reason(made.by_pid[100].steps[0]), "the plan reads again what it needs"


@pytest.mark.parametrize("directory", REAL, ids=lambda path: str(path.relative_to(DUMPS)))
def test_outlines_equal_what_each_vma_says(directory: Path) -> None:
    dump = Dump(directory)
    for pid in dump.pids:
        check_outline(dump.address_space(pid))


vmas = st.lists(
    st.builds(
        lambda start, size, flags, status: Vma(start, start + size, 0, 0, 3, flags, status),
        st.integers(0, 40) | st.just(0xFFFFFFFFFF600000),
        st.integers(-2, 5),
        st.sampled_from((0x22, 0x122, 0x1)),
        st.sampled_from((0x201, 0x5, 0x101, 0x10201)),
    ).filter(lambda vma: vma.end >= 0),
    max_size=6,
)


@given(vmas, st.integers(0, 45) | st.none())
def test_outlines_of_nonsense(found: list[Vma], stack: int | None) -> None:
    check_outline(AddressSpace(tuple(found), None, stack))
    check_outline(AddressSpace(tuple(sorted(found, key=lambda vma: vma.start)), None, stack))


def test_addresses_are_found_among_ordinary_vmas_before_guard_vmas() -> None:
    """CRIU 4.2 appends them behind the others (criu/proc_parse.c), inside VMAs of their own addresses."""
    count = 1000
    ordinary = [Vma(i * 0x10000, i * 0x10000 + 0x8000, 0, 0, 3, 0x22, 0x201) for i in range(count)]
    guards = [Vma(i * 0x10000, i * 0x10000 + 0x1000, 0, 0, 3, 0x22, 0x10201) for i in range(0, count, 2)]
    alone = Vma(0x7000_0000, 0x7000_1000, 0, 0, 3, 0x22, 0x10201)
    space = AddressSpace((*ordinary, *guards, alone))
    assert [space.at(i * 0x10000) for i in range(count)] == list(range(count))
    assert [space.at(i * 0x10000 + 0x8000) for i in range(count)] == [None] * count
    assert space.at(0x7000_0000) == count + len(guards)


def test_a_sketch_of_many_vmas_looks_at_few_of_them() -> None:
    looked_at = 0

    class Counted(tuple[Vma, ...]):
        def __getitem__(self, index: object) -> Vma:  # type: ignore[override]
            nonlocal looked_at
            looked_at += 1
            return tuple.__getitem__(self, index)  # type: ignore[no-any-return, call-overload]

    space = AddressSpace(Counted(Vma(i * 8192, i * 8192 + 4096, 0, 0, 3, 0x22, 0x201) for i in range(50_000)))
    sketch = space.sketch
    assert looked_at < 1000
    assert (sketch.size, sketch.highest_end) == (None, 49_999 * 8192 + 4096)
    assert space.outline.size == 50_000 * 4096, "all of them, when asked for"
    few = AddressSpace(tuple(Vma(i * 8192, i * 8192 + 4096, 0, 0, 3, 0x22, 0x201) for i in range(10)))
    assert few.sketch == few.outline


def check_outline(space: AddressSpace) -> None:
    outline, every = space.outline, tuple(space.vmas)
    assert outline.size == sum(vma.size for vma in every)
    assert outline.highest_end == max((vma.end for vma in every if vma.end < 1 << 63), default=0)
    assert {space.kind(vma) for vma in every} <= outline.kinds <= {space.kind(vma) for vma in every} | {VmaKind.ANON}
    assert {(vma.flags, vma.status, vma.shmid) for vma in every} == {
        (vma.flags, vma.status, vma.shmid) for vma in outline.samples
    }
    for vma in every:
        for address in (vma.start - 1, vma.start, vma.end - 1, vma.end):
            first = next((i for i, other in enumerate(every) if other.start <= address < other.end), None)
            assert space.at(address) == first


@pytest.mark.parametrize("directory", REAL, ids=lambda path: str(path.relative_to(DUMPS)))
def test_steps_by_vma_and_in_order_are_the_same(directory: Path) -> None:
    for task in plan(Dump(directory), criu("4.2.1")).tasks:
        assert sorted(step.index for step in task.steps) == list(range(len(task.steps.vmas)))
        for position, step in enumerate(task.steps):
            assert task.steps.of(step.index) == step
            assert task.steps.position(step.index) == position
        assert [*task.scratch, *task.in_place] == list(task.steps)
