"""One line to type on, at the bottom of a pane."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from criu_tui.widgets import looks
from criu_tui.widgets.purpose import Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget


class End(enum.Enum):
    """How a line ends."""

    ANSWERED = "enter"
    GIVEN_UP = "escape"
    LEFT = "the focus has gone elsewhere"


class PromptLine(looks.Steady, Input):
    """The line to type on; keys behind the one that ends it are no longer for it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("right", "complete", "complete", show=False)]

    def __init__(self, text: str, hint: str, back: Widget, names: Sequence[str]) -> None:
        suggester = SuggestFromList(names, case_sensitive=False) if names else None
        super().__init__(text, placeholder=hint, select_on_focus=False, suggester=suggester)
        self.cursor_blink = False
        self._hint = hint
        self._names = names
        self.back = back
        self.ended = False

    def on_mount(self) -> None:
        # Not only once the focus is noticed: the next key may be here already, and replaces what is there.
        self.select_all()

    def on_resize(self, event: events.Resize) -> None:
        width = event.size.width
        long = cell_len(self._hint) > width > 0
        self.placeholder = set_cell_size(self._hint, width - 1) + looks.ELLIPSIS if long else self._hint

    def on_key(self, event: events.Key) -> None:
        if self.ended:
            event.prevent_default()
        elif event.key in ("enter", "escape"):
            self.ended = True
            event.prevent_default()
            event.stop()
            self.screen.set_focus(self.back)
            self.post_message(self.Ended(End.GIVEN_UP if event.key == "escape" else End.ANSWERED))

    def action_complete(self) -> None:
        """Takes the name that is suggested, which may not be drawn yet; elsewhere a character to the right."""
        typed = self.value.casefold()
        named = next((name for name in self._names if name.casefold().startswith(typed)), None)
        if named is not None and typed and self.selection.is_empty and self.cursor_at_end:
            self.value = named
            self.action_end()
        else:
            self.action_cursor_right()

    def on_blur(self) -> None:
        # The terminal itself may have lost the focus; then the line gets it back with the terminal.
        if self.app.app_focus and not self.ended:
            self.ended = True
            self.post_message(self.Ended(End.LEFT))

    class Ended(Message):
        """Nothing more is typed on the line."""

        def __init__(self, end: End) -> None:
            super().__init__()
            self.end = end


class PromptName(looks.Steady, Static):
    """What is asked for."""


class Prompt(looks.Steady, Horizontal):
    """Asks for one line. Enter answers, escape gives up; up and down are left to the table.

    When the focus goes elsewhere, a filter stays as typed; anything else is given up.
    """

    DEFAULT_CSS = """
    Prompt {
        height: 1; background: $surface;
        & > PromptName { width: auto; padding: 0 1 0 0; text-style: bold; }
        & > Input { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
        & > Input:focus { border: none; background-tint: transparent; }
        & > Input:nocolor > .input--cursor { text-style: reverse; }
        & > Input:nocolor > .input--selection { text-style: underline; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "row down", show=False),
        Binding("up", "step(-1)", "row up", show=False),
    ]

    class Typed(Message):
        """The text has changed."""

        def __init__(self, prompt: Prompt, text: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.purpose = prompt.purpose
            self.text = text

    class Answered(Typed):
        """Enter: this is the answer."""

    class GivenUp(Message):
        """Escape: never mind."""

        def __init__(self, prompt: Prompt) -> None:
            super().__init__()
            self.prompt = prompt
            self.purpose = prompt.purpose

    class Stepped(Message):
        """Up or down: move the row, not the text."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

    def __init__(
        self, purpose: Purpose, back: Widget, text: str = "", hint: str = "", names: Sequence[str] = ()
    ) -> None:
        """`back` has the focus afterwards; → takes what one of the names goes on with."""
        super().__init__()
        self.purpose = purpose
        self.line = PromptLine(text, hint, back, names)

    def compose(self) -> ComposeResult:
        yield PromptName(self.purpose.value, markup=False)
        yield self.line

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        event.stop()
        if not self.line.ended:
            self.post_message(self.Typed(self, event.value))

    @on(PromptLine.Ended)
    def ended(self, event: PromptLine.Ended) -> None:
        event.stop()
        kept = event.end is End.ANSWERED or (event.end is End.LEFT and self.purpose is Purpose.FILTER)
        self.post_message(self.Answered(self, self.line.value) if kept else self.GivenUp(self))

    def action_step(self, rows: int) -> None:
        self.post_message(self.Stepped(rows))
