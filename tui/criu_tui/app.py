"""The app: layout, the shared selection, and loading in a worker."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import App
from textual.containers import Grid, Horizontal
from textual.message import Message
from textual.widgets import Footer
from textual.worker import get_current_worker

from criu_tui.commands import APP
from criu_tui.core.plan import NEWEST, criu
from criu_tui.core.report import detail, plan
from criu_tui.core.table import Tone
from criu_tui.core.text import display_safe
from criu_tui.panes.coverage import CoveragePane
from criu_tui.panes.findings import FindingsPane
from criu_tui.panes.ids import IdsPane
from criu_tui.panes.log import LogPane
from criu_tui.panes.maps import MapsPane
from criu_tui.panes.pane import Pane
from criu_tui.panes.plan import PlanPane
from criu_tui.panes.tasks import TasksPane
from criu_tui.screens.help import HelpScreen
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.report import Report
    from criu_tui.core.table import Table

PANES: dict[str, type[Pane]] = {
    "maps": MapsPane,
    "coverage": CoveragePane,
    "plan": PlanPane,
    "ids": IdsPane,
    "log": LogPane,
    "findings": FindingsPane,
}
TOGETHER = ("maps", "coverage", "plan", "ids")
"""The panes that stand side by side on a wide screen."""
VERSIONS = (NEWEST, "3.19", "3.1", "needed")
WIDE = 160
ROOM_FOR_TASKS = 110


class CriuTui(App[None]):
    """Panes over one report; every pane follows one selection of task and address."""

    CSS = """
    #top, #tabs { height: 1; }
    #top { background: $primary-background; color: $text; }
    #detail, #reason { background: $surface; }
    #detail { max-height: 3; }
    #reason { max-height: 2; }
    #tasks { width: 26; border-right: solid $panel; }
    #panes { grid-size: 1; width: 1fr; }
    #panes.side-by-side { grid-size: 2 2; grid-gutter: 0 1; }
    #panes.side-by-side > Pane > .title { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(APP))
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None

    class Loaded(Message):
        """Tables that a worker has built for a task."""

        def __init__(self, report: Report, pid: int, tables: dict[str, Table[Any]]) -> None:
            super().__init__()
            self.report = report
            self.pid = pid
            self.tables = tables

    def __init__(self, report: Report, pane: str = "maps", pid: int | None = None, address: int | None = None) -> None:
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self.report = report
        self.pane = pane
        self.pid = pid
        self.address = address
        self.zoomed = False
        self.against: str | None = None
        self._started_with_place = pid is not None or address is not None

    def compose(self) -> ComposeResult:
        yield Notes("top", wrap=False)
        yield Notes("tabs", wrap=False)
        with Horizontal():
            yield TasksPane(id="tasks")
            with Grid(id="panes"):
                for name, kind in PANES.items():
                    yield kind(id=name)
        yield Notes("detail", limit=3, wrap=False)
        yield Notes("reason")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.title = "criu-tui"
        self.query_one("#tasks").display = len(self.report.dump.tasks) > 1
        self._arrange()
        self._label()
        tasks = self.query_one(TasksPane)
        tasks.fill(self.report, tasks.build(self.report, 0), self.pid or 0, None)
        self._pane.table.focus()
        self._load()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width)

    @property
    def _pane(self) -> Pane:
        return self.query_one(f"#{self.pane}", Pane)

    # Loading

    @work(thread=True, exclusive=True, group="load")
    def _load(self) -> None:
        """Reads what the panes show of a task, and builds their tables."""
        report, pid, address = self.report, self.pid, self.address
        worker = get_current_worker()
        if pid is None:
            place = None if address is not None else plan.first_place(report)
            pid = place[0] if place else next(iter(report.dump.pids), None)
            if place and (self.pane == "plan" or report.refused is not None):
                self.address = place[1]
        if pid is None:
            whole = {name: PANES[name].build(report, 0) for name in ("ids", "log", "findings")}
            self.post_message(self.Loaded(report, 0, whole))
            return
        tables = {}
        for name, kind in PANES.items():
            if worker.is_cancelled:
                return
            tables[name] = kind.build(report, pid)
        self.post_message(self.Loaded(report, pid, tables))

    def on_criu_tui_loaded(self, event: Loaded) -> None:
        if event.report is not self.report:
            return
        self.pid = event.pid
        for name, table in event.tables.items():
            self.query_one(f"#{name}", Pane).fill(event.report, table, event.pid, self.address)
        self.query_one(TasksPane).go_to(event.pid, None)
        self._label()
        self._describe()
        if not event.report.dump.tasks and not self._started_with_place and self.pane == "maps":
            # Only a log is here: the story is in the findings.
            self.action_pane("findings")

    # Words around the panes

    def _label(self) -> None:
        report = self.report
        where = display_safe(str(report.dump.shown_path), 60)
        task = f"task {self.pid} {report.comm(self.pid)}" if self.pid in report.dump.pids else "no task"
        rule = report.criu.rule
        self.query_one("#top", Notes).show(
            [(Tone.PLAIN, f" {report.criu.name} ({rule.mark.value}) │ {task} │ {where}")]
        )
        tabs = " ".join(
            f"[{number} {kind.label}]" if name == self.pane else f" {number} {kind.label} "
            for number, (name, kind) in enumerate(PANES.items(), start=1)
        )
        findings = report.__dict__.get("findings")
        if findings:
            tabs += f"({len(findings)})"
        self.query_one("#tabs", Notes).show([(Tone.PLAIN, tabs)])

    def _describe(self) -> None:
        lines: list[tuple[Tone, str]] = []
        problems = self.report.dump.problems if self.report.dump.has_images else ()
        if self.pid in self.report.dump.pids:
            lines = detail.lines(self.report, self.pid, self.address)
        self.query_one("#reason", Notes).show(lines[2:])
        if problems:
            more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
            lines[2:] = [(Tone.WARNING, f"{display_safe(str(problems[0]), 300)}{more}")]
        self.query_one("#detail", Notes).show(lines[: 3 if problems else 2])

    def _arrange(self, width: int | None = None) -> None:
        """Panes side by side where there is room, else one; the task tree likewise."""
        width = self.size.width if width is None else width
        side_by_side = width >= WIDE and not self.zoomed and self.pane in TOGETHER
        self.query_one("#panes").set_class(side_by_side, "side-by-side")
        for name in PANES:
            self.query_one(f"#{name}").display = name == self.pane or (side_by_side and name in TOGETHER)
        if not self.zoomed and width < ROOM_FOR_TASKS:
            self.query_one("#tasks").display = False

    # The shared selection

    @on(Pane.Selected)
    def follow(self, event: Pane.Selected) -> None:
        if event.pid is not None and event.pid != self.pid:
            self._show_task(event.pid, event.address)
            return
        if event.address is None:
            return
        self.address = event.address
        for name in PANES:
            if event.pane.id != name and self.pid is not None:
                self.query_one(f"#{name}", Pane).go_to(self.pid, self.address)
        self._describe()

    def _show_task(self, pid: int, address: int | None = None) -> None:
        self.pid, self.address = pid, address
        self._load()

    # Commands

    def action_pane(self, name: str) -> None:
        self.pane = name
        self._arrange()
        self._pane.table.focus()
        self._label()

    def action_next_pane(self, step: int) -> None:
        names = list(PANES)
        self.action_pane(names[(names.index(self.pane) + step) % len(names)])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follows a click into another pane."""
        pane = next((node.id for node in event.widget.ancestors if node.id in PANES), None)
        if pane is not None and pane != self.pane:
            self.pane = pane
            self._label()

    def action_version(self) -> None:
        current = self.report.criu.version
        position = VERSIONS.index(current) if current in VERSIONS else -1
        self.report = self.report.restored_by(criu(VERSIONS[(position + 1) % len(VERSIONS)]))
        if self.against is not None and criu(self.against).rule is self.report.criu.rule:
            self.against = None
            self.query_one(PlanPane).compare(None)
        self._label()
        self._load()

    def action_compare(self) -> None:
        """Goes round: the other releases and the needed rule, then no comparison."""
        choices = [version for version in VERSIONS if criu(version).rule is not self.report.criu.rule]
        position = choices.index(self.against) + 1 if self.against in choices else 0
        self.against = choices[position] if position < len(choices) else None
        self.query_one(PlanPane).compare(None if self.against is None else criu(self.against))
        self.action_pane("plan")
        self._load()

    def action_toggle_tasks(self) -> None:
        tasks = self.query_one("#tasks", TasksPane)
        tasks.display = not tasks.display
        (tasks if tasks.display else self._pane).table.focus()

    def action_next_task(self, step: int) -> None:
        pids = list(self.report.dump.pids)
        if self.pid in pids:
            self._show_task(pids[(pids.index(self.pid) + step) % len(pids)])

    def action_problem(self) -> None:
        place = plan.first_place(self.report)
        if place is None:
            self.notify("no mapping fails, and no large one differs between versions", markup=False)
            return
        self.pid, self.address = place
        self.action_pane("plan")
        self._load()

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self._arrange()

    def action_help(self) -> None:
        self.push_screen(HelpScreen())
