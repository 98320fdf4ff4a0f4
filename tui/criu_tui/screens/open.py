"""The start screen: what this program is, and everything that it can open from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from criu_tui.commands import OPEN
from criu_tui.core.report import start
from criu_tui.core.tables.view import View
from criu_tui.panes.room import FOCUSED, Room, framed
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.hints import Hints
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.terminal_app import TerminalApp
from criu_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.report.listing import Listed
    from criu_tui.core.source.source import Source
    from criu_tui.remembered import Kept


@dataclass(frozen=True, slots=True)
class Choice:
    """What to open: a built-in dump, a directory or archive, or a checkpoint that was found in one."""

    demo: str | None = None
    path: Path | None = None
    source: Source | None = None


class Choices(Room):
    """The rows; a double click opens one."""

    async def on_click(self, event: events.Click) -> None:
        if event.chain > 1 and isinstance(event.widget, VirtualTable):
            await self.run_action("app.open")


class OpenApp(TerminalApp[Choice]):
    """Returns what the user chose; None when they quit."""

    commands = OPEN
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(OPEN))

    def __init__(
        self, directory: Path, found: Sequence[Listed] = (), *, ascii_only: bool = False, kept: Kept | None = None
    ) -> None:
        super().__init__(ascii_only=ascii_only, kept=kept)
        self._found = found
        # Links are followed once, here; a link that one has gone through is left again by its own name.
        self.directory = self._first = directory.resolve()

    def compose(self) -> ComposeResult:
        with Choices(classes=FOCUSED) as room:
            room.border_title = "Open a checkpoint"
            yield Notes("about")
            yield VirtualTable()
        yield Hints()

    def on_mount(self) -> None:
        self.title = "criu-tui"
        self._show(self.directory)

    def _show(self, directory: Path) -> None:
        below = self.directory
        self.directory = directory
        table = start.table(directory, self._found if directory == self._first else ())
        self.query_one(Notes).show(table.notes)
        came_from = next((i for i, row in enumerate(table.rows) if row.directory == below), None)
        shown = self.query_one(VirtualTable)
        shown.show(View(table), came_from)
        shown.focus()

    def on_resize(self, event: events.Resize) -> None:
        self.query_one(Choices).set_class(framed(event.size), "framed")

    def on_descendant_focus(self) -> None:
        self.query_one(Hints).follow_focus()

    def action_open(self) -> None:
        shown = self.query_one(VirtualTable)
        if shown.table is None or shown.row is None:
            return
        row: start.StartRow = shown.table.rows[shown.row]
        if row.demo is not None:
            self.exit(Choice(demo=row.demo))
        elif row.dump:
            self.exit(Choice(path=row.directory, source=row.source))
        elif row.directory is not None:
            self._show(row.directory)

    def action_above(self) -> None:
        self._show(self.directory.parent)
