"""One line of words, each in a style; a click on one is a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.segment import Segment

from criu_tui.widgets import looks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.strip import Strip


class WordsLine(looks.Drawing):
    """Shows (style, text) side by side; `chosen` is called with the index of the one that is clicked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._words: Sequence[tuple[str, str]] = ()

    def write(self, words: Sequence[tuple[str, str]]) -> None:
        """Shows words instead of those that were there."""
        if words != self._words:
            self._words = words
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return self.fitted([Segment(text, self.styled(style)) for style, text in self._words], self.size.width)

    async def on_click(self, event: events.Click) -> None:
        end = 0
        for index, (_, text) in enumerate(self._words):
            end += cell_len(text)
            if event.x < end:
                await self.chosen(index)
                return

    async def chosen(self, index: int) -> None:
        """Carries out what its words stand for."""
        raise NotImplementedError
