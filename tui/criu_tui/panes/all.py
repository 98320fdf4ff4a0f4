"""Every pane by its name, in the order of the number keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.panes.bytes import BytesPane
from criu_tui.panes.coverage import CoveragePane
from criu_tui.panes.findings import FindingsPane
from criu_tui.panes.ids import IdsPane
from criu_tui.panes.log import LogPane
from criu_tui.panes.maps import MapsPane
from criu_tui.panes.plan import PlanPane

if TYPE_CHECKING:
    from criu_tui.panes.pane import Pane

PANES: dict[str, type[Pane]] = {
    "maps": MapsPane,
    "coverage": CoveragePane,
    "plan": PlanPane,
    "ids": IdsPane,
    "log": LogPane,
    "findings": FindingsPane,
    "bytes": BytesPane,
}
TOGETHER = ("maps", "coverage", "plan", "ids")
"""The panes that stand side by side on a wide screen."""
