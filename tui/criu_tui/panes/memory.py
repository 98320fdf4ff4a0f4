"""Pane U: where the bytes go, whose each pages file is, and which pages tasks have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work

from criu_tui.commands import MEMORY, PANE
from criu_tui.core.base.progress import Measure, Progress
from criu_tui.core.report import memory
from criu_tui.panes.sectioned import SectionedPane
from criu_tui.widgets.bindings import bindings

if TYPE_CHECKING:
    from textual.binding import BindingType

    from criu_tui.core.report.report import Report
    from criu_tui.widgets.progress import ProgressLine

SAME_PAGES = next(index for index, section in enumerate(memory.SECTIONS, 1) if section.id == "identical")


class MemoryPane(SectionedPane):
    """Memory by kind, by file, by task; pages files; pages that are the same."""

    about: ClassVar[str] = (
        "Where the bytes go: by kind of memory, and with m by file, by task, by pages file. Reserved are addresses, "
        "dumped the pages that a restore reads. What tasks map together counts once. i reads all pages and shows "
        "which are the same in several tasks, as after a fork."
    )
    commands = MEMORY + PANE
    sections = memory.SECTIONS
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(MEMORY + PANE))

    def action_back(self) -> None:
        """Cancels what runs, else as in every pane."""
        if not self.progress_line.cancel():
            super().action_back()

    def action_compare_pages(self) -> None:
        """Reads every page of the dump once, then shows which are the same."""
        if self.report is None:
            return
        self.section = SAME_PAGES
        self._compare(self.report, self.progress_line)

    @work(thread=True, exclusive=True, group="section")
    def _compare(self, report: Report, line: ProgressLine) -> None:
        progress = Progress("reading pages", Measure.BYTES)
        with line.during(progress):
            for advance in memory.read_identical(report):
                if progress.cancelled:
                    break
                progress.update(advance.done, advance.total)
        self.app.call_from_thread(self.show_section, SAME_PAGES, memory.identical_table(report))
