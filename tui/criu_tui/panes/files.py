"""Pane 9: every descriptor of the task, and what all tasks share: sockets, pipes, mounts and more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from criu_tui.commands import FILES, PANE
from criu_tui.core.report import files
from criu_tui.core.report.file_bytes import bytes_lines, offered
from criu_tui.core.report.file_rows import FileRow
from criu_tui.panes.sectioned import SectionedPane
from criu_tui.panes.selection import DetailAsked
from criu_tui.panes.taking_out import TakesOut
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection

ROOMY = 20
"""Lines of the pane from which on the selected descriptor is told, where rows do not come first."""
USUAL = 7
"""Lines that tell of most descriptors."""


class FilesPane(SectionedPane, TakesOut):
    """What the task has open, or one of the things that tasks share."""

    DEFAULT_CSS = """
    FilesPane > #file { height: auto; max-height: 8; }
    """
    about: ClassVar[str] = (
        "Every descriptor of the task, its directories and its program: what it is, flags, position; below, all that "
        "is known of the selected one, who shares it, the data on its way. A peer outside the dump is marked. m goes "
        "on to the descriptors of all tasks, sockets, pipes, mounts, deleted files and more."
    )
    explains = "file"
    explained = 2
    commands = FILES + PANE
    sections = files.SECTIONS
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(FILES + PANE))

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Notes("file", limit=8, keeps=USUAL)

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        super().fill(selection, table)
        self._explain()

    def section_shown(self) -> None:
        self._explain()

    def on_resize(self, event: events.Resize) -> None:
        """A larger pane has room for the selected descriptor."""
        self._explain()

    def selected(self) -> None:
        super().selected()
        self._explain()

    def _explain(self) -> None:
        self.explain(self._in_full(few=True) if self.brief or self.size.height >= ROOMY else ())

    def _in_full(self, *, few: bool) -> list[Any]:
        table, row = self.table.table, self.table.row
        if self.report is None or table is None or row is None or not isinstance(table.rows[row], FileRow):
            return []
        return files.lines(self.report, table.rows[row], few=few)

    def action_detail(self) -> None:
        """All that is known of the descriptor, and the bytes that are kept of any row, on a screen of its own."""
        table, row = self.table.table, self.table.row
        found = self._in_full(few=False)
        if self.report is not None and table is not None and row is not None:
            found += bytes_lines(self.report, table.rows[row])
        if found:
            self.post_message(DetailAsked(f"{self.label}: {self.table.cursor + 1}", found))
        else:
            super().action_detail()

    def offered(self) -> str:
        """The bytes of the selected row, when there are any to take."""
        table, row = self.table.table, self.table.row
        if self.report is None or table is None or row is None:
            return super().offered()
        return offered(self.report, table.rows[row]) or super().offered()
