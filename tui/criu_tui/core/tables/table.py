"""Any table without a screen: columns, rows, order, filter, and plain text.

Cells are made only for the rows that are asked for, so a table of 65,530 rows costs
what its rows cost, and a pane what it shows.
"""

# Annotations are not kept as text here: a named tuple compiles each of these, 1 ms for as many as there are.
import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, Self, TypeVar

from criu_tui.core.base.progress import Progress
from criu_tui.core.base.span import Span
from criu_tui.core.base.text import cut_in_middle

R = TypeVar("R")

GAP = "  "
"""Between two columns."""

Search = Callable[[Any, Sequence[int], Progress], Iterator[tuple[int, Sequence[int]]]]
"""Of a filter, and the indexes of the rows to look among in the table's order: again and again how many of these have
been looked at since, and which satisfy the filter. Raises CancelledError when the progress is cancelled."""
_NO_NUMBERS: Mapping[str, Callable[[], Sequence[int]]] = {}

BAR = 8
"""Characters of a bar behind a cell."""


class Tone(enum.Enum):
    """What a row or a note means; a front end gives it a colour and the text a sign."""

    PLAIN = ""
    DIM = "dim"
    GOOD = "good"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class Tint(enum.Enum):
    """Groups that a front end tells apart by colour; `legend` says what belongs to each."""

    PLAIN = "plain"
    ANONYMOUS = "anonymous"
    FILE = "file"
    SHARED = "shared"
    STACK = "stack"
    KERNEL = "kernel"
    GUARD = "guard"
    PRESENT = "present"
    PARENT = "parent"
    LAZY = "lazy"
    ABSENT = "absent"
    NO_ACCESS = "no access"
    CODE = "code"
    WRITABLE_CODE = "writable code"


TOGETHER = 32
"""Rows whose lines are made together; few, since somebody may wait for the first."""


class Unit(enum.Enum):
    """How people write the numbers that a column sorts by."""

    NUMBER = "number"
    """Decimal; K, M, G, T are powers of 1024."""
    ADDRESS = "address"
    """Hexadecimal."""
    SHARE = "share"
    """Percent; the column sorts by parts in ten thousand."""


class Column(Generic[R]):
    """One column: how a row's cell reads and sorts, and how many characters it takes."""

    # No dataclass: to make one of as many fields takes 2 ms of the first paint.
    def __init__(
        self,
        title: str,
        text: Callable[[R], str],
        width: int,
        right: bool = False,
        sort: Callable[[R], int | str] | None = None,
        weight: int = 0,
        unit: Unit = Unit.NUMBER,
        names: tuple[str, ...] = (),
        tint: Callable[[R], Tint] | None = None,
        least: int | None = None,
        summed: bool = False,
        part: Callable[[R], float] | None = None,
        whole: str = "",
        shade: Tint = Tint.ABSENT,
    ) -> None:
        self.title: Final = title
        self.text: Final = text
        self.width: Final = width
        self.right: Final = right
        self.sort: Final = sort
        """None: rows sort by the text."""
        self.weight: Final = weight
        """Columns with the largest weight give way first as the width shrinks; 0 never does."""
        self.unit: Final = unit
        """Of the numbers it sorts by; says nothing of text."""
        self.names: Final = names
        """What else a filter may call it, besides its title."""
        self.tint: Final = tint
        self.least: Final = least
        """Characters that it can do with, its cells then cut in the middle; None: it needs all of its width."""
        self.summed: Final = summed
        """Whether the numbers that it sorts by are bytes whose sum says something."""
        self.part: Final = part
        """What part of a whole its cell is, from 0 to 1, drawn as a bar behind the cells where there is room."""
        self.whole: Final = whole
        """What the longest bar stands for, in at most BAR characters."""
        self.shade: Final = shade
        """What colour its bars have in a row that means nothing more: they are not to outshine the cells."""

    @property
    def needed(self) -> int:
        """Characters without which it is not worth showing."""
        return self.width if self.least is None else min(self.width, self.least)

    def tint_of(self, row: R) -> Tint:
        """What colour a row's cell has; PLAIN: the row's own."""
        return Tint.PLAIN if self.tint is None else self.tint(row)

    def padded(self, text: str, room: int) -> str:
        """A text set in a number of characters; a longer one is not cut."""
        return text.rjust(room) if self.right else text.ljust(room)


class Fit(NamedTuple):
    """How columns stand in a line of some width."""

    shown: tuple[int, ...]
    """Indexes of the columns."""
    rooms: tuple[int, ...]
    """Characters of each of them, without its bar."""
    barred: frozenset[int]
    """Indexes of those with a bar."""

    def whole(self, position: int) -> int:
        """Characters of a column with its bar, by its position among those shown."""
        return self.rooms[position] + (1 + BAR if self.shown[position] in self.barred else 0)


class Table(NamedTuple, Generic[R]):
    """Rows of one kind in their natural order, with what a front end needs to know of each."""

    title: str
    columns: tuple[Column[R], ...]
    rows: Sequence[R]
    place: Callable[[R], tuple[int | None, Span | None]]
    """Task and addresses of a row."""
    tone: Callable[[R], Tone]
    notes: tuple[tuple[Tone, str], ...] = ()
    """Lines above the table: what matters most."""
    brief: str = ""
    """What stands for all of them where there is room for one; empty: the gravest, else the first."""
    total: str = ""
    """What all rows come to; empty: their number and sums."""
    empty: str = "nothing here"
    hidden: tuple[Column[R], ...] = ()
    """What filters and details know of a row besides its columns."""
    locate: Callable[[int | None, int | None], int | None] | None = None
    """Does what View.find does, without looking at every row."""
    linked: bool = True
    """Whether rows follow the shared selection; not those of a log, which are read only when looked at."""
    numbers: Mapping[str, Callable[[], Sequence[int]]] = _NO_NUMBERS
    """By title of a column, what all rows sort by in it, where that is known without making the rows."""
    search: Search | None = None
    """Finds the rows that satisfy a filter, for very many that take long to make one by one."""
    in_full: Callable[[R], Sequence[str]] | None = None
    """What a row stands for, where that is more than its cells."""
    command: Callable[[R], str] | None = None
    """The command line that a row gives, safe to paste; empty for one that gives none."""

    def cells(self, index: int) -> tuple[str, ...]:
        """The cells of one row."""
        row = self.rows[index]
        return tuple(column.text(row) for column in self.columns)

    def shown_columns(self, width: int, asked: int | None = None) -> tuple[int, ...]:
        """Indexes of the columns that fit in a number of characters, with gaps between them.

        One gives way before cells of those that weigh less are cut. The one `asked` for, such as that which rows are
        sorted by, never does.
        """
        kept = list(range(len(self.columns)))
        while len(kept) > 1:
            heaviest = max((i for i in kept if i != asked), key=lambda i: (self.columns[i].weight, i))
            weight = self.columns[heaviest].weight
            wanted = [
                self.columns[i].width if self.columns[i].weight < weight else self.columns[i].needed for i in kept
            ]
            if not weight or sum(wanted) + len(GAP) * (len(kept) - 1) <= width:
                break
            kept.remove(heaviest)
        return tuple(kept)

    def fit(self, width: int, asked: int | None = None) -> Fit:
        """The columns that fit in a number of characters; what is left over goes to those that are cut, then to bars.

        The one `asked` for is there in any case.
        """
        shown = self.shown_columns(width, asked)
        left = width + len(GAP) - sum(self.columns[i].needed + len(GAP) for i in shown)
        rooms = []
        for index in shown:
            more = max(0, min(left, self.columns[index].width - self.columns[index].needed))
            rooms.append(self.columns[index].needed + more)
            left -= more
        barred = [i for i in shown if self.columns[i].part is not None]
        return Fit(shown, tuple(rooms), frozenset(barred[: max(0, left // (1 + BAR))]))

    def column_at(self, fit: Fit, character: int) -> int | None:
        """Index of the column that a character of a line belongs to, the gap behind it included."""
        for position, index in enumerate(fit.shown):
            character -= fit.whole(position) + len(GAP)
            if character < 0:
                return index
        return fit.shown[-1] if fit.shown else None

    def uncut(self, fit: Fit) -> Fit:
        """The same columns, each as wide as it can be."""
        return fit._replace(rooms=tuple(self.columns[index].width for index in fit.shown))

    def fitted(self, index: int, fit: Fit) -> list[str]:
        """The cells of a row padded to the room they have, or cut to it, with bars."""
        row, cells = self.rows[index], self.cells(index)
        shown = [
            cut_in_middle(cells[i], room) if self.columns[i].least is not None else cells[i]
            for i, room in zip(fit.shown, fit.rooms, strict=True)
        ]
        bars = {i: bar(part(row)) for i in fit.barred if (part := self.columns[i].part) is not None}
        return self._padded(shown, fit, bars)

    def fitted_header(self, fit: Fit, marked: int | None = None, mark: str = "") -> str:
        """The titles over `fitted` cells, and a mark of one character behind the title of one column."""
        titles = [self.columns[i].title + (mark if i == marked else "") for i in fit.shown]
        parts = self._padded(titles, fit, {i: self.columns[i].whole[:BAR] for i in fit.barred})
        # A mark behind a title as wide as its column takes of the gap.
        ends = [part + GAP[max(0, len(part) - fit.whole(position)) :] for position, part in enumerate(parts)]
        return "".join(ends).rstrip()

    def _padded(self, texts: Sequence[str], fit: Fit, bars: Mapping[int, str]) -> list[str]:
        parts = []
        for position, (index, text) in enumerate(zip(fit.shown, texts, strict=True)):
            padded = self.columns[index].padded(text, fit.rooms[position])
            if index in fit.barred:
                padded += f" {bars.get(index, ''):<{BAR}}"
            parts.append(padded.rstrip() if position == len(fit.shown) - 1 else padded)
        return _aligned(parts, fit)

    def parts(self, cells: Sequence[str], shown: Sequence[int]) -> list[str]:
        """Cells padded to their columns; the last one is never padded at its right, none is cut."""
        columns = self.columns
        parts = [columns[index].padded(cells[index], columns[index].width) for index in shown]
        if shown and not columns[shown[-1]].right:
            parts[-1] = cells[shown[-1]]
        return parts

    def line(self, cells: Sequence[str], shown: Sequence[int]) -> str:
        """Cells set in their columns."""
        return GAP.join(self.parts(cells, shown)).rstrip()

    def note_lines(self) -> Iterator[str]:
        """The total and the notes as lines of plain text."""
        if self.total:
            yield self.total
        yield from (f"{_SIGNS[tone]}{line}" for tone, line in self.notes)

    def header(self, shown: Sequence[int]) -> str:
        """The titles."""
        return self.line([column.title for column in self.columns], shown)

    def text(self, order: Sequence[int] | None = None) -> Iterator[str]:
        """The table as lines of plain text, every column at full width; all rows, or those asked for."""
        yield from self.note_lines()
        if not self.rows:
            yield self.empty
            return
        yield self.header(range(len(self.columns)))
        set_in = form(self.columns)
        wanted = range(len(self.rows)) if order is None else order
        texts = [column.text for column in self.columns]
        # Some at a time, column by column: without a call of Python's for each row.
        for start in range(0, len(wanted), TOGETHER):
            some = [*map(self.rows.__getitem__, wanted[start : start + TOGETHER])]
            for cells in zip(*[map(text, some) for text in texts], strict=True):
                yield (set_in % cells).rstrip()

    def of(self, rows: Sequence[R]) -> Self:
        """The same table of fewer rows."""
        return self._replace(rows=rows, numbers={}, search=None)

    def titled_text(self) -> Iterator[str]:
        """The title, then `text`."""
        yield self.title
        yield from self.text()


def _aligned(parts: Sequence[str], fit: Fit) -> list[str]:
    """Cells of a line where one that is longer than its column takes blanks of those behind it, which stay in place."""
    aligned, over = [], 0
    for position, part in enumerate(parts):
        before, after = len(part) - len(part.lstrip()), len(part) - len(part.rstrip())
        ahead = min(over, before)
        behind = min(over - ahead, after) if before < len(part) else 0
        aligned.append(part[ahead : len(part) - behind])
        over += max(0, len(part) - fit.whole(position)) - ahead - behind
    return aligned


def bar(part: float, cells: int = BAR) -> str:
    """A bar of at most so many cells for a part of a whole, from 0 to 1; anything has an eighth of a cell."""
    eighths = min(8 * cells, max(int(8 * cells * part), 1 if part > 0 else 0))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]


def share_bar(amount: float, most: float, cells: int = BAR) -> str:
    """A bar as long as an amount is of the most there is; none where there is nothing."""
    return bar(amount / most if most else 0, cells)


_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_SIGNS = {
    Tone.PLAIN: "",
    Tone.DIM: "",
    Tone.GOOD: "",
    Tone.NOTE: "note: ",
    Tone.WARNING: "warning: ",
    Tone.ERROR: "error: ",
}


def form(columns: Sequence[Column[R]]) -> str:
    """What sets cells in these columns by the % operator, for who makes the lines of very many rows without cells."""
    *before, last = columns
    rooms = [f"%{'' if column.right else '-'}{column.width}s" for column in before]
    return GAP.join((*rooms, f"%{last.width}s" if last.right else "%s"))


def widest(title: str, texts: Sequence[str] | set[str]) -> int:
    """Characters that a column needs for its title and these cells."""
    return max(len(title), max(map(len, texts), default=0))
