"""The list of CRIUs, to restore with one or to compare with one; enter takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.containers import Vertical

from criu_tui.core.report import releases
from criu_tui.core.tables.view import View
from criu_tui.screens.closing import Closing
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from criu_tui.screens.main import MainScreen


class Releases(Closing):
    """What changes at each release and what it comes to here; the cursor is on the one that is chosen."""

    DEFAULT_CSS = """
    Releases { align: center top; }
    Releases > Vertical {
        width: 100; max-width: 100%; height: auto; max-height: 100%; border: round $primary; background: $surface;
    }
    Releases VirtualTable { height: 6; }
    """

    def __init__(self, below: MainScreen, *, comparing: bool) -> None:
        super().__init__()
        self._below, self._comparing = below, comparing
        self._key = "c" if comparing else "v"
        self._shown = releases.choices(below.report, below.selection.against, comparing=comparing)

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Compare the plan with" if self._comparing else "Restore with"
            box.border_subtitle = f"enter  {self._key} next  esc"
            yield VirtualTable()
            yield Notes("changes", keeps=2)

    def on_mount(self) -> None:
        table = self.query_one(VirtualTable)
        table.show(View(releases.table(self._shown)), releases.chosen(self._shown))
        self._explain()
        self.set_focus(table)
        if not self._below.report.elsewhere:
            self._work_out()

    @work(thread=True)
    def _work_out(self) -> None:
        made = [releases.with_outcome(self._below.report, each) for each in self._shown]
        self.app.call_from_thread(self._tell, made)

    def _tell(self, made: list[releases.Candidate]) -> None:
        self._shown = made
        table = self.query_one(VirtualTable)
        table.show(View(releases.table(made)), table.row)

    def _explain(self) -> None:
        table = self.query_one(VirtualTable)
        if table.table is not None and table.row is not None:
            self.query_one(Notes).show(releases.lines(self._shown[table.row]))

    async def take(self, event: events.Key) -> None:
        """The keys of tables move about; that which has opened the list goes on in it."""
        table = self.query_one(VirtualTable)
        match event.key:
            case "escape" | "q":
                self.close()
            case "enter":
                self._choose(table)
            case key if key == self._key:
                table.action_move_to((table.cursor + 1) % len(self._shown))
            case "down" | "j" | "up" | "k":
                table.action_move(1 if event.key in ("down", "j") else -1)
            case "home" | "end":
                table.action_move_to(0 if event.key == "home" else -1)
        self._explain()

    def on_virtual_table_highlighted(self) -> None:
        self._explain()

    def on_click(self, event: events.Click) -> None:
        if event.chain > 1 and isinstance(event.widget, VirtualTable):
            self._choose(event.widget)

    def _choose(self, table: VirtualTable) -> None:
        if table.row is None:
            return
        chosen = self._shown[table.row].criu
        self.close()
        if self._comparing:
            self.app.call_later(self._below.compare_plans, chosen)
        elif chosen is not None:
            self.app.call_later(self._below.restore_with, chosen)
