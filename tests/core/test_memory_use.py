"""Where the bytes of a dump go: against the sizes of real pages files, and arithmetic on small dumps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import MapFlag, Prot, VmaKind, VmaStatus
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode
from criu_tui.core.images.schema import mm_pb2
from criu_tui.core.pages.entries import PageFlag
from criu_tui.core.pages.identical import IdenticalPages, identical_pages
from criu_tui.core.pages.memory_use import Use, memory_uses
from criu_tui.core.pages.pages_files import PagesOwner, pages_files
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.report import memory, printed
from criu_tui.core.report.report import Report
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import Tint
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

PAGE = 4096
GIB = 1 << 30
REAL = sorted(
    path.relative_to(DUMPS.parent).as_posix()
    for folder in (DUMPS, DUMPS.parent / "images")
    for path in folder.glob("**/pstree.img")
)


class Shown(NamedTuple):
    """A VMA that shows memory from a byte offset on; id 0: private memory."""

    start: int
    end: int
    offset: int
    shmid: int


def dump_of(directory: Path, tasks: dict[int, tuple[Shown, ...]]) -> None:
    """A dump of tasks with VMAs, without pages."""
    made = demos.DemoDump(
        "",
        tuple(
            demos.DemoTask(
                pid,
                0 if pid == min(tasks) else min(tasks),
                "t",
                tuple(
                    demos.Mapping(
                        vma.start,
                        vma.end - vma.start,
                        Prot.READ,
                        MapFlag.SHARED if vma.shmid else MapFlag.PRIVATE | MapFlag.ANONYMOUS,
                        VmaStatus.REGULAR | (VmaStatus.ANON_SHARED if vma.shmid else VmaStatus.ANON_PRIVATE),
                    )
                    for vma in shown
                ),
            )
            for pid, shown in tasks.items()
        ),
    )
    demos.write(made, directory)
    for name in directory.glob("pages-*.img"):
        name.unlink()
    for pid, shown in tasks.items():
        image = directory / f"mm-{pid}.img"
        (mm,) = Dump(directory).entries(image.name, kinds.MM, mm_pb2.mm_entry)
        for written, vma in zip(mm.vmas, shown, strict=True):
            written.pgoff, written.shmid = vma.offset, vma.shmid
        mm.mm_start_stack = 0
        image.write_bytes(encode(kinds.MM, (mm,)))


@pytest.mark.parametrize("name", REAL)
def test_the_whole_is_what_the_pages_files_hold(name: str) -> None:
    dump = Dump((DUMPS.parent / name).parent)
    sizes = sum(dump.source.status(name).size for name in dump.files_listed if name.startswith("pages-"))
    uses = memory_uses(dump)
    assert uses.total.present == sizes
    assert sum(task.private.present for task in uses.tasks) <= sizes


def test_the_two_reservations_of_a_forked_task_count_for_each(tmp_path: Path) -> None:
    demos.write(demos.demo("fork"), tmp_path)
    found = {use.of: use for use in memory_uses(Dump(tmp_path)).kinds}
    # Per task: 800 GiB of addresses with a page of data in each of the two windows, a heap and a stack.
    assert found[VmaKind.ANON].reserved == 2 * 800 * GIB
    assert found[VmaKind.ANON].dumped == 2 * 2 * PAGE
    assert found[VmaKind.HEAP].reserved == 2 * 0x22000
    assert (found[VmaKind.HEAP].dumped, found[VmaKind.HEAP].vmas, found[VmaKind.HEAP].tasks) == (2 * 2 * PAGE, 2, 2)
    assert found[VmaKind.FILE_PRIVATE].private == Use(2 * (0x1000 + 0x7A000 + 0x3000), 2 * 2 * PAGE, 0)


def test_shared_memory_counts_once_however_many_map_it(tmp_path: Path) -> None:
    dump_of(
        tmp_path,
        {
            10: (Shown(0x10000, 0x50000, 0, 7), Shown(0x100000, 0x101000, 0, 0)),
            # Another window of the same memory, and a part of it once more.
            11: (Shown(0x30000, 0x50000, 0x30000, 7), Shown(0x60000, 0x62000, 0, 7)),
        },
    )
    # Pages 0, 3 and 0x34 of the memory, the last two of a pre-dump; page 0x60 that nobody maps.
    entries = [(0, 1, PageFlag.PRESENT), (0x3000, 1, PageFlag.PARENT), (0x34000, 1, PageFlag.PARENT)]
    pagemap = encode_pagemap(9, [*entries, (0x60000, 1, PageFlag.PRESENT)])
    (tmp_path / "pagemap-shmem-7.img").write_bytes(pagemap)
    (tmp_path / "pagemap-10.img").write_bytes(encode_pagemap(10, [(0x100000, 1, PageFlag.PRESENT)]))
    dump = Dump(tmp_path)
    uses = memory_uses(dump)
    found = {use.of: use for use in uses.kinds}
    # [0, 0x40000) by the first task and [0x30000, 0x50000) by the second: 0x50000 bytes together.
    assert found[VmaKind.ANON_SHARED].shared == Use(0x50000, PAGE, 2 * PAGE)
    assert (found[VmaKind.ANON_SHARED].vmas, found[VmaKind.ANON_SHARED].tasks) == (3, 2)
    assert found[VmaKind.ANON].private == Use(PAGE, PAGE, 0)
    assert found[None].private == Use(0, PAGE, 0)
    assert uses.total == Use(0x51000, 3 * PAGE, 2 * PAGE)
    tasks = {use.of: use for use in uses.tasks}
    assert tasks[10].shared == Use(0x40000, PAGE, 2 * PAGE)
    assert tasks[11].shared == Use(0x22000, PAGE, PAGE)
    assert tasks[11].private == Use()


def test_a_pages_file_is_told_whose_it_is(tmp_path: Path) -> None:
    # The numbers of pages files are no PIDs.
    dump_of(tmp_path, {10: (Shown(0x10000, 0x12000, 0, 7),), 11: (Shown(0x10000, 0x12000, 0, 0),)})
    (tmp_path / "pagemap-shmem-7.img").write_bytes(encode_pagemap(1, [(0, 2, PageFlag.PRESENT)]))
    (tmp_path / "pagemap-10.img").write_bytes(encode_pagemap(2, []))
    (tmp_path / "pagemap-11.img").write_bytes(
        encode_pagemap(10, [(0x10000, 1, PageFlag.PARENT), (0x11000, 1, PageFlag.PRESENT)])
    )
    (tmp_path / "pages-1.img").write_bytes(bytes(2 * PAGE))
    (tmp_path / "pages-3.img").write_bytes(bytes(5))
    found = {file.name: file for file in pages_files(Dump(tmp_path))}
    assert list(found) == ["pages-1.img", "pages-3.img", "pages-10.img"]
    assert found["pages-1.img"].owners == (PagesOwner("pagemap-shmem-7.img", None, 7, 2, 0, 2 * PAGE),)
    assert found["pages-10.img"].owners == (PagesOwner("pagemap-11.img", 11, None, 1, 1, PAGE),)
    assert found["pages-10.img"].size is None
    assert (found["pages-3.img"].owners, found["pages-3.img"].size) == ((), 5)


def test_bars_are_of_the_most_that_any_kind_has_dumped() -> None:
    report = Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu("4.3"), Host(Mode.HEURISTIC, 1 << 34, 0, 0, 0))
    table = memory.table(report)
    dumped = next(column for column in table.columns if column.title == "Dumped")
    assert dumped.part is not None
    pages = {memory.kind_text(row.of): row.dumped // PAGE for row in table.rows}
    most = max(pages.values())
    assert dumped.whole == f"→{most * 4}KiB"
    assert {memory.kind_text(row.of): dumped.part(row) * most for row in table.rows} == pages
    kind = table.columns[0]
    assert {kind.tint_of(row) for row in table.rows if row.of in (VmaKind.ANON, VmaKind.FILE_PRIVATE)} == {
        Tint.ANONYMOUS,
        Tint.FILE,
    }


@given(st.lists(st.lists(st.sampled_from("0abc-"), min_size=4, max_size=4), min_size=1, max_size=4))
def test_pages_that_tasks_have_alike(tmp_path_factory: pytest.TempPathFactory, tasks: list[list[str]]) -> None:
    """A letter is the content of a page, 0 zeros, - a page that is not in the dump."""
    directory = tmp_path_factory.mktemp("dump")
    base = 0x10000
    dump_of(directory, {pid: (Shown(base, base + 4 * PAGE, 0, 0),) for pid in range(1, len(tasks) + 1)})
    for pid, letters in enumerate(tasks, 1):
        entries = [(base + at * PAGE, 1, 4) for at, letter in enumerate(letters) if letter != "-"]
        (directory / f"pagemap-{pid}.img").write_bytes(encode_pagemap(pid, entries))
        pages = b"".join((bytes(1) if letter == "0" else letter.encode()) * PAGE for letter in letters if letter != "-")
        (directory / f"pages-{pid}.img").write_bytes(pages)
    *_, found = identical_pages(Dump(directory))
    assert isinstance(found, IdenticalPages)
    held = [
        (pid, at, letter) for pid, those in enumerate(tasks, 1) for at, letter in enumerate(those) if letter in "abc"
    ]
    assert found.distinct == len({letter for _, _, letter in held})
    for task in found.tasks:
        own = [(at, letter) for pid, at, letter in held if pid == task.pid]
        others = [(at, letter) for pid, at, letter in held if pid != task.pid]
        elsewhere = [(at, letter) for at, letter in own if (at, letter) not in others and letter in letters_of(others)]
        assert task.pages == sum(letter != "-" for letter in tasks[task.pid - 1])
        assert task.zero == tasks[task.pid - 1].count("0")
        assert task.same_address == sum(page in others for page in own)
        assert task.elsewhere == len(elsewhere)
        again = [letter for _, letter in own if letter not in letters_of(others)]
        assert task.again == sum(again.count(letter) > 1 for letter in again)
    covered = {
        (pid, number)
        for stretch in found.stretches
        for pid in stretch.pids
        for number in range((stretch.span.start - base) // PAGE, (stretch.span.end - base) // PAGE)
    }
    alike = {(pid, at) for pid, at, letter in held if any((at, letter) == one[1:] and one[0] != pid for one in held)}
    assert covered == alike


def letters_of(pages: list[tuple[int, str]]) -> set[str]:
    return {letter for _, letter in pages}


def test_the_pages_of_a_forked_task_are_said_to_be_the_same(tmp_path: Path) -> None:
    demos.write(demos.demo("fork"), tmp_path)
    report = Report(Dump(tmp_path), criu("4.2.1"))
    assert printed.json(report, "memory")["identical"] is None
    asked = printed.Asked(contents=True)
    found: Any = printed.json(report, "memory", None, asked)["identical"]
    # The demo writes the same bytes for the same address: 8 pages in each of the two tasks.
    assert (found["pages"], found["unread"]) == (16, 0)
    assert all(stretch["pids"] == [4242, 4243] for stretch in found["stretches"])
    text = "\n".join(printed.text(report, "memory"))
    assert "8 pages (32 KiB) are in the dump again" in text
