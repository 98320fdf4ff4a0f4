"""What is said below the panes of the address that is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from criu_tui.core.report import detail
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from criu_tui.panes.selection import Selection


class Told(Vertical):
    """Facts, and why a restore maps it so; nothing where what is in front has no addresses."""

    DEFAULT_CSS = """
    Told { height: auto; }
    /* Of one height, so that a move of the cursor moves nothing else. */
    Told > Notes { height: 2; background: $surface; }
    Told > #detail.with-problem { height: 3; }
    Told.brief > Notes { height: 1; }
    Told.brief > #detail.with-problem { height: 2; }
    """

    def compose(self) -> ComposeResult:
        yield Notes("detail", limit=3, wrap=False)
        yield Notes("reason")

    def show(self, selection: Selection, *, brief: bool) -> None:
        """What is known of the selected address; with little room not what its row says too."""
        assert selection.report is not None
        said = detail.described(selection.report, selection.pid, selection.address)
        self.set_class(brief, "brief")
        reason, facts = self.query_one("#reason", Notes), self.query_one("#detail", Notes)
        reason.wrap = not brief
        reason.show(said.reason)
        facts.set_class(said.has_problem, "with-problem")
        facts.show(said.facts[1:] if brief else said.facts)
