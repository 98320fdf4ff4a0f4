"""Page coverage against counting page by page, and the oldest forms of pagemap entries."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from criu_tui.core.base.span import Span
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import framing, kinds
from criu_tui.core.images.schema import pagemap_pb2
from criu_tui.core.pages.columns import InColumns
from criu_tui.core.pages.entries import Coverage, PageKind
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.pages.reader import OneByOne, decode_pagemap, encode_pagemap, read_pagemap
from criu_tui.core.source.source import InMemory
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DUMPS

PAGE = 4096
FLAGS = (0, 1, 2, 3, 4, 5, 6, 7)


@st.composite
def ordered_entries(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """(address, pages, flags), sorted and apart, with and without gaps."""
    at, found = 0, []
    for _ in range(draw(st.integers(0, 8))):
        at += draw(st.integers(0, 3))
        pages = draw(st.integers(0, 4))
        found.append((at * PAGE, pages, draw(st.sampled_from(FLAGS))))
        at += pages
    return found


any_entries = st.lists(
    st.tuples(st.integers(0, 20).map(lambda n: n * PAGE), st.integers(0, 4), st.sampled_from(FLAGS)),
    max_size=6,
)
page_spans = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
    lambda ends: Span(min(ends) * PAGE, max(ends) * PAGE)
)


def kind(flags: int) -> str:
    return "present" if flags & 4 else "parent" if flags & 1 else "lazy" if flags & 2 else "absent"


@given(ordered_entries() | any_entries, page_spans)
def test_coverage_equals_counting_each_page(entries: list[tuple[int, int, int]], span: Span) -> None:
    pagemap, error = decode_pagemap(encode_pagemap(1, entries), "pagemap-1.img")
    assert error is None
    counts = {"present": 0, "parent": 0, "lazy": 0, "absent": 0}
    for start, pages, flags in entries:
        for page in range(start, start + pages * PAGE, PAGE):
            counts[kind(flags)] += span.start <= page < span.end
    found = pagemap.coverage(span)
    assert (found.present, found.parent, found.lazy) == (counts["present"], counts["parent"], counts["lazy"])
    assert found.pages == span.size // PAGE


@given(ordered_entries())
def test_offsets_count_present_pages_only(entries: list[tuple[int, int, int]]) -> None:
    pagemap, _ = decode_pagemap(encode_pagemap(1, entries), "pagemap-1.img")
    offset = 0
    for start, pages, flags in entries:
        for page in range(start, start + pages * PAGE, PAGE):
            if flags & 4:
                assert pagemap.offset(page) == offset
                assert pagemap.offset(page + PAGE - 1) == offset
                offset += PAGE
            else:
                assert pagemap.offset(page) is None
    assert pagemap.present_pages * PAGE == offset


@given(ordered_entries() | any_entries, st.integers(0, 44), st.integers(0, 3))
def test_first_after_is_the_walk(entries: list[tuple[int, int, int]], page: int, cursor: int) -> None:
    pagemap, _ = decode_pagemap(encode_pagemap(1, entries), "pagemap-1.img")
    cursor = min(cursor, len(entries))
    walk = cursor
    while walk < len(entries) and entries[walk][0] + entries[walk][1] * PAGE <= page * PAGE:
        walk += 1
    assert pagemap.first_after(page * PAGE, cursor) == walk


@given(ordered_entries() | any_entries, page_spans)
def test_by_address_gives_each_page_to_the_entry_that_starts_first(
    entries: list[tuple[int, int, int]], span: Span
) -> None:
    pagemap, _ = decode_pagemap(encode_pagemap(1, entries), "pagemap-1.img")
    owner: dict[int, int] = {}
    for start, index in sorted((entry[0], index) for index, entry in enumerate(entries)):
        for page in range(start, start + entries[index][1] * PAGE, PAGE):
            owner.setdefault(page, index)
    found = list(pagemap.by_address(span))
    assert {page: e.index for e in found for page in range(e.start, e.end, PAGE)} == {
        page: index for page, index in owner.items() if page in span
    }
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))


@given(ordered_entries() | any_entries, st.sampled_from(PageKind), st.booleans())
def test_spans_of_a_kind_hold_each_of_its_pages(
    entries: list[tuple[int, int, int]], wanted: PageKind, in_columns: bool
) -> None:
    data = encode_pagemap(1, entries)
    builder = InColumns(len(data)) if in_columns else OneByOne()
    pagemap, _ = read_pagemap(InMemory("pagemap-1.img", data), builder)
    found = pagemap.spans_of(wanted)
    assert {page for span in found for page in range(span.start, span.end, PAGE)} == {
        page
        for start, pages, flags in entries
        if kind(flags) == wanted.value
        for page in range(start, start + pages * PAGE, PAGE)
    }
    assert all(span.size for span in found)
    assert all(before.end < after.start for before, after in itertools.pairwise(found))


def test_entries_off_the_page_borders_cover_no_more_pages_than_there_are() -> None:
    pagemap, _ = decode_pagemap(encode_pagemap(1, [(0x5, 3, 4), (0x9000, 1, 4)]), "pagemap-1.img")
    assert pagemap.coverage(Span(0x1000, 0x2000)) == Coverage(1, present=1)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        # CRIU 4.2: 64-bit count, flags
        ({"compat_nr_pages": 0, "nr_pages": 3, "flags": 4}, (3, PageKind.PRESENT)),
        # before 4.2: 32-bit count
        ({"compat_nr_pages": 3, "flags": 6}, (3, PageKind.PRESENT)),
        ({"compat_nr_pages": 3, "flags": 2}, (3, PageKind.LAZY)),
        # before 3.5: no flags
        ({"compat_nr_pages": 3}, (3, PageKind.PRESENT)),
        ({"compat_nr_pages": 3, "in_parent": False}, (3, PageKind.PRESENT)),
        ({"compat_nr_pages": 3, "in_parent": True}, (3, PageKind.PARENT)),
    ],
)
def test_entries_of_any_age(fields: dict[str, Any], expected: tuple[int, PageKind]) -> None:
    data = framing.encode(
        kinds.PAGEMAP,
        [pagemap_pb2.pagemap_head(pages_id=5), pagemap_pb2.pagemap_entry(vaddr=0x1000, **fields)],
    )
    pagemap, error = decode_pagemap(data, "pagemap-1.img")
    assert error is None
    assert pagemap.pages_id == 5
    entry = pagemap.entry(0)
    assert ((entry.end - entry.start) // PAGE, entry.kind) == expected


@pytest.mark.parametrize("pages", [1 << 52, (1 << 64) - 1])
def test_counts_beyond_the_address_space_are_refused(pages: int) -> None:
    data = encode_pagemap(1, [(0x1000, 1, 4), (0x7FFF00000000, pages, 4)])
    pagemap, error = decode_pagemap(data, "pagemap-1.img")
    assert len(pagemap) == 1
    assert error is not None
    assert error.entry == 2
    assert "beyond the address space" in error.reason


def test_real_pagemaps_count_the_bytes_of_their_pages_files() -> None:
    checked = 0
    for folder in DUMPS.glob("*/dump"):
        dump = Dump(folder)
        for task in dump.tasks:
            pagemap = pagemap_of(dump, task.pid)
            length = (folder / f"pages-{pagemap.pages_id}.img").stat().st_size
            assert pagemap.present_pages * PAGE == length
            in_vmas = sum(
                (pagemap.coverage(vma.span) for vma in dump.address_space(task.pid).vmas if not vma.traits.guard),
                Coverage(),
            )
            assert (in_vmas.present, in_vmas.parent) == (pagemap.total().present, pagemap.total().parent)
            checked += 1
    assert checked == 19
