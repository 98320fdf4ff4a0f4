"""Pane 9: every descriptor of the task, and what all tasks share: sockets, pipes, mounts and more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import work

from criu_tui.commands import FILES, PANE
from criu_tui.core.report import files
from criu_tui.panes.selection import DetailAsked
from criu_tui.panes.taking_out import TakesOut
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection

ROOMY = 20
"""Lines of the pane from which on the selected descriptor is told in full."""


class FilesPane(TakesOut):
    """What the task has open, or one of the things that tasks share."""

    DEFAULT_CSS = """
    FilesPane > #file { border-top: solid $panel; height: auto; max-height: 8; }
    """
    about: ClassVar[str] = (
        "Every descriptor of the task, its directories and its program: what it is, flags, position; below, all that "
        "is known of the selected one, who shares it, the data on its way. A peer outside the dump is marked. m goes "
        "on to the descriptors of all tasks, sockets, pipes, mounts, deleted files and more."
    )
    commands = FILES + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(FILES + PANE))

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(selection, **options)
        self._own: Table[Any] | None = None
        """The descriptors of the task."""
        self._section = 0
        """Which of the tables is shown: the task's own, then those of `sections`."""

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Notes("file", limit=8)

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows the descriptors of the task; a table of all tasks stays when another task is gone to."""
        self._own = table
        shown = self.table.table
        if self._section and shown is not None and selection.report is self.report:
            table = shown
        elif self._section:
            self._section = 0
        super().fill(selection, table)
        self._explain()

    def action_section(self, step: int) -> None:
        """To the next table of what tasks have open or share."""
        if self.report is None or self._own is None:
            return
        self._section = (self._section + step) % (len(files.SECTIONS) + 1)
        if not self._section:
            self._show(0, self._own)
        else:
            self._build(self.report, self._section)

    @work(thread=True, exclusive=True, group="section")
    def _build(self, report: Report, section: int) -> None:
        made = files.SECTIONS[section - 1].table(report)
        self.app.call_from_thread(self._show, section, made)

    def _show(self, section: int, table: Table[Any]) -> None:
        if section == self._section and self.report is not None:
            self.arranging.filter_text = ""
            super().fill(self.selection._replace(report=self.report, pid=self.pid), table)
            self.say(f"{table.title}; m: more, esc: all rows" if section else "")
            self._explain()

    def on_resize(self, event: events.Resize) -> None:
        """A larger pane has room for the selected descriptor."""
        self._explain()

    def selected(self) -> None:
        super().selected()
        self._explain()

    def _explain(self) -> None:
        notes = self.query_one("#file", Notes)
        notes.show(self._in_full(few=True) if self.size.height >= ROOMY else ())

    def _in_full(self, *, few: bool) -> list[Any]:
        table, row = self.table.table, self.table.row
        if self.report is None or table is None or row is None or not isinstance(table.rows[row], files.FileRow):
            return []
        return files.lines(self.report, table.rows[row], few=few)

    def action_detail(self) -> None:
        """All that is known of the descriptor, on a screen of its own."""
        found = self._in_full(few=False)
        if found:
            self.post_message(DetailAsked(f"{self.label}: {self.table.cursor + 1}", found))
        else:
            super().action_detail()

    def offered(self) -> str:
        """The bytes of the selected row, when there are any to take."""
        table, row = self.table.table, self.table.row
        if self.report is None or table is None or row is None:
            return super().offered()
        return files.offered(self.report, table.rows[row]) or super().offered()
