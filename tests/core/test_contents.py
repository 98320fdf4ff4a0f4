"""Where pages lie and what they hold, against the pages files of real dumps and arithmetic."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.base.limits import PARENT_LIMIT
from criu_tui.core.base.span import Span
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import Prot
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.entries import PageFlag, PageKind
from criu_tui.core.pages.pagemaps import pagemap_of, shared_pagemap_of
from criu_tui.core.pages.places import AbsentContents, absent_pages, backing
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.report.export import ExportError, target
from criu_tui.core.source.error import ImageError
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.places import PageRun

PAGE = 4096
BASE = 0x10000000
RW = Prot.READ | Prot.WRITE
PRESENT, PARENT, LAZY = PageFlag.PRESENT, PageFlag.PARENT, PageFlag.LAZY
ALL = sorted(path.name for path in DUMPS.iterdir() if (path / "dump" / "pstree.img").exists())


def made(directory: Path, entries: list[tuple[int, int, int]], pages: bytes, vma_pages: int = 16) -> Dump:
    """A dump of task 7 with one VMA at BASE; entries are (page number, pages, flags)."""
    directory.mkdir(exist_ok=True)
    mapping = demos.Mapping(BASE, vma_pages * PAGE, RW)
    demos.write(demos.DemoDump("", (demos.DemoTask(7, 0, "t", (mapping,)),)), directory)
    found = [(BASE + number * PAGE, count, flags) for number, count, flags in entries]
    (directory / "pagemap-7.img").write_bytes(encode_pagemap(1, found))
    (directory / "pages-1.img").write_bytes(pages)
    return Dump(directory)


def page(letter: str) -> bytes:
    return letter.encode() * PAGE


def runs(dump: Dump, span: Span | None = None) -> list[PageRun]:
    with PageBytes(dump) as contents:
        return list(contents.runs(7, dump.address_space(7).vmas[0], span))


def contents_of(dump: Dump) -> dict[int, str]:
    """The first letter of each page that has bytes, by page number."""
    found = {}
    with PageBytes(dump) as contents:
        for run in contents.runs(7, dump.address_space(7).vmas[0]):
            for at, data in contents.chunks(run, PAGE):
                assert data == data[:1] * PAGE
                found[(at - BASE) // PAGE] = data[:1].decode()
    return found


@pytest.mark.parametrize("name", ALL)
def test_coverage_adds_up_to_the_pages_files(name: str) -> None:
    dump = Dump(DUMPS / name / "dump")
    for task in dump.tasks:
        pagemap = pagemap_of(dump, task.pid)
        if not len(pagemap):
            continue
        length = (dump.path / f"pages-{pagemap.pages_id}.img").stat().st_size
        private = [v for v in dump.address_space(task.pid).vmas if not v.traits.guard and v.is_private()]
        assert sum(pagemap.coverage(vma.span).present for vma in private) * PAGE == length
        assert pagemap.present_pages * PAGE == length


@pytest.mark.parametrize("name", ALL)
def test_runs_are_the_vma_without_a_gap(name: str) -> None:
    dump = Dump(DUMPS / name / "dump")
    with PageBytes(dump) as contents:
        for task in dump.tasks:
            for vma in dump.address_space(task.pid).vmas:
                at = vma.start
                for run in contents.runs(task.pid, vma):
                    assert run.span.start == at < run.span.end
                    at = run.span.end
                    if run.place is not None:
                        data = b"".join(piece for _, piece in contents.chunks(run, 3 * PAGE))
                        assert data == run.place.file.read_bytes()[run.place.offset :][: run.span.size]
                assert at == vma.end


def test_an_incremental_dump_is_the_full_one_byte_for_byte() -> None:
    parts, full = Dump(DUMPS / "incremental" / "dump"), Dump(DUMPS / "prot-none-1g" / "dump")
    compared = depths = 0
    with PageBytes(parts) as split, PageBytes(full) as whole:
        for vma in full.address_space(24417).vmas:
            for run in whole.runs(24417, vma):
                for at, data in whole.chunks(run, PAGE):
                    place = split.place(24417, at)
                    assert place is not None
                    depths += place.depth
                    assert split.read(24417, at) == data
                    compared += 1
    assert compared == pagemap_of(full, 24417).present_pages
    assert 0 < depths < compared


def test_shared_memory_is_read_where_its_own_pagemap_has_it() -> None:
    dump = Dump(DUMPS / "every-kind" / "dump")
    shared: dict[int, list[Vma]] = {}
    for vma in dump.address_space(16884).vmas:
        source = backing(dump, 16884, vma)
        if source.shmid is not None:
            shared.setdefault(source.shmid, []).append(vma)
    # A shared memfd mapping, MAP_SHARED|MAP_ANONYMOUS and a System V segment, as the images' names have them.
    assert sorted(shared) == [0, 1134, 1136]
    with PageBytes(dump) as contents:
        for shmid, vmas in shared.items():
            pagemap = shared_pagemap_of(dump, shmid)
            for vma in vmas:
                places = [run.place for run in contents.runs(16884, vma) if run.place]
                assert [place.file.name for place in places] == [f"pages-{pagemap.pages_id}.img"]
                assert places[0].offset == 0
                assert next(contents.runs(16884, vma)).span == Span(vma.start, vma.start + pagemap.present_pages * PAGE)


def test_parents_are_followed_to_where_the_bytes_are(tmp_path: Path) -> None:
    made(tmp_path / "oldest", [(0, 4, PRESENT)], page("a") + page("b") + page("c") + page("d"))
    made(tmp_path / "middle", [(0, 1, PARENT), (1, 1, PRESENT | LAZY), (2, 2, PARENT)], page("B"))
    made(tmp_path / "newest", [(0, 2, PARENT), (2, 1, PRESENT), (3, 1, PARENT)], page("C"))
    (tmp_path / "middle" / "parent").symlink_to("../oldest")
    (tmp_path / "newest" / "parent").symlink_to(tmp_path / "middle")
    dump = Dump(tmp_path / "newest")
    assert contents_of(dump) == {0: "a", 1: "B", 2: "C", 3: "d"}
    found = [(r.span.start, r.kind, r.place.depth if r.place else None) for r in runs(dump)]
    assert found == [
        (BASE, PageKind.PARENT, 2),
        (BASE + PAGE, PageKind.PARENT, 1),
        (BASE + 2 * PAGE, PageKind.PRESENT, 0),
        (BASE + 3 * PAGE, PageKind.PARENT, 2),
        (BASE + 4 * PAGE, PageKind.ABSENT, None),
    ]


def test_a_broken_chain_says_where_it_breaks(tmp_path: Path) -> None:
    made(tmp_path / "d", [(0, 2, PARENT), (2, 1, PRESENT)], page("x"))
    dump = Dump(tmp_path / "d")
    first = runs(dump)[0]
    assert first.place is None
    assert "parent dump that is not there" in str(first.broken)
    with PageBytes(dump) as contents, pytest.raises(ImageError, match="not there"):
        contents.place(7, BASE)
    (tmp_path / "d" / "parent").symlink_to(".")
    ring = Dump(tmp_path / "d")
    assert runs(ring)[0].broken is not None
    assert contents_of(ring) == {2: "x"}
    (tmp_path / "d" / "parent").unlink()
    made(tmp_path / "older", [(0, 1, PRESENT)], page("y"))
    (tmp_path / "d" / "parent").symlink_to("../older")
    lacking = Dump(tmp_path / "d")
    assert contents_of(lacking) == {0: "y", 2: "x"}
    assert "parent/pagemap-7.img: says of these pages: absent" in str(runs(lacking)[1].broken)


def test_the_oldest_dump_that_a_chain_may_have_is_read(tmp_path: Path) -> None:
    for number in range(PARENT_LIMIT + 1):
        oldest = number == PARENT_LIMIT
        made(tmp_path / str(number), [(0, 1, PRESENT if oldest else PARENT)], page("x") if oldest else b"")
        if not oldest:
            (tmp_path / str(number) / "parent").symlink_to(f"../{number + 1}")
    dump = Dump(tmp_path / "0")
    assert len(list(dump.chain())) == PARENT_LIMIT + 1
    assert contents_of(dump) == {0: "x"}
    with pytest.raises(ExportError, match="lies in the dump"):
        target(str(tmp_path / str(PARENT_LIMIT) / "x.txt"), dump)


@pytest.mark.parametrize("turned", [False, True])
def test_steps_back_are_the_steps_forward(tmp_path: Path, turned: bool) -> None:
    """Pages that the parent dump lacks, or has in several stretches, whichever way they are come upon."""
    made(tmp_path / "older", [(0, 1, PRESENT), (2, 1, PRESENT), (3, 1, LAZY)], page("a") + page("b"))
    entries: list[tuple[int, int, int]] = [(0, 6, PARENT), (8, 1, PRESENT), (9, 1, PARENT), (11, 1, LAZY)]
    made(tmp_path / "d", entries[::-1] if turned else entries, page("c"))
    (tmp_path / "d" / "parent").symlink_to("../older")
    dump = Dump(tmp_path / "d")
    vma = dump.address_space(7).vmas[0]
    with PageBytes(dump) as contents:
        forward: list[int | None] = []
        back: list[int | None] = []
        at: int | None = vma.start - 1
        while at is not None:
            at = contents.dumped_after(7, vma, at)
            forward.append(at)
        at = vma.end
        while at is not None:
            at = contents.dumped_before(7, vma, at)
            back.append(at)
    assert forward[:-1] == back[-2::-1] == [BASE, BASE + 2 * PAGE, BASE + 8 * PAGE]


def test_a_short_pages_file_is_an_error_with_its_offset(tmp_path: Path) -> None:
    dump = made(tmp_path / "d", [(0, 2, PRESENT)], page("x") + b"y" * 100)
    with PageBytes(dump) as contents:
        assert contents.read(7, BASE) == page("x")
        with pytest.raises(ImageError, match=r"pages-1\.img: byte 4096: the file ends before"):
            contents.read(7, BASE + PAGE)


def test_holes_that_dedup_punched_are_counted(tmp_path: Path) -> None:
    dump = made(tmp_path / "d", [(0, 4, PRESENT)], page("x") * 4)
    file = tmp_path / "d" / "pages-1.img"
    with file.open("r+b") as pages:
        pages.truncate(2 * PAGE)
        pages.truncate(4 * PAGE)
    with PageBytes(dump) as contents:
        place = contents.place(7, BASE)
        assert place is not None
        whole = contents.punched(place, 4 * PAGE)
        assert whole == (4 * PAGE if file.stat().st_blocks * 512 == 0 else 2 * PAGE)
        assert contents.punched(place, PAGE) == 0


def test_what_absent_pages_will_hold() -> None:
    dump = Dump(DUMPS / "every-kind" / "dump")
    space = dump.address_space(16884)
    said = {space.kind(vma).value: absent_pages(vma) for vma in space.vmas}
    memfds = [absent_pages(vma) for vma in space.vmas if vma.traits.memfd]
    assert said["heap"] is said["anon"] is said["sysv shm"] is AbsentContents.ZEROS
    assert said["file"] is said["file shared"] is AbsentContents.FILE
    # A private mapping of a memory file, then a shared one, then MAP_SHARED|MAP_ANONYMOUS.
    assert memfds == [AbsentContents.FILE, AbsentContents.ZEROS, AbsentContents.ZEROS]
    assert said["vsyscall"] is said["vdso"] is AbsentContents.KERNEL
    assert said["guard"] is AbsentContents.NOTHING


flags = st.sampled_from([PRESENT, PARENT, LAZY, PRESENT | LAZY, PageFlag(0)])


@st.composite
def pagemaps(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    at, found = 0, []
    for _ in range(draw(st.integers(0, 5))):
        at += draw(st.integers(0, 2))
        count = draw(st.integers(1, 3))
        found.append((at, count, int(draw(flags))))
        at += count
    return found


@given(st.lists(pagemaps(), min_size=1, max_size=3), st.tuples(st.integers(0, 15), st.integers(1, 16)))
def test_a_chain_is_read_as_page_by_page(
    tmp_path_factory: pytest.TempPathFactory, chain: list[list[tuple[int, int, int]]], cut: tuple[int, int]
) -> None:
    base = tmp_path_factory.mktemp("chain")
    expected: dict[int, str] = {}
    for depth, entries in reversed(list(enumerate(chain))):
        letters, held = "", {}
        for first, count, bits in entries:
            for number in range(first, first + count):
                if bits & PRESENT:
                    letter = chr(ord("A") + depth * 20 + len(letters))
                    letters += letter
                    held[number] = letter
                elif bits & PARENT and number in expected:
                    held[number] = expected[number]
        expected = held
        made(base / str(depth), entries, b"".join(c.encode("latin-1") * PAGE for c in letters))
        if depth + 1 < len(chain):
            (base / str(depth) / "parent").symlink_to(f"../{depth + 1}")
    dump = Dump(base / "0")
    found = {}
    span = Span(BASE + min(cut) * PAGE, BASE + max(cut) * PAGE)
    with PageBytes(dump) as contents:
        for run in contents.runs(7, dump.address_space(7).vmas[0], span):
            for at, data in contents.chunks(run, 2 * PAGE):
                for number in range(len(data) // PAGE):
                    found[(at - BASE) // PAGE + number] = data[number * PAGE : number * PAGE + 1].decode("latin-1")
    assert found == {n: c for n, c in expected.items() if min(cut) <= n < max(cut)}
    shutil.rmtree(base)
