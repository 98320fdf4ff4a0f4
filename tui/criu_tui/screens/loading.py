"""What is there at once, and what a worker builds behind it: panes, tables, the plan, the findings."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import work
from textual.message import Message
from textual.worker import WorkerCancelled, get_current_worker

from criu_tui.core.report.heading import first_place
from criu_tui.core.report.registry import OF_TASK, SHOWN, TASKS
from criu_tui.panes.all import pane_of
from criu_tui.panes.pane import Pane
from criu_tui.screens.layout import Layout
from criu_tui.widgets.hints import Hints

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.worker import Worker

    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table


PATIENCE = 0.5
"""Seconds to wait for the first paint; after that all else is made without it."""


class Loading(Layout):
    """Fills the pane in front before the first paint where one image is enough; all else follows."""

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
        for tasks in self._tasks:
            tasks.fill(self.report, TASKS.build(self.report, 0), self.pid or 0, None)
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
        with suppress(TimeoutError):
            # A screen opened above right at the start keeps this one from being painted.
            await asyncio.wait_for(painted.wait(), PATIENCE)
        gc.freeze()
        gc.enable()
        await self.screen_stack[0].mount(*self.about_selected(), before=self.query_one(Hints))
        panes = self.query_one("#panes")
        if not self._tasks:
            await panes.mount(self.task_tree())
            for tasks in self._tasks:
                tasks.display = False
                tasks.fill(self.report, TASKS.build(self.report, 0), self.pid or 0, None)
        await panes.mount_all(pane_of(name)(id=name) for name in SHOWN if name != self.pane)
        panes.sort_children(key=lambda pane: ["tasks", *SHOWN].index(pane.id or ""))
        self._complete_panes = True
        self._arrange()
        self._describe()
        for command in self._early:
            command()
        self._early.clear()
        with suppress(WorkerCancelled):
            await self._load_missing().wait()

    def once_complete(self, command: Callable[[], None]) -> None:
        """Runs a command once all panes are there; at once when they are."""
        if self._complete_panes:
            command()
        else:
            self._early.append(command)

    def _load_missing(self) -> Worker[None]:
        """Builds the tables that are missing on screen."""
        missing = [name for name in self._visible() if name not in self._filled]
        return self._load(self.report, self.pid, self.address, missing, self.pane)

    @work(thread=True, exclusive=True, group="load")
    def _load(self, report: Report, pid: int | None, address: int | None, panes: list[str], in_front: str) -> None:
        """Builds tables for a place, or for the first there is; then plans a restore, then looks for what is wrong."""
        worker = get_current_worker()
        if pid is None:
            place = first_place(report) if in_front == "plan" and address is None else None
            pid, address = (next(iter(report.dump.pids), None), address) if place is None else place
        for name in panes:
            if worker.is_cancelled:
                return
            if pid is not None or name not in OF_TASK:
                table = SHOWN[name].build(report, pid or 0)
                self.post_message(self.Loaded(report, pid or 0, {name: table}, address))
        if pid is None:
            self.post_message(self.Loaded(report, 0, {}))
        for make in (lambda: report.budget, lambda: report.findings):
            if worker.is_cancelled:
                return
            make()
            self.post_message(self.Planned())

    def on_loading_loaded(self, event: Loaded) -> None:
        if event.report is not self.report or self.pid not in (None, event.pid):
            return
        self.pid = event.pid
        if self.address is None:
            self.address = event.address
        self._fill(event.tables)
        first, self._first_load = self._first_load, False
        if first:
            self.loaded_first()

    def loaded_first(self) -> None:
        """Called at most once: at the first table that comes, unless the command line says where to start."""

    def _fill(self, tables: dict[str, Table[Any]]) -> None:
        pid = self.pid or 0
        for name, table in tables.items():
            self._filled.add(name)
            self.query_one(f"#{name}", Pane).fill(self.report, table, pid, self.address)
        if self.address is None and self.pane in self._filled:
            self.address = self._pane.row_address
        for tasks in self._tasks:
            tasks.pid = pid
            tasks.go_to(pid, None)
        self._label()
        self._describe()
