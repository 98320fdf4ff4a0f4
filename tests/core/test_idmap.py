"""Id conversion against counting, and the two readings where they differ."""

from __future__ import annotations

import pytest
from criu_tui.core.dump import Dump
from criu_tui.core.idmap import (
    Extent,
    check_root,
    kernel_to_host,
    kernel_to_namespace,
    to_host,
    to_namespace,
)
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
    space = Dump(DUMPS / "userns-three-extents" / "dump").user_namespace
    assert space is not None
    # As written to uid_map when the namespace was made.
    assert [str(e) for e in space.uid_map] == ["0 100000 1000", "1000 1000 1", "1001 101001 64535"]
    assert [to_host(space.uid_map, uid) for uid in (0, 999, 1000, 1001, 65535, 65536)] == [
        100000, 100999, 1000, 101001, 165535, None,
    ]  # fmt: skip
