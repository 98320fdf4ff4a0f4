"""Any text in ASCII, as wide as before."""

from __future__ import annotations

import re
from pathlib import Path

import criu_tui
import pytest
from criu_tui.core.base.ascii import to_ascii
from criu_tui.core.drawings.legend import CELLS
from criu_tui.core.tables.table import bar
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len


@given(st.text(max_size=40))
def test_nothing_else_is_left_and_the_width_stays(text: str) -> None:
    assert to_ascii(text).isascii()
    assert to_ascii(text, cell_len).isascii()
    # ASCII's control characters stay as they are, and are not drawn.
    drawn = "".join(c for c in text if not c.isascii() or c.isprintable())
    assert len(to_ascii(drawn, cell_len)) == sum(map(cell_len, drawn))


def test_what_has_laid_a_text_out_says_how_wide_it_is() -> None:
    """Unicode calls U+2630 narrow before its version 16, and Rich calls it wide."""
    assert to_ascii("\u2630", lambda _: 2) == "??"
    assert to_ascii("\u2630", lambda _: 1) == "?"
    assert to_ascii("a\u0301\u200d", cell_len) == "a"


def test_a_change_of_protection_has_one_reading() -> None:
    texts = ("---", "r--", "rw-", "-w-", "r-x", "rwx")
    shown = {to_ascii(f"{before} → {after}") for before in texts for after in texts}
    assert len(shown) == len(texts) ** 2
    assert not any("->" in each or ">-" in each for each in shown)


def test_signs_of_a_verdict_are_no_letters_that_are_keys() -> None:
    assert [to_ascii(sign) for sign in "✗!✓…"] == ["x", "!", "+", "~"]


def test_cells_of_the_heat_map_stay_apart() -> None:
    shown = [to_ascii(sign.sign) for sign in CELLS.values()]
    assert len(set(shown)) == len(shown)


def test_a_bar_too_short_to_compare_is_none_of_a_whole_cell() -> None:
    shown = [to_ascii(bar(part, 8)) for part in (1 / 1000, 1 / 16, 1 / 8, 3 / 16, 1)]
    assert shown == ["|", "|", "#", "#|", "########"]


def test_every_sign_of_the_program_has_a_thought_out_one() -> None:
    package = Path(criu_tui.__file__).parent
    signs = set(
        "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py") if "schema" not in path.parts)
    )
    odd = {c for c in signs if not c.isascii() and to_ascii(c) == "?"}
    assert not odd


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("┌─│┼╭", "+-|++"),
        ("é", "e"),
        ("日本", "????"),
        ("→ … ▲", "> ~ ^"),
        ("0→100000", "0>100000"),
        ("🔎", "/ "),
    ],
)
def test_signs(text: str, shown: str) -> None:
    assert re.fullmatch(re.escape(shown), to_ascii(text))
