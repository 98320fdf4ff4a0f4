"""Lines with a tone, as text that is never markup; a change writes only the characters that differ."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from criu_tui.core.tables.table import Tone
from criu_tui.widgets import looks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.geometry import Size

APART = 48
"""Unchanged characters that cost more to write than to go past: a move and a colour are about as long."""

Line = tuple[Tone, str]


class Notes(looks.Drawing):
    """A few lines from a report; `limit` lines at most, and says how many are left out."""

    DEFAULT_CSS = "Notes { height: auto; width: 1fr; }"

    def __init__(self, name: str = "", *, limit: int = 8, wrap: bool = True, keeps: int = 0, classes: str = "") -> None:
        """`keeps`: takes no fewer lines than these, nor than it has taken, so that a change moves nothing else."""
        super().__init__(id=name or None, classes=classes)
        self.limit = limit
        self._keeps = keeps
        self._held = (0, 0)
        """The lines taken so far, and the width that they are of."""
        self.brief = False
        """Whether rows need the room: then no more than one line is shown, the gravest, else the first."""
        self._told: list[Line] = []
        """All that was to be shown."""
        self.wrap = wrap
        self._lines: list[Line] = []
        self._drawn: list[Line] = []
        """As they are on the screen now."""
        self.display = False

    def show(self, lines: Iterable[Line]) -> None:
        """Shows lines, each in the colour of its tone."""
        kept = self._told = list(lines)
        if self.brief and kept:
            graver = (Tone.ERROR, Tone.WARNING)
            kept = [min(kept, key=lambda line: graver.index(line[0]) if line[0] in graver else len(graver))]
        left_out = len(kept) - self.limit
        if left_out > 0:
            kept = [*kept[: self.limit - 1], (Tone.DIM, f"and {left_out + 1} more; --print shows all")]
        before, self._lines = self._drawn, kept
        if self.display != bool(kept):
            self.display = bool(kept)
            self._held = (0, 0)
            return
        if not kept:
            return
        width = self.content_size.width
        self._drawn = list(self._fitted(width))
        height = self.styles.height
        moves = len(self._drawn) > self._held[0] if self._keeps else len(before) != len(self._drawn)
        if not width or (moves and (height is None or height.is_auto)):
            # Only a change in the number of lines moves anything else on the screen.
            self.refresh(layout=True)
            return
        for y, (old, new) in enumerate(zip_longest(before, self._drawn, fillvalue=(Tone.PLAIN, ""))):
            if old != new:
                self.refresh(*_differences(old, new, y, width))

    def blank(self) -> None:
        """Tells nothing for now, and keeps the lines that it has."""
        if self.display:
            self.show([(Tone.PLAIN, "")])

    def be_brief(self, *, brief: bool) -> None:
        """Leaves room to rows, or takes what it needs."""
        if brief != self.brief:
            self.brief = brief
            self.show(self._told)

    def _fitted(self, width: int) -> Iterator[Line]:
        """The lines in a number of cells: wrapped, or cut and marked so."""
        for tone, text in self._lines:
            if self.wrap and not self.brief:
                yield from ((tone, part) for part in wrapped(text, width))
            elif cell_len(text) > width:
                yield tone, set_cell_size(text, max(0, width - 1)) + looks.ELLIPSIS
            else:
                yield tone, text

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        lines = sum(1 for _ in self._fitted(width))
        if self._keeps:
            held, of_width = self._held
            lines = max(lines, self._keeps, held if of_width == width else 0)
            self._held = lines, width
        return lines

    def on_resize(self) -> None:
        self._drawn = list(self._fitted(self.content_size.width))

    def render_line(self, y: int) -> Strip:
        width = self.content_size.width
        if y == 0:
            self._drawn = list(self._fitted(width))
        tone, text = self._drawn[y] if y < len(self._drawn) else (Tone.PLAIN, "")
        style = self.tone_style(tone)
        return Strip([Segment(set_cell_size(text, width), style)], width)


def _differences(old: Line, new: Line, y: int, width: int) -> Iterator[Region]:
    """The parts of a line that have to be written anew."""
    if old[0] is not new[0] or any(cell_len(text) != len(text) for _, text in (old, new)):
        yield Region(0, y, width, 1)
        return
    before, after = old[1].ljust(width), new[1].ljust(width)
    changed = [x for x in range(width) if before[x] != after[x]]
    start = end = -1
    for x in changed:
        if start >= 0 and x - end > APART:
            yield Region(start, y, end - start, 1)
            start = x
        start, end = (x if start < 0 else start), x + 1
    if start >= 0:
        yield Region(start, y, end - start, 1)


def wrapped(text: str, width: int) -> list[str]:
    """Text in lines of at most `width` cells, broken at blanks where there are any; no fewer than one line."""
    if width <= 0 or cell_len(text) <= width:
        return [text]
    words = chain.from_iterable(
        [word] if cell_len(word) <= width else chop_cells(word, width) for word in text.split(" ")
    )
    lines = [next(words)]
    for word in words:
        if cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def shortened(text: str, width: int, lines: int, mark: str) -> str:
    """Text that takes at most so many lines of `width` cells, with a mark at its end where it is cut."""
    parts = wrapped(text, width)
    if len(parts) <= lines:
        return text
    if lines <= 0:
        return ""
    last = parts[lines - 1]
    last = set_cell_size(last, max(0, min(cell_len(last), width - cell_len(mark)))).rstrip()
    return " ".join([*parts[: lines - 1], last + mark])
