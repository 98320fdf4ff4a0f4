"""Spans and their merge-join against brute force."""

from __future__ import annotations

import itertools

from criu_tui.core.base.span import Meeting, Span, join, merged, without
from hypothesis import given
from hypothesis import strategies as st

# A small range makes touching, equal, empty and nested spans common.
numbers = st.integers(0, 24)
spans = st.builds(Span, numbers, numbers)


def members(span: Span) -> set[int]:
    return set(range(span.start, span.end))


@given(spans, spans)
def test_overlap_is_a_number_in_common(a: Span, b: Span) -> None:
    common = members(a) & members(b)
    assert a.overlaps(b) == bool(common)
    assert members(a.intersection(b)) == common
    assert a.intersection(b).size == len(common)


@given(spans, spans)
def test_touching_spans_adjoin_and_share_nothing(a: Span, b: Span) -> None:
    adjoin = bool(members(a)) and bool(members(b)) and (a.end == b.start or b.end == a.start)
    assert a.touches(b) == adjoin
    assert not (a.touches(b) and a.overlaps(b))


def test_the_end_is_outside() -> None:
    reservation, page = Span(0x7E8661200000, 0x7EB861200000), Span(0x7EB861200000, 0x7EB861201000)
    assert reservation.touches(page)
    assert not reservation.overlaps(page)
    assert reservation.end not in reservation
    assert reservation.end - 1 in reservation


@given(st.lists(spans, max_size=12), st.lists(spans, max_size=12))
def test_join_finds_what_brute_force_finds(left: list[Span], right: list[Span]) -> None:
    expected = set()
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            if members(a) & members(b):
                expected.add((i, j, Meeting.OVERLAP))
            elif members(a) and members(b) and (a.end == b.start or b.end == a.start):
                expected.add((i, j, Meeting.TOUCH))
    found = list(join(left, right))
    assert set(found) == expected
    assert len(found) == len(expected)


def all_members(spans: list[Span]) -> set[int]:
    return {number for span in spans for number in members(span)}


@given(st.lists(spans, max_size=8), st.lists(spans, max_size=8))
def test_merged_and_without_are_the_sets_they_stand_for(left: list[Span], right: list[Span]) -> None:
    one, other = merged(left), merged(right)
    assert all_members(one) == all_members(left)
    rest = without(one, other)
    assert all_members(rest) == all_members(left) - all_members(right)
    assert all(span.size for span in (*one, *rest))
    assert all(before.end < after.start for before, after in itertools.pairwise(one))
