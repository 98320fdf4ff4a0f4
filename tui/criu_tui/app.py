"""The app: one main screen on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.events import InputEvent

from criu_tui.commands import CONTAINERS, SESSION, TERMINAL
from criu_tui.panes.selection import Narrowed, SceneAsked, Settled
from criu_tui.screens.loading import Arrived
from criu_tui.screens.main import MainScreen
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.hints import Hints
from criu_tui.widgets.terminal_app import TerminalApp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType

    from criu_tui.core.report.listing import Listed
    from criu_tui.core.report.report import Report
    from criu_tui.core.report.stories.story import Story
    from criu_tui.remembered import Kept
    from criu_tui.screens.changes import Changes
    from criu_tui.screens.presence import PresenceLine
    from criu_tui.screens.sharing import Sharing
    from criu_tui.share.company import Company


class CriuTui(TerminalApp[None]):
    """Shows a report; all that can be done with it is the main screen's. `beside` are the checkpoints beside it."""

    AUTO_FOCUS = None
    TITLE = "criu-tui"
    workers_are_apart = True
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(SESSION + CONTAINERS))

    def __init__(
        self,
        report: Report,
        pane: str = "maps",
        pid: int | None = None,
        address: int | None = None,
        *,
        ascii_only: bool = False,
        beside: Sequence[Listed] = (),
        story: Story | None = None,
        kept: Kept | None = None,
    ) -> None:
        super().__init__(ascii_only=ascii_only, kept=kept)
        self.main = MainScreen(report, pane, pid, address)
        self.main.panes.recall(self.kept)
        self._beside = beside
        self._story = story
        self._changes: Changes | None = None
        self.company: Company | None = None
        """The session of several people that this is a part of."""
        self.sharing: Sharing | None = None

    @property
    def goes_on(self) -> bool:
        """Whether all of the screen is there."""
        return self.main.panes.complete

    async def on_event(self, event: events.Event) -> None:
        """As any app; a user who is there is told of files that change."""
        if isinstance(event, InputEvent) and self._changes is not None:
            self._changes.used()
        await super().on_event(event)

    def get_default_screen(self) -> MainScreen:
        return self.main

    def on_ready(self) -> None:
        from criu_tui.screens.been import Been
        from criu_tui.screens.borders import Borders
        from criu_tui.screens.changes import Changes

        self.main.panes.borders, self.main.panes.been = Borders(self.main.panes), Been(self.main)
        self._changes = Changes(self.main)
        if self._story is not None and self._story.begins:
            self.action_story()
        if self.main.report.dump.arriving:
            from criu_tui.screens.arriving import Arriving

            self.main.mount(Arriving(self.main), before=self.main.query_one(Hints))

        if self.company is not None:
            from criu_tui.screens.sharing import Sharing

            self.sharing = Sharing(self.main, self.company)
            self.sharing.start()
        self._offer()

    def _offer(self) -> None:
        """Offers what there is something for; the other keys say how to come by it, and the help has more room."""
        several = len(self._beside) > 1
        self.commands = (*TERMINAL, *(SESSION if self.sharing else ()), *(CONTAINERS if several else ()))

    async def action_share(self, what: str) -> None:
        """What one does in a session: follow, point, mark, say, people."""
        if self.sharing is None:
            self.notify("nobody else is here: --share opens a session, --join joins one", markup=False)
        elif self.screen is self.main:
            await self.sharing.carry_out(what)

    def on_presence_line_typed(self, event: PresenceLine.Typed) -> None:
        """Says or marks for all what has been typed."""
        if self.sharing is not None:
            self.sharing.typed(event.purpose, event.text)

    @on(Narrowed)
    def tell_of_filter(self) -> None:
        """Tells the others of the session, if there is one."""
        if self.sharing is not None:
            self.sharing.narrowed()

    @on(Settled)
    def keep(self, event: Settled) -> None:
        """Remembers what has been set."""
        self.remember(*event.names)

    @on(Arrived)
    def show_what_has_come(self, event: Arrived) -> None:
        """Goes on with a dump of which more has been read."""
        from criu_tui.screens.going_on import go_on

        self._beside = event.beside or self._beside
        self._offer()
        go_on(self.main, event.dump, afresh=False)

    def action_story(self) -> None:
        """The story of the demo that was opened, where it was left."""
        from criu_tui.screens.story import StoryScreen

        if self._story is None:
            self.notify("stories are told by --demo boundary and --demo userns", markup=False)
        elif self.screen is self.main:
            self.push_screen(StoryScreen(self._story))

    @on(SceneAsked)
    def look_at(self, event: SceneAsked) -> None:
        """Shows the place that a scene spoke of; it may lie in another dump."""
        from criu_tui.screens.going_on import look_at

        look_at(self.main, event.scene.report, event.scene.pane, event.scene.place)

    def action_containers(self) -> None:
        """The list of the containers here."""
        from criu_tui.core.report.containers import position
        from criu_tui.screens.containers import Containers

        if len(self._beside) < 2:
            self.notify("no other container here", markup=False)
        elif self.screen is self.main:
            self.push_screen(Containers(self._beside, position(self._beside, self.main.report.dump.source), self._go))

    def action_next_container(self, step: int) -> None:
        """The container so many further in the list, round and round."""
        from criu_tui.core.report.containers import position

        at = position(self._beside, self.main.report.dump.source)
        if len(self._beside) < 2:
            self.notify("no other container here", markup=False)
        else:
            self._go((step - 1 if at is None and step > 0 else (at or 0) + step) % len(self._beside))

    @work(thread=True, exclusive=True, group="container")
    def _go(self, at: int) -> None:
        from criu_tui.core.report.containers import CannotOpenError, name, opened
        from criu_tui.screens.going_on import go_on

        found = self._beside[at]
        try:
            dump = opened(found)
        except CannotOpenError as error:
            self.call_from_thread(self.notify, str(error), severity="error", markup=False)
            return
        self.call_from_thread(go_on, self.main, dump, afresh=True)
        said = f"{at + 1} of {len(self._beside)}: {name(found)}, {found.what}"
        self.call_from_thread(self.notify, said, markup=False)
