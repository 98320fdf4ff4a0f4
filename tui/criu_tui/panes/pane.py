"""What all panes are: notes above a table that can be sorted, narrowed and walked, following one selection.

What only some keys need, the line to type on and what copies, is imported when they are pressed: the first screen
comes sooner.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from textual.content import Content
from textual.reactive import var

from criu_tui.commands import PANE
from criu_tui.core.report.registry import OF_TASK, PRINTED, SHOWN
from criu_tui.core.tables.table import Tone
from criu_tui.panes.arranging import Arranging
from criu_tui.panes.room import Room
from criu_tui.panes.selection import DetailAsked, Selected, Selection
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from criu_tui.commands import Command
    from criu_tui.core.base.json import Json
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table
    from criu_tui.core.tables.view import View
    from criu_tui.panes.asking import Asking
    from criu_tui.panes.comparing import Comparing
    from criu_tui.panes.copying import Copying
    from criu_tui.widgets.progress import ProgressLine
    from criu_tui.widgets.prompt import Prompt


class Pane(Room):
    """One view of a report, under the id that the registry has for it; `fill` shows the table that is built there.

    A pane puts commands of its own before these in `commands`, and into BINDINGS: a key that both name is its own.
    """

    opened_as: ClassVar[str] = ""
    """Its name for --pane; empty: its id."""
    printed_as: ClassVar[str] = ""
    """Its name for --print; empty: its id."""
    about: ClassVar[str] = ""
    """What the pane shows and how to read it, for the help."""
    commands: ClassVar[tuple[Command, ...]] = PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(PANE))

    selection: var[Selection] = var(Selection(), init=False, always_update=True)
    """That of the main screen; ahead of it by what the user does here, until the screen hears of it."""

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(**options)
        self.set_reactive(Pane.selection, selection)
        self.filled: tuple[Report, int] | None = None
        """The report and the task, 0 for none, that the rows are of; None before there are any."""
        self._outdated = False
        """Whether other rows are wanted of the same report and task."""
        self._followed: tuple[int | None, int | None] | None = None
        """Task and address that the cursor was last at; it may have gone on to a row without."""
        self.falls_behind = False
        """Whether what is shown is of what was selected before, and waits to be called so."""
        self.arranging = Arranging(self)

    def compose(self) -> ComposeResult:
        yield Notes(limit=6)
        yield VirtualTable()

    @cached_property
    def asking(self) -> Asking:
        """The line to type on."""
        from criu_tui.panes.asking import Asking

        return Asking(self)

    @cached_property
    def copying(self) -> Copying:
        """The way to the clipboard and to files."""
        from criu_tui.panes.copying import Copying

        return Copying(self)

    @cached_property
    def comparing(self) -> Comparing:
        """The way to another checkpoint."""
        from criu_tui.panes.comparing import Comparing

        return Comparing(self)

    # What is shown

    @property
    def label(self) -> str:
        """What people call it."""
        return SHOWN[self.id or ""].name

    @property
    def of_task(self) -> bool:
        """Whether its rows are of one task, so that another task needs other rows."""
        return self.id in OF_TASK

    @property
    def notes(self) -> Notes:
        """The lines above the table."""
        return self.query_children(Notes).first(Notes)

    @property
    def front(self) -> Widget:
        """What takes the focus when the pane is gone to."""
        return self.table

    @property
    def progress_line(self) -> ProgressLine:
        """Where the screen says how far long work has come."""
        from criu_tui.widgets.progress import ProgressLine

        return ProgressLine.of(self.screen)

    @property
    def report(self) -> Report | None:
        """Whose rows are shown; None before there are any."""
        return None if self.filled is None else self.filled[0]

    @property
    def pid(self) -> int:
        """The task whose rows are shown, or of all tasks the selected one; 0 for none."""
        return self.filled[1] if self.of_task and self.filled is not None else self.selection.pid or 0

    @property
    def address(self) -> int | None:
        """The selected one."""
        return self.selection.address

    @property
    def current(self) -> bool:
        """Whether the rows are those of what is selected."""
        if self.filled is None or self._outdated:
            return False
        report, pid = self.filled
        return report is self.selection.report and (not self.of_task or pid == self.selection.pid)

    def outdate(self) -> None:
        """Has the rows built anew when they are next seen; until then they stay."""
        self._outdated = True

    def learn(self) -> None:
        """Something has become known of the report; it changes no rows of this pane."""

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows the rows of a selection, with the cursor at its address, sorted and narrowed as before."""
        stays = self._followed == selection.place
        self.take(selection)
        self.notes.show(table.notes, table.brief)
        self.arranging.show_new(table, self.pid, self.address, stays=stays)

    def take(self, selection: Selection) -> None:
        """What is shown is of this selection from now on."""
        self.set_reactive(Pane.selection, selection)
        self._followed = selection.place
        self.filled = None if selection.report is None else (selection.report, selection.pid or 0)
        self._outdated = False
        if self.falls_behind:
            self.falls_behind = False
            self.say_state()

    def retire(self) -> None:
        """Shows nothing until there are rows of what is selected: those that it had are of another dump."""
        self.filled, self.falls_behind = None, False
        self.border_title = Content(self.label)
        for notes in self.query(Notes):
            notes.show(())
        self.table.forget()

    def say_state(self) -> None:
        """Says below the rows what they are; what was said of a single key goes."""
        self.arranging.say_state()

    # The selection

    @property
    def row_address(self) -> int | None:
        """Where the row under the cursor begins; None for one without addresses."""
        table, row = self.table.table, self.table.row
        span = None if table is None or row is None else table.place(table.rows[row])[1]
        return None if span is None else span.start

    @property
    def here(self) -> int | None:
        """The selected address; where the cursor is as long as nothing has been selected."""
        return self.row_address if self.address is None else self.address

    def watch_selection(self, selection: Selection) -> None:
        """Follows what has been selected elsewhere; one that is not seen catches up when it is."""
        self._fall_behind()
        asked_for = selection.asked_for and selection.address is not None
        if self.of_task and asked_for and not self.current:
            # It will be seen in the rows still to be built.
            self.arranging.filter_text = ""
        if selection.by == self.id:
            self._followed = selection.place
        elif self.display:
            self.follow(asked_for=asked_for)

    def _fall_behind(self) -> None:
        if self.filled is not None and not self.current:
            from criu_tui.panes.behind import fall_behind

            fall_behind(self)

    def follow(self, *, asked_for: bool = False) -> None:
        """Moves the cursor to what has been selected since; whatever is filtered when it is asked for."""
        pid, address = place = self.selection.place
        if pid is None or not self.current:
            self._fall_behind()
        elif asked_for or place != self._followed:
            if asked_for and address is not None:
                self.arranging.unhide(pid, address)
            self._followed = place
            self.go_to(pid, address)

    def go_to(self, pid: int, address: int | None) -> None:
        """Moves the cursor to an address of the task shown; stays where nothing is there, and where it is already."""
        row = None if self.table.view is None else self.table.view.find(pid, address, self.table.row)
        if row is not None:
            self.table.select(row)

    def jump(self, pid: int, address: int) -> None:
        """Goes to a place and takes the other panes along; shows all rows when the filter hides it."""
        if pid == self.pid:
            self.arranging.unhide(pid, address)
            self.note(address)
            self.go_to(pid, address)
        self.post_message(Selected(self, pid, address, asked_for=True))

    def note(self, address: int) -> None:
        """Keeps where the user has gone here before the screen hears of it: the next key may have come already."""
        self.set_reactive(Pane.selection, self.selection._replace(address=address, by=self.id or ""))

    def on_virtual_table_highlighted(self, event: VirtualTable.Highlighted) -> None:
        event.stop()
        self.selected()

    def selected(self) -> None:
        """Tells the screen where the cursor is now."""
        table, row = self.table.table, self.table.row
        if table is not None and row is not None:
            pid, span = table.place(table.rows[row])
            if span is not None:
                self.note(span.start)
            self.post_message(Selected(self, pid, span.start if span else None))

    def action_sort(self, step: int) -> None:
        """The next column's order, and after the last one the table's own."""
        self.table.once_there(lambda: self.arranging.sort_next(step))

    def action_reverse(self) -> None:
        """The other way round."""
        self.table.once_there(self.arranging.reverse)

    async def on_click(self, event: events.Click) -> None:
        """The second click on a row does what enter does there."""
        if event.chain == 2 and event.widget is self.table and self.table.at(event.y) == self.table.cursor:
            entered = next(command for command in self.commands if "enter" in command.keys)
            await self.app.run_action(entered.action, self)

    def on_virtual_table_header_clicked(self, event: VirtualTable.HeaderClicked) -> None:
        event.stop()
        self.arranging.sort_by(event.column)

    def action_match(self, step: int) -> None:
        """The next row that the filter matches, also among all rows after the filter is gone."""
        self.arranging.go_to_match(step)

    def action_back(self) -> None:
        """Cancels what runs, else shows all rows, else in their own order."""
        if not self.progress_line.cancel():
            self.arranging.undo()

    async def action_filter(self) -> None:
        """Asks for words and terms; rows are narrowed while they are typed."""
        await self.asking.ask_filter()

    async def action_goto(self) -> None:
        """Asks for a place to go to."""
        await self.asking.ask_place()

    def on_prompt_typed(self, event: Prompt.Typed) -> None:
        event.stop()
        self.asking.typed(event.purpose, event.text)

    def on_prompt_stepped(self, event: Prompt.Stepped) -> None:
        event.stop()
        self.table.action_move(event.rows)

    async def on_prompt_answered(self, event: Prompt.Answered) -> None:
        event.stop()
        await self.asking.answered(event)

    async def on_prompt_given_up(self, event: Prompt.GivenUp) -> None:
        event.stop()
        await self.asking.given_up(event)

    def action_detail(self) -> None:
        """Asks for a screen with everything known of the selected row."""
        table, row = self.table.table, self.table.row
        if table is None or row is None or self.report is None:
            self.say("no row here", Tone.WARNING)
            return
        from criu_tui.core.report import detail

        title = f"{self.label}: row {row + 1} of {len(table.rows):,}"
        self.post_message(DetailAsked(title, detail.of_row(self.report, table, row)))

    def action_copy(self) -> None:
        """The place: its address, the VMA, and the command line that opens exactly here."""
        self.table.once_there(self.copying.copy_place)

    def action_copy_pane(self) -> None:
        """What the pane shows, as Markdown."""
        self.copying.copy_pane()

    def action_copy_report(self, redacted: bool) -> None:
        """What a maintainer asks for first, as --print report has it."""
        self.copying.copy_report(redacted=redacted)

    async def action_export(self) -> None:
        """Asks for the file to write."""
        await self.asking.ask_file()

    @property
    def written(self) -> View[Any] | None:
        """What is copied or exported as text: the rows that are shown."""
        return self.table.view

    def json(self) -> dict[str, Json]:
        """What the pane knows, for programs, as --print prints it."""
        from criu_tui.core.report import printed

        assert self.report is not None
        name = self.printed_as or self.id or ""
        return printed.json(self.report, name, self.pid if PRINTED[name].of_task else None)
