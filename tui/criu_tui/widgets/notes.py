"""Lines with a tone, as text that is never markup; a change writes only the characters that differ."""

from __future__ import annotations

import re
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, ClassVar

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

INDENT = 2
"""Cells that a line is set in which goes on with the one above."""
_COLUMN = re.compile(r" *\S+(?: \S+)* {2,}(?=\S)")
"""The first of two columns, with the gap behind it."""

Line = tuple[Tone, str]


class Notes(looks.Drawing):
    """A few lines from a report; `limit` lines at most, and says how many are left out."""

    DEFAULT_CSS = "Notes { height: auto; width: 1fr; }"

    more: ClassVar[str] = looks.ELLIPSIS
    """What stands at the end of the last line that there is room for, where there are others below it."""

    def __init__(self, name: str = "", *, limit: int = 8, wrap: bool = True, keeps: int = 0, classes: str = "") -> None:
        """`keeps`: takes no fewer lines than these, nor than it has taken, so that a change moves nothing else."""
        super().__init__(id=name or None, classes=classes)
        self.limit = limit
        self._keeps = keeps
        self._held = (0, 0)
        """The lines taken so far, and the width that they are of."""
        self.brief = False
        """Whether rows need the room: then no more than one line is shown, the gravest, else the first."""
        self._left = 1
        """Lines that rows leave it then: what has room in these is shown in full."""
        self._told: list[Line] = []
        """All that was to be shown."""
        self._stands_for_all = ""
        self.wrap = wrap
        self._lines: list[Line] = []
        self._drawn: list[Line] = []
        """As they are on the screen now."""
        self.display = False

    def show(self, lines: Iterable[Line], brief: str = "") -> None:
        """Shows lines, each in the colour of its tone; `brief` stands for all of them where one has to."""
        kept = self._told = list(lines)
        self._stands_for_all = brief
        if self.brief and kept:
            graver = (Tone.ERROR, Tone.WARNING)
            tone, first = min(kept, key=lambda line: graver.index(line[0]) if line[0] in graver else len(graver))
            kept = [(tone, brief or first)]
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
        pairs = zip_longest(self._seen(before, width), self._seen(self._drawn, width), fillvalue=(Tone.PLAIN, ""))
        for y, (old, new) in enumerate(pairs):
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
            self.show(self._told, self._stands_for_all)

    def have_room(self, lines: int) -> None:
        """Rows leave it so many lines."""
        if lines != self._left:
            self._left = lines
            if self.brief:
                self.show(self._told, self._stands_for_all)

    def _fitted(self, width: int) -> Iterator[Line]:
        """The lines in a number of cells: wrapped, or cut and marked so."""
        room = min(self._left, self.limit) if self.brief and self._left > 1 else 0
        for lines in (self._told, self._lines) if room else ():
            in_full = list(_in_lines(lines, width))
            if len(in_full) <= room:
                yield from in_full
                return
        if self.wrap and not self.brief:
            yield from _in_lines(self._lines, width)
            return
        for tone, text in self._lines:
            if cell_len(text) > width:
                yield tone, set_cell_size(text, max(0, width - 1)) + looks.ELLIPSIS
            else:
                yield tone, text

    def _seen(self, lines: list[Line], width: int) -> list[Line]:
        """Those that there is room for; the last one is marked where others follow."""
        room = self.content_size.height
        if not 0 < room < len(lines):
            return lines
        tone, text = lines[room - 1]
        last = set_cell_size(text, max(0, min(cell_len(text), width - cell_len(self.more)))).rstrip()
        return [*lines[: room - 1], (tone, last + self.more)]

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
        cut = y + 1 == self.content_size.height < len(self._drawn)
        lines = self._seen(self._drawn, width) if cut else self._drawn
        tone, text = lines[y] if y < len(lines) else (Tone.PLAIN, "")
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


def _in_lines(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """Lines in full, in as many of a number of cells as they need."""
    return ((tone, part) for tone, text in lines for part in wrapped(text, width))


def wrapped(text: str, width: int) -> list[str]:
    """Text in lines of at most `width` cells, broken at blanks where there are any; no fewer than one line.

    What goes on is set in: below the second column of a text that has two, else by INDENT.
    """
    if width <= 0 or cell_len(text) <= width:
        return [text]
    column = _COLUMN.match(text)
    below = 0 if column is None else cell_len(column[0])
    hang = below if 0 < below <= width // 2 else min(INDENT, width // 4)
    room = width - hang
    words = chain.from_iterable(
        [word] if cell_len(word) <= room else chop_cells(word, room) for word in text.split(" ")
    )
    lines = [next(words)]
    for word in words:
        if cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        elif word:
            lines.append(" " * hang + word)
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
    first, *others = [*parts[: lines - 1], last + mark]
    return " ".join([first, *map(str.lstrip, others)])
