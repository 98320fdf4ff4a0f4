"""Pane 5: dump.log and restore.log, the first cause above the lines, and each line against the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on

from criu_tui.commands import LOG, PANE
from criu_tui.core.report import log, log_timeline
from criu_tui.core.tables.view import View
from criu_tui.panes.pane import Pane
from criu_tui.panes.selection import LineAsked, Selected
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.report.log import LogRow
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection

ROOMY = 28
"""Lines of the pane from which on the notes are shown whole, and the phases of the run."""


class LogPane(Pane):
    """The lines of all logs, those above them that matter most, and the selected line in full."""

    DEFAULT_CSS = """
    LogPane > #line { height: auto; max-height: 5; }
    """
    explains = "line"
    explained = 1
    about: ClassVar[str] = (
        "dump.log and restore.log. Above: what each comes to, the first cause (what follows it is noise), the restore "
        "against the plan, how long each phase took. Plan: which step a line is, and whether it is as predicted. "
        "enter goes there."
    )
    commands = LOG + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(LOG + PANE))

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(selection, **options)
        self._whole: Table[LogRow] | None = None
        self._marked = False
        """Only errors and warnings are shown."""
        self._wanted: int | None = None
        """Index of the row to go to as soon as there are rows."""

    def compose(self) -> ComposeResult:
        notes, table = super().compose()
        yield notes
        yield Notes("timeline", limit=12, wrap=False)
        yield table
        yield Notes("line", limit=4, keeps=1)

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows the first cause, wherever the selection is; stays at the line once the log has been looked at."""
        report = selection.report
        if report is None:
            return
        seen = self._row if self.report is not None and self.report.logs is report.logs else None
        self._whole = table
        if self._wanted is not None and self._wanted < len(table.rows):
            seen, self._wanted = table.rows[self._wanted], None
        row = table.rows[log.first_row(report)] if seen is None and table.rows else seen
        shown, at = self._lines(report, table, row)
        super().fill(selection, shown)
        self.table.select(at)
        self._explain()

    def on_resize(self, event: events.Resize) -> None:
        self.notes.wrap = event.size.height >= ROOMY
        self.notes.refresh(layout=True)
        self._explain()

    def selected(self) -> None:
        """Selects nothing elsewhere: only `enter` leaves the line."""
        self._explain()

    @on(LineAsked)
    def show_line(self, event: LineAsked) -> None:
        """Goes to a row that a finding quotes, whatever is filtered here."""
        event.stop()
        self._wanted = event.row
        self._marked = False
        self.arranging.filter_text = ""
        if self.current and self._whole is not None:
            self.fill(self.selection, self._whole)

    def action_only_marked(self) -> None:
        """Errors and warnings alone, or every line; the line stays the same where it can."""
        self.table.once_there(self._mark)

    def _mark(self) -> None:
        if self.report is None or self._whole is None:
            return
        self._marked = not self._marked
        shown, at = self._lines(self.report, self._whole, self._row)
        sort = None if self.table.view is None else self.table.view.sort
        self.table.show(View(shown), at)
        self.arranging.arrange(sort, self.arranging.filter_text)
        self._explain()

    def _lines(self, report: Report, whole: Table[LogRow], row: LogRow | None) -> tuple[Table[LogRow], int]:
        """The lines to show, and which of them is a row of the log or the next one to it."""
        index = 0 if row is None else log.index_of(report, row)
        if not self._marked:
            return whole, index
        rows = log.marked_rows(report)
        return whole.of(rows), next((i for i, other in enumerate(rows) if log.index_of(report, other) >= index), 0)

    def action_follow(self) -> None:
        """Goes to the VMA or the task that the line names."""
        row = self._row
        if self._whole is None or row is None:
            return
        pid, span = self._whole.place(row)
        if pid is None:
            self.app.notify("this line names no address or task of the dump", markup=False)
            return
        self.post_message(Selected(self, pid, None if span is None else span.start, asked_for=True))
        self.call_later(self.screen.run_action, "pane('maps')")

    @property
    def _row(self) -> LogRow | None:
        table, row = self.table.table, self.table.row
        return None if table is None or row is None else table.rows[row]

    def _explain(self) -> None:
        lines, phases = [], []
        if self.report is not None and (row := self._row) is not None:
            lines = log.lines(self.report, row)
            if self.size.height >= ROOMY:
                phases = log_timeline.lines(self.report, row.log)
        self.explain(lines)
        self.query_one("#timeline", Notes).show(phases)
