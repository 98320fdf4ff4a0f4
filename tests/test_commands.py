"""Commands declared once: keys that arrive, words that fit, the inner widget first."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pytest
from criu_tui.commands import MAIN, PANE, SCOPES, TABLE, TERMINAL, Command, in_reach
from criu_tui.core.base.limits import CLIPBOARD_LIMIT
from criu_tui.core.report.export import ENDINGS
from criu_tui.core.report.registry import SHOWN
from criu_tui.widgets import clipboard
from hypothesis import given
from hypothesis import strategies as st

EATEN = {
    *(f"ctrl+{letter}" for letter in "abcfhimnpqstwz"),
    "ctrl+enter",
    "f5",
    "f11",
    "f12",
}
"""By tmux, screen, the terminal's flow control, or a browser; or the same byte as another key."""


@dataclass(frozen=True)
class Node:
    commands: tuple[Command, ...]


def test_no_key_is_eaten_on_the_way() -> None:
    # Those of TERMINAL mean what they mean in any terminal.
    commands = [command for scope in SCOPES for command in scope if command not in TERMINAL]
    assert not {key for command in commands for key in command.keys} & EATEN
    for command in (command for command in commands if command.keys and command.id != "previous-pane"):
        # A key with a modifier always has one without beside it.
        assert not all(key.startswith(("ctrl+", "shift+", "alt+")) for key in command.keys), command.id


def test_no_key_of_a_pane_is_taken_by_what_stands_within_it() -> None:
    inner = {key for scope in (PANE, TABLE) for command in scope for key in command.keys}
    assert not {kind.key for kind in SHOWN.values()} & inner


def test_every_ending_of_an_export_is_named_where_one_is_asked_for() -> None:
    (command,) = (command for command in PANE if command.id == "export")
    assert ENDINGS in command.help


def test_no_sentence_is_cut_in_the_palette_on_80_columns() -> None:
    """A frame, a scroll bar and gaps of two leave 50 beside 16 for the name and 7 for the keys."""
    room = 80 - 2 - 1 - 16 - 7 - 2 * 2
    long = {command.id: len(command.help) for scope in SCOPES for command in scope if len(command.help) > room}
    assert long == {}


def test_the_inner_widget_has_a_key_first() -> None:
    own = Command("search", "search", ("slash",), "/", "search bytes", "Search")
    reached = list(in_reach([Node(TABLE), Node((own, *PANE)), Node(MAIN)]))
    assert own in [command for _, command in reached]
    assert "filter" not in [command.id for _, command in reached]
    # One key left is enough to stay in reach, and that one is shown.
    both = own._replace(id="both", keys=("slash", "x"), shown="/ x")
    reached = list(in_reach([Node((own,)), Node((both,))]))
    assert [(command.id, command.shown) for _, command in reached] == [("search", "/"), ("both", "x")]


def test_a_command_without_a_key_gives_way_to_the_same_with_one() -> None:
    plain = Command("report", "copy", (), "", "report", "Copy")
    keyed = plain._replace(keys=("R",), shown="R")
    assert plain in [command for _, command in in_reach([Node((plain,)), Node(MAIN)])]
    reached = [command for _, command in in_reach([Node((keyed, plain)), Node((plain,))])]
    assert reached == [keyed]


@given(st.text(max_size=200))
def test_a_clipboard_sequence_carries_any_text(text: str) -> None:
    sequence = clipboard.osc52(text)
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\a")
    assert base64.b64decode(sequence[7:-1]) == text.encode("utf-8", "backslashreplace")
    inner = clipboard.through_tmux(sequence).removeprefix("\x1bPtmux;").removesuffix("\x1b\\")
    assert inner.replace("\x1b\x1b", "\x1b") == sequence
    pieces = clipboard.through_screen(sequence)
    assert pieces.replace("\x1bP", "").replace("\x1b\\", "") == sequence
    assert all(len(piece) <= 768 for piece in pieces.split("\x1b\\"))


def test_more_than_a_terminal_takes_is_refused_with_a_way_out() -> None:
    from criu_tui.widgets.terminal_app import TerminalApp

    app: TerminalApp[None] = TerminalApp()
    with pytest.raises(clipboard.TooLongError, match="export"):
        clipboard.copy(app, "x" * (CLIPBOARD_LIMIT + 1))
    # The limit itself fits into 100,000 characters with what stands around it.
    assert len(clipboard.osc52("x" * CLIPBOARD_LIMIT)) <= 100_000
