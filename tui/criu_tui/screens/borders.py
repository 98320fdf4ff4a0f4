"""Borders between panes, and beside the task tree, moved with keys or the mouse; where they stand is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.panes.selection import Settled
from criu_tui.remembered import SHARES, TREE, Settings

if TYPE_CHECKING:
    from criu_tui.screens.layout import Panes

TREE_BORDER, LEFT, TOP = "tree", "left", "top"
"""The one at the right of the task tree, of the upper panes' left one, and below these two."""


class Borders:
    """Moves the borders of panes that stand beside each other. The mouse takes hold of them at their frames."""

    def __init__(self, panes: Panes) -> None:
        self._panes = panes
        self._held = ""
        """The border that the mouse holds."""

    def move(self, columns: int, lines: int) -> None:
        """Moves the one beside what has the focus to the right, and that below the upper panes down.

        By so many columns for the task tree, else by so many percent of the room.
        """
        panes = self._panes
        settings, layout, tasks = panes.kept.settings, panes.layout_shown, panes.tasks
        at_tree = tasks is not None and tasks.display and (layout is None or tasks.has_focus_within)
        if columns and at_tree:
            self._place_tree(settings.tree + columns)
        elif layout is not None:
            left, top = settings.shares[layout]
            self._place(layout, left + columns, top + lines)
        else:
            panes.notify("no border here: one pane alone, without the task tree", markup=False)
            return
        self._remember()

    def reset(self) -> None:
        """Puts all where they are for somebody who has moved none."""
        settings, usual = self._panes.kept.settings, Settings()
        settings.tree, settings.shares = usual.tree, usual.shares
        self._panes.share_room()
        self._remember()

    def take_hold(self, x: int, y: int) -> bool:
        """Whether the mouse holds a border from now on, by a cell of the screen."""
        self._held = self._at(x, y)
        if self._held:
            self._panes.capture_mouse()
        return bool(self._held)

    def drag(self, x: int, y: int) -> None:
        """Takes the one that the mouse holds along."""
        panes, layout = self._panes, self._panes.layout_shown
        if self._held == TREE_BORDER:
            self._place_tree(x + 1 - panes.region.x)
        elif self._held and layout is not None:
            left, top = panes.kept.settings.shares[layout]
            upper = panes.seen[0].region
            if self._held == LEFT:
                left = round(100 * (x + 1 - upper.x) / max(1, panes.region.right - upper.x))
            else:
                top = round(100 * (y + 1 - upper.y) / max(1, panes.region.height))
            self._place(layout, left, top)

    def let_go(self) -> None:
        """Leaves the one that the mouse holds where it is."""
        if self._held:
            self._held = ""
            self._panes.release_mouse()
            self._remember()

    def _place_tree(self, columns: int) -> None:
        self._panes.kept.settings.tree = _within(columns, TREE)
        self._panes.share_room()

    def _place(self, layout: str, left: int, top: int) -> None:
        self._panes.kept.settings.shares[layout] = _within(left, SHARES), _within(top, SHARES)
        self._panes.share_room()

    def _remember(self) -> None:
        self._panes.post_message(Settled("tree", "shares"))

    def _at(self, x: int, y: int) -> str:
        panes, tasks = self._panes, self._panes.tasks
        if tasks is not None and tasks.display and panes.framed and x in (tasks.region.right - 1, tasks.region.right):
            return TREE_BORDER
        if panes.layout_shown is None:
            return ""
        upper = panes.seen[0].region
        if y in (upper.bottom - 1, upper.bottom):
            return TOP
        return LEFT if x in (upper.right - 1, upper.right) and y < upper.bottom else ""


def _within(value: int, bounds: range) -> int:
    return max(bounds[0], min(value, bounds[-1]))
