"""Pane 7: the bytes at the selected address, and a search in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.message import Message

from criu_tui.commands import BYTES, PANE
from criu_tui.core.contents import PageBytes
from criu_tui.core.hexdump import HexDump
from criu_tui.core.progress import Measure, Progress
from criu_tui.core.report import contents, search
from criu_tui.core.search import Hit, PatternError, Unread, parse_query
from criu_tui.core.search import search as search_bytes
from criu_tui.core.table import Tone
from criu_tui.core.view import View
from criu_tui.panes.pane import Pane
from criu_tui.widgets.address_view import AddressView
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.hex_view import HexView
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.progress import ProgressLine
from criu_tui.widgets.prompt import Prompt, Purpose

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from criu_tui.core.memory import Vma
    from criu_tui.core.report import Report
    from criu_tui.core.search import Pattern, Where
    from criu_tui.core.table import Table

HITS_KEPT = 100_000
"""More are counted, not listed."""
SHOWN_AT_ONCE = 512
"""Hits found before the list is drawn again."""


class BytesPane(Pane):
    DEFAULT_CSS = """
    BytesPane > VirtualTable { height: 40%; border-top: solid $panel; display: none; }
    BytesPane.searched > VirtualTable { display: block; }
    """
    about: ClassVar[str] = (
        "Memory as dumped, 16 bytes a line. *: lines like the one above; ⋯: no bytes, and why. Below: where the page "
        "lies, the bytes as numbers and as a pointer. A search takes text, hex:7f454c46, re:EXPRESSION or "
        "strings:LENGTH; before it in:vma, in:dump, addr:START-END, prot:rw, type:heap."
    )
    commands = BYTES + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(BYTES + PANE))

    class Found(Message):
        """Hits so far; `note` is set at the end."""

        def __init__(self, table: Table[Hit], note: tuple[Tone, str] | None) -> None:
            super().__init__()
            self.table = table
            self.note = note

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._pages: PageBytes | None = None
        self._query = ""

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield HexView(id="hex")
        yield Notes("values", limit=2, wrap=False)

    def on_mount(self) -> None:
        self.move_child(self.hex, after=self.notes)
        self.move_child(self.query_one("#values"), after=self.hex)

    def on_unmount(self) -> None:
        if self._pages is not None:
            self._pages.close()

    @property
    def hex(self) -> HexView:
        return self.query_one(HexView)

    @property
    def front(self) -> Widget:
        return self.hex

    @property
    def row_address(self) -> int | None:
        return self.hex.address if self.hex.dump is not None else None

    @classmethod
    def build(cls, report: Report, pid: int) -> Table[Hit]:
        return search.table(report, ())

    def fill(self, report: Report, table: Table[Any], pid: int, address: int | None) -> None:
        if self.report is None or self.report.dump is not report.dump or self._pages is None:
            if self._pages is not None:
                self._pages.close()
            self._pages = PageBytes(report.dump)
            super().fill(report, table, pid, address)
            self.remove_class("searched")
        self.report, self.pid = report, pid
        first = next(iter(report.dump.address_space(pid).vmas), None) if pid in report.dump.pids else None
        where = address if address is not None or first is None else first.start
        self.hex.show(HexDump(report.dump, pid, self._pages) if first is not None else None, where)
        self._say_place()

    def go_to(self, pid: int, address: int | None) -> None:
        self.address = address
        if address is not None and self.hex.dump is not None and pid == self.pid:
            self.hex.go_to(address)
            self._say_place()

    @property
    def _vma(self) -> Vma | None:
        return None if self.hex.dump is None else self.hex.dump.mapped.at(self.hex.address)

    def _say_place(self) -> None:
        vma, dump = self._vma, self.hex.dump
        lines = [(Tone.DIM, "not mapped")]
        if vma is not None and dump is not None and self.report is not None and self._pages is not None:
            lines = [
                contents.place_line(self.report, self._pages, self.pid, vma, self.hex.address),
                contents.value_line(self.report, dump, self.pid, self.hex.address),
            ]
        self.query_one("#values", Notes).show(lines)

    @on(AddressView.Moved)
    def moved(self, event: AddressView.Moved) -> None:
        event.stop()
        self.address = event.address
        self._say_place()
        self.post_message(self.Selected(self, self.pid, event.address))

    def jump(self, pid: int, address: int) -> None:
        if pid == self.pid:
            self.go_to(pid, address)
        self.post_message(self.Selected(self, pid, address))

    # Search

    async def action_search(self) -> None:
        await self.ask(
            Purpose.SEARCH, self._query, "text, hex:7f454c46, re:EXPRESSION, strings:8; before it in:vma ..."
        )

    @on(Prompt.Answered)
    async def answered(self, event: Prompt.Answered) -> None:
        if event.purpose is not Purpose.SEARCH:
            await super().answered(event)
            return
        event.stop()
        await self.query(Prompt).remove()
        if self.report is None or not event.text:
            return
        self._query = event.text
        try:
            wanted, where = parse_query(event.text, self.pid, self._vma)
        except PatternError as error:
            self._say(str(error), Tone.WARNING)
            return
        self._search(self.report, wanted, where)

    @work(thread=True, exclusive=True, group="search")
    def _search(self, report: Report, wanted: Pattern, where: Where) -> None:
        hits: list[Hit] = []
        found, unread, drawn = 0, 0, 0
        progress = Progress("searching", Measure.BYTES)
        try:
            with self.screen.query_one(ProgressLine).during(progress):
                for item in search_bytes(report.dump, wanted, where):
                    if progress.cancelled:
                        break
                    if isinstance(item, Hit):
                        found += 1
                        if found <= HITS_KEPT:
                            hits.append(item)
                    elif isinstance(item, Unread):
                        unread += item.span.size
                    else:
                        progress.update(item.done, item.total)
                        if len(hits) - drawn >= SHOWN_AT_ONCE or (hits and not drawn):
                            drawn = len(hits)
                            self.post_message(self.Found(search.table(report, tuple(hits)), None))
        except PatternError as error:
            note = (Tone.WARNING, str(error))
        else:
            note = search.outcome_note(found, len(hits), unread, wanted, cancelled=progress.cancelled)
        self.post_message(self.Found(search.table(report, tuple(hits)), note))

    def on_bytes_pane_found(self, event: Found) -> None:
        event.stop()
        first = not self.has_class("searched") or self.table.table is None or not self.table.table.rows
        self.set_class(bool(event.table.rows), "searched")
        view = View(event.table)
        self.table.show(view, 0 if first else self.table.row)
        if event.note is not None:
            self._say(event.note[1], event.note[0])
            if event.table.rows:
                self.action_hit(0)

    def action_hit(self, step: int) -> None:
        """To the next hit in the list, or back."""
        view = self.table.view
        if view is None or not len(view):
            self._say("nothing searched yet: / asks for it", Tone.WARNING)
            return
        self.table.action_move_to(max(0, min(len(view) - 1, self.table.cursor + step)))
        hit = view.table.rows[view.order[self.table.cursor]]
        self.jump(hit.pid, hit.address)

    def action_hits(self) -> None:
        """Between the list of hits and the bytes."""
        if self.has_class("searched") and not self.table.has_focus:
            self.table.focus()
        else:
            self.hex.focus()

    def action_back(self) -> None:
        if self.screen.query_one(ProgressLine).cancel():
            return
        if self.table.has_focus:
            self.hex.focus()
        else:
            self.remove_class("searched")
            self._say("")
