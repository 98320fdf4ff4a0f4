"""Pane 9: every descriptor of the task."""

from __future__ import annotations

from typing import ClassVar

from criu_tui.panes.pane import Pane


class FilesPane(Pane):
    """What the task has open."""

    about: ClassVar[str] = (
        "Every descriptor of the task, its directories and its program: what it is, flags, position; enter has all "
        "that is known of it, who shares it, and the data on its way. A peer outside the dump is marked."
    )
