"""Commands as the bindings of Textual, and those within reach of the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.binding import Binding

from criu_tui.commands import in_reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.dom import DOMNode
    from textual.screen import Screen

    from criu_tui.commands import Command


def bindings(commands: Iterable[Command]) -> list[Binding]:
    """Textual's bindings for commands; Textual joins several keys of one with commas."""
    return [
        Binding(
            ",".join(command.keys),
            command.action,
            command.label,
            show=False,
            priority=command.priority,
            id=command.id,
        )
        for command in commands
        if command.keys
    ]


def reachable(screen: Screen[Any]) -> Iterator[tuple[DOMNode, Command]]:
    """Commands of the focused widget and of all that it lies in, each with the widget that carries it out."""
    chain = (screen if screen.focused is None else screen.focused).ancestors_with_self
    return in_reach(node for node in chain if hasattr(node, "commands"))
