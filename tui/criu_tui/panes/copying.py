"""What leaves a pane: to the clipboard, or into a new file."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from criu_tui.core.base.limits import CLIPBOARD_LIMIT
from criu_tui.core.base.progress import CancelledError, Progress
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import size
from criu_tui.core.report import export, issue, markdown, place
from criu_tui.core.tables.known import STEP
from criu_tui.core.tables.table import Tone
from criu_tui.widgets import clipboard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.view import View
    from criu_tui.panes.pane import Pane
    from criu_tui.widgets.progress import ProgressLine

EXPORTED = 1 << 30
"""Characters of rows that go into a Markdown file."""


class Copying:
    """Copies and exports what a pane shows; the terminal and the disk are waited for in threads."""

    def __init__(self, pane: Pane) -> None:
        self._pane = pane

    @property
    def _place(self) -> tuple[str, int, int | None]:
        """Pane, task and address, as a command line names them."""
        return self._pane.opened_as or self._pane.id or "", self._pane.pid, self._pane.here

    def copy_place(self) -> None:
        """The command that the row gives; else what it says, address, VMA, and the command line that opens it here."""
        pane = self._pane
        table, row = pane.table.table, pane.table.row
        if pane.report is None:
            return
        given = "" if table is None or row is None or table.command is None else table.command(table.rows[row])
        if given:
            self._copy(given, "the command of this row")
            return
        said = [] if table is None or row is None else place.said_at(table, table.rows[row])
        lines = place.lines(pane.report, *self._place, said)
        what = "the row and " if said else "address, VMA and " if len(lines) > 2 else ""
        self._copy("\n".join(lines), f"{what}command line")

    def copy_pane(self) -> None:
        """What the pane shows, as Markdown."""
        if self._pane.report is not None and self._pane.written is not None:
            text = self._markdown(self._pane.report, self._pane.written, CLIPBOARD_LIMIT - 4096)
            self._copy(text, f"{self._pane.label} as Markdown")

    def copy_report(self, *, redacted: bool) -> None:
        """The report for an issue; a thread waits for the checks that it lists."""
        if self._pane.report is not None:
            work = partial(self._copy_report, self._pane.report, redacted=redacted)
            self._pane.run_worker(work, group="copy", thread=True)

    def _copy_report(self, report: Report, *, redacted: bool) -> None:
        what = "a redacted report" if redacted else "a report"
        self._copy_now("\n".join(issue.text(report, redacted=redacted)), f"{what} for an issue as Markdown")

    def _markdown(self, report: Report, view: View[Any], limit: int) -> str:
        return markdown.text(report, *self._place, view, limit)

    def _copy(self, text: str, what: str) -> None:
        self._pane.run_worker(partial(self._copy_now, text, what), group="copy", thread=True)

    def _copy_now(self, text: str, what: str) -> None:
        say = partial(self._pane.app.call_from_thread, self._pane.say)
        try:
            how = clipboard.copy(self._pane.app, text)
        except clipboard.TooLongError as error:
            say(str(error), Tone.WARNING)
        else:
            say(f"copied {what} {how}")

    def export(self, name: str) -> None:
        """Writes what the pane shows, or for .json all that it knows, to a new file."""
        report, view = self._pane.report, self._pane.written
        if report is not None and view is not None:
            work = partial(self._export, name, report, view, self._pane.progress_line)
            self._pane.run_worker(work, group="export", thread=True)

    def _export(self, name: str, report: Report, view: View[Any], line: ProgressLine) -> None:
        say = partial(self._pane.app.call_from_thread, self._pane.say)
        progress = Progress("exporting")
        try:
            path = export.target(name, report.dump)
            with line.during(progress):
                content = self._content(path, report, view, progress)
                if progress.cancelled:
                    raise CancelledError
                count = export.write(path, content)
        except export.ExportError as error:
            say(str(error), Tone.WARNING)
        except CancelledError:
            say("nothing exported", Tone.WARNING)
        else:
            say(f"wrote {size(count)} to {display_safe(str(path))}")

    def _content(self, path: Path, report: Report, view: View[Any], progress: Progress) -> str:
        app = self._pane.app
        match path.suffix:
            case ".svg":
                return app.call_from_thread(app.export_screenshot, title=f"criu-tui {self._pane.id}")
            case ".json":
                return json.dumps(self._pane.json()) + "\n"
            case ".md":
                return self._markdown(report, view, EXPORTED)
            case _:
                return "".join(f"{row}\n" for row in _watched(progress, view))


def _watched(progress: Progress, view: View[Any]) -> Iterator[str]:
    """The title and text of a view, until nobody waits for them."""
    yield view.table.title
    for done, line in enumerate(view.text()):
        if done % STEP == 0:
            progress.check(done, len(view))
        yield line
