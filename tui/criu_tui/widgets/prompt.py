"""One line to type on, at the bottom of a pane."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class Purpose(enum.Enum):
    """What is asked for; the value stands before the line."""

    FILTER = "/"
    GO_TO = "go to:"
    EXPORT = "export to:"
    SEARCH = "search:"


class Prompt(Horizontal):
    """Asks for one line. Enter answers, escape gives up; up and down are left to the table."""

    DEFAULT_CSS = """
    Prompt {
        height: 1; background: $surface;
        & > Static { width: auto; padding: 0 1 0 0; text-style: bold; }
        & > Input { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
        & > Input:focus { border: none; background-tint: transparent; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "give up", show=False),
        Binding("down", "step(1)", "row down", show=False),
        Binding("up", "step(-1)", "row up", show=False),
    ]

    class Typed(Message):
        """The text has changed."""

        def __init__(self, purpose: Purpose, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    class Answered(Typed):
        """Enter: this is the answer."""

    class GivenUp(Message):
        """Escape: never mind."""

        def __init__(self, purpose: Purpose) -> None:
            super().__init__()
            self.purpose = purpose

    class Stepped(Message):
        """Up or down: move the row, not the text."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

    def __init__(self, purpose: Purpose, text: str = "", hint: str = "") -> None:
        super().__init__()
        self.purpose = purpose
        self._text = text
        self._hint = hint

    def compose(self) -> ComposeResult:
        yield Static(self.purpose.value, markup=False)
        line = Input(self._text, placeholder=self._hint, select_on_focus=False)
        line.cursor_blink = False
        yield line

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(self.purpose, event.value))

    @on(Input.Submitted)
    def answered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Answered(self.purpose, event.value))

    def action_give_up(self) -> None:
        self.post_message(self.GivenUp(self.purpose))

    def action_step(self, rows: int) -> None:
        self.post_message(self.Stepped(rows))
