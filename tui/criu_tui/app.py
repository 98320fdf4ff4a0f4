"""The app: the shared selection, loading in a worker, and the commands that work everywhere."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec

from textual import on, work
from textual.message import Message
from textual.worker import WorkerCancelled, get_current_worker

from criu_tui.commands import APP
from criu_tui.core.report.heading import first_place, next_against, next_criu
from criu_tui.panes.all import LABELS, OF_TASK, TOGETHER, pane_of
from criu_tui.panes.pane import Pane
from criu_tui.panes.tasks import TasksPane
from criu_tui.screens.layout import TALL, WIDE, Layout
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.hints import Hints
from criu_tui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.binding import BindingType

    from criu_tui.core.releases import Criu
    from criu_tui.core.report import Report
    from criu_tui.core.table import Table


P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worker is to build: tables of panes for a task and an address, or for the first place there is."""

    report: Report
    pid: int | None
    address: int | None
    panes: tuple[str, ...]
    pane_in_front: str


def with_all_panes(action: Callable[Concatenate[CriuTui, P], None]) -> Callable[Concatenate[CriuTui, P], None]:
    """A command that comes before all panes are there is carried out once they are."""

    @wraps(action)
    def carried_out(app: CriuTui, /, *arguments: P.args, **options: P.kwargs) -> None:
        app.once_complete(lambda: action(app, *arguments, **options))

    return carried_out


class CriuTui(Layout):
    """Panes over one report; every pane follows one selection of task and address."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings(APP))
    commands = APP
    AUTO_FOCUS = None

    class Planned(Message):
        """The plan, or the findings, of the report are there."""

    class Loaded(Message):
        """Tables that a worker has built for a task, and the address that it found worth looking at."""

        def __init__(self, report: Report, pid: int, tables: dict[str, Table[Any]], address: int | None = None) -> None:
            super().__init__()
            self.report = report
            self.pid = pid
            self.tables = tables
            self.address = address

    def __init__(
        self,
        report: Report,
        pane: str = "maps",
        pid: int | None = None,
        address: int | None = None,
        *,
        ascii_only: bool = False,
    ) -> None:
        super().__init__(report, pane, pid, address, ascii_only=ascii_only)
        self.against: Criu | None = None
        self._looked = pid is not None or address is not None
        """Whether the user, or the command line, has chosen what is selected."""
        self._filled: set[str] = set()
        """Panes that show the task and report as they are now."""
        self._first_load = not self._looked
        """Whether what is loaded first may decide which pane is in front."""
        self._early: list[Callable[[], None]] = []
        """Commands that came before all panes were there."""

    def on_mount(self) -> None:
        self.title = "criu-tui"
        self._arrange()
        self._label()
        if self.pane == "maps" and self.pid is None and self.report.dump.tasks:
            self.pid = self.report.dump.tasks[0].pid
        for tasks in self.query(TasksPane):
            tasks.fill(self.report, tasks.build(self.report, 0), self.pid or 0, None)
        if self.pane == "maps" and self.pid is not None:
            # Needs one image: not worth a thread and, unless it is a large one, a second paint.
            from criu_tui.panes.maps import MapsPane

            table, exact = MapsPane.sketch(self.report, self.pid)
            self._fill({"maps": table})
            if not exact:
                self._filled.discard("maps")
        # Keys that come before the first paint are for this pane.
        self.screen.set_focus(self._pane.front)
        self._complete()

    @work(group="complete")
    async def _complete(self) -> None:
        """All that the first paint does without."""
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()
        gc.freeze()
        gc.enable()
        if not self.query(TasksPane):
            tasks = TasksPane(id="tasks")
            tasks.display = False
            await self.query_one("#below").mount(tasks, before=0)
            tasks.fill(self.report, tasks.build(self.report, 0), self.pid or 0, None)
        panes = self.query_one("#panes")
        await panes.mount_all(pane_of(name)(id=name) for name in LABELS if name != self.pane)
        panes.sort_children(key=lambda pane: list(LABELS).index(pane.id or ""))
        self._complete_panes = True
        self._arrange()
        self._describe()
        for command in self._early:
            command()
        self._early.clear()
        with suppress(WorkerCancelled):
            await self._load(self._wanted).wait()

    def once_complete(self, command: Callable[[], None]) -> None:
        """Runs a command once all panes are there; at once when they are."""
        if self._complete_panes:
            command()
        else:
            self._early.append(command)

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size)
        self._label()
        if self._complete_panes:
            self._look()

    # Loading

    @property
    def _wanted(self) -> Wanted:
        """The tables that are missing on screen."""
        missing = tuple(name for name in self._visible() if name not in self._filled)
        return Wanted(self.report, self.pid, self.address, missing, self.pane)

    @work(thread=True, exclusive=True, group="load")
    def _load(self, wanted: Wanted) -> None:
        """Builds tables, then plans the restore, then looks for what is wrong."""
        report, pid, address = wanted.report, wanted.pid, wanted.address
        worker = get_current_worker()
        if pid is None:
            place = first_place(report) if wanted.pane_in_front == "plan" and address is None else None
            pid, address = (next(iter(report.dump.pids), None), address) if place is None else place
        for name in wanted.panes:
            if worker.is_cancelled:
                return
            if pid is not None or name not in OF_TASK:
                table = pane_of(name).build(report, pid or 0)
                self.post_message(self.Loaded(report, pid or 0, {name: table}, address))
        if pid is None:
            self.post_message(self.Loaded(report, 0, {}))
        for make in (lambda: report.budget, lambda: report.findings):
            if worker.is_cancelled:
                return
            make()
            self.post_message(self.Planned())

    def on_criu_tui_loaded(self, event: Loaded) -> None:
        if event.report is not self.report or self.pid not in (None, event.pid):
            return
        self.pid = event.pid
        if self.address is None:
            self.address = event.address
        self._fill(event.tables)
        first, self._first_load = self._first_load, False
        if first and not event.report.dump.tasks and self.pane == "maps":
            # Only a log is here: the story is in the findings.
            self.action_pane("findings")

    def on_criu_tui_planned(self) -> None:
        self._label()
        refused = self.report.refused_so_far
        if refused is not None and not self._looked:
            # The log of a restore that stopped: there, unless the user has gone elsewhere.
            self._looked = True
            self._go_to(refused.pid, refused.vma.start)
        self._describe()

    def _fill(self, tables: dict[str, Table[Any]]) -> None:
        pid = self.pid or 0
        for name, table in tables.items():
            self._filled.add(name)
            self.query_one(f"#{name}", Pane).fill(self.report, table, pid, self.address)
        if self.address is None and self.pane in self._filled:
            self.address = self._pane.row_address
        for tasks in self.query(TasksPane):
            tasks.pid = pid
            tasks.go_to(pid, None)
        self._label()
        if self._complete_panes:
            self._describe()

    # The shared selection

    @on(Pane.Selected)
    def follow(self, event: Pane.Selected) -> None:
        """Takes every pane on screen to where the user has gone in one of them."""
        if event.shown not in (None, self.pid):
            # Sent before the pane heard that another task has been gone to.
            return
        self._looked = True
        if event.pid is not None and event.pid != self.pid:
            if event.shown is None:
                event.pane.pid, event.pane.address = event.pid, event.address
            self._show_task(event.pid, event.address, besides=event.pane.id, asked_for=event.asked_for)
        elif event.address is not None:
            self._go_to(self.pid, event.address, besides=event.pane.id, asked_for=event.asked_for)
            self._describe()

    def _go_to(self, pid: int | None, address: int, besides: str | None = None, *, asked_for: bool = True) -> None:
        """Selects an address of a task in every pane on screen but one, whatever is filtered when asked for."""
        if pid is not None and pid != self.pid:
            self._show_task(pid, address, asked_for=asked_for)
            return
        self.address = address
        for name in self._visible():
            if name != besides:
                self._follow(name, asked_for=asked_for)

    def _follow(self, name: str, *, asked_for: bool = False) -> None:
        """Moves a pane that is on screen to the shared selection."""
        if name not in self._filled or self.pid is None:
            return
        pane = self.query_one(f"#{name}", Pane)
        # One that shows the whole dump is not filled again for another task, and may not move at all.
        pane.pid, pane.address = self.pid, self.address
        if asked_for and self.address is not None:
            pane.unhide(self.pid, self.address)
        pane.go_to(self.pid, self.address)

    def _show_task(
        self, pid: int, address: int | None = None, besides: str | None = None, *, asked_for: bool = False
    ) -> None:
        self.pid, self.address = pid, address
        self._filled.difference_update(OF_TASK)
        if asked_for and address is not None:
            self._drop_filters()
        for name in self._visible():
            if name != besides:
                self._follow(name)
        self._load(self._wanted)

    def _drop_filters(self) -> None:
        """A place that is asked for will be seen in tables still to be built; in those that are, it is looked for."""
        for pane in self.query("#panes > Pane").results(Pane):
            if pane.id in OF_TASK and pane.id not in self._filled:
                pane.filter_text = ""

    # Commands

    @on(Tabs.Chosen)
    def go_to_tab(self, event: Tabs.Chosen) -> None:
        self.action_pane(event.name)

    @with_all_panes
    def action_pane(self, name: str) -> None:
        """Brings a pane to the front, with the focus."""
        self.pane = name
        self._arrange()
        self._pane.front.focus()
        self._label()
        self._look()

    def _look(self) -> None:
        """Brings the panes that have come on screen up to date."""
        for name in self._visible():
            self._follow(name)
        if not self._filled.issuperset(self._visible()):
            self._load(self._wanted)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Its keys come before those of a screen above, where there is no next pane."""
        return action != "next_pane" or len(self.screen_stack) == 1

    @with_all_panes
    def action_next_pane(self, step: int) -> None:
        """The next pane in the order of the number keys, round and round."""
        names = list(LABELS)
        self.action_pane(names[(names.index(self.pane) + step) % len(names)])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follows a click into another pane; the bottom line names the keys that work there."""
        pane = next((node.id for node in event.widget.ancestors if node.id in LABELS), None)
        if pane is not None and pane != self.pane:
            self.pane = pane
            self._label()
        if self.screen is self.screen_stack[0]:
            self.screen_stack[0].query_one(Hints).follow_focus()

    def action_version(self) -> None:
        """The next CRIU version that would restore."""
        self.report = self.report.restored_by(next_criu(self.report.criu))
        if self.against is not None and self.against.rule is self.report.criu.rule:
            self._compare(None)
        self._label()
        self._filled.clear()
        self._load(self._wanted)

    @with_all_panes
    def action_compare(self) -> None:
        """Compares with the next of the other CRIU versions, and after the last one with none."""
        self._compare(next_against(self.report.criu, self.against))
        self._filled.discard("plan")
        self.action_pane("plan")

    def _compare(self, against: Criu | None) -> None:
        self.against = against
        from criu_tui.panes.plan import PlanPane

        self.query_one(PlanPane).compare(against)

    @with_all_panes
    def action_toggle_tasks(self) -> None:
        """Shows the task tree, with the focus, or sends it away."""
        tasks = self.query_one("#tasks", TasksPane)
        shown = not tasks.display
        self._tasks_shown = None if shown == self._tasks_fit else shown
        self._arrange_tasks()
        (tasks if shown else self._pane).front.focus()

    def action_next_task(self, step: int) -> None:
        """The next task, at the same address where it has one there."""
        pids = list(self.report.dump.pids)
        if self.pid in pids:
            following = pids[(pids.index(self.pid) + step) % len(pids)]
            # A forked task has the same addresses.
            there = self.address is not None and self.report.dump.address_space(following).at(self.address) is not None
            self._show_task(following, self.address if there else None)

    @with_all_panes
    def action_problem(self) -> None:
        """To the step where a restore stops, else to the first that releases disagree on, else to other errors."""
        from criu_tui.core.findings import Severity

        place = first_place(self.report)
        if place is None and any(found.severity is Severity.ERROR for found in self.report.findings_so_far or ()):
            self.action_pane("findings")
            self.notify("no mapping fails, but something else is wrong", markup=False)
            return
        if place is None:
            self.notify("no mapping fails, and no large one differs between versions", markup=False)
            return
        if place[0] != self.pid:
            self._filled.difference_update(OF_TASK)
        self._drop_filters()
        self.pid, self.address = place
        self.action_pane("plan")
        self._follow("plan", asked_for=True)
        self._describe()

    def action_zoom(self) -> None:
        """Between one pane alone and side by side where there is room."""
        self.zoomed = not self.zoomed
        self._arrange()
        self._look()
        if not self._fits_several or self.pane not in TOGETHER:
            names = ", ".join(LABELS[name] for name in TOGETHER)
            room = f"from {WIDE} columns and {TALL} lines on"
            how = "one pane, on a large screen too" if self.zoomed else f"{room} side by side: {names}"
            self.notify(how, markup=False)

    @on(Pane.BytesAsked)
    @with_all_panes
    def show_bytes(self, event: Pane.BytesAsked) -> None:
        self.action_pane("bytes")
        if event.searching:
            self.call_later(self._pane.run_action, "search")
