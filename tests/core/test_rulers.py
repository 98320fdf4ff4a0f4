"""Id maps as rulers, against the ids themselves."""

from __future__ import annotations

from criu_tui.core.base.ascii import to_ascii
from criu_tui.core.drawings import rulers
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.idmap import Extent, IdMap
from criu_tui.core.dump.user_namespace import user_namespace_of
from criu_tui.core.tables.table import Tone
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DUMPS

WIDTH = 78
WIDE = 400
"""Room for any map here."""


@st.composite
def maps(draw: st.DrawFn) -> IdMap:
    """A map as kernels take it: no extent empty, none overlapping another on either side."""
    count = draw(st.integers(1, 8))
    sides = []
    lengths = draw(st.lists(st.integers(1, 1 << 20), min_size=count, max_size=count))
    for _ in range(2):
        at, starts = 0, []
        for length in lengths:
            at += draw(st.sampled_from((0, 1, 999, 1 << 20)))
            starts.append(at)
            at += length
        sides.append(starts)
    extents = [Extent(*found) for found in zip(*sides, lengths, strict=True)]
    return tuple(draw(st.permutations(extents)))


def drawn(extents: IdMap, used: set[int], width: int = WIDE) -> tuple[list[str], list[Tone]]:
    found = rulers.lines("uid", extents, used, width)
    return [line[rulers.MARGIN :].ljust(width - rulers.MARGIN) for _, line in found], [tone for tone, _ in found]


@given(maps())
def test_both_rulers_hold_every_extent_in_order_and_say_where_it_begins(extents: IdMap) -> None:
    lines, _ = drawn(extents, set())
    assert len(lines) == rulers.LINES
    for ruler, labels, starts in (
        (lines[1], lines[0], sorted(e.first for e in extents)),
        (lines[-2], lines[-1], sorted(e.lower_first for e in extents)),
    ):
        columns = [at for at, sign in enumerate(ruler) if sign == "┝"]
        assert len(columns) == ruler.count("┥") == len(extents)
        assert [labels[column:].split()[0] for column in columns] == [str(start) for start in starts]


@given(maps(), st.sets(st.integers(0, 1 << 22), max_size=6))
def test_ids_in_use_are_marked_by_whether_an_extent_holds_them(extents: IdMap, used: set[int]) -> None:
    lines, tones = drawn(extents, used)
    lost = {n for n in used if not any(e.first <= n < e.first + e.count for e in extents)}
    rooted = any(e.first == 0 for e in extents)
    assert ("✗" in lines[1]) is (bool(lost) or not rooted)
    assert tones[1] is (Tone.GOOD if rooted and not lost else Tone.ERROR)
    assert ("●" in lines[1]) is (lost != used)


@given(maps())
def test_bands_lie_between_where_they_begin_and_where_they_lead(extents: IdMap) -> None:
    lines, _ = drawn(extents, set())
    ends = [[at for at, sign in enumerate(line) if sign in "┝┥"] for line in (lines[1], lines[-2])]
    for line in lines[2:-2]:
        drawn_at = [at for at, sign in enumerate(line) if sign != " "]
        assert min(map(min, ends)) <= drawn_at[0]
        assert drawn_at[-1] <= max(map(max, ends))


def test_bands_that_cross_and_one_id_beside_many() -> None:
    space = user_namespace_of(Dump(DUMPS / "userns-three-extents" / "dump"))
    assert space is not None
    lines, _ = drawn(space.uid_map, {0, 1000}, WIDTH)
    # As the kernel was told: 0 100000 1000, 1000 1000 1, 1001 101001 64535.
    assert lines[0].split() == ["0", "1000", "1001", "65536"]
    assert lines[-1].split() == ["0", "1000", "1001", "100000", "101000", "101001", "165536"]
    one, many = lines[1].split("┥")[1], lines[1].split("┥")[2]
    assert 1 < len(one) < len(many)
    # The second extent goes below the first one's ids: its band crosses that one's.
    assert all("╳" in line for line in lines[2:-2])
    assert to_ascii(lines[2]).strip().strip("\\X ") == ""


def test_maps_of_no_kernel_and_too_many_extents_are_not_drawn() -> None:
    assert rulers.lines("uid", (), set(), WIDTH) == []
    assert rulers.lines("uid", (Extent(0, 0, 10), Extent(5, 100, 10)), set(), WIDTH) == []
    assert rulers.lines("uid", tuple(Extent(n, n, 1) for n in range(200)), set(), WIDTH) == []


def test_equal_maps_are_one_drawing() -> None:
    extents = (Extent(0, 100000, 65536),)
    same = rulers.lines_of_both(extents, extents, ({1}, {2}), WIDTH)
    other = rulers.lines_of_both(extents, (Extent(0, 1, 1),), ({1}, {2}), WIDTH)
    assert (len(same), len(other)) == (1 + rulers.LINES, 1 + 2 * rulers.LINES)
