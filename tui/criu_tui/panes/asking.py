"""The line that a pane asks on, and what it does with the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from criu_tui.core.report import export, place
from criu_tui.core.tables.filter import parse
from criu_tui.core.tables.table import Tone
from criu_tui.widgets.prompt import Prompt
from criu_tui.widgets.purpose import Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.tables.table import Table
    from criu_tui.core.tables.terms import Filter
    from criu_tui.panes.pane import Pane


class Asking:
    """Asks for a filter, a place, a file; rows are narrowed while a filter is typed."""

    def __init__(self, pane: Pane) -> None:
        self._pane = pane
        self._row_before: int | None = None
        """Where the cursor was before a filter was typed."""

    async def ask(self, purpose: Purpose, text: str = "", hint: str = "", names: Sequence[str] = ()) -> None:
        """Opens the line to type on; the answer comes as a message of Prompt."""
        pane = self._pane
        await pane.query(Prompt).remove()
        pane.arranging.expect(filter_typed=purpose is Purpose.FILTER)
        prompt = Prompt(purpose, pane.front, text, hint, names)
        await pane.mount(prompt)
        # At once, since the next keys may be here already.
        pane.screen.set_focus(prompt.line)

    async def ask_filter(self) -> None:
        """For words and terms."""
        self._pane.arranging.prepare()
        table, view = self._pane.table, self._pane.table.view
        self._row_before = table.row
        columns = () if view is None else (*view.table.columns, *view.table.hidden)
        names = " ".join(f"{column.title.casefold().replace(' ', '')}:" for column in columns if column.title)
        hint = f"words, {names} addr:  (size:>1G prot:w -type:file)"
        await self.ask(Purpose.FILTER, self._pane.arranging.filter_text, hint)

    async def ask_place(self) -> None:
        """For a place to go to."""
        pane = self._pane
        names = (
            () if pane.report is None or pane.pid not in pane.report.dump.pids else place.names(pane.report, pane.pid)
        )
        hint = "address, +1M, -4K, heap, libc.so.6+0x2a1f0, main, part of a path"
        await self.ask(Purpose.GO_TO, hint=hint, names=names)

    async def ask_file(self) -> None:
        """For the file to write."""
        pane = self._pane
        await self.ask(Purpose.EXPORT, f"{pane.id}-{pane.pid}.txt", f"a new file ending in {export.ENDINGS}")

    async def ask_checkpoint(self) -> None:
        """For the checkpoint to compare with."""
        await self.ask(Purpose.COMPARE, hint="another checkpoint: a directory, an archive, a layout or a log")

    @staticmethod
    def parsed(text: str, table: Table[Any]) -> Filter[Any]:
        """What a filter lets through; raises FilterError, a ValueError that says what is wrong with it."""
        return parse(text, table)

    def typed(self, purpose: Purpose, text: str) -> None:
        """Narrows the rows as far as has been typed."""
        if purpose is Purpose.FILTER:
            self._pane.arranging.filter_by(text)

    async def answered(self, event: Prompt.Answered) -> None:
        """Does what the answer says."""
        pane = self._pane
        pane.arranging.expect(filter_typed=False)
        await event.prompt.remove()
        if event.purpose is Purpose.FILTER:
            pane.arranging.filter_by(event.text)
        elif event.purpose is Purpose.GO_TO and event.text.strip():
            self._go_to(event.text)
        elif event.purpose is Purpose.EXPORT and event.text.strip():
            pane.copying.export(event.text)
        elif event.purpose is Purpose.COMPARE and event.text.strip():
            pane.comparing.compare(event.text.strip())

    def _go_to(self, text: str) -> None:
        pane = self._pane
        if pane.report is None:
            return
        try:
            found = place.go_to(pane.report, pane.pid, text, pane.here)
        except place.NowhereError as error:
            pane.say(str(error), Tone.WARNING)
        else:
            pane.arranging.say_state()
            pane.jump(found.pid, found.address)

    async def given_up(self, event: Prompt.GivenUp) -> None:
        """Leaves all as it was before."""
        self._pane.arranging.expect(filter_typed=False)
        await event.prompt.remove()
        if event.purpose is Purpose.FILTER:
            self._pane.arranging.filter_by("", self._row_before)
