"""The app: the shared selection, loading in a worker, and the commands that work everywhere."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.message import Message
from textual.worker import WorkerCancelled, get_current_worker

from criu_tui.commands import APP
from criu_tui.core.report.heading import first_place, next_against, next_criu
from criu_tui.panes.all import LABELS, pane_of
from criu_tui.panes.pane import Pane
from criu_tui.panes.tasks import TasksPane
from criu_tui.screens.layout import Layout
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.hints import Hints
from criu_tui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from criu_tui.core.plan import Criu
    from criu_tui.core.report import Report
    from criu_tui.core.table import Table


class CriuTui(Layout):
    """Panes over one report; every pane follows one selection of task and address."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings(APP))
    commands = APP
    AUTO_FOCUS = None

    class Planned(Message):
        """The plan, or the findings, of the report are there."""

    class Loaded(Message):
        """Tables that a worker has built for a task."""

        def __init__(self, report: Report, pid: int, tables: dict[str, Table[Any]]) -> None:
            super().__init__()
            self.report = report
            self.pid = pid
            self.tables = tables

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
        self._started_with_place = pid is not None or address is not None
        self._looked = self._started_with_place
        """Whether the user, or the command line, has chosen what is selected."""
        self._filled: set[str] = set()
        """Panes that show the task and report as they are now."""
        self._wanted: str | None = None
        """The pane that a key asked for before it was there."""

    def on_mount(self) -> None:
        self.title = "criu-tui"
        self._arrange()
        self._label()
        if self.pane == "maps" and self.pid is None and self.report.dump.tasks:
            self.pid = self.report.dump.tasks[0].pid
        for tasks in self.query(TasksPane):
            tasks.fill(self.report, tasks.build(self.report, 0), self.pid or 0, None)
        if self.pane == "maps" and self.pid is not None:
            # Needs one image: not worth a thread and a second paint.
            self._fill({"maps": pane_of("maps").build(self.report, self.pid)})
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
        if self._wanted is not None:
            self.action_pane(self._wanted)
        with suppress(WorkerCancelled):
            await self._load().wait()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width)
        self._label()
        if self._complete_panes:
            self._look()

    # Loading

    @work(thread=True, exclusive=True, group="load")
    def _load(self) -> None:
        """Builds the tables of the panes on screen, then plans the restore, then looks for what is wrong."""
        report, pid = self.report, self.pid
        worker = get_current_worker()
        if pid is None:
            if self.pane == "plan" and self.address is None and (place := first_place(report)) is not None:
                pid, self.address = place
            else:
                pid = next(iter(report.dump.pids), None)
        of_whole = ("ids", "log", "findings")
        for name in self._visible():
            if worker.is_cancelled:
                return
            if name not in self._filled and (pid is not None or name in of_whole):
                self.post_message(self.Loaded(report, pid or 0, {name: pane_of(name).build(report, pid or 0)}))
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
        self._fill(event.tables)
        if not event.report.dump.tasks and not self._started_with_place and self.pane == "maps":
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
            tasks.go_to(pid, None)
        self._label()
        if self._complete_panes:
            self._describe()

    def _reload(self) -> None:
        """Builds anew what is on screen, for another task or report."""
        self._filled.clear()
        self._load()

    # The shared selection

    @on(Pane.Selected)
    def follow(self, event: Pane.Selected) -> None:
        self._looked = True
        if event.pid is not None and event.pid != self.pid:
            self._show_task(event.pid, event.address)
        elif event.address is not None:
            self._go_to(self.pid, event.address, besides=event.pane.id)
            self._describe()

    def _go_to(self, pid: int | None, address: int, besides: str | None = None) -> None:
        """Selects an address of a task in every pane on screen but one."""
        if pid is not None and pid != self.pid:
            self._show_task(pid, address)
            return
        self.address = address
        for name in self._visible():
            if name != besides:
                self._follow(name)

    def _follow(self, name: str) -> None:
        """Moves a pane that is on screen to the shared selection."""
        if name in self._filled and self.pid is not None:
            self.query_one(f"#{name}", Pane).go_to(self.pid, self.address)

    def _show_task(self, pid: int, address: int | None = None) -> None:
        self.pid, self.address = pid, address
        self._reload()

    # Commands

    @on(Tabs.Chosen)
    def go_to_tab(self, event: Tabs.Chosen) -> None:
        self.action_pane(event.name)

    def action_pane(self, name: str) -> None:
        if not self._complete_panes:
            self._wanted = name
            return
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
            self._load()

    def action_next_pane(self, step: int) -> None:
        names = list(LABELS)
        self.action_pane(names[(names.index(self.pane) + step) % len(names)])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follows a click into another pane; the bottom line names the keys that work there."""
        pane = next((node.id for node in event.widget.ancestors if node.id in LABELS), None)
        if pane is not None and pane != self.pane:
            self.pane = pane
            self._label()
        if isinstance(self.screen, type(self.screen_stack[0])):
            self.screen_stack[0].query_one(Hints).follow_focus()

    def action_version(self) -> None:
        self.report = self.report.restored_by(next_criu(self.report.criu))
        if self.against is not None and self.against.rule is self.report.criu.rule:
            self._compare(None)
        self._label()
        self._reload()

    def action_compare(self) -> None:
        self._compare(next_against(self.report.criu, self.against))
        self._filled.discard("plan")
        self.action_pane("plan")

    def _compare(self, against: Criu | None) -> None:
        self.against = against
        from criu_tui.panes.plan import PlanPane

        self.query_one(PlanPane).compare(against)

    def action_toggle_tasks(self) -> None:
        tasks = self.query_one("#tasks", TasksPane)
        tasks.display = not tasks.display
        (tasks if tasks.display else self._pane).front.focus()

    def action_next_task(self, step: int) -> None:
        pids = list(self.report.dump.pids)
        if self.pid in pids:
            following = pids[(pids.index(self.pid) + step) % len(pids)]
            # A forked task has the same addresses.
            there = self.address is not None and self.report.dump.address_space(following).at(self.address) is not None
            self._show_task(following, self.address if there else None)

    def action_problem(self) -> None:
        place = first_place(self.report)
        if place is None:
            self.notify("no mapping fails, and no large one differs between versions", markup=False)
            return
        if place[0] != self.pid:
            self._filled.clear()
        self.pid, self.address = place
        self.action_pane("plan")
        self._describe()

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self._arrange()
        self._look()

    @on(Pane.BytesAsked)
    def show_bytes(self, event: Pane.BytesAsked) -> None:
        self.action_pane("bytes")
        if event.searching:
            self.call_later(self._pane.run_action, "search")
