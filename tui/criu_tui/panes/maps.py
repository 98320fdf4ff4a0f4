"""Pane 1: every VMA of the task."""

from __future__ import annotations

from typing import ClassVar

from criu_tui.panes.pane import Pane


class MapsPane(Pane):
    """The task's VMAs, by address."""

    about: ClassVar[str] = (
        "Every VMA of the task; types and colours: L. In the lines below: the selected VMA, its pages, and why a "
        "restore maps it so; enter shows what each CRIU charges for it, 3 what a whole restore charges."
    )
