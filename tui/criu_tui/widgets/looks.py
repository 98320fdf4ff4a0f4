"""Colours of tones, tints and the cursor, once: as styles of text, and for widgets that draw lines themselves.

Such a widget has the component classes MUTED and CURSOR, with the CSS that is here. All other colours
are the theme's own, whatever the widget: a component class for each would be styled again with every widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.table import Tint, Tone

if TYPE_CHECKING:
    from rich.style import Style
    from textual.widget import Widget

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


def tone_style(widget: Widget, tone: Tone) -> Style:
    """How a widget draws what has a tone."""
    return muted(widget) if tone is Tone.DIM else _of_theme(widget, STYLES[tone])


def tint_style(widget: Widget, tint: Tint) -> Style:
    """How a widget draws what has a tint."""
    return muted(widget) if TINTS[tint] == _MUTED_TEXT else _of_theme(widget, TINTS[tint])


def muted(widget: Widget) -> Style:
    """How a widget draws what matters less: it depends on the background."""
    return widget.get_component_rich_style(MUTED)


def cursor(widget: Widget) -> Style:
    """How a widget draws what is under its cursor."""
    return widget.get_component_rich_style(CURSOR)


def _of_theme(widget: Widget, style: str) -> Style:
    return (widget.visual_style + widget.app.stylesheet.parse_style(style)).rich_style if style else widget.rich_style


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
