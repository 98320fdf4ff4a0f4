"""The app: one main screen on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.screens.main import MainScreen
from criu_tui.widgets.terminal_app import TerminalApp

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report


class CriuTui(TerminalApp[None]):
    """Shows a report; all that can be done with it is the main screen's."""

    AUTO_FOCUS = None
    TITLE = "criu-tui"

    def __init__(
        self,
        report: Report,
        pane: str = "maps",
        pid: int | None = None,
        address: int | None = None,
        *,
        ascii_only: bool = False,
    ) -> None:
        super().__init__(ascii_only=ascii_only)
        self.main = MainScreen(report, pane, pid, address)

    @property
    def goes_on(self) -> bool:
        """Whether all of the screen is there."""
        return self.main.panes.complete

    def get_default_screen(self) -> MainScreen:
        return self.main
