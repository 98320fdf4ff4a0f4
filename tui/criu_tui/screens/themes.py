"""The list of themes: each is seen while the cursor is on it; enter keeps it, escape brings the one before back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from criu_tui.core.tables.table import Column, Table, Tone
from criu_tui.core.tables.view import View
from criu_tui.screens.closing import Closing
from criu_tui.widgets.terminal_app import TerminalApp
from criu_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


class Themes(Closing):
    """Names, and whether each is dark or light. What is below stays in sight beside it."""

    DEFAULT_CSS = """
    Themes { align: right middle; background: transparent; }
    Themes > Vertical {
        width: 34; max-width: 100%; height: 24; max-height: 100%; border: round $primary; background: $surface;
    }
    """

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title, box.border_subtitle = "Theme", "enter  esc"
            yield VirtualTable()

    def on_mount(self) -> None:
        assert isinstance(self.app, TerminalApp)
        self._names = self.app.possible_themes
        self._before = self.app.theme
        registered = self.app.available_themes
        table: Table[str] = Table(
            "Themes",
            (
                Column("Theme", lambda name: name, 20, weight=1),
                Column("", lambda name: "dark" if registered[name].dark else "light", 5),
            ),
            self._names,
            lambda _: (None, None),
            lambda _: Tone.PLAIN,
        )
        shown = self.query_one(VirtualTable)
        shown.show(View(table), self._names.index(self._before))
        self.set_focus(shown)

    async def take(self, event: events.Key) -> None:
        """The keys of tables move about."""
        table = self.query_one(VirtualTable)
        match event.key:
            case "escape" | "q":
                self.app.theme = self._before
                self.close()
            case "enter":
                self._choose()
            case "down" | "j" | "up" | "k":
                table.action_move(1 if event.key in ("down", "j") else -1)
            case "home" | "end":
                table.action_move_to(0 if event.key == "home" else -1)

    def on_virtual_table_highlighted(self, event: VirtualTable.Highlighted) -> None:
        if not self.closed:
            self.app.theme = self._names[event.row]

    def on_click(self, event: events.Click) -> None:
        if event.chain > 1 and isinstance(event.widget, VirtualTable):
            self._choose()

    def _choose(self) -> None:
        row = self.query_one(VirtualTable).row
        self.close()
        if row is not None and isinstance(self.app, TerminalApp):
            self.app.choose_theme(self._names[row])
