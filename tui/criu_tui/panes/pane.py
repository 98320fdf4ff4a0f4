"""What all panes are: notes above a table that can be sorted, narrowed and walked, showing one task of a report.

What only some keys need is imported when they are pressed: the first screen comes sooner.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from criu_tui.commands import PANE
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import size
from criu_tui.core.report.registry import OF_TASK, PRINTED, SHOWN
from criu_tui.core.tables.table import Tone
from criu_tui.core.tables.view import KEPT_TEXTS, STEP, Sort, View
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.purpose import Purpose
from criu_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from criu_tui.commands import Command
    from criu_tui.core.base.json import Json
    from criu_tui.core.base.progress import Progress
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.filter import Filter
    from criu_tui.core.tables.table import Table
    from criu_tui.widgets.progress import ProgressLine
    from criu_tui.widgets.prompt import Prompt

EXPORTED = 1 << 30
"""Characters of rows that go into a Markdown file."""


class Pane(Vertical):
    """One view of a report, under the id that the registry has for it; `fill` shows the table that is built there.

    A pane with commands of its own puts them before these in `commands`, and into its BINDINGS:
    a key that both name is then the pane's own.
    """

    DEFAULT_CSS = """
    Pane { height: 1fr; width: 1fr; }
    Pane > .title { height: 1; text-style: bold; color: $text-muted; }
    Pane:focus-within > .title { color: $text; text-style: bold reverse; }
    """
    opened_as: ClassVar[str] = ""
    """Its name for --pane; empty: its id."""
    printed_as: ClassVar[str] = ""
    """Its name for --print; empty: its id."""
    about: ClassVar[str] = ""
    """What the pane shows and how to read it, for the help."""
    commands: ClassVar[tuple[Command, ...]] = PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(PANE))

    class Selected(Message):
        """The user has moved to a task and an address in a pane, or asked for that place by name."""

        def __init__(self, pane: Pane, pid: int | None, address: int | None, *, asked_for: bool = False) -> None:
            super().__init__()
            self.pane = pane
            self.pid = pid
            self.address = address
            self.asked_for = asked_for
            """Whether it is to be seen in each pane, whatever the filters there."""
            self.shown = pane.pid if pane.id in OF_TASK else None
            """The task whose rows the pane showed; None for one that shows those of all tasks."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Pane.Selected) and message.pane is self.pane

    class BytesAsked(Message):
        """The bytes at the selected address are to be shown, or searched."""

        def __init__(self, *, searching: bool = False) -> None:
            super().__init__()
            self.searching = searching

    class DetailAsked(Message):
        """Everything known of the selected row is to be shown."""

        def __init__(self, title: str, lines: list[tuple[Tone, str]]) -> None:
            super().__init__()
            self.title = title
            self.lines = lines

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.report: Report | None = None
        self.pid = 0
        self.address: int | None = None
        self.filter_text = ""
        self._sort: Sort | None = None
        """Order and filter asked for; the view that has them may still be worked on."""
        self._last_filter = ""
        """The one that "next match" looks for after all rows are shown again."""
        self._row_before: int | None = None
        """Where the cursor was before a filter was typed."""
        self._work: Progress | None = None
        """What the view to be shown next waits for."""
        self._shown_text = ""
        """The filter of the view shown."""
        self._titled = False

    def compose(self) -> ComposeResult:
        yield Notes(limit=6)
        yield VirtualTable()

    @property
    def label(self) -> str:
        """What people call it."""
        return SHOWN[self.id or ""].name

    @property
    def table(self) -> VirtualTable:
        """The widget that shows the rows."""
        return self.query_one(VirtualTable)

    @property
    def front(self) -> Widget:
        """What takes the focus when the pane is gone to."""
        return self.table

    def fill(self, report: Report, table: Table[Any], pid: int, address: int | None) -> None:
        """Shows a table that the registry built, with the cursor at an address, sorted and narrowed as before."""
        self.report, self.pid, self.address = report, pid, address
        self.notes.show(table.notes)
        before, view = self.table.view, View(table)
        self.table.show(view, view.find(pid, address) or 0)
        self.show_title(shown=self._titled)
        self._shown_text = ""
        self._arrange(None if before is None else _same_column(self._sort, before.table, table), self.filter_text)

    def show_title(self, *, shown: bool) -> None:
        """Shows above all what the pane shows, which panes side by side do."""
        self._titled = shown
        title = next(iter(self.query(".title").results(Static)), None)
        if title is None and shown:
            title = Static("", classes="title", markup=False)
            self.mount(title, before=0)
        if title is not None:
            title.display = shown
            title.update(Content("" if self.table.table is None else self.table.table.title))

    @property
    def notes(self) -> Notes:
        """The lines above the table."""
        return self.query(Notes).first(Notes)

    @property
    def progress_line(self) -> ProgressLine:
        """Where the screen says how far long work has come."""
        from criu_tui.widgets.progress import ProgressLine

        return ProgressLine.of(self.screen)

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

    def go_to(self, pid: int, address: int | None) -> None:
        """Moves the cursor to an address of the task shown; stays where nothing is there."""
        self.address = address
        row = None if self.table.view is None else self.table.view.find(pid, address)
        if row is not None:
            self.table.select(row)

    def on_virtual_table_highlighted(self, event: VirtualTable.Highlighted) -> None:
        event.stop()
        self._selected()

    def _selected(self) -> None:
        table, row = self.table.table, self.table.row
        if table is not None and row is not None:
            pid, span = table.place(table.rows[row])
            if span is not None:
                self.address = span.start
            self.post_message(self.Selected(self, pid, span.start if span else None))

    # Order and filter

    def _arrange(self, sort: Sort | None, text: str, row: int | None = None) -> None:
        """Sorts and narrows the table shown; a very long one in a thread, with progress.

        The cursor then is on `row`, or where it was.
        """
        view = self.table.view
        if view is None:
            return
        self._stop_work()
        wanted = None
        if text.strip():
            from criu_tui.core.tables.filter import FilterError, parse

            try:
                wanted = parse(text, view.table)
            except FilterError as error:
                # What was shown stays, so that a term half typed does not make the rows jump.
                self._say(str(error), Tone.WARNING)
                return
        self.filter_text, self._sort = text, sort
        if wanted:
            self._last_filter = text
        if sort == view.sort and not wanted and not view.filter:
            self._shown_text = text
            self._say_state()
            if row is not None:
                self.table.select(row)
                self._selected()
        elif len(view.table.rows) > KEPT_TEXTS:
            from criu_tui.core.base.progress import Progress

            self._work = Progress("filtering" if wanted else "sorting")
            self._arrange_long(view, sort, wanted, row, self._work, self.progress_line)
        else:
            self._show_arranged(view.arranged(sort, wanted), row)

    @work(thread=True, group="arrange")
    def _arrange_long(
        self,
        view: View[Any],
        sort: Sort | None,
        wanted: Filter[Any] | None,
        row: int | None,
        progress: Progress,
        line: ProgressLine,
    ) -> None:
        from criu_tui.core.base.progress import CancelledError

        made = None
        with line.during(progress), suppress(CancelledError):
            made = view.arranged(sort, wanted, progress)
        self.app.call_from_thread(self._end_work, progress, made, row)

    def _end_work(self, work: Progress, view: View[Any] | None, row: int | None) -> None:
        """Shows what a thread has made, unless it has been cancelled or something else asked for since."""
        if work is not self._work:
            return
        if work.cancelled or view is None:
            self._stop_work()
            return
        self._work = None
        if self.table.table is view.table:
            self._show_arranged(view, row)

    def _stop_work(self) -> None:
        """What is shown stays."""
        if self._work is not None:
            self._work.cancel()
            self._work = None
            self.filter_text = self._shown_text
            self._sort = None if self.table.view is None else self.table.view.sort

    def _show_arranged(self, view: View[Any], row: int | None = None) -> None:
        before = self.table.row
        self.table.show(view, row)
        self._shown_text = self.filter_text
        self._say_state()
        if self.table.row not in (before, None):
            # The selection is always the row that is seen to be selected.
            self._selected()

    def _say_state(self) -> None:
        """How many rows there are and by what rule, while it is not all of them in their own order."""
        view = self.table.view
        if view is None:
            return
        said = []
        if view.filter:
            said.append(f"{view.count} rows with {self._shown_text.strip()}")
        if view.sort is not None:
            title = view.table.columns[view.sort.column].title or "mark"
            said.append(f"by {title}, {'largest' if view.sort.descending else 'smallest'} first")
        undo = "all rows" if view.filter else "their own order"
        self._say(f"{'; '.join(said)}; esc: {undo}" if said else "")

    def _say(self, text: str, tone: Tone = Tone.NOTE) -> None:
        said = next(iter(self.query(".state").results(Notes)), None)
        if said is None and text:
            said = Notes(limit=2, classes="state")
            self.mount(said, after=self.table)
        if said is not None:
            said.show([(tone, text)] if text else [])

    def action_sort(self, step: int) -> None:
        """The next column's order, and after the last one the table's own."""
        view = self.table.view
        if view is None:
            return
        columns = len(view.table.columns)
        current = columns if view.sort is None else view.sort.column
        following = (current + step) % (columns + 1)
        self._arrange(None if following == columns else _usual(view.table, following), self.filter_text)

    def action_sort_by(self, column: int) -> None:
        """By a column; the other way round when it is that one already."""
        view = self.table.view
        if view is not None:
            again = view.sort is not None and view.sort.column == column
            self.action_reverse() if again else self._arrange(_usual(view.table, column), self.filter_text)

    def action_reverse(self) -> None:
        """The other way round."""
        view = self.table.view
        if view is not None:
            sort = view.sort or Sort(0)
            self._arrange(Sort(sort.column, not sort.descending), self.filter_text)

    @on(VirtualTable.HeaderClicked)
    def header_clicked(self, event: VirtualTable.HeaderClicked) -> None:
        event.stop()
        self.action_sort_by(event.column)

    def action_match(self, step: int) -> None:
        """The next row that the filter matches, also among all rows after the filter is gone."""
        view = self.table.view
        if view is None:
            return
        if not self._last_filter:
            self._say("no filter yet: / asks for one", Tone.WARNING)
            return
        from criu_tui.core.tables.filter import parse

        found = view.match(parse(self._last_filter, view.table), self.table.cursor + step, step)
        if found is None:
            self._say(f"no row with {self._last_filter}", Tone.WARNING)
        else:
            self.table.action_move_to(found)

    def action_back(self) -> None:
        """Cancels what runs, else shows all rows, else in their own order."""
        if self.progress_line.cancel():
            return
        view = self.table.view
        if view is not None:
            self._arrange(view.sort if view.filter else None, "")

    # Asking for a line

    async def ask(self, purpose: Purpose, text: str = "", hint: str = "") -> None:
        """Opens the line to type on; the answer comes as a message of Prompt."""
        from criu_tui.widgets.prompt import Prompt

        await self.query(Prompt).remove()
        prompt = Prompt(purpose, self.front, text, hint)
        await self.mount(prompt)
        # At once, since the next keys may be here already.
        self.screen.set_focus(prompt.line)

    async def action_filter(self) -> None:
        """Asks for words and terms; rows are narrowed while they are typed."""
        view = self.table.view
        self._row_before = self.table.row
        columns = () if view is None else (*view.table.columns, *view.table.hidden)
        names = " ".join(f"{column.title.casefold().replace(' ', '')}:" for column in columns if column.title)
        await self.ask(Purpose.FILTER, self.filter_text, f"words, {names} addr:  (size:>1G prot:w -type:file)")

    def _filter_by(self, text: str, row: int | None = None) -> None:
        view = self.table.view
        if text == self.filter_text and row is None:
            self._say_state()
        elif view is not None:
            self._arrange(view.sort, text, row)

    async def action_goto(self) -> None:
        """Asks for a place to go to."""
        await self.ask(Purpose.GO_TO, hint="address, +1M, -4K, heap, stack, vdso, or part of a path")

    def on_prompt_typed(self, event: Prompt.Typed) -> None:
        event.stop()
        if event.purpose is Purpose.FILTER:
            self._filter_by(event.text)

    def on_prompt_stepped(self, event: Prompt.Stepped) -> None:
        event.stop()
        self.table.action_move(event.rows)

    async def on_prompt_answered(self, event: Prompt.Answered) -> None:
        from criu_tui.core.report import place

        event.stop()
        await event.prompt.remove()
        if event.purpose is Purpose.FILTER:
            self._filter_by(event.text)
        elif event.purpose is Purpose.GO_TO and self.report is not None and event.text.strip():
            try:
                found = place.go_to(self.report, self.pid, event.text, self.here)
            except place.NowhereError as error:
                self._say(str(error), Tone.WARNING)
            else:
                self._say_state()
                self.jump(found.pid, found.address)
        elif event.purpose is Purpose.EXPORT and event.text.strip():
            self._export(event.text, self.progress_line)

    async def on_prompt_given_up(self, event: Prompt.GivenUp) -> None:
        event.stop()
        await event.prompt.remove()
        if event.purpose is Purpose.FILTER:
            self._filter_by("", self._row_before)

    def jump(self, pid: int, address: int) -> None:
        """Goes to a place and takes the other panes along; shows all rows when the filter hides it."""
        if pid == self.pid:
            self.unhide(pid, address)
            self.go_to(pid, address)
        self.post_message(self.Selected(self, pid, address, asked_for=True))

    def unhide(self, pid: int, address: int) -> None:
        """Shows all rows when the filter hides the one at an address of the task shown."""
        view = self.table.view
        row = None if view is None else view.find(pid, address)
        if view is not None and row is not None and view.position(row) is None:
            self._arrange(view.sort, "", row)

    # The selected row

    def action_detail(self) -> None:
        """Asks for a screen with everything known of the selected row."""
        table, row = self.table.table, self.table.row
        if table is None or row is None or self.report is None:
            self._say("no row here", Tone.WARNING)
            return
        from criu_tui.core.report import detail

        pid, span = table.place(table.rows[row])
        lines = list(detail.row(table, row))
        if pid in self.report.dump.pids and span is not None and pid is not None:
            lines = list(detail.everything(self.report, pid, span.start)) or lines
        self.post_message(self.DetailAsked(f"{self.label}: row {row + 1} of {len(table.rows):,}", lines))

    @property
    def _place(self) -> tuple[str, int, int | None]:
        """Pane, task and address, as a command line names them."""
        return self.opened_as or self.id or "", self.pid, self.here

    def action_copy(self) -> None:
        """The place: its address, the VMA, and the command line that opens exactly here."""
        from criu_tui.core.report import place

        if self.report is not None:
            lines = place.lines(self.report, *self._place)
            self._copy("\n".join(lines), f"{'address, VMA and ' if len(lines) > 2 else ''}command line")

    def action_copy_pane(self) -> None:
        """What the pane shows, as Markdown."""
        from criu_tui.widgets import clipboard

        if self.report is not None and self.written is not None:
            self._copy(self._markdown(self.written, clipboard.LIMIT - 4096), f"{self.label} as Markdown")

    @property
    def written(self) -> View[Any] | None:
        """What is copied or exported as text: the rows that are shown."""
        return self.table.view

    def _markdown(self, view: View[Any], limit: int) -> str:
        from criu_tui.core.report import markdown

        assert self.report is not None
        return markdown.text(self.report, *self._place, view, limit)

    @work(thread=True, group="copy")
    def _copy(self, text: str, what: str) -> None:
        from criu_tui.widgets import clipboard

        try:
            how = clipboard.copy(self.app, text)
        except clipboard.TooLongError as error:
            self.app.call_from_thread(self._say, str(error), Tone.WARNING)
        else:
            self.app.call_from_thread(self._say, f"copied {what} {how}")

    async def action_export(self) -> None:
        """Asks for the file to write."""
        await self.ask(Purpose.EXPORT, f"{self.id}-{self.pid}.txt", "a new file ending in .txt, .json, .md or .svg")

    @work(thread=True, group="export")
    def _export(self, name: str, line: ProgressLine) -> None:
        """Writes what the pane shows, or for .json all that it knows, to a new file."""
        import json

        from criu_tui.core.base.progress import CancelledError, Progress
        from criu_tui.core.report import export

        report, view = self.report, self.written
        if report is None or view is None:
            return
        progress = Progress("exporting")
        try:
            path = export.target(name, report.dump)
            with line.during(progress):
                if path.suffix == ".svg":
                    content = self.app.call_from_thread(self.app.export_screenshot, title=f"criu-tui {self.id}")
                elif path.suffix == ".json":
                    content = json.dumps(self.json()) + "\n"
                elif path.suffix == ".md":
                    content = self._markdown(view, EXPORTED)
                else:
                    content = "".join(f"{row}\n" for row in _watched(progress, view))
                if progress.cancelled:
                    raise CancelledError
                count = export.write(path, content)
        except export.ExportError as error:
            self.app.call_from_thread(self._say, str(error), Tone.WARNING)
        except CancelledError:
            self.app.call_from_thread(self._say, "nothing exported", Tone.WARNING)
        else:
            self.app.call_from_thread(self._say, f"wrote {size(count)} to {display_safe(str(path))}")

    def json(self) -> dict[str, Json]:
        """What the pane knows, for programs, as --print prints it."""
        from criu_tui.core.report import printed

        assert self.report is not None
        name = self.printed_as or self.id or ""
        return printed.json(self.report, name, self.pid if PRINTED[name].of_task else None)


def _watched(progress: Progress, view: View[Any]) -> Iterator[str]:
    """The title and text of a view, until nobody waits for them."""
    yield view.table.title
    for done, line in enumerate(view.text()):
        if done % STEP == 0:
            progress.check(done, len(view))
        yield line


def _usual(table: Table[Any], column: int) -> Sort:
    """The direction people want first: the largest amounts, the lowest addresses, words from A."""
    chosen = table.columns[column]
    amounts = chosen.right and chosen.sort is not None
    return Sort(column, descending=amounts)


def _same_column(sort: Sort | None, before: Table[Any], table: Table[Any]) -> Sort | None:
    """The order of a table for the one that has been built anew, by the title of its column."""
    if sort is None:
        return None
    title = before.columns[sort.column].title
    found = next((i for i, column in enumerate(table.columns) if column.title == title), None)
    return None if found is None else Sort(found, sort.descending)
