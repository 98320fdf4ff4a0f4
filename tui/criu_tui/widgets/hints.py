"""The bottom line: keys within reach of the focus, as many as fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from criu_tui.widgets.bindings import reachable

if TYPE_CHECKING:
    from textual import events
    from textual.dom import DOMNode

    from criu_tui.commands import Command


class Hints(Static):
    """Names keys and what they do; a click does it. Follows the focus when told to."""

    DEFAULT_CSS = """
    Hints { height: 1; background: $panel; color: $text-muted; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._places: list[tuple[range, DOMNode, Command]] = []

    def follow_focus(self) -> None:
        """Shows the commands that keys reach now."""
        width = self.size.width or self.app.size.width
        shown = [(node, command) for node, command in reachable(self.screen) if command.footer]
        while shown and sum(len(_text(command)) for _, command in shown) > width:
            shown.remove(max(shown, key=lambda each: each[1].footer))
        self._places = []
        column = 0
        parts = []
        for node, command in shown:
            text = _text(command)
            self._places.append((range(column, column + len(text)), node, command))
            column += len(text)
            key = command.shown.split(" ")[0]
            parts.append(Content.assemble((f" {key}", "bold $text-accent"), text[len(key) + 1 :]))
        self.update(Content("").join(parts))

    def on_resize(self) -> None:
        self.follow_focus()

    async def on_click(self, event: events.Click) -> None:
        for columns, node, command in self._places:
            if event.x in columns:
                await self.app.run_action(command.action, node)


def _text(command: Command) -> str:
    return f" {command.shown.split(' ')[0]} {command.label} "
