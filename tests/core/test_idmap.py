"""Id conversion against counting, and the two readings where they differ."""

from __future__ import annotations

import itertools

import pytest
from criu_tui.core.base.span import Span
from criu_tui.core.drawings import extents as drawn
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.idmap import (
    Conversion,
    Extent,
    Flaw,
    check_root,
    flaws,
    gaps,
    inwards,
    kernel_to_host,
    kernel_to_namespace,
    outwards,
    to_host,
    to_namespace,
)
from criu_tui.core.dump.user_namespace import user_namespace_of
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DUMPS

small = st.integers(0, 12)
maps = st.lists(st.builds(Extent, small, small, small), max_size=4).map(tuple)


@given(maps, small)
def test_conversion_is_a_walk_over_the_extents(extents: tuple[Extent, ...], number: int) -> None:
    to, back = None, None
    for e in extents:
        for step in range(e.count):
            if to is None and e.first + step == number:
                to = e.lower_first + step
            if back is None and e.lower_first + step == number:
                back = e.first + step
    assert to_host(extents, number) == kernel_to_host(extents, number) == to
    assert to_namespace(extents, number) == kernel_to_namespace(extents, number) == back


def test_an_extent_to_the_top_wraps_in_criu_alone() -> None:
    whole = (Extent(1, 1, 0xFFFFFFFF),)
    assert kernel_to_host(whole, 1000) == 1000
    assert to_host(whole, 1000) is None


@pytest.mark.parametrize(
    ("uid_map", "gid_map", "ok"),
    [
        ((Extent(0, 100000, 65536),), (Extent(0, 100000, 65536),), True),
        ((Extent(1000, 1000, 1),), (Extent(1000, 1000, 1),), False),
        ((Extent(0, 1000, 1),), (Extent(1000, 1000, 1),), False),
        ((), (), False),
    ],
)
def test_the_check_wants_uid_0_and_gid_0(uid_map: tuple[Extent, ...], gid_map: tuple[Extent, ...], ok: bool) -> None:
    assert check_root(uid_map, gid_map).ok is ok


def test_the_real_dump_in_three_extents() -> None:
    space = user_namespace_of(Dump(DUMPS / "userns-three-extents" / "dump"))
    assert space is not None
    # As written to uid_map when the namespace was made.
    assert [str(e) for e in space.uid_map] == ["0 100000 1000", "1000 1000 1", "1001 101001 64535"]
    assert [to_host(space.uid_map, uid) for uid in (0, 999, 1000, 1001, 65535, 65536)] == [
        100000, 100999, 1000, 101001, 165535, None,
    ]  # fmt: skip


def test_both_readings_are_told_apart() -> None:
    extents = (Extent(0, 5, 1), Extent(1, 6, 0xFFFFFFFF - 5))
    # Inside it ends below the top, on the host exactly there.
    assert outwards(extents, 1) == Conversion(6, 6)
    assert not outwards(extents, 1).differs
    whole = (Extent(1, 1, 0xFFFFFFFF),)
    assert outwards(whole, 7) == inwards(whole, 7) == Conversion(None, 7)
    assert outwards(whole, 7).differs
    assert outwards(None, 7) == inwards(None, 7) == Conversion(7, 7)


@given(maps)
def test_gaps_are_what_no_extent_covers(extents: tuple[Extent, ...]) -> None:
    found = gaps(e.inside for e in extents)
    for number in range(30):
        covered = any(e.first <= number < e.first + e.count for e in extents)
        assert any(number in gap for gap in found) is not covered
    assert found[-1].end == 1 << 32
    assert not any(a.touches(b) or a.overlaps(b) for a, b in itertools.pairwise(found))


@given(maps)
def test_a_flaw_is_found_wherever_two_extents_hold_one_id(extents: tuple[Extent, ...]) -> None:
    found = {flawed.flaw for flawed in flaws(extents)}
    for flaw, first in ((Flaw.OVERLAPS_INSIDE, "first"), (Flaw.OVERLAPS_OUTSIDE, "lower_first")):
        ids = [getattr(e, first) + step for e in extents for step in range(e.count)]
        assert (flaw in found) is (len(ids) != len(set(ids)))
    assert (Flaw.EMPTY in found) is any(e.count == 0 for e in extents)


def test_overlap_names_the_earlier_of_the_list() -> None:
    later, earlier = Extent(0, 0, 10), Extent(5, 100, 10)
    (found,) = flaws((earlier, later))
    assert (found.flaw, found.extent, found.earlier) == (Flaw.OVERLAPS_INSIDE, later, earlier)


def drawing(uid_map: tuple[Extent, ...], gid_map: tuple[Extent, ...]) -> list[str]:
    return [line for _, line in drawn.lines(uid_map, gid_map)]


def test_the_drawing_keeps_order_and_shows_gaps_and_overlaps() -> None:
    space = user_namespace_of(Dump(DUMPS / "userns-three-extents" / "dump"))
    assert space is not None
    head, *uid, gap, gid, last = drawing(space.uid_map, space.gid_map)
    assert head.split()[:4] == ["inside", "on", "the", "host"]
    assert [line.split("  ")[0] for line in (uid[0], gid)] == ["uid", "gid"]
    assert [line[5:].split("  ")[0] for line in uid] == ["[0, 1000)", "[1000, 1001)", "[1001, 65536)"]
    assert gap.strip() == last.strip() == "not mapped: [65536, 4294967296)"
    left, right = zip(*(line.rsplit(" → ") for line in uid), strict=True)
    # Inside, each begins where the one before it ends; on the host the second comes first.
    starts = [line.rindex("[") for line in left]
    assert starts == sorted(starts)
    assert left[0].rindex(")") + 1 == starts[1]
    assert right[1].index("[") < right[0].index("[") < right[2].index("[")
    assert "═" in drawing((Extent(0, 0, 10), Extent(5, 100, 10)), ())[2]
    assert "═" not in "".join(drawing((Extent(0, 0, 10), Extent(10, 100, 10)), ())[1:])
    assert drawing((), ()).count("uid  no extent: nothing is mapped") == 1


@given(st.lists(st.builds(Extent, *[st.integers(0, 0xFFFFFFFF)] * 3), max_size=340).map(tuple))
def test_any_map_is_drawn_in_the_width(extents: tuple[Extent, ...]) -> None:
    lines = drawing(extents, ())
    assert len(lines) >= len(extents) + 1
    assert Span(0, 1 << 32).size == sum(gap.size for gap in gaps(e.inside for e in extents)) + _covered(extents)


def _covered(extents: tuple[Extent, ...]) -> int:
    """Ids inside 32 bits that some extent holds, by sweeping over the borders."""
    borders = sorted({b for e in extents for b in (e.first, e.first + e.count)})
    return sum(
        max(0, min(b, 1 << 32) - a)
        for a, b in itertools.pairwise(borders)
        if any(e.first <= a and b <= e.first + e.count for e in extents)
    )
