"""Any pane of a guest without the checkpoint: rows that the host sends, in the order and by the filter asked of it.

Nothing is kept of what is not seen: rows are asked for when they come on screen.
"""

from __future__ import annotations

import asyncio
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.content import Content

from criu_tui.commands import PANE, REMOTE
from criu_tui.core.report.questions import ROWS, Question, Sought
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.report.remote import RemoteReport, TakenRows
from criu_tui.core.tables.table import Tone
from criu_tui.core.tables.terms import Filter, Word
from criu_tui.core.tables.view import Sort, View
from criu_tui.panes.arranging import Arranging
from criu_tui.panes.asking import Asking
from criu_tui.panes.pane import Pane
from criu_tui.panes.resting import REST
from criu_tui.panes.selection import DetailAsked, Narrowed, Selected
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.base.json import Json
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection

STAY = frozenset({"overview", "log", "images"})
"""Panes whose cursor selects nothing elsewhere."""


class RemotePane(Pane):
    """One for all ids; what it shows is the host's."""

    DEFAULT_CSS = """
    RemotePane > #explained { height: auto; max-height: 8; }
    """
    explains = "explained"
    explained = 2
    about: ClassVar[str] = (
        "The rows of this pane as sent by the host, who has the checkpoint, and filters and sorts them; enter asks for "
        "all that is known of a row. No picture is sent, and bytes of memory and values of the environment only while "
        "the host allows them."
    )
    commands = REMOTE + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(REMOTE + PANE))

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(selection, **options)
        self.order = RemoteArranging(self)
        self.arranging = self.order
        self._section = 0
        self._values = False
        """The values of the environment are sought."""

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Notes("explained", limit=8, keeps=1)

    @cached_property
    def asking(self) -> Asking:
        """The line to type on; places are looked for by the host."""
        return RemoteAsking(self)

    @property
    def _remote(self) -> RemoteReport | None:
        return self.report if isinstance(self.report, RemoteReport) else None

    @property
    def _rows(self) -> TakenRows | None:
        table = self.table.table
        return table.rows if table is not None and isinstance(table.rows, TakenRows) else None

    # What is shown

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows the first rows; at another place, or in another order, they are asked for once more."""
        self.take(selection)
        self.show_table(table, None)
        if self.question != Question(Sought.TABLE, self.id or "", self.selection.pid):
            self.reload()

    @property
    def question(self) -> Question:
        """What the table is asked for by now."""
        sort = self.order.sort
        return Question(
            Sought.TABLE,
            self.id or "",
            self.selection.pid,
            self.address if SHOWN[self.id or ""].addresses else None,
            section=self._section,
            text=self.arranging.filter_text,
            column=None if sort is None else sort.column,
            descending=sort is not None and sort.descending,
            values=self._values,
        )

    def reload(self) -> None:
        """Asks for the table anew."""
        report = self._remote
        if report is not None and self.selection.pid is not None:
            self.ask_host("table", self._load, report, self.question)

    def ask_host(self, group: str, work: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
        """Has the last question of a group asked; what was asked before is not waited for any more."""
        begun: Any = partial(work, *arguments)
        self.run_worker(begun, group=group, exclusive=True)

    async def _load(self, report: RemoteReport, asked: Question) -> None:
        answer = await asyncio.wrap_future(report.ask(asked))
        if report is not self.report or asked != self.question:
            return
        if answer.reason and asked.section:
            # There is no further table.
            self._section = 0
            self.reload()
        elif answer.reason and (asked.text or asked.column is not None):
            # What was shown stays, so that a term half typed does not make the rows jump.
            self.order.refused()
            self.say(answer.reason, Tone.WARNING)
        else:
            self.show_table(report.table(asked, answer), answer.at)

    def show_table(self, table: Table[Any], row: int | None) -> None:
        """Shows rows that have come, with the cursor on a row."""
        if isinstance(table.rows, TakenRows):
            table.rows.wanting = partial(self.call_later, self._fetch)
        view = View(table)
        self.order.arranged(view)
        self.notes.show(table.notes)
        self.table.show(view, 0 if row is None else row)
        self.border_title = Content(table.title)
        self.give_room()
        self.arranging.say_state()
        self._explain()

    def _fetch(self) -> None:
        report, rows = self._remote, self._rows
        if report is not None and rows is not None and rows.missing:
            first = max(0, min(rows.missing) - ROWS // 4)
            self.ask_host("rows", self._take, report, rows, first)

    async def _take(self, report: RemoteReport, rows: TakenRows, first: int) -> None:
        asked = rows.asked._replace(sought=Sought.ROWS, first=first)
        answer = await asyncio.wrap_future(report.ask(asked))
        if rows.missing.intersection(row.at for row in answer.rows):
            # Without any of them nobody asks again: what does not come is not asked for without end.
            rows.missing.clear()
        rows.take(answer.rows)
        if rows is self._rows:
            self.table.read_again()

    # The selection

    def go_to(self, pid: int, address: int | None) -> None:
        """Moves the cursor to an address, which the host may have to find; stays where rows are no addresses."""
        rows, report = self._rows, self._remote
        if not SHOWN[self.id or ""].addresses or rows is None or report is None or address is None:
            return
        found = rows.find(pid, address)
        if found is not None:
            self.table.select(found)
            self._explain()
        elif self.id == "bytes":
            self.reload()
        else:
            asked = rows.asked._replace(sought=Sought.TABLE, task=pid, address=address)
            self.ask_host("place", self._find, report, rows, asked)

    async def _find(self, report: RemoteReport, rows: TakenRows, asked: Question) -> None:
        answer = await asyncio.wrap_future(report.ask(asked))
        if rows is self._rows and answer.at is not None and asked.address == self.address:
            rows.take(answer.rows)
            self.table.read_again()
            self.table.select(answer.at)
            self._explain()

    def selected(self) -> None:
        """Selects what the row is about, but for lines of the whole dump and of logs."""
        if self.id == "overview":
            self.post_message(Selected(self, None, None))
        elif self.id not in STAY:
            super().selected()
        self._explain()

    # What is told of a row

    def _explain(self) -> None:
        rows, row = self._rows, self.table.row
        if rows is None or row is None:
            self.query_one("#explained", Notes).show(())
        else:
            asked = rows.asked._replace(sought=Sought.EXPLAINED, first=row)
            self.ask_host("explained", self._tell, asked)

    async def _tell(self, asked: Question) -> None:
        await asyncio.sleep(REST)
        report = self._remote
        if report is not None:
            answer = await asyncio.wrap_future(report.ask(asked))
            if self.table.row == asked.first:
                self.query_one("#explained", Notes).show(answer.lines)

    def action_go_on(self) -> None:
        """To the pane that shows more of the row, else all that is known of it."""
        at, rows = self.table.row, self._rows
        row = None if at is None or rows is None else rows[at]
        leads = "" if row is None else row.leads or ("maps" if self.id == "log" and row.task else "")
        if row is None or not leads:
            self.action_detail()
            return
        if row.task is not None:
            start = None if row.span is None else row.span.start
            self.post_message(Selected(self, row.task, start, asked_for=start is not None))
        self.call_later(self.screen.run_action, f"pane('{leads}')")

    def action_detail(self) -> None:
        """Everything known of the row, as the host tells it."""
        rows, row, report = self._rows, self.table.row, self._remote
        if rows is None or row is None or report is None:
            self.say("no row here", Tone.WARNING)
        else:
            asked = rows.asked._replace(sought=Sought.DETAIL, first=row)
            self.ask_host("detail", self._detail, report, asked, len(rows))

    async def _detail(self, report: RemoteReport, asked: Question, count: int) -> None:
        answer = await asyncio.wrap_future(report.ask(asked))
        lines = [*answer.lines, *([(Tone.WARNING, answer.reason)] if answer.reason else [])]
        self.post_message(DetailAsked(f"{self.label}: row {asked.first + 1} of {count:,}", lines))

    def action_section(self, step: int) -> None:
        """The next table of the pane, or the one before."""
        self._section = max(0, self._section + step)
        self.order.forget()
        self.reload()

    def action_values(self) -> None:
        """Between names alone and the values of the environment, if the host allows it."""
        self._values = not self._values
        self.reload()

    # What leaves the pane

    @property
    def written(self) -> View[Any] | None:
        """The rows that have come."""
        table, rows = self.table.table, self._rows
        return None if table is None or rows is None else View(table.of(rows.known()))

    def json(self) -> dict[str, Json]:
        """The rows that have come, as they are shown."""
        table, rows = self.table.table, self._rows
        assert table is not None
        return {
            "pane": self.id,
            "columns": [column.title for column in table.columns],
            "rows": [list(row.cells) for row in (() if rows is None else rows.known())],
        }

    def action_copy_report(self, redacted: bool) -> None:
        """Only who has the checkpoint can make one."""
        self.say("a report needs the checkpoint itself, which the host has", Tone.WARNING)


class RemoteArranging(Arranging):
    """Has the host sort and narrow."""

    _pane: RemotePane

    @property
    def sort(self) -> Sort | None:
        """The order asked for."""
        return self._sort

    def forget(self) -> None:
        """All rows in their own order are wanted from now on."""
        self.filter_text, self._sort = "", None

    def arranged(self, view: View[Any]) -> None:
        """These are the rows that were asked for."""
        if self._sort is not None and self._sort.column < len(view.table.columns):
            view.sort = self._sort
        text = self._shown_text = self.filter_text
        view.filter = Filter((Word(text),)) if text.strip() else None
        self._pane.post_message(Narrowed())

    def refused(self) -> None:
        """What was asked for means nothing: what is shown is what is wanted."""
        self.filter_text, self._sort = self._shown_text, None if self.view is None else self.view.sort

    def prepare(self) -> None:
        """The host looks for itself."""

    def arrange(self, sort: Sort | None, text: str, row: int | None = None) -> None:
        """Asks for the rows."""
        if self.view is not None and (sort, text) != (self._sort, self.filter_text):
            self._sort, self.filter_text = sort, text
            if text.strip():
                self._last_filter = text
            self._pane.reload()

    def unhide(self, pid: int, address: int) -> None:
        """Asks for all rows when the filter may hide the one at an address."""
        view = self.view
        if view is not None and self.filter_text and view.find(pid, address) is None:
            self.arrange(self._sort, "")

    def go_to_match(self, step: int) -> None:
        """To the next row: those that are shown are those that match."""
        if self.filter_text:
            self._pane.table.action_move(step)
        else:
            self._pane.say("only with the checkpoint here; / narrows the rows", Tone.WARNING)


class RemoteAsking(Asking):
    """Has the host look for places."""

    _pane: RemotePane

    def _go_to(self, text: str) -> None:
        report = self._pane.report
        if isinstance(report, RemoteReport):
            asked = Question(
                Sought.PLACE, self._pane.id or "", self._pane.selection.pid, self._pane.here, text=text.strip()[:200]
            )
            self._pane.ask_host("place", self._ask_host, report, asked)

    async def _ask_host(self, report: RemoteReport, asked: Question) -> None:
        answer = await asyncio.wrap_future(report.ask(asked))
        if answer.task is None or answer.address is None:
            self._pane.say(answer.reason or "nowhere", Tone.WARNING)
        else:
            self._pane.arranging.say_state()
            self._pane.jump(answer.task, answer.address)
