"""The task tree at the left."""

from __future__ import annotations

from typing import ClassVar

from criu_tui.core.report.registry import TASKS
from criu_tui.panes.pane import Pane


class TasksPane(Pane):
    """Every task below its parent; the row under the cursor is the task that the other panes show."""

    label = TASKS.name
    opened_as: ClassVar[str] = "maps"
    printed_as: ClassVar[str] = "summary"
