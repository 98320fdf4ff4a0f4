"""Compressed pages: what is packed is read back, and a block that lies costs its own pages only."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import tracemalloc
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import lz4.block
import pytest
from criu_tui.core import demos
from criu_tui.core.base.limits import BLOCK_LIMIT
from criu_tui.core.base.span import Span
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import Prot
from criu_tui.core.findings.finding import Severity
from criu_tui.core.images.framing import encode
from criu_tui.core.images.kinds import PAGEMAP
from criu_tui.core.pages.blocks import unpack
from criu_tui.core.pages.contents import Advance, PageBytes
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.pages.pattern import PatternForm, pattern
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.pages.search import search
from criu_tui.core.report import coverage
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.source.error import ImageError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compressed import compress, read_image
from tests.conftest import DUMPS
from tests.packed import unpack as unpack_dumps

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host

PAGE = 4096
BASE = 0x10000


def page(kind: int, random: Random) -> bytes:
    """Zeros, noise, text, or half of each."""
    return (
        bytes(PAGE),
        random.randbytes(PAGE),
        (b"words and words %d " % random.randrange(9) * 300)[:PAGE],
        random.randbytes(PAGE // 2).ljust(PAGE, b"\0"),
    )[kind]


def plain(directory: Path, entries: list[tuple[int, int, int]], pages: bytes) -> None:
    """A task whose VMA holds all entries; the bytes are those of the entries that are PRESENT, in order."""
    end = max((start + count * PAGE for start, count, _ in entries), default=BASE + PAGE)
    mapping = demos.Mapping(BASE, end - BASE, Prot.READ | Prot.WRITE)
    demos.write(demos.DemoDump("test", (demos.DemoTask(7, 0, "t", (mapping,)),)), directory)
    (directory / "pagemap-7.img").write_bytes(encode_pagemap(1, entries))
    (directory / "pages-1.img").write_bytes(pages)


def all_pages(dump: Dump, pid: int = 7) -> dict[int, bytes | None]:
    with PageBytes(dump) as contents:
        return {
            at: contents.read(pid, at) for entry in pagemap_of(dump, pid) for at in range(entry.start, entry.end, PAGE)
        }


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.lists(st.integers(0, 3), min_size=1, max_size=9)), max_size=6),
    st.sampled_from((1, 2, 3, 16, BLOCK_LIMIT // PAGE)),
    st.integers(0, 99),
)
def test_what_is_packed_is_read_back(runs: list[tuple[int, list[int]]], pages_per_block: int, seed: int) -> None:
    random = Random(seed)
    entries, pages, at = [], b"", BASE
    for gap, kinds in runs:
        at += gap * PAGE
        entries.append((at, len(kinds), 4))
        pages += b"".join(page(kind, random) for kind in kinds)
        at += len(kinds) * PAGE
    with tempfile.TemporaryDirectory() as base:
        there, packed = Path(base, "plain"), Path(base, "packed")
        there.mkdir()
        plain(there, entries, pages)
        shutil.copytree(there, packed)
        compress(packed, pages_per_block, Random(seed) if seed % 2 else None)
        dump = Dump(packed)
        assert all_pages(dump) == all_pages(Dump(there))
        found = pagemap_of(dump, 7)
        length = (packed / "pages-1.img").stat().st_size
        assert found.stored == length
        # Of spans, the blocks that hold any page of them: never more than there is, all of it for the whole.
        held = sum(found.stored_in(entry.span) for entry in found)
        assert length - PAGE * len(entries) <= held <= length
        assert found.stored_in(Span(0, 1 << 63)) == held
        assert dump.problems == ()
        with PageBytes(dump) as contents:
            for vma in dump.address_space(7).vmas:
                for run in contents.runs(7, vma):
                    joined = b"".join(data for _, data in contents.chunks(run, 3 * PAGE))
                    assert len(joined) == (run.span.size if run.place else 0)


def test_crit_s_own_packing_reads_as_the_plain_dump(tmp_path: Path) -> None:
    """v43-random-1-compressed is v43-random-1 after `crit compress` of CRIU 4.3."""
    unpack_dumps("dumps", tmp_path)
    one, other = (Dump(tmp_path / name / "dump") for name in ("v43-random-1", "v43-random-1-compressed"))
    assert list(one.pids) == list(other.pids)
    for pid in one.pids:
        assert all_pages(one, pid) == all_pages(other, pid)
        assert found(one, "6") == found(other, "6")
        assert pagemap_of(other, pid).stored < pagemap_of(one, pid).stored


def test_shared_memory_and_a_chain_that_mixes(tmp_path: Path) -> None:
    shutil.copytree(DUMPS / "every-kind" / "dump", tmp_path / "shared")
    shutil.copytree(DUMPS / "incremental", tmp_path / "chain", symlinks=True)
    before = {name: searched(tmp_path / name) for name in ("shared", "chain/dump")}
    compress(tmp_path / "shared", 4)
    # Only the parent is compressed, then only the child, then both.
    compress(tmp_path / "chain" / "parent", 1)
    assert searched(tmp_path / "chain/dump") == before["chain/dump"]
    compress(tmp_path / "chain" / "dump", 8)
    assert {name: searched(tmp_path / name) for name in before} == before


def searched(directory: Path) -> list[str]:
    return found(Dump(directory), "4")


def found(dump: Dump, shortest: str) -> list[str]:
    """All strings, and what cannot be read; how far it had come after each is another matter."""
    wanted = pattern(PatternForm.STRINGS, shortest)
    return [str(item) for item in search(dump, wanted) if not isinstance(item, Advance)]


def lying(tmp_path: Path) -> Path:
    """Three blocks of noise that packs, the second overwritten with nonsense."""
    random = Random(1)
    plain(tmp_path, [(BASE, 3, 4)], b"".join(page(3, random) for _ in range(3)))
    compress(tmp_path, 1)
    path = tmp_path / "pages-1.img"
    start = pagemap_of(Dump(tmp_path), 7).offset(BASE + PAGE)
    assert start is not None
    data = bytearray(path.read_bytes())
    # More literals than there are bytes.
    data[start : start + 40] = b"\xff" * 40
    path.write_bytes(data)
    return tmp_path


def test_a_block_that_lies_costs_its_own_page_only(tmp_path: Path) -> None:
    dump = Dump(lying(tmp_path))
    with PageBytes(dump) as contents:
        assert contents.read(7, BASE) is not None
        with pytest.raises(ImageError, match=r"pages-1\.img: byte \d+: a block"):
            contents.read(7, BASE + PAGE)
        assert contents.read(7, BASE + 2 * PAGE) is not None
        (vma,) = dump.address_space(7).vmas
        (run,) = contents.runs(7, vma)
        assert [isinstance(data, ImageError) for _, data in contents.pieces(run, 1 << 20)] == [False, True, False]


def test_blocks_that_contradict_each_other_are_damage_of_the_pagemap(tmp_path: Path) -> None:
    random = Random(1)
    for name, edit in (
        ("per_block", lambda entry: setattr(entry.blocks, "pages_per_block", 0)),
        ("too_many", lambda entry: setattr(entry.blocks, "pages_per_block", BLOCK_LIMIT // PAGE + 1)),
        ("count", lambda entry: entry.blocks.block_sizes.append(1)),
        ("sum", lambda entry: setattr(entry.blocks, "total_payload_size", 1)),
    ):
        where = tmp_path / name
        where.mkdir()
        plain(where, [(BASE, 3, 4)], page(2, random) * 3)
        compress(where, 1)
        head, entries = read_image(where / "pagemap-7.img")
        edit(entries[0])
        (where / "pagemap-7.img").write_bytes(encode(PAGEMAP, (head, *entries)))
        dump = Dump(where)
        assert len(pagemap_of(dump, 7)) == 0
        assert "block" in str(dump.problems)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300), st.integers(1, 16))
def test_any_bytes_are_a_block_or_an_error(stored: bytes, pages: int) -> None:
    said: list[str] = []
    tracemalloc.start()
    try:
        data = unpack(stored, pages * PAGE, "pages-1.img", 5)
        assert len(data) == pages * PAGE
    except ImageError as error:
        said.append(str(error))
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4 * BLOCK_LIMIT
    assert all(words.startswith("pages-1.img: byte 5: ") for words in said)


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 1 << 32), st.integers(1, BLOCK_LIMIT // PAGE), st.binary(min_size=1, max_size=200))
def test_a_block_makes_room_for_its_own_pages_only(seed: int, pages: int, noise: bytes) -> None:
    """A block cut short, or of more pages than its place in the entry has room for."""
    random = Random(seed)
    content = noise.ljust(PAGE, b"\0") * (2 * pages)
    stored = lz4.block.compress(content[: random.choice((pages, 2 * pages)) * PAGE], store_size=False)
    stored = stored[: random.randrange(1, len(stored) + 1)]
    data: bytes | None = None
    tracemalloc.start()
    try:
        with contextlib.suppress(ImageError):
            data = unpack(stored, pages * PAGE, "pages-1.img", 5)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    # The room it is unpacked into and the bytes made of it; the rest is what an error says, and an import.
    assert peak < 2 * pages * PAGE + len(stored) + (1 << 18)
    assert data is None or data == content[: pages * PAGE]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=12),
    st.integers(1, 4),
    st.sampled_from(("shared", "claims", "overwritten", "cut", "sum")),
    st.integers(0, 1 << 32),
)
def test_lies_about_blocks_cost_the_pages_they_are_about(kinds: list[int], per_block: int, lie: str, seed: int) -> None:
    """Two entries of the same pages, the second of which lies."""
    random = Random(seed)
    pages, count = [page(kind, random) for kind in kinds], len(kinds)
    second = BASE + (count + 1) * PAGE
    with tempfile.TemporaryDirectory() as base:
        where = Path(base)
        plain(where, [(BASE, count, 4), (second, count, 4)], b"".join(pages) * 2)
        compress(where, per_block)
        lost = set(range(count)) & lied(where, lie, per_block, random)
        dump, read = Dump(where), dict[int, "bytes | None"]()
        tracemalloc.start()
        try:
            with PageBytes(dump) as contents:
                assert len(pagemap_of(dump, 7)) == (1 if lie == "sum" else 2)
                for start in (BASE, second):
                    for at in range(start, start + count * PAGE, PAGE):
                        with contextlib.suppress(ImageError):
                            read[at] = contents.read(7, at)
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peak < BLOCK_LIMIT
        for index, content in enumerate(pages):
            assert read[BASE + index * PAGE] == content
            if index not in lost:
                assert read[second + index * PAGE] == content
            assert len(read.get(second + index * PAGE) or bytes(PAGE)) == PAGE


def test_a_page_that_ends_behind_the_blocks_of_its_entry_is_an_error(tmp_path: Path) -> None:
    """Two entries that overlap and begin off the page borders: the last page is in no one of them whole."""
    plain(tmp_path, [(BASE + 1, 2, 4), (BASE + 5, 2, 4)], b"".join(page(3, Random(2)) for _ in range(4)))
    compress(tmp_path, 1)
    with PageBytes(Dump(tmp_path)) as contents:
        assert len(contents.read(7, BASE + 1) or b"") == PAGE
        with pytest.raises(ImageError, match=r"pages-1\.img: byte 0: blocks that end within a page"):
            contents.read(7, BASE + 5 + PAGE)


def lied(where: Path, lie: str, per_block: int, random: Random) -> set[int]:
    """Damages the second entry of a dump, and returns the indexes of its pages that this may cost."""
    head, (first, entry) = read_image(where / "pagemap-7.img")
    pages = where / "pages-1.img"
    sizes, count = entry.blocks.block_sizes, entry.nr_pages
    at = random.randrange(len(sizes))
    start = first.blocks.total_payload_size + sum(sizes[:at])
    lost = {at}
    match lie:
        case "shared" if len(sizes) > 1:
            at = min(at, len(sizes) - 2)
            both = sizes[at] + sizes[at + 1]
            sizes[at] = random.randrange(both + 1)
            sizes[at + 1] = both - sizes[at]
            lost = {at, at + 1}
        case "claims":
            sizes[at] = random.choice((BLOCK_LIMIT + 1, 1 << 31, (1 << 32) - 1))
            entry.blocks.total_payload_size = sum(sizes)
            lost = set(range(at, len(sizes)))
        case "overwritten" if sizes[at]:
            data = bytearray(pages.read_bytes())
            data[start : start + sizes[at]] = random.randbytes(sizes[at])
            pages.write_bytes(data)
        case "cut":
            os.truncate(pages, start)
            lost = set(range(at, len(sizes)))
        case "sum":
            less = -1 if entry.blocks.total_payload_size else 1
            entry.blocks.total_payload_size += random.choice((less, 1, 1 << 40))
            lost = set(range(len(sizes)))
    (where / "pagemap-7.img").write_bytes(encode(PAGEMAP, (head, first, entry)))
    return {number for index in lost for number in range(index * per_block, min(count, (index + 1) * per_block))}


@pytest.mark.parametrize(
    ("version", "severity"), [("4.2.1", Severity.ERROR), ("4.3", Severity.NOTE), ("4.9", Severity.NOTE)]
)
def test_releases_before_4_3_refuse_them(tmp_path: Path, recorded_host: Host, version: str, severity: Severity) -> None:
    plain(tmp_path, [(BASE, 1, 4)], b"a" * PAGE)
    compress(tmp_path, 1)
    found = Report(Dump(tmp_path), criu(version), recorded_host).findings
    assert [finding.severity for finding in found if finding.id == "compressed"] == [severity]
    assert not [finding for finding in found if finding.id in ("pages-short", "pages-long")]


def test_coverage_tells_bytes_on_disk(tmp_path: Path) -> None:
    plain(tmp_path, [(BASE, 2, 4)], b"a" * 2 * PAGE)
    compress(tmp_path, 1)
    report = Report(Dump(tmp_path), criu("4.3"))
    found: dict[str, Any] = dict(coverage.json(report, None))
    length = (tmp_path / "pages-1.img").stat().st_size
    (task,) = found["tasks"]
    assert (found["bytes"], found["stored"], task["vmas"][0]["stored"]) == (2 * PAGE, length, length)
    assert f"8 KiB, compressed to {length} B on disk" in coverage.table(report, 7).total
