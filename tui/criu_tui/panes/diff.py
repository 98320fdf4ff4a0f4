"""The Diff pane: how another checkpoint differs, one row a difference, the selected one in full below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.message import Message

from criu_tui.commands import DIFF, PANE
from criu_tui.core.base.progress import CancelledError, Measure, Progress
from criu_tui.core.report import chain, diff
from criu_tui.panes.pane import Pane
from criu_tui.panes.selection import Selected
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection
    from criu_tui.widgets.progress import ProgressLine


class DiffPane(Pane):
    DEFAULT_CSS = """
    DiffPane > #difference { height: auto; max-height: 40%; }
    """
    about: ClassVar[str] = (
        "How checkpoint B differs from A, which all panes show: tasks, VMAs, pages, files and the rest. "
        "Pages come last: both are read for them, esc gives up. enter goes to the place in the pane of its kind."
    )
    commands = DIFF + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(DIFF + PANE))

    class PagesRead(Message):
        """The pages of both have been compared, or nobody waits for it any more."""

        def __init__(self, report: Report) -> None:
            super().__init__()
            self.report = report

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(selection, **options)
        self._reading: Progress | None = None
        self._differences: Table[Any] | None = None
        """Set while the chain is shown in their place."""

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Notes("difference", keeps=1)

    def on_unmount(self) -> None:
        if self._reading is not None:
            self._reading.cancel()

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows what is known at once; the pages are read behind it."""
        again = selection.report is self.report
        self._differences = None
        super().fill(selection, table)
        self._explain()
        if not again:
            self.action_pages()

    def go_to(self, pid: int, address: int | None) -> None:
        """Stays: a difference is not moved away from while it is read."""

    def selected(self) -> None:
        super().selected()
        self._explain()

    def action_pages(self) -> None:
        """Reads and compares the pages of both, if that has not been done."""
        report = self.report
        if report is None or report.against is None or report.against.checkpoints.pages is not None:
            return
        if self._reading is not None:
            self._reading.cancel()
        self._reading = Progress("comparing pages", Measure.BYTES)
        self._read(report, self._reading, self.progress_line)

    @work(thread=True, group="differences")
    def _read(self, report: Report, progress: Progress, line: ProgressLine) -> None:
        try:
            with line.during(progress):
                diff.read_pages(report, progress)
        except CancelledError:
            return
        self.post_message(self.PagesRead(report))

    def on_diff_pane_pages_read(self, event: PagesRead) -> None:
        event.stop()
        self._reading = None
        if event.report is self.report:
            self._differences = None
            for pane in self.screen.query(Pane):
                # They tell of pages, too.
                pane.outdate()
            super().fill(self.selection._replace(report=event.report), diff.table(event.report, values=False))
            self._explain()

    def action_chain(self) -> None:
        """The dump and its parents as a timeline, or back."""
        self.table.once_there(self._turn)

    def _turn(self) -> None:
        if self.report is None or self.table.table is None:
            return
        own, self._differences = self._differences, None if self._differences else self.table.table
        table = chain.table(self.report) if own is None else own
        super().fill(self.selection._replace(report=self.report), table)
        self._explain()

    @property
    def usual_state(self) -> str:
        """While the chain is shown, the key that brings the differences back."""
        return "" if self._differences is None else "m: back to the differences"

    def action_place(self) -> None:
        """Goes to what differs, in the pane that shows it."""
        row = self._row
        if row is not None:
            pid, span = row.difference.pid, row.difference.span
            if pid is not None:
                self.post_message(Selected(self, pid, None if span is None else span.start, asked_for=True))
            self.call_later(self.screen.run_action, f"pane('{diff.pane_of(row)}')")

    @property
    def _row(self) -> diff.DiffRow | None:
        table, row = self.table.table, self.table.row
        found = None if table is None or row is None else table.rows[row]
        return found if isinstance(found, diff.DiffRow) else None

    def _explain(self) -> None:
        row = self._row
        lines = [] if row is None or self.report is None else diff.lines(self.report, row)
        self.query_one("#difference", Notes).show(lines)
