"""Pane 2: which pages of each VMA are in the dump, and a heat map of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.message import Message

from criu_tui.commands import COVERAGE, PANE
from criu_tui.core.base.progress import Measure, Progress
from criu_tui.core.drawings import legend
from criu_tui.core.drawings.differing import LEGEND, sign_of_pages
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.differences.marks import PageMarks
from criu_tui.core.pages.totals import ContentFacts, content_facts
from criu_tui.core.report import contents, coverage
from criu_tui.core.tables.table import Tone
from criu_tui.panes.pane import Pane
from criu_tui.panes.selection import BytesAsked, Selected
from criu_tui.widgets.address_view import AddressView
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.heat_view import HeatView
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.strip_view import StripView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.differences.pages import PageDifferences
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection
    from criu_tui.widgets.progress import ProgressLine


MAP_LINES = 8
"""Lines without which the map is not worth showing beside rows: its own, those above and those below it."""
STRIP_LINES = 2
"""Lines of the address space above the rows."""


class CoveragePane(Pane):
    DEFAULT_CSS = """
    CoveragePane > #heat { height: 1fr; }
    CoveragePane.rows-alone > #heat, CoveragePane.map-alone > VirtualTable, CoveragePane.no-strip > StripView {
        display: none;
    }
    CoveragePane.rows-alone > #cell { max-height: 0; }
    """
    about: ClassVar[str] = (
        "Pages of each VMA: present in this dump, in a parent, lazy (fetched later), absent (zeros or the file's). "
        "Above: the address space, a letter for each stretch (L: legend); below it ▄ dumped, ▁ only charged, "
        "▲ where you are. "
        "Below: the heat map, a cell a page or more; enter goes in, then to bytes."
    )
    commands = COVERAGE + PANE
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(COVERAGE + PANE))

    class Counted(Message):
        """The bytes of a task have been read, or nobody waits for it any more."""

        def __init__(self, pid: int) -> None:
            super().__init__()
            self.pid = pid

    def __init__(self, selection: Selection, **options: Any) -> None:
        super().__init__(selection, **options)
        self._whole = True
        self._in_map = False
        """Whether the user has gone into the heat map."""
        self._planned: Report | None = None
        """The report of which the strip says what a restore is charged for, once that is known."""
        self._shown: tuple[int, Vma] | None = None
        self._marked: tuple[list[PageDifferences] | None, int] = None, 0
        """The pages that the cells tell apart, and of which task."""
        self._reading: tuple[int, Progress] | None = None
        """The task whose pages are being read."""

    def compose(self) -> ComposeResult:
        yield StripView()
        yield from super().compose()
        yield HeatView(id="heat")
        yield Notes("cell", limit=2, wrap=False)

    def give_room(self) -> None:
        """Shows the map beside the rows where both have room, else one of them; the strip wherever there is room."""
        both = not self.brief or self.spare >= MAP_LINES
        self.set_class(not (both or self._in_map or self.spare >= STRIP_LINES), "no-strip")
        self.set_class(not (both or self._in_map), "rows-alone")
        self.set_class(self._in_map and not both, "map-alone")

    @property
    def front(self) -> Widget:
        return self.heat if self.has_class("map-alone") else self.table

    @property
    def heat(self) -> HeatView:
        return self.query_one(HeatView)

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        self._shown = None
        super().fill(selection, table)
        self._draw_strip()
        self._draw(self.here)

    def retire(self) -> None:
        super().retire()
        self._shown = self._planned = None
        self.heat.clear()
        self.query_one(StripView).clear()

    def go_to(self, pid: int, address: int | None) -> None:
        super().go_to(pid, address)
        self._draw(address)

    def selected(self) -> None:
        super().selected()
        self._draw(self.address)

    def learn(self) -> None:
        if self.current and self._planned is not self.report:
            self._draw_strip()

    def _draw_strip(self) -> None:
        if self.report is not None:
            self._planned = None if self.report.findings_so_far is None else self.report
            signs = partial(coverage.strip_signs, self.report, self.pid)
            self.query_one(StripView).show(self.report.dump.address_space(self.pid), self.address, signs)

    # The heat map

    def _draw(self, address: int | None) -> None:
        """The heat map of the VMA at an address, its cursor there; drawn anew only when the VMA is another."""
        if self.report is None or address is None:
            return
        self._mark(self.report)
        space = self.report.dump.address_space(self.pid)
        index = space.at(address)
        if index is None:
            self.query_one("#cell", Notes).show([(Tone.DIM, contents.gap_words(address))])
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

    def _mark(self, report: Report) -> None:
        """Colours cells by what another checkpoint has in their place, once its pages have been compared."""
        pages = None if report.against is None else report.against.checkpoints.pages
        if (pages, self.pid) != self._marked:
            self._marked = pages, self.pid
            marks = None if pages is None else PageMarks(pages, self.pid)
            self.heat.show_differing(None if marks is None else partial(sign_of_pages, marks))

    def _say_cell(self, vma: Vma, address: int) -> None:
        if self.report is None:
            return
        with PageBytes(self.report.dump) as pages:
            place = contents.place_line(self.report, pages, self.pid, vma, address)
        signs = (
            legend.cells_line(self.heat.pages if self.heat.shows_which else 1) if self._marked[0] is None else LEGEND
        )
        zoom = f"a cell {contents.cell_words(self.heat.pages)}  {signs}"
        self.query_one("#cell", Notes).show([place, (Tone.DIM, zoom)])

    @on(AddressView.Moved)
    def moved(self, event: AddressView.Moved) -> None:
        event.stop()
        self.note(event.address)
        super().go_to(self.pid, event.address)
        self._draw(event.address)
        self.post_message(Selected(self, self.pid, event.address))

    @on(HeatView.Zoomed)
    def zoomed(self, event: HeatView.Zoomed) -> None:
        event.stop()
        if self.report is not None:
            # The task may be another than when the view was drawn.
            space = self.report.dump.address_space(self.pid)
            index = space.at(self.heat.address)
            if index is not None:
                self._say_cell(space.vmas[index], self.heat.address)

    @on(StripView.Picked)
    def picked(self, event: StripView.Picked) -> None:
        event.stop()
        self.jump(self.pid, event.address)

    def action_heat(self) -> None:
        """From the table into the heat map, from there to the bytes."""
        if self.heat.has_focus:
            self.post_message(BytesAsked())
        else:
            self._go(into_map=True)

    def _go(self, *, into_map: bool) -> None:
        self._in_map = into_map
        self.give_room()
        # At once, and seen to be there: only that takes the focus.
        self.app.stylesheet.update(self)
        self.screen.set_focus(self.heat if into_map else self.table)

    def action_back(self) -> None:
        """Cancels what runs, else out of the heat map, else as in every pane."""
        if self.progress_line.cancel():
            return
        if self.heat.has_focus:
            self._go(into_map=False)
        else:
            super().action_back()

    def action_whole(self) -> None:
        self._whole = not self._whole
        self._shown = None
        self._draw(self.heat.address)

    async def action_filter(self) -> None:
        """Narrows the table; among cells there is nothing to narrow, but bytes to search."""
        if self.heat.has_focus:
            self.post_message(BytesAsked(searching=True))
        else:
            await super().action_filter()

    # What the bytes come to

    def action_contents(self) -> None:
        """Reads every dumped page of the task, once."""
        if self.report is None or self.pid in self.report.contents or self.pid not in self.report.dump.pids:
            return
        if self._reading is not None:
            if self._reading[0] == self.pid:
                return
            self._reading[1].cancel()
        self._reading = self.pid, Progress("reading pages", Measure.BYTES)
        self._read(self.report, *self._reading, self.progress_line)

    @work(thread=True, group="contents")
    def _read(self, report: Report, pid: int, progress: Progress, line: ProgressLine) -> None:
        with line.during(progress):
            for item in content_facts(report.dump, pid):
                if progress.cancelled:
                    break
                if isinstance(item, ContentFacts):
                    report.contents[pid] = item
                else:
                    progress.update(item.done, item.total)
        self.post_message(self.Counted(pid))

    def on_coverage_pane_counted(self, event: Counted) -> None:
        event.stop()
        if self._reading is not None and self._reading[0] == event.pid:
            self._reading = None
        if self.report is not None and event.pid == self.pid:
            self.notes.show(coverage.notes(self.report, self.pid))
