"""Pagemaps in columns are worked on a block of entries at a time: whatever its size, that is what all at once gives."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np
import pytest
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages import ends, pagemap, reader
from criu_tui.core.pages.columns import InColumns
from criu_tui.core.pages.ends import EntryEnds, ends_of, first_above
from criu_tui.core.pages.entries import TOGETHER
from criu_tui.core.pages.reader import Builder, OneByOne, encode_pagemap, read_pagemap
from criu_tui.core.source.source import InMemory
from hypothesis import example, given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from criu_tui.core.pages.pagemap import Pagemap

BLOCK = 3
Entry = tuple[int, int, int]
"""Address, pages, flags."""


def read(entries: list[Entry], builder: Builder) -> Pagemap:
    found, error = read_pagemap(InMemory("pagemap-1.img", encode_pagemap(1, entries)), builder)
    assert error is None
    return found


def in_order(steps: list[Entry]) -> list[Entry]:
    """Entries from the bytes between them, their pages and flags."""
    entries, at = [], 0
    for gap, pages, flags in steps:
        entries.append((at + gap, pages, flags))
        at += gap + pages * PAGE
    return entries


steps = st.tuples(st.sampled_from((0, 0, PAGE, 5, 1 << 20)), st.sampled_from((0, 1, 2, 300)), st.integers(0, 15))
ordered = st.integers(0, 3 * BLOCK + 1).flatmap(lambda size: st.lists(steps, min_size=size, max_size=size))


@given(ordered.map(in_order), st.lists(st.integers(0, 1 << 23), max_size=6))
def test_ends_and_what_no_criu_writes(entries: list[Entry], addresses: list[int]) -> None:
    expected = [start + pages * PAGE for start, pages, _ in entries]
    whole, large = read(entries, OneByOne()), read(entries, InColumns(0))
    assert isinstance(large.ends, EntryEnds)
    assert whole.ordered
    assert large.ordered
    with pytest.MonkeyPatch.context() as patch:
        for module in (ends, pagemap):
            patch.setattr(module, "TOGETHER", BLOCK)
        for made in (whole, large):
            assert [*made.ends] == expected == [made.ends[index] for index in range(len(entries))]
            assert made.first_odd() == (
                next((index for index, entry in enumerate(entries) if entry[0] % PAGE), None),
                next((index for index, entry in enumerate(entries) if not entry[1]), None),
            )
            assert (made.payloads is None) == all(not flags & 8 for _, _, flags in entries)
            assert ends_of(made, slice(1, 5)).tolist() == expected[1:5]
    asked = [*addresses, *expected, *(start for start, _, _ in entries)]
    above = [bisect_right(expected, address) for address in asked]
    for made in (whole, large):
        assert [*map(made.first_after, asked)] == above
        assert first_above(made, np.array(asked, np.uint64)).tolist() == above


counts = st.sampled_from((0, 1, (1 << 32) - 1, 1 << 32, 1 << 39))


@given(st.lists(st.tuples(counts, st.sampled_from((0, 1, 2, 4))), max_size=8))
@example([((1 << 32) - 1, 4), (1, 4), (1, 1)])
@example([(1, 4), (1, 4), (1 << 32, 4)])
def test_counts_and_sums_that_outgrow_32_bits(runs: list[tuple[int, int]]) -> None:
    entries = [(0, pages, flags) for pages, flags in runs]
    for block in (16, 40, reader.BLOCK):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reader, "BLOCK", block)
            found = read(entries, InColumns(0))
        assert [*found.ends] == [pages * PAGE for pages, _ in runs]
        for flag, sums in ((4, found.present_before), (1, found.parent_before), (2, found.lazy_before)):
            of_kind = [pages * (flags == flag) for pages, flags in runs]
            assert list(sums) == [sum(of_kind[:index]) for index in range(len(runs) + 1)]


@pytest.mark.parametrize("count", [TOGETHER - 1, TOGETHER, TOGETHER + 1, 2 * TOGETHER])
def test_sizes_around_a_block(count: int) -> None:
    entries = [(index * 4 * PAGE, 1 + index % 3, (4, 6, 1, 2, 0)[index % 5]) for index in range(count)]
    whole, large = read(entries, OneByOne()), read(entries, InColumns(16 * count))
    assert [*large.ends] == [*whole.ends]
    for name in ("starts", "flags", "present_before", "parent_before", "lazy_before"):
        assert list(getattr(large, name)) == list(getattr(whole, name))
    assert (large.first_odd(), large.payloads) == ((None, None), None)


def test_the_last_entry_alone_is_odd() -> None:
    entries = [(index * PAGE, 1, 4) for index in range(TOGETHER)]
    found = read([*entries, (TOGETHER * PAGE + 8, 0, 12)], InColumns(0))
    assert found.first_odd() == (TOGETHER, TOGETHER)
    assert found.payloads is not None
