"""A screen above others, which are seen behind it in dimmer colours.

Textual has Rich draw what is behind sign by sign, a third of what it takes to open a screen: a style is worked out
here once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style
from textual._context import visible_screen_stack
from textual.color import Color
from textual.screen import ModalScreen
from textual.strip import Strip

from criu_tui.widgets.compositing import LineCompositor

if TYPE_CHECKING:
    from rich.color import Color as RichColor


class ScreenAbove(ModalScreen[None]):
    """Covers a part of what is below."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._compositor = LineCompositor()

    def _render_content(self) -> None:
        behind, tint = visible_screen_stack.get([]), self.styles.background
        if not behind or behind[-1] is self or not 0 < tint.a < 1:
            super()._render_content()
            return
        own, dimmed = self.visual_style.rich_style, dict[Style | None, Style]()
        strips = []
        for strip in behind.pop()._compositor.render_strips():
            for _, style, _ in strip:
                if style not in dimmed:
                    dimmed[style] = own + _dimmed(style or Style.null(), tint)
            strips.append(Strip([Segment(text, dimmed[style]) for text, style, _ in strip], strip.cell_length))
        self._render_cache = self._render_cache._replace(size=self.size, lines=strips)
        self._dirty_regions.clear()


def _dimmed(style: Style, tint: Color) -> Style:
    """A style under a tint, and without what a click on it would do."""

    def under(colour: RichColor | None) -> RichColor | None:
        return None if colour is None else (Color.from_rich_color(colour) + tint).rich_color

    return style.clear_meta_and_links() + Style.from_color(under(style.color), under(style.bgcolor))
