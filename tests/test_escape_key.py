"""Escape with other keys close behind it, however a connection puts them together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from criu_tui.widgets.driver import EscapeKey
from textual._xterm_parser import XTermParser
from textual.events import Key

if TYPE_CHECKING:
    from collections.abc import Sequence


def keys(*reads: str) -> Sequence[str]:
    """The names of what is read one after the other, and then nothing for as long as Textual waits for more."""
    parser, escape, found = XTermParser(), EscapeKey(), []
    for read in (*reads, ""):
        text = escape.told(read)
        found += [*(parser.feed(text) if text else ()), *parser.tick()]
    time.sleep(0.15)
    return [message.key for message in (*found, *parser.tick()) if isinstance(message, Key)]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("/ab\x7f\x1b/rw\r", "slash a b backspace escape slash r w enter"),
        ("\x1b\x1b/", "escape escape slash"),
        ("\x1b3\x1b\r\x1b ", "escape 3 escape enter escape space"),
        ("j\x1b", "j escape"),
        ("\x1b[A\x1b[6~\x1bOP\x1b", "up pagedown f1 escape"),
        ("\x1b[1;5C\x1b:", "ctrl+right escape colon"),
    ],
)
def test_keys_are_the_same_wherever_their_bytes_are_cut(typed: str, names: str) -> None:
    for cut in range(1, len(typed) + 1):
        assert keys(typed[:cut], typed[cut:]) == names.split(), cut
    assert keys(*typed) == names.split()


def test_what_terminals_send_for_a_key_with_alt_stays_one_key() -> None:
    # Option with an arrow, alt and backspace, as terminals on macOS and Linux send them on a line to type on.
    assert keys("\x1bf\x1bb\x1b\x7f") == ["ctrl+right", "ctrl+left", "ctrl+w"]
