"""Pane 0: what it is, whether it restores, what is in it; every line leads to the pane that shows more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from criu_tui.commands import OVERVIEW, PANE
from criu_tui.panes.pane import Pane
from criu_tui.panes.selection import Selected
from criu_tui.widgets.bindings import bindings

if TYPE_CHECKING:
    from textual.binding import BindingType

    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection


class OverviewPane(Pane):
    DEFAULT_CSS = "OverviewPane > VirtualTable { border-bottom: none; }"
    about: ClassVar[str] = (
        "What the checkpoint is, whether it restores here, where its memory is, its tasks, what was found. "
        "Each line leads to the pane that shows more."
    )
    commands = OVERVIEW + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(OVERVIEW + PANE))

    def go_to(self, pid: int, address: int | None) -> None:
        """Stays: its lines are of the whole dump."""

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows what is known by now; the cursor stays where it is."""
        row = self.table.cursor
        super().fill(selection, table)
        self.table.select(min(row, len(table.rows) - 1))

    def selected(self) -> None:
        """Selects nothing, but lets the screen know that somebody reads here."""
        self.post_message(Selected(self, None, None))

    def action_go(self) -> None:
        """To the pane that shows more of the line, at its task and address."""
        table, row = self.table.table, self.table.row
        if table is None or row is None:
            return
        line = table.rows[row]
        if line.pid is not None:
            self.post_message(Selected(self, line.pid, line.address, asked_for=line.address is not None))
        self.call_later(self.screen.run_action, f"pane('{line.leads}')")
