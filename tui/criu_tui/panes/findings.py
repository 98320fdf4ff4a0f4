"""Pane 6: what is wrong or risky, the selected finding in full below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len

from criu_tui.commands import FINDINGS, PANE
from criu_tui.core.report import findings, log
from criu_tui.panes.pane import Pane
from criu_tui.panes.resting import Resting
from criu_tui.panes.selection import DetailAsked, LineAsked
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes, shortened, wrapped

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.tables.table import Table, Tone
    from criu_tui.panes.selection import Selection
    from criu_tui.widgets.notes import Line


TOLD = 9
"""Lines that tell of one of many findings where rows come first: more take long over a slow line, at each move."""
FEW = 4
"""So many findings one does not go through: what there is room for is told."""
SHARE = 60
"""Percent of the pane that the lines of a finding take at most."""
BESIDE = 22
"""Columns of a row beside its title: severity and task."""
MORE = "… D: in full"


class FindingsPane(Pane):
    DEFAULT_CSS = f"FindingsPane > #finding {{ height: auto; max-height: {SHARE}%; }}"
    explains = "finding"
    explained = 2
    about: ClassVar[str] = "What is wrong or risky, errors first. Below the table: evidence, and the way out."
    commands = FINDINGS + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(FINDINGS + PANE))

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(selection, **options)
        self._resting = Resting(self)

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Notes("finding", keeps=1)

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        super().fill(selection, table)
        self._explain()

    def go_to(self, pid: int, address: int | None) -> None:
        """Stays: a finding is not moved away from while it is read."""

    def selected(self) -> None:
        """Tells the finding once the cursor rests: it has many lines, which nobody reads while others are passed."""
        super().selected()
        self._resting.then(self._explain)

    def action_evidence(self) -> None:
        """Goes to the line of the log that the finding quotes; the finding in full for one that quotes none."""
        table, row = self.table.table, self.table.row
        found = None if self.report is None or table is None or row is None else table.rows[row]
        line = None if self.report is None or found is None else log.row_quoted(self.report, found)
        if line is None:
            self.action_detail()
        else:
            self.post_message(LineAsked(line))

    def action_detail(self) -> None:
        """The finding in full, on a screen of its own."""
        table, row = self.table.table, self.table.row
        if table is not None and row is not None:
            self.post_message(DetailAsked(f"{self.label}: {row + 1} of {len(table.rows)}", self._in_full()))

    def give_room(self) -> None:
        super().give_room()
        self._explain()

    def _explain(self) -> None:
        lines, width = self._in_full(), self.content_size.width
        self.explain(_briefly(lines, width, self._room) if width else lines)

    @property
    def _room(self) -> int:
        """Lines there are for a finding."""
        if not self.brief:
            return self.size.height * SHARE // 100
        table = self.table.table
        return self.spare if table is None or len(table.rows) <= FEW else min(TOLD, self.spare)

    def _in_full(self) -> list[tuple[Tone, str]]:
        table, row = self.table.table, self.table.row
        return [] if table is None or row is None else findings.lines(table.rows[row])


def _briefly(lines: list[Line], width: int, room: int) -> list[Line]:
    """A finding in so many lines: first goes what its row says too, then its releases, then the end of why it is so."""
    if not lines or sum(len(wrapped(text, width)) for _, text in lines) <= room:
        return lines
    (tone, title), (why_tone, why), *rest = lines
    told = [] if cell_len(title) + BESIDE <= width else [(tone, title)]
    helps = [(tone, shortened(text, width, room - len(told) - 1, MORE)) for tone, text in rest[:1]]
    room -= len(told) + sum(len(wrapped(text, width)) for _, text in helps)
    return [*told, (why_tone, shortened(why, width, room, MORE)), *helps]
