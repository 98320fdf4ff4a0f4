"""What is shown while a large archive is read: how far it has come, and that it can be given up."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.widgets import Static

from criu_tui.commands import OPENING
from criu_tui.core.base.progress import CancelledError
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.hints import Hints
from criu_tui.widgets.terminal_app import TerminalApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from criu_tui.core.base.progress import Progress
    from criu_tui.core.source.places import Places

EVERY = 0.2
"""Seconds between two looks at the progress."""


class OpeningApp(TerminalApp["Places"]):
    """Returns what the work found; None when it was given up. What the work raised is in `error`."""

    commands = OPENING
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(OPENING))

    def __init__(self, begin: Callable[[Progress], Places], progress: Progress, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._begin = begin
        self._progress = progress
        self.error: Exception | None = None

    def compose(self) -> ComposeResult:
        yield Static(self._progress.line, markup=False)
        yield Hints()

    def on_mount(self) -> None:
        self.title = "criu-tui"
        self.set_interval(EVERY, lambda: self.query_one(Static).update(self._progress.line))
        self._open()

    @work(thread=True)
    def _open(self) -> None:
        found = None
        try:
            with suppress(CancelledError):
                found = self._begin(self._progress)
        except Exception as error:
            self.error = error
        self.call_from_thread(self.exit, found)

    def action_give_up(self) -> None:
        self._progress.cancel()
