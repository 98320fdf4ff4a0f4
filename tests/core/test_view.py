"""Tables of any size: filter terms, orders, the selection that outlives both, places by binary search."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from criu_tui.core.base.progress import CancelledError, Progress
from criu_tui.core.base.span import Span
from criu_tui.core.base.text import cut_in_middle
from criu_tui.core.base.units import address, size
from criu_tui.core.tables import view as view_module
from criu_tui.core.tables.filter import FilterError, parse, parse_address, parse_number
from criu_tui.core.tables.known import STEP
from criu_tui.core.tables.table import GAP, Column, Table, Tone, Unit, bar
from criu_tui.core.tables.view import Sort, View
from hypothesis import given
from hypothesis import strategies as st

GIB = 1 << 30


@dataclass(frozen=True)
class Row:
    start: int
    end: int
    prot: str
    kind: str
    share: int
    path: str = ""
    pid: int = 7


def table(rows: list[Row]) -> Table[Row]:
    return Table(
        "Rows",
        (
            Column("Start", lambda r: address(r.start), 12, sort=lambda r: r.start, unit=Unit.ADDRESS),
            Column("Size", lambda r: size(r.end - r.start), 9, right=True, sort=lambda r: r.end - r.start),
            Column("Prot", lambda r: r.prot, 4),
            Column("Kind", lambda r: r.kind, 6, names=("type",)),
            Column("Path", lambda r: r.path, 20),
        ),
        rows,
        lambda r: (r.pid, Span(r.start, r.end)),
        lambda r: Tone.PLAIN,
        hidden=(Column("Dumped", lambda r: "", 6, sort=lambda r: r.share, unit=Unit.SHARE, names=("cover",)),),
    )


ROWS = [
    Row(0x400000, 0x401000, "r-x", "file", 10_000, "/usr/bin/Hole of x:y"),
    Row(0x32DB9000, 0x32DDB000, "rw-", "heap", 5_000),
    Row(0x7E8661200000, 0x7E8661200000 + 200 * GIB, "---", "anon", 0),
    Row(0x7EB861200000, 0x7EB861200000 + GIB, "rw-", "anon", 900),
    Row(0x7FFC00000000, 0x7FFC00021000, "rw-", "stack", 1_000),
]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("  ", [0, 1, 2, 3, 4]),
        ("ANON", [2, 3]),
        ("prot:w type:anon", [3]),
        ("prot:w -type:anon", [1, 4]),
        ("size:>1G", [2]),
        ("size:>=1G", [2, 3]),
        ("size:<=4K", [0]),
        ("size:1.0GiB", [3]),
        ("size:!=1G", [0, 1, 2, 4]),
        ("cover:<10%", [2, 3]),
        ("cover:<=10", [2, 3, 4]),
        ("cover:50%", [1]),
        ("addr:0x7eb..", [3]),
        ("addr:7e8661200fff", [2]),
        ("addr:7eb861200000", [3]),
        ("addr:401000-32db9001", [1]),
        ("addr:7ffc00000000-", [4]),
        ("0x7eb..", [3]),
        ("0x7eb861200000", [3]),
        ("start:>7eb861200000", [4]),
        ('"hole OF"', [0]),
        ('"hole of', [0]),
        ("kind:=anon", [2, 3]),
        ("kind:!=anon", [0, 1, 4]),
        ("k:ano", [2, 3]),
        ('"x:y"', [0]),
        ("/usr/bin", [0]),
        ("-", [0, 1, 2, 3, 4]),
        ("prot:", [0, 1, 2, 3, 4]),
        ("size:>", [0, 1, 2, 3, 4]),
        ("nothing-of-the-kind", []),
    ],
)
def test_terms(typed: str, kept: list[int]) -> None:
    made = table(ROWS)
    assert list(View(made).arranged(None, parse(typed, made)).order) == kept


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("colour:red", "no column 'colour' here, only start size prot kind path dumped addr"),
        ("prot:>w", "Prot is text: try prot:w"),
        ("size:>big", "'big' is no number: try size:>1G"),
        ("cover:<x", "try cover:<10%"),
        ("addr:xyz", "'xyz' is no address"),
        ("addr:9-8", "no range of addresses"),
        ("addr:..", "no beginning of an address"),
        ("addr:10000000000000000", "no address"),
    ],
)
def test_a_term_that_means_nothing_says_so(typed: str, says: str) -> None:
    with pytest.raises(FilterError, match=re.escape(says)):
        parse(typed, table(ROWS))


@given(st.text(max_size=30) | st.text("-!:\"'<>=addrsize.0x9 ", max_size=20))
def test_any_text_is_a_filter_or_a_message(typed: str) -> None:
    made = table(ROWS)
    try:
        wanted = parse(typed, made)
    except FilterError:
        return
    assert set(View(made).arranged(None, wanted).order) <= set(range(5))


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("4096", Unit.NUMBER, 4096),
        ("4K", Unit.NUMBER, 4096),
        ("1.5 GiB", Unit.NUMBER, 3 * GIB // 2),
        ("65,530", Unit.NUMBER, 65530),
        ("12B", Unit.NUMBER, 12),
        ("10%", Unit.NUMBER, None),
        ("10%", Unit.SHARE, 1000),
        ("0.1", Unit.SHARE, 10),
        ("7f", Unit.ADDRESS, 0x7F),
        ("-1", Unit.NUMBER, None),
        # Python reads no number of more than 4,300 digits.
        ("9" * 5000, Unit.NUMBER, None),
    ],
)
def test_numbers_as_people_write_them(text: str, unit: Unit, value: int | None) -> None:
    assert parse_number(text, unit) == value


@given(st.integers(0, (1 << 64) - 1))
def test_addresses_as_people_write_them(value: int) -> None:
    for written in (f"{value:x}", f"{value:#x}", f"{value:#X}", f" {value:016x} "):
        assert parse_address(written) == value


rows_of_any_kind = st.lists(
    st.builds(
        Row,
        start=st.integers(0, 60),
        end=st.integers(0, 70),
        prot=st.sampled_from(("rw-", "r--", "---")),
        kind=st.sampled_from(("anon", "file")),
        share=st.integers(0, 10_000),
        pid=st.sampled_from((7, 8)),
    ),
    max_size=20,
)


@given(rows_of_any_kind, st.integers(0, 4), st.booleans(), st.sampled_from(("", "anon", "prot:w", "-size:>9")))
def test_an_order_is_stable_and_holds_what_the_filter_keeps(
    rows: list[Row], column: int, descending: bool, typed: str
) -> None:
    made = table(rows)
    natural = View(made)
    kept = list(natural.arranged(None, parse(typed, made)).order)
    assert kept == sorted(kept)
    view = natural.arranged(Sort(column, descending), parse(typed, made))
    key = made.columns[column].sort or made.columns[column].text
    keys = [key(rows[index]) for index in kept]
    expected = [
        index for _, index in sorted(zip(keys, kept, strict=True), key=lambda pair: pair[0], reverse=descending)
    ]
    assert list(view.order) == expected
    assert all(view.order[view.nearest(index)] == index for index in kept)
    for index in set(range(len(rows))) - set(kept):
        assert view.position(index) is None
        assert not kept or 0 <= view.nearest(index) < len(view)


TYPED = (
    "an", "anon", "-an", "-anon", "-a r", "type:an", "-type:anon", "type:=anon", "prot:w", "prot:w an", "size:>9",
    "size:>9 an", "size:>9 anon type:an", "-size:>9", "cover:>9%", "cover:>9% prot:w",
)  # fmt: skip


@given(rows_of_any_kind, st.lists(st.sampled_from(TYPED), min_size=2, max_size=6), st.booleans())
def test_what_is_typed_on_keeps_the_rows_that_it_keeps_alone(rows: list[Row], typed: list[str], known: bool) -> None:
    made = table(rows)
    view = View(made)
    if known:
        view.know_texts(Progress())
    for text in typed:
        view = view.arranged(Sort(1) if len(text) > 4 else None, parse(text, made))
        alone = [index for index, row in enumerate(rows) if satisfies(row, text)]
        assert sorted(view.order) == alone


def test_what_a_term_asks_for_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_module, "SHORT", 3)
    asked: list[int] = []

    def share(row: Row) -> int:
        asked.append(row.start)
        return row.share

    made = table(ROWS)._replace(hidden=(Column("Dumped", lambda r: "", 6, sort=share, unit=Unit.SHARE),))
    view = View(made)
    wanted = parse("dumped:>9%", made)
    assert not view.quick_for(wanted)
    asked.clear()
    view.know_texts(Progress())
    assert view.quick_for(parse("anon", made))
    assert view.quick_for(wanted)
    narrowed = view.arranged(None, wanted)
    assert list(narrowed.arranged(None, parse("dumped:>9% heap", made)).order) == [1]
    assert list(view.arranged(None, parse("dumped:>40%", made)).order) == [0, 1]
    # Once a row; the first one also says whether it is a number.
    assert [start for start in asked if start != ROWS[0].start] == [row.start for row in ROWS[1:]]


def satisfies(row: Row, text: str) -> bool:
    """What the terms of TYPED ask for, told in another way."""
    cells = " ".join((address(row.start), size(row.end - row.start), row.prot, row.kind, row.path)).lower()
    asked = {
        "an": "an" in cells,
        "anon": "anon" in cells,
        "-an": "an" not in cells,
        "-anon": "anon" not in cells,
        "-a r": "a" not in cells and "r" in cells,
        "type:an": "an" in row.kind,
        "-type:anon": "anon" not in row.kind,
        "type:=anon": row.kind == "anon",
        "prot:w": "w" in row.prot,
        "prot:w an": "w" in row.prot and "an" in cells,
        "size:>9": row.end - row.start > 9,
        "size:>9 an": row.end - row.start > 9 and "an" in cells,
        "size:>9 anon type:an": row.end - row.start > 9 and "anon" in cells and "an" in row.kind,
        "-size:>9": row.end - row.start <= 9,
        "cover:>9%": row.share > 900,
        "cover:>9% prot:w": row.share > 900 and "w" in row.prot,
    }
    return asked[text]


@given(rows_of_any_kind, st.sampled_from((7, 8, 9, None)), st.none() | st.integers(0, 80))
def test_a_place_is_found_as_by_looking_at_every_row(rows: list[Row], pid: int | None, where: int | None) -> None:
    expected = next(
        (
            index
            for index, row in enumerate(rows)
            if pid in (None, row.pid) and (where is None or row.start <= where < row.end)
        ),
        None,
    )
    assert View(table(rows)).find(pid, where) == expected


def test_neighbours_of_an_address_that_no_row_holds() -> None:
    view = View(table(ROWS))
    assert view.beside(7, 0x7000_0000_0000) == (1, 2)
    assert view.beside(7, 0x1000) == (None, 0)
    assert view.beside(7, 0x7FFF_0000_0000) == (4, None)
    assert view.beside(8, 0x1000) == (None, None)


def test_the_next_match_goes_round() -> None:
    made = table(ROWS)
    view = View(made)
    anon = parse("anon", made)
    assert [view.match(anon, start, 1) for start in range(5)] == [2, 2, 2, 3, 2]
    assert [view.match(anon, start, -1) for start in range(5)] == [3, 3, 2, 3, 3]
    assert view.match(parse("none at all", made), 0, 1) is None


def test_counts_say_what_is_left_out() -> None:
    made = table(ROWS * 500)
    view = View(made)
    assert view.count == "2,500"
    assert view.arranged(None, parse("heap", made)).count == "500 of 2,500"
    assert list(view.text(limit=1))[-1] == "… 2,499 more rows"


def test_work_that_nobody_waits_for_ends_at_the_next_look() -> None:
    progress = Progress("filtering")
    seen: list[int] = []

    def text(row: Row) -> str:
        seen.append(row.start)
        if len(seen) == STEP:
            progress.cancel()
        return ""

    made = Table("", (Column("", text, 1),), ROWS * STEP, lambda r: (None, None), lambda r: Tone.PLAIN)
    with pytest.raises(CancelledError):
        View(made).arranged(None, parse("word", made), progress)
    assert len(seen) == STEP


def test_progress_has_a_rate_and_an_end() -> None:
    now = [100.0]
    progress = Progress("searching", clock=lambda: now[0])
    assert progress.line == "searching  0"
    progress.update(1000, 65530)
    now[0] = 102.0
    # 1,000 in two seconds are 500 a second, and 64,530 are left.
    assert progress.line == "searching  1,000 of 65,530  1%  500/s  2 minutes left"


def test_a_cell_longer_than_its_column_takes_blanks_and_the_next_ones_stay_in_line() -> None:
    """As the vsyscall page's addresses, of 16 digits among those of 12."""
    columns: tuple[Column[str], ...] = (
        Column("Start", lambda start: start, 4),
        Column("Size", lambda _: "4 KiB", 9, right=True, sort=lambda _: 4096, part=lambda _: 0.5),
        Column("Kind", lambda _: "anon", 8),
        Column("Path", lambda _: "/lib", 4),
    )
    shown = Table("Rows", columns, ["7f00", "ffff0000"], lambda _: (None, None), lambda _: Tone.PLAIN)
    fit = shown.fit(80)
    usual, longer = (GAP.join(shown.fitted(row, fit)) for row in range(2))
    assert usual == "7f00      4 KiB ████      anon      /lib"
    assert longer == "ffff0000  4 KiB ████      anon      /lib"


def test_a_path_is_cut_before_a_size_gives_way_and_keeps_the_name() -> None:
    columns: tuple[Column[str], ...] = (
        Column("Size", lambda _: "4 KiB", 9, right=True, sort=lambda _: 4096, weight=1, part=lambda _: 0.5),
        Column("Path", lambda path: path, 40, weight=2, least=12),
    )
    shown = Table(
        "Rows", columns, ["/usr/lib/x86_64-linux-gnu/libc.so.6"], lambda _: (None, None), lambda _: Tone.PLAIN
    )
    wide, narrow, least = shown.fit(80), shown.fit(30), shown.fit(12)
    assert (wide.shown, wide.rooms, wide.barred) == ((0, 1), (9, 40), frozenset({0}))
    assert shown.fitted(0, wide)[0] == "    4 KiB ████    "
    assert (narrow.shown, narrow.rooms, narrow.barred) == ((0, 1), (9, 19), frozenset())
    assert shown.fitted(0, narrow) == ["    4 KiB", "/usr/lib…/libc.so.6"]
    assert least.shown == (0,)


def test_what_matters_least_gives_way_before_a_path_is_cut() -> None:
    """And comes back as soon as both fit, which is never the case for a path that is longer than the screen."""
    columns: tuple[Column[str], ...] = (
        Column("Kind", lambda _: "file", 4, weight=1),
        Column("Flags", lambda _: "private", 7, weight=4),
        Column("Path", lambda path: path, 40, weight=2, least=12),
    )
    shown = Table("Rows", columns, ["/a"], lambda _: (None, None), lambda _: Tone.PLAIN)
    both = 4 + len(GAP) + 7 + len(GAP) + 40
    assert [shown.fit(width).shown for width in (both, both - 1, 30)] == [(0, 1, 2), (0, 2), (0, 2)]
    assert shown.fit(both - 1).rooms == (4, 40)
    assert shown.fit(30).rooms == (4, 30 - 4 - len(GAP))
    assert shown.fit(30, asked=1).shown == (0, 1, 2)


@given(st.text(), st.integers(min_value=0, max_value=60))
def test_what_is_cut_in_the_middle_fits_and_says_so(text: str, room: int) -> None:
    cut = cut_in_middle(text, room)
    assert cut == text if len(text) <= room else len(cut) <= room and (not room or "…" in cut)


def test_the_footer_adds_up_the_rows_that_are_shown() -> None:
    columns: tuple[Column[int], ...] = (
        Column("Size", size, 9, sort=lambda r: r, summed=True),
        Column("Odd", lambda r: str(r % 2), 3),
    )
    view = View(
        Table("Rows", columns, [GIB, 2 * GIB, 5], lambda _: (None, None), lambda _: Tone.PLAIN, total="3 in all")
    )
    assert view.footer == "3 in all"
    kept = view.arranged(None, parse("odd:0", view.table))
    assert kept.footer == "2 of 3 rows   Size 3 GiB"
    assert kept.arranged(None, None).footer == "3 in all"


@pytest.mark.parametrize(
    ("part", "drawn"), [(0, ""), (0.001, "▏"), (0.5, "████"), (0.99, "███████▉"), (1, "████████"), (3, "████████")]
)
def test_a_bar_is_as_long_as_its_part(part: float, drawn: str) -> None:
    assert bar(part) == drawn
