"""The names of the panes with their keys; a click goes to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from criu_tui.core.tables.table import Tone
from criu_tui.widgets import looks
from criu_tui.widgets.words import WordsLine

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Tabs(WordsLine):
    """The pane in front stands in brackets; where there is little room those far from it are keys alone."""

    DEFAULT_CSS = "Tabs { height: 1; }"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._labels: dict[str, str] = {}
        self._shown: list[str] = []
        """Ids, in the order of the words."""
        self._current = ""
        self._alarming: Collection[str] = ()

    def show(self, labels: Mapping[str, str], current: str, alarming: Collection[str] = ()) -> None:
        """Shows names behind the keys that lead to them; those of `alarming` panes in the colour of errors."""
        self._labels, self._current, self._alarming = dict(labels), current, alarming
        self._write()

    def on_resize(self) -> None:
        if self._labels:
            self._write()

    def _write(self) -> None:
        # Before the first layout the screen's width is theirs.
        width = self.size.width or self.app.size.width
        fitting = _fitting(self._labels, self._current, self._alarming, width)
        words = []
        for name, label in fitting.items():
            colour = looks.STYLES[Tone.ERROR] if name in self._alarming else ""
            words.append((f"{colour} bold" if name == self._current else colour, label))
        self._shown = list(fitting)
        self.write(words)

    async def chosen(self, index: int) -> None:
        await self.screen.run_action(f"pane('{self._shown[index]}')")


def _fitting(labels: Mapping[str, str], current: str, alarming: Collection[str], width: int) -> dict[str, str]:
    """Texts of tabs by id that fit into a number of cells, 0 for any.

    Where all are too wide the one in front keeps its name, so do `alarming` ones and as many of its neighbours as there
    is room for; the others are keys with a mark that names are left out. On a very narrow screen the farthest go.
    """
    kept = list(labels)
    front = kept.index(current)
    whole = _texts(labels, current, kept, kept)
    if not width or sum(map(len, whole.values())) <= width:
        return whole
    named = [current]
    full = set()
    """Sides of the one in front where a name did not fit: none has one beyond."""
    for name in sorted(kept, key=lambda name: (name not in alarming, abs(kept.index(name) - front))):
        side = kept.index(name) > front
        fits = sum(map(len, _texts(labels, current, kept, [*named, name]).values())) <= width
        if name != current and fits and side not in full:
            named.append(name)
        elif name not in named and name not in alarming:
            full.add(side)
    far = [name for name in sorted(kept, key=lambda name: abs(kept.index(name) - front)) if name not in named]
    while far and sum(map(len, _texts(labels, current, kept, named).values())) > width:
        kept.remove(far.pop())
    return _texts(labels, current, kept, named)


def _texts(labels: Mapping[str, str], current: str, kept: Sequence[str], named: Collection[str]) -> dict[str, str]:
    """Texts of those that are kept: names of those in `named`, else keys, with a mark behind the last of each run."""
    found: dict[str, str] = {}
    for name, following in zip(kept, [*kept[1:], ""], strict=True):
        label = labels[name]
        if name in named:
            found[name] = f"[{label}]" if name == current else f" {label} "
        else:
            ends = not following or following in named
            found[name] = f" {label.split(' ', 1)[0]}{looks.ELLIPSIS if ends else ''}"
    return found
