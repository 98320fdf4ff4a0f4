"""Pane 7: the bytes at the selected address, and a search in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.message import Message

from criu_tui.commands import BYTES, PANE
from criu_tui.core.base.progress import Measure, Progress
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import address
from criu_tui.core.drawings.hexdump import HexDump, HexLine
from criu_tui.core.pages.contents import Advance
from criu_tui.core.pages.pattern import PatternError
from criu_tui.core.pages.query import parse_query
from criu_tui.core.pages.search import Hit
from criu_tui.core.pages.search_beside import BesideHit, search_all
from criu_tui.core.report import contents, detail, search
from criu_tui.core.report.printed_json import SCHEMA
from criu_tui.core.tables.table import Tone
from criu_tui.core.tables.view import View
from criu_tui.panes.pane import Pane
from criu_tui.panes.resting import Resting
from criu_tui.panes.selection import DetailAsked, Selected
from criu_tui.panes.shown_pages import ShownPages
from criu_tui.widgets.address_view import AddressView
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.hex_view import HexView
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.prompt import Prompt
from criu_tui.widgets.purpose import Purpose

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.pattern import Pattern
    from criu_tui.core.pages.query import Where
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection
    from criu_tui.widgets.progress import ProgressLine

SHOWN_AT_ONCE = 512
"""Hits found before the list is drawn again."""


class BytesPane(Pane):
    DEFAULT_CSS = """
    BytesPane > VirtualTable { height: 40%; border-top: solid $border-blurred; display: none; }
    BytesPane.searched > VirtualTable { display: block; }
    """
    about: ClassVar[str] = (
        "Memory as dumped. *: lines like the one above; ⋯: no bytes, and why. Below: where the page lies, the bytes as "
        "numbers and a pointer. A search takes text, hex:7f454c46, re:EXPRESSION or strings:LENGTH; before it in:vma, "
        "in:dump, addr:START-END, prot:rw, type:heap; it finds data in flight too."
    )
    commands = BYTES + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(BYTES + PANE))

    class Found(Message):
        """Hits so far; `note` is set at the end."""

        def __init__(
            self, search: Progress, table: Table[Hit | BesideHit], note: tuple[Tone, str] | None = None
        ) -> None:
            super().__init__()
            self.search = search
            self.table = table
            self.note = note

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(selection, **options)
        self._shown = ShownPages()
        self._query = ""
        self._outcome: tuple[Tone, str] = (Tone.PLAIN, "")
        """What the latest search has come to."""
        self._beside: BesideHit | None = None
        """The hit beside memory that was gone to; None once one is in memory again."""
        self._searching: Progress | None = None
        """The latest search; what an earlier one still finds is not shown."""
        self._resting = Resting(self)

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield HexView(id="hex")
        yield Notes("values", limit=3, wrap=False)

    def on_mount(self) -> None:
        self.move_child(self.hex, after=self.notes)
        self.move_child(self.query_one("#values"), after=self.hex)

    def on_unmount(self) -> None:
        self._leave_dump()

    @property
    def hex(self) -> HexView:
        return self.query_one(HexView)

    @property
    def front(self) -> Widget:
        return self.hex

    @property
    def row_address(self) -> int | None:
        return self.hex.address if self.hex.dump is not None else None

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        """Shows the bytes at an address, else at the task's first; hits of a search in the same dump stay."""
        report, pid = selection.report, selection.pid or 0
        if report is None:
            return
        first = next(iter(report.dump.address_space(pid).vmas), None) if pid in report.dump.pids else None
        where = selection.address if selection.address is not None or first is None else first.start
        if self._shown.dump is not report.dump:
            self._leave_dump()
            super().fill(selection, table)
        pages = self._shown.open(report.dump)
        self.take(selection._replace(address=where))
        self.hex.show(HexDump(report.dump, pid, pages) if first is not None else None, where)
        self._say_place()

    def retire(self) -> None:
        self._leave_dump()
        self.hex.show(None)
        super().retire()

    def _leave_dump(self) -> None:
        """Closes the files of a dump, and lets go of what was found there."""
        if self._searching is not None:
            self._searching.cancel()
        self._shown.close()
        self._searching, self._beside, self._query = None, None, ""
        self._outcome = Tone.PLAIN, ""
        self.remove_class("searched")

    def say_state(self) -> None:
        """What the search has come to."""
        tone, words = self._outcome
        self.say(words, tone)

    def _compare(self) -> None:
        """Marks what differs in another checkpoint, once its pages have been compared."""
        if self._shown.compare(self.report, self.hex.dump, self.pid):
            self.hex.show_differing(self._shown.differing)

    def watch_selection(self, selection: Selection) -> None:
        """Follows the cursor of another pane once that rests: nearly all that is shown is drawn anew each time."""
        self._resting.stop()
        if self.display and selection.by not in ("", self.id) and not selection.asked_for:
            self._resting.then(self.follow)
        else:
            super().watch_selection(selection)

    def on_descendant_focus(self) -> None:
        """Catches up with the cursor of the other pane before keys reach this one."""
        if self._resting.stop():
            self.follow()

    def go_to(self, pid: int, address: int | None) -> None:
        if address is not None and self.hex.dump is not None and pid == self.pid:
            self.hex.go_to(address)
            self._say_place()

    @property
    def _vma(self) -> Vma | None:
        return None if self.hex.dump is None else self.hex.dump.mapped.at(self.hex.address)

    def _say_place(self) -> None:
        self._compare()
        vma, dump = self._vma, self.hex.dump
        none = "not mapped" if dump is not None or self.report is None else self.report.no_memory(self.pid)
        lines = [(Tone.DIM, none)]
        pages, differing = self._shown.bytes, self._shown.differing
        if vma is not None and dump is not None and self.report is not None and pages is not None:
            lines = [
                contents.place_line(self.report, pages, self.pid, vma, self.hex.address),
                contents.value_line(self.report, dump, self.pid, self.hex.address),
            ]
            if differing is not None:
                lines.append(contents.other_line(differing, self.hex.address))
        self.query_one("#values", Notes).show(lines)

    @on(AddressView.Moved)
    def moved(self, event: AddressView.Moved) -> None:
        event.stop()
        self.note(event.address)
        self._beside = None
        # What was said of an earlier place is not said of this one.
        self.say_state()
        self._say_place()
        self.post_message(Selected(self, self.pid, event.address))

    def jump(self, pid: int, address: int) -> None:
        if pid == self.pid:
            self.note(address)
            self.go_to(pid, address)
        self.post_message(Selected(self, pid, address))

    # Search

    async def action_search(self) -> None:
        before = f"; before: {self._query}" if self._query else ""
        await self.asking.ask(Purpose.SEARCH, hint=f"text, hex:7f454c46, re:a.*b, strings:8, in:vma TEXT{before}")

    @on(Prompt.Answered)
    def search_answered(self, event: Prompt.Answered) -> None:
        """The pattern is there; every other answer is a matter of all panes."""
        if event.purpose is not Purpose.SEARCH or self.report is None or not event.text:
            return
        self._query = event.text
        try:
            wanted, where = parse_query(event.text, self.pid, self._vma)
        except PatternError as error:
            self.say(display_safe(str(error)), Tone.WARNING)
            return
        if self._searching is not None:
            self._searching.cancel()
        self._searching = Progress("searching", Measure.BYTES)
        self._show_hits(search.table(self.report, ()))
        self._search(self.report, wanted, where, self._searching, self.progress_line)

    @work(thread=True, group="search")
    def _search(self, report: Report, wanted: Pattern, where: Where, progress: Progress, line: ProgressLine) -> None:
        found, drawn = search.Gathered(wanted), 0
        try:
            with line.during(progress):
                for item in search_all(report.dump, wanted, where):
                    if progress.cancelled:
                        break
                    if not isinstance(item, Advance):
                        found.take(item)
                        continue
                    progress.update(item.done, item.total)
                    if len(found) - drawn >= SHOWN_AT_ONCE or (len(found) and not drawn):
                        drawn = len(found)
                        self.post_message(self.Found(progress, found.table(report)))
            note = found.note(cancelled=progress.cancelled)
        except PatternError as error:
            note = Tone.WARNING, str(error)
        self.post_message(self.Found(progress, found.table(report), note))

    def on_bytes_pane_found(self, event: Found) -> None:
        event.stop()
        if event.search is not self._searching:
            return
        self._show_hits(event.table)
        if event.note is not None:
            self._outcome = event.note
            self.say_state()
            if event.table.rows:
                self.action_hit(0)

    def _show_hits(self, table: Table[Hit | BesideHit]) -> None:
        """Lists hits, the cursor where it was among them."""
        before = self.table.row
        self.set_class(bool(table.rows), "searched")
        self.table.show(View(table), before or 0)

    def action_hit(self, step: int) -> None:
        """To the next hit in the list, or back; without a search to the next change."""
        self._compare()
        view = self.table.view
        differing = self._shown.differing
        if (view is None or not len(view)) and differing is not None:
            here = self.hex.address
            found = differing.after(here) if step > 0 else differing.before(here)
            if found is None:
                self.say("no change further on", Tone.NOTE)
            else:
                self.jump(self.pid, found)
            return
        if view is None or not len(view):
            self._outcome = self._outcome if self._query else (Tone.WARNING, "nothing searched yet: / asks for it")
            self.say_state()
            return
        self.table.select(view.order[max(0, min(len(view) - 1, self.table.cursor + step))])
        self.selected()

    def selected(self) -> None:
        """The bytes follow the list of hits."""
        table, row = self.table.table, self.table.row
        hit = None if table is None or row is None else table.rows[row]
        self._beside = hit if isinstance(hit, BesideHit) else None
        if isinstance(hit, Hit):
            self.jump(hit.pid, hit.address)
        elif self._beside is not None and self.report is not None:
            self.query_one("#values", Notes).show(search.beside_lines(self.report, self._beside))

    def action_hits(self) -> None:
        """Between the list of hits and the bytes."""
        if not self.has_class("searched"):
            self.say("nothing searched yet: / asks for it", Tone.WARNING)
        elif self.table.has_focus:
            self.screen.set_focus(self.hex)
        else:
            self.screen.set_focus(self.table)

    def action_back(self) -> None:
        if self.progress_line.cancel():
            return
        if self.table.has_focus:
            self.screen.set_focus(self.hex)
        else:
            self.remove_class("searched")
            self._outcome = Tone.PLAIN, ""
            self.say_state()

    def action_detail(self) -> None:
        """Everything known of the VMA that the byte is in; of a hit beside memory its bytes."""
        if self.report is not None and self._beside is not None:
            found = search.beside_detail(self.report, self._beside)
            self.post_message(DetailAsked(f"{self.label}: {self._beside.kept.name}", found))
        elif self.report is not None and self._vma is not None:
            lines = list(detail.everything(self.report, self.pid, self.hex.address))
            self.post_message(DetailAsked(f"{self.label}: {address(self.hex.address)}", lines))

    @property
    def written(self) -> View[Any] | None:
        """The hits while they are shown, else the bytes on screen."""
        if self.has_class("searched"):
            return super().written
        if self.report is None:
            return None
        lines = [line for line in self.hex.seen() if isinstance(line, HexLine)]
        return View(contents.bytes_table(self.report, self.pid, lines))

    def json(self) -> dict[str, Json]:
        """The place, its bytes and the hits."""
        assert self.report is not None
        table, view = self.table.table, self.hex.dump
        return {
            "schema": SCHEMA,
            **({} if view is None else contents.json(view, self.pid, self.hex.address)),
            "hits": [search.hit_json(self.report, hit) for hit in (table.rows if table is not None else ())],
        }
