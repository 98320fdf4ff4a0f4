"""Pane 8: everything about the task."""

from __future__ import annotations

from typing import ClassVar

from criu_tui.panes.pane import Pane


class TaskPane(Pane):
    """State, credentials, command line, threads, calls and registers of the task."""

    about: ClassVar[str] = (
        "Everything about the task: state, command line, credentials, threads with their calls and registers, signals, "
        "timers, limits, seccomp. A row with an address leads to it in the other panes."
    )
