"""Pane 2: which pages of each VMA are in the dump, and a heat map of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.message import Message

from criu_tui.commands import COVERAGE, PANE
from criu_tui.core import legend
from criu_tui.core.content_facts import ContentFacts, content_facts
from criu_tui.core.contents import PageBytes
from criu_tui.core.progress import Measure, Progress
from criu_tui.core.report import contents, coverage
from criu_tui.core.table import Tone
from criu_tui.panes.pane import Pane
from criu_tui.widgets.address_view import AddressView
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.heat_view import HeatView
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.progress import ProgressLine
from criu_tui.widgets.strip_view import StripView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.memory import Vma
    from criu_tui.core.report import Report
    from criu_tui.core.report.coverage import CoverageRow
    from criu_tui.core.table import Table
    from criu_tui.widgets.virtual_table import VirtualTable


class CoveragePane(Pane):
    DEFAULT_CSS = """
    CoveragePane > #heat { height: 1fr; border-top: solid $panel; }
    """
    about: ClassVar[str] = (
        "Pages of each VMA: present in this dump, in a parent, lazy (fetched later), absent (zeros or the file's). "
        "Above: the whole address space, a letter for each stretch (L: legend), ▲ where you are. "
        "Below: the heat map, a cell for one page or more; enter goes into it, and once more to the bytes."
    )
    commands = COVERAGE + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(COVERAGE + PANE))

    class Counted(Message):
        """What the bytes of a task come to."""

        def __init__(self, pid: int, facts: ContentFacts) -> None:
            super().__init__()
            self.pid = pid
            self.facts = facts

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._whole = True
        self._shown: tuple[int, Vma] | None = None
        self._facts: dict[int, ContentFacts] = {}

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield HeatView(id="heat")
        yield Notes("cell", limit=2, wrap=False)

    def on_mount(self) -> None:
        self.mount(StripView(), before=self.notes)

    @property
    def heat(self) -> HeatView:
        return self.query_one(HeatView)

    @classmethod
    def build(cls, report: Report, pid: int) -> Table[CoverageRow]:
        return coverage.table(report, pid)

    def fill(self, report: Report, table: Table[Any], pid: int, address: int | None) -> None:
        if self.report is not None and self.report.dump is not report.dump:
            self._facts.clear()
        self._shown = None
        super().fill(report, table, pid, address)
        self._note()
        self.query_one(StripView).show(report.dump.address_space(pid), address)
        self._draw(self.row_address if address is None else address)

    def go_to(self, pid: int, address: int | None) -> None:
        super().go_to(pid, address)
        self._draw(address)

    def on_virtual_table_highlighted(self, event: VirtualTable.Highlighted) -> None:
        super().on_virtual_table_highlighted(event)
        self._draw(self.address)

    # The heat map

    def _draw(self, address: int | None) -> None:
        """The heat map of the VMA at an address, its cursor there; drawn anew only when the VMA is another."""
        if self.report is None or address is None:
            return
        space = self.report.dump.address_space(self.pid)
        index = space.at(address)
        if index is None:
            return
        shown = (self.pid, space.vmas[index])
        vmas = space.vmas if self._whole else (space.vmas[index],)
        if self._shown is None or (not self._whole and self._shown != shown):
            self.heat.show_vmas(self.report.dump, self.pid, vmas, address)
        else:
            self.heat.go_to(address)
        self._shown = shown
        self.query_one(StripView).go_to(address)
        self._say_cell(shown[1], address)

    def _say_cell(self, vma: Vma, address: int) -> None:
        if self.report is None:
            return
        with PageBytes(self.report.dump) as pages:
            place = contents.place_line(self.report, pages, self.pid, vma, address)
        zoom = f"a cell {contents.cell_words(self.heat.pages)}  {legend.cells_line()}"
        self.query_one("#cell", Notes).show([place, (Tone.DIM, zoom)])

    @on(AddressView.Moved)
    def moved(self, event: AddressView.Moved) -> None:
        event.stop()
        super().go_to(self.pid, event.address)
        self._draw(event.address)
        self.post_message(self.Selected(self, self.pid, event.address))

    @on(HeatView.Zoomed)
    def zoomed(self, event: HeatView.Zoomed) -> None:
        event.stop()
        if self._shown is not None:
            self._say_cell(self._shown[1], self.heat.address)

    @on(StripView.Picked)
    def picked(self, event: StripView.Picked) -> None:
        event.stop()
        self.jump(self.pid, event.address)

    def action_heat(self) -> None:
        """From the table into the heat map, from there to the bytes."""
        if self.heat.has_focus:
            self.post_message(self.BytesAsked())
        else:
            self.heat.focus()

    def action_back(self) -> None:
        if self.heat.has_focus:
            self.table.focus()
        else:
            super().action_back()

    def action_whole(self) -> None:
        self._whole = not self._whole
        self._shown = None
        self._draw(self.heat.address)

    async def action_filter(self) -> None:
        """Narrows the table; among cells there is nothing to narrow, but bytes to search."""
        if self.heat.has_focus:
            self.post_message(self.BytesAsked(searching=True))
        else:
            await super().action_filter()

    # What the bytes come to

    @work(thread=True, exclusive=True, group="contents")
    def action_contents(self) -> None:
        """Reads every dumped page of the task, once."""
        report, pid = self.report, self.pid
        if report is None or pid in self._facts or pid not in report.dump.pids:
            return
        with self.screen.query_one(ProgressLine).during(Progress("reading pages", Measure.BYTES)) as progress:
            for item in content_facts(report.dump, pid):
                if progress.cancelled:
                    return
                if isinstance(item, ContentFacts):
                    self.post_message(self.Counted(pid, item))
                else:
                    progress.update(item.done, item.total)

    def on_coverage_pane_counted(self, event: Counted) -> None:
        event.stop()
        self._facts[event.pid] = event.facts
        self._note()

    def _note(self) -> None:
        table, facts = self.table.table, self._facts.get(self.pid)
        if table is not None:
            self.notes.show((*table.notes, *(() if facts is None else coverage.content_notes(facts))))
