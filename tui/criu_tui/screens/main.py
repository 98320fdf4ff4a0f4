"""The main screen: a heading, tabs, the panes, what is selected, and the keys; and the commands that work in all of it.

It holds the selection. What the first paint does without comes behind it: other panes, what a thread builds.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.reactive import var
from textual.worker import WorkerCancelled, get_current_worker

from criu_tui.commands import MAIN
from criu_tui.core.report.heading import next_criu, next_task, trouble
from criu_tui.core.report.registry import SHOWN, TASKS
from criu_tui.panes.all import pane_of
from criu_tui.panes.selection import BytesAsked, DetailAsked, Selected, Selection
from criu_tui.screens import early, garbage
from criu_tui.screens.heading import Heading
from criu_tui.screens.layout import Panes
from criu_tui.screens.loading import CheckMade, Loaded, Make, Planned, a_moment, built, tables
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.compositing import LineScreen
from criu_tui.widgets.hints import Hints

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.worker import Worker

    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.releases import Criu
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.pane import Pane


class MainScreen(LineScreen):
    """Panes over one report; every pane follows one selection of task and address."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings(MAIN))
    commands = MAIN
    DEFAULT_CSS = Heading.CSS
    BLANK = True  # Covered, as the panes' own lines are.

    selection: var[Selection] = var(Selection(), init=False, always_update=True)

    def __init__(self, report: Report, pane: str = "maps", pid: int | None = None, address: int | None = None) -> None:
        super().__init__()
        self.heading = Heading()
        self.set_reactive(MainScreen.selection, Selection(report, pid, address))
        self.panes = Panes(pane, tasks_held=len(report.dump.tasks))
        self.chosen = pid is not None or address is not None
        """Whether the user, or the command line, has chosen what is selected."""
        self.decides_front = not self.chosen
        """Whether what is loaded first may decide which pane is in front."""

    @property
    def report(self) -> Report:
        """The selected one."""
        assert self.selection.report is not None
        return self.selection.report

    @property
    def pid(self) -> int | None:
        """The selected task."""
        return self.selection.pid

    @property
    def address(self) -> int | None:
        """The selected one of its addresses."""
        return self.selection.address

    @property
    def pane(self) -> str:
        """Id of the pane in front."""
        return self.panes.in_front

    # What is there at once, and what comes behind it

    def compose(self) -> ComposeResult:
        yield from self.heading.lines
        with self.panes:
            if len(self.report.dump.tasks) > 1:
                yield self._made(TASKS.id)
            # The others follow behind the first paint, as does what is said of the selection.
            yield self._made(self.pane)
        yield Hints()

    def _made(self, name: str) -> Pane:
        """A pane that follows the selection; it has its frame from the start, so that it is styled once."""
        made = pane_of(name, elsewhere=self.report.elsewhere)
        return made(self.selection, id=name, classes=self.panes.classes_of(name)).data_bind(MainScreen.selection)

    def on_mount(self) -> None:
        self.panes.give_room()
        self.show_heading()
        first = SHOWN[self.pane].first_of(self.report)
        if first is not None and self.pid is None and self.report.dump.tasks:
            self.select(pid=self.report.dump.tasks[0].pid)
        self.panes.fill_tasks(self.selection)
        if first is not None and self.pid is not None:
            # Needs little reading: not worth a thread.
            self._fill({self.pane: first(self.report, self.pid)})
            if self.pane != "maps" or self.report.dump.address_space(self.pid).sketch.size is None:
                self.panes.front.outdate()
        # Keys that come before the first paint are for this pane.
        self.set_focus(self.panes.front.front)
        self._complete()

    @work(group="complete")
    async def _complete(self) -> None:
        """All that the first paint does without."""
        painted, made = asyncio.Event(), asyncio.Event()
        self.app.call_after_refresh(painted.set)
        if self.panes.front.filled is not None or not self.report.dump.tasks:
            self.panes.front_shown.set()
        else:
            self._load(self.selection, [self.pane], tables)
        await a_moment(painted, self.panes.front_shown, self.panes.wanted)
        garbage.begin()
        # By the screen itself: a worker can bind nothing to its selection.
        self.call_next(self._make_rest, made)
        await made.wait()
        with suppress(WorkerCancelled):
            await self._load_missing().wait()

    async def _make_rest(self, made: asyncio.Event) -> None:
        from criu_tui.screens.told import Told
        from criu_tui.widgets.progress import ProgressLine

        await self.mount(Told(), ProgressLine(), before=self.query_one(Hints))
        if self.panes.tasks is None:
            await self.panes.mount(self._made(TASKS.id))
            self.panes.give_room()
            self.panes.fill_tasks(self.selection)
        await self.panes.mount_all(self._made(name) for name in SHOWN if name != self.pane)
        self.panes.completed()
        self.describe_place()
        self.panes.catch_up()
        made.set()

    def _load_missing(self) -> Worker[None]:
        """Builds the tables that are missing on screen."""
        return self._load(self.selection, [pane.id or "" for pane in self.panes.seen if not pane.current])

    @work(thread=True, exclusive=True, group="load")
    def _load(self, selection: Selection, missing: list[str], make: Make = built) -> None:
        worker = get_current_worker()
        for message in make(selection, missing, lambda: self.pane, lambda: worker.is_cancelled):
            if worker.is_cancelled:
                return
            self.post_message(message)

    @on(Loaded)
    def loaded(self, event: Loaded) -> None:
        """Shows what has been built, unless something else is selected by now."""
        if event.report is not self.report or self.pid not in (None, event.pid):
            return
        self.select(pid=event.pid, address=event.address if self.address is None else self.address)
        self._fill(event.tables)
        self.panes.front_shown.set()
        first, self.decides_front = self.decides_front, False
        if first and not self.report.dump.tasks and SHOWN[self.pane].first_of(self.report):
            # Only a log is here: the story is in the findings.
            self.action_pane("findings")

    def _fill(self, tables: dict[str, Table[Any]]) -> None:
        for name, table in tables.items():
            self.panes.of(name).fill(self.selection, table)
        if self.address is None and self.panes.front.current:
            self.select(address=self.panes.front.row_address, by=self.pane)
        self.show_heading()
        self.describe_place()

    @on(Planned)
    def planned(self) -> None:
        """Goes to where a restore stopped, or to the errors, unless the user has gone elsewhere."""
        self.show_heading()
        self.panes.outdate()
        unseen, refused = not self.chosen, self.report.refused_so_far
        if refused is not None and unseen:
            self.chosen = True
            self.go_to(refused.pid, refused.vma.start, asked_for=True)
        if unseen and self.pane == "overview" and not self.panes.turned and self.report.errors_so_far:
            self.chosen = True
            self.action_pane("findings")
        self.describe_place()

    def on_resize(self, event: events.Resize) -> None:
        if self.panes.give_room(event.size):
            self.show_heading()
            if self.panes.complete:
                self.update_seen()
        self.describe_place()

    def show_heading(self) -> None:
        """Says in the heading where one is."""
        self.heading.show(self.report, self.pid, self.pane, self.panes.room.width)

    @on(CheckMade)
    def _tell_verdict(self) -> None:
        self.panes.outdate()
        self.heading.tell(self.report, self.panes.room.width)

    def describe_place(self) -> None:
        """Tells of the selected address below the panes, where one in front has addresses."""
        if not self.panes.complete:
            return
        from criu_tui.screens.told import Told

        told = self.query_one(Told)
        told.display = self.panes.tells_place and not self.report.elsewhere
        if told.display:
            told.show(self.selection, brief=self.panes.brief)

    def select(self, **changed: Any) -> None:
        """Changes a part of the selection; nobody has asked for it by name."""
        self.selection = self.selection._replace(**{"by": "", "asked_for": False, **changed})

    @on(Selected)
    def follow(self, event: Selected) -> None:
        """Takes every pane on screen to where the user has gone in one of them."""
        if event.shown not in (None, self.pid):
            # Sent before the pane heard that another task has been gone to.
            return
        self.chosen = True
        pid = self.pid if event.pid is None else event.pid
        if pid != self.pid or event.address is not None:
            self.go_to(pid, event.address, by=event.pane.id or "", asked_for=event.asked_for)

    def go_to(self, pid: int | None, address: int | None, by: str = "", *, asked_for: bool) -> None:
        """Selects an address of a task, in every pane on screen but the one where the user has gone there."""
        if asked_for:
            self.panes.leave()
        show = self.describe_place if pid == self.pid else self._load_missing
        self.select(pid=pid, address=address, by=by, asked_for=asked_for)
        show()

    @early.with_all_panes
    def action_pane(self, name: str) -> None:
        """Brings a pane to the front, with the focus."""
        self.panes.in_front = name
        self.panes.give_room()
        self.describe_place()
        # At once: the keys that follow may be here already.
        self.set_focus(self.panes.front.front)
        self.show_heading()
        self.update_seen()

    def update_seen(self) -> None:
        """Brings the panes that have come on screen up to date."""
        for pane in self.panes.seen:
            pane.follow()
        if not all(pane.current for pane in self.panes.seen):
            self._load_missing()

    @early.with_all_panes
    def action_next_pane(self, step: int) -> None:
        """The next pane in the order of the number keys, round and round."""
        self.action_pane(self.panes.beside(step))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follows a click into another pane; the bottom line names the keys that work there."""
        pane = next((node.id for node in event.widget.ancestors if node.id in SHOWN), None)
        # One that has been left meanwhile had the focus before a key of the same burst.
        if pane is not None and pane != self.pane and self.panes.of(pane).display:
            self.panes.in_front = pane
            self.show_heading()
        if self.app.screen is self:
            self.query_one(Hints).follow_focus()

    def action_version(self) -> None:
        """The next CRIU version that would restore."""
        self.restore_with(next_criu(self.report.criu))

    def restore_with(self, criu: Criu) -> None:
        """The plan follows."""
        report = self.report.restored_by(criu)
        same = self.selection.against is not None and self.selection.against.rule is report.criu.rule
        self.select(report=report, against=None if same else self.selection.against)
        self.show_heading()
        self._load_missing()

    @early.with_all_panes
    def compare_plans(self, against: Criu | None) -> None:
        """Compares with the plan of another CRIU, or with none."""
        self.select(against=against)
        self.action_pane("plan")

    @early.with_all_panes
    def action_toggle_tasks(self) -> None:
        """Shows the task tree, with the focus, or sends it away."""
        shown = self.panes.toggle_tasks()
        self.set_focus((self.panes.tasks if shown and self.panes.tasks is not None else self.panes.front).front)

    def action_next_task(self, step: int) -> None:
        """The next task, at the same address where it has one there."""
        following = next_task(self.report, self.pid, self.address, step)
        if following is not None:
            self.go_to(*following, asked_for=False)

    @early.with_all_panes
    def action_problem(self) -> None:
        """To the step where a restore stops, else to other errors, else to the first that releases disagree on."""
        pane, place, said = trouble(self.report)
        if not said and pane == self.pane and place in (None, (self.pid, self.address)):
            said = "what fails is in front already"
        if said:
            self.notify(said, markup=False)
        if pane:
            self.action_pane(pane)
        if place is not None:
            self.go_to(*place, asked_for=True)

    def action_explain(self) -> None:
        """Between words and pictures in full and more rows."""
        self.panes.explain()
        self.describe_place()

    def action_zoom(self) -> None:
        """Between one pane alone and side by side where there is room."""
        self.panes.zoom()
        self.update_seen()

    @on(BytesAsked)
    @early.with_all_panes
    def show_bytes(self, event: BytesAsked) -> None:
        """The bytes of the place that is selected, or a search from there."""
        self.action_pane("bytes")
        if event.searching:
            self.call_later(self.panes.front.run_action, "search")

    @on(DetailAsked)
    def show_detail(self, event: DetailAsked) -> None:
        from criu_tui.screens import above

        above.put(above.detail(event.title, event.lines, self.size.width), self)

    def action_open_above(self, name: str) -> None:
        """Opens the screen of a name, see above.py: help, legend, palette, themes, releases."""
        from criu_tui.screens import above

        above.put(above.named(name, self), self)
