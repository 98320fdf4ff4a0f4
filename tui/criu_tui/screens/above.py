"""The screens that any pane can open above itself: detail, help, legend, palette."""

from __future__ import annotations

from textual import on
from textual.content import Content

from criu_tui.panes.pane import Pane
from criu_tui.widgets.bindings import reachable
from criu_tui.widgets.looks import STYLES
from criu_tui.widgets.terminal_app import TerminalApp


class ScreensAbove(TerminalApp[None]):
    """An app whose commands open them; what they need is imported then, not before the first paint."""

    @on(Pane.DetailAsked)
    def show_detail(self, event: Pane.DetailAsked) -> None:
        from criu_tui.screens.help import Scrolled

        lines = Content("\n").join(Content.styled(line, STYLES[tone]) for tone, line in event.lines)
        self.push_screen(Scrolled(event.title, lines, opened_by=("d",)))

    def action_help(self) -> None:
        """For the pane that has the focus."""
        from criu_tui.screens.help import Scrolled, help_text

        reached = list(reachable(self.screen))
        pane = next((node for node, _ in reached if isinstance(node, Pane)), None)
        about, label = ("", "criu-tui") if pane is None else (pane.about, pane.label)
        text = help_text(about, [command for _, command in reached], min(self.size.width, 80) - 4)
        self.push_screen(Scrolled(f"Help: {label}", text, opened_by=("question_mark", "f1")))

    def action_legend(self) -> None:
        from criu_tui.screens.help import Scrolled, legend_text

        self.push_screen(Scrolled("Legend", legend_text(), opened_by=("L",)))

    def action_palette(self) -> None:
        from textual.command import CommandPalette

        from criu_tui.screens.palette import CommandProvider

        self.push_screen(CommandPalette(providers=[CommandProvider], placeholder="any command"))
