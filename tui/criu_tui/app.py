"""The app: the shared selection, and the commands that work everywhere."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ClassVar, Concatenate, ParamSpec

from textual import on

from criu_tui.commands import APP
from criu_tui.core.report.heading import first_place, next_against, next_criu
from criu_tui.core.report.registry import BESIDE, OF_TASK, SHOWN
from criu_tui.panes.pane import Pane
from criu_tui.screens.layout import TALL, WIDE
from criu_tui.screens.loading import Loading
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.hints import Hints
from criu_tui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.binding import BindingType

    from criu_tui.core.restore.releases import Criu


P = ParamSpec("P")


def with_all_panes(action: Callable[Concatenate[CriuTui, P], None]) -> Callable[Concatenate[CriuTui, P], None]:
    """A command that comes before all panes are there is carried out once they are."""

    @wraps(action)
    def carried_out(app: CriuTui, /, *arguments: P.args, **options: P.kwargs) -> None:
        app.once_complete(lambda: action(app, *arguments, **options))

    return carried_out


class CriuTui(Loading):
    """Panes over one report; every pane follows one selection of task and address."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings(APP))
    commands = APP
    AUTO_FOCUS = None

    against: Criu | None = None
    """The CRIU that the write plan is compared with."""

    def on_resize(self, event: events.Resize) -> None:
        if event.size == self._room:
            return
        self._arrange(event.size)
        self._label()
        if self._complete_panes:
            self._look()

    def loaded_first(self) -> None:
        if not self.report.dump.tasks and self.pane == "maps":
            # Only a log is here: the story is in the findings.
            self.action_pane("findings")

    def on_loading_planned(self) -> None:
        self._label()
        refused = self.report.refused_so_far
        if refused is not None and not self._looked:
            # The log of a restore that stopped: there, unless the user has gone elsewhere.
            self._looked = True
            self._go_to(refused.pid, refused.vma.start)
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
        self._load_missing()

    def _drop_filters(self) -> None:
        """A place that is asked for will be seen in tables still to be built; in those that are, it is looked for."""
        for pane in self._panes:
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
        self._focus(self._pane)
        self._label()
        self._look()

    def _focus(self, pane: Pane) -> None:
        # At once: the keys that follow may be here already.
        self.screen_stack[0].set_focus(pane.front)

    def _look(self) -> None:
        """Brings the panes that have come on screen up to date."""
        for name in self._visible():
            self._follow(name)
        if not self._filled.issuperset(self._visible()):
            self._load_missing()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Its keys come before those of a screen above, where there is no next pane."""
        return action != "next_pane" or len(self.screen_stack) == 1

    @with_all_panes
    def action_next_pane(self, step: int) -> None:
        """The next pane in the order of the number keys, round and round."""
        names = list(SHOWN)
        self.action_pane(names[(names.index(self.pane) + step) % len(names)])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follows a click into another pane; the bottom line names the keys that work there."""
        pane = next((node.id for node in event.widget.ancestors if node.id in SHOWN), None)
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
        self._load_missing()

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
        tasks = self.query_one("#tasks", Pane)
        shown = not tasks.display
        self._tasks_shown = None if shown == self._tasks_fit else shown
        self._arrange_tasks()
        self._focus(tasks if shown else self._pane)

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
        place = first_place(self.report)
        failure = self.report.budget.failure
        stops = failure is not None and failure.step.pid not in self.report.dump.half_read
        if self.report.errors_so_far and not stops and self.report.refused_so_far is None:
            # Not to what only other releases would do.
            self.action_pane("findings")
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
        if not self._fits_several or self.pane not in BESIDE:
            names = ", ".join(SHOWN[name].name for name in BESIDE)
            room = f"from {WIDE} columns and {TALL} lines on"
            how = "one pane, on a large screen too" if self.zoomed else f"{room} side by side: {names}"
            self.notify(how, markup=False)

    @on(Pane.BytesAsked)
    @with_all_panes
    def show_bytes(self, event: Pane.BytesAsked) -> None:
        self.action_pane("bytes")
        if event.searching:
            self.call_later(self._pane.run_action, "search")
