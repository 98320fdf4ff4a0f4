"""Panes whose rows belong to an earlier selection.

Rows of another dump are taken away at once. Other rows stay, and after a while a line says that they are old.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.tables.table import Tone
from criu_tui.widgets.virtual_table import PATIENCE

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.panes.pane import Pane

STILL = "reading; these rows are still those of before"


def fall_behind(pane: Pane) -> None:
    """Something else is selected than what a pane shows, or it comes to be seen before its rows are built anew."""
    if pane.filled is None or pane.selection.report is None:
        return
    if _another(pane.filled[0].dump, pane.selection.report.dump):
        pane.retire()
    elif _is_behind(pane) and not pane.falls_behind:
        pane.falls_behind = True
        pane.set_timer(PATIENCE, lambda: _tell(pane))


def _another(shown: Dump, selected: Dump) -> bool:
    """Whether the one is another checkpoint than the other, rather than more of an archive that arrives."""
    return shown is not selected and not (shown.arriving and shown.shown_path == selected.shown_path)


def _is_behind(pane: Pane) -> bool:
    """Whether rows are of another task or CRIU than is selected; what has only become known since is no matter."""
    if pane.filled is None:
        return False
    report, pid = pane.filled
    return report is not pane.selection.report or (pane.of_task and pid != pane.selection.pid)


def _tell(pane: Pane) -> None:
    if pane.falls_behind and pane.display and _is_behind(pane):
        pane.say(STILL, Tone.WARNING)
