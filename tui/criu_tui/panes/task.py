"""Pane 8: everything about the task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from criu_tui.commands import PANE, TASK
from criu_tui.core.report import task
from criu_tui.panes.taking_out import TakesOut
from criu_tui.widgets.bindings import bindings

if TYPE_CHECKING:
    from textual.binding import BindingType

    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection


class TaskPane(TakesOut):
    """State, credentials, command line, threads, calls and registers of the task."""

    about: ClassVar[str] = (
        "Everything about the task: state, command line, credentials, threads with their calls and registers, signals, "
        "timers, limits, seccomp. A row with an address leads to it in the other panes. Values of the environment are "
        "hidden until x shows them: the screen may be shared."
    )
    commands = TASK + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(TASK + PANE))

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(selection, **options)
        self._values = False
        """Those of the environment are shown."""

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows the facts; with the values of the environment when they have been asked for."""
        if self._values and selection.report is not None:
            table = task.table(selection.report, selection.pid or 0, values=True)
        super().fill(selection, table)

    def action_values(self) -> None:
        """Between names alone and the values of the environment."""
        self.table.once_there(self._reveal)

    def _reveal(self) -> None:
        if self.report is None or self.table.table is None:
            return
        self._values = not self._values
        row = self.table.row
        shown = self.selection._replace(report=self.report, pid=self.pid)
        super().fill(shown, task.table(self.report, self.pid, values=self._values))
        if row is not None:
            self.table.select(row)
