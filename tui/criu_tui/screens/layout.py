"""Where the panes stand: where there is room those of one question, else one; beside them the task tree."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.containers import Grid
from textual.geometry import Size
from textual.reactive import var

from criu_tui.commands import BORDERS, PANES
from criu_tui.core.report.registry import LAYOUTS, SHOWN, TASKS, layout_of
from criu_tui.panes.pane import Pane
from criu_tui.panes.room import FOCUSED, ROOM_FOR_TASKS, ROOMY, framed
from criu_tui.panes.selection import LineAsked, Settled
from criu_tui.remembered import Kept
from criu_tui.widgets import looks
from criu_tui.widgets.bindings import bindings

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.binding import BindingType

    from criu_tui.commands import Command
    from criu_tui.panes.selection import Selection
    from criu_tui.screens.been import Been
    from criu_tui.screens.borders import Borders
    from criu_tui.widgets.terminal_app import TerminalApp

WIDE = 160
"""Columns from which panes stand side by side, where the screen is TALL too."""
TALL = 36
"""Lines from which two panes above each other both have room for rows."""
BRIEFLY_TOLD, TOLD = 2, 4
"""Lines that tell of the place in front, with little room and with more; kept for them until they come."""


class Panes(looks.Steady, Grid):
    """The task tree and the panes. One of them is in front; the others may not be there yet."""

    DEFAULT_CSS = """
    Panes { grid-size: 1; height: 1fr; }
    Panes.side-by-side { grid-size: 2 2; }
    Panes.side-by-side > .below { column-span: 2; }
    Panes.stacked { grid-size: 1 2; }
    Panes > .unseen { display: none; }
    Panes > #tasks { display: block; dock: left; }
    Panes > #tasks > VirtualTable { border-bottom: none; }
    """

    # All of it is covered by panes: Textual would style each line below them, a two-hundredth of the first paint.
    BLANK = True
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(PANES + BORDERS))
    commands: tuple[Command, ...] = PANES

    in_front: var[str] = var("maps", init=False)
    """Id of the pane in front."""

    def __init__(self, in_front: str, *, tasks_held: int) -> None:
        super().__init__(id="panes")
        self.kept = Kept()
        """What has been made of the screen: where the borders are."""
        self.set_reactive(Panes.in_front, in_front)
        self.zoomed = False
        """Whether the one in front is alone, also where there is room for several."""
        self.complete = False
        """Whether all panes are there; a key that comes before finds one."""
        self.front_shown = asyncio.Event()
        """Whether the first one in front has its rows."""
        self.wanted = asyncio.Event()
        """Whether a command waits for all panes."""
        self._layout: str | None = None
        """Which panes stand side by side; None: one stands alone."""
        self._early: list[Callable[[], object]] = []
        """Commands that came before all panes were there."""
        self.turned = False
        """Whether another one has been in front than the first."""
        self.borders: Borders | None = None
        """What moves the borders between them, once the first paint is done."""
        self.been: Been | None = None
        """The way back, once the first paint is done."""
        self.tasks_held = tasks_held
        """How many tasks the dump has: the task tree is worth its room for several."""
        self._room = Size()
        """The screen's size without what covers it; 0 by 0 before it is known."""
        self._covered = 0
        """Lines at the bottom of the screen that something stands on."""
        self._brief: bool | None = None
        """Whether rows are to come first; None: where there is little room."""
        self._tasks_asked_for: bool | None = None
        """Whether the task tree has been asked for, or sent away; None: it is there where there is room."""

    def recall(self, kept: Kept) -> None:
        """Stands as somebody has had it stand before."""
        self.kept = kept
        self._brief = None if (explained := kept.settings.explained) is None else not explained
        self._tasks_asked_for = None if kept.settings.tree_shown else False

    def of(self, name: str) -> Pane:
        """The pane of an id."""
        return self.query_one(f"#{name}", Pane)

    @property
    def front(self) -> Pane:
        """The one in front."""
        return self.of(self.in_front)

    @property
    def there(self) -> list[Pane]:
        """Those that are there, the task tree excepted; those that stand side by side in the order of their layout."""
        return [pane for pane in self.query_children(Pane).results(Pane) if pane.id in SHOWN]

    @property
    def seen(self) -> list[Pane]:
        """Those on screen."""
        return [pane for pane in self.there if pane.display]

    def outdate(self) -> None:
        """Something has become known: what tells of it is built anew when it is next seen."""
        for pane in self.there:
            if SHOWN[pane.id or ""].tells_news:
                pane.outdate()
            pane.learn()

    @property
    def tasks(self) -> Pane | None:
        """The task tree, once it is there."""
        return next(iter(self.query(f"#{TASKS.id}").results(Pane)), None)

    def fill_tasks(self, selection: Selection) -> None:
        """Fills the task tree, once it is there."""
        if self.tasks is not None and selection.report is not None:
            self.tasks.fill(selection._replace(address=None), TASKS.build(selection.report, 0))

    def give_room(self, room: Size | None = None) -> bool:
        """Shows the panes that there is room for; False when the room is the same as before.

        A resize says the size itself: the app's own may still be the old one.
        """
        if room is not None:
            room = Size(room.width, max(1, room.height - self._covered))
            if room == self._room:
                return False
        self._room = room or self._room or self.app.size
        fits = self.fits_several and not self.zoomed and self.complete
        self._layout = layout_of(self.in_front, self._layout, tasks=bool(self.tasks_held)) if fits else None
        together = LAYOUTS[self._layout] if self._layout is not None else ()
        self.set_class(len(together) > 2, "side-by-side")
        self.set_class(len(together) == 2, "stacked")
        self._put_in_order(together)
        for pane in self.there:
            pane.display = pane.id in (together or (self.in_front,))
            pane.set_class(pane.id == together[-1] if together else False, "below")
            pane.be_brief(brief=self.brief, framed=bool(together) or self.framed, complete=self.complete)
        self._arrange_tasks()
        self.share_room()
        told = 0 if self.complete or not self.tells_place else BRIEFLY_TOLD if self.brief else TOLD
        self.styles.margin = (0, 0, told, 0)
        return True

    def cover(self, lines: int) -> None:
        """Leaves so many lines at the bottom of the screen to what stands on it."""
        if lines != self._covered:
            self._covered = lines
            self.screen.styles.padding = (0, 0, lines, 0)
            self.give_room(self.app.size)

    def _put_in_order(self, together: tuple[str, ...]) -> None:
        """As they stand side by side: in the order of the layout."""
        order = [TASKS.id, *together, *(name for name in SHOWN if name not in together)]
        if self.complete and [pane.id for pane in self.there if pane.id in together] != list(together):
            self.sort_children(key=lambda pane: order.index(pane.id or ""))

    @property
    def room(self) -> Size:
        """The screen's size without what covers it; before a resize has said it, what the app takes it for."""
        return self._room or self.app.size

    @property
    def layout_shown(self) -> str | None:
        """Name of the layout whose panes stand side by side; None: one stands alone."""
        return self._layout

    @property
    def brief(self) -> bool:
        """Whether rows come before words and pictures."""
        return self._room.height < ROOMY if self._brief is None else self._brief

    def classes_of(self, name: str) -> str:
        """Of a pane that is made now; only the first one in front takes room, and will have the focus."""
        return f"{'framed' if self.framed else ''} {FOCUSED if name == self.in_front else 'unseen'}"

    @property
    def framed(self) -> bool:
        """Whether there is room for a frame around a pane alone."""
        return framed(self.room)

    def explain(self) -> None:
        """Between words and pictures in full and more rows."""
        brief = not self.brief
        self._brief = None if brief == (self._room.height < ROOMY) else brief
        self.give_room()
        self.kept.settings.explained = None if self._brief is None else not self._brief
        self.post_message(Settled("explained"))

    @property
    def tells_place(self) -> bool:
        """Whether what is in front has addresses, of which more is said below."""
        return any(SHOWN[pane.id or ""].addresses for pane in self.seen)

    @property
    def fits_several(self) -> bool:
        """Whether the screen has room for panes side by side."""
        return self._room.width >= WIDE and self._room.height >= TALL

    @on(LineAsked)
    def show_line(self, event: LineAsked) -> None:
        """Has the Log pane go to a line, and brings it to the front."""
        event.stop()
        self.once_complete(lambda: self.of("log").post_message(LineAsked(event.row)))
        self.once_complete(lambda: self.call_later(self.screen.run_action, "pane('log')"))

    async def action_compare_with(self, path: str = "") -> None:
        """Compares with the checkpoint at a path, or asks for one."""
        if path:
            self.front.comparing.compare(path)
        else:
            await self.front.asking.ask_checkpoint()

    def beside(self, step: int) -> str:
        """Id of the pane so many further in the order of the keys, round and round."""
        names = list(SHOWN)
        return names[(names.index(self.in_front) + step) % len(names)]

    def zoom(self) -> None:
        """Between one pane alone and side by side; says which where that is not seen."""
        self.zoomed = not self.zoomed
        self.give_room()
        name = layout_of(self.in_front, None, tasks=bool(self.tasks_held))
        if name is None or not self.fits_several:
            names = "" if name is None else ", ".join(SHOWN[each].name for each in LAYOUTS[name])
            room = f"from {WIDE} columns and {TALL} lines on side by side: {names}"
            how = f"{SHOWN[self.in_front].name} stands alone" if name is None else room
            self.notify("one pane, on a large screen too" if self.zoomed else how, markup=False)

    def toggle_tasks(self) -> bool:
        """Shows the task tree or sends it away, and returns whether it is shown."""
        fits = self.tasks_held > 1 and self._room.width >= ROOM_FOR_TASKS
        shown = self.tasks is not None and not self.tasks.display
        self._tasks_asked_for = None if shown == fits else shown
        self._arrange_tasks()
        self.share_room()
        self.kept.settings.tree_shown = self._tasks_asked_for is not False
        self.post_message(Settled("tree_shown"))
        return shown

    def _arrange_tasks(self) -> None:
        """Shows or hides the task tree; the focus does not stay in what is hidden."""
        if (tasks := self.tasks) is None:
            return
        tasks.be_brief(brief=self.brief, framed=self.framed, complete=self.complete)
        fits = self.tasks_held > 1 and self._room.width >= ROOM_FOR_TASKS
        shown = fits if self._tasks_asked_for is None else self._tasks_asked_for
        focused = self.screen.focused
        if not shown and focused is not None and tasks in focused.ancestors:
            self.screen.set_focus(self.front.front)
        tasks.display = shown

    # The borders between them

    def share_room(self) -> None:
        """Gives each its part of the room; where nothing stands beside anything the help leaves out the borders."""
        settings = self.kept.settings
        if self.tasks is not None:
            self.tasks.styles.width = min(settings.tree, self.room.width // 2)
        beside = self._layout is not None or (self.tasks is not None and self.tasks.display)
        self.commands = (*PANES, *BORDERS) if beside else PANES
        if self._layout is None:
            self.styles.grid_columns = self.styles.grid_rows = ["1fr"]
        else:
            left, top = settings.shares[self._layout]
            beside = len(LAYOUTS[self._layout]) > 2
            self.styles.grid_columns = [f"{left}fr", f"{100 - left}fr"] if beside else ["1fr"]
            self.styles.grid_rows = [f"{top}fr", f"{100 - top}fr"]

    def action_move_border(self, columns: int, lines: int) -> None:
        """Moves the border beside what has the focus to the right, and that below the upper panes down."""
        self.once_complete(lambda: self.borders.move(columns, lines) if self.borders is not None else None)

    def action_usual_borders(self) -> None:
        """Shares the room as at first."""
        if self.borders is not None:
            self.borders.reset()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Takes hold of a border."""
        if self.borders is not None and self.borders.take_hold(event.screen_x, event.screen_y):
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Takes along a border that is held."""
        if self.borders is not None:
            self.borders.drag(event.screen_x, event.screen_y)

    def on_mouse_up(self) -> None:
        """Lets go of it."""
        if self.borders is not None:
            self.borders.let_go()

    def watch_in_front(self, before: str, _: str) -> None:
        self.turned = True
        self.of(before).say_state()
        if self.been is not None:
            self.been.turned(before)

    def leave(self) -> None:
        """An address is to be gone to by name: what is selected now can be come back to."""
        if self.been is not None:
            self.been.asked_for()

    def action_return(self) -> None:
        """Back to where the user came from."""
        self.once_complete(lambda: self.been.back() if self.been is not None else None)

    def once_complete(self, command: Callable[[], object]) -> None:
        """Runs a command once all panes are there, and what is typed behind it after that; at once when they are."""
        if self.complete:
            command()
        else:
            self._early.append(command)
            self.wanted.set()
            cast("TerminalApp[Any]", self.app).in_turn.hold()

    def completed(self) -> None:
        """All panes are there."""
        self.complete = True
        self.give_room()

    def catch_up(self) -> None:
        """Runs the commands that came before all panes were there."""
        while self._early:
            self._early.pop(0)()
        cast("TerminalApp[Any]", self.app).in_turn.release()
