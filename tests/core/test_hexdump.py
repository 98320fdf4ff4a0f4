"""Bytes by address: rows, repeats and holes, and what they read as."""

from __future__ import annotations

import itertools
import os
import struct
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.drawings.heat import HeatMap, fitting
from criu_tui.core.drawings.hexdump import HexDump
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import MapFlag, Prot, VmaStatus
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.pages.reader import encode_pagemap

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.drawings.hexdump import HexLine

PAGE = 4096
BASE, OTHER = 0x10000000, 0x7F0000000000
RW = Prot.READ | Prot.WRITE


@contextmanager
def opened(directory: Path, entries: list[tuple[int, int, int]], data: bytes) -> Iterator[HexDump]:
    """Task 7 with 16 pages at BASE and 1 page of a file at OTHER; entries are (address, pages, flags)."""
    file = VmaStatus.REGULAR | VmaStatus.FILE_PRIVATE
    mappings = (
        demos.Mapping(BASE, 16 * PAGE, RW),
        demos.Mapping(OTHER, PAGE, Prot.READ, MapFlag.PRIVATE, file),
    )
    demos.write(demos.DemoDump("", (demos.DemoTask(7, 0, "t", mappings),)), directory)
    (directory / "pagemap-7.img").write_bytes(encode_pagemap(1, entries))
    (directory / "pages-1.img").write_bytes(data)
    dump = Dump(directory)
    with PageBytes(dump) as contents:
        yield HexDump(dump, 7, contents)


def all_lines(view: HexDump) -> list[HexLine]:
    return list(view.forward(view.span.start, 100_000))


def test_every_address_is_on_one_line_both_ways(tmp_path: Path) -> None:
    data = bytes(range(256)) * 16 + b"\0" * PAGE + b"ab" * 8 + b"\0" * (PAGE - 16)
    with opened(tmp_path, [(BASE + 2 * PAGE, 2, 4), (BASE + 9 * PAGE, 1, 4), (BASE + 12 * PAGE, 1, 2)], data) as view:
        lines = all_lines(view)
        assert lines[0].span.start == BASE
        assert lines[-1].span.end == OTHER + PAGE
        assert all(a.span.end == b.span.start for a, b in itertools.pairwise(lines))
        at, backwards = lines[-1], [lines[-1]]
        while (line := view.before(at)) is not None:
            backwards.append(line)
            at = line
        assert backwards[::-1] == lines
        words = [line.words for line in lines if line.words]
        assert words == [
            "2 pages (8 KiB) absent: zeros when restored",
            "255 rows the same",
            "5 pages (20 KiB) absent: zeros when restored",
            "254 rows the same",
            "2 pages (8 KiB) absent: zeros when restored",
            "1 page (4 KiB) left to a lazy-pages server: not in the dump",
            "3 pages (12 KiB) absent: zeros when restored",
            "127 TiB not mapped",
            "1 page (4 KiB) absent: the mapped file's when restored",
        ]
        assert (
            b"".join(line.data for line in lines if BASE + 2 * PAGE <= line.span.start < BASE + 3 * PAGE)
            == bytes(range(256)) * 16
        )


def test_values_stop_at_the_end_of_the_page(tmp_path: Path) -> None:
    data = b"hello\0" + struct.pack("<HIQ", 0x1234, 0xDEADBEEF, OTHER + 5)
    with opened(tmp_path, [(BASE, 1, 4)], data.ljust(PAGE, b"\xff")) as view:
        first = view.values(BASE)
        assert first is not None
        assert (first.u8, first.text) == (ord("h"), "hello")
        number = view.values(BASE + 6)
        assert number is not None
        assert number.u16 == 0x1234
        wide = view.values(BASE + 8)
        assert wide is not None
        assert wide.u32 == 0xDEADBEEF
        last = view.values(BASE + PAGE - 3)
        assert last is not None
        assert (last.u8, last.u16, last.u32, last.u64) == (0xFF, 0xFFFF, None, None)
        assert view.values(BASE + PAGE) is None
        assert view.values(0) is None


def test_a_pointer_leads_into_the_vma_that_holds_it(tmp_path: Path) -> None:
    data = struct.pack("<QQ", OTHER + 5, 0x1234).ljust(PAGE, b"\0")
    with opened(tmp_path, [(BASE, 1, 4)], data) as view:
        found = view.pointer_at(BASE)
        assert found is not None
        assert (found[0], found[1].start) == (OTHER + 5, OTHER)
        assert view.pointer_at(BASE + 8) is None
        assert view.pointer_at(BASE + PAGE) is None


def test_dumped_pages_are_walked_both_ways(tmp_path: Path) -> None:
    entries = [(BASE + 2 * PAGE, 2, 4), (BASE + 5 * PAGE, 1, 2), (BASE + 9 * PAGE, 1, 4), (OTHER, 1, 4)]
    with opened(tmp_path, entries, bytes(4 * PAGE)) as view:
        stops = [BASE + 2 * PAGE, BASE + 9 * PAGE, OTHER]
        at, seen = BASE, []
        while (following := view.dumped_after(at)) is not None:
            seen.append(at := following)
        assert seen == stops
        at, seen = OTHER + PAGE - 1, []
        while (previous := view.dumped_before(at)) is not None:
            seen.append(at := previous)
        assert seen == stops[::-1]
        assert view.dumped_before(BASE + 3 * PAGE + 5) == BASE + 2 * PAGE


def test_unreadable_pages_say_why(tmp_path: Path) -> None:
    with opened(tmp_path, [(BASE, 2, 4), (BASE + 4 * PAGE, 1, 1)], bytes(PAGE)) as view:
        words = [line.words for line in all_lines(view)]
        assert "unreadable: pages-1.img: byte 4096: the file ends before these 4096 bytes do" in words
        assert "unreadable: parent: these pages lie in a parent dump that is not there" in words
        assert view.values(BASE + PAGE) is None


@pytest.mark.parametrize("name", ["prot-none-400g", "every-kind", "incremental", "random-2-fork"])
def test_real_bytes_are_those_of_the_pages_file(name: str) -> None:
    dump = Dump(DUMPS / name / "dump")
    with PageBytes(dump) as contents:
        for task in dump.tasks:
            view = HexDump(dump, task.pid, contents)
            for entry in list(pagemap_of(dump, task.pid))[:40]:
                data = contents.read(task.pid, entry.start)
                assert data is not None
                assert view.bytes_at(entry.start) == data
                rows = b""
                for line in view.forward(entry.start, 256):
                    if line.span.start >= entry.start + PAGE:
                        break
                    last = rows[-16:] if line.repeated else line.data
                    rows += last * (line.span.size // 16)
                assert rows == data


def test_a_sparse_file_of_64_gib_is_not_read_to_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = (64 << 30) // PAGE
    mapping = demos.Mapping(BASE, 64 << 30, RW)
    demos.write(demos.DemoDump("", (demos.DemoTask(7, 0, "t", (mapping,)),)), tmp_path)
    # Every second run of 1,024 pages is in this dump.
    runs = [(BASE + at * PAGE, 1024, 4 if at % 2048 else 6) for at in range(0, pages, 1024)]
    (tmp_path / "pagemap-7.img").write_bytes(encode_pagemap(1, runs))
    with (tmp_path / "pages-1.img").open("wb") as file:
        file.truncate(64 << 30)
    read = 0
    original = os.pread

    def counted(descriptor: int, length: int, offset: int) -> bytes:
        nonlocal read
        # Not of the images that say where the pages lie.
        if Path(f"/proc/self/fd/{descriptor}").readlink().name == "pages-1.img":
            read += length
        return original(descriptor, length, offset)

    monkeypatch.setattr(os, "pread", counted)
    dump = Dump(tmp_path)
    space = dump.address_space(7)
    heat = fitting(HeatMap(dump, 7, space.vmas, 1, 1), 100, 40)
    for closer in range(heat.pages.bit_length()):
        list(heat.zoomed(heat.pages >> closer).forward(BASE + (32 << 30), 40))
    assert read == 0
    with PageBytes(dump) as contents:
        view = HexDump(dump, 7, contents)
        lines = list(view.forward(BASE + (40 << 30), 40))
        # A page of zeros is a row, and 255 more of the same.
        assert [line.repeated for line in lines] == [False, True] * 20
        assert read <= 40 * PAGE
        assert view.dumped_before(BASE + (64 << 30) - 1) == BASE + (64 << 30) - 1024 * PAGE
