"""What panes share that show one of several tables: keys go on to the next one and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import work

from criu_tui.panes.pane import Pane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.report.report import Report
    from criu_tui.core.report.section import Section
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection


class SectionedPane(Pane):
    """The table that the registry names for the pane, then those of `sections`."""

    sections: ClassVar[Sequence[Section]] = ()

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(selection, **options)
        self._own: Table[Any] | None = None
        """The table of the registry."""
        self.section = 0
        """Which table is shown: the own one, then those of `sections`."""

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows the table; one of the whole dump stays when another task is gone to."""
        self._own = table
        if self.section and selection.report is self.report and self.table.table is not None:
            self._stay(selection)
            return
        self.section = 0
        super().fill(selection, table)

    def _stay(self, selection: Selection) -> None:
        """Keeps the table with all that is known of it; the cursor goes to a task that was selected elsewhere."""
        self.take(selection)
        table, row = self.table.table, self.table.row
        at_task = table is not None and row is not None and table.place(table.rows[row])[0] == selection.pid
        if selection.pid is not None and not at_task:
            self.go_to(selection.pid, selection.address)

    def action_section(self, step: int) -> None:
        """To the next table, or the one before."""
        self.table.once_there(lambda: self._go_on(step))

    def _go_on(self, step: int) -> None:
        if self.report is None or self._own is None:
            return
        self.section = (self.section + step) % (len(self.sections) + 1)
        if not self.section:
            self.show_section(0, self._own)
        else:
            self.build_section(self.report, self.section)

    @work(thread=True, exclusive=True, group="section")
    def build_section(self, report: Report, section: int) -> None:
        """Makes the table of a section and shows it."""
        made = self.sections[section - 1].table(report)
        self.app.call_from_thread(self.show_section, section, made)

    def show_section(self, section: int, table: Table[Any]) -> None:
        """Shows the table of a section, unless another has been gone on to meanwhile."""
        if section == self.section and self.report is not None:
            self.arranging.filter_text = ""
            Pane.fill(self, self.selection._replace(report=self.report, pid=self.pid), table)
            self.arranging.prepare()
            self.section_shown()

    @property
    def usual_state(self) -> str:
        """Which table it is, unless it is the pane's own."""
        table = self.table.table
        return f"{table.title}; m: more" if self.section and table is not None else ""

    def section_shown(self) -> None:
        """Another table is there."""
