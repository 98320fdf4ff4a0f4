"""The palette: any command within reach, found by its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.containers import Vertical

from criu_tui.commands import TABLE
from criu_tui.core.base.text import display_safe
from criu_tui.core.tables.table import Column, Table, Tone
from criu_tui.core.tables.view import View
from criu_tui.screens.closing import Closing
from criu_tui.widgets.bindings import reachable
from criu_tui.widgets.virtual_table import VirtualTable
from criu_tui.widgets.words import WordsLine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from textual import events
    from textual.app import ComposeResult
    from textual.dom import DOMNode
    from textual.screen import Screen

    from criu_tui.commands import Command

LONGEST = 300
"""Characters of what is looked for; more is not taken."""


class Found(NamedTuple):
    """A command and the widget that carries it out."""

    node: DOMNode
    command: Command


class Palette(Closing):
    """Takes words and keeps the commands that have all of them; enter carries one out.

    It draws the line itself: keys that come in one burst with the one that opened it are then taken in their order,
    also those that come before it is on the screen.
    """

    DEFAULT_CSS = """
    Palette { align: center top; }
    Palette > Vertical {
        width: 80; max-width: 100%; height: 100%; max-height: 20; border: round $primary; background: $surface;
    }
    Palette WordsLine { height: 1; }
    """

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__()
        # Moving about needs no palette: rows come last.
        self._commands = sorted((Found(*each) for each in reachable(below)), key=lambda each: each.command in TABLE)
        self._typed = ""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title, box.border_subtitle = "Commands", "enter  esc"
            yield WordsLine()
            yield VirtualTable()

    def on_mount(self) -> None:
        self._show()
        self.set_focus(self.query_one(VirtualTable))

    def _show(self) -> None:
        words = self._typed.casefold().split()
        kept = [each for each in self._commands if all(word in _text(each.command) for word in words)]
        kept = kept or [each for each in self._commands if self._argument(each.command)]
        # A command whose name begins with what is typed comes before those that only speak of it.
        kept.sort(key=lambda each: not each.command.label.startswith(self._typed.casefold()))
        self.query_one(VirtualTable).show(View(_table(kept)), 0)
        self.query_one(WordsLine).write([("bold", "> "), ("", self._typed), ("reverse", " ")])

    async def take(self, event: events.Key) -> None:
        """Letters are looked for; the keys of tables move about."""
        table = self.query_one(VirtualTable)
        match event.key:
            case "escape":
                self.close()
            case "enter":
                self._carry_out(table)
            case "backspace" | "ctrl+h":
                self._type(self._typed[:-1])
            case "ctrl+u":
                self._type("")
            case "down" | "up":
                table.action_move(1 if event.key == "down" else -1)
            case "pagedown" | "pageup":
                table.action_move_page(1 if event.key == "pagedown" else -1)
            case "home" | "end":
                table.action_move_to(0 if event.key == "home" else -1)
            case _ if event.is_printable and event.character:
                self._type(self._typed + event.character)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._type(self._typed + display_safe(event.text.split("\n", 1)[0], LONGEST))

    def _type(self, text: str) -> None:
        self._typed = text[:LONGEST]
        self._show()

    def on_click(self, event: events.Click) -> None:
        if event.chain > 1 and isinstance(event.widget, VirtualTable):
            self._carry_out(event.widget)

    def _argument(self, command: Command) -> str:
        """What is typed behind the label of a command that takes something."""
        label, _, argument = self._typed.partition(" ")
        return argument.strip() if command.takes and label.casefold() == command.label else ""

    def _carry_out(self, table: VirtualTable) -> None:
        if table.table is None or table.row is None:
            return
        chosen: Found = table.table.rows[table.row]
        argument = self._argument(chosen.command)
        action = f"{chosen.command.action}({argument!r})" if argument else chosen.command.action
        self.close()
        self.app.call_later(self.app.run_action, action, chosen.node)


def _text(command: Command) -> str:
    return f"{command.label} {command.help}".casefold()


def _table(commands: Iterable[Found]) -> Table[Found]:
    return Table(
        "Commands",
        (
            Column("Command", lambda each: each.command.label, 16),
            Column("Key", lambda each: each.command.shown, 7),
            Column("What it does", lambda each: each.command.help, 48, weight=1),
        ),
        list(commands),
        lambda _: (None, None),
        lambda _: Tone.PLAIN,
        empty="no command has these words",
    )
