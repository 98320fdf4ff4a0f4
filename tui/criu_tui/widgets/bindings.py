"""Commands as the bindings of Textual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from criu_tui.commands import Command


def bindings(commands: Iterable[Command]) -> list[Binding]:
    """Textual's bindings for commands; Textual joins several keys of one with commas."""
    return [
        Binding(
            ",".join(command.keys),
            command.action,
            command.footer or command.help,
            show=bool(command.footer),
            key_display=command.shown,
            id=command.id,
        )
        for command in commands
    ]
