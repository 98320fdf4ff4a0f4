"""Pane 4: the id maps drawn, an input that converts, and who uses which id or is in which namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from criu_tui.commands import IDS
from criu_tui.core.report import ids
from criu_tui.panes.pane import Pane
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.owners import Owner
    from criu_tui.core.report import Report
    from criu_tui.core.table import Table
    from criu_tui.widgets.virtual_table import VirtualTable

ROOMY = 24
"""Lines of the pane from which on the selected object is told in full."""


class IdInput(Input):
    """A line that takes digits; every other key goes on to the app."""

    DEFAULT_CSS = """
    IdInput, IdInput:focus { border: none; height: 1; width: 14; padding: 0; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter", "leave", "back", show=False)]

    def __init__(self) -> None:
        super().__init__(placeholder="id", restrict=r"[0-9]*", max_length=10, select_on_focus=True)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Only digits are typed here: letters stay what they are elsewhere."""
        return character is not None and character.isdecimal()

    def on_key(self, event: events.Key) -> None:
        """Keeps Input from taking other characters from the bindings."""
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()

    def action_leave(self) -> None:
        pane = next(node for node in self.ancestors if isinstance(node, IdsPane))
        pane.table.focus()


class IdsPane(Pane):
    DEFAULT_CSS = """
    IdsPane > #maps { height: auto; max-height: 40%; }
    IdsPane > #maps > Notes { width: auto; }
    IdsPane > #convert { height: auto; }
    IdsPane > #convert > Static { width: auto; color: $text-muted; }
    IdsPane > #convert > Notes { width: 1fr; margin-left: 1; color: $text; }
    IdsPane > #owner { border-top: solid $panel; height: auto; max-height: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(IDS))
    label: ClassVar[str] = "Ids"
    _report: Report | None = None
    _owners: Table[Owner] | None = None
    _namespaces = False
    """Namespaces are shown in place of who uses which id."""

    def compose(self) -> ComposeResult:
        title, notes, table = super().compose()
        yield title
        with VerticalScroll(id="maps", can_focus=False):
            yield Notes("drawing", limit=1000, wrap=False)
        yield notes
        with Horizontal(id="convert"):
            yield Static("i converts ", markup=False)
            yield IdInput()
            yield Notes("converted", limit=6, wrap=False)
        yield table
        yield Notes("owner", limit=6)

    @property
    def notes(self) -> Notes:
        return self.query_children(Notes).first(Notes)

    @classmethod
    def build(cls, report: Report, pid: int) -> Table[Owner]:
        return ids.table(report)

    def fill(self, report: Report, table: Table[Any], pid: int, address: int | None) -> None:
        self._report, self._owners = report, table
        self._draw()
        self._convert()
        shown = ids.namespace_table(report) if self._namespaces else table
        super().fill(report, shown, pid, address)
        self._explain()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()
        self._explain()

    def on_virtual_table_highlighted(self, event: VirtualTable.Highlighted) -> None:
        """Besides what the base class does, whose handler Textual calls by itself."""
        self._explain()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._convert()

    def action_convert(self) -> None:
        self.query_one(IdInput).focus()

    def action_namespaces(self) -> None:
        self._namespaces = not self._namespaces
        if self._report is None or self._owners is None:
            return
        shown: Table[Any] = ids.namespace_table(self._report) if self._namespaces else self._owners
        self.show_title(shown)
        self.table.show(shown)
        self._explain()

    def _draw(self) -> None:
        if self._report is not None and self.size.width:
            self.query_one("#drawing", Notes).show(ids.drawing(self._report, min(self.size.width, 120)))
            self.query_one("#maps").display = self.query_one("#drawing").display

    def _convert(self) -> None:
        if self._report is not None:
            typed = self.query_one(IdInput).value
            self.query_one("#converted", Notes).show(ids.conversions(self._report, typed))

    def _explain(self) -> None:
        table, row = self.table.table, self.table.row
        lines = []
        if self._report is not None and table is not None and row is not None and not self._namespaces:
            lines = ids.lines(self._report, table.rows[row])
        self.query_one("#owner", Notes).show(lines if self.size.height >= ROOMY else ())
