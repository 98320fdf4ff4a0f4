"""The bottom line: keys within reach of the focus, as many as fit, or how far long work has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from criu_tui.widgets.bindings import reachable
from criu_tui.widgets.words import WordsLine

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from criu_tui.commands import Command


class Hints(WordsLine):
    """Names keys and what they do; a click does it. Follows the focus when told to."""

    DEFAULT_CSS = "Hints { height: 1; background: $panel; color: $text-muted; }"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._shown: list[tuple[DOMNode, Command]] = []
        self._told = ""
        """What stands in place of keys."""

    def tell(self, text: str) -> None:
        """Shows a text in place of keys, until an empty one: a line of its own would move all that is above."""
        self._told = text
        self.follow_focus()

    def follow_focus(self) -> None:
        """Shows the commands that keys reach now, unless something is told."""
        if self._told:
            self._shown = []
            self.write([("$text-accent", self._told)])
            return
        width = self.size.width or self.app.size.width
        self._shown = [(node, command) for node, command in reachable(self.screen) if command.footer]
        while self._shown and sum(len("".join(_texts(command))) for _, command in self._shown) > width:
            self._shown.remove(max(self._shown, key=lambda each: each[1].footer))
        words = []
        for _, command in self._shown:
            key, label = _texts(command)
            words += [("bold $text-accent", key), ("", label)]
        self.write(words)

    def on_resize(self) -> None:
        self.follow_focus()

    async def chosen(self, index: int) -> None:
        if self._shown:
            node, command = self._shown[index // 2]
            await self.app.run_action(command.action, node)


def _texts(command: Command) -> tuple[str, str]:
    """Key and label."""
    return f" {command.shown.split(' ')[0]}", f" {command.label} "
