"""What is shown while a large archive is read: how far it has come, and that it can be given up."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import work

from criu_tui.commands import OPENING
from criu_tui.core.base.progress import CancelledError
from criu_tui.core.report.arriving import lines
from criu_tui.core.source.arriving import looked_for
from criu_tui.core.source.places import Places
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.hints import Hints
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.terminal_app import TerminalApp

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.source.arriving import Arrival, Search
    from criu_tui.remembered import Kept

EVERY = 0.2
"""Seconds between two looks at the progress."""


class OpeningApp(TerminalApp[Places]):
    """Returns what was found, with `early` as soon as a dump shows a task and has the images needed by name.

    None when it was given up.

    What reading raised is in `error`.
    """

    commands = OPENING
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(OPENING))

    def __init__(
        self,
        begun: Arrival | Search,
        *,
        early: bool,
        needed: frozenset[str] = frozenset(),
        ascii_only: bool = False,
        kept: Kept | None = None,
    ) -> None:
        super().__init__(ascii_only=ascii_only, kept=kept)
        self._begun = begun
        self._early = early
        self._needed = needed
        self.error: Exception | None = None

    def compose(self) -> ComposeResult:
        yield Notes(limit=20)
        yield Hints()

    def on_mount(self) -> None:
        self.title = "criu-tui"
        self._say()
        self.set_interval(EVERY, self._say)
        self._open()

    def _say(self) -> None:
        self.query_one(Notes).show(lines(self._begun))

    @work(thread=True)
    def _open(self) -> None:
        found = None
        try:
            with suppress(CancelledError):
                found = looked_for(self._begun, early=self._early, needed=self._needed)
        except Exception as error:
            self.error = error
        self.call_from_thread(self.exit, found)

    def action_give_up(self) -> None:
        self._begun.close()
