"""The screens that can be opened above the main one: detail, help, legend, palette, lists of themes and releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content

from criu_tui.core.tables.table import Tone
from criu_tui.panes.pane import Pane
from criu_tui.screens.help import AROUND, BOX, Scrolled, help_text, legend_text
from criu_tui.screens.main import MainScreen
from criu_tui.screens.palette import Palette
from criu_tui.screens.releases import Releases
from criu_tui.screens.themes import Themes
from criu_tui.widgets.bindings import reachable
from criu_tui.widgets.looks import MUTED, STYLES
from criu_tui.widgets.notes import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen


def put(screen: Screen[Any], below: Screen[Any]) -> None:
    """Puts a screen above another, if that is the uppermost: keys of one burst may have asked for several."""
    if below.app.screen is below:
        below.app.push_screen(screen)


def detail(title: str, lines: Sequence[tuple[Tone, str]], width: int) -> Scrolled:
    """Lines with a tone, in full, on a screen of so many columns."""
    room = min(BOX, width) - AROUND - 1
    parts = [Content.styled(part, STYLES[tone]) for tone, line in lines for part in wrapped(line, room)]
    return Scrolled(title, Content("\n").join(parts), ("D",))


def help_of(screen: Screen[Any]) -> Scrolled:
    """The help for the pane that has the focus of a screen."""
    label, text = _help(screen)
    return Scrolled(f"Help: {label}", text, ("question_mark", "f1"))


def _help(screen: Screen[Any]) -> tuple[str, Content]:
    """The name of the pane that has the focus of a screen, and the help for it."""
    reached = list(reachable(screen))
    pane = next((node for node, _ in reached if isinstance(node, Pane)), None)
    about, label = ("", "criu-tui") if pane is None else (pane.about, pane.label)
    width = min(screen.app.size.width, BOX) - AROUND
    return label, help_text(about, [command for _, command in reached if command.keys], width)


def help_of_story(screen: Screen[Any], keys: Sequence[tuple[str, str]]) -> Scrolled:
    """The help within a story: its keys, then the help for the pane behind it, which is that of a screen."""
    label, behind = _help(screen)
    longest = max(len(key) for key, _ in keys)
    own = [Content.assemble((f"{key:<{longest}}", "bold $text-accent"), f"  {what}") for key, what in keys]
    lines = [*own, Content(""), Content.styled(f"Behind it stands the pane {label}:", MUTED), behind]
    return Scrolled("Help: the story", Content("\n").join(lines), ("question_mark", "f1"))


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
            said = "This needs the checkpoint itself; v chooses another CRIU."
            return detail("Compare CRIUs", [(Tone.NOTE, said)], below.size.width)
        case "releases" | "others" if isinstance(below, MainScreen):
            return Releases(below, comparing=name == "others")
        case _:
            return Palette(below)
