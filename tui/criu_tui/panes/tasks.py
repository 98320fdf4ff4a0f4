"""The task tree at the left."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.report.registry import TASKS
from criu_tui.panes.pane import Pane

if TYPE_CHECKING:
    from criu_tui.panes.selection import Selection


class TasksPane(Pane):
    """Every task below its parent; the row under the cursor is the task that the other panes show."""

    label = TASKS.name
    opened_as: ClassVar[str] = "maps"
    printed_as: ClassVar[str] = "summary"

    def watch_selection(self, selection: Selection) -> None:
        """Its rows are the same whichever CRIU is to restore."""
        if self.filled is not None and selection.report is not None:
            report, pid = self.filled
            if report.dump is selection.report.dump:
                self.filled = selection.report, pid
        super().watch_selection(selection)
