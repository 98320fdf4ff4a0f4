"""Filters and orders of large tables: numbers at hand, rows shown before all have been looked at, addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.core.base.span import Span
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report import maps, plan
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables import view as view_module
from criu_tui.core.tables.filter import parse
from criu_tui.core.tables.known import STEP
from criu_tui.core.tables.table import Column, Table, Tone
from criu_tui.core.tables.view import Sort, View
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.restore.host import Host


@pytest.mark.parametrize(
    "name", ["prot-none-1g-fork", "growsdown-fork", "prot-none-400g-fork", "random-1", "random-2-fork"]
)
@pytest.mark.parametrize("version", ["3.15", "4.2.1"])
def test_numbers_at_hand_are_those_of_the_rows(name: str, version: str, recorded_host: Host) -> None:
    report = Report(Dump(DUMPS / name / "dump"), criu(version), recorded_host)
    for pid in report.dump.pids:
        tables: tuple[Table[Any], ...] = maps.table(report, pid), plan.table(report, pid)
        for made in tables:
            assert made.numbers
            for column in made.columns:
                if column.title in made.numbers:
                    assert column.sort is not None
                    assert list(made.numbers[column.title]()) == [column.sort(row) for row in made.rows]
            assert not made.of(made.rows[1:]).numbers


def numbered(count: int) -> Table[int]:
    return Table(
        "Rows",
        (Column("Row", str, 5, sort=lambda row: row), Column("Odd", lambda row: str(row % 2), 1)),
        range(count),
        lambda row: (None, Span(row * 16, row * 16 + 16)),
        lambda _: Tone.PLAIN,
    )


def test_rows_found_so_far_are_the_first_of_all_and_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_module, "LATER", 0.0)
    made = numbered(5 * STEP)
    some: list[View[int]] = []
    whole = View(made).arranged(None, parse("7", made), None, some.append)
    assert not whole.partial
    assert list(whole.order) == [row for row in range(5 * STEP) if "7" in str(row)]
    assert some
    for view in some:
        assert view.partial
        assert list(view.order) == list(whole.order)[: len(view)]
        assert view.count == f"{len(view):,} so far of 20,480"
        assert view.footer == f"{len(view):,} rows so far of 20,480 rows"
        # What it lacks is not lost to who goes on from it.
        assert list(view.arranged(None, parse("77", made)).order) == [row for row in whole.order if "77" in str(row)]


def test_rows_in_another_order_are_shown_when_all_are_there() -> None:
    made = numbered(3 * STEP)
    some: list[View[int]] = []
    whole = View(made).arranged(Sort(0, descending=True), parse("odd:1", made), None, some.append)
    assert not some
    assert list(whole.order) == list(range(3 * STEP - 1, 0, -2))


@given(st.integers(0, 40), st.integers(0, 0x300), st.integers(0, 0x300), st.sampled_from(("", "-")), st.integers(0, 20))
def test_addresses_of_rows(count: int, first: int, length: int, sign: str, short: int) -> None:
    made = numbered(count)
    spans = [Span(row * 16, row * 16 + 16) for row in range(count)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(view_module, "SHORT", short)
        begins = f"{first:x}".lstrip("0")
        asked: dict[str, Callable[[Span], bool]] = {
            f"addr:{first:x}": lambda span: span.start <= first < span.end or f"{span.start:x}".startswith(begins),
            f"addr:{first:x}-{first + length:x}": lambda span: (
                length > 0 and span.start < first + length and first < span.end
            ),
            f"addr:{first:x}..": lambda span: f"{span.start:x}".startswith(begins),
        }
        for text, holds in asked.items():
            kept = [row for row, span in enumerate(spans) if holds(span) is (not sign)]
            for view in (View(made), View(made).arranged(None, parse("row:>=0", made))):
                assert list(view.arranged(None, parse(sign + text, made)).order) == kept


@pytest.mark.parametrize("typed", ["row:>", "-row:>=", "odd:=", "-odd:!="])
def test_a_comparison_about_to_be_typed_leaves_all_rows(typed: str) -> None:
    made = numbered(9)
    assert not parse(typed, made)
    assert list(View(made).arranged(None, parse(typed, made)).order) == list(range(9))
