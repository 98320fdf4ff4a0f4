"""Pane 3: what a restore maps, with the picture of what decided the selected step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from criu_tui.core.report import picture, printed, two_releases
from criu_tui.core.tables.table import Tone
from criu_tui.panes.pane import Pane
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from criu_tui.core.base.json import Json
    from criu_tui.core.restore.releases import Criu
    from criu_tui.core.tables.table import Table
    from criu_tui.panes.selection import Selection


class PlanPane(Pane):
    DEFAULT_CSS = """
    PlanPane > #picture { height: auto; }
    """
    about: ClassVar[str] = (
        "What a restore maps, in its order. Prot: r-- → rw- means r-- in the dump, and rw- asked of the kernel. "
        "FAILS: the kernel refuses it. "
        "waste: writable, charged, and no page to read. Reason: why it is mapped so. Above: what all of it charges."
    )
    explains = "picture"
    explained = 4
    _against: Criu | None = None
    """The CRIU that the rows shown are compared with."""

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Notes("picture", wrap=False, keeps=7)

    @property
    def current(self) -> bool:
        """Whether it shows the plan, or only what the other CRIU does differently, as is selected."""
        return super().current and self._against == self.selection.against

    def fill(self, selection: Selection, table: Table[Any]) -> None:
        self._against = selection.against
        if self._against is not None and selection.report is not None:
            table = two_releases.table(selection.report, selection.pid or 0, self._against)
        super().fill(selection, table)
        self._draw()

    def go_to(self, pid: int, address: int | None) -> None:
        super().go_to(pid, address)
        self._draw()

    def selected(self) -> None:
        super().selected()
        self._draw()

    def give_room(self) -> None:
        super().give_room()
        self._draw()

    def _draw(self) -> None:
        table, row = self.table.table, self.table.row
        lines: list[tuple[Tone, str]] = []
        if table is not None and row is not None and self.report is not None:
            step = table.rows[row].step
            apart = self.address is not None and self.address not in step.vma.span
            room = self.spare if self.brief else None
            lines = [(Tone.DIM, "the selected VMA is not among these")]
            lines = lines if apart else picture.lines(self.report, step, room)
        self.explain(lines)

    def json(self) -> dict[str, Json]:
        assert self.report is not None
        return printed.json(self.report, "plan", self.pid, printed.Asked(against=self._against))
