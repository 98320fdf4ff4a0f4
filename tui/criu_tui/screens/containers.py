"""The list of the checkpoints beside the one that is shown; enter opens one, in the same panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from criu_tui.core.report.containers import table
from criu_tui.core.tables.view import View
from criu_tui.screens.closing import Closing
from criu_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from criu_tui.core.report.listing import Listed


class Containers(Closing):
    """Calls `go` with the place in the list of what was chosen."""

    DEFAULT_CSS = """
    Containers { align: center top; }
    Containers > Vertical {
        width: 100%; height: auto; max-height: 100%; border: round $primary; background: $surface;
    }
    Containers VirtualTable { height: auto; max-height: 100%; }
    """

    def __init__(self, beside: Sequence[Listed], at: int | None, go: Callable[[int], object]) -> None:
        super().__init__()
        self._beside, self._at, self._go = beside, at, go

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title, box.border_subtitle = "Containers here", "enter  esc"
            yield VirtualTable()

    def on_mount(self) -> None:
        shown = self.query_one(VirtualTable)
        shown.show(View(table(self._beside)), self._at)
        self.set_focus(shown)

    async def take(self, event: events.Key) -> None:
        """The keys of tables move about."""
        shown = self.query_one(VirtualTable)
        match event.key:
            case "escape" | "q" | "O":
                self.close()
            case "enter":
                self._choose(shown)
            case "down" | "j" | "up" | "k":
                shown.action_move(1 if event.key in ("down", "j") else -1)
            case "pagedown" | "pageup":
                shown.action_move_page(1 if event.key == "pagedown" else -1)
            case "home" | "end":
                shown.action_move_to(0 if event.key == "home" else -1)

    def on_click(self, event: events.Click) -> None:
        if event.chain > 1 and isinstance(event.widget, VirtualTable):
            self._choose(event.widget)

    def _choose(self, shown: VirtualTable) -> None:
        row = shown.row
        self.close()
        if row is not None:
            self.app.call_later(self._go, row)
