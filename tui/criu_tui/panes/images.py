"""Pane I: every image, its entries, their fields; enter goes in and to what a number leads to, backspace back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.actions import SkipAction

from criu_tui.commands import IMAGES, PANE
from criu_tui.core.report.image_entries import EntryRow, FieldRow, entries_table, fields_table
from criu_tui.core.report.images import ImageRow
from criu_tui.panes.pane import Pane
from criu_tui.panes.selection import Selected
from criu_tui.widgets.bindings import bindings

if TYPE_CHECKING:
    from textual.binding import BindingType

    from criu_tui.core.report.image_targets import Target
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection


class _Left(NamedTuple):
    """A table that was gone on from."""

    table: Table[Any]
    row: int
    filter_text: str


class ImagesPane(Pane):
    """Images, then the entries of one, then the fields of one entry."""

    about: ClassVar[str] = (
        "Every image: kind, entries, what is wrong with it. enter opens its entries, and an entry's fields: value, "
        "meaning, the bytes that hold it. enter on a field that leads somewhere goes there; esc comes back."
    )
    commands = IMAGES + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(IMAGES + PANE))

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(selection, **options)
        self._left: list[_Left] = []

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows all images; of the same report what is looked at stays."""
        if self._left and self.report is selection.report:
            self.take(selection)
            return
        self._left.clear()
        super().fill(selection, table)

    def go_to(self, pid: int, address: int | None) -> None:
        """Stays: what is looked at here is no address."""

    def selected(self) -> None:
        """Selects nothing elsewhere: only `enter` leaves the row."""

    def action_open(self) -> None:
        """The entries of an image, the fields of an entry, or what a field leads to."""
        table, index = self.table.table, self.table.row
        if table is None or index is None or self.report is None:
            return
        row = table.rows[index]
        if isinstance(row, ImageRow):
            self._open(row.name, 0 if row.found.entries == 1 else None)
        elif isinstance(row, EntryRow):
            self._open(row.image.name, row.entry.position)
        elif isinstance(row, FieldRow) and row.target is not None:
            self._follow(row.target)
        else:
            self.app.notify("this field leads nowhere in the dump", markup=False)

    def _follow(self, target: Target) -> None:
        if target.image:
            self._open(target.image, target.entry)
            return
        self.post_message(Selected(self, target.pid, target.address, asked_for=True))
        self.call_later(self.screen.run_action, "pane('bytes')")

    def _open(self, name: str, position: int | None) -> None:
        """Shows the entries of an image, or the fields of one of them."""
        table, row = self.table.table, self.table.row
        assert self.report is not None
        assert table is not None
        self._left.append(_Left(table, row or 0, self.arranging.filter_text))
        found = entries_table(self.report, name) if position is None else fields_table(self.report, name, position)
        self._show(found, 0, "")

    def action_out(self) -> None:
        """Back to the table that was gone on from, at its row; where none was, as in every pane."""
        if not self._left:
            raise SkipAction
        left = self._left.pop()
        self._show(left.table, left.row, left.filter_text)

    def action_back(self) -> None:
        """Cancels what runs, else undoes what the rows were arranged by, else goes out as backspace does."""
        if self.progress_line.cancel():
            return
        if self._left and not self.arranging.undoable:
            self.action_out()
        else:
            self.arranging.undo()

    def _show(self, table: Table[Any], row: int, filter_text: str) -> None:
        self.arranging.filter_text = filter_text
        self.notes.show(table.notes)
        self.arranging.show_new(table, self.pid, None)
        self.table.select(row)
