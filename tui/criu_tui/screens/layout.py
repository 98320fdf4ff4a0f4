"""Where the panes stand, and the words around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Grid
from textual.geometry import Size

from criu_tui.core.base.text import display_safe
from criu_tui.core.report.heading import heading
from criu_tui.core.report.registry import BESIDE, SHOWN
from criu_tui.core.tables.table import Tone
from criu_tui.panes.all import pane_of
from criu_tui.panes.pane import Pane
from criu_tui.screens.above import ScreensAbove
from criu_tui.widgets.hints import Hints
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from criu_tui.core.report.report import Report

WIDE = 160
"""Columns from which panes stand side by side, where the screen is TALL too."""
TALL = 36
"""Lines from which two panes above each other both have room for rows."""
ROOM_FOR_TASKS = 110
"""Columns from which the task tree has room beside a pane."""


class Layout(ScreensAbove):
    """A heading, tabs, the task tree, one pane or several, what is selected, and the keys."""

    CSS = """
    #top { height: 1; background: $primary-background; color: $text; }
    #detail, #reason { background: $surface; }
    /* Of one height, so that a move of the cursor moves nothing else. */
    #detail, #reason { height: 2; }
    #detail.with-problem { height: 3; }
    #tasks { dock: left; width: 26; border-right: solid $panel; }
    #panes { grid-size: 1; height: 1fr; }
    #panes.side-by-side { grid-size: 2 2; grid-gutter: 0 3; }
    """

    def __init__(
        self, report: Report, pane: str, pid: int | None, address: int | None, *, ascii_only: bool = False
    ) -> None:
        super().__init__(ascii_only=ascii_only)
        self.report = report
        self.pane = pane
        """Name of the pane in front."""
        self.pid = pid
        self.address = address
        self.zoomed = False
        self._room = Size()
        """The screen's size; 0 by 0 before it is known."""
        self._tasks_shown: bool | None = None
        """Whether the task tree has been asked for, or sent away; None: it is there where there is room."""
        self._complete_panes = False
        """Whether all panes are there; a key that comes before finds one."""

    def compose(self) -> ComposeResult:
        yield Notes("top", wrap=False)
        yield Tabs()
        with Grid(id="panes"):
            if len(self.report.dump.tasks) > 1:
                yield self.task_tree()
            # The others follow behind the first paint, as does what is said of the selection.
            yield pane_of(self.pane)(id=self.pane)
        yield Hints()

    @staticmethod
    def task_tree() -> Pane:
        from criu_tui.panes.tasks import TasksPane

        return TasksPane(id="tasks")

    @staticmethod
    def about_selected() -> tuple[Notes, Notes]:
        """Where `_describe` says what is selected."""
        return Notes("detail", limit=3, wrap=False), Notes("reason")

    @property
    def _pane(self) -> Pane:
        """The one in front."""
        return self.query_one(f"#{self.pane}", Pane)

    @property
    def _panes(self) -> list[Pane]:
        """Those that are there, the task tree excepted."""
        return [pane for pane in self.query("#panes > Pane").results(Pane) if pane.id in SHOWN]

    @property
    def _tasks(self) -> list[Pane]:
        """The task tree, once it is there."""
        return list(self.query("#tasks").results(Pane))

    def _arrange(self, room: Size | None = None) -> None:
        """Panes side by side where there is room, else one; the task tree likewise.

        A resize says the size itself: the app's own may still be the old one.
        """
        self._room = room or self._room or self.size
        visible = self._visible()
        self.query_one("#panes").set_class(len(visible) > 1, "side-by-side")
        for pane in self._panes:
            pane.display = pane.id in visible
            pane.show_title(shown=len(visible) > 1)
        self._arrange_tasks()

    @property
    def _tasks_fit(self) -> bool:
        """Whether the task tree is there unless the user wants it otherwise."""
        return len(self.report.dump.tasks) > 1 and self._room.width >= ROOM_FOR_TASKS

    def _arrange_tasks(self) -> None:
        """Shows or hides the task tree; the focus does not stay in what is hidden."""
        shown = self._tasks_fit if self._tasks_shown is None else self._tasks_shown
        base = self.screen_stack[0]
        if not shown and base.focused is not None and any(node.id == "tasks" for node in base.focused.ancestors):
            base.set_focus(self._pane.front)
        self.query("#tasks").set(display=shown)

    def _visible(self) -> tuple[str, ...]:
        """Names of the panes that there is room for."""
        together = self._fits_several and not self.zoomed and self.pane in BESIDE and self._complete_panes
        return BESIDE if together else (self.pane,)

    @property
    def _fits_several(self) -> bool:
        """Whether the screen has room for panes side by side."""
        return self._room.width >= WIDE and self._room.height >= TALL

    def _label(self) -> None:
        self.query_one("#top", Notes).show([(Tone.PLAIN, heading(self.report, self.pid, self._room.width))])
        labels = {name: kind.name for name, kind in SHOWN.items()}
        if self.report.findings_so_far:
            labels["findings"] += f" ({len(self.report.findings_so_far)})"
        self.query_one(Tabs).show(labels, self.pane, ("findings",) if self.report.errors_so_far else ())

    def _describe(self) -> None:
        if not self._complete_panes:
            return
        lines: list[tuple[Tone, str]] = []
        problems = self.report.dump.problems if self.report.dump.has_images else ()
        if self.pid in self.report.dump.pids:
            from criu_tui.core.report import detail

            lines = detail.lines(self.report, self.pid, self.address)
        self.query_one("#reason", Notes).show(lines[2:])
        if problems:
            more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
            lines[2:] = [(Tone.WARNING, f"{display_safe(str(problems[0]), 300)}{more}")]
        shown = self.query_one("#detail", Notes)
        shown.set_class(bool(problems), "with-problem")
        shown.show(lines[: 3 if problems else 2])
