"""The names of the panes with their keys; a click goes to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

from criu_tui.core.tables.table import Tone
from criu_tui.widgets import looks
from criu_tui.widgets.words import WordsLine

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Tabs(WordsLine):
    """The pane in front stands in brackets."""

    DEFAULT_CSS = "Tabs { height: 1; }"

    class Chosen(Message):
        """A pane's name was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._names: list[str] = []

    def show(self, labels: Mapping[str, str], current: str, alarming: Collection[str] = ()) -> None:
        """Shows names with the number keys that lead to them; those of `alarming` panes in the colour of errors."""
        self._names = list(labels)
        words = []
        for number, (name, label) in enumerate(labels.items(), start=1):
            text = f"[{number} {label}]" if name == current else f" {number} {label} "
            colour = looks.STYLES[Tone.ERROR] if name in alarming else ""
            words.append((f"{colour} bold" if name == current else colour, text))
        self.write(words)

    async def chosen(self, index: int) -> None:
        self.post_message(self.Chosen(self._names[index]))
