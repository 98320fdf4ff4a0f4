"""Pane 4: user-namespace id maps and the ids of every task."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.panes.pane import Pane

if TYPE_CHECKING:
    from criu_tui.core.owners import Owner
    from criu_tui.core.report import Report
    from criu_tui.core.table import Table


class IdsPane(Pane):
    label: ClassVar[str] = "Ids"
    about: ClassVar[str] = (
        "Who has which id, inside and on the host. Above: the id maps, and whether CRIU can dump and restore with them."
    )

    @classmethod
    def build(cls, report: Report, pid: int) -> Table[Owner]:
        from criu_tui.core.report import ids

        return ids.table(report)
