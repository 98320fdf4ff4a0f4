"""Text from a dump is inert once it is safe to show."""

from __future__ import annotations

import unicodedata

import pytest
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import address, duration, size, some
from hypothesis import given
from hypothesis import strategies as st


@given(st.text() | st.binary())
def test_nothing_that_acts_on_a_terminal_is_left(value: str | bytes) -> None:
    shown = display_safe(value)
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in shown)
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "\\x1b]52;c;aGk=\\x07"),
        ("a\u202eb", "a\\u202eb"),
        (b"caf\xe9", "caf\\xe9"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("line\nline\r", "line\\x0aline\\x0d"),
        ("Größe 文", "Größe 文"),
        # A decomposed letter is one; a stack of marks, or one that nothing bears, is an attack.
        ("e\u0301", "e\u0301"),
        ("e\u0301\u0302\u0303", "e\u0301\u0302\\u0303"),
        ("\u0301e", "\\u0301e"),
        (" \u0301", " \\u0301"),
        ("a\u3000b\u00a0c", "a\\u3000b\\xa0c"),
        ("\u2764\ufe0f", "\u2764\\ufe0f"),
        ("a\u3164b\u2800", "a\\u3164b\\u2800"),
    ],
)
def test_escapes_are_written_out(value: str | bytes, shown: str) -> None:
    assert display_safe(value) == shown


def test_a_cut_is_marked() -> None:
    assert display_safe("x" * 2_000_000, 10) == "x" * 10 + "…"


def test_addresses_are_whole() -> None:
    assert address(0xFFFFFFFFFF600000) == "ffffffffff600000"
    assert address(0x400000) == "000000400000"


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (4096, "4 KiB"),
        (200 << 30, "200 GiB"),
        (24684084 * 1024, "23.5 GiB"),
        (128 << 40, "128 TiB"),
        (1023, "1023 B"),
        (1536, "1.5 KiB"),
        ((200 << 30) + 40_960, "200 GiB"),
        ((1 << 20) - 1, "1 MiB"),
        (10_001 << 10, "9.8 MiB"),
        ((1 << 64) - 1, "16 EiB"),
    ],
)
def test_sizes(count: int, shown: str) -> None:
    assert size(count) == shown


def test_of_many_the_first_few_are_said_and_how_many_are_left_out() -> None:
    assert some([]) == ""
    assert some([1, 2, 3], 3) == "1, 2, 3"
    assert some(["a", "b", "c"], 2) == "a, b and 1 more"
    assert some(range(65_532), 2) == "0, 1 and 65,530 more"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (5, "5 s"), (99, "99 s"), (240, "4 minutes"), (3600, "an hour"), (7200, "2 hours")],
)
def test_how_long_work_takes_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said
