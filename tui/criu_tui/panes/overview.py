"""Pane 0: what it is, whether it restores, what is in it; every line leads to the pane that shows more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from criu_tui.commands import OVERVIEW, PANE
from criu_tui.core.tables.table import Tone
from criu_tui.panes.pane import Pane
from criu_tui.panes.selection import Selected
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.table_lines import HEADER_LINES

if TYPE_CHECKING:
    from textual.binding import BindingType

    from criu_tui.core.tables.table import Table
    from criu_tui.panes.ahead import Ahead
    from criu_tui.panes.selection import Selection

MOST = 60
"""Percent of the pane that its lines take at most, where it shows what they lead to."""


class OverviewPane(Pane):
    DEFAULT_CSS = "OverviewPane > VirtualTable { border-bottom: none; }"
    about: ClassVar[str] = (
        "What the checkpoint is, whether it restores here, where its memory is, its tasks, what was found. "
        "Each line leads to the pane that shows more; where there is room for it, what is there stands below."
    )
    commands = OVERVIEW + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(OVERVIEW + PANE))
    _chosen = False
    """Whether somebody has chosen a line: until then the first that fails is told of."""
    _ahead: Ahead | None = None

    def go_to(self, pid: int, address: int | None) -> None:
        """Stays: its lines are of the whole dump."""

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows what is known by now; the cursor stays on the line that was gone to, else where it is."""
        row = self.table.row or 0
        super().fill(selection, table)
        if not (self._chosen and self.table.row):
            self.table.select(min(row, len(table.rows) - 1))
        self._look_ahead()

    def retire(self) -> None:
        super().retire()
        if self._ahead is not None:
            self._ahead.forget()

    def give_room(self) -> None:
        """Tells where a line leads too, where there is room for words."""
        super().give_room()
        self._look_ahead()

    def selected(self) -> None:
        """Selects nothing, but lets the screen know that somebody reads here."""
        self._chosen = True
        self.post_message(Selected(self, None, None))
        self._look_ahead()

    def _look_ahead(self) -> None:
        table, row = self.table.table, self.table.row
        if self._ahead is not None:
            self._ahead.display = not self.brief
        if self.brief:
            self.table.styles.clear_rule("height")
        if self.brief or not self.complete or self.report is None or table is None or row is None:
            return
        if self._ahead is None:
            from criu_tui.panes.ahead import Ahead

            self._ahead = Ahead()
            self.mount(self._ahead, after=self.table)
        room = self.content_size.height * MOST // 100
        # None of it while the pane is not seen: then the rows keep what they had.
        if room:
            self.table.styles.height = min(HEADER_LINES + len(table.rows), room)
        fails = next((line for line in table.rows if line.tone is Tone.ERROR), None)
        self._ahead.look(self.report, table.rows[row] if self._chosen or fails is None else fails)

    def action_go(self) -> None:
        """To the pane that shows more of the line, at its task and address."""
        table, row = self.table.table, self.table.row
        if table is None or row is None:
            return
        line = table.rows[row]
        if line.pid is not None:
            self.post_message(Selected(self, line.pid, line.address, asked_for=line.address is not None))
        self.call_later(self.screen.run_action, f"pane('{line.leads}')")
