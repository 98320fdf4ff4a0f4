"""Pane 5: dump.log and restore.log, the first cause above the lines, and each line against the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from criu_tui.commands import LOG
from criu_tui.core.report import log
from criu_tui.panes.pane import Pane
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.report import Report
    from criu_tui.core.report.log import LogRow
    from criu_tui.core.table import Table
    from criu_tui.widgets.virtual_table import VirtualTable


ROOMY = 28
"""Lines of the pane from which on the notes are shown whole."""


class LogPane(Pane):
    DEFAULT_CSS = """
    LogPane > Notes { text-wrap: nowrap; text-overflow: ellipsis; }
    LogPane.roomy > Notes, LogPane > #line { text-wrap: wrap; }
    LogPane > #line { border-top: solid $panel; height: auto; max-height: 5; }
    """
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(LOG))
    label: ClassVar[str] = "Log"
    _report: Report | None = None
    _whole: Table[LogRow] | None = None
    _marked = False
    """Only errors and warnings are shown."""

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Notes("line", limit=4)

    @classmethod
    def build(cls, report: Report, pid: int) -> Table[LogRow]:
        return log.table(report)

    def fill(self, report: Report, table: Table[Any], pid: int, address: int | None) -> None:
        """Shows the first cause, wherever the selection is; keeps the line once the log has been looked at."""
        again = self._report is not None and self._report.logs is report.logs
        self._report, self._whole = report, table
        self.show_title(table)
        self._show(None if again else log.first_row(report))

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height >= ROOMY, "roomy")

    def go_to(self, pid: int, address: int | None) -> None:
        """Stays: a line is not moved away from while it is read, and a long log is not searched."""

    def on_virtual_table_highlighted(self, event: VirtualTable.Highlighted) -> None:
        """Selects nothing: only `enter` leaves the line."""
        event.stop()
        # Textual goes on to the base class's handler otherwise.
        event.prevent_default()
        self._explain()

    def action_only_marked(self) -> None:
        """Errors and warnings alone, or every line; the line stays the same where it can."""
        row = self._row
        self._marked = not self._marked
        if self._report is None:
            return
        rows = log.marked_rows(self._report)
        if row is None:
            self._show(0)
        elif self._marked:
            self._show(next((i for i, other in enumerate(rows) if other.line.number >= row.line.number), 0))
        else:
            self._show(log.index_of(self._report, row))

    def action_follow(self) -> None:
        """Goes to the VMA or the task that the line names."""
        row = self._row
        if self._whole is None or row is None:
            return
        pid, span = self._whole.place(row)
        if pid is None and span is None:
            self.app.notify("this line names no address or task of the dump", markup=False)
            return
        self.post_message(self.Selected(self, pid, None if span is None else span.start))
        self.call_later(self.app.run_action, "pane('maps')")

    @property
    def _row(self) -> LogRow | None:
        table, row = self.table.table, self.table.row
        return None if table is None or row is None else table.rows[row]

    def _show(self, row: int | None) -> None:
        if self._whole is None or self._report is None:
            return
        table = self._whole.of(log.marked_rows(self._report)) if self._marked else self._whole
        self.table.show(table, self.table.row if row is None else row)
        self._explain()

    def _explain(self) -> None:
        lines = []
        if self._report is not None and self._row is not None:
            lines = log.lines(self._report, self._row)
        self.query_one("#line", Notes).show(lines)
