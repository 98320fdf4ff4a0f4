"""What all panes are: notes above a table, showing one task of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from criu_tui.widgets.notes import Notes
from criu_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from criu_tui.core.report import Report
    from criu_tui.core.table import Table


class Pane(Vertical):
    """One view of a report. `build` may run in a thread; `fill` shows what it made."""

    DEFAULT_CSS = """
    Pane { height: 1fr; width: 1fr; }
    Pane > .title { height: 1; text-style: bold; color: $text-muted; display: none; }
    Pane:focus-within > .title { color: $text; text-style: bold reverse; }
    """
    label: ClassVar[str]

    class Selected(Message):
        """The user has gone to a task and an address in a pane."""

        def __init__(self, pane: Pane, pid: int | None, address: int | None) -> None:
            super().__init__()
            self.pane = pane
            self.pid = pid
            self.address = address

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Pane.Selected) and message.pane is self.pane

    def compose(self) -> ComposeResult:
        yield Static("", classes="title", markup=False)
        yield Notes(limit=6)
        yield VirtualTable()

    @property
    def table(self) -> VirtualTable:
        return self.query_one(VirtualTable)

    @classmethod
    def build(cls, report: Report, pid: int) -> Table[Any]:
        """The report's table for a task; touches no widget."""
        raise NotImplementedError

    def fill(self, report: Report, table: Table[Any], pid: int, address: int | None) -> None:
        """Shows a table that `build` made, with the cursor at an address."""
        self.show_title(table)
        self.table.show(table, table.find(pid, address))

    def show_title(self, table: Table[Any]) -> None:
        """The title and the notes of a table."""
        self.query_one(".title", Static).update(Content(table.title))
        self.notes.show(table.notes)

    @property
    def notes(self) -> Notes:
        return self.query(Notes).first(Notes)

    def go_to(self, pid: int, address: int | None) -> None:
        """Moves the cursor to an address of the task shown; stays where nothing is there."""
        table = self.table.table
        row = None if table is None else table.find(pid, address)
        if row is not None:
            self.table.select(row)

    def on_virtual_table_highlighted(self, event: VirtualTable.Highlighted) -> None:
        event.stop()
        table = event.table.table
        if table is not None:
            pid, span = table.place(table.rows[event.row])
            self.post_message(self.Selected(self, pid, span.start if span else None))
