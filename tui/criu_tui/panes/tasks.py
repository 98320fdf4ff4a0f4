"""The task tree at the left."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.panes.pane import Pane

if TYPE_CHECKING:
    from criu_tui.core.report import Report
    from criu_tui.core.report.tasks import TaskRow
    from criu_tui.core.tables.table import Table


class TasksPane(Pane):
    """Every task below its parent; the row under the cursor is the task that the other panes show."""

    label = "Tasks"
    opened_as: ClassVar[str] = "maps"
    printed_as: ClassVar[str] = "summary"

    @classmethod
    def build(cls, report: Report, pid: int) -> Table[TaskRow]:
        """A row for each task, whichever is shown."""
        from criu_tui.core.report import tasks

        return tasks.table(report)
