"""The heat map and the strip: against counting page by page, and at any size."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.base.ascii import to_ascii
from criu_tui.core.base.span import Span
from criu_tui.core.drawings.heat import Cell, HeatMap, cell, fitting
from criu_tui.core.drawings.legend import CELLS, LEVELS, cells_line, sign_in, sign_of
from criu_tui.core.drawings.strip import CHARGED, DUMPED, cell_of, strip
from criu_tui.core.dump.address_space import AddressSpace
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import Prot, Vma, VmaKind, VmaStatus
from criu_tui.core.pages.entries import Coverage
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.report.coverage import strip_signs
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.drawings.heat import HeatLine
    from criu_tui.core.restore.host import Host

PAGE = 4096
BASE = 0x10000000
RW = Prot.READ | Prot.WRITE


def lines_of(heat: HeatMap) -> list[HeatLine]:
    return list(heat.forward(heat.span.start, 1 << 20))


def made(directory: Path, mappings: tuple[demos.Mapping, ...], entries: list[tuple[int, int, int]]) -> Dump:
    demos.write(demos.DemoDump("", (demos.DemoTask(7, 0, "t", mappings),)), directory)
    (directory / "pagemap-7.img").write_bytes(encode_pagemap(1, entries))
    return Dump(directory)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 12)), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 6), st.integers(1, 4), st.sampled_from((1, 2, 4, 6))), max_size=6),
    st.integers(1, 5),
    st.sampled_from((1, 2, 4)),
)
def test_lines_show_each_page_once(
    tmp_path_factory: pytest.TempPathFactory,
    layout: list[tuple[int, int]],
    runs: list[tuple[int, int, int]],
    columns: int,
    pages: int,
) -> None:
    at, mappings, entries = BASE, [], []
    for apart, count in layout:
        at += apart * PAGE
        mappings.append(demos.Mapping(at, count * PAGE, RW))
        at += count * PAGE
    page = BASE
    for apart, count, flags in runs:
        page += apart * PAGE
        entries.append((page, count, flags))
        page += count * PAGE
    dump = made(tmp_path_factory.mktemp("heat"), tuple(mappings), entries)
    heat = HeatMap(dump, 7, dump.address_space(7).vmas, columns, pages)
    lines = lines_of(heat)
    # One after another from the first VMA to the last, and the same backwards.
    assert lines[0].span.start == mappings[0].start
    assert lines[-1].span.end == mappings[-1].end
    assert all(a.span.end == b.span.start for a, b in pairwise(lines))
    backwards = [lines[-1]]
    while (line := heat.before(backwards[-1])) is not None:
        backwards.append(line)
    assert backwards[::-1] == lines
    held = {start + i * PAGE: flags for start, count, flags in entries for i in range(count)}
    inside = {a for m in mappings for a in range(m.start, m.end, PAGE)}
    for line in lines:
        addresses = range(line.span.start, line.span.end, PAGE)
        if line.words:
            assert not any(a in held and a in inside for a in addresses)
            assert ("not mapped" in line.words) == all(a not in inside for a in addresses)
            continue
        assert len(line.cells) <= columns
        for index, found in enumerate(line.cells):
            span = heat.cell_span(line, index)
            bits = [held.get(a, 0) for a in range(span.start, span.end, PAGE)]
            assert found == Coverage(len(bits), sum(bool(f & 4) for f in bits), bits.count(1), bits.count(2))
            assert all(heat.cell_of(line, a) == index for a in range(span.start, span.end, PAGE))
    # Lines that follow one another are of one section: two without a page would have been folded.
    empty = [bool(line.cells) and all(c.absent == c.pages for c in line.cells) for line in lines]
    assert not any(a and b for a, b in pairwise(empty))


def test_128_tib_cost_what_their_entries_do(tmp_path: Path) -> None:
    start, length = 0x1000, (1 << 47) - 0x2000
    dump = made(tmp_path, (demos.Mapping(start, length, Prot.NONE),), [(0x700000001000, 3, 4)])
    heat = HeatMap(dump, 7, dump.address_space(7).vmas, 64, 1)
    first, second, third = lines_of(heat)
    assert "pages (112 TiB) absent" in first.words
    assert [cell(c) for c in second.cells].count(Cell.PRESENT) == 3
    assert "absent" in third.words
    assert sum(line.span.size for line in (first, second, third)) == length


def test_zoom_goes_from_all_in_a_screen_to_a_page_a_cell(tmp_path: Path) -> None:
    dump = made(tmp_path, (demos.Mapping(BASE, 4096 * PAGE, RW),), [(BASE + i * PAGE, 1, 4) for i in range(0, 4096, 8)])
    vmas = dump.address_space(7).vmas
    # 4,096 pages: 64 lines of 64 cells, or 16 with four pages to a cell.
    for lines, expected in ((64, (1, 64)), (63, (2, 32)), (16, (4, 16))):
        heat = fitting(HeatMap(dump, 7, vmas, 1, 1), 64, lines)
        assert (heat.pages, heat.count(1000)) == expected


def test_holes_do_not_push_the_zoom_away(tmp_path: Path) -> None:
    far = 1 << 40
    dump = made(tmp_path, (demos.Mapping(BASE, far, Prot.NONE),), [(BASE, 3, 4), (BASE + far - PAGE, 1, 4)])
    heat = fitting(HeatMap(dump, 7, dump.address_space(7).vmas, 1, 1), 64, 8)
    # A line with pages, the hole, a line with pages.
    assert (heat.pages, heat.count(1000)) == (1, 3)


def test_more_stretches_than_lines_take_no_more_than_one_each(tmp_path: Path) -> None:
    mappings = tuple(demos.Mapping(BASE + i * 1024 * PAGE, 100 * PAGE, RW) for i in range(50))
    dump = made(tmp_path, mappings, [(m.start, 100, 4) for m in mappings])
    heat = fitting(HeatMap(dump, 7, dump.address_space(7).vmas, 1, 1), 64, 8)
    # 50 of two lines would be 100; with two pages to a cell each takes one, and 49 holes lie between.
    assert (heat.pages, heat.count(1000)) == (2, 99)
    assert fitting(HeatMap(dump, 7, (), 1, 1), 64, 8).count(1000) == 0


def test_shapes_tell_kinds_apart_without_colour() -> None:
    signs = [CELLS[c].sign for c in Cell]
    for shown in (signs, [to_ascii(sign) for sign in signs]):
        assert len(set(shown)) == len(Cell)
        assert all(len(sign) == 1 for sign in shown)
    assert cell(Coverage(4, present=4)) is Cell.PRESENT
    assert cell(Coverage(4, present=1)) is Cell.PARTLY_PRESENT
    assert cell(Coverage(4, present=1, parent=1)) is Cell.MIXED
    assert cell(Coverage(4)) is Cell.ABSENT


def test_shared_memory_is_drawn_from_its_own_pagemap() -> None:
    dump = Dump(DUMPS / "every-kind" / "dump")
    space = dump.address_space(16884)
    shared = next(vma for vma in space.vmas if dump.shared_memory_of(vma) == 1136 and not vma.is_private())
    (line,) = lines_of(HeatMap(dump, 16884, [shared], 16, 1))
    # pagemap-shmem-1136.img holds two pages; the mapping shows four.
    assert [cell(c) for c in line.cells] == [Cell.PRESENT] * 2 + [Cell.ABSENT] * 2


@given(
    st.lists(st.tuples(st.integers(0, 1 << 34), st.integers(1, 1 << 30), st.sampled_from((0x201, 0x221, 0x41)))),
    st.integers(1, 60),
)
def test_the_strip_fills_its_width_in_order(layout: list[tuple[int, int, int]], width: int) -> None:
    at, vmas = 0, []
    for apart, pages, status in layout:
        at += apart
        vmas.append(Vma(at, at + pages * PAGE, 0, 0, 3, 0x22, status))
        at += pages * PAGE
    cells = strip(AddressSpace(tuple(vmas)), width)
    assert len(cells) == (width if vmas else 0)
    assert all(a.span.start <= b.span.start for a, b in pairwise(cells))
    for vma in vmas:
        index = cell_of(cells, vma.start)
        assert index is not None
        assert cells[index].span.start <= vma.start


def test_the_strip_shows_a_page_beside_terabytes() -> None:
    def vma(start: int, pages: int, status: int) -> Vma:
        return Vma(start, start + pages * PAGE, 0, 0, 3, 0x22, status)

    anon = int(VmaStatus.REGULAR | VmaStatus.ANON_PRIVATE)
    cells = strip(AddressSpace((vma(0, 1, anon | VmaStatus.HEAP), vma(1 << 40, 1 << 30, anon))), 40)
    shown = [c.kind for c in cells]
    assert VmaKind.HEAP in shown
    assert None in shown
    assert shown.count(VmaKind.ANON) > 20
    assert cells[-1].span == Span(cells[-1].span.start, (1 << 40) + (1 << 30) * PAGE)


@pytest.mark.parametrize(("version", "reserved"), [("3.19", CHARGED), ("4.2.1", " ")])
def test_below_the_strip_stands_what_is_dumped_and_what_is_charged(
    recorded_host: Host, version: str, reserved: str
) -> None:
    """Of real dumps' bounds: a reservation that a page touches, that page's VMA, one above all pages, none mapped."""
    report = Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu(version), recorded_host)
    bounds = (
        (0x7E8661200000, 0x7EB861200000),
        (0x7EB861200000, 0x7EB861C00000),
        (0x7F1C61C00000, 0x7F4E61200000),
        (0x1000, 0x2000),
    )
    cells = [Span(*each) for each in bounds]
    assert strip_signs(report, 16363, cells) == f" {DUMPED}  "
    assert report.findings
    assert strip_signs(report, 16363, cells) == f"{reserved}{DUMPED}  "


def test_one_page_and_all_but_one_look_different() -> None:
    """Eight heights: the least is for one page of many, the full block for all of them alone."""
    signs = [sign_of(Coverage(64, present=count)).sign for count in range(65)]
    assert signs[0] == CELLS[Cell.ABSENT].sign
    assert signs[64] == CELLS[Cell.PRESENT].sign
    assert list(dict.fromkeys(signs[1:64])) == list(LEVELS)
    # In ASCII as well.
    assert len(set(map(to_ascii, signs))) == len(set(signs))


@pytest.mark.parametrize(
    ("pages", "signs"),
    [
        # U+2800 with the bits of dots 1, 2, 3, 7 of the left column and 4, 5, 6, 8 of the right one, from the top.
        (8, ["\u2801", "\u2880", "\u28fe"]),
        (4, ["\u2803", CELLS[Cell.ABSENT].sign, CELLS[Cell.ABSENT].sign, "\u28a0", "\u28fc", CELLS[Cell.PRESENT].sign]),
        (1, [CELLS[Cell.PRESENT].sign, CELLS[Cell.ABSENT].sign]),
        (16, ["▁", "▇"]),
    ],
)
def test_of_cells_of_few_pages_one_sees_which_are_present(tmp_path: Path, pages: int, signs: list[str]) -> None:
    """Three cells of eight: the first page alone, the last alone, all but the first."""
    runs = [(BASE, 1, 4), (BASE + 15 * PAGE, 1, 4), (BASE + 17 * PAGE, 7, 4)]
    dump = made(tmp_path, (demos.Mapping(BASE, 24 * PAGE, RW),), runs)
    heat = HeatMap(dump, 7, dump.address_space(7).vmas, 24, pages)
    line = lines_of(heat)[0]
    seen = [sign_in(heat, line, index).sign for index in range(len(line.cells))]
    assert seen[: len(signs)] == signs
    # In ASCII and where a cell is more pages they are as high as they are many.
    if pages == 8:
        assert to_ascii("".join(seen)) == to_ascii(LEVELS[0] * 2 + LEVELS[6])
    assert all((0x2800 <= ord(sign) <= 0x28FF) is False for sign in seen) is (pages in (1, 16))
    assert len(cells_line(pages)) == len(cells_line())
