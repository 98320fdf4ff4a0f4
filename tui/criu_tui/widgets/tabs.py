"""The names of the panes with their keys; a click goes to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from criu_tui.core.tables.table import Tone
from criu_tui.widgets import looks
from criu_tui.widgets.words import WordsLine

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Tabs(WordsLine):
    """The pane in front stands in brackets."""

    DEFAULT_CSS = "Tabs { height: 1; }"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._labels: dict[str, str] = {}
        self._current = ""
        self._alarming: Collection[str] = ()

    def show(self, labels: Mapping[str, str], current: str, alarming: Collection[str] = ()) -> None:
        """Shows names behind the keys that lead to them; those of `alarming` panes in the colour of errors."""
        self._labels, self._current, self._alarming = dict(labels), current, alarming
        self._write()

    def on_resize(self) -> None:
        self._write()

    def _write(self) -> None:
        # Before the first layout the screen's width is theirs.
        width = self.size.width or self.app.size.width
        words = []
        for name, label in _fitting(self._labels, (self._current, *self._alarming), width):
            colour = looks.STYLES[Tone.ERROR] if name in self._alarming else ""
            words.append((f"{colour} bold" if name == self._current else colour, label))
        self.write(words)

    async def chosen(self, index: int) -> None:
        await self.screen.run_action(f"pane('{list(self._labels)[index]}')")


def _fitting(labels: Mapping[str, str], named: Sequence[str], width: int) -> list[tuple[str, str]]:
    """Ids and texts of tabs in a number of cells, 0 for any: where they are too wide the last ones are keys alone.

    Those in `named` are not, the first of which is in front.
    """
    shown = dict(labels)
    for name in reversed(list(labels)):
        if not width or sum(len(label) + 2 for label in shown.values()) <= width:
            break
        if name not in named:
            shown[name] = labels[name].split(" ", 1)[0]
    return [(name, f"[{label}]" if name == named[0] else f" {label} ") for name, label in shown.items()]
