"""What the bench makes of its measurements, and the page that it writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.bench import page
from tests.bench.__main__ import WORKLOADS
from tests.bench.measure import Ratio, exponent
from tests.bench.workload import Line, words

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.quick
AMOUNTS = (1, 3, 9, 27, 81)


@pytest.mark.parametrize(
    ("seconds", "least", "most"),
    [
        ([2 + n for n in AMOUNTS], 1.0, 1.0),
        ([n**2 for n in AMOUNTS], 1.8, 2.0),
        ([n**0.5 for n in AMOUNTS], 0.5, 0.7),
    ],
    ids=["linear after a start", "quadratic", "of a root"],
)
def test_the_power_that_time_grows_with(seconds: list[float], least: float, most: float) -> None:
    found = exponent(AMOUNTS, seconds)
    assert found is not None
    assert least <= round(found, 9) <= most


def test_what_hardly_grows_has_no_power() -> None:
    assert exponent(AMOUNTS, [1 + n / 1000 for n in AMOUNTS]) is None


def test_a_ratio_names_who_takes_longer() -> None:
    assert words(Ratio(1.5, 1.25, 2.0)) == "1.50 (1.25 to 2.00)"
    assert words(Ratio(0.1, 0.05, 0.125)) == "it takes 10.0 (8.0 to 20.0)"


def test_a_run_writes_only_its_own_chapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    page.PAGE.write_text("# Before\n\n## Two\n\nold two\n\n## One\n\nold one\n", encoding="utf-8")
    page.write({"One": "\nnew one\n"}, ("One", "Two", "Three"))
    assert page.PAGE.read_text(encoding="utf-8") == f"{page.BEGINNING}\n## One\n\nnew one\n\n## Two\n\nold two\n"


def test_a_table_leaves_out_what_no_line_has() -> None:
    made = page.table(Line("what", "beside", "time", "", "ours"), [Line("a", "b", ours="1"), Line("a", "c", ours="2")])
    assert made == "| what | beside | ours |\n| --- | --- | --- |\n| a | b | 1 |\n|  | c | 2 |\n"


def test_the_page_has_the_chapters_of_the_bench_in_their_order() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert text.startswith(page.BEGINNING)
    titles = re.findall(r"^## (.*)", text, re.MULTILINE)
    assert titles
    assert titles == [workload.title for workload in WORKLOADS.values() if workload.title in titles]
