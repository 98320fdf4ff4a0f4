"""The help: what the focused pane shows, and the keys that work there, on one screen of 80x24."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content, Span
from textual.widgets import Static

from criu_tui.core.drawings import legend
from criu_tui.screens.closing import Closing
from criu_tui.widgets.looks import MUTED, TINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from criu_tui.commands import Command

FILTER_WORDS = "/ takes words, -word, prot:w type:anon size:>1G cover:<10% addr:7f12.."
PAGE = 15
"""Lines by which a page key scrolls."""
BOX = 80
"""Columns of the lines, with all around them."""
AROUND = 4
"""Columns of its frame and padding; a scroll bar takes one more."""
KEY, CELL = 8, 25
"""Characters of a key, and of a key with its label."""


class Scrolled(Closing):
    """Lines above the panes; scrolls as tables do, closes on escape, q, enter or the key that opened it."""

    DEFAULT_CSS = """
    Scrolled { align: center middle; }
    Scrolled > VerticalScroll {
        width: 80; max-width: 100%; height: auto; max-height: 100%;
        border: round $primary; padding: 0 1; background: $surface; scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, title: str, content: Content, opened_by: Sequence[str] = ()) -> None:
        super().__init__()
        self._title = title
        self._content = content
        self._opened_by = opened_by

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False) as box:
            box.border_title = Content(self._title)
            yield Static(_dimmed(self._content) if self.app.native_ansi_color or self.app.no_color else self._content)

    def on_mount(self) -> None:
        box = self.query_one(VerticalScroll)
        for what in ("scroll_y", "virtual_size", "container_size"):
            self.watch(box, what, self._say_seen)

    def _say_seen(self) -> None:
        """Says in the frame which lines are seen, with a mark and keys where more follow or go before."""
        box = self.query_one(VerticalScroll)
        above, room, lines = round(box.scroll_y), box.scrollable_content_region.height, box.virtual_size.height
        seen = ""
        if room < lines:
            mark, keys = ("▼", "↓ j space: more") if above + room < lines else ("▲", "↑ k PgUp: back")
            seen = f"{mark} lines {above + 1}-{min(lines, above + room)} of {lines}   {keys}   "
        box.border_subtitle = Content(f"{seen}esc")

    async def take(self, event: events.Key) -> None:
        """The keys of tables move about."""
        box = self.query_one(VerticalScroll)
        match event.key:
            case "escape" | "q" | "enter":
                self.close()
            case key if key in self._opened_by:
                self.close()
            case "j" | "down":
                box.scroll_relative(y=1, animate=False)
            case "k" | "up":
                box.scroll_relative(y=-1, animate=False)
            case "ctrl+d" | "pagedown" | "space":
                box.scroll_relative(y=PAGE, animate=False)
            case "ctrl+u" | "pageup":
                box.scroll_relative(y=-PAGE, animate=False)
            case "home" | "less_than_sign":
                box.scroll_to(y=0, animate=False)
            case "end" | "greater_than_sign" | "G":
                box.scroll_to(y=box.max_scroll_y, animate=False)


def _dimmed(content: Content) -> Content:
    """What matters less, where there is no colour for that."""
    return Content(content.plain, [Span(*each[:2], "dim") if each.style == MUTED else each for each in content.spans])


def help_text(about: str, commands: Sequence[Command], width: int) -> Content:
    """What the pane shows, the panes in a few lines, then the commands side by side, top to bottom."""
    panes = [command for command in commands if command.id.startswith("pane-")]
    commands = [command for command in commands if command not in panes]
    columns = max(1, min(3, width // CELL))
    rows = -(-len(commands) // columns)
    filters = any(command.id == "filter" for command in commands)
    lines = [Content(about), *([Content.styled(FILTER_WORDS, MUTED)] if filters else [])]
    lines += _side_by_side(panes, width)
    for row in range(rows):
        cells = [
            Content.assemble((f"{command.shown:<{KEY}}", "bold $text-accent"), f"{command.label:<{CELL - KEY}}")
            for command in commands[row::rows]
        ]
        lines.append(Content("").join(cells).rstrip())
    return Content("\n").join(lines)


def _side_by_side(commands: Sequence[Command], width: int) -> list[Content]:
    """Keys and labels in as few lines as hold them, none broken."""
    lines: list[list[Content]] = []
    used = width
    for command in commands:
        long = len(command.shown) + 1 + len(command.label)
        if used + 2 + long > width:
            lines.append([])
            used = -2
        lines[-1].append(Content.assemble((command.shown, "bold $text-accent"), f" {command.label}"))
        used += 2 + long
    return [Content("  ").join(line) for line in lines]


def legend_text() -> Content:
    """VMA types at the left, page kinds at the right, each in its colour."""
    left, right = list(legend.vma_lines()), list(legend.page_lines())
    width = max(len(line) for _, line in left) + 3
    lines = [Content.styled(f"{'VMA type':<{width}}Pages of a cell", "bold")]
    for (tint, line), beside in zip_longest(left, right):
        parts = [Content.styled(line.ljust(width), TINTS[tint])]
        if beside is not None:
            parts.append(Content.styled(beside[1], TINTS[beside[0]]))
        lines.append(Content("").join(parts))
    return Content("\n").join(lines)
