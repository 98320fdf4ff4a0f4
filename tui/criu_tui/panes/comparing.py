"""Opening another checkpoint to compare with, from within the app."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from criu_tui.command_line.choosing import compared_with, opening
from criu_tui.command_line.options import UsageError
from criu_tui.core.base.progress import CancelledError

if TYPE_CHECKING:
    from criu_tui.core.base.progress import Progress
    from criu_tui.core.report.report import Report
    from criu_tui.panes.pane import Pane
    from criu_tui.panes.selection import Selection
    from criu_tui.widgets.progress import ProgressLine


class HasSelection(Protocol):
    """A screen that holds what is selected."""

    selection: Selection


class Comparing:
    """Opens what a path holds on a thread, and then shows how it differs."""

    def __init__(self, pane: Pane) -> None:
        self._pane = pane

    def compare(self, path: str) -> None:
        """Compares the checkpoint with the one at a path."""
        report = self._pane.selection.report
        if report is not None and report.elsewhere:
            self._pane.app.notify(
                "only the host, who has the checkpoint, can compare it", severity="warning", markup=False
            )
        elif report is not None:
            work = partial(self._open, report, path, opening(path), self._pane.progress_line)
            self._pane.run_worker(work, thread=True, exclusive=True, group="comparing")

    def _open(self, report: Report, path: str, progress: Progress, line: ProgressLine) -> None:
        app = self._pane.app
        try:
            with line.during(progress):
                made = compared_with(report, path, progress)
        except UsageError as error:
            app.call_from_thread(app.notify, str(error), severity="warning", markup=False)
        except CancelledError:
            return
        else:
            app.call_from_thread(self._show, made)

    def _show(self, report: Report) -> None:
        screen = cast("HasSelection", self._pane.screen)
        screen.selection = screen.selection._replace(report=report, by="", asked_for=False)
        self._pane.call_later(self._pane.screen.run_action, "pane('diff')")
