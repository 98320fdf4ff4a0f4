"""The names of the panes with their keys; a click goes to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from criu_tui.core.table import Tone
from criu_tui.widgets import looks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from textual import events


class Tabs(Static):
    """One line; the pane in front stands in brackets."""

    DEFAULT_CSS = "Tabs { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    class Chosen(Message):
        """A pane's name was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self) -> None:
        super().__init__("", id="tabs", markup=False)
        self._places: list[tuple[range, str]] = []

    def show(self, labels: Mapping[str, str], current: str, alarming: Collection[str] = ()) -> None:
        """Shows names with the number keys that lead to them; those of `alarming` panes in the colour of errors."""
        self._places = []
        parts = []
        column = 0
        for number, (name, label) in enumerate(labels.items(), start=1):
            text = f"[{number} {label}]" if name == current else f" {number} {label} "
            colour = looks.STYLES[Tone.ERROR] if name in alarming else ""
            parts.append(Content.styled(text, f"{colour} bold" if name == current else colour))
            self._places.append((range(column, column + len(text)), name))
            column += len(text)
        self.update(Content("").join(parts))

    def on_click(self, event: events.Click) -> None:
        for columns, name in self._places:
            if event.x in columns:
                self.post_message(self.Chosen(name))
