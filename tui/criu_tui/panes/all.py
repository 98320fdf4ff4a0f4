"""Every pane by its name, in the order of the number keys; a pane's module loads when the pane is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from criu_tui.panes.pane import Pane

LABELS = {
    "maps": "Maps",
    "coverage": "Coverage",
    "plan": "Write plan",
    "ids": "Ids",
    "log": "Log",
    "findings": "Findings",
    "bytes": "Bytes",
}
OF_TASK = ("maps", "coverage", "plan", "bytes")
"""The panes whose rows are of one task; the others show the whole dump."""
TOGETHER = ("maps", "coverage", "plan", "ids")
"""The panes that stand side by side on a large screen."""


def pane_of(name: str) -> type[Pane]:
    """The pane that a name of LABELS stands for."""
    match name:
        case "maps":
            from criu_tui.panes.maps import MapsPane

            return MapsPane
        case "coverage":
            from criu_tui.panes.coverage import CoveragePane

            return CoveragePane
        case "plan":
            from criu_tui.panes.plan import PlanPane

            return PlanPane
        case "ids":
            from criu_tui.panes.ids import IdsPane

            return IdsPane
        case "log":
            from criu_tui.panes.log import LogPane

            return LogPane
        case "findings":
            from criu_tui.panes.findings import FindingsPane

            return FindingsPane
        case "bytes":
            from criu_tui.panes.bytes import BytesPane

            return BytesPane
    raise KeyError(name)
