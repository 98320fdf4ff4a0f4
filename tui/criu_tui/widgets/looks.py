"""Colours of tones, tints and the cursor, once: as styles of text, and for widgets that draw lines themselves.

Such a widget has component classes for what depends on it, with the CSS that is here. All other colours are the
theme's own, whatever the widget: a component class for each would be styled again with every widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.widget import Widget

from criu_tui.core.table import Tint, Tone

if TYPE_CHECKING:
    from rich.style import Style

MUTED, CURSOR = "muted", "cursor"
"""Component classes."""
STYLES = {
    Tone.PLAIN: "",
    Tone.DIM: "dim",
    Tone.NOTE: "$text-primary",
    Tone.WARNING: "$text-warning",
    Tone.ERROR: "bold $text-error",
}
"""Of tones in text."""
_MUTED_TEXT = "$text-muted"
TINTS = {
    Tint.PLAIN: "",
    Tint.ANONYMOUS: "$text-success",
    Tint.FILE: "$text-primary",
    Tint.SHARED: "$text-accent",
    Tint.STACK: "$text-warning",
    Tint.KERNEL: _MUTED_TEXT,
    Tint.GUARD: _MUTED_TEXT,
    Tint.PRESENT: "$text-success",
    Tint.PARENT: "$text-primary",
    Tint.LAZY: "$text-warning",
    Tint.ABSENT: _MUTED_TEXT,
}


class Drawing(Widget):
    """Draws its lines itself: has the styles for it at hand, until something changes them.

    Beside another kind of widget it comes second among the bases: Textual takes CSS from the first.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {MUTED}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._styles_of_theme: dict[str, Style] = {}

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_of_theme.clear()

    def tone_style(self, tone: Tone) -> Style:
        """Of what has a tone."""
        return self.muted_style if tone is Tone.DIM else self._of_theme(STYLES[tone])

    def tint_style(self, tint: Tint) -> Style:
        """Of what has a tint."""
        return self.muted_style if TINTS[tint] == _MUTED_TEXT else self._of_theme(TINTS[tint])

    @property
    def muted_style(self) -> Style:
        """Of what matters less: it depends on the background."""
        return self.get_component_rich_style(MUTED)

    @property
    def cursor_style(self) -> Style:
        """Of what is under the cursor, for widgets with the component class CURSOR."""
        return self.get_component_rich_style(CURSOR)

    def _of_theme(self, style: str) -> Style:
        if not style:
            return self.rich_style
        found = self._styles_of_theme.get(style)
        if found is None:
            found = (self.visual_style + self.app.stylesheet.parse_style(style)).rich_style
            self._styles_of_theme[style] = found
        return found


def muted_css(widget: str) -> str:
    """CSS for what matters less, by the name of the widget's class."""
    return f"{widget} > .{MUTED} {{ color: {_MUTED_TEXT}; }}\n"


def cursor_css(widget: str) -> str:
    """CSS for what is under the cursor: bright with the focus, and underlined or reversed where colours are few."""
    few = [f"{widget}:{kind}" for kind in ("ansi", "nocolor")]
    return "\n".join(
        (
            f"{widget} > .{CURSOR} {{ background: $surface-lighten-2; }}",
            f"{widget}:focus > .{CURSOR} {{",
            "    background: $block-cursor-background; color: $block-cursor-foreground;",
            "}",
            ", ".join(f"{each} > .{CURSOR}" for each in few) + " { text-style: underline; }",
            ", ".join(f"{each}:focus > .{CURSOR}" for each in few) + " { text-style: reverse; }",
            "",
        )
    )
