"""Pane 4: the id maps drawn, an input that converts, and who uses which id or is in which namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from criu_tui.commands import IDS, PANE
from criu_tui.core.report import id_maps, ids, namespaces
from criu_tui.panes.pane import Pane
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.dump.owners import Owner
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection

ROOMY = 24
"""Lines of the pane from which on the selected object is told in full."""
AROUND = 4
"""Lines that stand around the maps and the rows: what is noted, the line to type on, titles and totals."""
OWNER = 2
"""Lines that tell of the selected object at least."""


class IdInput(Input):
    """A line that takes digits; every other key is left to the bindings."""

    DEFAULT_CSS = """
    IdInput, IdInput:focus {
        border: none; height: 1; width: 14; padding: 0; background: $surface; background-tint: transparent;
    }
    """

    def __init__(self) -> None:
        super().__init__(placeholder="id", restrict=r"[0-9]*", max_length=10, select_on_focus=True)
        self.cursor_blink = False

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Only digits are typed here: letters stay what they are elsewhere."""
        return character is not None and character.isdecimal()

    def on_key(self, event: events.Key) -> None:
        """Keeps Input from taking other characters from the bindings; escape and enter go back to the table."""
        if event.key in ("escape", "enter"):
            event.stop()
            event.prevent_default()
            pane = next(node for node in self.ancestors if isinstance(node, IdsPane))
            self.screen.set_focus(pane.table)
        elif event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()


class IdsPane(Pane):
    """The id maps, a line that converts an id, and who has which id or is in which namespace."""

    DEFAULT_CSS = """
    IdsPane > #maps { height: auto; }
    IdsPane > #convert { height: auto; }
    IdsPane > #convert > Static { width: auto; color: $text-muted; }
    IdsPane > #convert > Notes { width: 1fr; margin-left: 1; }
    IdsPane > #owner { height: auto; max-height: 6; }
    """
    about: ClassVar[str] = (
        "The id maps drawn, ids inside above those on the host: as two rulers with a band for each "
        "extent, ░ mapped by none, ● in use, or as a list: [─) an extent, · mapped by none, ═ also in an extent above. "
        "i converts an id as you type. Below: who has which id, inside and on the host."
    )
    commands = IDS + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(IDS + PANE))

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(selection, **options)
        self._owners: Table[Owner] | None = None
        self._namespaces = False
        """Namespaces are shown in place of who uses which id."""

    def compose(self) -> ComposeResult:
        notes, table = super().compose()
        with VerticalScroll(id="maps", can_focus=False):
            yield Notes("drawing", limit=1000, wrap=False)
        yield notes
        with Horizontal(id="convert"):
            yield Static("i converts ", markup=False)
            yield IdInput()
            yield Notes("converted", limit=6, wrap=False)
        yield table
        yield Notes("owner", limit=6, keeps=1)

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows the maps too, and the namespaces in place of the table when they have been asked for."""
        self._owners = table
        if self._namespaces and selection.report is not None:
            table = namespaces.table(selection.report)
        super().fill(selection, table)
        self._draw()
        self._convert()
        self._explain()

    def retire(self) -> None:
        super().retire()
        self._owners = None

    def on_resize(self, event: events.Resize) -> None:
        self._draw()
        self._explain()

    def selected(self) -> None:
        super().selected()
        self._explain()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._convert()

    def action_convert(self) -> None:
        """To the line that converts an id."""
        # At once, since the next keys may be here already.
        self.screen.set_focus(self.query_one(IdInput))

    def action_namespaces(self) -> None:
        """Between who has which id and who is in which namespace."""
        self._namespaces = not self._namespaces
        if self.report is not None and self._owners is not None:
            self.arranging.filter_text = ""
            self.fill(self.selection._replace(report=self.report), self._owners)

    def _draw(self) -> None:
        if self.report is not None and self.size.width:
            rows = 0 if self.table.table is None else len(self.table.table.rows)
            # What few rows leave is for the picture; many of them leave it less than half.
            around = AROUND + (OWNER if self.size.height >= ROOMY else 0)
            room = max(self.size.height * 45 // 100, self.size.height - around - rows)
            maps, drawing = self.query_one("#maps"), self.query_one("#drawing", Notes)
            maps.styles.max_height = room
            drawing.show(id_maps.drawing(self.report, min(self.size.width, 120), room))
            maps.display = drawing.display

    def _convert(self) -> None:
        if self.report is not None:
            typed = self.query_one(IdInput).value
            self.query_one("#converted", Notes).show(ids.conversions(self.report, typed))

    def _explain(self) -> None:
        table, row = self.table.table, self.table.row
        lines = []
        if self.report is not None and table is not None and row is not None and not self._namespaces:
            lines = ids.lines(self.report, table.rows[row])
        self.query_one("#owner", Notes).show(lines if self.size.height >= ROOMY else ())
