"""The screens that can be opened above the main one: detail, help, legend, palette."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content

from criu_tui.core.tables.table import Tone
from criu_tui.panes.pane import Pane
from criu_tui.screens.help import Scrolled, help_text, legend_text
from criu_tui.screens.main import MainScreen
from criu_tui.screens.palette import Palette
from criu_tui.screens.releases import Releases
from criu_tui.screens.themes import Themes
from criu_tui.widgets.bindings import reachable
from criu_tui.widgets.looks import STYLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen


def detail(title: str, lines: Sequence[tuple[Tone, str]]) -> Scrolled:
    """Lines with a tone, in full."""
    return Scrolled(title, Content("\n").join(Content.styled(line, STYLES[tone]) for tone, line in lines), ("D",))


def help_of(screen: Screen[Any]) -> Scrolled:
    """The help for the pane that has the focus of a screen."""
    reached = list(reachable(screen))
    pane = next((node for node, _ in reached if isinstance(node, Pane)), None)
    about, label = ("", "criu-tui") if pane is None else (pane.about, pane.label)
    text = help_text(about, [command for _, command in reached if command.keys], min(screen.app.size.width, 80) - 4)
    return Scrolled(f"Help: {label}", text, ("question_mark", "f1"))


def legend() -> Scrolled:
    """Signs and colours of VMA types and pages."""
    return Scrolled("Legend", legend_text(), ("L",))


def named(name: str, below: Screen[Any]) -> Screen[Any]:
    """The screen that a command opens above another."""
    match name:
        case "help":
            return help_of(below)
        case "legend":
            return legend()
        case "themes":
            return Themes()
        case "others" if isinstance(below, MainScreen) and below.report.elsewhere:
            return detail("Compare CRIUs", [(Tone.NOTE, "This takes the checkpoint itself; v chooses another CRIU.")])
        case "releases" | "others" if isinstance(below, MainScreen):
            return Releases(below, comparing=name == "others")
        case _:
            return Palette(below)
