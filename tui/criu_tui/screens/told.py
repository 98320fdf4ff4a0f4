"""What is said below the panes of the address that is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from criu_tui.core.report import detail
from criu_tui.core.tables.table import Tone
from criu_tui.widgets.notes import Notes, shortened, wrapped

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from criu_tui.panes.selection import Selection

LINES = 2
"""Lines that there are for the reason."""
MORE = "… D: in full"


class Told(Vertical):
    """Facts, and why a restore maps it so; nothing where what is in front has no addresses.

    Of one height, also while nothing is known: nothing moves when it is.
    """

    DEFAULT_CSS = """
    Told { height: auto; }
    /* Of one height, so that a move of the cursor moves nothing else. */
    Told > Notes { height: 2; background: $surface; }
    Told > #detail.with-problem { height: 3; }
    Told.brief > #detail { height: 1; }
    """

    def compose(self) -> ComposeResult:
        yield Notes("detail", limit=3, wrap=False)
        yield Notes("reason")

    def show(self, selection: Selection, *, brief: bool) -> None:
        """Shows what is known of the selected address.

        With little room the facts that its row has too are left out, and those about its pages are shown only as far
        as the reason leaves room for them.
        """
        assert selection.report is not None
        said = detail.described(selection.report, selection.pid, selection.address)
        self.set_class(brief, "brief")
        width = self.screen.size.width
        reason = [(tone, shortened(text, width, LINES, MORE)) for tone, text in said.reason]
        facts, problem = said.facts, said.facts[-1:] if said.has_problem else []
        if brief:
            left = LINES - sum(len(wrapped(text, width)) for _, text in reason)
            # The reason comes first where there is no room for both.
            for tone, text in reversed(facts[1 : len(facts) - len(problem)][: max(0, left)]):
                if left > 0:
                    fitting = shortened(text, width, left, MORE)
                    left -= len(wrapped(fitting, width))
                    reason = [(tone, fitting), *reason]
            facts = problem
        self.query_one("#reason", Notes).show(reason or [(Tone.PLAIN, "")])
        told = self.query_one("#detail", Notes)
        told.set_class(said.has_problem, "with-problem")
        told.show(facts or ([] if brief else [(Tone.PLAIN, "")]))
