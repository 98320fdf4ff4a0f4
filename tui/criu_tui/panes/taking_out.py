"""What panes share that show bytes worth taking out of the dump: the line that asks what, and where to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work

from criu_tui.core.base.progress import CancelledError, Measure, Progress
from criu_tui.core.report.export import ExportError
from criu_tui.core.report.extract import FORMS, extract
from criu_tui.core.tables.table import Tone
from criu_tui.panes.pane import Pane
from criu_tui.widgets.prompt import Prompt
from criu_tui.widgets.purpose import Purpose

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report
    from criu_tui.widgets.progress import ProgressLine

HINT = f"{', '.join(form for form, _ in FORMS)}, a space, a new file"


class TakesOut(Pane):
    """A pane whose key `X` writes bytes of the dump to a file."""

    def offered(self) -> str:
        """What is most likely wanted here, as the line begins."""
        return f"core:{self.pid} core.{self.pid}"

    async def action_extract(self) -> None:
        """Asks what to take out, and into which file."""
        await self.asking.ask(Purpose.EXTRACT, self.offered(), HINT)

    @on(Prompt.Answered)
    def extract_answered(self, event: Prompt.Answered) -> None:
        """The line is there; every other answer is a matter of all panes."""
        if event.purpose is Purpose.EXTRACT and event.text.strip() and self.report is not None:
            self._extract(self.report, event.text, self.progress_line)

    @work(thread=True, group="extract")
    def _extract(self, report: Report, text: str, line: ProgressLine) -> None:
        what, _, to = text.strip().partition(" ")
        progress = Progress("taking out", Measure.BYTES)
        try:
            with line.during(progress):
                said = extract(report.dump, what, to, progress.check)
        except ExportError as error:
            self.app.call_from_thread(self.say, str(error), Tone.WARNING)
        except CancelledError:
            self.app.call_from_thread(self.say, "nothing taken out", Tone.WARNING)
        else:
            self.app.call_from_thread(self.say, said)
