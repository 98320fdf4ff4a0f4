"""What a restore reads in: by array arithmetic the same as entry by entry."""

from __future__ import annotations

from array import array
from itertools import accumulate

import pytest
from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.entries import TOGETHER, PageKind, page_kind
from criu_tui.core.pages.pagemap import Pagemap
from criu_tui.core.restore import reading_columns, reading_in
from criu_tui.core.restore.reading_in import ReadBatch, ReadIn, ReadInto, read_in
from hypothesis import given
from hypothesis import strategies as st


def pagemap_of(runs: list[tuple[int, int, int]], *, in_columns: bool) -> Pagemap:
    """Of runs by gap before it, pages and flags; in columns as a large image is."""
    made = Pagemap()
    starts, ends, flags = array("Q"), array("Q"), bytearray()
    at = 0
    for gap, pages, of_run in runs:
        starts.append((at + gap) * PAGE)
        at += gap + pages
        ends.append(at * PAGE)
        flags.append(of_run)
    present = [pages * (page_kind(of_run) is PageKind.PRESENT) for _, pages, of_run in runs]
    sums = array("Q", accumulate(present, initial=0))
    as_column = memoryview if in_columns else lambda column: column
    made.starts, made.ends, made.flags = as_column(starts), as_column(ends), as_column(flags)
    made.present_before = as_column(sums)
    assert made.in_columns is in_columns
    return made


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 4), st.sampled_from((4, 4, 4, 6, 2, 1, 3, 0, 12))), max_size=30
    ),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.booleans()), max_size=15),
    st.booleans(),
)
def test_columns_give_what_each_entry_gives(
    runs: list[tuple[int, int, int]], spans: list[tuple[int, int, bool]], lazy: bool
) -> None:
    mapped: list[ReadInto] = []
    at = 0
    for gap, pages, by_restorer in spans:
        mapped.append(ReadInto(Span((at + gap) * PAGE, (at + gap + pages) * PAGE), by_restorer))
        at += gap + pages
    with pytest.MonkeyPatch.context() as patch:
        for module in (reading_in, reading_columns):
            patch.setattr(module, "VECTORS", 3)
        expected = read_in(pagemap_of(runs, in_columns=False), mapped, lazy=lazy)
        for block in (1, 2, 3, 7, TOGETHER):
            patch.setattr(reading_columns, "TOGETHER", block)
            assert read_in(pagemap_of(runs, in_columns=True), mapped, lazy=lazy) == expected


def test_a_batch_goes_on_in_the_next_block() -> None:
    """1023 vectors fill a batch, wherever a block ends."""
    runs = [(1, 1, 4)] * (TOGETHER + 1)
    everywhere = [ReadInto(Span(0, 1 << 40), by_restorer=True)]
    found = read_in(pagemap_of(runs, in_columns=True), everywhere, lazy=False)
    vectors = [batch.vectors for batch in found.batches]
    assert vectors == [1023] * (len(runs) // 1023) + [len(runs) % 1023]
    assert [batch.first_length for batch in found.batches] == [PAGE] * len(vectors)


@pytest.mark.parametrize("in_columns", [False, True])
def test_batches_break_where_the_file_or_the_vectors_do(in_columns: bool) -> None:
    """As enqueue_async_iov: 1023 vectors fill a batch; what adjoins in memory too lengthens the vector."""
    runs = [(1, 2, 4)] * 1025 + [(0, 3, 4)]
    everywhere = [ReadInto(Span(0, 1 << 40), by_restorer=True)]
    assert read_in(pagemap_of(runs, in_columns=in_columns), everywhere, lazy=False) == ReadIn(
        2053, 0, 1026, (ReadBatch(PAGE, 2 * PAGE, 1023), ReadBatch((1 + 1023 * 3) * PAGE, 2 * PAGE, 2))
    )
