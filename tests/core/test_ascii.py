"""Any text in ASCII, as wide as before."""

from __future__ import annotations

import re
from pathlib import Path

import criu_tui
import pytest
from criu_tui.core.base.ascii import to_ascii
from criu_tui.core.drawings.legend import CELLS
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len


@given(st.text(max_size=40))
def test_nothing_else_is_left_and_the_width_stays(text: str) -> None:
    made = to_ascii(text)
    assert made.isascii()
    ordinary = [c for c in text if c.isprintable() and cell_len(c) > 0]
    assert len(to_ascii("".join(ordinary))) == cell_len("".join(ordinary))


def test_cells_of_the_heat_map_stay_apart() -> None:
    shown = [to_ascii(sign.sign) for sign in CELLS.values()]
    assert len(set(shown)) == len(shown)


def test_every_sign_of_the_program_has_a_thought_out_one() -> None:
    package = Path(criu_tui.__file__).parent
    signs = set(
        "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py") if "schema" not in path.parts)
    )
    odd = {c for c in signs if not c.isascii() and to_ascii(c) == "?"}
    assert not odd


@pytest.mark.parametrize(("text", "shown"), [("┌─│┼╭", "+-|++"), ("é", "e"), ("日本", "????"), ("→ … ▲", "> ~ ^")])
def test_signs(text: str, shown: str) -> None:
    assert re.fullmatch(re.escape(shown), to_ascii(text))
